"""The request form as a Slack modal, and how it is read. Pure: the rules are those of the form in the chat."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from candor.channels.slack import blocks as kit
from candor.conversations.responses import Responses
from candor.tickets.addresses import NotAnAddress, read_address
from candor.tickets.law.residence import ResidenceOutcome as Place
from candor.tickets.law.residence import known_places, parse_residence, place_name
from candor.tickets.request_types import REQUEST_TYPES, WITHOUT_PROOF
from knowledge.companies import Company

CALLBACK, ADD_CALLBACK = "request", "ticket_add"
TYPE, COMPANY, RESIDENCE, EMAIL, DETAILS = "request_type", "company", "residence", "email", "details"
LONGEST_DETAILS = 3000  # characters that Slack's input takes; the desk takes 4,000


@dataclass(frozen=True)
class Prefilled:
    """What is known before anything is typed. begun: the chat has begun this request, and the form takes over."""

    request_type: str = ""
    company: str = ""
    email: str = ""
    begun: bool = False


@dataclass(frozen=True)
class FilledForm:
    """A form from which a request can be opened."""

    request_type: str
    company: str
    residence: str  # ISO 3166 code; empty: not told
    email: str  # empty: left out
    details: str


@dataclass(frozen=True)
class Mistakes:
    """What has to be corrected, by field, as Slack shows it."""

    by_field: dict[str, str]


def request_view(companies: list[Company], known: Prefilled, responses: Responses) -> dict[str, Any]:
    """The modal. It asks for the company only if that is not known."""
    clear = next((company for company in companies if company.id == known.company), None)
    say = responses.say
    name = clear.name if clear else say("utter_slack_form_the_company")
    types = [_option(_capital(known_type.wish), name) for name, known_type in REQUEST_TYPES.items()]
    blocks = [_input(TYPE, say("utter_slack_form_type"), _select(TYPE, types, known.request_type))]
    if clear is None:
        options = [_option(company.name, company.id) for company in companies]
        many = len(options) > kit.MOST_OPTIONS
        select = kit.company_select(COMPANY, responses) if many else _select(COMPANY, options, "")
        blocks.append(_input(COMPANY, say("utter_slack_form_company"), select))
    blocks += [
        _input(
            RESIDENCE, say("utter_slack_form_residence"), _place_box(responses),
            say("utter_slack_form_residence_hint", company_name=name), optional=True,
        ),
        _input(EMAIL, say("utter_slack_form_email_label"), _email(known.email), say("utter_slack_form_email"), optional=True),
        _input(
            DETAILS, say("utter_card_details"), _text(DETAILS, multiline=True, max_length=LONGEST_DETAILS),
            say("utter_ask_details", company_name=name), optional=True,
        ),
    ]  # fmt: skip
    return {
        "type": "modal", "callback_id": CALLBACK, "title": kit.plain(say("utter_slack_form_title"), 24),
        "submit": kit.plain(say("utter_slack_button_open"), 24), "close": kit.plain(say("utter_slack_button_cancel"), 24),
        "blocks": blocks,
        "private_metadata": json.dumps({"company": clear.id if clear else "", "begun": known.begun}),
    }  # fmt: skip


def read_form(view: dict[str, Any], responses: Responses, company_name: str = "") -> FilledForm | Mistakes:
    """The values of the form, or what has to be corrected."""
    values = {name: _value(given) for block in view["state"]["values"].values() for name, given in block.items()}
    request_type, email = values.get(TYPE) or "", (values.get(EMAIL) or "").strip()
    wrong: dict[str, str] = {}
    place = parse_residence(values.get(RESIDENCE) or "")
    if (values.get(RESIDENCE) or "").strip():
        if place.outcome is Place.AMBIGUOUS:
            names = ", ".join(place_name(code) for code in place.options)
            wrong[RESIDENCE] = f"{responses.say('utter_ask_residence_which')} {names}"
        elif place.outcome not in {Place.FOUND, Place.NOT_SAID}:
            wrong[RESIDENCE] = responses.say("utter_ask_residence_unread")
    if email and isinstance(read_address(email), NotAnAddress):
        wrong[EMAIL] = responses.say("utter_ask_email_malformed")
    elif not email and request_type not in WITHOUT_PROOF:
        named = company_name or responses.say("utter_slack_form_the_company")
        wrong[EMAIL] = responses.say("utter_slack_form_email_needed", company_name=named)
    if wrong:
        return Mistakes(wrong)
    company = values.get(COMPANY) or json.loads(view.get("private_metadata") or "{}").get("company", "")
    code = place.code if place.outcome is Place.FOUND and place.code else ""
    return FilledForm(request_type, company, code, email, (values.get(DETAILS) or "").strip())


def done_view(text: str, responses: Responses) -> dict[str, Any]:
    """The modal after it was sent."""
    return {
        "type": "modal", "title": kit.plain(responses.say("utter_slack_form_title"), 24),
        "close": kit.plain(responses.say("utter_slack_button_close"), 24), "blocks": [kit.paragraph(text)],
    }  # fmt: skip


def add_view(begins: str, responses: Responses) -> dict[str, Any]:
    """The modal that takes what is to be added to a request. begins: the beginning of the message that adds it."""
    given = _text(DETAILS, multiline=True, max_length=LONGEST_DETAILS)
    return {
        "type": "modal", "callback_id": ADD_CALLBACK, "title": kit.plain(responses.say("utter_slack_add_title"), 24),
        "submit": kit.plain(responses.say("utter_slack_button_send"), 24),
        "close": kit.plain(responses.say("utter_slack_button_cancel"), 24), "private_metadata": json.dumps({"begins": begins}),
        "blocks": [_input(DETAILS, responses.say("utter_slack_add_what"), given)],
    }  # fmt: skip


def added_text(view: dict[str, Any]) -> str:
    """What the person says by sending that modal."""
    values = {name: _value(given) for block in view["state"]["values"].values() for name, given in block.items()}
    return f"{json.loads(view['private_metadata'])['begins']} {values.get(DETAILS, '').strip()}"


def _input(block: str, label: str, element: dict[str, Any], hint: str = "", *, optional: bool = False) -> dict[str, Any]:
    hints = {"hint": kit.plain(hint, 2000)} if hint else {}
    return {"type": "input", "block_id": block, "label": kit.plain(label), "element": element, "optional": optional, **hints}


def _text(action: str, **more: Any) -> dict[str, Any]:
    return {"type": "plain_text_input", "action_id": action, **more}


def _place_box(responses: Responses) -> dict[str, Any]:
    """A box in which one types; Slack asks us for the places that fit."""
    hint = kit.plain(responses.say("utter_slack_form_residence_placeholder"), 150)
    return {"type": "external_select", "action_id": RESIDENCE, "min_query_length": 1, "placeholder": hint}


def fitting_places(typed: str) -> list[dict[str, Any]]:
    """Options for what is typed: places that begin with it, then those that contain it, then the words themselves.

    So that a city or another name can be given too, which read_form reads as it reads everything.
    """
    wanted = typed.strip().casefold()
    names = sorted(place_name(code) for code in known_places())
    found = [name for name in names if wanted in name.casefold()]
    found.sort(key=lambda name: not name.casefold().startswith(wanted))  # a stable sort: the names stay in order
    as_typed = [] if not wanted or wanted in {name.casefold() for name in found} else [typed.strip()]
    offered = [*found[: kit.MOST_OPTIONS - 1], *as_typed]
    return [kit.option(name, name[: kit.LONGEST_LABEL]) for name in offered]


def _email(known: str) -> dict[str, Any]:
    return {"type": "email_text_input", "action_id": EMAIL, **({"initial_value": known} if known else {})}


def _select(action: str, options: list[dict[str, Any]], chosen: str) -> dict[str, Any]:
    first = next((option for option in options if option["value"] == chosen), None)
    return {"type": "static_select", "action_id": action, "options": options, **({"initial_option": first} if first else {})}


def _option(label: str, value: str) -> dict[str, Any]:
    return {"text": kit.plain(label), "value": value}


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]


def _value(given: dict[str, Any]) -> str:
    return str((given.get("selected_option") or {}).get("value") or given.get("value") or "")
