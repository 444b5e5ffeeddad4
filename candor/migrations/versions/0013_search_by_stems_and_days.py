"""Search: by the stems of words, and from a day on without walking through all others"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

import sqlalchemy as sa
import Stemmer
from alembic import op

revision = "0013"
down_revision = "0012"

AT_ONCE = 500  # turns
TURNS = sa.text("SELECT id, text, replies FROM turn WHERE id > :after ORDER BY id LIMIT :at_once").columns(replies=sa.JSON())
UPSERT = "INSERT INTO turn_words (turn_id, words) VALUES (:id, {}) ON CONFLICT (turn_id) DO UPDATE SET words = excluded.words"
WORD = re.compile(r"[^\W_]+")
MOST_WORDS, LONGEST_WORD = 2000, 64  # of one turn; characters


def upgrade() -> None:
    op.create_index("ix_turn_at", "turn", ["at"])
    bind, after = op.get_bind(), 0
    postgresql = bind.dialect.name == "postgresql"
    upsert = sa.text(UPSERT.format("array_to_tsvector(CAST(:words AS text[]))" if postgresql else ":words"))
    while turns := bind.execute(TURNS, {"after": after, "at_once": AT_ONCE}).all():
        words = [(turn.id, words_of_turn(turn.text, turn.replies)) for turn in turns]
        bind.execute(upsert, [{"id": turn, "words": found if postgresql else " ".join(found)} for turn, found in words])
        after = turns[-1].id


# What follows is the application's own code as it was at this revision.


def words_of_turn(text: str, replies: Sequence[Mapping[str, Any]]) -> list[str]:
    """The stem of each word of the message, the replies and their quotes, each once."""
    stemmer = Stemmer.Stemmer("english")
    stems = (stem for part in texts_of_turn(text, replies) for stem in stems_of(stemmer, WORD.findall(folded(part))))
    return list(islice(dict.fromkeys(stems), MOST_WORDS))


def stems_of(stemmer: Stemmer.Stemmer, words: Iterable[str]) -> list[str]:
    return [str(stem) for stem in stemmer.stemWords([word[:LONGEST_WORD] for word in words])]


def texts_of_turn(text: str, replies: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    yield text
    yield from (str(reply.get("text") or "") for reply in replies)
    for reply in replies:
        yield from (str(citation.get("quote") or "") for citation in reply.get("citations") or ())


def folded(text: str) -> str:
    """The text without case and accents."""
    if text.isascii():
        return text.lower()
    apart = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in apart if not unicodedata.combining(letter))


def downgrade() -> None:
    op.drop_index("ix_turn_at", "turn")
