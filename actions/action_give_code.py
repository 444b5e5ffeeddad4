"""The six-digit code from a mail, or the wish for a new one."""

from __future__ import annotations

import asyncio
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

from actions.asking import in_the_form
from actions.fields import asks_for, asks_for_code, code_field
from actions.talked_about import about_number, code_in, number_in
from actions.tracker import intent_of, text_of
from actions.withdrawing import Withdrawing
from candor.conversations.payload import Payload, Shown
from candor.conversations.request_text import RequestText
from candor.services import services
from candor.tickets.requester import Verified
from candor.tickets.ticket import Ticket
from candor.typed.codes import almost_a_code, only_misses_code, wants_new_code


class ActionGiveCode(Action):
    """The intents `provide_code` and `ask_code`."""

    def __init__(self) -> None:
        parts = services()
        self._desk, self._withdrawing = parts.requests.desk, Withdrawing(parts)
        self._responses = parts.conversations.responses
        self._request_text = RequestText(self._responses, parts.knowledge.company_of)

    def name(self) -> str:
        return "action_give_code"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[dict[str, Any]]:
        number, code = number_in(tracker) or await self._awaited(tracker), code_in(tracker)
        if number is None:
            begun = in_the_form(tracker) and code is None
            dispatcher.utter_message(
                response="utter_code_not_yet" if begun else "utter_code_none_awaited", json_message=Payload().encoded()
            )
            return []
        if code is None:
            return await self._without_code(dispatcher, tracker, number)
        outcome = await asyncio.to_thread(self._desk.give_code, number, code, tracker.sender_id)
        if not isinstance(outcome, Verified):
            response, values = self._request_text.of_code(outcome)
            dispatcher.utter_message(
                response=self._responses.named(response),
                **values,
                json_message=Payload(shown=Shown(form=code_field(outcome, self._responses))).encoded(),
            )
            return []
        about = about_number(tracker)
        if about.get("number") == number and about.get("then") == "withdraw":
            return self._withdrawing.propose(dispatcher, outcome.ticket)
        return self._right(dispatcher, outcome)

    async def _awaited(self, tracker: Tracker) -> str | None:
        """The request that the conversation was last about; else its newest request that waits for a code."""
        about = about_number(tracker).get("number")
        if about:
            return str(about)
        own = await asyncio.to_thread(self._desk.of_conversation, tracker.sender_id)
        return next((ticket.number for ticket in reversed(own) if ticket.status == "awaiting_identity"), None)

    async def _without_code(self, dispatcher: CollectingDispatcher, tracker: Tracker, number: str) -> list[dict[str, Any]]:
        """Send another code where one is plainly wished for, since that ends the one in the mail; else say how that stands."""
        text, asks = text_of(tracker), intent_of(tracker)[0] == "ask_code"
        own = {ticket.number: ticket for ticket in await asyncio.to_thread(self._desk.of_conversation, tracker.sender_id)}
        if number in own and own[number].status != "awaiting_identity":
            dispatcher.utter_message(response="utter_code_none_awaited", json_message=Payload().encoded())
            return []
        standing = own[number].code if number in own else None
        letter = standing.letter if standing is not None else ""
        if wants_new_code(text) and not (letter == "on_its_way" and only_misses_code(text)):
            return await self._send(dispatcher, tracker, number)
        if letter == "refused" and asks:
            return self._ask_for_address(dispatcher, own[number])  # another code to a mailbox that is none helps nobody
        if number in own and asks and not almost_a_code(text):
            return self._tell_standing(dispatcher, own[number], letter)
        dispatcher.utter_message(
            response="utter_code_shape", json_message=Payload(shown=Shown(form=asks_for_code(self._responses))).encoded()
        )
        return []

    def _tell_standing(self, dispatcher: CollectingDispatcher, ticket: Ticket, letter: str) -> list[dict[str, Any]]:
        """Say how it stands with the code: sent or not, until when it is valid, how often it can be tried."""
        form = asks_for_code(self._responses) if letter in {"sent", "on_its_way", "delayed"} else None
        dispatcher.utter_message(
            response="utter_request_status", requests=self._request_text.status(ticket),
            json_message=Payload(shown=Shown(form=form)).encoded(),
        )  # fmt: skip
        return []

    async def _send(self, dispatcher: CollectingDispatcher, tracker: Tracker, number: str) -> list[dict[str, Any]]:
        outcome = await asyncio.to_thread(self._desk.send_code, number, tracker.sender_id)
        response, values = self._request_text.of_code(outcome)
        dispatcher.utter_message(
            response=self._responses.named("utter_status_needs_code" if response == "utter_code_no_match" else response),
            **{"number": number, **values},
            json_message=Payload(shown=Shown(form=code_field(outcome, self._responses))).encoded(),
        )  # fmt: skip
        return []

    def _ask_for_address(self, dispatcher: CollectingDispatcher, ticket: Ticket) -> list[dict[str, Any]]:
        """Say that the mail server refused the address, and ask for the right one."""
        dispatcher.utter_message(
            response="utter_request_status", requests=self._request_text.status(ticket),
            json_message=Payload(shown=Shown(ticket=self._request_text.card(ticket), form=asks_for("email"))).encoded(),
        )  # fmt: skip
        return []

    def _right(self, dispatcher: CollectingDispatcher, outcome: Verified) -> list[dict[str, Any]]:
        ticket = outcome.ticket
        about = [SlotSet("about_number", {"number": ticket.number, "then": "status"})]
        if ticket.status == "open" or outcome.first:
            card = self._request_text.card(ticket, lead="" if outcome.first else "utter_ticket_proven")
            dispatcher.utter_message(
                response="utter_code_right_repeated" if outcome.first else "utter_code_right", first=outcome.first or "",
                **self._request_text.values(ticket),
                json_message=Payload(
                    shown=Shown(kind="request", request_type=ticket.request_type, ticket=card)
                ).encoded(),
            )  # fmt: skip
            return about
        dispatcher.utter_message(
            response="utter_request_status", requests=self._request_text.status(ticket),
            json_message=Payload(shown=Shown(ticket=self._request_text.status_card(ticket))).encoded(),
        )  # fmt: skip
        return about
