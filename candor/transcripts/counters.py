"""What is counted of each turn, so that figures need not read conversations, and outlive them.

Counts stand in `turn_count` beside the turns and are written in the same transaction: a turn that is kept is counted, one
that is not is not. They hold names of the code (kinds, intents, aspects) and never what somebody wrote, whose
conversation it was, or when to the minute. Forgetting a conversation leaves them as they are.

Each turn is counted in three sizes of slots: its UTC day, hour and quarter of an hour. Days make a year quick to read; hours
and quarters are there because a reader's day begins at midnight in the reader's zone, which is never off UTC by less than
a quarter. A day's counts are those of its hours, always: nothing is rolled up later, and nothing can be rolled up twice.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import Connection, exists, inspect, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from candor.transcripts.models import ConversationRow, FeedbackRow, TurnCountRow, TurnRow

SIZES = (1440, 60, 15)  # minutes
STEPS = 4  # buckets of milliseconds for each doubling
LONGEST_NAME = 64
FAILED_KIND: Final = "error"

CounterName = tuple[str, str]  # what is counted, and its name: ("kind", "answer"), ("intent", "ask_selling"), ("ms", "27")
CounterKey = tuple[str, str, int]  # company, channel, minute since 1970 (UTC)
BEGUN: CounterName = ("begun", "")  # a conversation's first counted message
HELPFUL: CounterName = ("rated", "helpful")
NOT_HELPFUL: CounterName = ("rated", "not_helpful")


def kind_of(state: str, replies: list[dict[str, Any]]) -> str:
    """What a message brought: the first reply that is more than small talk; error where nobody could answer."""
    if state == "failed":
        return FAILED_KIND
    kinds = [str(reply.get("kind", "")) for reply in replies]
    return next((kind for kind in kinds if kind and kind != "smalltalk"), "smalltalk")[:LONGEST_NAME]


def counts_of(
    state: str, intent: str | None, replies: list[dict[str, Any]], evidence: dict[str, Any], milliseconds: float | None
) -> Counter[CounterName]:  # fmt: skip
    """What is counted of one turn; nothing before anybody answered. What failed has neither intent nor time: it took what
    the timeout allowed."""
    if state == "asked":
        return Counter()
    kind = kind_of(state, replies)
    found = Counter({("kind", kind): 1})
    if kind == FAILED_KIND:
        return found
    found["intent", named(intent) or "none"] += 1
    if aspect := named(evidence.get("aspect")):
        found["aspect", aspect] += 1
    if milliseconds is not None:
        found["ms", str(bucket_of(milliseconds))] += 1
    return found


def named(name: object) -> str:
    """A name as every database can keep it: no NUL, no half characters, not longer than its column; "" for what is none."""
    return name.replace("\0", "").encode(errors="ignore").decode()[:LONGEST_NAME] if isinstance(name, str) else ""


def bucket_of(milliseconds: float) -> int:
    """Buckets grow by the fourth root of two: 1 ms is the start of bucket 0, a second lies in 39."""
    return math.floor(STEPS * math.log2(max(milliseconds, 1.0)))


def middle_of(bucket: int) -> float:
    """The milliseconds that stand for a bucket: at most 9.1 % (the eighth root of two) off anything in it."""
    return float(2 ** ((bucket + 0.5) / STEPS))


def minute_of(at: datetime) -> int:
    """Whole minutes since 1970. SQLite forgets that a turn's time is UTC."""
    return int((at.replace(tzinfo=UTC) if at.tzinfo is None else at).timestamp() // 60)


def count_turn(session: Session, turn: TurnRow) -> None:
    """Count what was just written to a turn, which is not flushed yet; what was counted of it before is taken back."""
    before = _before(turn)
    change = counts_of(turn.state, turn.intent, turn.replies, turn.evidence, turn.milliseconds)
    change.subtract(counts_of(**before))
    others = exists().where(
        TurnRow.conversation_id == turn.conversation_id, TurnRow.id != turn.id, TurnRow.state != "asked"
    )  # fmt: skip
    if before["state"] == "asked" and not session.scalar(select(others)):
        change[BEGUN] += 1
    _add_for(session, turn, change)


def count_verdict(session: Session, verdict: FeedbackRow) -> None:
    """Count a verdict that was just written and not flushed, instead of the earlier one, at the time of the answer that it
    is about. One about an answer that Candor did not give is not counted."""
    history = inspect(verdict).attrs.helpful.history
    change = Counter({HELPFUL if helpful else NOT_HELPFUL: 1 for helpful in history.added or ()})
    change.subtract(HELPFUL if helpful else NOT_HELPFUL for helpful in history.deleted or ())
    turns = session.scalars(select(TurnRow).filter_by(conversation_id=verdict.conversation_id))
    given = (turn for turn in turns if any(reply.get("answer_id") == verdict.answer_id for reply in turn.replies))
    if any(change.values()) and (turn := next(given, None)):
        _add_for(session, turn, change)


def add(connection: Connection, counts: Mapping[CounterKey, Mapping[CounterName, int]]) -> None:
    """Add to the counts of each slot that these places fall into."""
    total: Counter[tuple[int, int, str, str, str, str]] = Counter()
    for (company, channel, minute), change in counts.items():
        for size in SIZES:
            for (what, name), n in change.items():
                total[size, minute - minute % size, company, channel, what, name] += n
    # In one order everywhere, so that two writers who wait for each other's rows cannot happen.
    rows = [dict(zip(KEY, key, strict=True), n=n) for key, n in sorted(total.items()) if n]
    if rows:
        insert = (sqlite if connection.dialect.name == "sqlite" else postgresql).insert(TurnCountRow.__table__)
        added = insert.on_conflict_do_update(index_elements=KEY, set_={"n": TurnCountRow.n + insert.excluded.n})
        connection.execute(added, rows)


KEY = ("size", "start", "company", "channel", "what", "name")
COUNTED = ("state", "intent", "replies", "evidence", "milliseconds")


def _before(turn: TurnRow) -> dict[str, Any]:
    """What the turn's row in the database still says."""
    attributes = inspect(turn).attrs
    return {
        name: history.deleted[0] if (history := attributes[name].history).deleted else getattr(turn, name) for name in COUNTED
    }


def _add_for(session: Session, turn: TurnRow, change: Counter[CounterName]) -> None:
    channel = session.scalar(select(ConversationRow.channel).filter_by(id=turn.conversation_id)) or ""
    add(session.connection(), {(turn.company, channel, minute_of(turn.at)): change})
