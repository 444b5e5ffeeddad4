"""Texts about a request for its requester, from the responses of domain.yml: due date with article, status, next step."""

from __future__ import annotations

from datetime import UTC, date, datetime

from candor.conversations.reply import TicketCard
from candor.conversations.responses import Responses
from candor.tickets.company import CompanyOf, RequestCompany
from candor.tickets.identity import CodeOnItsWay, NewCodeSent, TooManyCodes, WrongCode
from candor.tickets.law.laws import ChoiceReason, applicable, rule_for
from candor.tickets.request_types import REQUEST_TYPES
from candor.tickets.states import CLOSED, OWED
from candor.tickets.ticket import Ticket

GUESSED = {ChoiceReason.RESIDENCE_UNKNOWN, ChoiceReason.NO_RULE_FOR_RESIDENCE, ChoiceReason.NO_LAW_LISTED}


class RequestText:
    """company_of: also knows companies that are not served any more."""

    def __init__(self, responses: Responses, company_of: CompanyOf) -> None:
        self._responses, self._say, self._company_of = responses, responses.say, company_of

    def company(self, ticket: Ticket) -> RequestCompany:
        """The company that the request is with."""
        return self._company_of(ticket.company)

    def values(self, ticket: Ticket) -> dict[str, str]:
        """The values that responses about a request may name."""
        return {
            "number": ticket.number, "company_name": self.company(ticket).name,
            "request": REQUEST_TYPES[ticket.request_type].wish, "due": self.due(ticket),
            "later": self._say("utter_part_later", number=ticket.number),
        }  # fmt: skip

    def due(self, ticket: Ticket) -> str:
        """By when the company has to answer, by which article, and what is unsure about it; empty for a closed request."""
        if ticket.status in CLOSED:
            return ""
        if ticket.due_on is None or not ticket.law:
            return self._say("utter_part_due_none")
        company = self.company(ticket)
        sentences = [
            self._say("utter_part_due", company_name=company.name, day=day(ticket.due_on), article=ticket.respond_article)
        ]
        if applicable(company.laws, ticket.residence or None).reason in GUESSED:
            sentences.append(self._say("utter_part_due_strictest"))
        if not rule_for(ticket.law, ticket.request_type).confirmed:
            sentences.append(self._say("utter_part_due_unconfirmed"))
        return " ".join(sentences)

    def status(self, ticket: Ticket) -> str:
        """One request and its status."""
        values = self.values(ticket)
        state = self._say(f"utter_state_{ticket.status}", company_name=values["company_name"])
        return self._say("utter_part_status", **{**values, "state": state}).strip()

    def card(self, ticket: Ticket, what_next: str = "") -> TicketCard:
        """What the requester keeps. what_next: what happens next, where the request's state alone does not say it."""
        company, named = self.company(ticket), {"number": ticket.number}
        [check] = self._responses.buttons("utter_buttons_ticket_check", **named)
        add, withdraw = self._responses.buttons("utter_buttons_ticket_change", **named) if ticket.status in OWED else (None, None)
        due = ticket.due_on if ticket.status not in CLOSED else None
        values = {
            "number": ticket.number, "request_type": ticket.request_type, "status": ticket.status, "company": ticket.company,
            "due": due.isoformat() if due else None, "due_article": ticket.respond_article if due else "",
            "what_next": what_next or self._say(f"utter_next_{ticket.status}", company_name=company.name),
            "contact": company.contact, "add": add, "withdraw": withdraw, "check": check,
        }  # fmt: skip
        return TicketCard.model_validate(values)

    def next(self, ticket: Ticket, identity: str, code: NewCodeSent | TooManyCodes | None) -> str:
        """What happens after a request was opened."""
        name = self.company(ticket).name
        if identity == "needed" and isinstance(code, TooManyCodes):
            return self._say("utter_part_code_later", until=moment(code.until, self._responses))
        part = {
            "needed": "utter_part_code_sent", "proven": "utter_part_proven", "not_needed": "utter_part_no_proof",
            "address_missing": "utter_part_address_missing",
        }[identity]  # fmt: skip
        return self._say(part, company_name=name)

    def of_code(self, outcome: WrongCode | NewCodeSent | TooManyCodes | CodeOnItsWay) -> tuple[str, dict[str, str]]:
        """The response to a code that was not right, or to the wish for a new one, with its values."""
        match outcome:
            case WrongCode(None) | CodeOnItsWay():
                return "utter_code_no_match", {}
            case WrongCode(left):
                words = f"utter_words_tries_left_{left if left in {1, 2} else 'many'}"
                return "utter_code_wrong", {"left": self._say(words, count=str(left))}
            case NewCodeSent(reason):
                return f"utter_code_new_{reason}", {}
            case TooManyCodes(until):
                return "utter_code_too_many", {"until": moment(until, self._responses)}


def day(value: date) -> str:
    """A date as people write it: 5 January 2026."""
    return f"{value.day} {value:%B %Y}"


def moment(value: datetime, responses: Responses) -> str:
    """A time in the one zone that all visitors can work out theirs from: 14:05 UTC on 5 January 2026."""
    there = value.astimezone(UTC)
    return responses.say("utter_words_moment", time=f"{there:%H:%M}", day=day(there.date()))
