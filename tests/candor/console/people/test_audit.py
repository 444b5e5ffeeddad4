"""The audit log's page: who may read what of it, filters, pages, the check, and the file."""

from __future__ import annotations

import csv
import io
import re

import pytest
from sqlalchemy import text

from candor.console.people import routes_audit as audit
from candor.services import Services
from tests.candor.console.conftest import SignIn


def test_the_log_shows_names_newest_first_and_page_by_page(
    sign_in: SignIn, parts: Services, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    """No entry is shown twice or left out, whatever is added meanwhile."""
    monkeypatch.setattr(audit, "PAGE", 3)
    desk = sign_in("admin")
    for number in range(7):
        parts.staff.audit.record(desk.account.actor, "request.change", f"request R-{number}")

    first = desk.get("audit").text
    parts.staff.audit.record("system", "later.thing")
    second = desk.get(re.findall(r'href="/console/(audit\?before=\d+)"', first)[0]).text

    assert re.findall(r">request R-(\d)<", first) == ["6", "5", "4"]
    assert re.findall(r">request R-(\d)<", second) == ["3", "2", "1"]
    assert ">Ada</a>" in first


def test_filters_by_person_action_subject_and_day(sign_in: SignIn, parts: Services) -> None:
    """A group of actions too; a day that is none is said plainly."""
    desk, bea = sign_in("admin"), sign_in("agent", name="Bea").account
    parts.staff.audit.record(bea.actor, "conversation.read", "conversation c_1", company="acme")
    parts.staff.audit.record(desk.account.actor, "account.roles", "account 1")
    today = parts.staff.audit.entries()[0].at.date().isoformat()

    def found(query: str) -> list[str]:
        return re.findall(r"<td>(conversation: read|account: roles)</td>", desk.get(f"audit?{query}").text)

    assert found(f"who={bea.actor}") == ["conversation: read"]
    assert found("action=account.") == found("action=account.roles") == found("subject=account+1") == ["account: roles"]
    assert found(f"since={today}&until={today}") == ["account: roles", "conversation: read"]
    assert found("until=2020-01-01") == []
    assert [desk.get(f"audit?since={day}").status_code for day in ("yesterday", "9999-99-99")] == [422, 422]
    assert desk.get("audit?subject=" + "x" * 5000).status_code == 422
    assert "<script>" not in desk.get("audit?subject=<script>alert(1)").text


@pytest.mark.parametrize("role", ["reviewer", "agent"])
def test_the_log_is_for_those_who_may_read_it(sign_in: SignIn, role: str) -> None:
    """And its file for those who may export besides: an admin may not."""
    desk = sign_in(role)

    assert {desk.get("audit").status_code, desk.get("audit.csv").status_code, desk.submit("audit/check").status_code} == {403}
    assert sign_in("admin", name="Bea").get("audit.csv").status_code == 403
    assert "Save as CSV" not in sign_in("admin", name="Bea").get("audit").text


def test_who_reads_for_one_company_sees_that_companys_entries_only(sign_in: SignIn, parts: Services) -> None:
    """In the file too."""
    desk = sign_in("privacy_officer", company="acme")
    for company in ("acme", "globex", ""):
        parts.staff.audit.record("system", "conversation.read", f"conversation of {company or 'nobody'}", company=company)

    sign_in("agent", company="globex", name="Gloria")

    for shown in (desk.get("audit").text, desk.get("audit.csv").text):
        assert ("conversation of acme" in shown, "of globex" in shown, "of nobody" in shown) == (True, False, False)
        assert "Gloria" not in shown


def test_the_file_is_no_formula_and_its_export_is_in_the_log(sign_in: SignIn, parts: Services) -> None:
    """A name that a spreadsheet would run stands there with an apostrophe."""
    desk = sign_in("privacy_officer", name="=cmd|x")
    parts.staff.audit.record(desk.account.actor, "conversation.read", "@subject", reason="+1")

    answer = desk.get("audit.csv")
    rows = list(csv.DictReader(io.StringIO(answer.text)))

    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["cache-control"] == "no-store"
    assert [row["action"] for row in rows] == ["audit.export", "conversation.read"]
    assert (rows[1]["name"], rows[1]["subject"]) == ("'=cmd|x", "'@subject")


def test_the_chain_is_checked_on_the_page(sign_in: SignIn, parts: Services) -> None:
    """And a changed entry is named."""
    desk = sign_in("admin")
    parts.staff.audit.record("system", "a.thing")

    whole = desk.submit("audit/check").text
    with parts.engine.begin() as connection:
        connection.execute(text("DROP TRIGGER audit_kept_update"))
        connection.execute(text("UPDATE audit SET actor = 'account:9' WHERE id = 1"))
    broken = desk.submit("audit/check").text

    assert ("The chain holds" in whole, "The chain is broken" in broken, "Entry 1 does not fit" in broken) == (True, True, True)
