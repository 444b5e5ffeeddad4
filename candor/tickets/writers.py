"""What a transaction about requests is about, so that those of different companies do not wait for each other."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from candor.tickets.models import HandoffRow, OutboxRow, TicketRow
from candor.tickets.reference import read_number


def about(company: str) -> str:
    """All requests of a company, as writing() knows them."""
    return f"requests of {company}"


def about_number(engine: Engine, number: str) -> str:
    """The same for the company of a request, by its number as somebody wrote it; where there is none, nothing else is."""
    with Session(engine) as session:
        company = session.scalar(select(TicketRow.company).where(TicketRow.number == read_number(number)))
    return about(company or "nobody")


def about_ticket(engine: Engine, ticket: int | None) -> str:
    """The same, by the request's id."""
    return about(next(iter(companies_of(engine, [ticket] if ticket else [])), "nobody"))


def companies_of(engine: Engine, tickets: Collection[int]) -> list[str]:
    """The companies of these requests, by their ids."""
    if not tickets:
        return []
    with Session(engine) as session:
        return sorted(session.scalars(select(TicketRow.company).where(TicketRow.id.in_(tickets)).distinct()))


def about_waiting(conversation: str) -> str:
    """All visits of a conversation's visitor to the queue of those who wait for a person."""
    return f"handoffs of {conversation}"


def about_handoff(engine: Engine, waiting: int | None) -> str:
    """The same, by the id of one of them."""
    with Session(engine) as session:
        conversation = session.scalar(select(HandoffRow.conversation).where(HandoffRow.id == waiting)) if waiting else ""
    return about_waiting(conversation or "")


def about_letter(engine: Engine, keys: Collection[str]) -> str:
    """Whatever the newest letter with one of these keys is about."""
    letters = [OutboxRow.key.in_(keys), OutboxRow.channel == "requester"]
    newest = select(OutboxRow.ticket_id, OutboxRow.handoff_id).where(*letters).order_by(OutboxRow.id.desc()).limit(1)
    with Session(engine) as session:
        letter = session.execute(newest).first()
    if letter is None:
        return about("nobody")
    return about_ticket(engine, letter.ticket_id) if letter.ticket_id else about_handoff(engine, letter.handoff_id)
