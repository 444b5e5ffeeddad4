"""Add to an open request what its requester writes."""

from __future__ import annotations

import asyncio
import re
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

from actions.form_answers import NUMBER
from actions.talked_about import number_in
from actions.tracker import text_of
from candor.conversations.payload import Payload
from candor.conversations.request_text import RequestText
from candor.services import services
from candor.tickets.requester import AlreadyClosed, ProofNeeded
from candor.tickets.states import OWED

# "add to R-7KQ4-M2XD: …": the text after the number, or after a colon, is added.
ADDED = re.compile(rf"(?:{NUMBER.pattern}\s*[:,]?|:)\s*(?P<details>\S.*)", re.IGNORECASE | re.DOTALL)


class ActionAddDetails(Action):
    """The intent `add_details`."""

    def __init__(self) -> None:
        parts = services()
        self._desk, self._vault = parts.requests.desk, parts.conversations.vault
        self._request_text = RequestText(parts.conversations.responses, parts.knowledge.company_of)

    def name(self) -> str:
        return "action_add_details"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[dict[str, Any]]:
        number, match = number_in(tracker), ADDED.search(text_of(tracker))
        if number is None:
            own = await asyncio.to_thread(self._desk.of_conversation, tracker.sender_id)
            unfinished = [ticket.number for ticket in own if ticket.status in OWED]
            number = unfinished[0] if len(unfinished) == 1 else None
        if number is None or match is None:
            dispatcher.utter_message(response="utter_add_what", json_message=Payload().encoded())
            return []
        outcome = await asyncio.to_thread(self._add, number, tracker.sender_id, match["details"])
        if isinstance(outcome, ProofNeeded):
            dispatcher.utter_message(response="utter_add_needs_proof", json_message=Payload().encoded())
            return []
        response = "utter_already_closed" if isinstance(outcome, AlreadyClosed) else "utter_details_added"
        dispatcher.utter_message(
            response=response, number=number, company_name=self._request_text.company(outcome.ticket).name,
            json_message=Payload().encoded(),
        )  # fmt: skip
        return []

    def _add(self, number: str, conversation: str, details: str) -> Any:
        return self._desk.add_details(number, conversation, self._vault.unmask(conversation, details))
