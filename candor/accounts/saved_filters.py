"""Filters of a list that staff have saved under a name: their own, and those that somebody shared with everybody."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from urllib.parse import unquote_plus

from sqlalchemy import Engine, or_, select
from sqlalchemy.orm import Session

from candor.accounts.models import SavedFilterRow
from candor.database.transactions import writing
from candor.errors import InvalidInputError, NotFoundError

LONGEST_NAME, LONGEST_QUERY, MOST = 60, 1000, 50


class SavedFilterRefusedError(InvalidInputError):
    """A saved filter without a name, one that is too long, or one more than somebody may have."""

    def __init__(self, public: str) -> None:
        super().__init__("saved filter refused")
        self.public = public


@dataclass(frozen=True)
class SavedFilter:
    """A list's filters under a name. `query` is the part of its address after the question mark."""

    id: int
    account: int
    name: str
    query: str
    shared: bool


class SavedFilters:
    """Saved filters in the database."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def visible_to(self, account: int) -> list[SavedFilter]:
        """The account's own filters and the shared ones, by name."""
        query = select(SavedFilterRow).where(or_(SavedFilterRow.account_id == account, SavedFilterRow.shared))
        with Session(self._engine) as session:
            return [_saved_filter(row) for row in session.scalars(query.order_by(SavedFilterRow.name, SavedFilterRow.id))]

    def save(self, account: int, name: str, query: str, *, shared: bool) -> SavedFilter:
        """Save a filter; the account's own of the same name is replaced. Raises: SavedFilterRefusedError."""
        name = " ".join(name.replace("\0", "").split())
        if not name or len(name) > LONGEST_NAME:
            raise SavedFilterRefusedError(
                f"Please give the filters a name of at most {LONGEST_NAME} characters. It was not saved."
            )
        if len(query) > LONGEST_QUERY:
            raise SavedFilterRefusedError("These filters are too many to be saved.")
        with writing(self._engine, "accounts") as session:
            own = session.scalars(select(SavedFilterRow).filter_by(account_id=account)).all()
            row = next((row for row in own if row.name == name), None)
            if row is None and len(own) >= MOST:
                raise SavedFilterRefusedError(f"You have {MOST} saved filters, which is the most there can be. Remove one first.")
            row = row or SavedFilterRow(account_id=account, name=name)
            row.query, row.shared = query, shared
            session.add(row)
            session.flush()
            return _saved_filter(row)

    def remove(self, account: int, saved_filter: int) -> None:
        """Remove one of the account's own. Raises: NotFoundError."""
        with writing(self._engine, "accounts") as session:
            row = session.get(SavedFilterRow, saved_filter)
            if row is None or row.account_id != account:
                raise NotFoundError("no such saved filter of this account")
            session.delete(row)

    def forget(self, values: Collection[str]) -> int:
        """Remove the filters that look for a person, by any of these values in small letters; returns how many."""
        with writing(self._engine, "accounts") as session:
            rows = session.scalars(select(SavedFilterRow)).all()
            named = [row for row in rows if any(value in f"{row.name}\n{unquote_plus(row.query)}".lower() for value in values)]
            for row in named:
                session.delete(row)
            return len(named)


def _saved_filter(row: SavedFilterRow) -> SavedFilter:
    return SavedFilter(row.id, row.account_id, row.name, row.query, row.shared)
