"""The numbers of the reports: conversations and requests over time, and the yearly figures of requests."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, date, datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from pydantic import BaseModel

from candor.console.api.deps import LISTS, Parts, Token
from candor.console.api.idempotent import IdempotentRoute
from candor.console.api.selection import companies_of, now
from candor.console.reports.query import read
from candor.errors import InvalidInputError
from candor.tickets.figures import figures as yearly_figures
from candor.tickets.workload import handoffs_asked_for, open_now, received
from candor.transcripts.figures import FigureScope, TurnCounts
from candor.transcripts.figures import figures as turn_figures

router = APIRouter(tags=["figures"], route_class=IdempotentRoute)


class Counts(BaseModel):
    """What happened in a time. by_kind: messages by the kind of their reply. Times in milliseconds; null where nothing was
    answered. Shares are of questions: what asks nothing is counted among the messages alone."""

    conversations: int
    messages: int
    questions: int
    answered: int
    by_kind: dict[str, int]
    rated: int
    helpful: int
    median_ms: float | None
    within_ms_95: float | None


class Interval(Counts):
    """A day, week or month, or the part of it within the time that was asked for; both days included."""

    first: date
    last: date
    requests_received: int
    people_asked_for: int


class PlaceCounts(Counts):
    """The counts of one company and channel; without times."""

    company: str
    channel: str


class OpenRequestsData(BaseModel):
    """Requests that are open now; due_soon: within seven days."""

    open: int
    due_soon: int
    overdue: int


class FiguresData(BaseModel):
    """The figures of a time. before: of the time before, as long."""

    first: date
    last: date
    zone: str
    total: Counts
    before: Counts
    intervals: list[Interval]
    places: list[PlaceCounts]
    requests: OpenRequestsData


class YearlyKind(BaseModel):
    """One kind of requests of a calendar year, as 11 CCR § 7102 asks for them."""

    kind: str
    received: int
    complied: int
    denied: int
    neither: int
    median_days: float | None
    mean_days: float | None


class YearlyData(BaseModel):
    """The yearly figures of requests."""

    year: int
    kinds: list[YearlyKind]


class BadSpanError(InvalidInputError):
    """A time that cannot be read; `public` says why."""

    def __init__(self, public: str) -> None:
        super().__init__("a span of figures that cannot be read")
        self.public = public


@router.get("/figures", **LISTS)
def figures(
    parts: Parts, token: Token, *, span: Annotated[Literal["7", "30", "90", "year", "own"], Query(
        description="The last so many days, the last twelve months, or own: with `from` and `to`.")] = "30",
    from_: Annotated[date | None, Query(alias="from")] = None, to: date | None = None,
    zone: Annotated[str, Query(max_length=64, description="An IANA time zone.")] = "UTC",
    company: Annotated[str, Query(max_length=40)] = "", channel: Annotated[str, Query(max_length=20)] = "",
) -> FiguresData:  # fmt: skip
    """What the page of figures shows, as numbers. Scope: figures:read."""
    companies = companies_of(token, "figures:read", company)
    given = {"span": span, "zone": zone, "channel": channel} | {
        name: day.isoformat() for name, day in (("from", from_), ("to", to)) if day
    }
    asked = read(given, datetime.now(UTC), parts.channels.names)
    if asked.problem:
        raise BadSpanError(asked.problem.split(" These are")[0].split("; these")[0].rstrip(".") + ".")
    found = turn_figures(parts.engine, asked.span, FigureScope(companies, asked.channel))
    buckets = asked.span.buckets()
    times = [asked.span.instants(bucket) for bucket in buckets]
    came, wanted = received(parts.engine, times, companies), handoffs_asked_for(parts.engine, times, companies)
    intervals = [
        Interval(**_counts(counts), first=bucket.first, last=bucket.last, requests_received=requests, people_asked_for=people)
        for bucket, counts, requests, people in zip(buckets, found.steps, came, wanted, strict=True)
    ]
    places = [
        PlaceCounts(**_counts(counts), company=place, channel=where) for (place, where), counts in sorted(found.places.items())
    ]
    return FiguresData(
        first=asked.span.first, last=asked.span.last, zone=asked.zone, total=Counts(**_counts(found.total)),
        before=Counts(**_counts(found.before)), intervals=intervals, places=places,
        requests=OpenRequestsData(**asdict(open_now(parts.engine, asked.span.now, companies))),
    )  # fmt: skip


@router.get("/figures/requests", **LISTS)
def yearly(
    parts: Parts, token: Token, year: Annotated[int | None, Query(ge=2000, le=9998)] = None,
    company: Annotated[str, Query(max_length=40)] = "", law: Annotated[str, Query(max_length=40)] = "",
) -> YearlyData:  # fmt: skip
    """Requests received, complied with and denied in a year, and how long they took, by kind. Scope: figures:read."""
    companies, year = companies_of(token, "figures:read", company), year or now().year
    rows = yearly_figures(parts.engine, year, companies=companies, law=law.replace("\0", ""))
    return YearlyData(year=year, kinds=[YearlyKind(**asdict(row)) for row in rows])


def _counts(counts: TurnCounts) -> dict[str, Any]:
    return {
        "conversations": counts.conversations, "messages": counts.messages, "questions": counts.questions,
        "answered": counts.answered, "by_kind": dict(counts.under("kind")), "rated": counts.rated, "helpful": counts.helpful,
        "median_ms": counts.quantile(0.5), "within_ms_95": counts.quantile(0.95),
    }  # fmt: skip
