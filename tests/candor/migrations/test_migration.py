"""What an older version opened is still there."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from sqlalchemy import text

from candor.database import make_engine, upgrade
from candor.tickets.staff import TicketFilter
from tests.candor.tickets.conftest import Office
from tests.revisions import to_revision


def test_requests_from_before_are_kept_and_get_their_dates(tmp_path: Path) -> None:
    """With their events, and the same yes still opens nothing new; a step back and forth loses no request."""
    engine = make_engine(f"sqlite:///{tmp_path / 'candor.db'}")
    to_revision(engine, "0001")
    with engine.begin() as connection:
        at = "2026-01-15 12:00:00.000000"
        connection.execute(
            text("INSERT INTO ticket VALUES (1, 'R-0000-0001', 'yes-1', 'acme', 'access', 'received', 'c_1', :at)"), {"at": at}
        )
        connection.execute(text("INSERT INTO ticket_event VALUES (1, 1, :at, 'requester', 'received')"), {"at": at})

    upgrade(engine)

    office = Office(engine)
    (ticket,) = office.staff.requests()
    assert (ticket.number, ticket.status, ticket.due_on) == ("R-0000-0001", "received", date(2026, 2, 16))
    assert office.opened().ticket.number == "R-0000-0001"
    assert office.events("R-0000-0001") == ["received"]
    office.staff.start("R-0000-0001", "Came to the counter.", "staff:bo")
    assert office.staff.complete("R-0000-0001", "Handed over.", "staff:bo").status == "completed"
    to_revision(engine, "0001", down=True)
    upgrade(engine)
    assert [(found.number, found.status) for found in office.staff.requests(TicketFilter(states=()))] == [
        ("R-0000-0001", "completed")
    ]
    engine.dispose()
