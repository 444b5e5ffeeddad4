"""What a message asks for, as reply.AskedField: a surface can draw it as a form field beside the text box."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from rasa_sdk import Tracker

from candor.conversations.reply import AskedField, Button, CardRow, Choice, RequestCard
from candor.conversations.responses import Responses
from candor.tickets.identity import TooManyCodes
from candor.tickets.law.residence import place_name
from candor.tickets.request_types import REQUEST_TYPES

# What the card and the summary say of what was left out.
LEFT_OUT = {
    "residence": "utter_part_residence_not_said", "email": "utter_part_email_none", "details": "utter_part_details_none",
}  # fmt: skip


def asks_for(
    field: Literal["email", "residence", "details", "code", "agreed"], options: Iterable[dict[str, str]] = (), *,
    skippable: bool = False,
) -> AskedField:  # fmt: skip
    """The field with these options, given as Rasa's buttons: title and payload."""
    choices = [Choice(value=option["payload"], label=option["title"], code=option.get("code", "")) for option in options]
    return AskedField(field=field, options=choices, skippable=skippable)


def asks_for_code(responses: Responses) -> AskedField:
    """The field for the six digits from a mail."""
    return asks_for("code", responses.buttons("utter_buttons_new_code"))


def code_field(outcome: object, responses: Responses) -> AskedField | None:
    """The field for a code; None if no codes are sent or accepted for a while."""
    return None if isinstance(outcome, TooManyCodes) else asks_for_code(responses)


def request_card(
    tracker: Tracker, asked: Literal["residence", "email", "details", "agreed"], company_name: str, responses: Responses, *,
    lead: str = "",
) -> RequestCard:  # fmt: skip
    """What is known so far of the request that request_form takes down, with tokens where the visitor gave something personal.

    asked: what the form asks for now. That row has nothing to edit, and neither has one that is not known yet.
    """
    request_type, residence = tracker.get_slot("proposal")["request_type"], tracker.get_slot("residence")
    given: dict[str, str | None] = {
        "residence": place_name(residence) if residence else residence, "email": tracker.get_slot("email"),
        "details": tracker.get_slot("details"),
    }  # fmt: skip
    rows = [
        CardRow(
            field="request", label=responses.say("utter_card_request"), value=_capital(REQUEST_TYPES[request_type].wish),
            options=[
                Choice(value=row.phrase, label=_capital(row.wish)) for row in REQUEST_TYPES.values() if row.name != request_type
            ],
        )
    ]  # fmt: skip
    rows += [_row(field, value, asked, responses) for field, value in given.items()]
    [cancel] = responses.buttons("utter_buttons_card_cancel")
    return RequestCard(
        title=responses.say("utter_card_title", company_name=company_name), lead=lead, rows=rows, cancel=Button(**cancel)
    )


def noted_so_far(card: RequestCard) -> str:
    """The card in words, a line for each row that is known."""
    return "\n".join(f"{row.label}: {row.value}" for row in card.rows if row.value)


def _row(field: str, value: str | None, asked: str, responses: Responses) -> CardRow:
    """value: empty where the visitor has left it out, None where it is not known yet."""
    [edit] = responses.buttons(f"utter_buttons_card_{field}")
    left_out = value == ""
    return CardRow.model_validate(
        {
            "field": field, "label": responses.say(f"utter_card_{field}"), "left_out": left_out,
            "value": responses.say(LEFT_OUT[field]) if left_out else value or "",
            "edit": None if value is None or field == asked else edit,
        }
    )  # fmt: skip


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]
