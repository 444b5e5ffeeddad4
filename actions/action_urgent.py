"""Somebody is in danger, or data is in strange hands now: a person at once, what to do first, and whom to reach."""

from __future__ import annotations

from rasa_sdk import Tracker

from actions.action_talk_to_human import ActionTalkToHuman
from actions.tracker import intent_of
from candor.conversations.handoff.queue import HandoffPromise


class ActionUrgent(ActionTalkToHuman):
    """The intents `in_danger` and `data_exposed`."""

    urgent = True

    def name(self) -> str:
        return "action_urgent"

    def response_for(self, tracker: Tracker, promise: HandoffPromise) -> str:
        """What to do first differs; by when somebody answers is said in both. Said once, it is not said at length again."""
        intent = intent_of(tracker)[0]
        return f"utter_{intent}_again" if tracker.get_slot("waits_for_person") == intent else f"utter_{intent}"

    def waits(self, tracker: Tracker) -> bool | str:
        """Why it is urgent."""
        return intent_of(tracker)[0]
