"""Read Slack's settings and check them: it is on, off, or set up wrongly."""

from __future__ import annotations

from dataclasses import dataclass, field

from pydantic import SecretStr

from candor.channels.slack.companies import read_companies
from candor.errors import InvalidInputError
from candor.services import Services

OFF = "off: there are no tokens (docs/slack.md says how to get them)"


@dataclass(frozen=True)
class SlackSetup:
    """Checked settings. Events come by Socket Mode with an app token, over HTTP with a signing secret, or by both."""

    bot_token: str = field(repr=False)
    app_token: str = field(repr=False)
    signing_secret: str = field(repr=False)
    client_id: str
    client_secret: str = field(repr=False)
    companies: dict[str, str]
    staff_channel: str
    staff_team: str  # the workspace of the staff channel; empty where there is only one
    verified: frozenset[str]
    base_url: str
    api_url: str

    @property
    def described(self) -> str:
        """For operators: what is switched on."""
        ways = [*(["Socket Mode"] if self.app_token else []), *(["HTTP at /slack/events"] if self.signing_secret else [])]
        facts = [" and ".join(ways), "several workspaces, installed at /slack/install" if self.client_id else "one workspace"]
        facts += [] if self.base_url else ["answers have no links: set CANDOR_PUBLIC_URL"]
        facts += [] if self.staff_channel else ["staff are not told in Slack: set CANDOR_SLACK_STAFF_CHANNEL"]
        return "; ".join(facts)


def read_setup(parts: Services) -> SlackSetup | None:
    """None if Slack is off. Raises: InvalidInputError, which names the setting and the cure."""
    settings = parts.settings
    bot, app, signing, secret = (
        _value(each)
        for each in (
            settings.slack_bot_token, settings.slack_app_token, settings.slack_signing_secret, settings.slack_client_secret,
        )
    )  # fmt: skip
    if not (bot or app or signing or settings.slack_client_id):
        return None
    for name, given, start in (("BOT", bot, "xoxb-"), ("APP", app, "xapp-")):
        if given and not given.startswith(start):
            raise InvalidInputError(f"CANDOR_SLACK_{name}_TOKEN does not begin with {start}: it is another token")
    if not app and not signing:
        raise InvalidInputError("Slack reaches nobody: set CANDOR_SLACK_APP_TOKEN (Socket Mode) or CANDOR_SLACK_SIGNING_SECRET")
    if not bot and not settings.slack_client_id:
        raise InvalidInputError("nothing can be said in Slack: set CANDOR_SLACK_BOT_TOKEN, or CANDOR_SLACK_CLIENT_ID for several")
    base_url = settings.public_url.rstrip("/")
    if base_url and not base_url.startswith(("http://", "https://")):
        raise InvalidInputError("CANDOR_PUBLIC_URL is written with its scheme, such as https://privacy.example.org")
    if settings.slack_client_id and not (secret and base_url):
        raise InvalidInputError("several workspaces need CANDOR_SLACK_CLIENT_SECRET and CANDOR_PUBLIC_URL as well")
    companies = read_companies(settings.slack_companies)
    if companies and (unknown := sorted(set(companies.values()) - set(parts.knowledge.catalogue.companies))):
        raise InvalidInputError(
            f"CANDOR_SLACK_COMPANIES names {unknown[0]}, which has no policy here: see `candor doctor`, index"
        )
    return SlackSetup(
        bot_token=bot, app_token=app, signing_secret=signing, client_id=settings.slack_client_id, client_secret=secret,
        companies=companies, staff_channel=settings.slack_staff_channel.rpartition("/")[2],
        staff_team=settings.slack_staff_channel.rpartition("/")[0], base_url=base_url,
        verified=frozenset(filter(None, (each.strip() for each in settings.slack_verified_workspaces.split(",")))),
        api_url=settings.slack_api_url.rstrip("/") + "/",
    )  # fmt: skip


def slack_state(parts: Services) -> str:
    """What `candor doctor` says of Slack. Raises: InvalidInputError."""
    setup = read_setup(parts)
    return setup.described if setup else OFF


def _value(secret: SecretStr | None) -> str:
    return secret.get_secret_value().strip() if secret else ""
