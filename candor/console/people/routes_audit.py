"""The audit log: what staff did, the newest first; a check of the chain; and a file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response, StreamingResponse

from candor.accounts.audit import AuditLog, Entry
from candor.accounts.roles import EVERY_COMPANY, Account, NotYoursError
from candor.console.deps import Parts, Staff
from candor.console.pages import show
from candor.errors import InvalidInputError
from candor.tickets.csv_safe import csv_lines

router = APIRouter(prefix="/audit")
PAGE, AT_ONCE = 100, 1000
COLUMNS = ("entry", "at", "actor", "name", "action", "subject", "company", "details")
Word = Annotated[str, Query(max_length=80)]


class NoDayError(InvalidInputError):
    """A date of the filter is not a day."""

    public = "That is not a day. Please write it like 2026-01-31."


@dataclass(frozen=True)
class AuditFilter:
    """The filter of the log; an empty field does not filter. Days are in UTC, and `until` is included."""

    who: str = ""
    action: str = ""
    subject: str = ""
    since: str = ""
    until: str = ""

    def entries(self, log: AuditLog, companies: tuple[str, ...] | None, before: int | None, limit: int) -> list[Entry]:
        """Raises: NoDayError."""
        actor, action, subject = (word.replace("\0", " ").strip() for word in (self.who, self.action, self.subject))
        return log.entries(
            before=before, limit=limit, actor=actor, action=action, subject=subject,
            since=_day(self.since), until=_day(self.until, 1), companies=companies,
        )  # fmt: skip

    def query(self, **others: object) -> str:
        return urlencode({name: value for name, value in {**vars(self), **others}.items() if value})


@router.get("")
def audit(
    request: Request, staff: Staff, parts: Parts, who: Word = "", action: Word = "", subject: Word = "", since: Word = "",
    until: Word = "", before: Annotated[int, Query(ge=0)] = 0,
) -> Response:  # fmt: skip
    """One page. Somebody who reads for some companies sees only what was done for those."""
    filters, companies = AuditFilter(who, action, subject, since, until), _companies(staff, parts)
    found = filters.entries(parts.staff.audit, companies, before or None, PAGE + 1)
    names, kinds = _names(parts, companies), parts.staff.audit.actions()
    context = {
        "entries": found[:PAGE], "more": filters.query(before=found[PAGE - 1].id) if len(found) > PAGE else "",
        "filters": filters,
        "names": names, "actions": kinds, "groups": sorted({kind.partition(".")[0] + "." for kind in kinds if "." in kind}),
        "may_export": staff.may("export"), "file": filters.query(), "first": not before,
    }  # fmt: skip
    return show(request, "people/audit.html", context)


@router.post("/check")
def check(request: Request, staff: Staff, parts: Parts) -> Response:
    """Check every chain now."""
    staff.require("read_audit")
    parts.staff.audit.note_heads()  # so that the head that is shown stands for all chains
    verdict = parts.staff.audit.verify()
    parts.staff.audit.record(staff.actor, "audit.check", whole=verdict.broken_at is None)
    return show(request, "people/checked.html", {"verdict": verdict})


@router.get(".csv")
def as_file(
    staff: Staff, parts: Parts, who: Word = "", action: Word = "", subject: Word = "", since: Word = "", until: Word = "",
) -> Response:  # fmt: skip
    staff.require("export")
    filters, companies = AuditFilter(who, action, subject, since, until), _companies(staff, parts, "export")
    filters.entries(parts.staff.audit, companies, None, 1)  # refuses a wrong day before the file begins
    parts.staff.audit.record(staff.actor, "audit.export", filter=filters.query())
    headers = {"Content-Disposition": 'attachment; filename="audit.csv"', "Cache-Control": "no-store"}
    written = csv_lines(rows(filters, parts.staff.audit, companies, _names(parts, companies)))
    return StreamingResponse(written, media_type="text/csv; charset=utf-8", headers=headers)


def rows(
    filters: AuditFilter, log: AuditLog, companies: tuple[str, ...] | None, names: Mapping[str, str]
) -> Iterator[tuple[object, ...]]:  # fmt: skip
    """The rows of the file, titles first; entries are read a batch at a time."""
    yield COLUMNS
    before: int | None = None
    while found := filters.entries(log, companies, before, AT_ONCE):
        for entry in found:
            details = "; ".join(f"{name}: {value}" for name, value in entry.details.items())
            yield (
                entry.place, entry.at.isoformat(), entry.actor, names.get(entry.actor, ""), entry.action, entry.subject,
                entry.company, details,
            )  # fmt: skip
        before = found[-1].id


def _companies(staff: Account, parts: Parts, besides: str = "") -> tuple[str, ...] | None:
    """The companies whose entries are shown; None: all entries, also those of no company. Raises: NotYoursError."""
    staff.require("read_audit")
    if staff.covers("read_audit") and (not besides or staff.covers("export")):
        return None
    known = parts.knowledge.catalogue.companies
    found = [one for one in staff.companies("read_audit", known) if not besides or staff.may("export", one)]
    if not found:
        raise NotYoursError(f"{staff.actor} has no company to read the audit log for")
    return tuple(found)


def _names(parts: Parts, companies: tuple[str, ...] | None) -> dict[str, str]:
    """Names by actor, of the accounts with a role, and the API tokens, for one of the companies or for all."""
    seen = None if companies is None else {EVERY_COMPANY, *companies}
    accounts = parts.staff.accounts.all()
    tokens = [one for one in parts.staff.api_tokens.all() if seen is None or not one.companies or seen & set(one.companies)]
    return {one.actor: f"{one.name} (API)" for one in tokens} | {
        one.actor: one.name for one in accounts if seen is None or any(grant.company in seen for grant in one.grants)
    }


def _day(text: str, later: int = 0) -> datetime | None:
    if not text.strip():
        return None
    try:
        return datetime.combine(date.fromisoformat(text.strip()) + timedelta(days=later), time(), UTC)
    except (ValueError, OverflowError):
        raise NoDayError("no day") from None
