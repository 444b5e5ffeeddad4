"""Counters of turns, so that figures need not read conversations, and outlive them.

The counts are in `turn_count` and are written in the transaction that writes the turn, so a turn is counted exactly if it is
stored. They hold names from the code (kinds, intents, aspects), and never what somebody wrote, in which conversation, or in
which minute. Deleting a conversation leaves the counts as they are.

Each turn is counted in slots of three sizes: its UTC day, hour and quarter of an hour. With days, a year is quick to read.
Hours and quarters are needed because a reader's day begins at midnight in the reader's zone, and zones differ from UTC by
multiples of a quarter of an hour. A day's counts always equal the sum of its hours': nothing is rolled up later or twice.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from types import MappingProxyType
from typing import Any, Final

from sqlalchemy import Connection, Insert, inspect, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from candor.transcripts.models import ConversationRow, FeedbackRow, TurnCountRow, TurnRow
from candor.transcripts.steps import STEP, step_in

SIZES = (1440, 60, 15)  # minutes
STEPS = 4  # buckets of milliseconds per doubling
LONGEST_NAME = 64
FAILED_KIND: Final = "error"

CounterName = tuple[str, str]  # what is counted, and its name: ("kind", "answer"), ("intent", "ask_selling"), ("ms", "27")
CounterKey = tuple[str, str, int]  # company, channel, minute since 1970 (UTC)
BEGUN: CounterName = ("begun", "")  # the first counted message of a conversation
HELPFUL: CounterName = ("rated", "helpful")
NOT_HELPFUL: CounterName = ("rated", "not_helpful")


def kind_of(state: str, replies: list[dict[str, Any]]) -> str:
    """The kind of a turn: that of the first reply that is not small talk; "error" where nobody could answer."""
    if state == "failed":
        return FAILED_KIND
    kinds = [str(reply.get("kind", "")) for reply in replies]
    return next((kind for kind in kinds if kind and kind != "smalltalk"), "smalltalk")[:LONGEST_NAME]


def counts_of(
    state: str, intent: str | None, replies: list[dict[str, Any]], evidence: dict[str, Any], milliseconds: float | None,
    trace: Mapping[str, Any] = MappingProxyType({}),
) -> Counter[CounterName]:  # fmt: skip
    """The counters that one turn adds to; none before it was answered. A failed turn has neither intent nor time, because it
    took as long as the timeout allowed. A step (steps.py) is of no topic."""
    if state == "asked":
        return Counter()
    step = state != "failed" and bool(step_in(trace))
    kind = STEP if step else kind_of(state, replies)
    counts = Counter({("kind", kind): 1})
    if kind == FAILED_KIND:
        return counts
    if not step:
        counts["intent", named(intent) or "none"] += 1
        if aspect := named(evidence.get("aspect")):
            counts["aspect", aspect] += 1
    if milliseconds is not None:
        counts["ms", str(bucket_of(milliseconds))] += 1
    return counts


def named(name: object) -> str:
    """A name that every database can store: without NUL and lone surrogates, no longer than its column; "" if it is no text."""
    return name.replace("\0", "").encode(errors="ignore").decode()[:LONGEST_NAME] if isinstance(name, str) else ""


def bucket_of(milliseconds: float) -> int:
    """The bucket of a time. Buckets grow by the fourth root of two: 1 ms is the start of bucket 0, one second is in bucket 39."""
    return math.floor(STEPS * math.log2(max(milliseconds, 1.0)))


def middle_of(bucket: int) -> float:
    """The milliseconds that stand for a bucket: at most 9.1 % (the eighth root of two) off any time in it."""
    return float(2 ** ((bucket + 0.5) / STEPS))


def minute_of(at: datetime) -> int:
    """Whole minutes since 1970-01-01 UTC. SQLite returns a turn's time without its zone, which is UTC."""
    return int((at.replace(tzinfo=UTC) if at.tzinfo is None else at).timestamp() // 60)


def count_turn(session: Session, turn: TurnRow, channel: str, *, first: bool) -> None:
    """Count a turn as it is now, before its changes are flushed, and take back what was counted of it before.

    first: no other message of its conversation was answered yet, or failed.
    """
    before = _before(turn)
    change = counts_of(turn.state, turn.intent, turn.replies, turn.evidence, turn.milliseconds, turn.trace)
    change.subtract(counts_of(**before))
    if before["state"] == "asked" and first:
        change[BEGUN] += 1
    add(session.connection(), {(turn.company, channel, minute_of(turn.at)): change})


def count_verdict(session: Session, verdict: FeedbackRow) -> None:
    """Count a changed verdict before it is flushed, in place of the earlier one, and at the time of its answer. A verdict on an
    answer that Candor never gave is not counted."""
    history = inspect(verdict).attrs.helpful.history
    change = Counter({HELPFUL if helpful else NOT_HELPFUL: 1 for helpful in history.added or ()})
    change.subtract(HELPFUL if helpful else NOT_HELPFUL for helpful in history.deleted or ())
    turns = session.scalars(select(TurnRow).filter_by(conversation_id=verdict.conversation_id))
    with_answer = (turn for turn in turns if any(reply.get("answer_id") == verdict.answer_id for reply in turn.replies))
    if any(change.values()) and (turn := next(with_answer, None)):
        _add_for(session, turn, change)


def add(connection: Connection, counts: Mapping[CounterKey, Mapping[CounterName, int]]) -> None:
    """Add these counts to each slot that they fall into."""
    total: Counter[tuple[int, int, str, str, str, str]] = Counter()
    for (company, channel, minute), change in counts.items():
        for size in SIZES:
            for (what, name), n in change.items():
                total[size, minute - minute % size, company, channel, what, name] += n
    # Always in the same order, so that two writers cannot wait for each other's rows.
    rows = [dict(zip(KEY, key, strict=True), n=n) for key, n in sorted(total.items()) if n]
    if rows:
        connection.execute(_adding(connection.dialect.name), rows)


@cache  # building it takes longer than running it
def _adding(dialect: str) -> Insert:
    """The statement that adds `n` to each count, and makes it where there is none yet."""
    insert = (sqlite if dialect == "sqlite" else postgresql).insert(TurnCountRow.__table__)
    adding: Insert = insert.on_conflict_do_update(index_elements=KEY, set_={"n": TurnCountRow.n + insert.excluded.n})
    return adding


KEY = ("size", "start", "company", "channel", "what", "name")
COUNTED = ("state", "intent", "replies", "evidence", "milliseconds", "trace")


def _before(turn: TurnRow) -> dict[str, Any]:
    """The turn's columns as they still are in the database."""
    attributes = inspect(turn).attrs
    return {
        name: history.deleted[0] if (history := attributes[name].history).deleted else getattr(turn, name) for name in COUNTED
    }


def _add_for(session: Session, turn: TurnRow, change: Counter[CounterName]) -> None:
    channel = session.scalar(select(ConversationRow.channel).filter_by(id=turn.conversation_id)) or ""
    add(session.connection(), {(turn.company, channel, minute_of(turn.at)): change})
