"""Who wants a person is told by when and how; staff see who waits."""

from __future__ import annotations

import pytest
from rasa_sdk.executor import CollectingDispatcher

from actions.action_talk_to_human import ActionTalkToHuman
from candor.services import Services
from tests.actions.requests import a_conversation
from tests.actions.test_action_answer_question import SELLING, a_hit, asking
from tests.actions.trackers import a_tracker, form_of, payload_of, slots_of, worded
from tests.fakes import an_answer


async def test_without_an_address_the_answer_comes_in_the_chat_and_one_is_asked_for(
    parts: Services, dispatcher: CollectingDispatcher
) -> None:
    """As a field, which need not be filled."""
    talk = a_conversation(parts)

    await ActionTalkToHuman().run(dispatcher, a_tracker("a human please", intent="talk_to_human", sender=talk), domain={})

    (message,) = dispatcher.messages
    form = form_of(message)
    assert "otherwise it comes in this chat" in worded(message)
    assert message["custom"]["kind"] == "handoff"
    assert form is not None
    assert form.field == "email"
    assert [(waiting.conversation, waiting.email) for waiting in parts.conversations.handoff_queue.waiting()] == [(talk, None)]


async def test_the_address_of_the_form_or_of_the_message_is_taken(parts: Services, dispatcher: CollectingDispatcher) -> None:
    """Then the answer comes by mail, and nothing more is asked."""
    talk = a_conversation(parts)
    masked = parts.conversations.vault.mask(talk, "get me a human at ada@example.org")

    await ActionTalkToHuman().run(dispatcher, a_tracker(masked, intent="talk_to_human", sender=talk), domain={})

    (message,) = dispatcher.messages
    assert message["response"] == "utter_person_by_mail"
    assert form_of(message) is None
    assert [waiting.email for waiting in parts.conversations.handoff_queue.waiting()] == ["ada@example.org"]


async def test_a_person_is_wanted_also_where_the_address_is_none(parts: Services, dispatcher: CollectingDispatcher) -> None:
    """The wish is kept, in the chat."""
    talk = a_conversation(parts)
    masked = parts.conversations.vault.mask(talk, "a human, I am ada@nowhere")

    await ActionTalkToHuman().run(dispatcher, a_tracker(masked, intent="talk_to_human", sender=talk), domain={})

    assert dispatcher.messages[0]["response"] == "utter_person_in_chat"
    assert len(parts.conversations.handoff_queue.waiting()) == 1


async def test_a_request_that_is_begun_waits_in_silence(parts: Services, dispatcher: CollectingDispatcher) -> None:
    """A person comes first: the form asks nothing until somebody wants to go on."""
    talk = a_conversation(parts)
    begun = {"id": "p_1", "request_type": "deletion", "company": "acme"}
    tracker = a_tracker("get me a person", intent="talk_to_human", sender=talk, asked="email", proposal=begun)

    await ActionTalkToHuman().run(dispatcher, tracker, domain={})

    waits = payload_of(dispatcher.messages[1])
    assert "is not opened yet and waits here" in worded(dispatcher.messages[1])
    assert (waits.memory.waits, waits.shown.kind) == (True, "handoff")
    assert [button["payload"] for button in dispatcher.messages[1]["buttons"]] == ["continue", "stop"]


async def test_what_they_want_to_know_is_kept_for_the_person(parts: Services, dispatcher: CollectingDispatcher) -> None:
    """The message, if it says more than that a person is wanted; else what they asked before it."""
    first, second = a_conversation(parts), a_conversation(parts)
    asked_before = {"company": "acme", "text": "why was I charged twice?"}

    for talk, text in ((first, "charged twice, let me talk to somebody"), (second, "can i talk to a human please")):
        tracker = a_tracker(text, intent="talk_to_human", sender=talk, last_question=asked_before)
        await ActionTalkToHuman().run(dispatcher, tracker, domain={})

    questions = {waiting.conversation: waiting.question for waiting in parts.conversations.handoff_queue.waiting()}
    assert questions == {first: "charged twice, let me talk to somebody", second: "why was I charged twice?"}


async def test_asked_again_the_promise_stands(parts: Services, dispatcher: CollectingDispatcher) -> None:
    """In other words: who asks again wants to know that it was heard."""
    talk = a_conversation(parts)
    tracker = a_tracker("hello? is anybody there", intent="talk_to_human", sender=talk, waits_for_person=True)

    await ActionTalkToHuman().run(dispatcher, tracker, domain={})

    (message,) = dispatcher.messages
    assert message["response"] == "utter_person_again"
    assert "by " in worded(message)


async def test_an_address_for_the_person_is_not_asked_for_again(parts: Services, dispatcher: CollectingDispatcher) -> None:
    """The form that waits takes it too."""
    talk = a_conversation(parts)
    masked = parts.conversations.vault.mask(talk, "ada@example.org")
    begun = {"id": "p_1", "request_type": "deletion", "company": "acme"}
    tracker = a_tracker(masked, intent="provide_email", sender=talk, asked="email", proposal=begun)

    events = await ActionTalkToHuman().run(dispatcher, tracker, domain={})

    assert slots_of(events) == {"waits_for_person": True, "on_hold": True, "email": "<email_1>"}


@pytest.mark.parametrize(
    ("text", "waits", "response"),
    [
        ("what can i do now", "data_exposed", "utter_data_exposed_steps"),
        ("what now?", "in_danger", "utter_in_danger_steps"),
        ("what now?", True, "utter_person_again"),
        ("can she read along", "in_danger", "utter_asked_person"),
        ("when will they write?", "in_danger", "utter_person_again"),
    ],
)
async def test_who_waits_is_told_what_was_asked(
    parts: Services, dispatcher: CollectingDispatcher, text: str, waits: object, response: str
) -> None:
    """What to do first, where it is urgent; the wait, where that was asked; and all else is put with the question."""
    tracker = a_tracker(text, intent="talk_to_human", sender=a_conversation(parts), waits_for_person=waits)

    await ActionTalkToHuman().run(dispatcher, tracker, domain={})

    (message,) = dispatcher.messages
    assert message["response"] == response
    assert message["day"] in worded(message)


@pytest.mark.parametrize(("probability", "kind"), [(0.9, "answer"), (0.5, "handoff")])
@pytest.mark.parametrize("text", ["are you sure you don't sell it", "who buys them, can i stop that here?"])
async def test_who_waits_hears_from_the_policy_what_it_answers_for_sure(
    parts: Services, dispatcher: CollectingDispatcher, text: str, probability: float, kind: str
) -> None:
    """It is not true that only the person can tell, even where words of the wait stand in the question; what is less sure goes
    to them."""
    asking(parts, an_answer("answer", probability, SELLING, (a_hit(0.9),)))
    tracker = a_tracker(text, intent="talk_to_human", confidence=0.6, sender=a_conversation(parts), waits_for_person=True)

    events = await ActionTalkToHuman().run(dispatcher, tracker, domain={})

    assert payload_of(dispatcher.messages[0]).shown.kind == kind
    assert ("last_question" in slots_of(events)) is (kind == "answer")  # "and for how long?" leans on it
