"""The figures that one person may see, by company and permission."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from candor.accounts.roles import Account, Permission
from candor.console.reports.comparing import Tile, count_tile, tiles_of
from candor.console.reports.figures import counted_sheet, sheets_of
from candor.console.reports.query import ReportQuery
from candor.console.reports.sheets import ReportTable
from candor.services import Services
from candor.tickets.workload import handoffs_asked_for, open_now, received
from candor.transcripts.figures import FigureScope, Today, figures, today


@dataclass(frozen=True)
class Report:
    """The tiles and tables of the page."""

    tiles: tuple[Tile, ...]
    sheets: tuple[ReportTable, ...]

    @property
    def is_empty(self) -> bool:
        return all(sheet.is_empty for sheet in self.sheets)


def report(parts: Services, staff: Account, asked: ReportQuery) -> Report:
    """The figures of a query. Raises: NotYoursError for a company that is not the person's."""
    scope = FigureScope(companies_for(parts, staff, "read_reports", asked.company), asked.channel)
    found = figures(parts.engine, asked.span, scope)
    names = parts.knowledge.catalogue.names
    sheets, tiles = sheets_of(found, names, parts.channels.label), tiles_of(found, asked.before_name)
    span = asked.span
    intervals = [span.instants(bucket) for bucket in span.buckets()]
    if staff.may("work_requests", asked.company or None):
        companies = companies_for(parts, staff, "work_requests", asked.company)
        came = received(parts.engine, intervals, companies)
        sheets.append(
            counted_sheet("requests", "Requests received", "Privacy requests, by when they came in.", "Requests", span, came)
        )
        now = open_now(parts.engine, span.now, companies)
        tiles.append(Tile("Requests due", f"{now.due_soon:,}", f"within 7 days, of {now.open:,} open", ""))
        tiles.append(Tile("Requests overdue", f"{now.overdue:,}", "right now", "", tone="bad" if now.overdue else ""))
    *wanted, earlier = handoffs_asked_for(parts.engine, [*intervals, span.before], scope.companies)
    tiles.append(count_tile("People asked for", sum(wanted), earlier, asked.before_name))
    about = "Visitors who asked to talk to a person."
    sheets.append(counted_sheet("people", "People asked for", about, "Visitors", span, wanted))
    return Report(tuple(tiles), tuple(sheets))


def companies_for(parts: Services, staff: Account, permission: Permission, wanted: str) -> tuple[str, ...] | None:
    """The companies of the figures: the wanted one, else all that are the person's; None: every one, also those that are no
    longer served. Raises: NotYoursError; UnknownCompanyError.
    """
    staff.require(permission, wanted or None)
    if wanted:
        return (parts.knowledge.catalogue.company(wanted).id,)
    return None if staff.covers(permission) else staff.companies(permission, parts.knowledge.catalogue.companies)


def figures_of_today(parts: Services, staff: Account, zone: str = "UTC") -> Today | None:
    """A few figures of the day so far, of the person's companies, for the first page; None for those who may see none."""
    if not staff.may("read_reports"):
        return None
    scope = FigureScope(companies_for(parts, staff, "read_reports", ""))
    return today(parts.engine, scope, ZoneInfo(zone), datetime.now(UTC))
