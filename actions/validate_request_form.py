"""Read each message while the form runs: as an answer, a correction, a stop, or something for the other rules."""

from __future__ import annotations

import asyncio
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

from actions.asking import asked_by_the_form, email_optional, was_answered
from actions.form_answers import Emptied, FilledSlot, FormMessage, Meaning, Stopped, Unclear, read_answer
from actions.tracker import intent_of, last_payload, text_of
from candor.services import services
from candor.tickets.addresses import NotAnAddress, read_address


class ValidateRequestForm(Action):
    """Rasa calls it before each question of the form. Without events from it, other rules answer the message."""

    def __init__(self) -> None:
        self._vault = services().conversations.vault

    def name(self) -> str:
        return "validate_request_form"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[dict[str, Any]]:
        asked, proposal = asked_by_the_form(tracker), tracker.get_slot("proposal") or {}
        if asked is None or was_answered(tracker) or "request_type" not in proposal:
            return []
        intent, confidence = intent_of(tracker)
        if last_payload(tracker).memory.which and intent.startswith("request_"):
            return []  # it answers action_propose_request, which has asked for one of two requests
        meaning = read_answer(
            FormMessage(
                asked, text_of(tracker), intent, confidence, proposal["request_type"], email_optional(proposal["request_type"])
            )
        )
        if isinstance(meaning, FilledSlot) and meaning.slot == "email" and meaning.value:
            meaning = await asyncio.to_thread(self._checked, tracker.sender_id, meaning)
        return events_of(asked, meaning)

    def _checked(self, conversation: str, given: FilledSlot) -> Meaning:
        """Check the address behind the token. It goes no further than this."""
        address = self._vault.reveal(conversation, str(given.value))
        if address is None:
            return Unclear("none")
        result = read_address(address)
        return Unclear(result.why) if isinstance(result, NotAnAddress) else given


def events_of(asked: str, meaning: Meaning) -> list[dict[str, Any]]:
    """The events for Rasa. From any slot but requested_slot the form concludes that the message was for it."""
    match meaning:
        case FilledSlot(slot, value):
            return [SlotSet(slot, value), SlotSet("unclear", None)]
        case Emptied(slot):
            return [SlotSet(slot, None), SlotSet("unclear", None)]
        case Unclear(why, options):
            return [SlotSet("unclear", {"slot": asked, "why": why, "options": list(options)})]
        case Stopped():
            return [SlotSet("agreed", False), SlotSet("unclear", None), SlotSet("requested_slot", None)]
    return []
