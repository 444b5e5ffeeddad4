"""The job that enforces the periods: one process at a time runs it, each part by itself, and each run is reported."""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import Engine, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from candor.actors import SYSTEM
from candor.errors import AssistantDownError, CandorError, ConflictError
from candor.jobs import PeriodicJob, run_jobs
from candor.retention.models import RetentionLeaseRow, RetentionRunRow
from candor.retention.policy import DataCount, DataKind, RetentionTask
from candor.storage import scrub, writing

log = logging.getLogger("candor.keeping")
EVERY, AGAIN = timedelta(hours=1), timedelta(minutes=5)  # between runs; and after one in which something failed
LONGEST_PART = timedelta(hours=1)  # then whoever runs it is taken for dead
LOOKS_EVERY = timedelta(minutes=1)
NAME = "keeping"


class RunsAlreadyError(ConflictError):
    """Another process runs the job."""

    public = "The job runs just now. Please look again in a minute."

    def __init__(self) -> None:
        super().__init__("the job runs just now in another process")


@dataclass(frozen=True)
class Done:
    """What a run did to one kind of data; `failed`: why nothing was done, in plain words, empty if it was."""

    kind: str
    removed: int
    failed: str = ""


@dataclass(frozen=True)
class RetentionRun:
    """One run; `ended_at` is None while it goes on, or where its process died."""

    id: int
    began_at: datetime
    ended_at: datetime | None
    by: str
    results: tuple[Done, ...]

    @property
    def removed(self) -> int:
        return sum(done.removed for done in self.results)

    @property
    def failed(self) -> tuple[Done, ...]:
        return tuple(done for done in self.results if done.failed)


@dataclass(frozen=True)
class Looked:
    """One kind as it is now; `unknown`: why that cannot be said."""

    kind: DataKind
    seen: DataCount | None
    unknown: str = ""


class RetentionJob:
    """The job. `parts` in the order in which they are cleaned."""

    def __init__(
        self, engine: Engine, parts: Sequence[RetentionTask], now: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self._engine, self._parts, self._now = engine, parts, now
        self._holder = f"keeping-{secrets.token_hex(6)}"

    async def look(self) -> list[Looked]:
        """Every kind as it is now."""
        return [await self._look(part) for part in self._parts]

    async def run(self, by: str = SYSTEM) -> RetentionRun:
        """Remove all that is over. What fails stops nothing else, and the next run tries it again. Raises: RunsAlreadyError."""
        if not await asyncio.to_thread(self._take_turn):
            raise RunsAlreadyError
        try:
            run = await asyncio.to_thread(self._begin, by)
            results: list[Done] = []
            for part in self._parts:
                await asyncio.to_thread(self._take_turn)  # it is ours; now for as long again
                results.append(await self._clean(part))
                await asyncio.to_thread(self._note, run, results, ended=False)
            await asyncio.to_thread(self._note, run, results, ended=True)
            if any(done.removed for done in results):
                with suppress(SQLAlchemyError):  # readers may hold it back; the next run tries again
                    await asyncio.to_thread(scrub, self._engine)
        finally:
            await asyncio.to_thread(self._give_turn)
        found = await asyncio.to_thread(self._get, run)
        for done in found.failed:
            log.warning("keeping: %s was left as it is: %s", done.kind, done.failed)
        log.info("keeping: %d removed, %d of %d parts failed", found.removed, len(found.failed), len(found.results))
        return found

    async def go_on(self, stop: asyncio.Event) -> None:
        """Run it whenever it is time, as long as the application runs; any number of processes may do so beside each other."""
        await run_jobs([PeriodicJob("the retention job", self._run_if_due, LOOKS_EVERY, wait_first=True)], stop)

    async def _run_if_due(self) -> None:
        if await asyncio.to_thread(self.is_due):
            with suppress(RunsAlreadyError):
                await self.run()

    def is_due(self) -> bool:
        """Whether an hour has passed since the last run began, or a few minutes where something failed in it."""
        last = next(iter(self.runs(1)), None)
        if last is None:
            return True
        wait = AGAIN if last.failed or last.ended_at is None else EVERY
        return self._now() - last.began_at >= wait

    def runs(self, limit: int = 20) -> list[RetentionRun]:
        """The newest first."""
        with Session(self._engine) as session:
            return [
                _run(row) for row in session.scalars(select(RetentionRunRow).order_by(RetentionRunRow.id.desc()).limit(limit))
            ]

    async def _look(self, part: RetentionTask) -> Looked:
        try:
            return Looked(part.kind, await part.look(self._now()))
        except (CandorError, SQLAlchemyError, OSError) as error:
            return Looked(part.kind, None, in_words(error))

    async def _clean(self, part: RetentionTask) -> Done:
        try:
            return Done(part.kind.name, await part.clean(self._now()))
        except Exception as error:  # noqa: BLE001  # whatever it is, the other kinds are not kept any longer for it
            return Done(part.kind.name, 0, in_words(error))

    def _take_turn(self) -> bool:
        now = self._now()
        with writing(self._engine) as session:
            row = session.get(RetentionLeaseRow, NAME)
            if row is not None and row.holder != self._holder and row.until > now:
                return False
            session.merge(RetentionLeaseRow(name=NAME, holder=self._holder, until=now + LONGEST_PART))
        return True

    def _give_turn(self) -> None:
        with writing(self._engine) as session:
            row = session.get(RetentionLeaseRow, NAME)
            if row is not None and row.holder == self._holder:
                session.delete(row)

    def _begin(self, by: str) -> int:
        with Session(self._engine) as session, session.begin():
            row = RetentionRunRow(began_at=self._now(), by=by[:40], results=[])
            session.add(row)
            session.flush()
            return row.id

    def _note(self, run: int, results: Sequence[Done], *, ended: bool) -> None:
        with Session(self._engine) as session, session.begin():
            row = session.get_one(RetentionRunRow, run)
            row.results = [{"kind": done.kind, "removed": done.removed, "failed": done.failed} for done in results]
            row.ended_at = self._now() if ended else None

    def _get(self, run: int) -> RetentionRun:
        with Session(self._engine) as session:
            return _run(session.get_one(RetentionRunRow, run))


def in_words(error: Exception) -> str:
    """Why, for who reads the report; never an error's own message, which may hold what a person wrote."""
    if isinstance(error, AssistantDownError):
        return "Rasa does not answer. It is tried again in a few minutes."
    if isinstance(error, SQLAlchemyError):
        return f"The database refused it ({type(error).__name__}). It is tried again in a few minutes."
    return f"It could not be done ({type(error).__name__}). It is tried again in a few minutes."


def _run(row: RetentionRunRow) -> RetentionRun:
    results = tuple(Done(each["kind"], each["removed"], each["failed"]) for each in row.results)
    return RetentionRun(row.id, row.began_at, row.ended_at, row.by, results)
