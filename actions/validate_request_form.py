"""Read each message while the form runs: as an answer, a correction, a stop, or something for the other rules."""

from __future__ import annotations

import asyncio
import re
from dataclasses import replace
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

from actions.asking import asked_by_the_form, email_optional, seen_unchanged, was_answered
from actions.beside import QuestionsBeside
from actions.foreign import say_in_their_language
from actions.form.answers import read_answer
from actions.form.asked_back import asks_back
from actions.form.message import (
    MISUNDERSTOOD,
    MOST_MISUNDERSTOOD,
    AsksAbout,
    Emptied,
    FilledSlot,
    FormMessage,
    Meaning,
    Respelt,
    Stopped,
    Unclear,
)
from actions.form.words import EMAIL, GO_ON
from actions.put_right import put_right
from actions.tracker import answer_in, as_typed, intent_of, last_payload, questions_of, spelt_of, text_of, typed_of
from candor.conversations.payload import Payload, Shown
from candor.services import services
from candor.tickets.addresses import NotAnAddress, guess_address, read_address
from candor.tickets.law.residence import ResidenceOutcome, is_place_name, parse_residence
from knowledge.companies import Company

# What other rules leave to the form while it runs: on hold, it says that the request waits.
LEFT_TO_THE_FORM = frozenset(["deny", "skip", "pause_form", "correct_answer", "add_details"])
NAME = re.compile(r"<name_\d+>")
PLACES = frozenset([ResidenceOutcome.FOUND, ResidenceOutcome.AMBIGUOUS])


