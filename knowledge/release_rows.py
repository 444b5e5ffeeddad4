"""The tables of releases: which version of each company's policy is served, which there are, and what was served before."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Boolean, Index, Integer, LargeBinary, String, Text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from candor.database.transactions import UtcTime


class ReleaseBase(DeclarativeBase):
    """Base of the tables of releases."""


class StampRow(ReleaseBase):
    """One row: a number that grows with each change. Who changes anything holds this row until the change is committed, so that
    numbers become visible in their order."""

    __tablename__ = "policy_stamp"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    value: Mapped[int] = mapped_column(Integer, default=0)


class ReleaseRow(ReleaseBase):
    """One company, and which version of its policy is current. A change of `current` is what releases, and what rolls back."""

    __tablename__ = "policy_release"

    company: Mapped[str] = mapped_column(String(40), primary_key=True)
    facts: Mapped[dict[str, Any]] = mapped_column(JSON)  # the fields of Company
    current: Mapped[str] = mapped_column(String(40))
    held: Mapped[str] = mapped_column(String(64), default="")  # VersionRow.content that ingestion does not release
    source: Mapped[str] = mapped_column(String(10), default="folder")  # "folder": policies/; "upload": an upload
    retired: Mapped[bool] = mapped_column(Boolean, default=False)
    withdrawn: Mapped[bool] = mapped_column(Boolean, default=False)  # retired because somebody said so
    serial: Mapped[int] = mapped_column(Integer)  # the stamp of its last change
    released_at: Mapped[datetime] = mapped_column(UtcTime)
    released_by: Mapped[str] = mapped_column(String(200), default="")

    __table_args__ = (Index("ix_policy_release_serial", "serial"),)


class VersionRow(ReleaseBase):
    """One version of a company's policy, and the artefact that holds it."""

    __tablename__ = "policy_version"

    company: Mapped[str] = mapped_column(String(40), primary_key=True)
    version: Mapped[str] = mapped_column(String(40), primary_key=True)
    artefact: Mapped[str] = mapped_column(String(64))
    encoder: Mapped[str] = mapped_column(String(200), default="")
    passages: Mapped[int] = mapped_column(Integer, default=0)
    retired: Mapped[bool] = mapped_column(Boolean, default=False)
    changed: Mapped[bool] = mapped_column(Boolean, default=False)  # its text changed under the same name
    file: Mapped[str] = mapped_column(Text, default="")  # its name; "" where there is none any more
    content: Mapped[str] = mapped_column(String(64), default="")  # a hash of its text
    ingested_at: Mapped[datetime] = mapped_column(UtcTime)


class PastReleaseRow(ReleaseBase):
    """One release that was, the newest with the highest id: what a roll-back goes back to."""

    __tablename__ = "policy_past_release"

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    company: Mapped[str] = mapped_column(String(40))
    version: Mapped[str] = mapped_column(String(40))
    artefact: Mapped[str] = mapped_column(String(64))
    content: Mapped[str] = mapped_column(String(64))
    how: Mapped[str] = mapped_column(String(20))  # "ingested", "released", "rolled_back"
    at: Mapped[datetime] = mapped_column(UtcTime)
    by: Mapped[str] = mapped_column(String(200), default="")

    __table_args__ = (Index("ix_policy_past_release_company", "company", "id"),)


class ArtefactRow(ReleaseBase):
    """An artefact in the database, for machines that share nothing else (CANDOR_INDEX_STORE=database)."""

    __tablename__ = "policy_artefact"

    name: Mapped[str] = mapped_column(String(64), primary_key=True)
    data: Mapped[bytes] = mapped_column(LargeBinary)
