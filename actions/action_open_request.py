"""The form is over: open the request, if there was a clear yes to the summary."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

from actions.action_propose_request import propose_next
from actions.asking import asked_last
from actions.dropped import as_dropped
from actions.opening import OVER, Opening
from candor.conversations.payload import Payload
from candor.services import services


class ActionOpenRequest(Action):
    """Runs after request_form, however that ended."""

    def __init__(self) -> None:
        self._parts = services()
        self._opening = Opening(self._parts)

    def name(self) -> str:
        return "action_open_request"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[dict[str, Any]]:
        proposal = tracker.get_slot("proposal") or {}
        if tracker.get_slot("agreed") is True and "request_type" in proposal:
            events = await self._opening.open(dispatcher, tracker, proposal)
            waiting = tracker.get_slot("next_requests") or []
            if waiting and any(event.get("name") == "about_number" for event in events):  # it was opened
                company = self._parts.knowledge.catalogue.company(proposal["company"])
                events += await propose_next(dispatcher, tracker, waiting, company, self._parts)
            return events
        if "request_type" not in proposal:
            dispatcher.utter_message(response="utter_request_declined", json_message=Payload().encoded())
            return [SlotSet(slot, None) for slot in OVER]
        seen = asked_last(tracker) == "agreed"
        dispatcher.utter_message(
            response="utter_request_dropped" if seen else "utter_request_declined",
            buttons=self._parts.conversations.responses.buttons("utter_buttons_dropped") if seen else [],
            json_message=Payload().encoded(),
        )  # fmt: skip
        kept = as_dropped(tracker)
        return [*(SlotSet(slot, None) for slot in OVER), kept]
