"""The task of each kind of data: count what there is, and remove what is over. Each works by itself."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

from sqlalchemy import ColumnElement, Engine, delete, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from candor.accounts.audit import AuditLog
from candor.accounts.kept_answers import KeptAnswers
from candor.accounts.models import AuditEntryRow, AuditRow, KeptAnswerRow, SessionRow
from candor.accounts.retention import drop_sessions, sessions_over
from candor.database.transactions import changed
from candor.retention.forgotten import ForgottenList
from candor.retention.models import ForgottenRow, RetentionRunRow
from candor.retention.policy import DataCount, DataKind, RetentionTask
from candor.tickets.delivery.mailer import Mailer
from candor.tickets.delivery.request_files import RequestFiles
from candor.tickets.models import HandoffRow, IdentityCodeRow, OutboxRow, RequestFileRow, TicketRow
from candor.tickets.retention import Retention, names_somebody
from candor.transcripts.models import ConversationRow, VaultRow
from candor.transcripts.store import TranscriptStore
from candor.transcripts.vault import DROPPED, Vault


class ConversationForgetter(Protocol):
    """What the job needs of the assistant, which deletes conversations both here and in Rasa."""

    async def forget_older_than(self, days: int) -> int: ...

    async def complete_pending_deletions(self) -> int: ...

    async def orphaned_trackers(self, now: datetime, days: int) -> list[str]: ...

    async def delete_trackers(self, trackers: list[str]) -> None: ...


def transcripts(kind: DataKind, engine: Engine, memory: ConversationForgetter) -> RetentionTask:
    at = ConversationRow.last_at

    async def remove(_: datetime) -> int:
        return await memory.forget_older_than(kind.days)

    return RetentionTask(kind, _counting(lambda now: counted(engine, at, at < kind.limit(now))), remove)


def vault(kind: DataKind, engine: Engine, values: Vault) -> RetentionTask:
    def count(now: datetime) -> DataCount:
        stored = select(func.count(), func.min(ConversationRow.last_at)).select_from(VaultRow).join(
            ConversationRow, ConversationRow.id == VaultRow.conversation_id
        ).where(VaultRow.ciphertext != DROPPED)  # fmt: skip
        with Session(engine) as session:
            rows, oldest = session.execute(stored).one()
            over, _ = session.execute(stored.where(ConversationRow.last_at < kind.limit(now))).one()
        return DataCount(rows, aware(oldest), over)

    return RetentionTask(kind, _counting(count), _in_thread(lambda now: values.drop_before(kind.limit(now))))


def trackers(kind: DataKind, engine: Engine, store: TranscriptStore, memory: ConversationForgetter) -> RetentionTask:
    """Rasa's trackers: one for each conversation, those whose deletion is pending, and orphaned ones."""

    async def count(now: datetime) -> DataCount:
        pending = await asyncio.to_thread(store.pending_deletions)
        over = len(set(pending) | set(await memory.orphaned_trackers(now, kind.days)))
        conversations = await asyncio.to_thread(counted, engine, ConversationRow.last_at)
        return DataCount(conversations.rows + over, None, over)

    async def remove(now: datetime) -> int:
        pending = await memory.complete_pending_deletions()
        orphaned = await memory.orphaned_trackers(now, kind.days)
        await memory.delete_trackers(orphaned)
        return pending + len(orphaned)

    return RetentionTask(kind, count, remove)


def requests(kind: DataKind, engine: Engine, retention: Retention) -> RetentionTask:
    def count(now: datetime) -> DataCount:
        return counted(engine, TicketRow.received_at, *retention.requests_over(now), of=[TicketRow.erased_at.is_(None)])

    return RetentionTask(kind, _counting(count), _in_thread(retention.erase_requests))


def files(kind: DataKind, engine: Engine, of_requests: RequestFiles) -> RetentionTask:
    def count(now: datetime) -> DataCount:
        return counted(engine, RequestFileRow.added_at, *of_requests.over(now))

    return RetentionTask(kind, _counting(count), _in_thread(of_requests.end_over))


def handoffs(kind: DataKind, engine: Engine, retention: Retention) -> RetentionTask:
    def count(now: datetime) -> DataCount:
        return counted(engine, HandoffRow.asked_at, *retention.handoffs_over(now), of=[names_somebody()])

    return RetentionTask(kind, _counting(count), _in_thread(retention.erase_handoffs))


