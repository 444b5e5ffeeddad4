"""Export requests as CSV or JSON lines, for another system or a spreadsheet."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from candor.tickets.csv_safe import csv_lines
from candor.tickets.details import RequestDetails, RequestEvent
from candor.tickets.events import RequestEvents
from candor.tickets.models import TicketEventRow, TicketRow, TicketTextRow
from candor.tickets.staff import due_day
from candor.tickets.ticket import ticket_of

COLUMNS = (
    "number", "company", "request_type", "status", "received_at", "due", "law", "article", "residence", "verified",
    "duplicate_of", "closed_at",
)  # fmt: skip
BATCH = 200  # requests read at a time


def row_of(details: RequestDetails, *, identity: bool) -> dict[str, Any]:
    """One request as a row. `identity` adds who asked."""
    ticket = details.ticket
    row: dict[str, Any] = {
        "number": ticket.number, "company": ticket.company, "request_type": ticket.request_type, "status": ticket.status,
        "received_at": ticket.received_at.isoformat(), "due": due_day(ticket), "law": ticket.law,
        "article": ticket.respond_article, "residence": ticket.residence, "verified": ticket.verified,
        "duplicate_of": details.first or "", "closed_at": ticket.closed_at.isoformat() if ticket.closed_at else "",
    }  # fmt: skip
    return row | ({"email": details.email or ""} if identity else {})


def as_csv(requests: Iterable[RequestDetails], *, identity: bool = False) -> str:
    """CSV with a header. A cell that a spreadsheet would run as a formula is prefixed with an apostrophe."""
    return sheet([row_of(details, identity=identity) for details in requests], [*COLUMNS, *(["email"] if identity else [])])


def sheet(rows: Sequence[Mapping[str, Any]], names: Sequence[str] | None = None, *, header: bool = True) -> str:
    """Rows as CSV. names: the columns; without them, those of the first row."""
    columns = list(names or (rows[0] if rows else ()))
    lines = [[row[name] for name in columns] for row in rows]
    return "".join(csv_lines([columns, *lines] if header else lines))


def stream(
    engine: Engine, request_events: RequestEvents, ids: Sequence[int], form: str, *, identity: bool = False
) -> Iterator[str]:
    """Requests by id, in batches, in the format of as_csv ("csv") or as_json_lines ("jsonl"). Raises: LostKeyError."""
    names = [*COLUMNS, *(["email"] if identity else [])]
    if form == "csv":
        yield sheet([], names)
    for start in range(0, len(ids), BATCH):
        batch = _read(engine, request_events, ids[start : start + BATCH], events=form == "jsonl", identity=identity)
        if form == "csv":
            yield sheet([row_of(details, identity=identity) for details in batch], names, header=False)
        else:
            yield as_json_lines(batch, identity=identity)


def _read(
    engine: Engine, request_events: RequestEvents, ids: Sequence[int], *, events: bool, identity: bool
) -> list[RequestDetails]:
    """Requests with only those details that an export contains."""
    events_of: dict[int, list[RequestEvent]] = defaultdict(list)
    with Session(engine) as session:
        rows = session.scalars(select(TicketRow).where(TicketRow.id.in_(ids)).order_by(TicketRow.id)).all()
        repeated = {row.duplicate_of for row in rows if row.duplicate_of}
        numbers = dict(session.execute(select(TicketRow.id, TicketRow.number).where(TicketRow.id.in_(repeated))).all())
        if events:
            query = select(TicketEventRow, TicketTextRow.ciphertext).outerjoin(
                TicketTextRow, TicketTextRow.event_id == TicketEventRow.id
            )
            query = query.where(TicketEventRow.ticket_id.in_(ids)).order_by(TicketEventRow.id)
            for event, ciphertext in session.execute(query):
                words = request_events.cipher.decrypt(ciphertext) if ciphertext and identity else ""
                events_of[event.ticket_id].append(
                    RequestEvent(event.at, event.actor, event.what, event.state, event.data, words, event.id)
                )
        return [
            RequestDetails(
                ticket_of(row), request_events.cipher.decrypt(row.email) if row.email and identity else None,
                numbers.get(row.duplicate_of or 0), (), tuple(events_of[row.id]), (),
            )
            for row in rows
        ]  # fmt: skip


def as_json_lines(requests: Iterable[RequestDetails], *, identity: bool = False) -> str:
    """One object per line, with all events; their texts only if `identity` is set."""
    return "".join(
        json.dumps(row_of(details, identity=identity) | {"events": _events(details, identity=identity)}, ensure_ascii=False)
        + "\n"
        for details in requests
    )


def _events(details: RequestDetails, *, identity: bool) -> list[dict[str, Any]]:
    return [
        {"at": event.at.isoformat(), "actor": event.actor, "what": event.what, "state": event.state, "data": event.data}
        | ({"words": event.words} if identity else {})
        for event in details.events
    ]
