"""What Candor had asked, from the events that Rasa keeps."""

from __future__ import annotations

from typing import Any

import pytest

from bot.context import ADDING, ANSWERED, ASKED, ELSE, OPENED, PERSON, context_of
from candor.conversations.payload import Memory, Payload, Shown
from candor.conversations.reply import AskedField

FORM = {"event": "active_loop", "name": "request_form"}


def slot(name: str, value: Any) -> dict[str, Any]:
    return {"event": "slot", "name": name, "value": value}


def bot(payload: Payload) -> dict[str, Any]:
    return {"event": "bot", "text": "…", "data": {"custom": payload.encoded()}}


OVER = {"event": "active_loop", "name": None}
OPEN = slot("about_number", {"number": "R-7KQ4-M2XD", "then": "status"})
WAITS = slot("waits_for_person", True)
ASKS_WHAT_TO_ADD = bot(Payload(shown=Shown(form=AskedField(field="details"))))


@pytest.mark.parametrize(
    ("oldest_first", "context"),
    [
        ([], ELSE),
        ([FORM, slot("requested_slot", "email")], "email"),
        ([FORM, slot("requested_slot", "email"), slot("requested_slot", "details")], "details"),
        ([FORM, slot("requested_slot", "agreed"), OVER, slot("requested_slot", None)], ELSE),
        ([FORM, slot("requested_slot", "agreed"), OVER, slot("requested_slot", None), OPEN], OPENED),
        ([OPEN, FORM, slot("requested_slot", "residence")], "residence"),
        ([OPEN, ASKS_WHAT_TO_ADD], ADDING),
        ([OPEN, ASKS_WHAT_TO_ADD, bot(Payload())], OPENED),
        ([bot(Payload(shown=Shown(kind="handoff")))], PERSON),
        ([OPEN, bot(Payload(shown=Shown(kind="handoff")))], PERSON),
        ([WAITS, bot(Payload())], PERSON),
        ([WAITS, OPEN, bot(Payload())], OPENED),
        ([WAITS, FORM, slot("requested_slot", "email"), bot(Payload())], "email"),
        ([WAITS, FORM, slot("requested_slot", "email"), slot("on_hold", True), bot(Payload())], PERSON),
        ([OPEN, bot(Payload(memory=Memory(proposal="p_1")))], ASKED),
        ([bot(Payload(shown=Shown(kind="answer")))], ANSWERED),
        ([bot(Payload(shown=Shown(kind="not_in_policy")))], ANSWERED),
        ([bot(Payload(shown=Shown(kind="answer"))), bot(Payload(memory=Memory(may_open="deletion")))], ANSWERED),
        ([bot(Payload(shown=Shown(kind="answer"))), bot(Payload())], ELSE),
        ([OPEN, bot(Payload(shown=Shown(kind="answer")))], OPENED),
        ([OPEN, {"event": "session_started"}], ELSE),
        ([FORM, slot("requested_slot", "email"), {"event": "session_started"}], ELSE),
    ],
)
def test_the_context_is_what_was_asked_last(oldest_first: list[dict[str, Any]], context: str) -> None:
    """The form's step, else an open request, else nothing; after a day nothing is left of it."""
    assert context_of(oldest_first[::-1]) == context
