"""A yes or a no right after an answer, which asked for none: what it could mean, and nothing opened."""

from __future__ import annotations

from typing import Any

import pytest
from rasa_sdk import Action
from rasa_sdk.executor import CollectingDispatcher

from actions.action_answer_question import ActionAnswerQuestion
from actions.action_confirm import ActionConfirm
from actions.action_decline import ActionDecline
from actions.action_go_on import ActionGoOn
from actions.action_say import ActionSay
from candor.conversations.payload import Payload, Shown
from candor.services import Services
from tests.actions.trackers import a_tracker, payload_of, slots_of, worded
from tests.fakes import small_answers

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


ASKED = {"company": "acme", "text": "do you sell my data?"}


@pytest.mark.parametrize(
    ("action", "text", "intent"),
    [
        (ActionConfirm, "100%?", "affirm"),
        (ActionDecline, "can i stop it", "stop_form"),
        (ActionSay, "how", "how_are_you"),
        (ActionSay, "what about the app", "out_of_scope_support"),
    ],
)
async def test_a_few_words_that_ask_about_an_answer_are_answered(
    parts: Services, dispatcher: CollectingDispatcher, action: type[Action], text: str, intent: str
) -> None:
    """Though by themselves they look like a yes, a no, small talk or something off topic; and however sure the answer is."""
    parts.knowledge.answers = small_answers(parts.knowledge.catalogue, answer_from=0.9, unsure_from=0.1)

    await action().run(dispatcher, a_tracker(text, intent=intent, said=(ANSWERED,), last_question=ASKED), domain={})

    (message,) = dispatcher.messages
    assert payload_of(message).shown.kind in {"answer", "unsure"}
    assert payload_of(message).shown.citations


@pytest.mark.parametrize(
    ("action", "text", "intent"),
    [
        (ActionConfirm, "yes?", "affirm"),
        (ActionDecline, "no thanks", "deny"),
        (ActionSay, "how are you?", "how_are_you"),
        (ActionSay, "what is this?", "bot_identity"),
    ],
)
async def test_what_is_said_to_candor_itself_asks_nothing_of_the_policy(
    parts: Services, dispatcher: CollectingDispatcher, action: type[Action], text: str, intent: str
) -> None:
    """After an answer as before one."""
    parts.knowledge.answers = small_answers(parts.knowledge.catalogue, answer_from=0.9, unsure_from=0.1)

    await action().run(dispatcher, a_tracker(text, intent=intent, said=(ANSWERED,), last_question=ASKED), domain={})

    assert [payload_of(message).shown.kind for message in dispatcher.messages] == ["smalltalk"]


@pytest.mark.parametrize(
    ("text", "asked_after"),
    [
        ("where does it say that?", True),
        ("which section", True),
        ("source?", True),
        ("says who", True),
        ("where is my data stored", False),
        ("which data", False),
    ],
)
async def test_where_an_answer_stands_is_said_with_its_quote(
    parts: Services, dispatcher: CollectingDispatcher, text: str, asked_after: bool
) -> None:
    """Under its heading, also where an offer was made after it; nothing is looked up."""
    action = ActionAnswerQuestion()
    await action.run(dispatcher, a_tracker("we never sell personal data"), domain={})
    (answered,) = dispatcher.messages
    offer = Payload.model_validate({"memory": {"may_open": "deletion"}}).encoded()

    await action.run(dispatcher, a_tracker(text, said=(answered["custom"], offer)), domain={})

    told = dispatcher.messages[1]
    assert (told["response"] == "utter_where_said") is asked_after
    if asked_after:
        assert "under “" in worded(told)
        assert payload_of(told).shown.citations == payload_of(answered).shown.citations
