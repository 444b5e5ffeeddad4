"""Questions that policies do not answer, counted in SQL; and answers whose quotes a newer version no longer holds."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal, get_args

from sqlalchemy import ColumnElement, Engine, Select, bindparam, case, func, select
from sqlalchemy.orm import Session

from candor.database.transactions import writing
from candor.errors import InvalidInputError
from candor.transcripts.models import QuoteRow, SilenceDecisionRow, TurnRow
from candor.typed.cleaning import read_note

SilenceKind = Literal["not_in_policy", "unsure"]
SilenceDecision = Literal["told", "to_add", "deliberate"]
DECISIONS: tuple[SilenceDecision, ...] = get_args(SilenceDecision)
EXAMPLES, CANDIDATES = 3, 20  # questions shown, and how many of the newest they are chosen from
LONGEST_NOTE = 1000


@dataclass(frozen=True)
class UnansweredAspect:
    """How often people asked, in some time, about an aspect that a company's policy does not cover. `aspect`: "" means none."""

    company: str
    aspect: str
    asked: int
    conversations: int
    before: int  # how often in the time before, of the same length
    last_at: datetime
    helpful: int = 0  # how many of the answers visitors called helpful
    not_helpful: int = 0


@dataclass(frozen=True)
class Example:
    """One question, masked."""

    turn: int
    conversation: str
    text: str


@dataclass(frozen=True)
class RecordedDecision:
    """What a company decided to do about an unanswered aspect."""

    decision: SilenceDecision
    note: str
    by: int
    at: datetime


@dataclass(frozen=True)
class QuotedPlace:
    """A passage that answers have quoted, by its position in a version's text."""

    company: str
    version: str
    start: int
    end: int


@dataclass(frozen=True)
class QuotedPassage:
    """A passage that answers have quoted: in which version, where, and how often."""

    company: str
    version: str
    start: int
    end: int
    given: int
    last_turn: int


