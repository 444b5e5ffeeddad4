"""After a day of silence: what was begun is gone, and they are told so."""

from __future__ import annotations

from rasa_sdk.executor import CollectingDispatcher

from actions.action_session_start import ActionSessionStart
from candor.services import Services
from tests.actions.trackers import a_tracker, worded

BEGUN = [("session_started", None), ("action", "action_listen")]


async def test_who_had_begun_a_request_is_told_that_it_was_not_opened(parts: Services, dispatcher: CollectingDispatcher) -> None:
    """No yes of today answers a question of yesterday."""
    proposal = {"id": "p_1", "request_type": "deletion", "company": "acme"}

    events = await ActionSessionStart().run(dispatcher, a_tracker(proposal=proposal), domain={})

    assert "was not opened" in worded(dispatcher.messages[0])
    assert [(event["event"], event.get("name")) for event in events] == BEGUN


async def test_a_new_visitor_hears_nothing(parts: Services, dispatcher: CollectingDispatcher) -> None:
    """Nor does who had only been asked whether to take something back."""
    await ActionSessionStart().run(dispatcher, a_tracker(), domain={})
    events = await ActionSessionStart().run(dispatcher, a_tracker(proposal={"id": "p_2", "withdraw": "R-7KQ4-M2XD"}), domain={})

    assert dispatcher.messages == []
    assert [(event["event"], event.get("name")) for event in events] == BEGUN
