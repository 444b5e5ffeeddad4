"""What the questions of request_form share: what was asked last, and whether another action has answered meanwhile."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import takewhile
from typing import Any

from rasa_sdk import Tracker

from actions.tracker import last_payload, payload_in, payloads_since_message
from candor.conversations.payload import Memory
from candor.conversations.responses import Responses
from candor.tickets.law.residence import place_name
from candor.tickets.request_types import REQUEST_TYPES, WITHOUT_PROOF

# What each question of the form says instead of itself: to a delay, to "change something", and to another kind of request.
INSTEAD = {"later": "utter_ask_later", "change": "utter_what_to_change", "request": "utter_what_instead"}
BUTTONS_INSTEAD = {"later": "utter_buttons_later", "change": "utter_buttons_what_to_change"}
NO_YES_TO_OPEN = frozenset([*INSTEAD, "add"])  # a yes to these opens nothing
FORM = "request_form"
GIVEN = frozenset(["residence", "email", "details"])  # the slots whose values the summary shows
# Only these run before the form reads a message. If any other has run, the message is answered.
BEFORE_THE_FORM = {FORM, "action_listen", "action_extract_slots", "action_session_start", "validate_request_form"}


def asked_by_the_form(tracker: Tracker) -> str | None:
    """The slot that the form has asked for; None if it does not run."""
    return tracker.get_slot("requested_slot") if in_the_form(tracker) else None


def in_the_form(tracker: Tracker) -> bool:
    return bool((tracker.active_loop or {}).get("name") == FORM)


def was_answered(tracker: Tracker) -> bool:
    """Whether another action has answered the visitor's last message already."""
    return any(name not in BEFORE_THE_FORM for name in actions_since_the_message(tracker))


def actions_since_the_message(tracker: Tracker) -> list[str]:
    """The names of the actions that have run since the visitor's last message, the newest first."""
    return [str(event.get("name")) for event in _since_the_message(tracker) if event.get("event") == "action"]


def _since_the_message(tracker: Tracker) -> Iterator[dict[str, Any]]:
    """The events since the visitor's last message, the newest first."""
    return takewhile(lambda event: event.get("event") != "user", reversed(tracker.events))


def sentence_for(tracker: Tracker, slot: str) -> str | None:
    """The key of the response that asks for a slot now; "" is the full question. None if another question waits for an answer,
    or the form is silent because a person was promised."""
    payloads = payloads_since_message(tracker)
    if tracker.get_slot("on_hold"):
        return None
    if payloads and payloads[-1].memory.waits:
        return None
    unclear: dict[str, Any] = tracker.get_slot("unclear") or {}
    if _begins(tracker) and not any(payload.memory.begun for payload in payloads):  # nothing was said of the request yet
        return str(unclear["why"]) if unclear.get("slot") == slot else "" if slot == "agreed" else "beside"
    if payloads and not payloads[-1].memory.begun:
        return "" if slot == "agreed" and _changed(tracker) else "again"  # what changed is shown before a yes to it counts
    if unclear.get("slot") == slot:
        return str(unclear["why"])
    again = slot != "agreed" and _changed(tracker) and asked_last(tracker) == slot
    return ("heard" if heard(tracker) else "noted") if again else ""


def heard(tracker: Tracker) -> str:
    """The place and the address that the visitor's last message gave the form, as they are told back; "" if it gave neither."""
    said: dict[str, str] = {}
    for event in _since_the_message(tracker):
        if event.get("event") == "slot" and event.get("name") in {"residence", "email"} and event.get("value"):
            said.setdefault(str(event["name"]), str(event["value"]))
    place = [place_name(said["residence"])] if "residence" in said else []
    return " and ".join([*place, *([said["email"]] if "email" in said else [])])


def asked_last(tracker: Tracker) -> str | None:
    """What the last question before the visitor's message asked for."""
    form = last_payload(tracker).shown.form
    return form.field if form else None


def seen_unchanged(tracker: Tracker, proposal: dict[str, Any]) -> bool:
    """Whether the visitor was shown what would be opened, and nothing of it has changed since."""
    for event in reversed(tracker.events):
        if event.get("event") == "slot" and event.get("name") in GIVEN | {"proposal"}:
            return False
        if event.get("event") == "bot" and payload_in(event).memory.proposal == proposal["id"]:
            return True
    return False


def _begins(tracker: Tracker) -> bool:
    """Whether the form runs since the visitor's last message."""
    return any(event.get("event") == "active_loop" and event.get("name") == FORM for event in _since_the_message(tracker))


def _changed(tracker: Tracker) -> bool:
    """Whether the visitor's last message gave the form something new."""
    return any(
        event.get("event") == "slot" and event.get("name") in GIVEN and event.get("value") is not None
        for event in _since_the_message(tracker)
    )


def buttons_for(sentence: str, usual: list[dict[str, str]], request_type: str, responses: Responses) -> list[dict[str, str]]:
    """What can be pressed below a question: after the second misunderstanding also a person, and to stop."""
    if sentence in BUTTONS_INSTEAD:
        return responses.buttons(BUTTONS_INSTEAD[sentence])
    if sentence == "request":
        others = [row for row in REQUEST_TYPES.values() if row.name != request_type]
        return [{"title": row.phrase[:1].upper() + row.phrase[1:], "payload": row.phrase} for row in others]
    if sentence == "no":
        return [*usual, *responses.buttons("utter_buttons_stop")]
    if sentence == "add":
        return responses.buttons("utter_buttons_guess")
    return [*usual, *responses.buttons("utter_buttons_stuck")] if sentence == "stuck" else usual


def memory_for(sentence: str, proposal: dict[str, Any], *, agreed: bool = False) -> Memory:
    """What the reply to a question needs. agreed: it asks to open what was shown, so a yes to it counts."""
    if sentence == "request":
        return Memory(which=[proposal["request_type"], *(name for name in REQUEST_TYPES if name != proposal["request_type"])])
    return Memory(proposal=proposal["id"]) if agreed and sentence not in NO_YES_TO_OPEN else Memory()


def email_optional(request_type: str) -> bool:
    """To opt out of sale needs no proof of identity, so no address either (11 CCR § 7026(d))."""
    return request_type in WITHOUT_PROOF
