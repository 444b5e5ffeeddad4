"""What a message asks for, as reply.AskedField: a surface can draw it as a form field beside the text box."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from candor.conversations.reply import AskedField, Choice
from candor.conversations.responses import Responses
from candor.tickets.identity import TooManyCodes
from candor.tickets.law.laws import within_laws
from candor.tickets.law.residence import known_places, place_name


def asks_for(
    field: Literal["email", "residence", "details", "code", "agreed"], options: Iterable[dict[str, str]] = (), *,
    skippable: bool = False,
) -> AskedField:  # fmt: skip
    """The field with these options, given as Rasa's buttons: title and payload."""
    choices = [Choice(value=option["payload"], label=option["title"]) for option in options]
    return AskedField(field=field, options=choices, skippable=skippable)


def asks_for_code(responses: Responses) -> AskedField:
    """The field for the six digits from a mail."""
    return asks_for("code", responses.buttons("utter_buttons_new_code"))


def code_field(outcome: object, responses: Responses) -> AskedField | None:
    """The field for a code; None if no codes are sent or accepted for a while."""
    return None if isinstance(outcome, TooManyCodes) else asks_for_code(responses)


def places_to_choose(laws: Iterable[str]) -> list[dict[str, str]]:
    """Every place as a button: first those where one of the company's laws holds, then the rest, both by name."""
    listed = tuple(laws)
    places = sorted(known_places(), key=lambda code: not within_laws(code, listed))  # a stable sort: the names stay in order
    return [{"title": place_name(code), "payload": place_name(code)} for code in places]
