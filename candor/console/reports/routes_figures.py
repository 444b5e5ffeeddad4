"""The figures: charts with their tables, and each table as a CSV."""

from __future__ import annotations

from datetime import UTC, datetime

from fastapi import APIRouter, Request, Response

from candor.console.companies.choosing import company_of
from candor.console.deps import Parts, Staff
from candor.console.pages import show
from candor.console.places import FOLDER
from candor.console.reports.query import OWN, ReportQuery, read, zones
from candor.console.reports.reporting import report
from candor.console.reports.sheets import as_csv
from candor.errors import NotFoundError
from candor.services import Services
from candor.transcripts.date_ranges import NAMED

router = APIRouter()
ZONE_COOKIE = "candor_zone"
A_YEAR = 365 * 86_400  # seconds


@router.get("/figures")
def page(request: Request, parts: Parts, staff: Staff) -> Response:
    """All figures of a date range; 422 where a part of the address could not be read, with the figures of the rest."""
    staff.require("read_reports")
    asked = _asked(request, parts)
    context = {
        "asked": asked, "report": report(parts, staff, asked), "spans": NAMED, "own": OWN, "zones": zones(),
        "choices": staff.companies("read_reports", parts.knowledge.catalogue.companies),
        "before": [moment.astimezone(asked.span.zone) for moment in asked.span.before],
    }  # fmt: skip
    answer = show(request, "reports/figures.html", context, 422 if asked.problem else 200)
    if "zone" in request.query_params:  # the reader's choice holds for the next visit
        secure = request.url.scheme == "https"
        answer.set_cookie(ZONE_COOKIE, asked.zone, A_YEAR, path=FOLDER, httponly=True, samesite="lax", secure=secure)
    return answer


@router.get("/figures/{name}.csv")
def as_file(name: str, request: Request, parts: Parts, staff: Staff) -> Response:
    """One of the page's tables as a file. The download is recorded. Raises: NotYoursError; NotFoundError."""
    staff.require("read_reports")
    asked = _asked(request, parts)
    if name == "requests":
        staff.require("work_requests", asked.company or None)
    sheet = next((sheet for sheet in report(parts, staff, asked).sheets if sheet.name == name), None)
    if sheet is None:
        raise NotFoundError("no such figures")
    first, last = asked.span.first.isoformat(), asked.span.last.isoformat()
    parts.staff.audit.record(staff.actor, "figures.export", f"figures {name}", company=asked.company, first=first, last=last)
    headers = {
        "Content-Disposition": f'attachment; filename="candor-{sheet.name}-{first}-{last}.csv"',
        "Cache-Control": "no-store",
    }
    return Response(as_csv(sheet), media_type="text/csv; charset=utf-8", headers=headers)


def _asked(request: Request, parts: Services) -> ReportQuery:
    """The query of the address; without a zone in it, with the zone that this browser used last."""
    kept = request.cookies.get(ZONE_COOKIE, "")
    given = ({"zone": kept} if kept in zones() else {}) | {name: value for name, value in request.query_params.items() if value}
    if "company" in given:
        given["company"] = company_of(parts, given["company"])
    return read(given, datetime.now(UTC), parts.channels.names)
