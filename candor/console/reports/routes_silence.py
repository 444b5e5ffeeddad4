"""Questions that the policy does not answer, and answers whose quote has changed since."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse

from candor.accounts.roles import Account
from candor.console.companies.choosing import CompanyAsked
from candor.console.deps import Parts, Staff, needs
from candor.console.pages import show
from candor.console.places import FOLDER
from candor.console.reports.unanswered import (
    MARK_NAMES,
    MOST_QUOTES,
    MOST_ROWS,
    SPANS,
    SilentRow,
    aspect_labels,
    older_versions,
    rows_of,
    stale_places,
    stale_quote,
)
from candor.errors import InvalidInputError
from candor.reviews.unanswered import SilenceKind
from candor.services import Services
from candor.tickets.csv_safe import csv_text

router = APIRouter(dependencies=[needs("read_reports")])
HERE = f"{FOLDER}/silence"
KINDS: tuple[SilenceKind, ...] = ("not_in_policy", "unsure")
DAYS = 30
HEADER = (
    "company", "kind", "aspect", "about", "asked", "conversations", "asked in the span before", "helpful", "not helpful",
    "decided", "note",
)  # fmt: skip


@router.get("/silence")
def report(request: Request, parts: Parts, staff: Staff, company: CompanyAsked, days: int = DAYS, done: str = "") -> Response:
    """By aspect and company, the most asked first; questions that were answered with doubt are listed separately."""
    companies, chosen = _companies(parts, staff, company)
    since, until = _span(days)
    groups = {kind: _rows(parts, kind, since, until, companies) for kind in KINDS}
    parts.staff.audit.record(staff.actor, "silence.read", company=company)
    return show(request, "reports/silence.html", {
        "groups": groups, "shown": MOST_ROWS, "chosen": chosen, "days": days if days in SPANS else DAYS, "spans": SPANS,
        "since": since, "until": until, "marks": MARK_NAMES, "done": done in {"marked", "unmarked"},
        "known": staff.companies("read_reports", parts.knowledge.catalogue.companies),
        "may_mark": lambda one: staff.may("review", one), "may_settle": lambda one: staff.may("settle", one),
        "settled": {(one.company, one.aspect) for one in parts.staff.settlements.recorded(companies)},
        "may_export": all(staff.may("export", one) for one in companies) and bool(companies),
    })  # fmt: skip


@router.get("/silence.csv")
def spreadsheet(parts: Parts, staff: Staff, company: CompanyAsked, days: int = DAYS) -> Response:
    """All lines of the report as a file, without what people wrote."""
    staff.require("export")
    companies, _ = _companies(parts, staff, company)
    companies = [one for one in companies if staff.may("export", one)]
    if company:
        staff.require("export", company)
    since, until = _span(days)
    lines = [
        (one.company, kind, one.aspect, row.label, one.asked, one.conversations, one.before, one.helpful, one.not_helpful,
         MARK_NAMES[row.mark.decision] if row.mark else "", row.mark.note if row.mark else "")
        for kind in KINDS for row in _rows(parts, kind, since, until, companies, examples=False) for one in (row.silent,)
    ]  # fmt: skip
    parts.staff.audit.record(staff.actor, "silence.export", company=company, lines=len(lines))
    headers = {
        "Content-Disposition": f'attachment; filename="not-in-the-policy-{until:%Y-%m-%d}.csv"',
        "Cache-Control": "no-store",
    }
    return Response(csv_text(HEADER, lines, byte_order_mark=True), media_type="text/csv; charset=utf-8", headers=headers)


@router.get("/silence/changed")
def changed(request: Request, parts: Parts, staff: Staff, company: CompanyAsked) -> Response:
    """Answers whose quote has changed since, or is gone."""
    companies, chosen = _companies(parts, staff, company)
    quoted = {one: parts.staff.silences.quoted(one, older_versions(parts.knowledge.catalogue, one)) for one in companies}
    stale = [place for one, places in quoted.items() for place in stale_places(parts.knowledge.catalogue, one, places)]
    found = [stale_quote(parts.knowledge.catalogue, passage) for passage in parts.staff.silences.passages(stale)[:MOST_QUOTES]]
    talks = parts.staff.silences.conversations_of([quote.passage.last_turn for quote in found])
    parts.staff.audit.record(staff.actor, "silence.changed", company=company)
    return show(request, "reports/silence_changed.html", {
        "quotes": found, "talks": talks, "chosen": chosen, "most": MOST_QUOTES,
        "known": staff.companies("read_reports", parts.knowledge.catalogue.companies),
    })  # fmt: skip


@router.post("/silence/mark")
def mark(
    parts: Parts, staff: Staff, company: Annotated[str, Form()], aspect: Annotated[str, Form()] = "",
    mark: Annotated[str, Form()] = "", note: Annotated[str, Form()] = "", back_company: Annotated[str, Form()] = "",
    back_days: Annotated[int, Form()] = DAYS,
) -> Response:  # fmt: skip
    """Save what is to be done about something that the policy does not say."""
    company = parts.knowledge.catalogue.company(company).id
    staff.require("review", company)
    if aspect and aspect not in aspect_labels():
        raise InvalidInputError("that is no aspect of the bank")
    parts.staff.silences.decide(company, aspect, mark, note, staff.id)
    parts.staff.audit.record(staff.actor, "silence.mark", f"aspect {aspect or 'none'}", company=company, mark=mark)
    query = urlencode({"company": back_company, "days": back_days, "done": "marked" if mark else "unmarked"})
    return RedirectResponse(f"{HERE}?{query}", 303)


def _rows(
    parts: Services, kind: SilenceKind, since: datetime, until: datetime, companies: list[str], *, examples: bool = True
) -> list[SilentRow]:  # fmt: skip
    silent, marks = parts.staff.silences.unanswered(kind, since, until, companies), parts.staff.silences.decisions(companies)
    shown = [(one.company, one.aspect) for one in silent[:MOST_ROWS]] if examples else []
    return rows_of(silent, parts.staff.silences.examples(kind, since, until, shown), marks)


def _companies(parts: Services, staff: Account, company: str) -> tuple[list[str], str]:
    """The companies of the report, and the one that was chosen. Raises: NotYoursError; UnknownCompanyError."""
    staff.require("read_reports")
    if company:
        staff.require("read_reports", company)
        return [parts.knowledge.catalogue.company(company).id], company
    return list(staff.companies("read_reports", parts.knowledge.catalogue.companies)), ""


def _span(days: int) -> tuple[datetime, datetime]:
    until = datetime.now(UTC)
    return until - timedelta(days=days if days in SPANS else DAYS), until