class ValidateRequestForm(Action):
    """Rasa calls it before each question of the form. Without events from it, other rules answer the message."""

    def __init__(self) -> None:
        self._vault, self._catalogue = services().conversations.vault, services().knowledge.catalogue
        self._answers, self._responses = services().knowledge.answers, services().conversations.responses
        self._beside = QuestionsBeside(services())

    def name(self) -> str:
        return "validate_request_form"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[dict[str, Any]]:
        asked, proposal = asked_by_the_form(tracker), tracker.get_slot("proposal") or {}
        if asked is None or was_answered(tracker) or "request_type" not in proposal:
            return []
        intent, _ = intent_of(tracker)
        last = last_payload(tracker)
        if last.memory.which and intent.startswith("request_"):
            return []  # it answers the question which of the requests is meant
        if tracker.get_slot("on_hold"):
            return self._on_hold(tracker, asked)
        if last.shown.kind == "handoff" and EMAIL.search(text_of(tracker)):
            return []  # the address for a person's answer
        company = self._catalogue.company(str(proposal["company"]))
        unclear = tracker.get_slot("unclear") or {}
        before = unclear if unclear.get("slot") == asked else {}
        back = asks_back(typed_of(tracker), asked)  # "sorry, the door. what was the question": all of it is about that
        message = await self._message(tracker, asked, before, whole=bool(back))
        meaning = _in_their_letters(tracker, read_answer(message), message.righted)
        told = asked == "details" or message.details
        if (
            isinstance(meaning, Respelt)
            and told
            and not await asyncio.to_thread(self._is_of_address, tracker.sender_id, message, meaning)
        ):
            meaning = read_answer(replace(message, email=""))  # "1988 not 1987" says nothing of the address
        along: list[dict[str, Any]] = []
        if isinstance(meaning, FilledSlot) and meaning.slot == "email" and meaning.value and before.get("why") != "guess":
            along = [SlotSet(other.slot, other.value) for other in meaning.also]  # kept, whatever is wrong with the address
            meaning = await asyncio.to_thread(self._checked, tracker.sender_id, meaning, doubted="why" in before)
        answered: list[dict[str, Any]] = []
        if not back and not intent.startswith("request_"):  # else action_propose_request answers what is asked beside it
            request_type = str(proposal["request_type"])
            answered = await self._beside.answer(dispatcher, tracker, company.id, request_type, _residence(tracker, meaning))
            if questions_of(tracker) and meaning is None:
                answered.append(SlotSet("unclear", unclear or None))  # so the form goes on, and no other rule answers
        if isinstance(meaning, Respelt):
            return [*answered, *await asyncio.to_thread(self._respelt, tracker, meaning)]
        self._say_of(dispatcher, tracker, meaning, asked, company)
        return [*answered, *(along if isinstance(meaning, Unclear) else []), *events_of(asked, meaning, before)]

    async def _message(self, tracker: Tracker, asked: str, before: dict[str, Any], *, whole: bool) -> FormMessage:
        """The message as the rules of the form read it. before: why the last answer to the same question could not be used.
        whole: with the questions beside what it says."""
        proposal, last, (intent, confidence) = tracker.get_slot("proposal"), last_payload(tracker), intent_of(tracker)
        details = str(tracker.get_slot("details") or "")
        righted = ""
        if asked == "agreed" and details:
            righted = await asyncio.to_thread(self._righted, tracker.sender_id, details, typed_of(tracker))
        text = typed_of(tracker) if whole else await self._answer_in(tracker, asked)
        return FormMessage(
            asked, text, intent, confidence, proposal["request_type"],
            email_optional(proposal["request_type"]), details, str(before.get("why", "")),
            tuple(before.get("options", ())), last.memory.proposal == proposal["id"],
            tracker.get_slot("email") or "", seen_unchanged(tracker, proposal),
            spelt_of(tracker), righted,
        )  # fmt: skip

    def _say_of(self, dispatcher: CollectingDispatcher, tracker: Tracker, meaning: Meaning, asked: str, company: Company) -> None:
        """Say what was understood, where the form's next question does not show it."""
        match meaning:
            case FilledSlot("details", str(details)) if details and asked in {"residence", "email"}:
                request_type = tracker.get_slot("proposal")["request_type"]
                dispatcher.utter_message(
                    response="utter_details_noted", company_name=company.name, details=details,
                    json_message=Payload(shown=Shown(kind="request", request_type=request_type)).encoded(),
                )  # fmt: skip
            case AsksAbout():
                request_type = str(tracker.get_slot("proposal")["request_type"])
                self._beside.about_request(dispatcher, text_of(tracker), company.id, request_type, _residence(tracker, None))
            case Unclear(why) if why in MISUNDERSTOOD and self._answers.is_foreign(text_of(tracker)):
                say_in_their_language(dispatcher, tracker, text_of(tracker), company, self._responses)

    async def _answer_in(self, tracker: Tracker, asked: str) -> str:
        """What the message answers; where a place is asked for, with the places that were masked as names: Florence is both."""
        text = answer_in(tracker)
        if asked != "residence" or not NAME.search(text):
            return text
        return await asyncio.to_thread(NAME.sub, lambda token: self._place_in(tracker.sender_id, token[0]), text)

    def _place_in(self, conversation: str, token: str) -> str:
        name = self._vault.reveal(conversation, token) or ""
        return name if parse_residence(name).outcome in PLACES else token

    def _is_of_address(self, conversation: str, message: FormMessage, respelt: Respelt) -> bool:
        """Whether what was called wrong stands in the address that was given."""
        return respelt.wrong.lower() in (self._vault.reveal(conversation, message.email) or "").lower()

    def _righted(self, conversation: str, details: str, text: str) -> str:
        """The details with what a message says is otherwise in them, masked; "" if it says nothing of them. Values are compared
        as they were typed: of a number's token nobody can tell which of its figures are wrong."""
        told, said = self._vault.unmask_all(conversation, [details, text])
        changed = put_right(told, said)
        return self._vault.mask(conversation, changed) if changed else ""

    def _respelt(self, tracker: Tracker, respelt: Respelt) -> list[dict[str, Any]]:
        """Ask back the address as it is rightly written. If what was wrong does not stand in it once, it is asked for anew."""
        conversation, given = tracker.sender_id, str(tracker.get_slot("email"))
        address, wrong = (self._vault.reveal(conversation, given) or "").lower(), respelt.wrong.lower()
        found = address.count(wrong) == 1
        address = address.replace(wrong, respelt.right.lower())
        found = found and not isinstance(read_address(address), NotAnAddress)
        if not found:
            return [SlotSet("email", None), SlotSet("unclear", None)]
        guess = {"slot": "email", "why": "guess", "options": [self._vault.mask(conversation, address)], "times": 0}
        return [SlotSet("email", None), SlotSet("unclear", guess)]

    def _on_hold(self, tracker: Tracker, asked: str) -> list[dict[str, Any]]:
        """While the form is silent: it goes on when it is asked to, or when its question is answered all the same. Its summary is
        shown again before a yes to it counts."""
        text, (intent, _) = text_of(tracker), intent_of(tracker)
        goes_on = intent in {"go_on", "affirm"} or (intent == "deny" and GO_ON.search(text))
        if intent in {"stop_form", "cancel_request"}:
            return [SlotSet("on_hold", None), *events_of(asked, Stopped())]
        if asked == "residence" and is_place_name(text):
            place = read_answer(FormMessage(asked, text, "provide_residence", 1.0, tracker.get_slot("proposal")["request_type"]))
            return [SlotSet("on_hold", None), *events_of(asked, place)]
        if EMAIL.search(text):
            return []  # the address for a person's answer
        if goes_on:
            return [SlotSet("on_hold", None), *events_of(asked, Unclear("again"))]
        if intent in LEFT_TO_THE_FORM:
            return [SlotSet("on_hold", None), *events_of(asked, Unclear("later"))]
        return []

    def _checked(self, conversation: str, given: FilledSlot, *, doubted: bool) -> Meaning:
        """Check the address behind the token. It goes no further than this.

        A typing error such as "gmial.com" is asked back, but not of somebody who was asked before and writes it again.
        """
        address = self._vault.reveal(conversation, str(given.value))
        if address is None:
            return Unclear("none")
        result = read_address(address)
        guess = result.guess if isinstance(result, NotAnAddress) else "" if doubted else guess_address(address)
        if guess:
            return Unclear("guess", (self._vault.mask(conversation, guess),))
        return Unclear(result.why) if isinstance(result, NotAnAddress) else given


