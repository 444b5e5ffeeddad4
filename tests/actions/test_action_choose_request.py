"""A request is wanted, and not said which."""

from __future__ import annotations

import pytest
from rasa_sdk.executor import CollectingDispatcher

from actions.action_choose_request import ActionChooseRequest
from candor.conversations.payload import Payload, Shown
from candor.services import Services
from tests.actions.trackers import a_tracker, payload_of, slots_of
from tests.fakes import small_answers

ANSWERED = Payload(shown=Shown(kind="answer"), evidence={"aspect": "rights.access"}).encoded()


@pytest.mark.parametrize(
    ("said", "text", "begun"),
    [
        (ANSWERED, "i want to make that request", "access"),
        (ANSWERED, "then i would like to do so", "access"),
        (ANSWERED, "make a request", None),
        (Payload(shown=Shown(kind="answer")).encoded(), "i want to make that request", None),
    ],
)
async def test_that_request_is_the_one_whose_right_was_answered_about(
    parts: Services, dispatcher: CollectingDispatcher, said: dict[str, object], text: str, begun: str | None
) -> None:
    """Else the kinds are shown; nothing is begun by that."""
    events = await ActionChooseRequest().run(dispatcher, a_tracker(text, intent="make_request", said=(said,)), domain={})

    proposal = slots_of(events).get("proposal")
    assert (proposal and proposal["request_type"]) == begun
    assert begun or len(payload_of(dispatcher.messages[-1]).memory.which) > 1


async def test_that_request_is_the_one_that_the_question_came_near_to(parts: Services, dispatcher: CollectingDispatcher) -> None:
    """Where the answer's topic is no right."""
    tracker = a_tracker(
        "i want to make that request", intent="make_request", before=(("what have you collected on me", ANSWERED),)
    )
    tracker.events[0]["parse_data"]["intent_ranking"] = [
        {"name": "ask_policy", "confidence": 0.84}, {"name": "request_access", "confidence": 0.14},
    ]  # fmt: skip
    tracker.events[1]["data"]["custom"] = Payload(shown=Shown(kind="answer")).encoded()

    events = await ActionChooseRequest().run(dispatcher, tracker, domain={})

    assert slots_of(events)["proposal"]["request_type"] == "access"


@pytest.mark.parametrize(("confidence", "kind"), [(0.3, "answer"), (0.9, "smalltalk")])
async def test_what_is_hardly_a_wish_is_asked_of_the_policy_first(
    parts: Services, dispatcher: CollectingDispatcher, confidence: float, kind: str
) -> None:
    """ "E-mail for data requests" asks for an address."""
    parts.knowledge.answers = small_answers(parts.knowledge.catalogue, probability=0.9)
    tracker = a_tracker("sell personal data", intent="make_request", confidence=confidence)

    await ActionChooseRequest().run(dispatcher, tracker, domain={})

    assert payload_of(dispatcher.messages[0]).shown.kind == kind
