"""/privacy, the message shortcut, buttons, sharing, and which company is meant."""

from __future__ import annotations

import json

import pytest

from candor.channels.slack.companies import read_companies
from candor.errors import InvalidInputError
from candor.services import Services
from tests.candor.channels.slack.conftest import Candor, with_slack, worker
from tests.candor.channels.slack.fake import ADA, TEAM, FakeSlack, action_body, command_body, mention, message
from tests.candor.channels.slack.people import ada, answer, elements, shown
from tests.fakes import FakeRasa


async def test_a_command_is_answered_to_its_asker_alone_and_can_be_shared(
    candor: Candor, slack: FakeSlack, rasa: FakeRasa
) -> None:
    """A question may be nobody else's business; whoever wants to share the answer does so with their name."""
    candor.slack.places.choose(ada, "acme")
    rasa.messages = [answer()]

    await candor.form(command_body("do you sell my data?", slack))
    await candor.settled()
    [whispered] = slack.of("hook")
    share = next(button for button in elements(whispered, "button") if button["text"]["text"] == "Share in channel")
    pressed = action_body(
        slack, {"action_id": share["action_id"], "value": share["value"]}, channel="C0NEWS", container={"is_ephemeral": True}
    )
    await candor.form(pressed)
    await candor.settled()
    await candor.form(pressed)
    await candor.settled()

    assert whispered.body["response_type"] == "ephemeral"
    assert [call.body["channel"] for call in slack.posted] == ["C0NEWS"]
    assert "We never sell personal data." in shown(slack.posted[0])
    assert {"type": "user", "user_id": ADA} in slack.posted[0].blocks[0]["elements"][0]["elements"]


async def test_nobody_shares_what_another_has_asked(candor: Candor, slack: FakeSlack, rasa: FakeRasa) -> None:
    """The button's value is no key to other people's conversations."""
    candor.slack.places.choose(ada, "acme")
    rasa.messages = [answer()]
    await candor.form(command_body("do you sell my data?", slack))
    await candor.settled()
    share = next(button for button in elements(slack.of("hook")[0], "button") if button["action_id"].startswith("share"))

    await candor.form(action_body(slack, share, user="U0EVE", channel="C0NEWS", container={"is_ephemeral": True}))
    await candor.settled()

    assert slack.posted == []


async def test_sharing_where_candor_is_not_a_member_says_how_to_invite_it(
    candor: Candor, slack: FakeSlack, rasa: FakeRasa
) -> None:
    """Slack's refusal is no help to anybody."""
    candor.slack.places.choose(ada, "acme")
    rasa.messages = [answer()]
    slack.channels_without_us.add("C0NEWS")
    await candor.form(command_body("do you sell my data?", slack))
    await candor.settled()
    share = next(button for button in elements(slack.of("hook")[0], "button") if button["action_id"].startswith("share"))

    await candor.form(action_body(slack, share, channel="C0NEWS", container={"is_ephemeral": True}))
    await candor.settled()

    assert "/invite" in shown(slack.of("hook")[-1])


async def test_dm_command_and_button_are_one_conversation(candor: Candor, slack: FakeSlack, rasa: FakeRasa) -> None:
    """What only the person reads goes on wherever they say it."""
    candor.slack.places.choose(ada, "acme")
    rasa.messages = [{**answer(), "buttons": [{"title": "Delete my data", "payload": "delete my data"}]}]

    await candor.event(message("do you sell my data?"))
    await candor.settled()
    await candor.form(command_body("and cookies?", slack))
    await candor.settled()
    say = next(button for button in elements(slack.posted[0], "button") if button["text"]["text"] == "Delete my data")
    await candor.form(action_body(slack, {"action_id": say["action_id"], "value": say["value"]}))
    await candor.settled()

    assert [sent["text"] for sent in rasa.sent] == ["do you sell my data?", "and cookies?", "delete my data"]
    assert len({sent["sender"] for sent in rasa.sent}) == 1


async def test_the_company_is_asked_once_and_remembered(candor: Candor, slack: FakeSlack, rasa: FakeRasa) -> None:
    """The question that waited is asked as soon as the company is chosen, and never again about the company."""
    await candor.event(message("do you sell my data?"))
    await candor.settled()
    acme = next(button for button in elements(slack.posted[0], "button") if button["text"]["text"] == "Acme")
    await candor.form(action_body(slack, {"action_id": acme["action_id"], "value": acme["value"]}))
    await candor.settled()
    await candor.event(mention("and cookies?", ts="1.7"))
    await candor.settled()

    assert [(sent["text"], sent["company"]) for sent in rasa.sent] == [("do you sell my data?", "acme"), ("and cookies?", "acme")]


