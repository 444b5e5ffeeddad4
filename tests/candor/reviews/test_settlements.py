"""Settlements in the database."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import Engine

from candor.reviews.settlements import RecordedSettlement, Settlements

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def settle(settlements: Settlements, aspect: str, quote: str = "", company: str = "acme", by: int = 1) -> None:
    settlements.settle(company, aspect, quote=quote, version="2026-01-15", fingerprint="f" * 64, by=by)


def test_what_one_process_settles_another_reads_at_once(engine: Engine) -> None:
    """The actions run in a process of their own: nothing is kept in memory."""
    written, read = Settlements(engine, lambda: NOON), Settlements(engine)
    settle(written, "selling.sold")
    assert read.in_short("acme") == [("selling.sold", "f" * 64, "")]

    settle(written, "selling.sold", "We never sell personal data.", by=2)

    assert read.in_short("acme") == [("selling.sold", "f" * 64, "We never sell personal data.")]
    assert read.in_short("globex") == []


def test_who_settled_what_is_kept(engine: Engine) -> None:
    """By company and aspect."""
    settlements = Settlements(engine, lambda: NOON)
    settle(settlements, "selling.sold", company="globex")
    settle(settlements, "retention.logs", "90 days", by=7)

    found = settlements.recorded(["acme", "globex"])

    assert found[0] == RecordedSettlement("acme", "retention.logs", "90 days", "2026-01-15", "f" * 64, 7, NOON)
    assert [one.company for one in found] == ["acme", "globex"]
    assert [one.company for one in settlements.recorded(["globex"])] == ["globex"]


def test_what_is_reopened_is_gone(engine: Engine) -> None:
    """Once."""
    settlements = Settlements(engine)
    settle(settlements, "selling.sold")

    assert settlements.reopen("acme", "selling.sold")
    assert not settlements.reopen("acme", "selling.sold")
    assert settlements.in_short("acme") == []
