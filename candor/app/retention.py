"""The job of keeping and the erasure of persons, joined: every room's own forgetting, the one door, and Slack's tables."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from candor.channels.slack.dedupe import HandledEvents
from candor.channels.slack.pending import PendingMessages
from candor.channels.slack.threads import ThreadPlaces
from candor.conversations.assistant import Assistant
from candor.retention import tasks as kept
from candor.retention.erasure import Erasure
from candor.retention.job import RetentionJob
from candor.retention.policy import DataCount, DataKind, Periods, RetentionTask, kinds
from candor.services import Services
from candor.settings import Settings
from candor.tickets.cipher import FieldCipher


@dataclass(frozen=True)
class RetentionService:
    """What keeps to the periods, and what erases a person."""

    job: RetentionJob
    erasing: Erasure


def make_keeper(parts: Services, door: Assistant) -> RetentionService:
    """On the given parts; everything that touches a conversation goes through the door."""
    engine, of = parts.engine, kinds(periods_of(parts.settings))
    longest = timedelta(hours=parts.settings.console_longest_hours)
    job = RetentionJob(
        engine,
        (
            kept.transcripts(of["transcripts"], engine, door),
            kept.vault(of["vault"], engine, parts.conversations.vault),
            kept.trackers(of["trackers"], engine, parts.conversations.transcripts, door),
            kept.requests(of["requests"], engine, parts.requests.retention),
            kept.handoffs(of["handoffs"], engine, parts.requests.retention),
            kept.codes(of["codes"], engine, parts.requests.retention),
            kept.outbox(of["outbox"], engine, parts.requests.retention, parts.requests.mailer),
            _slack(of["slack"], engine, parts.cipher),
            kept.sessions(of["sessions"], engine, longest),
            kept.audit(of["audit"], engine, parts.staff.audit),
            kept.runs(of["runs"], engine),
        ),
    )
    places = ThreadPlaces(engine)
    erasing = Erasure(
        engine,
        parts.conversations.vault,
        parts.conversations.transcripts,
        parts.requests.erasure,
        places,
        parts.requests.mailer,
        parts.requests.links.remove,
    )
    return RetentionService(job, erasing)


def periods_of(given: Settings) -> Periods:
    """No part of a conversation outlives its transcript."""
    transcripts = given.transcript_keep_days
    return Periods(
        transcripts=transcripts, vault=min(given.vault_keep_days or transcripts, transcripts), requests=given.request_keep_days,
        handoffs=given.handoff_keep_days, slack=given.slack_keep_days or transcripts, sessions=given.session_keep_days,
        outbox=given.outbox_keep_days, audit=given.audit_keep_days,
    )  # fmt: skip


def _slack(kind: DataKind, engine: Engine, cipher: FieldCipher) -> RetentionTask:
    def look(now: datetime) -> DataCount:
        with Session(engine) as session:
            tables = [(select(func.count()).select_from(table), over) for table, over in _places(now).over(kind.days)]
            rows = sum(session.scalar(count) or 0 for count, _ in tables)
            over = sum(session.scalar(count.where(*gone)) or 0 for count, gone in tables)
            oldest = session.scalar(select(func.min(ThreadPlaces.oldest)))
        return DataCount(rows, kept.aware(oldest), over)

    def _places(now: datetime) -> ThreadPlaces:
        return ThreadPlaces(engine, lambda: now)

    def clean(now: datetime) -> int:
        HandledEvents(engine, lambda: now).forget_old()  # hashes of what was handled, for ten days: they name nobody
        PendingMessages(engine, cipher, now=lambda: now).forget_old()
        return _places(now).forget_old(kind.days)

    async def looked(now: datetime) -> DataCount:
        return await asyncio.to_thread(look, now)

    async def cleaned(now: datetime) -> int:
        return await asyncio.to_thread(clean, now)

    return RetentionTask(kind, looked, cleaned)
