"""How is my request? Only this conversation's own are told."""

from __future__ import annotations

import pytest
from rasa_sdk.executor import CollectingDispatcher

from actions.action_request_status import ActionRequestStatus
from candor.services import Services
from tests.actions.requests import a_conversation, a_request
from tests.actions.test_action_answer_question import SELLING, a_hit, asking
from tests.actions.trackers import a_tracker, payload_of, worded
from tests.fakes import an_answer


async def test_tells_each_request_of_the_conversation(parts: Services, dispatcher: CollectingDispatcher) -> None:
    """Number, type in words, and how it stands."""
    first = a_request(parts, "c_1", "yes-1", email=None)
    second = a_request(parts, "c_1", "yes-2", request_type="opt_out_of_sale", email=None)

    events = await ActionRequestStatus().run(dispatcher, a_tracker("how is my request", sender="c_1"), domain={})

    said = worded(dispatcher.messages[0])
    assert f"{first}, a request with Acme to have your personal data deleted: it is with us" in said
    assert f"{second}, a request with Acme to opt out of the sale" in said
    assert events == []


async def test_a_number_shows_nothing_of_another_conversation(parts: Services, dispatcher: CollectingDispatcher) -> None:
    """A number proves nobody's identity: of one that exists and of one that does not, the same is said."""
    number = a_request(parts, "c_theirs")

    await ActionRequestStatus().run(dispatcher, a_tracker(f"how is {number}", sender="c_1"), domain={})
    await ActionRequestStatus().run(dispatcher, a_tracker("how is R-0000-0000", sender="c_1"), domain={})

    known, unknown = dispatcher.messages
    assert known["response"] == unknown["response"] == "utter_status_needs_code_without_mail"
    assert worded(known).replace(number, "R-0000-0000") == worded(unknown)
    assert payload_of(known).shown.ticket is None


async def test_who_waits_for_a_person_is_told_again_by_when(parts: Services, dispatcher: CollectingDispatcher) -> None:
    """ "When does somebody write?" is about the person, where nothing was opened."""
    talk = a_conversation(parts)
    parts.conversations.handoff_queue.wanted(talk, "acme")

    await ActionRequestStatus().run(dispatcher, a_tracker("when does somebody write", sender=talk), domain={})

    assert payload_of(dispatcher.messages[0]).shown.kind == "handoff"


async def test_who_asks_what_was_noted_is_told_it(parts: Services, dispatcher: CollectingDispatcher) -> None:
    """The place and the address that the request has."""
    number = a_request(parts, "c_1")
    tracker = a_tracker("which mail did you write down?", sender="c_1", email="<email_1>")

    await ActionRequestStatus().run(dispatcher, tracker, domain={})

    said = worded(dispatcher.messages[0])
    assert number in said
    assert "Germany" in said
    assert "<email_1>" in said


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("what became of the first one?", True),
        ("is the copy done yet", True),
        ("what is the state of my copy", True),
        ("how long does this take", False),
    ],
)
async def test_who_asks_of_a_request_opened_before_is_told_of_that(
    parts: Services, dispatcher: CollectingDispatcher, text: str, *, told: bool
) -> None:
    """While another is taken down."""
    number = a_request(parts, "c_1", request_type="access")
    tracker = a_tracker(text, sender="c_1", about_number={"number": number, "then": "status"})

    assert await ActionRequestStatus().of_one_opened_before(dispatcher, tracker, "deletion") is told
    assert [number in worded(message) for message in dispatcher.messages] == ([True] if told else [])


async def test_my_requests_are_told_to_who_waits_for_a_person_too(parts: Services, dispatcher: CollectingDispatcher) -> None:
    """The menu's words are about requests, not about the person that was promised."""
    talk = a_conversation(parts)
    parts.conversations.handoff_queue.wanted(talk, "acme")

    await ActionRequestStatus().run(dispatcher, a_tracker("how is my request?", sender=talk), domain={})

    assert dispatcher.messages[0]["response"] == "utter_no_requests"


@pytest.mark.parametrize(
    ("text", "probability", "response"),
    [
        ("have you sold any so far", 0.9, "utter_answer_about"),
        ("have you sold any so far", 0.5, "utter_no_requests"),
        ("has my request been sold", 0.9, "utter_no_requests"),
    ],
)
async def test_what_is_no_request_is_asked_of_the_policy(
    parts: Services, dispatcher: CollectingDispatcher, text: str, probability: float, response: str
) -> None:
    """Who never opened one hardly asks how it is doing, unless they say so; what the policy is not sure of is left."""
    asking(parts, an_answer("answer", probability, SELLING, (a_hit(0.9),)))

    await ActionRequestStatus().run(dispatcher, a_tracker(text, sender=a_conversation(parts)), domain={})

    (message,) = dispatcher.messages
    assert message["response"] == response
