"""Texts about a request for its requester, from the responses of domain.yml: due date with article, status, next step."""

from __future__ import annotations

from datetime import UTC, datetime

from candor.conversations.reply import TicketCard
from candor.conversations.responses import Responses
from candor.tickets.company import CompanyOf, RequestCompany
from candor.tickets.dates import day
from candor.tickets.events import article_of
from candor.tickets.identity import CodeOnItsWay, NewCodeSent, TooManyCodes, WrongCode
from candor.tickets.law.deadlines import clock_for
from candor.tickets.law.laws import ChoiceReason, Term, TermUnit, applicable, rule_for
from candor.tickets.request_types import REQUEST_TYPES
from candor.tickets.states import CLOSED, OPEN
from candor.tickets.ticket import Ticket

ANSWERED = {"completed", "refused", "waiting_for_requester"}  # what their sentences say depends on a letter
GUESSED = {  # why a law was chosen without knowing that it holds, and the response that says so
    ChoiceReason.RESIDENCE_UNKNOWN: "utter_part_due_strictest",
    ChoiceReason.NO_LAW_LISTED: "utter_part_due_strictest",
    ChoiceReason.NO_RULE_FOR_RESIDENCE: "utter_part_due_no_rule",
}


class RequestText:
    """company_of: also knows companies that are not served any more."""

    def __init__(self, responses: Responses, company_of: CompanyOf) -> None:
        self._responses, self._say, self._company_of = responses, responses.say, company_of

    def company(self, ticket: Ticket) -> RequestCompany:
        """The company that the request is with."""
        return self._company_of(ticket.company)

    def name_of(self, company: str) -> str:
        """A company's name, by its id."""
        return self._company_of(company).name

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
        says_when = self._say(
            "utter_part_due", company_name=self.company(ticket).name, day=day(ticket.due_on), article=ticket.respond_article
        )
        return f"{says_when} {self._unsure_due(ticket)}".strip()

    def _unsure_due(self, ticket: Ticket) -> str:
        """What is unsure about the due date of a request whose law is known."""
        company, sentences = self.company(ticket), []
        if guessed := GUESSED.get(applicable(company.laws, ticket.residence or None).reason):
            sentences.append(self._say(guessed))
        rule = rule_for(ticket.law, ticket.request_type)
        sentences += [self._say("utter_part_due_borrowed")] if rule.borrowed else []
        sentences += [] if rule.confirmed else [self._say("utter_part_due_unconfirmed")]
        return " ".join(sentences)

    def due_if_opened(self, company_id: str, request_type: str, residence: str | None, now: datetime) -> str:
        """By when the company would have to answer a request that is opened now. residence: empty if it was not said, None if it
        was not asked yet: then the strictest law that may apply counts, and that is said.
        """
        company = self._company_of(company_id)
        promised = company.promised_days.get(request_type)
        clock = clock_for(
            request_type, now, laws_of_company=company.laws, residence=residence or None, company_country=company.country,
            zone=company.time_zone, promise=Term(promised, TermUnit.DAY) if promised else None,
        )  # fmt: skip
        values = {"company_name": company.name, "day": day(clock.due.on), "article": article_of(clock.due.because)}
        return self._say("utter_part_due_if_opened_there" if residence is None else "utter_part_due_if_opened", **values)

    def proof_if_opened(self, *, needed: bool) -> str:
        """What a requester has to prove before a request of theirs is worked on."""
        return self._say("utter_part_proof_if_opened" if needed else "utter_part_no_proof_if_opened")

    def status(self, ticket: Ticket) -> str:
        """One request and its status."""
        values = self.values(ticket)
        state = self.code(ticket) or self._say(f"utter_state_{_reached(ticket)}", company_name=values["company_name"])
        return self._say("utter_part_status", **{**values, "state": state}).strip()

    def card(self, ticket: Ticket, what_next: str = "", lead: str = "") -> TicketCard:
        """What the requester keeps. what_next: what happens next, where the request's state alone does not say it.

        lead: the response above the card, where it stands for a text that repeats the card.
        """
        company, named = self.company(ticket), {"number": ticket.number}
        [check] = self._responses.buttons("utter_buttons_ticket_check", **named)
        add, withdraw = self._responses.buttons("utter_buttons_ticket_change", **named) if ticket.status in OPEN else (None, None)
        due = ticket.due_on if ticket.status not in CLOSED else None
        what_next = what_next or _sentence(self.code(ticket))
        values = {
            "number": ticket.number, "lead": self._say(lead, **self.values(ticket)) if lead else "",
            "request_type": ticket.request_type, "status": ticket.status, "company": ticket.company,
            "due": due.isoformat() if due else None, "due_article": ticket.respond_article if due else "",
            "due_note": self._unsure_due(ticket) if due and ticket.law else "",
            "what_next": what_next or self._say(f"utter_next_{_reached(ticket)}", company_name=company.name),
            "contact": company.contact, "add": add, "withdraw": withdraw, "check": check,
        }  # fmt: skip
        return TicketCard.model_validate(values)

    def status_card(self, ticket: Ticket, before: TicketCard | None = None) -> TicketCard:
        """The same, for a visitor who asked how their request is doing. before: the card that was shown last."""
        card = self.card(ticket, lead="utter_ticket_status")
        again = before is not None and before.lead == card.lead
        return self.card(ticket, lead="utter_ticket_status_again") if again else card

    def code(self, ticket: Ticket) -> str:
        """How it stands with the code that a request waits for: a clause after its number. Empty if it waits for none."""
        code = ticket.code
        if code is None or ticket.status != "awaiting_identity":
            return ""
        until = moment(code.until, self._responses) if code.until else ""
        later = "_later" if code.until and code.letter in {"none", "over"} else ""
        left = self._tries(code.left)
        return self._say(
            f"utter_code_is_{code.letter}{later}", company_name=self.company(ticket).name, until=until, left=left
        )  # fmt: skip

    def next(self, ticket: Ticket, identity: str, code: NewCodeSent | TooManyCodes | None) -> str:
        """What happens after a request was opened. Each sentence says only what is so: whether a code is on its way, and what
        a proof rests on."""
        name = self.company(ticket).name
        match identity:
            case "needed" if isinstance(code, TooManyCodes):
                return self._say("utter_part_code_later", until=moment(code.until, self._responses))
            case "needed" if ticket.code is not None and ticket.code.letter != "on_its_way":
                return _sentence(self.code(ticket))
            case "needed":
                return self._say("utter_part_code_sent", company_name=name)
            case "proven" if ticket.proof in {"staff", "vouched"}:
                return self._say(f"utter_part_proven_{ticket.proof}", company_name=name)
            case "address_missing" | "proven":
                return self._say(f"utter_part_{identity}", company_name=name)
        return self._say("utter_part_no_proof", company_name=name)

    def why_address_stays(self, ticket: Ticket) -> str:
        """The response that says why a request's address can no longer be changed here: nobody is told of a code who got none."""
        return "utter_address_closed" if ticket.status in CLOSED else f"utter_address_fixed_{ticket.proof or 'staff'}"

    def _tries(self, left: int) -> str:
        return self._say(f"utter_words_tries_left_{left if left in {1, 2} else 'many'}", count=str(left))

    def of_code(self, outcome: WrongCode | NewCodeSent | TooManyCodes | CodeOnItsWay) -> tuple[str, dict[str, str]]:
        """The response to a code that was not right, or to the wish for a new one, with its values."""
        match outcome:
            case CodeOnItsWay():
                return "utter_code_no_match", {}
            case WrongCode(left):
                return ("utter_code_no_match", {}) if left is None else ("utter_code_wrong", {"left": self._tries(left)})
            case NewCodeSent(reason):
                return f"utter_code_new_{reason}", {}
            case TooManyCodes(until):
                return "utter_code_too_many", {"until": moment(until, self._responses)}


def _sentence(clause: str) -> str:
    return clause[:1].upper() + clause[1:]


def _reached(ticket: Ticket) -> str:
    """The state, as far as its sentence depends on it: an answer that did not arrive is not said to have gone out."""
    return f"{ticket.status}_unreached" if ticket.unreached and ticket.status in ANSWERED else ticket.status


def moment(value: datetime, responses: Responses) -> str:
    """A time in the one zone that all visitors can work out theirs from: 14:05 UTC on 5 January 2026."""
    there = value.astimezone(UTC)
    return responses.say("utter_words_moment", time=f"{there:%H:%M}", day=day(there.date()))
