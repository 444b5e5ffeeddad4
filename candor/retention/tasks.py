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
from candor.retention.models import RunRow
from candor.retention.policy import Kind, Part, Seen
from candor.storage import changed
from candor.tickets.delivery.mailer import FolderPost
from candor.tickets.models import HandoffRow, IdentityCodeRow, OutboxRow, TicketRow
from candor.tickets.retention import Retention, names_somebody
from candor.transcripts.models import ConversationRow, VaultRow
from candor.transcripts.store import TranscriptStore
from candor.transcripts.vault import DROPPED, Vault


class Memory(Protocol):
    """What the job needs of the one door: conversations are forgotten through it, here and in Rasa."""

    async def forget_older_than(self, days: int) -> int: ...

    async def forget_owed(self) -> int: ...

    async def strays(self, now: datetime, days: int) -> list[str]: ...

    async def forget_strays(self, strays: list[str]) -> None: ...


def transcripts(kind: Kind, engine: Engine, memory: Memory) -> Part:
    at = ConversationRow.last_at

    async def clean(_: datetime) -> int:
        return await memory.forget_older_than(kind.days)

    return Part(kind, _look(lambda now: counted(engine, at, at < kind.limit(now))), clean)


def vault(kind: Kind, engine: Engine, values: Vault) -> Part:
    def look(now: datetime) -> Seen:
        kept = select(func.count(), func.min(ConversationRow.last_at)).select_from(VaultRow).join(
            ConversationRow, ConversationRow.id == VaultRow.conversation_id
        ).where(VaultRow.ciphertext != DROPPED)  # fmt: skip
        with Session(engine) as session:
            rows, oldest = session.execute(kept).one()
            over, _ = session.execute(kept.where(ConversationRow.last_at < kind.limit(now))).one()
        return Seen(rows, aware(oldest), over)

    return Part(kind, _look(look), _in_thread(lambda now: values.drop_before(kind.limit(now))))


def trackers(kind: Kind, engine: Engine, store: TranscriptStore, memory: Memory) -> Part:
    """Only what is over is counted: the rest stands beside its conversation."""

    async def look(now: datetime) -> Seen:
        owed = await asyncio.to_thread(store.to_forget)
        over = len(set(owed) | set(await memory.strays(now, kind.days)))
        seen = await asyncio.to_thread(counted, engine, ConversationRow.last_at)
        return Seen(seen.rows + over, None, over)

    async def clean(now: datetime) -> int:
        owed = await memory.forget_owed()
        strays = await memory.strays(now, kind.days)
        await memory.forget_strays(strays)
        return owed + len(strays)

    return Part(kind, look, clean)


def requests(kind: Kind, engine: Engine, retention: Retention) -> Part:
    def look(now: datetime) -> Seen:
        return counted(engine, TicketRow.received_at, *retention.requests_over(now), of=[TicketRow.erased_at.is_(None)])

    return Part(kind, _look(look), _in_thread(retention.erase_requests))


def handoffs(kind: Kind, engine: Engine, retention: Retention) -> Part:
    def look(now: datetime) -> Seen:
        return counted(engine, HandoffRow.asked_at, *retention.handoffs_over(now), of=[names_somebody()])

    return Part(kind, _look(look), _in_thread(retention.erase_handoffs))


def codes(kind: Kind, engine: Engine, retention: Retention) -> Part:
    def look(now: datetime) -> Seen:
        oldest = counted(engine, IdentityCodeRow.issued_at).oldest
        with Session(engine) as session:
            tables = [(select(func.count()).select_from(table), over) for table, over in retention.codes_over(now)]
            rows = sum(session.scalar(count) or 0 for count, _ in tables)
            gone = sum(session.scalar(count.where(*over)) or 0 for count, over in tables)
        return Seen(rows, oldest, gone)

    return Part(kind, _look(look), _in_thread(retention.drop_codes))


def outbox(kind: Kind, engine: Engine, retention: Retention, post: object) -> Part:
    def clean(now: datetime) -> int:
        files = post.forget_before(kind.limit(now)) if isinstance(post, FolderPost) else 0
        return retention.drop_sent(now) + files

    return Part(
        kind, _look(lambda now: counted(engine, OutboxRow.created_at, *retention.sent_over(now))), _in_thread(clean)
    )  # fmt: skip


def sessions(kind: Kind, engine: Engine, longest: timedelta) -> Part:
    def look(now: datetime) -> Seen:
        return counted(engine, SessionRow.began_at, sessions_over(kind.limit(now), longest))

    return Part(kind, _look(look), _in_thread(lambda now: drop_sessions(engine, kind.limit(now), longest)))


def audit(kind: Kind, engine: Engine, log: AuditLog) -> Part:
    def look(now: datetime) -> Seen:
        return counted(engine, AuditRow.at, AuditRow.at < kind.limit(now).astimezone(UTC).isoformat())

    return Part(kind, _look(look), _in_thread(lambda now: log.cut(kind.limit(now))))


def runs(kind: Kind, engine: Engine) -> Part:
    def clean(now: datetime) -> int:
        with Session(engine) as session, session.begin():
            return changed(session.execute(delete(RunRow).where(RunRow.began_at < kind.limit(now))))

    at = RunRow.began_at
    return Part(kind, _look(lambda now: counted(engine, at, at < kind.limit(now))), _in_thread(clean))


def counted(
    engine: Engine, at: InstrumentedAttribute[Any], *over: ColumnElement[bool], of: list[ColumnElement[bool]] | None = None
) -> Seen:
    """How many rows of the column's table there are (`of`: of which), since when, and how many are over."""
    kept = select(func.count(), func.min(at)).select_from(at.class_).where(*(of or []))
    with Session(engine) as session:
        rows, oldest = session.execute(kept).one()
        gone, _ = session.execute(kept.where(*over)).one() if over else (0, None)
    return Seen(rows, aware(oldest), gone)


def _look(look: Callable[[datetime], Seen]) -> Callable[[datetime], Awaitable[Seen]]:
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
