"""Requests as CSV or as JSON lines, for another system or a spreadsheet."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable
from typing import Any

from tickets.staff import File, due_day

COLUMNS = (
    "number", "company", "request_type", "status", "received_at", "due", "law", "article", "residence", "verified",
    "duplicate_of", "closed_at",
)  # fmt: skip
FORMULA = ("=", "+", "-", "@", "\t", "\r")


def row_of(file: File, *, identity: bool) -> dict[str, Any]:
    """One request as a row. `identity` adds who asked."""
    ticket = file.ticket
    row: dict[str, Any] = {
        "number": ticket.number, "company": ticket.company, "request_type": ticket.request_type, "status": ticket.status,
        "received_at": ticket.received_at.isoformat(), "due": due_day(ticket), "law": ticket.law,
        "article": ticket.respond_article, "residence": ticket.residence, "verified": ticket.verified,
        "duplicate_of": file.first or "", "closed_at": ticket.closed_at.isoformat() if ticket.closed_at else "",
    }  # fmt: skip
    return row | ({"email": file.email or ""} if identity else {})


def as_csv(files: Iterable[File], *, identity: bool = False) -> str:
    """With a line of names. A cell that a spreadsheet would run as a formula gets an apostrophe before it."""
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, [*COLUMNS, *(["email"] if identity else [])])
    writer.writeheader()
    for file in files:
        writer.writerow({name: _tame(value) for name, value in row_of(file, identity=identity).items()})
    return out.getvalue()


def as_json_lines(files: Iterable[File], *, identity: bool = False) -> str:
    """One object a line, with all events; what was written with them only together with who asked."""
    return "".join(
        json.dumps(row_of(file, identity=identity) | {"events": _events(file, identity=identity)}, ensure_ascii=False) + "\n"
        for file in files
    )


def _events(file: File, *, identity: bool) -> list[dict[str, Any]]:
    return [
        {"at": event.at.isoformat(), "actor": event.actor, "what": event.what, "state": event.state, "data": event.data}
        | ({"words": event.words} if identity else {})
        for event in file.events
    ]


def _tame(value: Any) -> Any:
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA) else value
