"""Search: by the stems of words, and from a day on without walking through all others"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from candor.transcripts.search import stored, upsert
from candor.transcripts.tokenizer import words_of_turn

revision = "0013"
down_revision = "0012"

AT_ONCE = 500  # turns
TURNS = sa.text("SELECT id, text, replies FROM turn WHERE id > :after ORDER BY id LIMIT :at_once").columns(replies=sa.JSON())


def upgrade() -> None:
    op.create_index("ix_turn_at", "turn", ["at"])
    bind, after = op.get_bind(), 0
    dialect = bind.dialect.name
    while turns := bind.execute(TURNS, {"after": after, "at_once": AT_ONCE}).all():
        words = [{"id": turn.id, "words": stored(dialect, words_of_turn(turn.text, turn.replies))} for turn in turns]
        bind.execute(upsert(dialect), words)
        after = turns[-1].id


def downgrade() -> None:
    op.drop_index("ix_turn_at", "turn")
