"""Sessions whose time is over."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Engine, and_, delete, or_
from sqlalchemy.orm import Session

from candor.accounts.models import SessionRow
from candor.storage import changed


def sessions_over(before: datetime, longest: timedelta) -> ColumnElement[bool]:
    """Those that ended before that moment, by hand or because they had lasted as long as they may (`longest`)."""
    lasted = and_(SessionRow.ended_at.is_(None), SessionRow.began_at < before - longest)
    return or_(SessionRow.ended_at < before, lasted)


def drop_sessions(engine: Engine, before: datetime, longest: timedelta) -> int:
    """Says how many."""
    with Session(engine) as session, session.begin():
        return changed(session.execute(delete(SessionRow).where(sessions_over(before, longest))))
