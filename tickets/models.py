"""Tables of privacy requests. What happened to a request is added as events, never overwritten."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import DateTime, ForeignKey, String
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

REQUEST_TYPES = (
    "access", "deletion", "correction", "portability", "restriction", "objection",
    "withdraw_consent", "opt_out_of_sale", "complaint",
)  # fmt: skip


class Base(DeclarativeBase):
    """The tickets' tables."""


class TicketRow(Base):
    """One request of one data subject. `confirmation` is the yes that opened it: one yes, one ticket."""

    __tablename__ = "ticket"

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(16), unique=True)
    confirmation: Mapped[str] = mapped_column(String(64), unique=True)
    company: Mapped[str] = mapped_column(String(40), index=True)
    request_type: Mapped[str] = mapped_column(String(24))
    status: Mapped[str] = mapped_column(String(24))
    conversation: Mapped[str] = mapped_column(String(40), index=True)
    received_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    events: Mapped[list[TicketEventRow]] = relationship(order_by="TicketEventRow.id", back_populates="ticket")


class TicketEventRow(Base):
    """One thing that happened to a ticket, when, and through whom."""

    __tablename__ = "ticket_event"

    id: Mapped[int] = mapped_column(primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"), index=True)
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    actor: Mapped[str] = mapped_column(String(40))
    what: Mapped[str] = mapped_column(String(40))
    ticket: Mapped[TicketRow] = relationship(back_populates="events")
