"""Tables of retention: each run of the job with its results, and the lease of the process that runs it. They name nobody."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Boolean, String
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from candor.database.transactions import UtcTime


class RetentionBase(DeclarativeBase):
    """The tables of retention."""


class RetentionRunRow(RetentionBase):
    """One run. `results`: for each kind of data how much was removed, or in plain words why that failed."""

    __tablename__ = "keeping_run"

    id: Mapped[int] = mapped_column(primary_key=True)
    began_at: Mapped[datetime] = mapped_column(UtcTime, index=True)
    ended_at: Mapped[datetime | None] = mapped_column(UtcTime)  # None: it still runs, or its process died
    by: Mapped[str] = mapped_column(String(40))  # "system", or the actor who started it: "account:3", "cli:ada"
    results: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)


class ForgottenRow(RetentionBase):
    """Something that was forgotten on purpose (forgotten.py). `marks` name nobody: they are hashes of ids and of keyed hashes."""

    __tablename__ = "forgotten"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcTime, index=True)
    is_person: Mapped[bool] = mapped_column(Boolean)
    marks: Mapped[list[str]] = mapped_column(JSON)
    companies: Mapped[list[str] | None] = mapped_column(JSON(none_as_null=True))  # None: of every company


class RetentionLeaseRow(RetentionBase):
    """The lease on the job: its holder, and until when. Then another process may take it, because the holder must have died."""

    __tablename__ = "keeping_turn"

    name: Mapped[str] = mapped_column(String(20), primary_key=True)
    holder: Mapped[str] = mapped_column(String(40))
    until: Mapped[datetime] = mapped_column(UtcTime)
