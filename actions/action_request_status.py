"""How is my request? Tells of the requests of this conversation."""

from __future__ import annotations

import asyncio
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

from actions.tracker import company_of
from services import services


class ActionRequestStatus(Action):
    """The intent `request_status`. A number alone shows nothing: it proves nobody's identity."""

    def __init__(self) -> None:
        self._tickets, self._library = services().tickets, services().catalogue

    def name(self) -> str:
        return "action_request_status"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[dict[str, Any]]:
        company = self._library.company(company_of(tracker))
        tickets = await asyncio.to_thread(self._tickets.of_conversation, tracker.sender_id)
        told = "; ".join(f"{ticket.number} ({ticket.request_type.replace('_', ' ')}): {ticket.status}" for ticket in tickets)
        dispatcher.utter_message(
            response="utter_request_status" if tickets else "utter_no_requests", requests=told,
            company_name=company.name, contact=company.contact, json_message={"kind": "smalltalk"},
        )  # fmt: skip
        return []