class Silences:
    """Reads recorded turns, and stores what companies decide about unanswered aspects."""

    def __init__(self, engine: Engine, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._engine, self._now = engine, now

    def unanswered(
        self, kind: SilenceKind, since: datetime, until: datetime, companies: Collection[str], *, compared: bool = True
    ) -> list[UnansweredAspect]:  # fmt: skip
        """What was asked from `since` until before `until`, the most asked first; compared: beside the time before.

        Each count is one walk along an index that covers the query and has the order in which it groups.
        """
        about = (TurnRow.company, TurnRow.aspect)
        conversations = func.count(func.distinct(TurnRow.conversation_id))
        helpful = func.sum(case((TurnRow.helpful.is_(True), 1), else_=0))
        counts = (func.count(), conversations, func.max(TurnRow.at), helpful, func.count(TurnRow.helpful))
        current = select(*about, *counts).group_by(*about)
        earlier = select(*about, func.count()).group_by(*about)
        with Session(self._engine) as session:
            rows = session.execute(current.where(*_asked(kind, since, until, companies))).all()
            long_ago = since - (until - since)
            rows_before = session.execute(earlier.where(*_asked(kind, long_ago, since, companies))) if compared else ()
            before = {(company, aspect): n for company, aspect, n in rows_before}
        aspects = [
            UnansweredAspect(company, aspect or "", n, distinct, before.get((company, aspect), 0), _aware(last), yes, rated - yes)
            for company, aspect, n, distinct, last, yes, rated in rows
        ]
        return sorted(aspects, key=lambda one: (-one.asked, one.company, one.aspect))

    def examples(
        self, kind: SilenceKind, since: datetime, until: datetime, about: Collection[tuple[str, str]]
    ) -> dict[tuple[str, str], list[Example]]:
        """(company, aspect) → a few of the newest different questions. Takes a query for each, so ask only for those shown."""
        examples: dict[tuple[str, str], list[Example]] = {}
        with self._engine.connect() as connection:
            for company, aspect in about:
                values = {"the_kind": kind, "start": since, "end": until, "one": company, "about": aspect}
                different: dict[str, Example] = {}
                for row in connection.execute(_NEWEST_ABOUT if aspect else _NEWEST_ABOUT_NOTHING, values):
                    same = " ".join(row.text.lower().split()).rstrip("?!. ")
                    different.setdefault(same, Example(*row))
                examples[company, aspect] = list(different.values())[:EXAMPLES]
        return examples

    def quoted(self, company: str, versions: Sequence[str]) -> list[QuotedPlace]:
        """Each passage of these versions that was ever quoted. Jumps from one to the next, however often each was quoted."""
        with self._engine.connect() as connection:
            return [
                QuotedPlace(company, version, start, end) for version in versions
                for start, end in connection.execute(_PLACES, {"one": company, "its": version})
            ]  # fmt: skip

    def passages(self, places: Collection[QuotedPlace]) -> list[QuotedPassage]:
        """How often each of these passages was quoted, the most quoted first. Takes a query for each."""
        passages = []
        with self._engine.connect() as connection:
            for place in places:
                given, last = connection.execute(_GIVEN, {f"the_{name}": value for name, value in vars(place).items()}).one()
                if given:
                    passages.append(QuotedPassage(place.company, place.version, place.start, place.end, given, last))
        return sorted(passages, key=lambda one: (-one.given, one.version, one.start, one.end))

    def conversations_of(self, turns: Collection[int]) -> dict[int, tuple[str, datetime]]:
        """Turn → its conversation and its time."""
        query = select(TurnRow.id, TurnRow.conversation_id, TurnRow.at).where(TurnRow.id.in_(turns))
        with Session(self._engine) as session:
            return {turn: (conversation, _aware(at)) for turn, conversation, at in session.execute(query)}

    def decide(self, company: str, aspect: str, decision: str, note: str, by: int) -> None:
        """Store what a company decided; "" removes the decision. Raises: InvalidInputError for an unknown decision."""
        if decision and decision not in DECISIONS:
            raise InvalidInputError(f"that is no decision; the decisions are {', '.join(DECISIONS)}")
        with writing(self._engine, "reviews") as session:
            row = session.get(SilenceDecisionRow, (company, aspect))
            if not decision:
                if row is not None:
                    session.delete(row)
                return
            if row is None:
                row = SilenceDecisionRow(company=company[:40], aspect=aspect[:64])
                session.add(row)
            row.mark, row.note, row.by, row.at = decision, read_note(note, longest=LONGEST_NOTE), by, self._now()

    def decisions(self, companies: Collection[str]) -> dict[tuple[str, str], RecordedDecision]:
        """(company, aspect) → what the company decided."""
        with Session(self._engine) as session:
            rows = session.scalars(select(SilenceDecisionRow).where(SilenceDecisionRow.company.in_(companies)))
            return {(row.company, row.aspect): RecordedDecision(row.mark, row.note, row.by, row.at) for row in rows}  # type: ignore[arg-type]


def _asked(kind: str, since: datetime, until: datetime, companies: Collection[str]) -> tuple[ColumnElement[bool], ...]:
    return TurnRow.kind == kind, TurnRow.at >= since, TurnRow.at < until, TurnRow.company.in_(companies)


_NEWEST = (
    select(TurnRow.id, TurnRow.conversation_id, TurnRow.text)
    .where(TurnRow.kind == bindparam("the_kind"), TurnRow.at >= bindparam("start"), TurnRow.at < bindparam("end"))
    .where(TurnRow.company == bindparam("one"))
    .order_by(TurnRow.at.desc(), TurnRow.id.desc())
    .limit(CANDIDATES)
)
_NEWEST_ABOUT = _NEWEST.where(TurnRow.aspect == bindparam("about"))
_NEWEST_ABOUT_NOTHING = _NEWEST.where(TurnRow.aspect.is_(None))
_GIVEN = select(func.count(), func.max(QuoteRow.turn_id)).where(
    *(column == bindparam(f"the_{column.key}") for column in (QuoteRow.company, QuoteRow.version, QuoteRow.start, QuoteRow.end))
)


def _places() -> Select[int, int]:
    """The next position at which a quote starts, and for each of them the next at which one ends: one lookup for each passage."""
    of = (QuoteRow.company == bindparam("one"), QuoteRow.version == bindparam("its"))
    start, end = func.min(QuoteRow.start), func.min(QuoteRow.end)
    starts = select(start.label("start")).where(*of).cte("starts", recursive=True)
    beyond = select(start).where(*of, QuoteRow.start > starts.c.start).correlate(starts).scalar_subquery()
    starts = starts.union_all(select(beyond).where(starts.c.start.is_not(None)))
    first = select(end).where(*of, QuoteRow.start == starts.c.start).correlate(starts).scalar_subquery()
    places = select(starts.c.start, first.label("end")).where(starts.c.start.is_not(None)).cte("places", recursive=True)
    here = (QuoteRow.start == places.c.start, QuoteRow.end > places.c.end)
    further = select(end).where(*of, *here).correlate(places).scalar_subquery()
    places = places.union_all(select(places.c.start, further).where(places.c.end.is_not(None)))
    return select(places.c.start, places.c.end).where(places.c.end.is_not(None)).order_by(places.c.start, places.c.end)


_PLACES = _places()


def _aware(moment: datetime) -> datetime:
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
