"""The job that enforces the periods. One process at a time runs it; each task runs by itself, and each run is reported."""

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

from candor.accounts.actors import SYSTEM
from candor.database.jobs import PeriodicJob, run_jobs
from candor.database.transactions import scrub, writing
from candor.errors import AssistantDownError, CandorError, ConflictError
from candor.retention.models import RetentionLeaseRow, RetentionRunRow
from candor.retention.policy import DataCount, DataKind, RetentionTask

log = logging.getLogger("candor.retention")
EVERY, AGAIN = timedelta(hours=1), timedelta(minutes=5)  # between runs, and after a run in which a task failed
LEASE = timedelta(hours=1)  # renewed before each task; a holder that lets it lapse must have died
LOOKS_EVERY = timedelta(minutes=1)
NAME = "keeping"  # of the lease, in the database


class AlreadyRunningError(ConflictError):
    """Another process runs the job."""

    public = "The job is running just now. Please look again in a minute."

    def __init__(self) -> None:
        super().__init__("the retention job is running in another process")


@dataclass(frozen=True)
class TaskResult:
    """What a run did to one kind of data. `failed`: why nothing was removed, in plain words; empty if the task succeeded."""

    kind: str
    removed: int
    failed: str = ""


@dataclass(frozen=True)
class RetentionRun:
    """One run. `ended_at`: None while it runs, or if its process died."""

    id: int
    began_at: datetime
    ended_at: datetime | None
    by: str
    results: tuple[TaskResult, ...]

    @property
    def removed(self) -> int:
        return sum(result.removed for result in self.results)

    @property
    def failed(self) -> tuple[TaskResult, ...]:
        return tuple(result for result in self.results if result.failed)


@dataclass(frozen=True)
class DataStatus:
    """One kind of data as it is now. `error`: why it could not be counted."""

    kind: DataKind
    count: DataCount | None
    error: str = ""


class RetentionJob:
    """The job, with its tasks in the order in which they run."""

    def __init__(
        self, engine: Engine, tasks: Sequence[RetentionTask], now: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self._engine, self._tasks, self._now = engine, tasks, now
        self._holder = f"retention-{secrets.token_hex(6)}"

    async def status(self) -> list[DataStatus]:
        """Every kind of data as it is now."""
        return [await self._status(task) for task in self._tasks]

    async def run(self, by: str = SYSTEM) -> RetentionRun:
        """Remove what is over. A task that fails stops no other; the next run repeats it. Raises: AlreadyRunningError."""
        if not await asyncio.to_thread(self._acquire_lease):
            raise AlreadyRunningError
        try:
            run = await asyncio.to_thread(self._begin, by)
            results: list[TaskResult] = []
            for task in self._tasks:
                await asyncio.to_thread(self._acquire_lease)  # renews it
                results.append(await self._remove(task))
                await asyncio.to_thread(self._save, run, results, ended=False)
            await asyncio.to_thread(self._save, run, results, ended=True)
            if any(result.removed for result in results):
                with suppress(SQLAlchemyError):  # a reader may block it; the next run tries again
                    await asyncio.to_thread(scrub, self._engine)
        finally:
            await asyncio.to_thread(self._release_lease)
        finished = await asyncio.to_thread(self._get, run)
        for result in finished.failed:
            log.warning("retention: nothing of %s was removed: %s", result.kind, result.failed)
        log.info("retention: %d removed, %d of %d tasks failed", finished.removed, len(finished.failed), len(finished.results))
        return finished

    async def go_on(self, stop: asyncio.Event) -> None:
        """Run it whenever it is time, as long as the application runs; any number of processes may do so beside each other."""
        await run_jobs([PeriodicJob("the retention job", self._run_if_due, LOOKS_EVERY, wait_first=True)], stop)

    async def _run_if_due(self) -> None:
        if await asyncio.to_thread(self.is_due):
            with suppress(AlreadyRunningError):
                await self.run()

    def is_due(self) -> bool:
        """Whether EVERY has passed since the last run began, or only AGAIN if a task failed in it or its process died."""
        last = next(iter(self.runs(1)), None)
        if last is None:
            return True
        wait = AGAIN if last.failed or last.ended_at is None else EVERY
        return self._now() - last.began_at >= wait

    def runs(self, limit: int = 20) -> list[RetentionRun]:
        """The newest runs first."""
        with Session(self._engine) as session:
            return [
                _run(row) for row in session.scalars(select(RetentionRunRow).order_by(RetentionRunRow.id.desc()).limit(limit))
            ]

    async def _status(self, task: RetentionTask) -> DataStatus:
        try:
            return DataStatus(task.kind, await task.count(self._now()))
        except (CandorError, SQLAlchemyError, OSError) as error:
            return DataStatus(task.kind, None, explanation(error))

    async def _remove(self, task: RetentionTask) -> TaskResult:
        try:
            return TaskResult(task.kind.name, await task.remove(self._now()))
        except Exception as error:  # noqa: BLE001  # whatever failed, the other kinds must not be kept longer for it
            return TaskResult(task.kind.name, 0, explanation(error))

    def _acquire_lease(self) -> bool:
        """Take the lease, or renew it; False while another process holds it."""
        now = self._now()
        with writing(self._engine, "retention lease") as session:
            row = session.get(RetentionLeaseRow, NAME)
            if row is not None and row.holder != self._holder and row.until > now:
                return False
            session.merge(RetentionLeaseRow(name=NAME, holder=self._holder, until=now + LEASE))
        return True

    def _release_lease(self) -> None:
        with writing(self._engine, "retention lease") as session:
            row = session.get(RetentionLeaseRow, NAME)
            if row is not None and row.holder == self._holder:
                session.delete(row)

    def _begin(self, by: str) -> int:
        with Session(self._engine) as session, session.begin():
            row = RetentionRunRow(began_at=self._now(), by=by[:40], results=[])
            session.add(row)
            session.flush()
            return row.id

    def _save(self, run: int, results: Sequence[TaskResult], *, ended: bool) -> None:
        with Session(self._engine) as session, session.begin():
            row = session.get_one(RetentionRunRow, run)
            row.results = [{"kind": each.kind, "removed": each.removed, "failed": each.failed} for each in results]
            row.ended_at = self._now() if ended else None

    def _get(self, run: int) -> RetentionRun:
        with Session(self._engine) as session:
            return _run(session.get_one(RetentionRunRow, run))


def last_run(engine: Engine) -> RetentionRun | None:
    """The newest run, whoever ran it; None before the first."""
    with Session(engine) as session:
        row = session.scalar(select(RetentionRunRow).order_by(RetentionRunRow.id.desc()).limit(1))
        return _run(row) if row else None


def explanation(error: Exception) -> str:
    """Why a task failed, for the report. Never an error's own message, which may hold what a person wrote."""
    if isinstance(error, AssistantDownError):
        return "Rasa does not answer. It is tried again in a few minutes."
    if isinstance(error, SQLAlchemyError):
        return f"The database refused it ({type(error).__name__}). It is tried again in a few minutes."
    return f"It could not be done ({type(error).__name__}). It is tried again in a few minutes."


def _run(row: RetentionRunRow) -> RetentionRun:
    results = tuple(TaskResult(each["kind"], each["removed"], each["failed"]) for each in row.results)
    return RetentionRun(row.id, row.began_at, row.ended_at, row.by, results)
