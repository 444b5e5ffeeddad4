"""An e-mail address after the form: a correction, one that was missing, or where a person's answer goes."""

from __future__ import annotations

import asyncio
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

from actions.action_answer_question import ActionAnswerQuestion
from actions.action_propose_request import offer_taken_up, propose_anew
from actions.action_talk_to_human import ActionTalkToHuman
from actions.after_answer import AfterAnAnswer, follows_an_answer
from actions.asking import in_the_form
from actions.dropped import taken_up
from actions.fields import asks_for, asks_for_code
from actions.form.corrections import corrected_place
from actions.form.words import EMAIL, NAMED
from actions.tracker import company_of, last_payload, payloads_newest_first, text_of
from candor.conversations.payload import Payload, Shown
from candor.conversations.reply import AskedField
from candor.conversations.request_text import RequestText
from candor.services import services
from candor.tickets.addresses import NotAnAddress
from candor.tickets.identity import NewCodeSent
from candor.tickets.law.residence import place_name
from candor.tickets.requester import AddressChanged, ProofNeeded
from candor.tickets.states import OPEN
from candor.tickets.ticket import Ticket

LATELY = 2  # messages of Candor
UNPROVEN = ("received", "awaiting_identity")


class ActionGiveAddress(Action):
    """The intents `provide_email` and `correct_answer`, outside the form."""

    def __init__(self) -> None:
        parts = self._parts = services()
        self._desk, self._vault, self._links, self._catalogue = (
            parts.requests.desk,
            parts.conversations.vault,
            parts.requests.links,
            parts.knowledge.catalogue,
        )
        self._responses = parts.conversations.responses
        self._request_text = RequestText(self._responses, parts.knowledge.company_of)
        self._talk_to_human, self._after_answer = ActionTalkToHuman(), AfterAnAnswer(parts)

    def name(self) -> str:
        return "action_give_address"

    async def run(  # noqa: C901, PLR0911  (one line a kind, in order)
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> list[dict[str, Any]]:
        addresses = EMAIL.findall(text_of(tracker))
        if in_the_form(tracker):
            if addresses and (last_payload(tracker).shown.kind == "handoff" or tracker.get_slot("on_hold")):
                told = await self._talk_to_human.run(dispatcher, tracker, domain)
                return [*told, *self._for_form_too(tracker, addresses[-1])]
            return []
        own = await asyncio.to_thread(self._desk.of_conversation, tracker.sender_id)
        waits = await asyncio.to_thread(self._links.waits_for_person, tracker.sender_id)
        if own and (addresses or NAMED["email"].search(text_of(tracker))) and any(one.status in OPEN for one in own):
            ticket = meant(own)
            if changeable(ticket) or not (addresses and waits):
                return await self._change_address(dispatcher, tracker, ticket, addresses)
        if not waits and (noted := self._noted(dispatcher, tracker, addresses)):
            return noted
        if addresses and (waits or _was_offered_person(tracker)):
            return await self._talk_to_human.run(dispatcher, tracker, domain)
        if events := taken_up(tracker):
            return events
        company = self._catalogue.company(company_of(tracker))
        if wished := offer_taken_up(tracker):
            return await propose_anew(dispatcher, tracker, wished, company, self._parts)
        if not addresses and follows_an_answer(tracker):  # "so not america" doubts what was quoted
            answered = await ActionAnswerQuestion().answer_if_near(dispatcher, tracker)
            if answered is not None:
                return answered
        response = "utter_provide_email" if addresses else "utter_correct_answer"
        dispatcher.utter_message(response=response, company_name=company.name, json_message=Payload().encoded())
        return []

    def _for_form_too(self, tracker: Tracker, address: str) -> list[dict[str, Any]]:
        """The events with which a form goes on that had asked for the address which the person who was promised answers to."""
        if not tracker.get_slot("on_hold") or tracker.get_slot("requested_slot") != "email":
            return []
        return [SlotSet("email", address), SlotSet("on_hold", None)]

    def _noted(self, dispatcher: CollectingDispatcher, tracker: Tracker, addresses: list[str]) -> list[dict[str, Any]]:
        """Keep an address, or another place, where the kinds of requests are to be chosen from, and show them again."""
        if not any(len(payload.memory.which) > 1 for payload in payloads_newest_first(tracker, 1 if addresses else LATELY)):
            return []
        if addresses:
            self._after_answer.show_kinds(dispatcher, tracker, addresses[-1])
            return [SlotSet("email", addresses[-1])]
        place = corrected_place(text_of(tracker))
        if place is None:
            return []
        self._after_answer.show_kinds(dispatcher, tracker, place_name(place))
        return [SlotSet("residence", place)]

    async def _change_address(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, ticket: Ticket, addresses: list[str]
    ) -> list[dict[str, Any]]:
        """Change a request's address, unless it was proven already."""
        if not changeable(ticket):
            return self._say_it_stays(dispatcher, ticket)
        if not addresses:
            dispatcher.utter_message(
                response="utter_which_address",
                number=ticket.number,
                json_message=Payload(shown=Shown(form=asks_for("email"))).encoded(),
            )
            return []
        address = await asyncio.to_thread(self._vault.reveal, tracker.sender_id, addresses[-1])
        outcome = await asyncio.to_thread(self._desk.give_address, ticket.number, tracker.sender_id, address or "")
        values: dict[str, str] = {}
        field: AskedField | None = None
        match outcome:
            case NotAnAddress():
                response, field = "utter_address_malformed", asks_for("email")
            case ProofNeeded():  # it was proven meanwhile
                newest = await asyncio.to_thread(self._desk.of_conversation, tracker.sender_id)
                return self._say_it_stays(dispatcher, next((one for one in newest if one.number == ticket.number), ticket))
            case AddressChanged():
                response, values = "utter_address_changed_no_code", {"company_name": self._request_text.company(ticket).name}
            case NewCodeSent():
                response, field = "utter_address_changed", asks_for_code(self._responses)
            case _:
                response, values = self._request_text.of_code(outcome)  # type: ignore[arg-type]  # no code was given, so none was right
        dispatcher.utter_message(
            response=self._responses.named(response),
            **{"number": ticket.number, **values},
            json_message=Payload(shown=Shown(form=field)).encoded(),
        )
        return [SlotSet("email", addresses[-1])] if isinstance(outcome, AddressChanged | NewCodeSent) else []

    def _say_it_stays(self, dispatcher: CollectingDispatcher, ticket: Ticket) -> list[dict[str, Any]]:
        dispatcher.utter_message(
            response=self._request_text.why_address_stays(ticket), number=ticket.number,
            company_name=self._request_text.company(ticket).name, json_message=Payload().encoded(),
        )  # fmt: skip
        return []


def _was_offered_person(tracker: Tracker) -> bool:
    """Whether a person was offered just now, or a message before that."""
    return any(payload.memory.person for payload in payloads_newest_first(tracker, LATELY))


def changeable(ticket: Ticket) -> bool:
    """Whether the requester can still give a request another address here: until somebody has proven the one that it has."""
    return ticket.status in UNPROVEN or (ticket.status in OPEN and ticket.proof == "not_needed")


def meant(own: list[Ticket]) -> Ticket:
    """The request that a new address is for: the newest that a mail server refused; else the newest that can take one."""
    refused = [one for one in own if changeable(one) and one.unreached]
    return next(reversed(refused or [one for one in own if changeable(one)] or own))
