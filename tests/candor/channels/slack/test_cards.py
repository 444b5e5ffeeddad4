"""Request cards and tickets in Slack: what is pressed, over signed requests, and what Candor makes of it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.candor.channels.slack.conftest import Candor
from tests.candor.channels.slack.fake import ADA, TEAM, Call, FakeSlack, action_body, message
from tests.candor.channels.slack.people import ada, elements, shown
from tests.fakes import FakeRasa

EDIT = {"title": "Edit", "payload": "change my country"}
CARD = {
    "title": "Your request to Acme", "cancel": {"title": "Cancel", "payload": "cancel the request"},
    "rows": [
        {"field": "request", "label": "What", "value": "Have your data deleted",
         "options": [{"value": "correct my data", "label": "Have it corrected"}]},
        {"field": "residence", "label": "Where", "value": "Germany", "edit": EDIT},
        {"field": "email", "label": "E-mail", "value": "<email_1>"},
    ],
}  # fmt: skip
STEP = {"text": "And your address?", "custom": {"kind": "request", "request_type": "deletion", "card": CARD}}
TICKET = {
    "number": "R-7KQ4-M2XD", "request_type": "deletion", "status": "open", "company": "acme", "due": "2026-02-15",
    "contact": "privacy@acme.example", "add": {"title": "Add something", "payload": "add to R-7KQ4-M2XD:"},
}  # fmt: skip


@pytest.fixture
async def card(candor: Candor, slack: FakeSlack, rasa: FakeRasa) -> Call:
    """A message of Candor's with a card, in a direct message."""
    candor.slack.places.choose(ada, "acme")
    rasa.messages = [STEP]
    await candor.event(message("delete my data, I am ada@example.org", ts="1.1"))
    await candor.settled()
    return slack.posted[0]


async def press(candor: Candor, slack: FakeSlack, card: Call, what: str, *, at: str = "1700000100.1") -> None:
    """Press one of the card's controls, as Slack reports it."""
    for block in card.blocks:
        for control in (block.get("accessory"), *block.get("elements", [])):
            if control and control.get("action_id") == what:
                chosen = {"selected_option": control["options"][0]} if "options" in control else {"value": control["value"]}
                action = {"action_id": what, "block_id": block["block_id"], **chosen}
                sent = {"ts": card.body["ts"], "text": card.body["text"], "blocks": card.blocks}
                await candor.form(action_body(slack, action, at=at, message=sent))
                await candor.settled()
                return
    raise AssertionError(f"no {what}")


async def test_a_card_shows_values_and_slack_takes_it(slack: FakeSlack, card: Call) -> None:
    """The holder sees their own address, and can edit what is known."""
    assert "E-mail: ada@example.org" in shown(card)
    edited = [block["accessory"]["action_id"] for block in card.blocks if "accessory" in block]
    assert edited == ["card:request", "card:residence"]


@pytest.mark.parametrize(
    ("what", "said"),
    [("card:residence", "change my country"), ("card:request", "correct my data"), ("card:cancel", "cancel the request")],
)
async def test_a_control_says_it_for_the_person_and_the_card_is_put_away(
    candor: Candor, slack: FakeSlack, rasa: FakeRasa, card: Call, what: str, said: str
) -> None:
    """What was pressed is read like a message, and the old card has nothing to press any more."""
    await press(candor, slack, card, what)

    assert [sent["text"] for sent in rasa.sent][1:] == [said]
    [updated] = slack.of("chat.update")
    assert (updated.body["ts"], elements(updated, "button")) == (card.body["ts"], [])
    assert not any("accessory" in block for block in updated.blocks)
    assert "E-mail: ada@example.org" in shown(updated)


async def test_a_card_that_a_newer_message_replaced_changes_nothing(
    candor: Candor, slack: FakeSlack, rasa: FakeRasa, card: Call
) -> None:
    """It would answer another question than its own."""
    await candor.event(message("Austria", ts="1.2"), event_id="Ev2")
    await candor.settled()

    await press(candor, slack, card, "card:cancel")

    assert [sent["text"] for sent in rasa.sent][1:] == ["Austria"]
    assert "out of date" in shown(slack.posted[-1])
    assert len(slack.of("chat.update")) == 1


async def test_a_card_that_is_pressed_twice_counts_once(candor: Candor, slack: FakeSlack, rasa: FakeRasa, card: Call) -> None:
    """The second press finds the card out of date."""
    await press(candor, slack, card, "card:residence")
    await press(candor, slack, card, "card:residence", at="1700000100.2")

    assert [sent["text"] for sent in rasa.sent][1:] == ["change my country"]


async def test_something_is_added_to_a_request(candor: Candor, slack: FakeSlack, rasa: FakeRasa, card: Call) -> None:
    """A form for the text, which is then said in the conversation that opened the request."""
    rasa.messages = [{"text": "Done.", "custom": {"kind": "request", "ticket": TICKET}}]
    await candor.event(message("yes", ts="1.3"), event_id="Ev3")
    await candor.settled()
    [add] = [each for each in elements(slack.posted[-1], "button") if each["action_id"] == "ticket_add"]
    await candor.form(action_body(slack, {"action_id": "ticket_add", "value": add["value"]}))
    await candor.settled()
    [opened] = slack.of("views.open")

    state = {"values": {"details": {"details": {"value": "My user name is ada"}}}}
    view = {"id": "V5", "type": "modal", "callback_id": "ticket_add", "state": state,
            "private_metadata": opened.body["view"]["private_metadata"]}  # fmt: skip
    sender = {"team": {"id": TEAM}, "user": {"id": ADA, "team_id": TEAM}, "api_app_id": "A0CANDOR"}
    await candor.form({"type": "view_submission", **sender, "view": view})
    await candor.settled()

    assert rasa.sent[-1]["text"] == "add to R-7KQ4-M2XD: My user name is <username_1>"
    assert rasa.sent[-1]["sender"] == rasa.sent[0]["sender"]


async def test_number_date_and_contact_can_be_copied(candor: Candor, slack: FakeSlack, rasa: FakeRasa, card: Call) -> None:
    """For whoever cannot come back to the workspace."""
    rasa.messages = [{"text": "Done.", "custom": {"kind": "request", "ticket": TICKET}}]
    await candor.event(message("yes", ts="1.3"), event_id="Ev3")
    await candor.settled()
    [keep] = [each for each in elements(slack.posted[-1], "button") if each["action_id"] == "ticket_keep"]

    await candor.form(action_body(slack, {"action_id": "ticket_keep", "value": keep["value"]}))
    await candor.settled()

    kept = json.dumps(slack.of("views.open")[0].body["view"])
    for words in ("R-7KQ4-M2XD", "15 February 2026", "privacy@acme.example"):
        assert words in kept


async def test_make_a_request_asks_which_one(candor: Candor, slack: FakeSlack, rasa: FakeRasa) -> None:
    """The prompt names no type of request, so each is offered, and the form."""
    candor.slack.places.choose(ada, "acme")

    await candor.event(message("Make a request"))
    await candor.settled()

    offered: list[dict[str, Any]] = elements(slack.posted[0], "button")
    assert {"delete my data", "send me a copy of my data"} <= {each["value"] for each in offered}
    assert "request_form" in {each["action_id"] for each in offered}
    assert rasa.sent == []
