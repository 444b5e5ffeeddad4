"""What people asked that policies do not say, counted in SQL; and answers whose quote a newer version does not hold any more."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal, get_args

from sqlalchemy import ColumnElement, Engine, and_, case, func, select
from sqlalchemy.orm import Session

from errors import InvalidInputError
from reviews.verdicts import readable
from storage import writing
from transcripts.models import FeedbackRow, QuoteRow, SilenceMarkRow, TurnRow

SilenceKind = Literal["not_in_policy", "unsure"]
Mark = Literal["told", "to_add", "deliberate"]
MARKS: tuple[Mark, ...] = get_args(Mark)
EXAMPLES, LOOKED_AT = 3, 20  # questions shown, and the newest ones that they are chosen from
LONGEST_NOTE = 1000


@dataclass(frozen=True)
class Silent:
    """One aspect that a company's policy does not speak of, as people asked about it in a span of time. `aspect`: "" is none."""

    company: str
    aspect: str
    asked: int
    conversations: int
    before: int  # how often in the span before, of the same length
    last_at: datetime


@dataclass(frozen=True)
class Example:
    """One question, masked."""

    turn: int
    conversation: str
    text: str


@dataclass(frozen=True)
class MarkedSilence:
    """What is meant to be done about it."""

    mark: Mark
    note: str
    by: int
    at: datetime


@dataclass(frozen=True)
class QuotedPassage:
    """A passage that answers quoted: in which version, where, and how often."""

    company: str
    version: str
    start: int
    end: int
    given: int
    last_turn: int


class Silences:
    """Reads turns as they are recorded; keeps the marks."""

    def __init__(self, engine: Engine, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._engine, self._now = engine, now

    def asked(self, kind: SilenceKind, since: datetime, until: datetime, companies: Collection[str]) -> list[Silent]:
        """What was asked from `since` until before `until`, the most asked first."""
        earlier = since - (until - since)
        inside = TurnRow.at >= since
        aspect = func.coalesce(TurnRow.aspect, "")
        asked = func.sum(case((inside, 1), else_=0))
        query = (
            select(
                TurnRow.company, aspect.label("about"), asked.label("asked"),
                func.count(func.distinct(case((inside, TurnRow.conversation_id)))), func.sum(case((inside, 0), else_=1)),
                func.max(TurnRow.at),
            )
            .where(TurnRow.kind == kind, TurnRow.at >= earlier, TurnRow.at < until, TurnRow.company.in_(companies))
            .group_by(TurnRow.company, aspect)
            .having(asked > 0)
            .order_by(asked.desc(), TurnRow.company, aspect)
        )  # fmt: skip
        with Session(self._engine) as session:
            return [
                Silent(company, about, n, talks, before, _aware(last))
                for company, about, n, talks, before, last in session.execute(query)
            ]

    def helpfulness(
        self, kind: SilenceKind, since: datetime, until: datetime, companies: Collection[str]
    ) -> dict[tuple[str, str], tuple[int, int]]:
        """(company, aspect) → how many visitors called the answer helpful, and how many not."""
        aspect = func.coalesce(TurnRow.aspect, "")
        query = (
            select(
                TurnRow.company, aspect, func.sum(case((FeedbackRow.helpful, 1), else_=0)),
                func.sum(case((FeedbackRow.helpful, 0), else_=1)),
            )
            .join(FeedbackRow, _of_turn())
            .where(_asked(kind, since, until), TurnRow.company.in_(companies))
            .group_by(TurnRow.company, aspect)
        )  # fmt: skip
        with Session(self._engine) as session:
            return {(company, about): (yes, no) for company, about, yes, no in session.execute(query)}

    def examples(
        self, kind: SilenceKind, since: datetime, until: datetime, companies: Collection[str]
    ) -> dict[tuple[str, str], list[Example]]:
        """(company, aspect) → a few of the newest questions, none twice."""
        aspect = func.coalesce(TurnRow.aspect, "")
        newest = func.row_number().over(partition_by=(TurnRow.company, aspect), order_by=(TurnRow.at.desc(), TurnRow.id.desc()))
        ranked = select(TurnRow.id.label("turn"), newest.label("place")).where(
            _asked(kind, since, until), TurnRow.company.in_(companies)
        )
        few = ranked.subquery()
        query = (
            select(TurnRow.company, aspect, TurnRow.id, TurnRow.conversation_id, TurnRow.text)
            .join(few, few.c.turn == TurnRow.id)
            .where(few.c.place <= LOOKED_AT)
            .order_by(few.c.place)
        )
        found: dict[tuple[str, str], dict[str, Example]] = defaultdict(dict)
        with Session(self._engine) as session:
            for company, about, turn, conversation, text in session.execute(query):
                same = " ".join(text.lower().split()).rstrip("?!. ")
                found[company, about].setdefault(same, Example(turn, conversation, text))
        return {about: list(examples.values())[:EXAMPLES] for about, examples in found.items()}

    def quoted(self, company: str, versions: Sequence[str]) -> list[QuotedPassage]:
        """Each passage of these versions that was ever quoted, the most often quoted first."""
        places = (QuoteRow.version, QuoteRow.start, QuoteRow.end)
        given = func.count()
        query = (
            select(*places, given, func.max(QuoteRow.turn_id))
            .where(QuoteRow.company == company, QuoteRow.version.in_(versions))
            .group_by(*places)
            .order_by(given.desc(), *places)
        )
        with Session(self._engine) as session:
            return [QuotedPassage(company, *row) for row in session.execute(query)]

    def conversations_of(self, turns: Collection[int]) -> dict[int, tuple[str, datetime]]:
        """Turn → its conversation and when it was."""
        query = select(TurnRow.id, TurnRow.conversation_id, TurnRow.at).where(TurnRow.id.in_(turns))
        with Session(self._engine) as session:
            return {turn: (conversation, _aware(at)) for turn, conversation, at in session.execute(query)}

    def mark(self, company: str, aspect: str, mark: str, note: str, by: int) -> None:
        """Keep what is meant to be done; "" takes the mark away. Raises: InvalidInputError for a mark that does not exist."""
        if mark and mark not in MARKS:
            raise InvalidInputError(f"that is no mark; there are {', '.join(MARKS)}")
        with writing(self._engine) as session:
            row = session.get(SilenceMarkRow, (company, aspect))
            if not mark:
                if row is not None:
                    session.delete(row)
                return
            if row is None:
                row = SilenceMarkRow(company=company[:40], aspect=aspect[:64])
                session.add(row)
            row.mark, row.note, row.by, row.at = mark, readable(note, longest=LONGEST_NOTE), by, self._now()

    def marks(self, companies: Collection[str]) -> dict[tuple[str, str], MarkedSilence]:
        """(company, aspect) → its mark."""
        with Session(self._engine) as session:
            rows = session.scalars(select(SilenceMarkRow).where(SilenceMarkRow.company.in_(companies)))
            return {(row.company, row.aspect): MarkedSilence(row.mark, row.note, row.by, row.at) for row in rows}  # type: ignore[arg-type]


def span_of(days: int, now: datetime) -> tuple[datetime, datetime]:
    """The last so many days: since, until."""
    return now - timedelta(days=days), now


def _asked(kind: SilenceKind, since: datetime, until: datetime) -> ColumnElement[bool]:
    return and_(TurnRow.kind == kind, TurnRow.at >= since, TurnRow.at < until)


def _of_turn() -> ColumnElement[bool]:
    return and_(FeedbackRow.conversation_id == TurnRow.conversation_id, FeedbackRow.answer_id == TurnRow.answer_id)


def _aware(moment: datetime) -> datetime:
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
