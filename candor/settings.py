"""All configuration, from CANDOR_* variables or .env. Read once, by candor/services/."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

PACKAGE = Path(__file__).resolve().parent
ROOT = PACKAGE.parent  # a checkout, or the site-packages that Candor was installed into
IS_CHECKOUT = (ROOT / "domain.yml").is_file()
# What Rasa's process reads, and where it runs: domain.yml, config.yml, endpoints.yml, credentials.yml, bot/.
RASA_FILES = ROOT if IS_CHECKOUT else PACKAGE / "rasa_files"
HOME = ROOT if IS_CHECKOUT else Path.cwd()  # where policies/, var/ and .env are looked for


def _limit(text: str) -> str:
    """Raises: ValueError if the library would not understand it."""
    if text:
        from limits import parse_many  # a quarter of a second, which the command line need not spend

        try:
            parse_many(text)
        except ValueError:
            raise ValueError("a limit is written like 30/minute;300/hour; empty for none") from None
    return text


Limit = Annotated[str, AfterValidator(_limit)]
LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104  # who listens on every address is asked on this machine's own


def asked_at(host: str) -> str:
    """The host to ask where a process of this machine listens on `host`, as an address of the web has it."""
    asked = EVERYWHERE.get(host, host)
    return f"[{asked}]" if ":" in asked else asked


def _parts(text: str) -> list[str]:
    """What stands between commas."""
    return [part.strip() for part in text.split(",") if part.strip()]


@dataclass(frozen=True)
class ChannelFacts:
    """What the settings say of a channel: all that parts which do not know the channel itself need of it.

    `name` is stored with conversations ("web") and begins its people's actor names ("<name>:U0123"). `chat`: people are
    written to where they chat, by candor/channels/<name>; a page that is not a chat channel asks for news by itself.
    """

    name: str
    label: str  # for people
    chat: bool = False
    reaches_requesters: bool = False  # it is set up, so news of requests can be sent there
    reaches_staff: bool = False


class Settings(BaseSettings):
    """Every default is safe and local."""

    model_config = SettingsConfigDict(env_prefix="CANDOR_", env_file=HOME / ".env", frozen=True, extra="ignore")

    policies_dir: Path = HOME / "policies"
    var_dir: Path = HOME / "var"
    trained_dir: Path | None = None  # encoder/ and models/, which set-up makes; None: var_dir; in images a folder of their own
    # What set-up builds of our browser code: the same for every instance.
    widget_dir: Path = PACKAGE / "channels" / "widget" / "dist"
    console_dir: Path = PACKAGE / "console" / "frontend" / "dist"
    rasa_python: Path = ROOT / ".venv-bot" / "bin" / "python"  # of the environment that holds Rasa
    database_url: str = ""  # SQLAlchemy's form; empty: SQLite in var_dir
    # Where the policies' artefacts lie: empty: files in var_dir/index; "database"; an object store, such as s3://bucket/prefix
    index_store: str = ""
    index_cache_mb: int = Field(default=64, gt=0)  # megabytes of artefacts kept open in each process

    web_host: str = "127.0.0.1"
    web_port: int = Field(default=8000, ge=1, le=65535)
    rasa_host: str = "127.0.0.1"  # where Rasa listens
    rasa_port: int = Field(default=5005, ge=1, le=65535)
    rasa_urls: str = ""  # of every Rasa process, with commas between them; empty: the one of this machine
    actions_host: str = "127.0.0.1"  # where the action server listens
    actions_port: int = Field(default=5055, ge=1, le=65535)
    actions_url: str = ""  # where Rasa and /readyz find it; empty: on this machine
    drain_seconds: float = Field(default=0, ge=0)  # that the web goes on after SIGTERM, with /readyz at 503

    # The web does the worker's work too. None: with `candor serve`, which then starts no worker, and not with `candor web`.
    worker_in_web: bool | None = None

    secret_key: SecretStr | None = None  # signs tokens, encrypts the vault; None: made once, kept in var_dir/secret.key
    internal_secret: SecretStr | None = None  # between web, worker, Rasa and actions; None: `candor serve` makes one a start

    longest_message: int = Field(default=4000, gt=0)  # characters
    largest_body: int = Field(default=64_000, gt=0)  # bytes
    most_connections: int = Field(default=1000, gt=0)  # at once; whoever comes then is asked to come again (503)
    rasa_timeout: float = Field(default=20.0, gt=0)  # seconds
    turns_at_once: int = Field(default=8, gt=0)  # messages that are answered at once; the next ones wait, each sender in turn
    turns_waiting: int = Field(default=64, ge=0)  # beyond these, whoever has most waiting is asked to come again (503)
    longest_turn_wait: float = Field(default=8.0, gt=0)  # seconds, then the same

    # How long what is kept; docs/console.md, "Keeping and forgetting". That of requests is below.
    transcript_keep_days: int = Field(default=30, gt=0)  # after the last message
    vault_keep_days: int | None = Field(default=None, gt=0)  # what was masked; None: as long as the transcript
    handoff_keep_days: int = Field(default=90, gt=0)  # after a person has answered
    slack_keep_days: int | None = Field(default=None, gt=0)  # None: as long as the transcript
    session_keep_days: int = Field(default=30, gt=0)  # of staff, after they ended
    outbox_keep_days: int = Field(default=90, ge=30)  # after sending; sooner, a reminder could be sent twice
    audit_keep_days: int = Field(default=1095, gt=0)
    backup_keep_days: int = Field(
        default=35, gt=0
    )  # how old a backup may be that is restored; so long it is known what was forgotten
    forgotten_file: Path | None = None  # where that stands beside the database; None: var_dir/forgotten.jsonl

    # Safety of the web port; docs/operating.md
    conversation_days: int = Field(default=30, gt=0)  # until a conversation's token opens it no more
    limit_messages: Limit = "30/minute;300/hour"  # of one conversation
    limit_conversations: Limit = "30/minute;200/hour"  # begun from one address; a whole office may share one
    limit_calls: Limit = "240/minute;4000/hour"  # of the chat API from one address
    limit_news: Limit = "60/minute"  # of one conversation, whose page asks whether a person has answered
    limit_site: Limit = "600/minute"  # messages to one company, of all its visitors
    limit_staff_api: Limit = "600/minute"  # calls of the staff API with one token
    examples: bool | None = None  # /examples/; None: where only this machine can see them
    redis_url: SecretStr | None = None  # redis://user:password@host:6379/0; None: each process counts for itself
    trusted_proxies: str = ""  # addresses or networks, with commas between them, whose X-Forwarded-For and -Proto are believed

    # What the company states under /.well-known/; docs/operating.md
    security_contact: str = ""  # mailto:security@example.org, https://…, with commas between them; empty: no security.txt
    security_expires: date | None = None  # the last day on which it is to be believed; RFC 9116 advises less than a year
    security_policy: str = ""  # https://example.org/disclosure
    security_languages: str = ""  # en, de
    gpc: bool | None = None  # whether Global Privacy Control is honoured, on the company's sites too; None: nothing is stated
    gpc_since: date | None = None  # the day of that statement

    # Watching; docs/operating.md
    metrics_token: SecretStr | None = Field(default=None, min_length=24)  # opens /metrics of the web port; None: not served there
    metrics_port: int | None = Field(default=None, ge=1, le=65535)  # of this process alone, for /metrics; None: no such port
    metrics_host: str = "127.0.0.1"  # where that port listens; beyond loopback it asks for the token
    otlp_endpoint: str = ""  # http://127.0.0.1:4318, where spans go; empty: none are made
    log_format: Literal["text", "json"] = "text"

    # Requests; docs/requests.md
    old_secret_keys: SecretStr | None = None  # after a change of secret_key: the old ones, with commas between them
    smtp_url: SecretStr | None = None  # smtp://user:password@host:587 or smtps://…; None: mail becomes files in var_dir/outbox
    mail_from: str = "candor@localhost"
    staff_email: str = ""  # empty: nobody is reminded by mail
    bounce_address: str = ""  # bounces@example.org, whose mail server knows bounces+…@ too; empty: bounces go to mail_from
    reply_address: str = Field(
        default="", max_length=254, pattern=r"^(?:[^@\s]{1,24}@[^@\s]+)?$"
    )  # replies@example.org, as above
    bounce_imap_url: SecretStr | None = None  # imaps://user:password@host/INBOX, where bounces arrive; None: not read
    bounce_webhook_secret: SecretStr | None = Field(default=None, min_length=24)  # of POST /bounces; None: no such address
    webhook_url: str = ""  # empty: nothing is passed on
    webhook_secret: SecretStr | None = None  # whsec_ and base64
    webhook_networks: str = ""  # private networks, with commas between them, in which webhooks of the console may be received
    request_keep_days: int = Field(default=730, gt=0)  # 11 CCR § 7101(a): at least 24 months
    files_dir: Path | None = None  # what requesters download, encrypted; None: var_dir/files. Several machines share it
    largest_file: int = Field(default=100_000_000, gt=0)  # bytes of one such file
    file_keep_days: int = Field(default=14, gt=0)  # for which a requester can download it
    person_days: int = Field(default=2, gt=0)  # working days until a person answers who was asked for

    # The console; docs/console.md
    console_idle_hours: float = Field(default=2, gt=0)  # until somebody who did nothing signs in again
    console_longest_hours: float = Field(default=12, gt=0)  # and in any case
    console_second_factor: Literal["optional", "required"] = "optional"  # required: for all who sign in with a password
    console_passwords: bool = True  # false: sign-in at the company's own provider only
    limit_sign_in: Limit = "20/minute;100/hour"  # failures from one address
    oidc_issuer: str = ""  # https://login.example.org; empty: no sign-in elsewhere
    oidc_client_id: str = ""
    oidc_client_secret: SecretStr | None = None
    oidc_name: str = "your company account"  # what the button calls it
    oidc_scope: str = "openid email"  # what is asked of the provider; some send groups only where groups is asked for
    oidc_groups_claim: str = ""  # "groups": roles follow it at each sign-in; empty: they do not
    group_roles: str = ""  # privacy-team=privacy_officer; support=agent:acme, reviewer:acme: of groups, by sign-in and SCIM
    scim_token_sha256: str = Field(default="", pattern=r"^([0-9a-f]{64})?$")  # of the token of /scim/v2; empty: no such address

    # Slack; docs/slack.md. Off as long as there are no tokens.
    public_url: str = ""  # where people reach the web port, such as https://privacy.example.org; empty: answers have no links
    slack_bot_token: SecretStr | None = None  # xoxb-…, for one workspace
    slack_app_token: SecretStr | None = None  # xapp-…: Socket Mode, no public address needed
    slack_signing_secret: SecretStr | None = None  # HTTP: events come to /slack/events
    slack_client_id: str = ""  # with the secret: several workspaces, installed at /slack/install
    slack_client_secret: SecretStr | None = None
    slack_companies: str = ""  # T0123=clevra, T0123/C0456=clevio: a workspace's company, a channel's
    slack_staff_channel: str = ""  # C0123, with several workspaces T0123/C0456: where staff are told; Candor must be in it
    slack_verified_workspaces: str = ""  # T0123, T0456: their members' confirmed e-mail addresses count as proven
    slack_api_url: str = "https://slack.com/api/"

    @field_validator("webhook_networks")
    @classmethod
    def _networks(cls, text: str) -> str:
        """Raises: ValueError for anything but networks."""
        for part in _parts(text):
            try:
                ip_network(part)
            except ValueError:
                raise ValueError("networks of webhooks are written like 127.0.0.0/8,10.0.0.0/8") from None
        return text

    @field_validator("trusted_proxies")
    @classmethod
    def _addresses(cls, text: str) -> str:
        """Raises: ValueError for anything but addresses and networks; to trust everybody is to trust every visitor."""
        for part in _parts(text):
            try:
                ip_network(part)
            except ValueError:
                raise ValueError("trusted proxies are addresses or networks, such as 127.0.0.1,10.0.0.0/8") from None
        return text

    @field_validator("rasa_urls", "actions_url")
    @classmethod
    def _urls(cls, text: str) -> str:
        """Raises: ValueError for anything but http:// or https:// with a host."""
        for url in _parts(text):
            if urlsplit(url).scheme not in {"http", "https"} or not urlsplit(url).hostname:
                raise ValueError("addresses of processes are written like http://10.0.0.2:5005")
        return text

    @model_validator(mode="after")
    def _statements_are_whole(self) -> Self:
        """Raises: ValueError for a security.txt or gpc.json that would not be valid."""
        for contact in _parts(self.security_contact):
            if urlsplit(contact).scheme not in {"mailto", "https", "tel"} or any(not letter.isprintable() for letter in contact):
                raise ValueError("CANDOR_SECURITY_CONTACT has addresses that begin with mailto:, https:// or tel: (RFC 9116)")
        if self.security_contact and self.security_expires is None:
            raise ValueError("CANDOR_SECURITY_CONTACT needs CANDOR_SECURITY_EXPIRES, a day within a year (RFC 9116, 2.5.5)")
        if self.security_policy and urlsplit(self.security_policy).scheme != "https":
            raise ValueError("CANDOR_SECURITY_POLICY begins with https://")
        if not re.fullmatch(r"[A-Za-z0-9, -]*", self.security_languages):
            raise ValueError("CANDOR_SECURITY_LANGUAGES is written like en, de")
        if self.gpc is not None and self.gpc_since is None:
            raise ValueError("CANDOR_GPC needs CANDOR_GPC_SINCE, the day of the statement")
        return self

    @model_validator(mode="after")
    def _figures_are_not_open(self) -> Self:
        """Raises: ValueError if the port for figures could be read by anybody, or spans would go to no web address."""
        if self.metrics_port and self.metrics_host not in LOOPBACK and not self.metrics_token:
            raise ValueError("CANDOR_METRICS_HOST beyond loopback needs CANDOR_METRICS_TOKEN, else anybody reads the figures")
        if self.otlp_endpoint and urlsplit(self.otlp_endpoint).scheme not in {"http", "https"}:
            raise ValueError("CANDOR_OTLP_ENDPOINT begins with http:// or https://")
        return self

    @model_validator(mode="after")
    def _somebody_can_sign_in(self) -> Self:
        """Raises: ValueError for half a provider, one without TLS, or no way to sign in at all."""
        if bool(self.oidc_issuer) != bool(self.oidc_client_id):
            raise ValueError("sign-in elsewhere needs both CANDOR_OIDC_ISSUER and CANDOR_OIDC_CLIENT_ID")
        at = urlsplit(self.oidc_issuer)
        if self.oidc_issuer and at.scheme != "https" and at.hostname not in LOOPBACK:
            raise ValueError("CANDOR_OIDC_ISSUER must begin with https://")
        if self.oidc_groups_claim and not self.group_roles:
            raise ValueError("CANDOR_OIDC_GROUPS_CLAIM needs CANDOR_GROUP_ROLES, else everybody would lose their roles")
        if "openid" not in self.oidc_scope.split():
            raise ValueError("CANDOR_OIDC_SCOPE has openid in it")
        if not self.console_passwords and not self.oidc_issuer:
            raise ValueError("CANDOR_CONSOLE_PASSWORDS=false needs CANDOR_OIDC_ISSUER, else nobody can sign in")
        return self

    @property
    def security_contacts(self) -> tuple[str, ...]:
        """The addresses of security.txt, the preferred one first."""
        return tuple(_parts(self.security_contact))

    @property
    def security_until(self) -> datetime | None:
        """The last second at which security.txt is to be believed."""
        return datetime.combine(self.security_expires, time(23, 59, 59), UTC) if self.security_expires else None

    @property
    def shows_examples(self) -> bool:
        return self.web_host in LOOPBACK if self.examples is None else self.examples

    @property
    def rasa_addresses(self) -> tuple[str, ...]:
        """Where Rasa's processes are asked, without a slash at the end."""
        return tuple(url.rstrip("/") for url in _parts(self.rasa_urls)) or (
            f"http://{asked_at(self.rasa_host)}:{self.rasa_port}",
        )

    @property
    def actions_address(self) -> str:
        """Where the action server is asked, without a slash at the end."""
        return self.actions_url.rstrip("/") or f"http://{asked_at(self.actions_host)}:{self.actions_port}"

    @property
    def is_spread(self) -> bool:
        """Whether the processes speak with each other beyond this machine's loopback."""
        asked = (urlsplit(url).hostname for url in (*self.rasa_addresses, self.actions_address))
        return any(host not in LOOPBACK for host in (self.rasa_host, self.actions_host, *asked))

    @property
    def sends_mail(self) -> bool:
        """Whether mail leaves this machine, rather than becoming files."""
        return bool(self.smtp_url)

    @property
    def channels(self) -> tuple[ChannelFacts, ...]:
        """Every channel. A chat channel has its code in candor/app/channels.py as well."""
        slack = bool(self.slack_bot_token or self.slack_client_id)
        return (
            ChannelFacts("web", "web"),
            ChannelFacts(
                "slack", "Slack", chat=True, reaches_requesters=slack, reaches_staff=slack and bool(self.slack_staff_channel)
            ),
        )

    @property
    def site(self) -> str:
        """Where people reach the web port, without a slash at its end; without a public address, on this machine itself."""
        return self.public_url.rstrip("/") or f"http://127.0.0.1:{self.web_port}"

    @property
    def index_dir(self) -> Path:
        return self.var_dir / "index"

    @property
    def encoder_dir(self) -> Path:
        return (self.trained_dir or self.var_dir) / "encoder"

    @property
    def large_encoder_dir(self) -> Path:
        return (self.trained_dir or self.var_dir) / "large_encoder"

    @property
    def models_dir(self) -> Path:
        return (self.trained_dir or self.var_dir) / "models"

    @property
    def files(self) -> Path:
        return self.files_dir or self.var_dir / "files"

    @property
    def forgotten(self) -> Path:
        return self.forgotten_file or self.var_dir / "forgotten.jsonl"

    @property
    def tracker_db(self) -> Path:
        """Where Rasa's trackers lie without a database server."""
        return self.var_dir / "rasa.db"

    @property
    def tracker_url(self) -> str:
        """Where Rasa's trackers lie: in the configured database, so that any Rasa can go on with any conversation."""
        if not self.database_url or self.database_url.startswith("sqlite"):
            return f"sqlite:///{self.tracker_db.absolute()}"
        return f"postgresql+psycopg2://{self.database_url.partition('://')[2]}"  # the driver of Rasa's environment

    @property
    def database(self) -> str:
        return self.database_url or f"sqlite:///{self.var_dir / 'candor.db'}"
