"""Who asked is forgotten in time; that it was answered stays."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from candor.tickets.figures import figures
from candor.tickets.models import IdentityAttemptRow, IdentityCodeRow, TicketAccessRow, TicketTextRow
from tests.candor.tickets.conftest import Office


async def test_a_closed_requests_identity_and_words_are_erased_after_the_period(office: Office) -> None:
    """State, dates and events stay, and so do the yearly figures."""
    number = await office.verified(details="my secret wish")
    office.staff.complete(number, "Deleted.", "staff:bo")
    await office.deliver()
    events = office.events(number)

    office.wait(days=730)
    assert office.retention.erase(office.now()) == 0
    office.wait(seconds=1)
    assert office.retention.erase(office.now()) == 1

    file = office.staff.details(number)
    assert (file.email, file.ticket.status) == (None, "completed")
    assert [event.words for event in file.events] == [""] * len(events)
    assert office.events(number) == events
    assert office.row(number).email_hash is None
    with Session(office.engine) as session:
        for table in (TicketTextRow, IdentityCodeRow, TicketAccessRow):
            assert session.scalars(select(table)).all() == []
    assert figures(office.engine, 2026)[0].complied == 1
    assert office.retention.erase(office.now()) == 0


async def test_an_open_request_is_never_erased(office: Office) -> None:
    """However old it is."""
    number = await office.verified()

    office.wait(days=5000)
    office.retention.erase(office.now())

    assert office.staff.details(number).email == "ada@example.com"


async def test_a_letter_that_waits_for_an_erased_address_lapses(office: Office) -> None:
    """There is nobody to write to."""
    number = await office.verified()
    await office.deliver()
    office.staff.complete(number, "Deleted.", "staff:bo")
    office.wait(days=731)
    office.retention.erase(office.now())

    done = await office.worker.deliver()

    assert done["lapsed"] == 1


async def test_codes_tries_and_admissions_do_not_pile_up(office: Office) -> None:
    """No limit looks at them any more; a code whose mail still waits is kept."""
    await office.verified("yes-1")
    office.desk.give_code("R-0000-0000", "000000", "c_eve")
    office.opened("yes-2", email="bob@example.com", conversation="c_2")

    office.wait(days=3)
    office.retention.erase(office.now())

    with Session(office.engine) as session:
        assert session.scalars(select(IdentityAttemptRow)).all() == []
        assert session.scalars(select(TicketAccessRow)).all() == []
        assert [code.state for code in session.scalars(select(IdentityCodeRow))] == ["live"]


async def test_what_was_sent_does_not_pile_up(office: Office) -> None:
    """What still waits, or was given up, is kept."""
    await office.verified()
    await office.deliver()
    office.opened("yes-2", email="bob@example.com", conversation="c_2")

    office.wait(days=91)
    office.retention.erase(office.now())

    assert set(office.outbox.counts()) == {"due"}


def test_a_visitor_who_was_answered_is_forgotten_too(office: Office) -> None:
    """Address and conversation."""
    office.people.wanted("c_1", "acme", "ada@example.com")
    (waiting,) = office.people.waiting()
    office.people.answered(waiting.id, "staff:bo")
    office.wait(days=731)

    office.retention.erase(office.now())

    with office.engine.connect() as connection:
        row = connection.exec_driver_sql("SELECT email, conversation FROM handoff").one()
    assert tuple(row) == (None, "")
