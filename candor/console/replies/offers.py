"""Saved replies where they are used: which ones a page offers, filled with what that page knows."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from candor.accounts.roles import Account, Permission
from candor.accounts.saved_replies import UnknownReplyError
from candor.console.places import FOLDER
from candor.services import Services
from candor.tickets.dates import day
from candor.tickets.details import RequestDetails

REPLIES = f"{FOLDER}/replies"
USES: tuple[Permission, ...] = ("talk", "work_requests")  # who writes to people may see them
WORDS: Permission = "export"  # who decides what leaves the console may also write saved replies


@dataclass(frozen=True)
class Offer:
    """A saved reply as it would be put into the box, with all placeholders filled."""

    id: int
    title: str
    text: str


def offers(parts: Services, companies: Collection[str], *, number: str = "", due: date | None = None) -> list[Offer]:
    """The saved replies for these companies: those of the company, if it is one, and those for every company.

    A text that needs what the page does not know is not offered: `number` and `due` are of the one request it is about.
    """
    own = next(iter(companies)) if len(companies) == 1 else ""
    about = parts.knowledge.catalogue.companies.get(own)
    known = {
        "company": about.name if about else "", "contact": about.contact if about else "", "number": number,
        "due": day(due) if due else "",
    }  # fmt: skip
    values = {name: value for name, value in known.items() if value}
    found = [(one, one.filled(values)) for one in parts.staff.saved_replies.of([own])]
    return [Offer(one.id, one.title, text) for one, text in found if text is not None]


def offers_for(parts: Services, file: RequestDetails, step: str) -> list[Offer]:
    """The saved replies for the letter of a step of one request. Its due date is the one that the step leads to."""
    clock = file.clock
    due = file.ticket.due_on
    if step == "extend":
        due = clock.extended.on if clock and clock.extended else None
    elif step == "ask_requester":
        due = None  # waiting for an answer may move it
    return offers(parts, [file.ticket.company], number=file.ticket.number, due=due)


def with_reply(typed: str, offered: Sequence[Offer], reply: int) -> str:
    """What was typed, with the chosen text below it. Raises: UnknownReplyError if it is not offered here."""
    text = next((one.text for one in offered if one.id == reply), None)
    if text is None:
        raise UnknownReplyError("a saved reply that is not offered here")
    return f"{typed.rstrip()}\n\n{text}" if typed.strip() else text


def may_see(staff: Account, company: str | None = None) -> bool:
    """Whether they write to people: for a company, or for any."""
    return any(staff.may(use, company) for use in USES)
