"""How long Slack's ids are kept, and what removes them."""

from __future__ import annotations

import asyncio
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from candor.channels.slack.dedupe import HandledEvents
from candor.channels.slack.pending import PendingMessages
from candor.channels.slack.threads import ThreadPlaces
from candor.retention.policy import DataCount, DataKind, RetentionTask
from candor.retention.tasks import aware
from candor.services import Services


def retention_task(parts: Services) -> RetentionTask:
    """Counts and removes the ids of members. They are kept as long as a transcript, unless a setting says otherwise."""
    engine, settings = parts.engine, parts.settings
    kind = DataKind(
        "slack", "Slack's ids",
        "Which member talked in which conversation and thread, who of staff took over, and which company was chosen.",
        "To go on in the right place, and to tell requesters there how it goes on.",
        "the last use", settings.slack_keep_days or settings.transcript_keep_days, "CANDOR_SLACK_KEEP_DAYS",
    )  # fmt: skip

    def threads(now: datetime) -> ThreadPlaces:
        return ThreadPlaces(engine, lambda: now)

    def count(now: datetime) -> DataCount:
        with Session(engine) as session:
            tables = [(select(func.count()).select_from(table), over) for table, over in threads(now).over(kind.days)]
            rows = sum(session.scalar(query) or 0 for query, _ in tables)
            over = sum(session.scalar(query.where(*conditions)) or 0 for query, conditions in tables)
            oldest = session.scalar(select(func.min(ThreadPlaces.oldest)))
        return DataCount(rows, aware(oldest), over)

    def remove(now: datetime) -> int:
        HandledEvents(engine, lambda: now).forget_old()  # hashes of handled events, kept for ten days: they name nobody
        PendingMessages(engine, parts.cipher, now=lambda: now).forget_old()
        return threads(now).forget_old(kind.days)

    async def look(now: datetime) -> DataCount:
        return await asyncio.to_thread(count, now)

    async def clean(now: datetime) -> int:
        return await asyncio.to_thread(remove, now)

    return RetentionTask(kind, look, clean)