async def test_what_waits_for_its_company_in_private_is_answered_in_private(
    candor: Candor, slack: FakeSlack, rasa: FakeRasa
) -> None:
    """The question came from a channel; its answer must not go back there."""
    await candor.event(mention("delete the account of jane@example.org", ts="1.1"))
    await candor.settled()
    acme = next(button for button in elements(slack.posted[0], "button") if button["text"]["text"] == "Acme")
    await candor.form(action_body(slack, {"action_id": acme["action_id"], "value": acme["value"]}))
    await candor.settled()

    assert [call.body["channel"] for call in slack.posted] == [ADA, ADA]
    assert rasa.sent[0]["text"] == "delete the account of <email_1>"


async def test_use_changes_the_company(candor: Candor, slack: FakeSlack, rasa: FakeRasa) -> None:
    """By name or id; an unknown one is answered with those that there are."""
    await candor.form(command_body("use GLOBEX", slack, trigger="t1"))
    await candor.form(command_body("do you sell my data?", slack, trigger="t2"))
    await candor.form(command_body("use nobody", slack, trigger="t3"))
    await candor.settled()

    assert candor.slack.places.chosen(ada) == "globex"
    assert any("Acme, Globex" in shown(call) for call in slack.of("hook"))


async def test_a_channel_that_is_set_up_for_a_company_stays_with_it(parts: Services, slack: FakeSlack, rasa: FakeRasa) -> None:
    """Configuration by channel goes before configuration by workspace."""
    parts.settings = with_slack(parts.settings, slack, slack_companies=f"{TEAM}=acme, {TEAM}/C0GLOBEX=globex")
    async with worker(parts, rasa) as candor:
        await candor.event(mention("do you sell my data?", ts="1.1"))
        await candor.settled()
        await candor.event(mention("do you sell my data?", channel="C0GLOBEX", ts="1.2"))
        await candor.settled()
        await candor.form(command_body("use acme", slack, channel="C0GLOBEX"))
        await candor.settled()

        assert [sent["company"] for sent in rasa.sent] == ["acme", "globex"]
        assert "Globex" in shown(slack.of("hook")[0])


async def test_the_message_shortcut_asks_about_that_message(candor: Candor, slack: FakeSlack, rasa: FakeRasa) -> None:
    """Ask Candor about this: somebody else's question, answered to who pressed."""
    candor.slack.places.choose(ada, "acme")
    rasa.messages = [answer()]
    body = {
        "type": "message_action", "callback_id": "ask_candor", "team": {"id": TEAM}, "user": {"id": ADA}, "trigger_id": "tr9",
        "channel": {"id": "C0NEWS"}, "message": {"text": "do they sell data &amp; more?", "ts": "1.1", "user": "U0BOB"},
        "response_url": f"{slack.url}/hooks/3",
    }  # fmt: skip

    await candor.form(body)
    await candor.settled()

    assert rasa.sent[0]["text"] == "do they sell data & more?"
    assert len(slack.of("hook")) == 1


async def test_feedback_is_kept_with_the_answer(parts: Services, candor: Candor, slack: FakeSlack, rasa: FakeRasa) -> None:
    """Slack's own feedback buttons, and a word of thanks that only its giver sees."""
    candor.slack.places.choose(ada, "acme")
    rasa.messages = [answer()]
    await candor.event(message("do you sell my data?"))
    await candor.settled()
    [rating] = elements(slack.posted[0], "feedback_buttons")

    await candor.form(
        action_body(
            slack, {"action_id": rating["action_id"], "type": "feedback_buttons", "value": rating["negative_button"]["value"]}
        )
    )
    await candor.settled()

    from sqlalchemy import text

    with parts.engine.connect() as connection:
        assert connection.execute(text("SELECT answer_id, helpful FROM feedback")).all() == [("a_1", 0)]
    assert "Thank you" in shown(slack.of("hook")[0])


async def test_help_without_a_question(candor: Candor, slack: FakeSlack) -> None:
    """/privacy alone says how to ask."""
    await candor.form(command_body("", slack))
    await candor.settled()

    assert "/privacy do you sell my data?" in json.loads(json.dumps(shown(slack.of("hook")[0])))


@pytest.mark.parametrize("setting", ["clevra", "T0123=", "=clevra", "X0123=clevra", "T0123/=clevra"])
def test_a_mistyped_company_setting_shows_how_it_is_written(setting: str) -> None:
    """Named with its setting, so that whoever wrote it finds it."""
    with pytest.raises(InvalidInputError, match="CANDOR_SLACK_COMPANIES"):
        read_companies(setting)
