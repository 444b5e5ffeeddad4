"""Sessions that are over and past their period."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Engine, and_, delete, or_
from sqlalchemy.orm import Session

from candor.accounts.models import SessionRow
from candor.database.transactions import changed


def sessions_over(before: datetime, longest: timedelta) -> ColumnElement[bool]:
    """Sessions that ended before that moment, by signing out or because they had lasted as long as allowed (`longest`)."""
    lasted = and_(SessionRow.ended_at.is_(None), SessionRow.began_at < before - longest)
    return or_(SessionRow.ended_at < before, lasted)


def drop_sessions(engine: Engine, before: datetime, longest: timedelta) -> int:
    """Delete them; return how many."""
    with Session(engine) as session, session.begin():
        return changed(session.execute(delete(SessionRow).where(sessions_over(before, longest))))
