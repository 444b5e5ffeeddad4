"""On, off, or set up wrongly; installations of several workspaces; and logs that hold no person's words."""

from __future__ import annotations

import json
import logging
import subprocess
import sys
from typing import Any

import pytest
import yaml
from pydantic import SecretStr
from slack_sdk.oauth.installation_store import Installation
from sqlalchemy import func, select, text

from candor.app.web import make_app
from candor.channels.slack.app import SCOPES
from candor.channels.slack.home import MOST_PROMPTS
from candor.channels.slack.installations import EncryptedInstallations, rotate
from candor.channels.slack.listeners import COMMAND, SHORTCUT
from candor.channels.slack.models import SlackBase
from candor.channels.slack.setup import OFF, read_setup, slack_state
from candor.conversations.responses import Responses
from candor.errors import InvalidInputError
from candor.services import Services
from candor.settings import ROOT
from candor.tickets.cipher import FieldCipher
from tests.candor.channels.slack.conftest import with_slack, worker
from tests.candor.channels.slack.fake import ADA, FakeSlack, event_body, message, signed
from tests.candor.channels.slack.people import shown
from tests.fakes import FakeRasa

NONE = {"slack_bot_token": None, "slack_signing_secret": None}


def test_without_tokens_slack_is_off_and_doctor_says_so(parts: Services, slack: FakeSlack) -> None:
    """Nobody has to want Slack."""
    parts.settings = with_slack(parts.settings, slack, **NONE)

    assert slack_state(parts) == OFF
    assert make_app(parts, FakeRasa()).state.chats == {}


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"slack_signing_secret": None}, "CANDOR_SLACK_APP_TOKEN"),
        ({"slack_bot_token": None}, "CANDOR_SLACK_BOT_TOKEN"),
        ({"slack_bot_token": SecretStr("xoxp-1")}, "xoxb-"),
        ({"slack_app_token": SecretStr("xoxb-1")}, "xapp-"),
        ({"public_url": "privacy.example.org"}, "CANDOR_PUBLIC_URL"),
        ({"slack_client_id": "1.2"}, "CANDOR_SLACK_CLIENT_SECRET"),
        ({"slack_companies": "T0TEAM=nobody"}, "nobody"),
    ],
)
def test_a_wrong_setting_is_named_and_keeps_only_slack_off(
    parts: Services, slack: FakeSlack, given: dict[str, Any], named: str
) -> None:
    """The web pages go on, and no secret stands in the message."""
    parts.settings = with_slack(parts.settings, slack, **given)

    with pytest.raises(InvalidInputError, match=named) as refused:
        read_setup(parts)

    assert "xoxp-1" not in str(refused.value)
    assert make_app(parts, FakeRasa()).state.chats == {}


def test_what_is_on_is_described_without_secrets(parts: Services) -> None:
    """For `candor doctor`."""
    found = read_setup(parts)

    assert slack_state(parts).startswith("HTTP at /slack/events; one workspace")
    assert "xoxb" not in repr(found)


@pytest.mark.filterwarnings("ignore:The 'auth' parameter:DeprecationWarning")  # slack_sdk's own way to hand in id and secret
@pytest.mark.filterwarnings("ignore:BasicAuth:DeprecationWarning")
async def test_several_workspaces_install_and_uninstall(parts: Services, slack: FakeSlack, rasa: FakeRasa) -> None:
    """Tokens lie encrypted, are used for their own workspace, and go when it uninstalls."""
    given = {
        "slack_bot_token": None,
        "slack_client_id": "1.2",
        "slack_client_secret": SecretStr("s"),
        "slack_companies": "T0OTHER=acme",
    }
    parts.settings = with_slack(parts.settings, slack, **given)
    async with worker(parts, rasa) as candor:
        begun = await candor.http.get("/slack/install")
        state = begun.text.split("state=")[1].split("&")[0]
        done = await candor.http.get(
            f"/slack/oauth_redirect?code=c&state={state}", headers={"Cookie": begun.headers["set-cookie"].split(";")[0]}
        )
        again = await candor.http.get(
            f"/slack/oauth_redirect?code=c&state={state}", headers={"Cookie": begun.headers["set-cookie"].split(";")[0]}
        )
        with parts.engine.connect() as connection:
            kept = connection.execute(text("SELECT bot_token FROM slack_bots")).scalars().all()

        await candor.event(message("do you sell my data?"), team="T0OTHER")
        await candor.settled()
        await candor.event({"type": "app_uninstalled"}, team="T0OTHER", event_id="Ev2")
        await candor.settled()
        with parts.engine.connect() as connection:
            left = [
                connection.execute(select(func.count()).select_from(SlackBase.metadata.tables[table])).scalar()
                for table in ("slack_bots", "slack_installations", "slack_talk")
            ]

        assert done.status_code == 200
        assert again.status_code == 401
        assert len(kept) == 1
        assert "xoxb" not in kept[0]
        assert [call.token for call in slack.posted] == ["xoxb-from-oauth"]
        assert left == [0, 0, 0]


