"""Somebody whose data came through a customer of the company."""

from __future__ import annotations

from rasa_sdk.executor import CollectingDispatcher

from actions.action_through_another_company import ActionThroughAnotherCompany
from actions.request_words import WORDS
from candor.services import Services
from tests.actions.trackers import a_tracker, worded


async def test_they_are_told_whom_to_ask_and_may_go_on_all_the_same(parts: Services, dispatcher: CollectingDispatcher) -> None:
    """The buttons begin a request; nothing is proposed by itself."""
    tracker = a_tracker("a shop that i use has you", intent="through_another_company")

    events = await ActionThroughAnotherCompany().run(dispatcher, tracker, domain={})

    (message,) = dispatcher.messages
    assert "Please ask it first" in worded(message)
    assert [button["payload"] for button in message["buttons"]] == [WORDS["access"], WORDS["deletion"]]
    assert events == []
