"""Who wants a person is told by when and how; staff see who waits."""

from __future__ import annotations

from rasa_sdk.executor import CollectingDispatcher

from actions.action_talk_to_human import ActionTalkToHuman
from candor.services import Services
from tests.actions.requests import a_conversation
from tests.actions.trackers import a_tracker, form_of, payload_of, worded


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
