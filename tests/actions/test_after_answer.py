"""A yes or a no right after an answer, which asked for none: what it could mean, and nothing opened."""

from __future__ import annotations

from typing import Any

import pytest
from rasa_sdk.executor import CollectingDispatcher

from actions.action_confirm import ActionConfirm
from actions.action_decline import ActionDecline
from actions.action_go_on import ActionGoOn
from candor.conversations.payload import Payload, Shown
from candor.services import Services
from tests.actions.trackers import a_tracker, payload_of, slots_of, worded

ANSWERED = {"kind": "answer", "answer_id": "a_1"}
OF_ERASURE = Payload(shown=Shown(kind="answer"), evidence={"aspect": "rights.deletion"}).encoded()


@pytest.mark.parametrize(
    ("said", "response", "titles"),
    [
        (ANSWERED, "utter_yes_after_answer", ["Make a request", "What else does it say?"]),
        ({"kind": "not_in_policy"}, "utter_yes_after_nothing", ["Make a request", "Ask a person"]),
    ],
)
async def test_a_yes_to_an_answer_gets_the_two_likely_steps(
    parts: Services, dispatcher: CollectingDispatcher, said: dict[str, Any], response: str, titles: list[str]
) -> None:
    """In words, and to press."""
    await ActionConfirm().run(dispatcher, a_tracker("ok do it", intent="affirm", said=(said,)), domain={})

    (message,) = dispatcher.messages
    assert message["response"] == response
    assert [button["title"] for button in message["buttons"]] == titles


async def test_a_yes_to_an_answer_about_a_right_offers_it_and_a_second_yes_begins_it(
    parts: Services, dispatcher: CollectingDispatcher
) -> None:
    """The offer opens nothing, and neither does the beginning."""
    await ActionConfirm().run(dispatcher, a_tracker("sure", intent="affirm", said=(OF_ERASURE,)), domain={})
    offer = dispatcher.messages[0]
    events = await ActionConfirm().run(dispatcher, a_tracker("yes", intent="affirm", said=(offer["custom"],)), domain={})

    assert "Do you want me to open a request with Acme" in worded(offer)
    assert payload_of(offer).memory.may_open == "deletion"
    assert dispatcher.messages[1]["response"] == "utter_propose_request"
    assert events[-1]["name"] == "request_form"
    assert parts.requests.desk.of_conversation("c_1") == []


async def test_ok_after_an_answer_only_says_that_it_was_read(parts: Services, dispatcher: CollectingDispatcher) -> None:
    """Nobody is offered anything for it."""
    await ActionConfirm().run(dispatcher, a_tracker("ok", intent="affirm", said=(ANSWERED,)), domain={})

    assert [message["response"] for message in dispatcher.messages] == ["utter_emoji_or_reaction"]


async def test_a_no_to_an_offer_declines_it(parts: Services, dispatcher: CollectingDispatcher) -> None:
    """It is not said that nothing was asked."""
    offered = Payload.model_validate({"memory": {"may_open": "deletion"}}).encoded()

    await ActionDecline().run(dispatcher, a_tracker("no", intent="deny", said=(ANSWERED, offered)), domain={})

    assert "no request" in worded(dispatcher.messages[0])


async def test_and_after_an_answer_asks_for_more_of_it(parts: Services, dispatcher: CollectingDispatcher) -> None:
    """The question before is looked up once more, and what was shown is left out."""
    asked = {"company": "acme", "text": "do you sell my data?"}
    tracker = a_tracker("and?", intent="go_on", said=(ANSWERED,), last_question=asked)

    events = await ActionGoOn().run(dispatcher, tracker, domain={})

    assert [message["custom"]["kind"] for message in dispatcher.messages] == ["answer"]
    assert slots_of(events)["last_question"] == asked


@pytest.mark.parametrize(
    ("said", "response"), [({"kind": "not_in_policy"}, "utter_yes_after_nothing"), (None, "utter_nothing_waits")]
)
async def test_and_where_nothing_was_found_says_what_can_be_done(
    parts: Services, dispatcher: CollectingDispatcher, said: dict[str, Any] | None, response: str
) -> None:
    """There is no more to show."""
    tracker = a_tracker("and?", intent="go_on", said=(said,) if said else ())

    await ActionGoOn().run(dispatcher, tracker, domain={})

    assert [message["response"] for message in dispatcher.messages] == [response]
