"""A clear yes to the question just asked opens the request, once. Anything less opens nothing."""

from __future__ import annotations

import logging
from typing import Any

import pytest
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.action_confirm import ActionConfirm
from candor.conversations.payload import Memory, Payload
from candor.services import Services
from candor.tickets.ticket import Ticket
from tests.actions.trackers import a_tracker, payload_of, slots_of, worded

PROPOSAL = {"id": "p_1", "request_type": "deletion", "company": "acme"}
ASKED = {"kind": "request", "request_type": "deletion", "proposal": "p_1"}
DONE = [{"event": "slot", "timestamp": None, "name": "proposal", "value": None}]


def a_yes(
    *said: dict[str, Any],
    confidence: float = 0.95,
    proposal: dict[str, Any] | None = PROPOSAL,
    company: str = "acme",
    agreed: bool | None = True,
) -> Tracker:
    return a_tracker(
        "yes", intent="affirm", confidence=confidence, proposal=proposal, said=said, company=company, agreed=agreed,
        residence="DE", email="", details="",
    )  # fmt: skip


def opened(parts: Services) -> list[Ticket]:
    return parts.requests.desk.of_conversation("c_1")


async def test_a_yes_after_a_failure_opens_what_was_agreed_to_once(parts: Services, dispatcher: CollectingDispatcher) -> None:
    """The summary had its yes before; however often it is repeated, one request is opened."""
    events = await ActionConfirm().run(dispatcher, a_yes(ASKED), domain={})
    await ActionConfirm().run(dispatcher, a_yes(ASKED), domain={})

    (ticket,) = opened(parts)
    first, second = dispatcher.messages
    assert (ticket.request_type, ticket.company, ticket.residence) == ("deletion", "acme", "DE")
    assert first["number"] == second["number"] == ticket.number
    assert slots_of(events)["proposal"] is None


async def test_a_yes_to_what_had_no_summary_opens_nothing(parts: Services, dispatcher: CollectingDispatcher) -> None:
    """A proposal alone is no agreement."""
    await ActionConfirm().run(dispatcher, a_yes(ASKED, agreed=None), domain={})

    assert [message["response"] for message in dispatcher.messages] == ["utter_nothing_to_confirm"]
    assert opened(parts) == []


async def test_a_yes_to_nothing_opens_nothing(parts: Services, dispatcher: CollectingDispatcher) -> None:
    """There was no proposal."""
    events = await ActionConfirm().run(dispatcher, a_yes({"kind": "smalltalk"}, proposal=None), domain={})

    assert [message["response"] for message in dispatcher.messages] == ["utter_nothing_to_confirm"]
    assert events == DONE
    assert opened(parts) == []


@pytest.mark.parametrize(
    "said",
    [
        (),
        ({"kind": "answer", "answer_id": "a_1"},),
        (ASKED, {"kind": "answer", "answer_id": "a_1"}),
        (ASKED, {}),
        (ASKED, {**ASKED, "proposal": "p_other"}),
    ],
)
async def test_a_yes_after_something_else_was_said_opens_nothing(
    parts: Services, dispatcher: CollectingDispatcher, said: tuple[dict[str, Any], ...]
) -> None:
    """It may be a yes to that; the proposal is dropped, so that no later yes revives it."""
    events = await ActionConfirm().run(dispatcher, a_yes(*said), domain={})

    answered = bool(said) and said[-1].get("kind") == "answer"
    (message,) = dispatcher.messages
    assert message["response"] == ("utter_yes_after_answer" if answered else "utter_nothing_to_confirm")
    assert events == DONE
    assert opened(parts) == []


async def test_a_database_that_fails_is_admitted_and_a_later_yes_works(
    parts: Services, dispatcher: CollectingDispatcher, caplog: pytest.LogCaptureFixture
) -> None:
    """Nobody is told that a request is open which is not; the proposal stays, and the next yes answers it."""
    caplog.set_level(logging.DEBUG)
    action = ActionConfirm()  # as in a server that has run for a while
    with parts.engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE ticket RENAME TO away")
    events = await action.run(dispatcher, a_yes(ASKED), domain={})

    (admitted,) = dispatcher.messages
    assert admitted["response"] == "utter_request_not_opened"
    assert admitted["custom"]["kind"] == "error"
    assert "privacy@acme.example" in worded(admitted)
    assert events == []
    assert "OperationalError" in caplog.text
    assert "c_1" not in caplog.text

    with parts.engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE away RENAME TO ticket")
    assert opened(parts) == []
    await ActionConfirm().run(dispatcher, a_yes(ASKED, admitted["custom"]), domain={})
    assert dispatcher.messages[1]["response"] == "utter_request_opened"
    assert len(opened(parts)) == 1


