"""Every other letter of every law, right by right: what its row of laws.yml says stands in it, word for word and day for day."""

from __future__ import annotations

import pytest

from candor.tickets.dates import day
from candor.tickets.delivery.templates import Letter
from candor.tickets.law.laws import laws, rule_for
from candor.tickets.law.refusals import complaint_route
from candor.tickets.request_types import REQUEST_TYPES
from candor.tickets.staff import NoMoreTimeError, StaffStep
from candor.tickets.ticket import Ticket
from tests.candor.tickets.conftest import Office
from tests.candor.tickets.law.test_refusals import LIVES, one_line

WORDS = "Our own words."


ROWS = [(rule.law, rule.request_type) for law in laws().values() for rule in law.rules.values()]


def shown(office: Office, number: str, step: StaffStep) -> tuple[Ticket, str]:
    """The request after a step, and its letter in one line."""
    preview = office.staff.preview(number, step, "staff:bo", words=WORDS)
    assert preview.letter
    return preview.ticket, read(preview.letter, number)


def read(letter: Letter, number: str) -> str:
    """A letter in one line, once it is sure that a person greets, and a company signs."""
    told = one_line(letter.text)
    assert told.startswith("Hello,")
    assert told.endswith("Kind regards, Acme")
    assert number in letter.subject
    return told


@pytest.mark.parametrize(("law", "kind"), ROWS)
def test_each_letter_carries_what_its_row_asks_for(office: Office, law: str, kind: str) -> None:
    """The date and its article; more time with its reason and its own article; where to complain; and always who writes."""
    rule = rule_for(law, kind)
    number = office.opened(request_type=kind, residence=LIVES[law]).ticket.number
    if office.staff.ticket(number).status != "open":
        _, opened = shown(office, number, "start")
        due = office.staff.ticket(number).due_on
        assert due
        assert f"{day(due)} at the latest ({rule.response.article}" in opened
        assert ("our reading of the law, which is not settled" in opened) == (not rule.confirmed)
        assert ("sets no date for exactly this" in opened) == rule.borrowed
        assert ("If more time is needed" in opened) == (rule.extension is not None)
        office.staff.start(number, "Known at the counter.", "staff:bo")
    complain = one_line(complaint_route(law))

    _, completed = shown(office, number, "complete")
    _, asked = shown(office, number, "ask_requester")
    _, withdrawn = shown(office, number, "withdraw")

    assert WORDS in completed
    assert f"you can complain to {complain}" in completed
    assert WORDS in asked
    assert REQUEST_TYPES[kind].wish in withdrawn
    if rule.extension is None:
        with pytest.raises(NoMoreTimeError):
            shown(office, number, "extend")
    else:
        later, extended = shown(office, number, "extend")
        assert later.due_on
        assert f"{day(later.due_on)} at the latest" in extended
        assert rule.extension.article in extended
        assert WORDS in extended
        assert f"you can complain to {complain}" in extended
    office.staff.complete(number, "Done.", "staff:bo")
    again, reopened = shown(office, number, "reopen")
    assert again.due_on
    assert f"{day(again.due_on)} ({rule.response.article}" in reopened


@pytest.mark.parametrize("law", [law for law, row in laws().items() if any(rule.appeal for rule in row.rules.values())])
def test_an_appeals_letter_names_its_own_date(office: Office, law: str) -> None:
    """With the article that gives it."""
    number = office.opened(residence=LIVES[law]).ticket.number
    office.staff.start(number, "Known.", "staff:bo")
    office.staff.refuse(number, WORDS, "staff:bo")

    ticket, told = shown(office, number, "appeal")

    appeal = rule_for(law, "deletion").appeal
    assert appeal
    assert ticket.due_on
    assert f"{day(ticket.due_on)} at the latest ({appeal.article}" in told
