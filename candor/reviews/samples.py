"""Random choices of turns that are kept, so that several reviewers judge the same ones."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import ColumnElement, Engine, func, select
from sqlalchemy.orm import Session

from candor.errors import ConflictError, InvalidInputError, NotFoundError
from candor.storage import writing
from candor.text_input import read_line
from candor.transcripts.models import ReviewRow, SampleRow, SampleTurnRow, TurnRow

LARGEST = 1000  # turns


class UnknownSampleError(NotFoundError):
    """There is no such sample."""

    public = "There is no such sample."


class SampleTakenError(ConflictError):
    """A sample has this name already."""

    public = "There is a sample of that name already. Please choose another name, or open that one."


@dataclass(frozen=True)
class Sample:
    """`size`: how many turns it still has; those of forgotten conversations are gone. `company`: "" is every one."""

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
        """Choose `size` answered turns at random, of those that `which` holds for; fewer where there are not so many.

        The same seed chooses the same of the same turns. Returns the sample's id.
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
        chosen = random.Random(seed).sample(turns, min(size, len(turns)))  # noqa: S311  (nobody gains by guessing it)
        with writing(self._engine) as session:
            if session.scalar(select(SampleRow.id).where(SampleRow.name == name)) is not None:
                raise SampleTakenError("a sample of that name is there")
            row = SampleRow(name=name, company=company, seed=seed, made_by=by, made_at=self._now())
            session.add(row)
            session.flush()
            there = set(session.scalars(select(TurnRow.id).where(TurnRow.id.in_(chosen))))  # not forgotten meanwhile
            session.add_all(SampleTurnRow(sample_id=row.id, turn_id=turn) for turn in chosen if turn in there)
            return row.id

    def get(self, sample: int) -> Sample:
        """Raises: UnknownSampleError."""
        found = [one for one in self.all() if one.id == sample]
        if not found:
            raise UnknownSampleError("there is no such sample")
        return found[0]

    def all(self) -> list[Sample]:
        """The newest first."""
        size = func.count(SampleTurnRow.turn_id)
        query = select(SampleRow, size).outerjoin(SampleTurnRow).group_by(SampleRow.id).order_by(SampleRow.id.desc())
        with Session(self._engine) as session:
            return [
                Sample(row.id, row.name, row.company, row.seed, count, row.made_by, row.made_at)
                for row, count in session.execute(query)
            ]

    def verdicts(self, sample: int) -> dict[int, dict[int, str]]:
        """Reviewer → turn → verdict, of the sample's turns."""
        query = select(ReviewRow.reviewer, ReviewRow.turn_id, ReviewRow.verdict).join(
            SampleTurnRow, SampleTurnRow.turn_id == ReviewRow.turn_id
        )
        found: dict[int, dict[int, str]] = defaultdict(dict)
        with Session(self._engine) as session:
            for reviewer, turn, verdict in session.execute(query.where(SampleTurnRow.sample_id == sample)):
                found[reviewer][turn] = verdict
        return dict(found)

    def judged(self, samples: Collection[int]) -> dict[int, dict[int, int]]:
        """Sample → reviewer → how many of its turns they have judged."""
        query = (
            select(SampleTurnRow.sample_id, ReviewRow.reviewer, func.count())
            .join(ReviewRow, ReviewRow.turn_id == SampleTurnRow.turn_id)
            .where(SampleTurnRow.sample_id.in_(samples))
            .group_by(SampleTurnRow.sample_id, ReviewRow.reviewer)
        )
        found: dict[int, dict[int, int]] = {sample: {} for sample in samples}
        with Session(self._engine) as session:
            for sample, reviewer, n in session.execute(query):
                found[sample][reviewer] = n
        return found

    def drop(self, sample: int) -> None:
        """Forget the choice; verdicts stay. Raises: UnknownSampleError."""
        with writing(self._engine) as session:
            row = session.get(SampleRow, sample)
            if row is None:
                raise UnknownSampleError("there is no such sample")
            session.delete(row)
