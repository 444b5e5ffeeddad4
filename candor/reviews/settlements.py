"""What privacy officers settle about aspects of a policy: the passage that answers, or that the policy is silent.

Read at every question by whichever process answers it, so that a settlement is used at once: one look-up along the key.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Engine, bindparam, select
from sqlalchemy.orm import Session

from candor.database.transactions import writing
from candor.transcripts.models import SettledAspectRow

_OF_COMPANY = (
    select(SettledAspectRow.aspect, SettledAspectRow.fingerprint, SettledAspectRow.quote)
    .where(SettledAspectRow.company == bindparam("one"))
    .order_by(SettledAspectRow.aspect)
)


@dataclass(frozen=True)
class RecordedSettlement:
    """Who settled what, and when. `quote`: the passage that answers; "" if the policy is silent."""

    company: str
    aspect: str
    quote: str
    version: str
    fingerprint: str  # of the policy text that was read
    by: int
    at: datetime


class Settlements:
    """Settlements in the database."""

    def __init__(self, engine: Engine, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._engine, self._now = engine, now

    def in_short(self, company: str) -> list[tuple[str, str, str]]:
        """(aspect, fingerprint, quote) of all that is settled about a company's policy."""
        with self._engine.connect() as connection:
            return [(aspect, mark, quote) for aspect, mark, quote in connection.execute(_OF_COMPANY, {"one": company})]

    def recorded(self, companies: Collection[str]) -> list[RecordedSettlement]:
        """The same for several companies with who settled it, by company and aspect."""
        order = (SettledAspectRow.company, SettledAspectRow.aspect)
        with Session(self._engine) as session:
            rows = session.scalars(select(SettledAspectRow).where(SettledAspectRow.company.in_(companies)).order_by(*order))
            return [
                RecordedSettlement(row.company, row.aspect, row.quote, row.version, row.fingerprint, row.by, row.at)
                for row in rows
            ]  # fmt: skip

    def settle(self, company: str, aspect: str, *, quote: str, version: str, fingerprint: str, by: int) -> None:
        """Settle an aspect, instead of what was settled about it before. Callers check company, aspect and quote."""
        with writing(self._engine, "reviews") as session:
            row = SettledAspectRow(
                company=company, aspect=aspect, quote=quote, version=version, fingerprint=fingerprint, by=by, at=self._now()
            )
            session.merge(row)

    def reopen(self, company: str, aspect: str) -> bool:
        """Leave an aspect to Candor again; False if it was not settled."""
        with writing(self._engine, "reviews") as session:
            row = session.get(SettledAspectRow, (company, aspect))
            if row is not None:
                session.delete(row)
            return row is not None
