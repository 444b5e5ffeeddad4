"""The yearly figures of 11 CCR § 7102, and requests as files."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, datetime

from candor.tickets.export import as_csv, as_json_lines
from candor.tickets.figures import RequestFigures, figures
from candor.tickets.request_types import YEARLY_KINDS
from tests.candor.tickets.conftest import Office


async def test_a_year_is_counted_by_kind_outcome_and_days(office: Office) -> None:
    """By the first answer's days, and the last answer's outcome."""

    async def request(place: int, request_type: str = "deletion", residence: str = "US-CA") -> str:
        return await office.verified(
            f"yes-{place}",
            request_type=request_type,
            residence=residence,
            conversation=f"c_{place}",
            email=f"p{place}@example.com",
        )

    office.at = datetime(2025, 12, 31, 12, tzinfo=UTC)
    earlier = await request(0)
    office.at = datetime(2026, 2, 1, 12, tzinfo=UTC)
    quick, slow, denied, taken_back, german = [
        await request(place, residence="DE" if place == 5 else "US-CA") for place in range(1, 6)
    ]
    await request(6, "access")
    office.staff.withdraw(taken_back, "", "staff:bo")
    office.wait(days=2)
    office.staff.complete(quick, "Deleted.", "staff:bo")
    office.staff.complete(german, "Deleted.", "staff:bo")
    office.wait(days=8)
    office.staff.refuse(slow, "Not ours.", "staff:bo")
    office.staff.refuse(denied, "Not ours.", "staff:bo")
    office.staff.refuse(earlier, "Not ours.", "staff:bo")
    office.wait(days=30)
    office.staff.reopen(slow, "It was ours.", "staff:bo")
    office.staff.complete(slow, "Deleted.", "staff:bo")

    delete, _, know, *_ = figures(office.engine, 2026)

    assert delete == RequestFigures("delete", 5, 3, 1, 1, 6.0, 6.0)
    assert know == RequestFigures("know", 1, 0, 0, 1, None, None)
    assert figures(office.engine, 2026, law="ccpa")[0].received == 4
    assert figures(office.engine, 2026, company="globex")[0].received == 0
    assert figures(office.engine, 2025)[0] == RequestFigures("delete", 1, 0, 1, 0, 42.0, 42.0)


def test_a_year_without_requests_has_a_row_for_each_kind(office: Office) -> None:
    """Also long before there were computers."""
    assert [(row.kind, row.received) for row in figures(office.engine, 1850)] == [(kind, 0) for kind in YEARLY_KINDS]


async def test_an_export_shows_who_asked_only_where_it_is_asked_for(office: Office) -> None:
    """In both forms."""
    number = await office.verified(details='=cmd|" /C calc"!A0')
    files = [office.staff.details(number)]

    assert "ada@example.com" not in as_csv(files) + as_json_lines(files)
    assert "calc" not in as_json_lines(files)
    (row,) = csv.DictReader(io.StringIO(as_csv(files, identity=True)))
    assert (row["number"], row["email"], row["due"], row["verified"]) == (number, "ada@example.com", "2026-02-16", "True")
    line = json.loads(as_json_lines(files, identity=True))
    assert (line["email"], line["events"][0]["words"]) == ("ada@example.com", '=cmd|" /C calc"!A0')


def test_a_cell_that_a_spreadsheet_would_run_is_tamed(office: Office) -> None:
    """A person chooses their own address."""
    number = office.opened(email="+1@example.com").ticket.number

    (row,) = csv.DictReader(io.StringIO(as_csv([office.staff.details(number)], identity=True)))

    assert row["email"] == "'+1@example.com"
