"""Review: verdicts, labels, assignments, samples, corrections; quotes by their place; what is done about silence"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

WHEN = sa.DateTime(timezone=True)
AT_ONCE = 1000  # turns read at a time


def upgrade() -> None:
    op.add_column("turn", sa.Column("kind", sa.String(length=20)))
    op.add_column("turn", sa.Column("aspect", sa.String(length=64)))
    op.add_column("turn", sa.Column("answer_id", sa.String(length=40)))
    op.create_table(
        "quote",
        turn(primary_key=True),
        sa.Column("place", sa.Integer(), primary_key=True),
        sa.Column("company", sa.String(length=40), nullable=False),
        sa.Column("version", sa.String(length=40), nullable=False),
        sa.Column("start", sa.Integer(), nullable=False),
        sa.Column("end", sa.Integer(), nullable=False),
    )
    op.create_table(
        "review",
        sa.Column("id", sa.Integer(), primary_key=True),
        turn(nullable=False),
        sa.Column("reviewer", sa.Integer(), nullable=False),
        sa.Column("verdict", sa.String(length=20), nullable=False),
        words("note"),
        sa.Column("at", WHEN, nullable=False),
        sa.UniqueConstraint("turn_id", "reviewer"),
    )
    op.create_table(
        "conversation_label",
        conversation(),
        sa.Column("label", sa.String(length=40), primary_key=True),
    )
    op.create_table(
        "assignment",
        conversation(),
        sa.Column("account", sa.Integer(), nullable=False),
        sa.Column("at", WHEN, nullable=False),
    )
    op.create_table(
        "sample",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("name", sa.String(length=60), nullable=False, unique=True),
        sa.Column("company", sa.String(length=40), nullable=False, server_default=""),
        sa.Column("seed", sa.Integer(), nullable=False),
        sa.Column("made_by", sa.Integer(), nullable=False),
        sa.Column("made_at", WHEN, nullable=False),
    )
    op.create_table(
        "sample_turn",
        sa.Column("sample_id", sa.Integer(), sa.ForeignKey("sample.id", ondelete="CASCADE"), primary_key=True),
        turn(primary_key=True),
    )
    _corrections_and_marks()
    for table, name, columns in INDEXES:
        op.create_index(name, table, columns)
    _read_old_turns()


INDEXES = (
    ("turn", "ix_turn_asked", ["kind", "company", "at", "aspect", "conversation_id"]),
    ("turn", "ix_turn_kind_id", ["kind", "id"]),
    ("turn", "ix_turn_kind_company_id", ["kind", "company", "id"]),
    ("quote", "ix_quote_passage", ["company", "version", "start", "end", "turn_id"]),
    ("review", "ix_review_reviewer_at", ["reviewer", "at"]),
    ("conversation_label", "ix_conversation_label_label", ["label"]),
    ("assignment", "ix_assignment_account", ["account"]),
    ("sample_turn", "ix_sample_turn_turn_id", ["turn_id"]),
    ("correction", "ix_correction_turn_id", ["turn_id"]),
    ("correction", "ix_correction_state_id", ["state", "id"]),
)


def _corrections_and_marks() -> None:
    op.create_table(
        "correction",
        sa.Column("id", sa.Integer(), primary_key=True),
        turn(nullable=False),
        sa.Column("company", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("version", sa.String(length=40), nullable=False, server_default=""),
        sa.Column("spans", sa.JSON(), nullable=False),
        sa.Column("target", sa.String(length=80), nullable=False, server_default=""),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("proposed_by", sa.Integer(), nullable=False),
        sa.Column("proposed_at", WHEN, nullable=False),
        sa.Column("decided_by", sa.Integer()),
        sa.Column("decided_at", WHEN),
        sa.Column("exported_at", WHEN),
    )
    op.create_table(
        "silence_mark",
        sa.Column("company", sa.String(length=40), primary_key=True),
        sa.Column("aspect", sa.String(length=64), primary_key=True),
        sa.Column("mark", sa.String(length=12), nullable=False),
        words("note"),
        sa.Column("by", sa.Integer(), nullable=False),
        sa.Column("at", WHEN, nullable=False),
    )


def _read_old_turns() -> None:
    """Answers that were given before these columns and this table were there are counted as well."""
    names = ("id", "kind", "aspect", "answer_id")
    turns = sa.table("turn", *map(sa.column, names), sa.column("replies", sa.JSON), sa.column("evidence", sa.JSON))
    quotes = sa.table("quote", *map(sa.column, ("turn_id", "place", "company", "version", "start", "end")))
    bind, last = op.get_bind(), 0
    told = (
        sa.update(turns)
        .where(turns.c.id == sa.bindparam("turn"))
        .values({name: sa.bindparam(f"its_{name}") for name in names[1:]})
    )
    read = sa.select(turns.c.id, turns.c.replies, turns.c.evidence).order_by(turns.c.id).limit(AT_ONCE)
    while rows := bind.execute(read.where(turns.c.id > last)).all():
        last = rows[-1].id
        bind.execute(told, [{"turn": row.id, **told_by(row.replies or [], row.evidence or {})} for row in rows])
        if found := [quote for row in rows for quote in quotes_of(row.id, row.replies or [])]:
            op.bulk_insert(quotes, found)


def told_by(replies: list[dict[str, Any]], evidence: dict[str, Any]) -> dict[str, Any]:
    """Kind, aspect and answer id of the reply that answers: the first that is no small talk, else the first."""
    main = next((reply for reply in replies if reply.get("kind") != "smalltalk"), replies[0] if replies else {})
    return {"its_kind": main.get("kind"), "its_aspect": evidence.get("aspect"), "its_answer_id": main.get("answer_id")}


def quotes_of(turn_id: int, replies: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The turn's citations by their place, those of all its replies."""
    cited = [citation for reply in replies for citation in reply.get("citations") or []]
    return [
        {"turn_id": turn_id, "place": place, **{name: citation[name] for name in ("company", "version", "start", "end")}}
        for place, citation in enumerate(cited, start=1)
    ]


def turn(**how: Any) -> sa.Column:
    return sa.Column("turn_id", sa.Integer(), sa.ForeignKey("turn.id", ondelete="CASCADE"), **how)


def conversation() -> sa.Column:
    foreign = sa.ForeignKey("conversation.id", ondelete="CASCADE")
    return sa.Column("conversation_id", sa.String(length=40), foreign, primary_key=True)


def words(name: str) -> sa.Column:
    return sa.Column(name, sa.Text(), nullable=False, server_default="")


def downgrade() -> None:
    for table in (
        "silence_mark", "correction", "sample_turn", "sample", "assignment", "conversation_label", "review", "quote",
    ):  # fmt: skip
        op.drop_table(table)
    for index in ("ix_turn_asked", "ix_turn_kind_id", "ix_turn_kind_company_id"):
        op.drop_index(index, "turn")
    for column in ("kind", "aspect", "answer_id"):
        op.drop_column("turn", column)
