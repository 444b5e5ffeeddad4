"""The form is over: open the request, if there was a clear yes to the summary."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

from actions.opening import OVER, Opening
from candor.conversations.payload import Payload
from candor.services import services


class ActionOpenRequest(Action):
    """Runs after request_form, however that ended."""

    def __init__(self) -> None:
        self._opening = Opening(services())

    def name(self) -> str:
        return "action_open_request"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[dict[str, Any]]:
        proposal = tracker.get_slot("proposal") or {}
        if tracker.get_slot("agreed") is True and "request_type" in proposal:
            return await self._opening.open(dispatcher, tracker, proposal)
        dispatcher.utter_message(response="utter_request_declined", json_message=Payload().encoded())
        return [SlotSet(slot, None) for slot in OVER]
