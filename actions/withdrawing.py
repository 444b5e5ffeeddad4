"""Withdraw a request: ask first, and do it after a clear yes."""

from __future__ import annotations

import asyncio
import uuid
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.dropped import as_withdrawn
from actions.fields import code_field
from candor.conversations.payload import Memory, Payload, Shown
from candor.conversations.request_text import RequestText
from candor.services import Services
from candor.tickets.identity import CodeOnItsWay
from candor.tickets.requester import AlreadyClosed, ProofNeeded, RequestStatus, Withdrawn
from candor.tickets.ticket import Ticket


class Withdrawing:
    """Three steps: proof that the request is the visitor's, a question, a yes."""

    def __init__(self, parts: Services) -> None:
        self._desk, self._responses = parts.requests.desk, parts.conversations.responses
        self._request_text = RequestText(self._responses, parts.knowledge.company_of)

    async def of_number(self, dispatcher: CollectingDispatcher, tracker: Tracker, number: str) -> list[dict[str, Any]]:
        """Ask for the yes if the request is the visitor's; else send a code first, which they are asked for."""
        outcome = await asyncio.to_thread(self._desk.status, number, tracker.sender_id)
        if isinstance(outcome, RequestStatus):
            return self.propose(dispatcher, outcome.ticket)
        response, values = self._request_text.of_code(outcome)
        if isinstance(outcome, CodeOnItsWay):
            response = "utter_withdraw_needs_code"
        dispatcher.utter_message(
            response=self._responses.named(response),
            **{"number": number, **values},
            json_message=Payload(shown=Shown(form=code_field(outcome, self._responses))).encoded(),
        )
        return [SlotSet("about_number", {"number": number, "then": "withdraw"})]

    def propose(self, dispatcher: CollectingDispatcher, ticket: Ticket) -> list[dict[str, Any]]:
        """Ask the question that a yes answers."""
        proposal = {"id": uuid.uuid4().hex, "withdraw": ticket.number}
        dispatcher.utter_message(
            response="utter_propose_withdraw", buttons=self._responses.buttons("utter_buttons_withdraw"),
            **self._request_text.values(ticket),
            json_message=Payload(memory=Memory(proposal=proposal["id"])).encoded(),
        )  # fmt: skip
        return [SlotSet("proposal", proposal), SlotSet("about_number", {"number": ticket.number, "then": "status"})]

    async def confirmed(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, proposal: dict[str, Any], *, clear: bool
    ) -> list[dict[str, Any]]:
        """Act on a yes to it; if it is unclear, ask again."""
        number = proposal["withdraw"]
        if not clear:
            dispatcher.utter_message(
                response="utter_confirm_withdraw", number=number, buttons=self._responses.buttons("utter_buttons_withdraw"),
                json_message=Payload(memory=Memory(proposal=proposal["id"])).encoded(),
            )  # fmt: skip
            return []
        outcome = await asyncio.to_thread(self._desk.withdraw, number, tracker.sender_id)
        if isinstance(outcome, ProofNeeded):  # the hour for which a code is valid proof has passed
            return [SlotSet("proposal", None), *await self.of_number(dispatcher, tracker, number)]
        response = "utter_already_closed" if isinstance(outcome, AlreadyClosed) else "utter_withdrawn"
        dispatcher.utter_message(
            response=response,
            number=number,
            json_message=Payload(shown=Shown(ticket=self._request_text.card(outcome.ticket))).encoded(),
        )
        taken_back = isinstance(outcome, Withdrawn)
        return [SlotSet("proposal", None), *([as_withdrawn(outcome.ticket)] if taken_back else [])]
