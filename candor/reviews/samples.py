"""Stored random samples of turns, so that several reviewers judge the same ones."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import ColumnElement, Engine, func, select
from sqlalchemy.orm import Session

from candor.database.transactions import writing
from candor.errors import ConflictError, InvalidInputError, NotFoundError
from candor.transcripts.models import ReviewRow, SampleRow, SampleTurnRow, TurnRow
from candor.typed.cleaning import read_line

LARGEST = 1000  # turns


class UnknownSampleError(NotFoundError):
    """There is no such sample."""

    public = "There is no such sample."


class SampleTakenError(ConflictError):
    """Another sample has this name already."""

    public = "There is a sample of that name already. Please choose another name, or open that one."


@dataclass(frozen=True)
class Sample:
    """A random sample. `size`: how many turns it still has; deleted conversations take theirs along. `company`: "" means every
    company."""

    id: int
    name: str
    company: str
    seed: int
    size: int
    made_by: int
    made_at: datetime


class Samples:
    """Samples in the database."""

    def __init__(self, engine: Engine, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._engine, self._now = engine, now

    def make(
        self, name: str, *, size: int, seed: int, by: int, company: str = "", which: tuple[ColumnElement[bool], ...] = ()
    ) -> int:
        """Choose `size` answered turns at random among those that meet the conditions of `which`, or all if there are fewer.

        The same seed chooses the same turns among the same candidates. Returns the sample's id.
        Raises: InvalidInputError; SampleTakenError.
        """
        name = read_line(name, longest=60)
        if not name or not 0 < size <= LARGEST or not 0 <= seed < 2**31:
            raise InvalidInputError(f"a sample has a name, 1 to {LARGEST} turns and a seed from 0 to {2**31 - 1}")
        query = select(TurnRow.id).where(TurnRow.state == "answered", *which).order_by(TurnRow.id)
        if company:
            query = query.where(TurnRow.company == company)
        with Session(self._engine) as session:
            turns = list(session.scalars(query))
        chosen = random.Random(seed).sample(turns, min(size, len(turns)))  # noqa: S311  (nothing to gain by guessing it)
        with writing(self._engine, "reviews") as session:
            if session.scalar(select(SampleRow.id).where(SampleRow.name == name)) is not None:
                raise SampleTakenError("another sample has this name")
            row = SampleRow(name=name, company=company, seed=seed, made_by=by, made_at=self._now())
            session.add(row)
            session.flush()
            stored = set(session.scalars(select(TurnRow.id).where(TurnRow.id.in_(chosen))))  # some may be deleted meanwhile
            session.add_all(SampleTurnRow(sample_id=row.id, turn_id=turn) for turn in chosen if turn in stored)
            return row.id

    def get(self, sample: int) -> Sample:
        """Raises: UnknownSampleError."""
        matching = [one for one in self.all() if one.id == sample]
        if not matching:
            raise UnknownSampleError("there is no such sample")
        return matching[0]

    def all(self) -> list[Sample]:
        """All samples, the newest first."""
        size = func.count(SampleTurnRow.turn_id)
        query = select(SampleRow, size).outerjoin(SampleTurnRow).group_by(SampleRow.id).order_by(SampleRow.id.desc())
        with Session(self._engine) as session:
            return [
                Sample(row.id, row.name, row.company, row.seed, count, row.made_by, row.made_at)
                for row, count in session.execute(query)
            ]

    def verdicts(self, sample: int) -> dict[int, dict[int, str]]:
        """Reviewer → turn → verdict, for the sample's turns."""
        query = select(ReviewRow.reviewer, ReviewRow.turn_id, ReviewRow.verdict).join(
            SampleTurnRow, SampleTurnRow.turn_id == ReviewRow.turn_id
        )
        verdicts: dict[int, dict[int, str]] = defaultdict(dict)
        with Session(self._engine) as session:
            for reviewer, turn, verdict in session.execute(query.where(SampleTurnRow.sample_id == sample)):
                verdicts[reviewer][turn] = verdict
        return dict(verdicts)

    def judged(self, samples: Collection[int]) -> dict[int, dict[int, int]]:
        """Sample → reviewer → how many of its turns they have judged."""
        query = (
            select(SampleTurnRow.sample_id, ReviewRow.reviewer, func.count())
            .join(ReviewRow, ReviewRow.turn_id == SampleTurnRow.turn_id)
            .where(SampleTurnRow.sample_id.in_(samples))
            .group_by(SampleTurnRow.sample_id, ReviewRow.reviewer)
        )
        judged: dict[int, dict[int, int]] = {sample: {} for sample in samples}
        with Session(self._engine) as session:
            for sample, reviewer, n in session.execute(query):
                judged[sample][reviewer] = n
        return judged

    def drop(self, sample: int) -> None:
        """Delete a sample; the verdicts on its turns stay. Raises: UnknownSampleError."""
        with writing(self._engine, "reviews") as session:
            row = session.get(SampleRow, sample)
            if row is None:
                raise UnknownSampleError("there is no such sample")
            session.delete(row)
