"""Who is in danger, or whose data is in strange hands, gets a person at once, and is told what to do first."""

from __future__ import annotations

import pytest
from rasa_sdk.executor import CollectingDispatcher

from actions.action_urgent import ActionUrgent
from candor.services import Services
from tests.actions.requests import a_conversation
from tests.actions.trackers import a_tracker, payload_of, slots_of, worded


@pytest.mark.parametrize(("intent", "first"), [("in_danger", "call the police"), ("data_exposed", "change your password")])
async def test_a_person_is_told_at_once_and_the_visitor_what_to_do_first(
    parts: Services, dispatcher: CollectingDispatcher, intent: str, first: str
) -> None:
    """With the contact of the company, because nobody in danger can wait for the promised day."""
    talk = a_conversation(parts)

    events = await ActionUrgent().run(dispatcher, a_tracker("he found me, help", intent=intent, sender=talk), domain={})

    (message,) = dispatcher.messages
    (waiting,) = parts.conversations.handoff_queue.waiting()
    assert first in worded(message)
    assert message["contact"] in worded(message)
    assert payload_of(message).shown.kind == "handoff"
    assert (waiting.urgent, waiting.question) == (True, "he found me, help")
    assert slots_of(events) == {"waits_for_person": intent}


@pytest.mark.parametrize("intent", ["in_danger", "data_exposed"])
async def test_said_again_it_is_answered_in_short(parts: Services, dispatcher: CollectingDispatcher, intent: str) -> None:
    """What to do first was read already; who writes and when is said each time."""
    tracker = a_tracker("please hurry", intent=intent, sender=a_conversation(parts), waits_for_person=intent)

    await ActionUrgent().run(dispatcher, tracker, domain={})

    (message,) = dispatcher.messages
    assert len(worded(message)) < 250
    assert message["day"] in worded(message)


async def test_a_wish_beside_the_news_is_begun_as_well(parts: Services, dispatcher: CollectingDispatcher) -> None:
    """The news is answered first; the form's question then says which request it is for."""
    talk = a_conversation(parts)
    tracker = a_tracker("he found me, delete my profile", intent="in_danger", sender=talk, wishes=("deletion",))

    events = await ActionUrgent().run(dispatcher, tracker, domain={})

    assert [message["response"] for message in dispatcher.messages] == ["utter_in_danger"]
    assert slots_of(events)["waits_for_person"] == "in_danger"
    assert slots_of(events)["proposal"]["request_type"] == "deletion"


async def test_a_wish_beside_the_news_leaves_a_request_that_is_begun(parts: Services, dispatcher: CollectingDispatcher) -> None:
    """It is silent until it is asked for."""
    begun = {"id": "p_1", "request_type": "access", "company": "acme"}
    tracker = a_tracker(
        "he found me, delete my profile", intent="in_danger", sender=a_conversation(parts), wishes=("deletion",), asked="email",
        proposal=begun,
    )  # fmt: skip

    events = await ActionUrgent().run(dispatcher, tracker, domain={})

    assert "proposal" not in slots_of(events)
