"""Counts of turns, which outlive the conversations, and those of all turns that are there"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql, sqlite

revision = "0011"
down_revision = "0010"

AT_ONCE = 20_000  # turns read at a time
SIZES = (1440, 60, 15)  # minutes of a slot
BUCKETS_EACH_DOUBLING = 4  # of milliseconds
LONGEST_NAME = 64
KEY = ("size", "start", "company", "channel", "what", "name")
COUNTS = sa.table("turn_count", *map(sa.column, (*KEY, "n")))
VERDICTS = sa.text("SELECT conversation_id, answer_id, helpful FROM feedback").columns(helpful=sa.Boolean())
TURNS = sa.text(
    "SELECT t.id, t.conversation_id, t.at, t.company, t.state, t.intent, t.replies, t.evidence, t.milliseconds, c.channel "
    "FROM turn t JOIN conversation c ON c.id = t.conversation_id WHERE t.id > :after ORDER BY t.id LIMIT :at_once"
).columns(at=sa.DateTime(timezone=True), replies=sa.JSON(), evidence=sa.JSON())
Name = tuple[str, str]  # what is counted, and its name: ("kind", "answer")


def upgrade() -> None:
    op.create_table(
        "turn_count",
        sa.Column("size", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("start", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("company", sa.String(length=40), primary_key=True),
        sa.Column("channel", sa.String(length=16), primary_key=True),
        sa.Column("what", sa.String(length=8), primary_key=True),
        sa.Column("name", sa.String(length=64), primary_key=True),
        sa.Column("n", sa.Integer(), nullable=False),
        sqlite_with_rowid=False,
    )
    _count_all_turns()


def _count_all_turns() -> None:
    """Count each turn with its verdict, as if it were said now."""
    bind, last = op.get_bind(), 0
    verdicts = {(row.conversation_id, row.answer_id): row.helpful for row in bind.execute(VERDICTS)}
    begun: set[str] = set()
    while turns := bind.execute(TURNS, {"after": last, "at_once": AT_ONCE}).all():
        counts: defaultdict[tuple[str, str, int], Counter[Name]] = defaultdict(Counter)
        for turn in turns:
            found = counts_of(turn.state, turn.intent, turn.replies, turn.evidence, turn.milliseconds)
            if not found:
                continue
            if turn.conversation_id not in begun:
                begun.add(turn.conversation_id)
                found["begun", ""] += 1
            for answer in {reply.get("answer_id") for reply in turn.replies}:
                if (helpful := verdicts.get((turn.conversation_id, answer))) is not None:
                    found["rated", "helpful" if helpful else "not_helpful"] += 1
            counts[turn.company, turn.channel, minute_of(turn.at)] += found
        _add(counts)
        last = turns[-1].id


def _add(counts: dict[tuple[str, str, int], Counter[Name]]) -> None:
    total: Counter[tuple[int, int, str, str, str, str]] = Counter()
    for (company, channel, minute), names in counts.items():
        for size in SIZES:
            for (what, name), n in names.items():
                total[size, minute - minute % size, company, channel, what, name] += n
    rows = [dict(zip(KEY, key, strict=True), n=n) for key, n in sorted(total.items()) if n]
    if rows:
        insert = (sqlite if op.get_bind().dialect.name == "sqlite" else postgresql).insert(COUNTS)
        added = insert.on_conflict_do_update(index_elements=KEY, set_={"n": COUNTS.c.n + insert.excluded.n})
        op.get_bind().execute(added, rows)


# What follows is the application's own code as it was at this revision.


def counts_of(
    state: str, intent: str | None, replies: list[dict[str, Any]], evidence: dict[str, Any], milliseconds: float | None
) -> Counter[Name]:  # fmt: skip
    """What is counted of one turn; nothing before anybody answered, and of a failure no more than that it was one."""
    if state == "asked":
        return Counter()
    kind = kind_of(state, replies)
    found: Counter[Name] = Counter({("kind", kind): 1})
    if kind == "error":
        return found
    found["intent", named(intent) or "none"] += 1
    if aspect := named(evidence.get("aspect")):
        found["aspect", aspect] += 1
    if milliseconds is not None:
        found["ms", str(math.floor(BUCKETS_EACH_DOUBLING * math.log2(max(milliseconds, 1.0))))] += 1
    return found


def kind_of(state: str, replies: list[dict[str, Any]]) -> str:
    """The kind of the first reply that is more than small talk; error where nobody could answer."""
    if state == "failed":
        return "error"
    kinds = [str(reply.get("kind", "")) for reply in replies]
    return next((kind for kind in kinds if kind and kind != "smalltalk"), "smalltalk")[:LONGEST_NAME]


def named(name: object) -> str:
    """A name as every database can keep it; "" for what is none."""
    return name.replace("\0", "").encode(errors="ignore").decode()[:LONGEST_NAME] if isinstance(name, str) else ""


def minute_of(at: datetime) -> int:
    """Whole minutes since 1970. SQLite forgets that a turn's time is UTC."""
    return int((at.replace(tzinfo=UTC) if at.tzinfo is None else at).timestamp() // 60)


def downgrade() -> None:
    op.drop_table("turn_count")
