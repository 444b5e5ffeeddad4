"""Which pages staff have open right now, so that two do not work on the same thing without knowing it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from sqlalchemy import Engine, delete, select
from sqlalchemy.orm import Session

from candor.accounts.models import AccountRow, OpenPageRow
from candor.database.transactions import writing

STAYS = timedelta(seconds=45)  # a page says every 20 seconds that it is open


class OpenPages:
    """In the database, because colleagues may be served by other processes. `page`: "request R-7KQ4-M2XD", "conversation c_…"."""

    def __init__(self, engine: Engine, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._engine, self._now = engine, now

    def note(self, account: int, page: str) -> None:
        """Record that this person has the page open. What nobody has open any more is removed."""
        now = self._now()
        with writing(self._engine, f"open pages of account {account}") as session:
            session.execute(delete(OpenPageRow).where(OpenPageRow.seen_at < now - STAYS))
            row = session.get(OpenPageRow, (account, page))
            if row is None:
                session.add(OpenPageRow(account_id=account, page=page, seen_at=now))
            else:
                row.seen_at = now

    def others(self, account: int, page: str) -> list[str]:
        """The names of everybody else who has it open, in order."""
        query = (
            select(AccountRow.name)
            .join(OpenPageRow, OpenPageRow.account_id == AccountRow.id)
            .where(OpenPageRow.page == page, OpenPageRow.account_id != account, OpenPageRow.seen_at >= self._now() - STAYS)
            .order_by(AccountRow.name, AccountRow.id)
        )
        with Session(self._engine) as session:
            return list(session.scalars(query))
