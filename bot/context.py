"""What Candor had asked when a message came: the step of the request form, or that a request is open."""

from __future__ import annotations

import json
from typing import Any, Dict, List, Optional

FORM = "request_form"
STEPS = ("residence", "email", "details", "agreed")  # what request_form asks for
OPENED = "opened"  # no form runs, and a request was opened or talked about in this conversation
PERSON = "person"  # a person was promised: as the last thing that was said, or earlier, with no form and no open request since
ADDING = "adding"  # the visitor was asked what to add to an open request
ASKED = "asked"  # a yes or a no was asked for outside the form: to take a request back, or to forget the conversation
ANSWERED = "answered"  # a question was answered from the policy, and nothing was asked
ELSE = "else"  # nothing of these
CONTEXTS = (*STEPS, OPENED, PERSON, ADDING, ASKED, ANSWERED, ELSE)
ANSWERS = ("answer", "unsure", "not_in_policy", "compare")  # the kinds of replies that answer from the policy


def context_of(newest_first: List[Dict[str, Any]]) -> str:
    """One of CONTEXTS, from a conversation's events. Only those of the kinds slot, active_loop, bot and session_started count."""
    slots: Dict[str, Any] = {}
    loop: Optional[Dict[str, Any]] = None
    said: Optional[Dict[str, Any]] = None
    for event in newest_first:
        kind = event["event"]
        if kind == "session_started":
            break
        if kind == "slot":
            slots.setdefault(event["name"], event.get("value"))
        elif kind == "active_loop" and loop is None:
            loop = event
        elif kind == "bot" and said is None:
            said = event
    if _custom(said).get("kind") == "handoff" or slots.get("on_hold"):  # a form that had begun is silent until it is asked for
        return PERSON
    if loop is not None and loop.get("name") == FORM and slots.get("requested_slot") in STEPS:
        return str(slots["requested_slot"])
    return _outside_the_form(slots, said)


def _outside_the_form(slots: Dict[str, Any], said: Optional[Dict[str, Any]]) -> str:
    if _custom(said).get("proposal"):
        return ASKED
    if _asks_for_details(said):
        return ADDING
    if slots.get("about_number"):
        return OPENED
    if slots.get("waits_for_person"):
        return PERSON
    return ANSWERED if _custom(said).get("kind") in ANSWERS or _custom(said).get("may_open") else ELSE


def _custom(said: Optional[Dict[str, Any]]) -> Dict[str, Any]:
    return ((said or {}).get("data") or {}).get("custom") or {}


def _asks_for_details(said: Optional[Dict[str, Any]]) -> bool:
    """Whether a message of Candor's asks for details outside the form: candor/conversations/payload.py packs it so."""
    try:
        packed = json.loads(_custom(said).get("details") or "{}")
    except ValueError:
        return False
    return (packed.get("form") or {}).get("field") == "details"
