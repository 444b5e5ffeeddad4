"""Find the request that a message is about: by the number in it, or by what the conversation was last about."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Tracker

from actions.form.words import NUMBER
from actions.tracker import text_of
from candor.tickets.reference import read_number
from candor.typed.codes import codes_in


def number_in(tracker: Tracker) -> str | None:
    """The request number in the message, in its normal form; None if there is none."""
    for entity in tracker.get_latest_entity_values("request_number"):
        if number := read_number(str(entity)):
            return number
    match = NUMBER.search(text_of(tracker))
    return read_number(match[0]) if match else None


def code_in(tracker: Tracker) -> str | None:
    """The message, if a six-digit code is in it in any spelling; None if there is none. The desk reads the code itself."""
    text = text_of(tracker)
    return text if codes_in(text) else None


def about_number(tracker: Tracker) -> dict[str, Any]:
    """The request that the conversation was last about, {number, then}; empty if none."""
    return tracker.get_slot("about_number") or {}
