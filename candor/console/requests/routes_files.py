"""Files about requests: exports, and the yearly figures of 11 CCR § 7102."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import Response, StreamingResponse

from candor.accounts.roles import Account
from candor.console.companies.choosing import CompanyAsked, CompanyTyped
from candor.console.deps import Parts, Staff, needs
from candor.console.pages import show
from candor.console.requests import text as say
from candor.console.requests.queue import REQUESTS, known_companies, now, scope, worklist
from candor.errors import InvalidInputError
from candor.services import Services
from candor.tickets.export import sheet, stream
from candor.tickets.figures import RequestFigures, figures
from candor.tickets.queue import QueueQuery
from candor.tickets.request_types import REQUEST_TYPES

router = APIRouter(dependencies=[needs("work_requests")])
WHICH = {"open": "open", "closed": "closed", "all": "all"}
FORMATS = {"csv": "text/csv; charset=utf-8", "jsonl": "application/x-ndjson"}
SHORTEST_REASON, LONGEST_REASON = 5, 200
Year = Annotated[int | None, Query(ge=2000, le=9998)]


@router.get("/requests/export")
def export_form(request: Request, parts: Parts, staff: Staff) -> Response:
    staff.require("export")
    return show(request, "requests/export.html", _choices(parts, staff) | {"wrong": "", "given": {}})


@router.post("/requests/export")
def export(
    request: Request, parts: Parts, staff: Staff, company: CompanyTyped, type: Annotated[str, Form()] = "",
    which: Annotated[str, Form()] = "all", format: Annotated[str, Form()] = "csv", identity: Annotated[bool, Form()] = False,
    reason: Annotated[str, Form()] = "",
) -> Response:  # fmt: skip
    """The file. With identities, it takes a reason and the permission to reveal for every company in it."""
    companies = scope(parts, staff, "export", company)
    if identity:
        _may_reveal(staff, companies)
    if which not in WHICH or format not in FORMATS or (type and type not in REQUEST_TYPES):
        raise InvalidInputError("an export that does not exist")
    reason = " ".join(say.plain(reason).split())
    if identity and not SHORTEST_REASON <= len(reason) <= LONGEST_REASON:
        given = {"company": company, "type": type, "which": which, "format": format, "identity": identity, "reason": reason}
        wrong = "Please say why who asked is needed, in a few words: the reason goes into the audit log."
        return show(request, "requests/export.html", _choices(parts, staff) | {"wrong": wrong, "given": given}, 422)
    work, at = worklist(parts), now()
    ids = [
        each for closed in (False, True) if which in {"all", "closed" if closed else "open"}
        for each in work.ids(QueueQuery(companies, type, closed=closed), at)
    ]  # fmt: skip
    details: dict[str, Any] = {"format": format, "count": len(ids), "identity": identity} | (
        {"reason": reason} if identity else {}
    )
    parts.staff.audit.record(staff.actor, "request.export", "requests", company=company, **details)
    written = stream(parts.engine, parts.requests.events, sorted(ids), format, identity=identity)
    return StreamingResponse(written, headers=_attached(f"candor-requests-{at:%Y-%m-%d}.{format}"), media_type=FORMATS[format])


@router.get("/requests/figures")
def yearly(request: Request, parts: Parts, staff: Staff, company: CompanyAsked, year: Year = None, law: str = "") -> Response:
    """Requests received, complied with and denied, and the days that it took, by kind of request."""
    year = year or now().year
    rows = _figures(parts, staff, "work_requests", year, company, law)
    able = staff.companies("work_requests", known_companies(parts, staff))
    return show(request, "requests/figures.html", {
        "rows": rows, "year": year, "company": company, "law": law, "able": able, "laws": worklist(parts).laws(), "url": REQUESTS,
        "may_export": staff.may("export", company or None), "this_year": now().year,
    })  # fmt: skip


@router.get("/requests/figures.csv")
def yearly_csv(parts: Parts, staff: Staff, company: CompanyAsked, year: Year = None, law: str = "") -> Response:
    year = year or now().year
    rows = _figures(parts, staff, "export", year, company, law)
    parts.staff.audit.record(staff.actor, "request.figures", f"figures of {year}", company=company, law=law[:40], count=len(rows))
    written = sheet([{"year": year, "company": company or "all", "law": law[:40] or "all", **asdict(row)} for row in rows])
    return Response(written, headers=_attached(f"candor-requests-{year}.csv"), media_type=FORMATS["csv"])


def _figures(parts: Services, staff: Account, permission: Any, year: int, company: str, law: str) -> list[RequestFigures]:
    return figures(parts.engine, year, companies=scope(parts, staff, permission, company), law=law[:40])


def _may_reveal(staff: Account, companies: tuple[str, ...] | None) -> None:
    """Raises: NotYoursError if they may not reveal for one of the companies."""
    if companies is None:
        if not staff.covers("reveal"):
            staff.require("reveal", "every company")
        return
    for each in companies:
        staff.require("reveal", each)


def _choices(parts: Services, staff: Account) -> dict[str, Any]:
    able = staff.companies("export", known_companies(parts, staff))
    return {
        "able": able,
        "types": REQUEST_TYPES,
        "url": REQUESTS,
        "may_reveal": staff.may("reveal"),
        "all": staff.covers("export"),
    }


def _attached(name: str) -> dict[str, str]:
    return {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
