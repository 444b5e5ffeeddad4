"""What leaves the console about requests: who may take it along, what stands in it, and what is noted of it."""

from __future__ import annotations

import csv
import io
import json

import pytest

from candor.accounts.roles import Grant
from candor.services import Services
from tests.candor.console.conftest import Desk, SignIn
from tests.candor.console.opened_requests import opened


def rows_of(written: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(written)))


def test_an_export_holds_all_of_ones_requests_and_nobody(parts: Services, sign_in: SignIn) -> None:
    """Open and closed ones; how many is noted."""
    undone, done, foreign = opened(parts, details="sentinelword"), opened(parts), opened(parts, company="globex")
    parts.requests.staff_desk.complete(done, "Deleted.", "staff:bo")

    every = sign_in("privacy_officer").submit("requests/export", format="csv")
    mine = sign_in("privacy_officer", company="acme").submit("requests/export", format="csv", which="open")

    assert [row["number"] for row in rows_of(every.text)] == [undone, done, foreign]
    assert [row["number"] for row in rows_of(mine.text)] == [undone]
    assert "attachment" in every.headers["content-disposition"]
    assert every.headers["cache-control"] == "no-store"
    assert not any(word in every.text for word in ("example.com", "sentinelword", "Deleted."))
    found = [entry.details for entry in parts.staff.audit.entries(action="request.export")]
    assert found == [{"count": 1, "format": "csv", "identity": False}, {"count": 3, "format": "csv", "identity": False}]


def test_an_export_with_who_asked_needs_a_reason_that_is_noted(parts: Services, sign_in: SignIn) -> None:
    """Then it holds addresses, and in JSON Lines what was written."""
    opened(parts, email="ada@example.org", details="sentinelword")
    desk = sign_in("privacy_officer")

    without = desk.submit("requests/export", format="jsonl", identity="true")
    given = desk.submit("requests/export", format="jsonl", identity="true", reason="The yearly audit by our counsel")

    assert (without.status_code, "ada@example.org" in without.text) == (422, False)
    (record,) = [json.loads(line) for line in given.text.splitlines()]
    assert (record["email"], record["events"][0]["words"]) == ("ada@example.org", "sentinelword")
    (entry,) = parts.staff.audit.entries(action="request.export")
    assert entry.details == {"count": 1, "format": "jsonl", "identity": True, "reason": "The yearly audit by our counsel"}


def test_who_asked_leaves_only_with_the_right_to_reveal_for_each_company(parts: Services, sign_in: SignIn) -> None:
    """Two roles for two companies do not add up to one for both."""
    opened(parts), opened(parts, company="globex")
    parts.staff.accounts.add("pia@acme.example", "Pia", [Grant("privacy_officer", "acme"), Grant("reviewer", "globex")])
    officer = sign_in("privacy_officer", company="acme")

    answered = officer.submit("requests/export", company="globex", identity="true", reason="because I can")

    assert answered.status_code == 403
    assert parts.staff.audit.entries(action="request.export") == []


@pytest.mark.parametrize("path", ["requests/export", "requests/figures.csv"])
def test_files_are_for_those_who_may_export(sign_in: SignIn, path: str) -> None:
    """An agent works on requests, and takes none along."""
    desk = sign_in("agent")

    assert desk.get(path).status_code == 403
    assert desk.submit("requests/export").status_code == 403
    assert "export" not in desk.get("requests").text.split("<main")[1]


def test_cells_that_a_spreadsheet_would_run_are_tamed(parts: Services, sign_in: SignIn) -> None:
    """An address may begin with a sign of arithmetic."""
    opened(parts, email="=cmd@example.org")
    opened(parts, email="+1@example.org", residence="=HYPERLINK(1)")

    text = sign_in("privacy_officer").submit("requests/export", identity="true", reason="to test formulas").text

    found = rows_of(text)
    assert [row["email"] for row in found] == ["'=cmd@example.org", "'+1@example.org"]
    assert found[1]["residence"] == "'=HYPERLINK(1)"


@pytest.mark.parametrize("fields", [{"format": "exe"}, {"which": "none"}, {"type": "dance"}, {"identity": "perhaps"}])
def test_exports_that_do_not_exist_are_refused(sign_in: SignIn, fields: dict[str, str]) -> None:
    """And nothing is noted as exported."""
    assert sign_in("privacy_officer").submit("requests/export", **fields).status_code == 422


def years(desk: Desk, query: str = "") -> str:
    return str(desk.get(f"requests/figures{query}").text)


def test_the_yearly_figures_are_of_ones_own_companies(parts: Services, sign_in: SignIn) -> None:
    """As a page, and as CSV with a line in the log."""
    mine = opened(parts)
    opened(parts, company="globex")
    parts.requests.staff_desk.complete(mine, "Deleted.", "staff:bo")
    year = parts.requests.staff_desk.ticket(mine).received_at.year
    every, one = sign_in("privacy_officer"), sign_in("privacy_officer", company="acme")
    cells = '<td class="number" data-is="Received">{}</td><td class="number" data-is="Complied with">{}</td>'
    deletions = f'<tr><th scope="row">delete</th>{cells}'

    assert deletions.format(2, 1) in years(every, f"?year={year}")
    assert deletions.format(1, 1) in years(one)
    assert deletions.format(1, 0) in years(every, "?company=globex")
    assert deletions.format(0, 0) in years(every, "?law=ccpa")
    assert deletions.format(0, 0) in years(every, f"?year={year - 1}")
    assert "asked for in a way that is not understood here" in years(every, "?year=99999")
    sheet = rows_of(one.get(f"requests/figures.csv?year={year}").text)
    assert (sheet[0]["kind"], sheet[0]["received"], sheet[0]["complied"]) == ("delete", "1", "1")
    (entry,) = parts.staff.audit.entries(action="request.figures")
    assert entry.subject == f"figures of {year}"
