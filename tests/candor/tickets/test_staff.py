"""Staff's work: by due date, each step with words, and nothing overlooked."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from candor.errors import InvalidInputError
from candor.tickets.events import ExplanationMissingError, UnknownRequestError
from candor.tickets.models import TicketRow
from candor.tickets.staff import NoMoreTimeError, TicketFilter
from candor.tickets.states import NotNowError, actions_in
from tests.candor.tickets.conftest import NOON, Office


async def test_requests_are_listed_by_due_date(office: Office) -> None:
    """The most urgent first, whatever order they came in."""
    german = office.opened("yes-1").ticket.number
    californian = office.opened("yes-2", email="bob@example.com", residence="US-CA").ticket.number
    opt_out = office.opened("yes-3", request_type="opt_out_of_sale", residence="US-CA").ticket.number

    listed = office.staff.requests()

    assert [ticket.number for ticket in listed] == [opt_out, german, californian]
    assert [ticket.due_on for ticket in listed] == [date(2026, 2, 6), date(2026, 2, 16), date(2026, 3, 1)]
    assert [ticket.number for ticket in office.staff.requests(TicketFilter(request_type="deletion"))] == [german, californian]
    assert office.staff.requests(TicketFilter(company="globex")) == []
    assert [ticket.number for ticket in office.staff.requests(TicketFilter(states=["open"]))] == [opt_out]


async def test_what_is_late_is_found_whatever_it_waits_for(office: Office) -> None:
    """A request that waits for its requester or for a code is open all the same."""
    unproven = office.opened("yes-1").ticket.number
    asked = await office.verified("yes-2", email="bob@example.com", conversation="c_2")
    office.staff.ask_requester(asked, "Which account?", "staff:bo")
    without_address = office.opened("yes-3", email=None, conversation="c_3").ticket.number
    done = await office.verified("yes-4", email="cleo@example.com", conversation="c_4")
    office.staff.complete(done, "Deleted.", "staff:bo")

    last_moment = office.row(unproven).respond_by
    assert last_moment is not None

    assert office.staff.overdue(last_moment - timedelta(microseconds=1)) == []
    assert {ticket.number for ticket in office.staff.overdue(last_moment)} == {unproven, asked, without_address}


def test_a_request_that_was_opened_without_dates_gets_them(office: Office) -> None:
    """What an older version opened must be answered too."""
    number = office.opened(request_type="access").ticket.number
    without = {"law": "", "time_zone": "", "respond_by": None, "respond_article": ""}
    with Session(office.engine) as session, session.begin():
        session.execute(update(TicketRow).values(**without))

    (ticket,) = office.staff.requests()

    assert (ticket.number, ticket.due_on) == (number, date(2026, 2, 16))
    office.wait(days=40)
    assert [late.number for late in office.staff.overdue()] == [number]


async def test_an_extension_follows_the_law_and_is_told_with_its_reason(office: Office) -> None:
    """Two further months under the GDPR, once."""
    number = await office.verified()

    ticket = office.staff.extend(number, "Your data lies in four systems.", "staff:bo")

    assert (ticket.status, ticket.due_on) == ("extended", date(2026, 4, 15))
    await office.deliver()
    letter = office.mails_to("ada@example.com")[-1].get_content()
    assert "15 April 2026 at the latest (Art. 12(3) GDPR)" in letter
    assert "Your data lies in four systems." in letter
    with pytest.raises(NoMoreTimeError, match="twice"):
        office.staff.extend(number, "And once more.", "staff:bo")


async def test_an_extension_that_the_law_does_not_give_is_refused_with_the_reason(office: Office) -> None:
    """Opt-outs cannot wait, and after its last day the notice comes too late."""
    opt_out = office.opened("yes-1", request_type="opt_out_of_sale", residence="US-CA").ticket.number
    with pytest.raises(NoMoreTimeError, match="no more time"):
        office.staff.extend(opt_out, "Busy.", "staff:bo")

    number = await office.verified("yes-2")
    office.at = office.row(number).respond_by or office.at
    with pytest.raises(NoMoreTimeError, match="last day"):
        office.staff.extend(number, "Busy.", "staff:bo")

    assert office.row(number).status == "open"


async def test_an_answer_within_an_extension_leads_back_to_it(office: Office) -> None:
    """The longer date stays."""
    number = await office.verified()
    office.staff.extend(number, "Many systems.", "staff:bo")
    office.staff.ask_requester(number, "Which account?", "staff:bo")

    ticket = office.staff.answer(number, "ada1, she says on the phone", "staff:bo")

    assert (ticket.status, ticket.due_on) == ("extended", date(2026, 4, 15))


async def test_a_refusal_names_the_reason_and_where_to_complain(office: Office) -> None:
    """Art. 12(4) GDPR asks for both."""
    number = await office.verified()

    office.staff.refuse(number, "We must keep invoices for ten years.", "staff:bo")

    await office.deliver()
    letter = office.mails_to("ada@example.com")[-1].get_content()
    assert "We must keep invoices for ten years." in letter
    assert "data protection authority" in letter
    assert "Art. 77 GDPR" in letter


@pytest.mark.parametrize("action", ["start", "ask_requester", "extend", "complete", "refuse", "reopen"])
@pytest.mark.parametrize("words", ["", "  \n"])
async def test_a_step_that_the_requester_is_told_of_needs_words(office: Office, action: str, words: str) -> None:
    """Nothing is changed without."""
    number = office.opened().ticket.number if action == "start" else await office.verified()
    if action == "reopen":
        office.staff.complete(number, "Done.", "staff:bo")
    before = office.row(number).status

    with pytest.raises(ExplanationMissingError):
        getattr(office.staff, action)(number, words, "staff:bo")

    assert office.row(number).status == before


async def test_staff_can_begin_without_a_code_and_say_how_they_know(office: Office) -> None:
    """The requester stands at the counter with a passport."""
    number = office.opened().ticket.number

    ticket = office.staff.start(number, "Showed a passport at the counter.", "staff:bo")

    assert (ticket.status, ticket.verified) == ("open", True)
    assert office.staff.details(number).events[-1].words == "Showed a passport at the counter."
    await office.deliver()
    assert "passport" not in "".join(mail.get_content() for mail in office.mailer.sent)


async def test_a_letter_about_an_unproven_request_tells_nothing(office: Office) -> None:
    """Nobody knows yet whose address that is."""
    number = office.opened().ticket.number

    office.staff.refuse(number, "We could not find out who you are.", "staff:bo")

    await office.deliver()
    letter = office.mails_to("ada@example.com")[-1]
    said = f"{letter['Subject']} {letter.get_content()}".lower()
    assert number.lower() in said
    for secret in ("delet", "find out", "refus"):
        assert secret not in said


async def test_who_did_what_and_when_stays(office: Office) -> None:
    """A reopened request keeps the whole way."""
    number = await office.verified()
    office.staff.complete(number, "Deleted.", "staff:bo")
    office.wait(days=1)
    office.staff.reopen(number, "Something was left.", "staff:cy")
    office.staff.note(number, "The backup.", "staff:cy")

    file = office.staff.details(number)

    told = [(event.what, event.actor, event.words) for event in file.events[-3:]]
    assert told == [
        ("complete", "staff:bo", "Deleted."), ("reopen", "staff:cy", "Something was left."), ("note", "staff:cy", "The backup."),
    ]  # fmt: skip
    assert file.events[-1].at == NOON + timedelta(days=1)
    assert file.can == tuple(actions_in("open", "staff"))


async def test_a_note_is_for_staff_alone(office: Office) -> None:
    """No letter, no webhook; and an empty one is none."""
    number = await office.verified()
    await office.deliver()
    before = (len(office.mailer.sent), len(office.webhook.sent))

    office.staff.note(number, "Seems angry.", "staff:bo")

    await office.deliver()
    assert (len(office.mailer.sent), len(office.webhook.sent)) == before
    with pytest.raises(InvalidInputError, match="empty"):
        office.staff.note(number, " ", "staff:bo")


async def test_staff_link_a_repetition_that_the_desk_did_not_see(office: Office) -> None:
    """From another address; never in a circle."""
    first = await office.verified("yes-1")
    second = await office.verified("yes-2", email="ada.private@example.com", conversation="c_2")

    office.staff.mark_duplicate(second, first, "staff:bo")

    assert office.staff.details(first).repeated_by == (second,)
    for number, other in ((first, second), (first, first)):
        with pytest.raises(InvalidInputError, match="repeat"):
            office.staff.mark_duplicate(number, other, "staff:bo")


def test_a_number_that_does_not_exist_is_said_to_staff(office: Office) -> None:
    """They may know; the number itself is not in the log."""
    with pytest.raises(UnknownRequestError, match="requests list"):
        office.staff.complete("R-0000-0000", "Done.", "staff:bo")


async def test_a_step_at_the_wrong_time_changes_nothing(office: Office) -> None:
    """The error says what can be done instead."""
    number = office.opened().ticket.number

    with pytest.raises(NotNowError, match="start, refuse, withdraw"):
        office.staff.complete(number, "Done.", "staff:bo")

    assert office.row(number).status == "awaiting_identity"


async def test_a_company_that_is_served_no_longer_still_owes_its_answers(office: Office) -> None:
    """Its id stands where the name stood."""
    number = await office.verified()
    with Session(office.engine) as session, session.begin():
        session.execute(update(TicketRow).values(company="gone"))

    office.staff.complete(number, "Deleted.", "staff:bo")

    await office.deliver()
    assert "gone has answered your request" in office.mails_to("ada@example.com")[-1].get_content()
