"""A no: nothing is opened."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

from actions.tracker import open_proposal


class ActionDecline(Action):
    """The intent `deny`."""

    def name(self) -> str:
        return "action_decline"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[dict[str, Any]]:
        declined = open_proposal(tracker) is not None
        response = "utter_request_declined" if declined else "utter_nothing_to_confirm"
        dispatcher.utter_message(response=response, json_message={"kind": "smalltalk"})
        return [SlotSet("proposal", None)]
