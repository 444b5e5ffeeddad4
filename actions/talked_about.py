"""Find the request that a message is about: by the number in it, or by what the conversation was last about."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Tracker

from actions.form_answers import CODE, NUMBER
from actions.tracker import text_of
from candor.tickets.reference import read_number


def number_in(tracker: Tracker) -> str | None:
    """The request number in the message, in its normal form; None if there is none."""
    for entity in tracker.get_latest_entity_values("request_number"):
        if number := read_number(str(entity)):
            return number
    match = NUMBER.search(text_of(tracker))
    return read_number(match[0]) if match else None


def code_in(tracker: Tracker) -> str | None:
    """The six-digit code in the message, without blanks or hyphens. Digits of a request number do not count."""
    match = CODE.search(NUMBER.sub(" ", text_of(tracker)))
    return "".join(letter for letter in match[0] if letter.isdigit()) if match else None


def about_number(tracker: Tracker) -> dict[str, Any]:
    """The request that the conversation was last about, {number, then}; empty if none."""
    return tracker.get_slot("about_number") or {}
