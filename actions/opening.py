"""Open the request that was agreed to. The proposal's id is the yes: however often it comes, it opens one request."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.events import FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher
from sqlalchemy.exc import SQLAlchemyError

from actions.asking import FORM
from actions.fields import asks_for, asks_for_code, code_field
from candor.conversations.payload import Memory, Payload, Shown
from candor.conversations.request_text import RequestText, moment
from candor.services import Services
from candor.tickets.addresses import NotAnAddress
from candor.tickets.requester import Confirmed, Opened, TooManyRequests
from candor.tickets.ticket import Ticket

log = logging.getLogger("candor.actions")
OVER = ("proposal", "details", "agreed", "unclear")  # where the person lives and their address hold for the next one too


class Opening:
    """The desk, with the vault's values put in where the desk encrypts them at once."""

    def __init__(self, parts: Services) -> None:
        self._desk, self._vault, self._card = parts.requests.desk, parts.conversations.vault, parts.knowledge.company_of
        self._responses = parts.conversations.responses
        self._request_text = RequestText(self._responses, parts.knowledge.company_of)

    async def open(self, dispatcher: CollectingDispatcher, tracker: Tracker, proposal: dict[str, Any]) -> list[dict[str, Any]]:
        """Open it and say what follows; the events that end the proposal."""
        company = self._card(proposal["company"])
        try:
            opened = await asyncio.to_thread(self._open, tracker, proposal)
        except SQLAlchemyError as error:
            log.error("a confirmed request could not be opened: %s", type(error).__name__)
            # The proposal stays, and this message too counts as its question: another yes tries again.
            dispatcher.utter_message(
                response="utter_request_not_opened", company_name=company.name, contact=company.contact,
                json_message=Payload(shown=Shown(kind="error"), memory=Memory(proposal=proposal["id"])).encoded(),
            )  # fmt: skip
            return []
        if isinstance(opened, NotAnAddress):  # one that came with the very first message: the form has not looked at it
            return [SlotSet("email", None), SlotSet("agreed", None), FollowupAction(FORM)]
        if isinstance(opened, TooManyRequests):
            dispatcher.utter_message(
                response="utter_too_many_requests", most=opened.most, until=moment(opened.until, self._responses),
                company_name=company.name, contact=company.contact,
                json_message=Payload(shown=Shown(kind="request", request_type=proposal["request_type"])).encoded(),
            )  # fmt: skip
            return [SlotSet(slot, None) for slot in OVER]
        await asyncio.to_thread(self._desk.told, opened.ticket.number, tracker.sender_id)
        self._tell(dispatcher, opened)
        about = {"number": opened.ticket.number, "then": "status"}
        return [*(SlotSet(slot, None) for slot in OVER), SlotSet("about_number", about)]

    def tell_again(self, dispatcher: CollectingDispatcher, ticket: Ticket) -> None:
        """How a request stands that was opened already, for who did not see the reply."""
        field = asks_for_code(self._responses) if ticket.status == "awaiting_identity" else None
        dispatcher.utter_message(
            response="utter_request_status", requests=self._request_text.status(ticket),
            json_message=Payload(
                shown=Shown(kind="request", request_type=ticket.request_type, ticket=self._request_text.card(ticket), form=field)
            ).encoded(),
        )  # fmt: skip

    def _open(self, tracker: Tracker, proposal: dict[str, Any]) -> Opened | TooManyRequests | NotAnAddress:
        token = tracker.get_slot("email")
        return self._desk.open(
            Confirmed(
                confirmation=proposal["id"], company=proposal["company"], request_type=proposal["request_type"],
                conversation=tracker.sender_id, email=self._vault.reveal(tracker.sender_id, token) if token else None,
                residence=tracker.get_slot("residence") or "",
                # Staff find a person by what they wrote, and the vault goes when the conversation is forgotten: no tokens here.
                details=self._vault.unmask(tracker.sender_id, tracker.get_slot("details") or ""),
            )
        )  # fmt: skip

    def _tell(self, dispatcher: CollectingDispatcher, opened: Opened) -> None:
        ticket = opened.ticket
        what_next = self._request_text.next(ticket, opened.identity, opened.code)
        card = self._request_text.card(ticket, "" if opened.first else what_next)
        field = {"needed": code_field(opened.code, self._responses), "address_missing": asks_for("email")}.get(opened.identity)
        dispatcher.utter_message(
            response="utter_request_repeated" if opened.first else "utter_request_opened", first=opened.first or "",
            next=what_next, **self._request_text.values(ticket),
            json_message=Payload(
                shown=Shown(kind="request", request_type=ticket.request_type, ticket=card, form=field)
            ).encoded(),
        )  # fmt: skip
