"""Which request a message is about: the number in it, else the one talked about last, else the conversation's own."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Tracker

from actions.form_answers import CODE, NUMBER
from actions.tracker import text_of
from candor.tickets.reference import read_number


def number_in(tracker: Tracker) -> str | None:
    """The request's number that the message names, in its one form."""
    for typed in tracker.get_latest_entity_values("request_number"):
        if number := read_number(str(typed)):
            return number
    found = NUMBER.search(text_of(tracker))
    return read_number(found[0]) if found else None


def code_in(tracker: Tracker) -> str | None:
    """Six digits, however grouped; the digits of a request's number are none."""
    found = CODE.search(NUMBER.sub(" ", text_of(tracker)))
    return "".join(letter for letter in found[0] if letter.isdigit()) if found else None


def about_number(tracker: Tracker) -> dict[str, Any]:
    """The request that was talked about: {number, then}; empty if none was."""
    return tracker.get_slot("about_number") or {}