def codes(kind: DataKind, engine: Engine, retention: Retention) -> RetentionTask:
    def count(now: datetime) -> DataCount:
        oldest = counted(engine, IdentityCodeRow.issued_at).oldest
        with Session(engine) as session:
            tables = [(select(func.count()).select_from(table), over) for table, over in retention.codes_over(now)]
            rows = sum(session.scalar(of_table) or 0 for of_table, _ in tables)
            over = sum(session.scalar(of_table.where(*conditions)) or 0 for of_table, conditions in tables)
        return DataCount(rows, oldest, over)

    return RetentionTask(kind, _counting(count), _in_thread(retention.drop_codes))


def outbox(kind: DataKind, engine: Engine, retention: Retention, mailer: Mailer) -> RetentionTask:
    def remove(now: datetime) -> int:
        return retention.drop_sent(now) + mailer.delete_before(kind.limit(now))

    return RetentionTask(
        kind, _counting(lambda now: counted(engine, OutboxRow.created_at, *retention.sent_over(now))), _in_thread(remove)
    )  # fmt: skip


def sessions(kind: DataKind, engine: Engine, longest: timedelta) -> RetentionTask:
    def count(now: datetime) -> DataCount:
        return counted(engine, SessionRow.began_at, sessions_over(kind.limit(now), longest))

    return RetentionTask(kind, _counting(count), _in_thread(lambda now: drop_sessions(engine, kind.limit(now), longest)))


def answers(kind: DataKind, engine: Engine, kept: KeptAnswers) -> RetentionTask:
    at = KeptAnswerRow.began_at

    def count(now: datetime) -> DataCount:
        return counted(engine, at, at < kind.limit(now))

    return RetentionTask(kind, _counting(count), _in_thread(lambda now: kept.drop_before(kind.limit(now))))


def audit(kind: DataKind, engine: Engine, log: AuditLog) -> RetentionTask:
    """The house's chain also notes the heads of the companies' at each run."""

    def count(now: datetime) -> DataCount:
        limit = kind.limit(now).astimezone(UTC).isoformat()
        house, companies = (counted(engine, table.at, table.at < limit) for table in (AuditRow, AuditEntryRow))
        oldest = min((each.oldest for each in (house, companies) if each.oldest), default=None)
        return DataCount(house.rows + companies.rows, oldest, house.over + companies.over)

    def cut(now: datetime) -> int:
        removed = log.cut(kind.limit(now))
        log.note_heads()
        return removed

    return RetentionTask(kind, _counting(count), _in_thread(cut))


def forgotten(kind: DataKind, engine: Engine, those: ForgottenList) -> RetentionTask:
    at = ForgottenRow.at

    def count(now: datetime) -> DataCount:
        return counted(engine, at, at < kind.limit(now))

    return RetentionTask(kind, _counting(count), _in_thread(lambda now: those.drop_before(kind.limit(now))))


def runs(kind: DataKind, engine: Engine) -> RetentionTask:
    def remove(now: datetime) -> int:
        with Session(engine) as session, session.begin():
            return changed(session.execute(delete(RetentionRunRow).where(RetentionRunRow.began_at < kind.limit(now))))

    at = RetentionRunRow.began_at
    return RetentionTask(kind, _counting(lambda now: counted(engine, at, at < kind.limit(now))), _in_thread(remove))


def counted(
    engine: Engine, at: InstrumentedAttribute[Any], *over: ColumnElement[bool], of: list[ColumnElement[bool]] | None = None
) -> DataCount:
    """How many rows of the column's table there are, since when, and for how many `over` holds. `of`: counts only such rows."""
    stored = select(func.count(), func.min(at)).select_from(at.class_).where(*(of or []))
    with Session(engine) as session:
        rows, oldest = session.execute(stored).one()
        n_over, _ = session.execute(stored.where(*over)).one() if over else (0, None)
    return DataCount(rows, aware(oldest), n_over)


def _counting(count: Callable[[datetime], DataCount]) -> Callable[[datetime], Awaitable[DataCount]]:
    return lambda now: asyncio.to_thread(count, now)


def _in_thread(remove: Callable[[datetime], int]) -> Callable[[datetime], Awaitable[int]]:
    return lambda now: asyncio.to_thread(remove, now)


def aware(moment: datetime | str | None) -> datetime | None:
    """A stored time with its zone; SQLite returns it without the zone, which is UTC."""
    if isinstance(moment, str):
        moment = datetime.fromisoformat(moment)
    if moment is None:
        return None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