async def test_tokens_can_be_read_after_the_keys_were_changed(parts: Services) -> None:
    """`candor keys rotate`: then the old key can be thrown away."""
    kept = Installation(app_id="A", user_id="U", team_id="T", bot_token="xoxb-1", bot_id="B", bot_user_id="U0")
    await EncryptedInstallations("1.2", parts.engine, FieldCipher("old")).async_save(kept)

    changed = rotate(parts.engine, FieldCipher("new", ("old",)))

    found = await EncryptedInstallations("1.2", parts.engine, FieldCipher("new")).async_find_bot(enterprise_id=None, team_id="T")
    assert changed == 2
    assert found
    assert found.bot_token == "xoxb-1"


async def test_a_workspace_that_never_installed_candor_is_not_answered(parts: Services, slack: FakeSlack, rasa: FakeRasa) -> None:
    """Without a token of that workspace there is nothing to say it with."""
    given = {"slack_bot_token": None, "slack_client_id": "1.2", "slack_client_secret": SecretStr("s")}
    parts.settings = with_slack(parts.settings, slack, **given)
    async with worker(parts, rasa) as candor:
        assert (await candor.event(message("do you sell my data?"), team="T0STRANGE")).status_code == 200
        await candor.settled()

        assert rasa.sent == []


def test_the_manifest_asks_for_what_the_app_uses_and_no_more() -> None:
    """The scopes are those of the installation, the command and the shortcut those that are listened to."""
    manifest = yaml.safe_load((ROOT / "candor" / "channels" / "slack" / "manifest.yaml").read_text(encoding="utf-8"))

    assert manifest["oauth_config"]["scopes"]["bot"] == list(SCOPES)
    assert [each["command"] for each in manifest["features"]["slash_commands"]] == [COMMAND]
    assert [each["callback_id"] for each in manifest["features"]["shortcuts"]] == [SHORTCUT]
    prompts = {each["title"]: each["message"] for each in manifest["features"]["agent_view"]["suggested_prompts"]}
    assert prompts == {each["title"]: each["payload"] for each in Responses().buttons("utter_slack_buttons_prompts")}
    assert 1 <= len(prompts) <= MOST_PROMPTS
    assert 174 <= len(manifest["display_information"]["long_description"]) <= 4000  # as Slack's reference says


LOGGED = """
import asyncio, json, logging, sys
from candor.telemetry import logs
from candor.app.channels import loggers_without_text
logs.configure_logs(loggers_without_text())
log = logging.getLogger("slack_bolt.AsyncApp")
log.info("Invalid request signature detected (body: %s)", "xylophonic")
log.warning("Unhandled request (xylophonic)")
try:
    raise ValueError("xylophonic")
except ValueError as error:
    log.exception("Failed to run listener function (error: %s)", error)
    logging.getLogger("slack_sdk.web.async_base_client").error("Failed to send a request: xylophonic", exc_info=True)
    logging.getLogger("slack_bolt.xylo").error("xylophonic", stack_info=True)
"""


def test_bolt_and_slack_sdk_tell_only_where_they_are() -> None:
    """Bolt logs whole bodies, at INFO with a bad signature, and tracebacks with what came in."""
    ran = subprocess.run([sys.executable, "-c", LOGGED], capture_output=True, text=True, check=True, timeout=60, cwd=ROOT)

    assert "xylophonic" not in ran.stdout + ran.stderr
    assert ran.stderr.count(" slack_bolt.AsyncApp: see ") == 2
    assert " slack_sdk.web.async_base_client: see " in ran.stderr


async def test_no_log_of_ours_holds_what_was_written(
    parts: Services, slack: FakeSlack, rasa: FakeRasa, caplog: pytest.LogCaptureFixture
) -> None:
    """A word that is said everywhere: answered, refused, broken, badly signed; it must be found in no record."""
    caplog.set_level(logging.INFO)
    async with worker(parts, rasa) as candor:
        await candor.event(message("xylophonic"))
        body = json.dumps(event_body(message("xylophonic")))
        await candor.http.post(
            "/slack/events", content=body, headers={"Content-Type": "application/json", **signed(body, secret="x")}
        )
        rasa.down = True
        await candor.event(message("xylophonic again", ts="1.2"))
        await candor.settled()

    ours = [
        record for record in caplog.records if not record.name.startswith(("slack_bolt", "slack_sdk"))
    ]  # theirs: the test above
    assert not [record for record in ours if "xylophonic" in record.getMessage() or "xylophonic" in str(record.exc_info)]
    assert "Acme" in shown(slack.posted[0])
    assert ADA not in " ".join(record.getMessage() for record in ours)
