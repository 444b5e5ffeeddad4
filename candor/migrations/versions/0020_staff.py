"""Messages that only answer what Candor asked are steps, of no topic; and how soon each answer should be reviewed"""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql, sqlite

revision = "0020"
down_revision = "0019_map"

AT_ONCE = 20_000  # turns read at a time
SIZES = (1440, 60, 15)  # minutes of a slot
KEY = ("size", "start", "company", "channel", "what", "name")
COUNTS = sa.table("turn_count", *map(sa.column, (*KEY, "n")))
TURN = sa.table("turn", *map(sa.column, ("id", "kind", "risk")), sa.column("aspect"), sa.column("trace", sa.JSON()))
TURNS = sa.text(
    "SELECT t.id, t.conversation_id, t.at, t.company, t.text, t.state, t.kind, t.intent, t.confidence, t.message_id, t.replies, "
    "t.evidence, t.trace, t.helpful, c.channel FROM turn t JOIN conversation c ON c.id = t.conversation_id "
    "WHERE t.id > :after ORDER BY t.id LIMIT :at_once"
).columns(
    at=sa.DateTime(timezone=True), replies=sa.JSON(), evidence=sa.JSON(), trace=sa.JSON(), helpful=sa.Boolean()
)  # fmt: skip
QUESTIONS = {"answer", "unsure", "not_in_policy", "compare", "out_of_scope"}
INTENTS = {
    "affirm": "yes", "deny": "no", "skip": "nothing", "stop_form": "stop", "provide_email": "email", "provide_code": "code",
    "ask_code": "code", "provide_residence": "residence", "correct_answer": "wrong", "add_details": "details",
}  # fmt: skip
Name = tuple[str, str]  # what is counted, and its name


def upgrade() -> None:
    op.add_column("turn", sa.Column("risk", sa.Integer(), nullable=False, server_default="0"))
    _mark_all_turns()
    op.create_index(
        "ix_turn_risk", "turn", ["risk", "id"], sqlite_where=sa.text("risk > 0"), postgresql_where=sa.text("risk > 0")
    )


def _mark_all_turns() -> None:
    """Mark steps and risks of the turns that are there. What deleted conversations were counted as stays counted."""
    bind, last = op.get_bind(), 0
    asked: dict[str, str] = {}  # conversation → the form field that its newest replies ask for
    while turns := bind.execute(TURNS, {"after": last, "at_once": AT_ONCE}).all():
        counts: defaultdict[tuple[str, str, int], Counter[Name]] = defaultdict(Counter)
        for turn in turns:
            before, asked[turn.conversation_id] = asked.get(turn.conversation_id, ""), field_asked(turn.replies)
            if turn.state != "answered":
                continue
            step = step_of(turn.text, turn.intent, turn.replies, before)
            kind = "step" if step else turn.kind
            risk = risk_of(kind, turn.confidence, turn.evidence, turn.helpful, turn.message_id)
            if step:
                marked: dict[str, Any] = {"kind": "step", "aspect": None, "trace": {**turn.trace, "step": step}}
                bind.execute(sa.update(TURN).where(TURN.c.id == turn.id).values(**marked))
                counts[turn.company, turn.channel, minute_of(turn.at)].update(moved(turn.intent, turn.replies, turn.evidence))
            elif risk:
                bind.execute(sa.update(TURN).where(TURN.c.id == turn.id).values(risk=risk))
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


# What follows is the application's own code as it was at this revision, but for the words that it knows.


def step_of(text: str, intent: str | None, replies: list[dict[str, Any]], asked: str) -> str:
    kinds, named = {str(reply.get("kind", "")) for reply in replies}, INTENTS.get(intent or "", "")
    if kinds & QUESTIONS:
        return asked if asked and (named or len(text.split()) < 3) and "?" not in text else ""
    if asked and kinds <= {"request", "smalltalk"}:
        return asked
    return "" if intent == "provide_residence" else named


def field_asked(replies: list[dict[str, Any]]) -> str:
    fields = [form.get("field") for reply in replies if isinstance(form := reply.get("form"), dict)]
    return str(fields[-1] or "") if fields else ""


def risk_of(kind: str | None, confidence: float | None, evidence: dict[str, Any], helpful: bool | None, message: str) -> int:
    if kind not in QUESTIONS:
        return 0
    if helpful is False or kind == "unsure":
        return 5 if helpful is False else 4
    probability = evidence.get("probability")
    guessed = confidence is not None and confidence < 0.5
    if guessed or (kind == "answer" and isinstance(probability, int | float) and probability < 0.5):
        return 3
    if kind == "not_in_policy":
        return 2
    return int(hashlib.sha256(message.encode(errors="replace")).digest()[0] % 10 == 0)


def moved(intent: str | None, replies: list[dict[str, Any]], evidence: dict[str, Any]) -> Counter[Name]:
    """What changes in the counts once a turn is a step."""
    kinds = [str(reply.get("kind", "")) for reply in replies]
    kind = next((kind for kind in kinds if kind and kind != "smalltalk"), "smalltalk")[:64]
    change: Counter[Name] = Counter({("kind", "step"): 1})
    change.subtract([("kind", kind), ("intent", named(intent) or "none")])
    if aspect := named(evidence.get("aspect")):
        change.subtract([("aspect", aspect)])
    return change


def named(name: object) -> str:
    return name.replace("\0", "").encode(errors="ignore").decode()[:64] if isinstance(name, str) else ""


def minute_of(at: datetime) -> int:
    return int((at.replace(tzinfo=UTC) if at.tzinfo is None else at).timestamp() // 60)


def downgrade() -> None:
    op.drop_index("ix_turn_risk", "turn")
    op.drop_column("turn", "risk")
