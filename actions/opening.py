"""Open the request that the visitor agreed to. However often the yes to one proposal comes, it opens one request."""

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
from actions.privacy_signal import asked_by_signal
from candor.conversations.payload import Memory, Payload, Shown
from candor.conversations.request_text import RequestText, moment
from candor.services import Services
from candor.tickets.addresses import NotAnAddress
from candor.tickets.requester import Confirmed, Opened, TooManyRequests
from candor.tickets.ticket import Ticket

log = logging.getLogger("candor.actions")
OVER = (
    "proposal",
    "details",
    "agreed",
    "unclear",
    "next_requests",
    "on_hold",
    "dropped",
)  # residence and address hold for the next request too


class Opening:
    """Opens requests at the desk, which gets the vault's values in place of tokens and encrypts them at once."""

    def __init__(self, parts: Services) -> None:
        self._desk, self._vault, self._company_of = parts.requests.desk, parts.conversations.vault, parts.knowledge.company_of
        self._responses, self._parts = parts.conversations.responses, parts
        self._request_text = RequestText(self._responses, parts.knowledge.company_of)

    async def open(self, dispatcher: CollectingDispatcher, tracker: Tracker, proposal: dict[str, Any]) -> list[dict[str, Any]]:
        """Open it and say what follows. Returns the events that end the proposal."""
        company = self._company_of(proposal["company"])
        try:
            opened = await asyncio.to_thread(self._open, tracker, proposal)
        except SQLAlchemyError as error:
            log.error("a confirmed request could not be opened: %s", type(error).__name__)
            # The proposal stays, and this message repeats its question: another yes tries again.
            dispatcher.utter_message(
                response="utter_request_not_opened", company_name=company.name, contact=company.contact,
                json_message=Payload(shown=Shown(kind="error"), memory=Memory(proposal=proposal["id"])).encoded(),
            )  # fmt: skip
            return []
        if isinstance(opened, NotAnAddress):  # one from the very first message, which the form has not checked
            return [SlotSet("email", None), SlotSet("agreed", None), FollowupAction(FORM)]
        if isinstance(opened, TooManyRequests):
            dispatcher.utter_message(
                response="utter_too_many_requests", most=opened.most, until=moment(opened.until, self._responses),
                company_name=company.name, contact=company.contact,
                json_message=Payload(shown=Shown(kind="request", request_type=proposal["request_type"])).encoded(),
            )  # fmt: skip
            return [SlotSet(slot, None) for slot in OVER]
        await asyncio.to_thread(self._desk.acknowledge, opened.ticket.number, tracker.sender_id)
        self._say_opened(dispatcher, opened)
        about = {"number": opened.ticket.number, "then": "status"}
        return [*(SlotSet(slot, None) for slot in OVER), SlotSet("about_number", about)]

    def say_status(self, dispatcher: CollectingDispatcher, ticket: Ticket) -> None:
        """Say how a request is doing that was opened before, to a visitor who has not seen the reply."""
        field = asks_for_code(self._responses) if ticket.status == "awaiting_identity" else None
        card = self._request_text.status_card(ticket)
        dispatcher.utter_message(
            response="utter_request_status", requests=self._request_text.status(ticket),
            json_message=Payload(
                shown=Shown(kind="request", request_type=ticket.request_type, ticket=card, form=field)
            ).encoded(),
        )  # fmt: skip

    def _open(self, tracker: Tracker, proposal: dict[str, Any]) -> Opened | TooManyRequests | NotAnAddress:
        token, request_type = tracker.get_slot("email"), proposal["request_type"]
        return self._desk.open(
            Confirmed(
                confirmation=proposal["id"], company=proposal["company"], request_type=request_type,
                conversation=tracker.sender_id, email=self._vault.reveal(tracker.sender_id, token) if token else None,
                residence=tracker.get_slot("residence") or "",
                # Without tokens: staff find a person by what they wrote, and the vault is deleted with the conversation.
                details=self._vault.unmask(tracker.sender_id, tracker.get_slot("details") or ""),
                gpc=asked_by_signal(request_type, tracker.sender_id, self._parts),
            )
        )  # fmt: skip

    def _say_opened(self, dispatcher: CollectingDispatcher, opened: Opened) -> None:
        ticket = opened.ticket
        what_next = self._request_text.next(ticket, opened.identity, opened.code)
        card = (
            self._request_text.card(ticket) if opened.first else self._request_text.card(ticket, what_next, "utter_ticket_opened")
        )
        field = {"needed": code_field(opened.code, self._responses), "address_missing": asks_for("email")}.get(opened.identity)
        dispatcher.utter_message(
            response="utter_request_repeated" if opened.first else "utter_request_opened", first=opened.first or "",
            next=what_next, **self._request_text.values(ticket),
            json_message=Payload(
                shown=Shown(kind="request", request_type=ticket.request_type, ticket=card, form=field)
            ).encoded(),
        )  # fmt: skip
