"""What a transaction about requests is about, so that those of different companies do not wait for each other."""

from __future__ import annotations

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from candor.tickets.models import TicketRow
from candor.tickets.reference import read_number


def about(company: str) -> str:
    """All requests of a company, as writing() knows them."""
    return f"requests of {company}"


def about_number(engine: Engine, number: str) -> str:
    """The same for the company of a request, by its number as somebody wrote it; where there is none, nothing else is."""
    with Session(engine) as session:
        company = session.scalar(select(TicketRow.company).where(TicketRow.number == read_number(number)))
    return about(company or "nobody")
