"""Colleagues who are named in a note with an @, and what they have not looked at yet."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import Engine, delete, select
from sqlalchemy.orm import Session

from candor.accounts.models import MentionRow
from candor.accounts.roles import Account
from candor.database.transactions import writing

KEEPS = timedelta(days=90)  # of what nobody has looked at
# @bea, @bea.miller, @bea@acme.example; not the @ inside an address, and no full stop at its end.
NAMED = re.compile(r"(?<![\w.@+-])@([\w+-]+(?:\.[\w+-]+)*(?:@[\w-]+(?:\.[\w-]+)+)?)")


@dataclass(frozen=True)
class UnreadMention:
    """Somebody is to look at a page. page: "request R-7KQ4-M2XD", "conversation c_…". by: the account that wrote the note."""

    id: int
    page: str
    by: int
    at: datetime


@dataclass(frozen=True)
class NamedColleagues:
    """Whom a text names. unknown: what names nobody here, as it was written; written: what names somebody, with its @."""

    accounts: tuple[Account, ...] = ()
    unknown: tuple[str, ...] = ()
    written: tuple[str, ...] = ()


def handle_of(account: Account, colleagues: Collection[Account]) -> str:
    """What is typed after the @: their address before its @, or all of it where two colleagues share that."""
    local = account.email.partition("@")[0]
    return local if sum(each.email.partition("@")[0] == local for each in colleagues) == 1 else account.email


def named_in(text: str, colleagues: Sequence[Account]) -> NamedColleagues:
    """The colleagues that a text names: by address, by its part before the @, or by a first name that only one of them has."""
    found: dict[int, Account] = {}
    unknown: dict[str, None] = {}
    written: dict[str, None] = {}
    for name in NAMED.findall(text):
        named = [each for each in colleagues if name.casefold() in {each.email, each.email.partition("@")[0]}]
        named = named or [each for each in colleagues if each.name.casefold().split(" ")[0] == name.casefold()]
        if len(named) == 1:
            found[named[0].id] = named[0]
            written[f"@{name}"] = None
        else:
            unknown[name] = None
    return NamedColleagues(tuple(found.values()), tuple(unknown), tuple(written))


class Mentions:
    """In the database, one for each person and page. Whoever has looked is named no more."""

    def __init__(self, engine: Engine, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._engine, self._now = engine, now

    def add(self, accounts: Collection[int], page: str, by: int) -> None:
        """Have these people look at a page; what nobody looked at for KEEPS is dropped."""
        now = self._now()
        with writing(self._engine, f"mentions on {page}") as session:
            session.execute(delete(MentionRow).where(MentionRow.at < now - KEEPS))
            session.execute(delete(MentionRow).where(MentionRow.page == page, MentionRow.account_id.in_(accounts)))
            session.add_all(MentionRow(account_id=account, page=page, by=by, at=now) for account in accounts)

    def unread(self, account: int) -> list[UnreadMention]:
        """What somebody is to look at, the newest first."""
        rows = select(MentionRow).where(MentionRow.account_id == account).order_by(MentionRow.id.desc())
        with Session(self._engine) as session:
            return [UnreadMention(row.id, row.page, row.by, row.at) for row in session.scalars(rows)]

    def looked(self, account: int, page: str) -> None:
        """Somebody has the page open: nearly always nothing is to be done, and then nothing is written."""
        theirs = [MentionRow.account_id == account, MentionRow.page == page]
        with Session(self._engine) as session:
            if session.scalar(select(MentionRow.id).where(*theirs).limit(1)) is None:
                return
        with writing(self._engine, f"mentions on {page}") as session:
            session.execute(delete(MentionRow).where(*theirs))