async def test_the_request_is_opened_with_the_company_it_was_proposed_for(
    parts: Services, dispatcher: CollectingDispatcher
) -> None:
    """Also where the conversation is about another one by now."""
    await ActionConfirm().run(dispatcher, a_yes(ASKED, company="globex"), domain={})

    assert [ticket.company for ticket in opened(parts)] == ["acme"]


async def test_a_yes_to_being_asked_back_proposes_and_opens_nothing(parts: Services, dispatcher: CollectingDispatcher) -> None:
    """It answers "a request, or a question?", which is not a clear yes to a request."""
    asked = {"kind": "request", "request_type": "deletion", "asked_back": True}

    events = await ActionConfirm().run(dispatcher, a_yes(asked, proposal=None), domain={})

    assert opened(parts) == []
    assert [message["response"] for message in dispatcher.messages] == ["utter_propose_request"]
    assert slots_of(events)["proposal"]["request_type"] == "deletion"


async def test_a_yes_that_comes_twice_because_the_reply_was_lost_gets_the_request_again(
    parts: Services, dispatcher: CollectingDispatcher
) -> None:
    """The web process died between the opening and the visitor: they are not told that nothing was asked."""
    await ActionConfirm().run(dispatcher, a_yes(ASKED), domain={})
    opened_with = dispatcher.messages[0]["custom"]

    await ActionConfirm().run(dispatcher, a_yes(opened_with, proposal=None), domain={})

    (ticket,) = opened(parts)
    again = dispatcher.messages[1]
    assert ticket.number in worded(again)
    shown = payload_of(again).shown
    assert shown.ticket is not None
    assert (shown.kind, shown.ticket.number) == ("request", ticket.number)


async def test_a_card_of_another_conversation_is_told_nobody(parts: Services, dispatcher: CollectingDispatcher) -> None:
    """What is said rests on whose the request is, not on what stands in a payload."""
    await ActionConfirm().run(dispatcher, a_yes(ASKED), domain={})
    theirs = dispatcher.messages[0]["custom"]
    tracker = a_tracker("yes", intent="affirm", said=(theirs,), sender="c_stranger")

    await ActionConfirm().run(dispatcher, tracker, domain={})

    assert dispatcher.messages[1]["response"] == "utter_nothing_to_confirm"


OFFER = ("can i have it erased", Payload(memory=Memory(may_open="deletion")).encoded())
ANSWER = ("is that free", Payload().encoded())


@pytest.mark.parametrize(
    ("text", "before", "begins"),
    [
        ("yes", (OFFER,), True),
        ("ok go ahead", (OFFER, ANSWER), True),
        ("yes", (OFFER, ANSWER), False),
        ("go ahead", (OFFER, ANSWER, ANSWER, ANSWER), False),
        ("go ahead", (ANSWER,), False),
    ],
)
async def test_a_yes_to_an_offer_begins_the_request(
    parts: Services, dispatcher: CollectingDispatcher, text: str, before: tuple[tuple[str, dict[str, Any]], ...], begins: bool
) -> None:
    """After a question in between only words of doing do; nothing is opened by it."""
    tracker = a_tracker(text, intent="affirm", before=before)

    events = await ActionConfirm().run(dispatcher, tracker, domain={})

    assert ((slots_of(events).get("proposal") or {}).get("request_type") == "deletion") is begins
    assert opened(parts) == []


@pytest.mark.parametrize(("text", "begins"), [("delete, yes delete", True), ("yes", False), ("yes, don't delete it", False)])
async def test_a_yes_that_names_a_wish_begins_it(
    parts: Services, dispatcher: CollectingDispatcher, text: str, begins: bool
) -> None:
    """Nothing is opened by that."""
    events = await ActionConfirm().run(dispatcher, a_tracker(text, intent="affirm"), domain={})

    assert ((slots_of(events).get("proposal") or {}).get("request_type") == "deletion") is begins