def _in_their_letters(tracker: Tracker, meaning: Meaning, righted: str) -> Meaning:
    """The meaning with what is kept of the message as it was typed."""
    match meaning:
        case FilledSlot("details", str(value), also) if value not in {"", righted}:
            before = f"{tracker.get_slot('details')}; " if tracker.get_slot("details") else ""
            old = before if value.startswith(before) else ""
            return FilledSlot("details", old + as_typed(tracker, value.removeprefix(old)), also)
        case FilledSlot(slot, value, also) if also:
            letters = [_in_their_letters(tracker, each, righted) for each in also]
            return FilledSlot(slot, value, tuple(each for each in letters if isinstance(each, FilledSlot)))
        case Unclear("add", (str(told),)):
            return Unclear("add", (as_typed(tracker, told),))
    return meaning


def _residence(tracker: Tracker, meaning: Meaning) -> str | None:
    if isinstance(meaning, FilledSlot) and meaning.slot == "residence":
        return str(meaning.value)
    residence = tracker.get_slot("residence")
    return None if residence is None else str(residence)


def events_of(asked: str, meaning: Meaning, before: dict[str, Any] | None = None) -> list[dict[str, Any]]:
    """The events for Rasa. From any slot but requested_slot the form concludes that the message was for it.

    before: why the last answer to the same question could not be used, as the slot `unclear` holds it.
    """
    match meaning:
        case FilledSlot(slot, value, also):
            return [SlotSet(slot, value), *(SlotSet(other.slot, other.value) for other in also), SlotSet("unclear", None)]
        case Emptied(slot):
            return [SlotSet(slot, None), SlotSet("unclear", None)]
        case Unclear(why, options):
            times = int((before or {}).get("times", 0)) + (why in MISUNDERSTOOD)
            told = "stuck" if why in MISUNDERSTOOD and times >= MOST_MISUNDERSTOOD else why
            return [SlotSet("unclear", {"slot": asked, "why": told, "options": list(options), "times": times})]
        case AsksAbout():  # it was answered, so no other rule answers
            return [SlotSet("unclear", before or None)]
        case Stopped():
            return [SlotSet("agreed", False), SlotSet("unclear", None), SlotSet("requested_slot", None)]
    return []
