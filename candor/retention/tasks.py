"""Each kind of data as the job meets it: count what there is, and remove what is over. Each works by itself."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

from sqlalchemy import ColumnElement, Engine, delete, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from candor.accounts.audit import AuditLog
from candor.accounts.models import AuditRow, SessionRow
from candor.accounts.retention import drop_sessions, sessions_over
from candor.retention.models import RetentionRunRow
from candor.retention.policy import DataCount, DataKind, RetentionTask
from candor.storage import changed
from candor.tickets.delivery.mailer import FolderMailer
from candor.tickets.models import HandoffRow, IdentityCodeRow, OutboxRow, TicketRow
from candor.tickets.retention import Retention, names_somebody
from candor.transcripts.models import ConversationRow, VaultRow
from candor.transcripts.store import TranscriptStore
from candor.transcripts.vault import DROPPED, Vault


class ConversationForgetter(Protocol):
    """What the job needs of the one door: conversations are forgotten through it, here and in Rasa."""

    async def forget_older_than(self, days: int) -> int: ...

    async def complete_pending_deletions(self) -> int: ...

    async def orphaned_trackers(self, now: datetime, days: int) -> list[str]: ...

    async def delete_trackers(self, trackers: list[str]) -> None: ...


def transcripts(kind: DataKind, engine: Engine, memory: ConversationForgetter) -> RetentionTask:
    at = ConversationRow.last_at

    async def clean(_: datetime) -> int:
        return await memory.forget_older_than(kind.days)

    return RetentionTask(kind, _look(lambda now: counted(engine, at, at < kind.limit(now))), clean)


def vault(kind: DataKind, engine: Engine, values: Vault) -> RetentionTask:
    def look(now: datetime) -> DataCount:
        kept = select(func.count(), func.min(ConversationRow.last_at)).select_from(VaultRow).join(
            ConversationRow, ConversationRow.id == VaultRow.conversation_id
        ).where(VaultRow.ciphertext != DROPPED)  # fmt: skip
        with Session(engine) as session:
            rows, oldest = session.execute(kept).one()
            over, _ = session.execute(kept.where(ConversationRow.last_at < kind.limit(now))).one()
        return DataCount(rows, aware(oldest), over)

    return RetentionTask(kind, _look(look), _in_thread(lambda now: values.drop_before(kind.limit(now))))


def trackers(kind: DataKind, engine: Engine, store: TranscriptStore, memory: ConversationForgetter) -> RetentionTask:
    """Only what is over is counted: the rest stands beside its conversation."""

    async def look(now: datetime) -> DataCount:
        owed = await asyncio.to_thread(store.to_forget)
        over = len(set(owed) | set(await memory.orphaned_trackers(now, kind.days)))
        seen = await asyncio.to_thread(counted, engine, ConversationRow.last_at)
        return DataCount(seen.rows + over, None, over)

    async def clean(now: datetime) -> int:
        completed = await memory.complete_pending_deletions()
        orphaned = await memory.orphaned_trackers(now, kind.days)
        await memory.delete_trackers(orphaned)
        return completed + len(orphaned)

    return RetentionTask(kind, look, clean)


def requests(kind: DataKind, engine: Engine, retention: Retention) -> RetentionTask:
    def look(now: datetime) -> DataCount:
        return counted(engine, TicketRow.received_at, *retention.requests_over(now), of=[TicketRow.erased_at.is_(None)])

    return RetentionTask(kind, _look(look), _in_thread(retention.erase_requests))


def handoffs(kind: DataKind, engine: Engine, retention: Retention) -> RetentionTask:
    def look(now: datetime) -> DataCount:
        return counted(engine, HandoffRow.asked_at, *retention.handoffs_over(now), of=[names_somebody()])

    return RetentionTask(kind, _look(look), _in_thread(retention.erase_handoffs))


def codes(kind: DataKind, engine: Engine, retention: Retention) -> RetentionTask:
    def look(now: datetime) -> DataCount:
        oldest = counted(engine, IdentityCodeRow.issued_at).oldest
        with Session(engine) as session:
            tables = [(select(func.count()).select_from(table), over) for table, over in retention.codes_over(now)]
            rows = sum(session.scalar(count) or 0 for count, _ in tables)
            gone = sum(session.scalar(count.where(*over)) or 0 for count, over in tables)
        return DataCount(rows, oldest, gone)

    return RetentionTask(kind, _look(look), _in_thread(retention.drop_codes))


def outbox(kind: DataKind, engine: Engine, retention: Retention, post: object) -> RetentionTask:
    def clean(now: datetime) -> int:
        files = post.forget_before(kind.limit(now)) if isinstance(post, FolderMailer) else 0
        return retention.drop_sent(now) + files

    return RetentionTask(
        kind, _look(lambda now: counted(engine, OutboxRow.created_at, *retention.sent_over(now))), _in_thread(clean)
    )  # fmt: skip


def sessions(kind: DataKind, engine: Engine, longest: timedelta) -> RetentionTask:
    def look(now: datetime) -> DataCount:
        return counted(engine, SessionRow.began_at, sessions_over(kind.limit(now), longest))

    return RetentionTask(kind, _look(look), _in_thread(lambda now: drop_sessions(engine, kind.limit(now), longest)))


def audit(kind: DataKind, engine: Engine, log: AuditLog) -> RetentionTask:
    def look(now: datetime) -> DataCount:
        return counted(engine, AuditRow.at, AuditRow.at < kind.limit(now).astimezone(UTC).isoformat())

    return RetentionTask(kind, _look(look), _in_thread(lambda now: log.cut(kind.limit(now))))


def runs(kind: DataKind, engine: Engine) -> RetentionTask:
    def clean(now: datetime) -> int:
        with Session(engine) as session, session.begin():
            return changed(session.execute(delete(RetentionRunRow).where(RetentionRunRow.began_at < kind.limit(now))))

    at = RetentionRunRow.began_at
    return RetentionTask(kind, _look(lambda now: counted(engine, at, at < kind.limit(now))), _in_thread(clean))


def counted(
    engine: Engine, at: InstrumentedAttribute[Any], *over: ColumnElement[bool], of: list[ColumnElement[bool]] | None = None
) -> DataCount:
    """How many rows of the column's table there are (`of`: of which), since when, and how many are over."""
    kept = select(func.count(), func.min(at)).select_from(at.class_).where(*(of or []))
    with Session(engine) as session:
        rows, oldest = session.execute(kept).one()
        gone, _ = session.execute(kept.where(*over)).one() if over else (0, None)
    return DataCount(rows, aware(oldest), gone)


def _look(look: Callable[[datetime], DataCount]) -> Callable[[datetime], Awaitable[DataCount]]:
    return lambda now: asyncio.to_thread(look, now)


def _in_thread(clean: Callable[[datetime], int]) -> Callable[[datetime], Awaitable[int]]:
    return lambda now: asyncio.to_thread(clean, now)


def aware(moment: datetime | str | None) -> datetime | None:
    """As SQLite gives it back: an instant in UTC."""
    if isinstance(moment, str):
        moment = datetime.fromisoformat(moment)
    if moment is None:
        return None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
