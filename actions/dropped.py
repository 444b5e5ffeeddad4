"""A request that was broken off is kept for a while: "no" to a summary may only mean that something in it is wrong. One that was
withdrawn is kept too, for whoever changes their mind once more.

What shows that it is still wanted takes it up again: a correction, something to add, "continue", "open it after all". The form
then shows what it would open and asks for a yes, so nothing is opened by taking it up.
"""

from __future__ import annotations

import re
import uuid
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.events import FollowupAction, SlotSet

from actions.asking import FORM, in_the_form
from actions.form.answers import read_answer
from actions.form.clear_yes import says_to_open
from actions.form.message import Emptied, FilledSlot, FormMessage, Unclear
from actions.form.words import ASKING, CARRY_ON, FEW_WORDS, NEGATION
from actions.tracker import company_of, intent_of, text_of
from actions.validate_request_form import events_of
from candor.tickets.request_types import REQUEST_TYPES
from candor.tickets.ticket import Ticket

KEPT = ("proposal", "details", "next_requests")  # residence and address stay in their slots
KEPT_FOR = 6  # messages of the visitor
WITHDRAWN = "withdrawn"  # the key that marks a request which was taken back: only words of opening it take it up again
IT = r"(?:it|that|this|them|the (?:same )?(?:request|one|ticket)|my (?:old )?request)"
REOPENS = re.compile(
    rf"\bre-?open\w*|\b(?:open|start|file|send|submit|make|do) {IT} (?:up )?(?:again|anew|after all|once more)\b"
    rf"|\b(?:want|need|like|have) {IT} (?:\w+ )?(?:back|again|after all|open)\b"
    rf"|\b(?:keep|leave) {IT}(?: (?:open|going|running|as it (?:is|was)|after all|please|then))*\W*$"
    r"|\b(?:undo|reverse|revert) (?:it|that|this|the|my)\b|\bun-?(?:withdraw|cancel)\w*|\bnot (?:to )?(?:withdraw|cancel)\w*"
    r"|\b(?:changed my mind|(?:bring|get|put) (?:it|that) back)\b",
    re.IGNORECASE,
)
# "I meant no more details": the "no" was for something else.
MEANT_OTHERWISE = re.compile(r"\bi (?:only |just )?meant?\b|\bby (?:that|no) i\b", re.IGNORECASE)


def as_dropped(tracker: Tracker) -> SlotSet:
    """The event that keeps the request that is begun; residence and address stay anyway."""
    return SlotSet("dropped", {slot: tracker.get_slot(slot) for slot in KEPT})


def as_withdrawn(ticket: Ticket) -> SlotSet:
    """The event that keeps a request that was taken back. What was told of it lies with the request, and is told anew."""
    details = None if REQUEST_TYPES[ticket.request_type].needs_details else ""
    proposal = {"id": uuid.uuid4().hex, "request_type": ticket.request_type, "company": ticket.company}
    return SlotSet("dropped", {"proposal": proposal, "details": details, "next_requests": None, WITHDRAWN: True})


def dropped(tracker: Tracker) -> dict[str, Any] | None:
    """The request that was broken off lately, as KEPT names its parts; None if none was, or another is begun or was opened."""
    kept = _kept(tracker)
    return None if kept and kept.get(WITHDRAWN) else kept


def _kept(tracker: Tracker) -> dict[str, Any] | None:
    """The same, also of a request that was withdrawn."""
    kept: dict[str, Any] | None = tracker.get_slot("dropped")
    if not kept or in_the_form(tracker) or tracker.get_slot("proposal") or kept["proposal"]["company"] != company_of(tracker):
        return None
    messages = 0
    for event in reversed(tracker.events):
        messages += event.get("event") == "user"
        if event.get("event") == "slot" and event.get("name") == "dropped":
            break
    return kept if messages <= KEPT_FOR else None


def taken_up(tracker: Tracker) -> list[dict[str, Any]] | None:
    """The events with which the form goes on with the request that was broken off; None if the message does not ask for that."""
    kept = _kept(tracker)
    if kept is None:
        return None
    (intent, confidence), text = intent_of(tracker), text_of(tracker)
    if says_to_open(text) or REOPENS.search(text):
        return go_on_with(kept)
    if kept.get(WITHDRAWN):
        return None
    carries_on = CARRY_ON.search(text) and not NEGATION.search(text) and not ASKING.search(text)
    if intent == "go_on" or (carries_on and len(text.split()) <= FEW_WORDS):  # "hm, continue after all"
        return go_on_with(kept)
    message = FormMessage(
        "agreed", text, intent, confidence, str(kept["proposal"]["request_type"]), details=kept["details"] or "", shown=False,
        seen=False, email=tracker.get_slot("email") or "",
    )  # fmt: skip
    match meaning := read_answer(message):
        case FilledSlot("residence" | "email" | "details") | Emptied() | Unclear("change" | "request"):
            return go_on_with(kept, events_of("agreed", meaning))
    return go_on_with(kept) if MEANT_OTHERWISE.search(text) and not ASKING.search(text) else None


def go_on_with(kept: dict[str, Any], changes: list[dict[str, Any]] | None = None) -> list[dict[str, Any]]:
    """The events with which the form goes on with it."""
    cleared = [SlotSet(slot, None) for slot in ("agreed", "unclear", "on_hold", "dropped")]
    return [*(SlotSet(slot, kept[slot]) for slot in KEPT), *cleared, *(changes or []), FollowupAction(FORM)]
