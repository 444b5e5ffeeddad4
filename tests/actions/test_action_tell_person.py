"""What is written for the person who was promised is kept with the question."""

from __future__ import annotations

from rasa_sdk.executor import CollectingDispatcher

from actions.action_tell_person import ActionTellPerson
from candor.services import Services
from tests.actions.requests import a_conversation
from tests.actions.trackers import a_tracker, payload_of, worded


async def test_what_is_told_goes_to_the_person_masked(parts: Services, dispatcher: CollectingDispatcher) -> None:
    """As staff read the conversation itself."""
    talk = a_conversation(parts)
    parts.conversations.handoff_queue.wanted(talk, "acme", question="I was charged twice.")
    masked = parts.conversations.vault.mask(talk, "my mail is ada@example.org, mornings are best")

    events = await ActionTellPerson().run(dispatcher, a_tracker(masked, intent="tell_person", sender=talk), domain={})

    (message,) = dispatcher.messages
    (waiting,) = parts.conversations.handoff_queue.waiting()
    assert waiting.question == "I was charged twice.\n\nmy mail is <email_1>, mornings are best"
    assert "with your question" in worded(message)
    assert payload_of(message).shown.kind == "handoff"
    assert events == []


async def test_where_nobody_is_waited_for_it_is_a_question_like_any_other(
    parts: Services, dispatcher: CollectingDispatcher
) -> None:
    """The person has answered, or the model took the message for something that it is not."""
    talk = a_conversation(parts)

    await ActionTellPerson().run(dispatcher, a_tracker("do you sell my data?", sender=talk), domain={})

    assert [message["custom"]["kind"] for message in dispatcher.messages] == ["answer"]
