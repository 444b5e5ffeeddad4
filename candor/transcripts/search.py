"""Find turns by the words in them: SQLite's FTS5 and PostgreSQL's GIN behind one interface.

Every word has to be in the turn, in what was asked, said or quoted. What somebody types is only ever words (words.py); it
reaches the database as a bound value, each word quoted. Newest first; found is what both indexes hand out in that order.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from candor.errors import InvalidInputError
from candor.transcripts.models import TurnRow
from candor.transcripts.tokenizer import places_of, words_in, words_of_turn

LONGEST = 200  # characters of a search
MOST = 12  # words of a search
PAGES = 256  # of SQLite's index that one step of purge looks at; a step takes some milliseconds
SNIPPET = 160  # characters shown around the first word that was found
_UPSERT = "INSERT INTO turn_words (turn_id, words) VALUES (:id, {}) ON CONFLICT (turn_id) DO UPDATE SET words = excluded.words"


class SearchTooLongError(InvalidInputError):
    """More than anybody searches for by hand."""

    public = f"That is too long to search for: at most {LONGEST} characters and {MOST} words. A few telling words find more."


@dataclass(frozen=True)
class FoundTurn:
    """A turn that has all the words."""

    turn: int
    conversation: str


@dataclass(frozen=True)
class SnippetPart:
    """Part of a snippet; marked where it is one of the words."""

    text: str
    marked: bool = False


def searched(typed: str) -> tuple[str, ...]:
    """The words of a search; none where there is neither letter nor digit. Raises: SearchTooLongError."""
    if len(typed) > LONGEST:
        raise SearchTooLongError("search too long")
    words = tuple(dict.fromkeys(words_in(typed)))
    if len(words) > MOST:
        raise SearchTooLongError("too many words")
    return words


def index(session: Session, turn: TurnRow) -> None:
    """Make a turn findable by what stands in it now, in the caller's transaction."""
    session.flush()
    words = words_of_turn(turn.text, turn.replies)
    session.execute(
        upsert(session.get_bind().dialect.name), {"id": turn.id, "words": stored(session.get_bind().dialect.name, words)}
    )


def upsert(dialect: str) -> Any:
    """The statement that keeps a turn's words; its values are `id` and `words`, as `stored` makes them."""
    return text(_UPSERT.format("array_to_tsvector(CAST(:words AS text[]))" if dialect == "postgresql" else ":words"))


def stored(dialect: str, words: Sequence[str]) -> Any:
    return list(words) if dialect == "postgresql" else " ".join(words)


def find(
    session: Session, words: Sequence[str], where: Sequence[str], values: dict[str, Any], *, newest_first: bool, limit: int
) -> list[FoundTurn]:  # fmt: skip
    """Turns with all the words that also meet the conditions, by id, which is the order of time.

    `where` are SQL conditions on `s.id` (the turn's id) and `t` (the turn), with their `values`; cheap ones, because they are
    asked of every turn that has the words until there are enough.
    """
    order = "DESC" if newest_first else "ASC"
    conditions = " AND ".join(["1=1", *where])
    if session.get_bind().dialect.name == "postgresql":
        sql = (
            "SELECT s.id, t.conversation_id FROM (SELECT turn_id AS id, words FROM turn_words) s JOIN turn t ON t.id = s.id "  # noqa: S608  (conditions of our own)
            f"WHERE s.words @@ CAST(:words AS tsquery) AND {conditions} ORDER BY s.id {order} LIMIT :limit"
        )
        wanted = _tsquery(words)
    else:  # CROSS JOIN: the index hands turns out in order, so nothing is sorted and the first ones come at once
        sql = (
            "SELECT s.id, t.conversation_id FROM (SELECT rowid AS id FROM turn_search WHERE turn_search MATCH :words "  # noqa: S608  (as above)
            f") s CROSS JOIN turn t ON t.id = s.id WHERE {conditions} ORDER BY s.id {order} LIMIT :limit"
        )
        wanted = " ".join(f'"{word}"' for word in words)
    return [FoundTurn(*row) for row in session.execute(text(sql), {**values, "words": wanted, "limit": limit})]


def beyond(sign: str, name: str) -> list[str]:
    """Turns on one side of the value `name`, for find. Said of both tables: PostgreSQL walks either, and infers it of neither."""
    return [f"s.id {sign} :{name}", f"t.id {sign} :{name}"]


def among(session: Session, conversations: str) -> str:
    """Turns of the few conversations that a query of our own gives, for find: they are written down once, before the walk."""
    turns = f"SELECT id FROM turn WHERE conversation_id IN ({conversations})"  # noqa: S608  (a query of our own)
    # As an array it is no part of the plan for PostgreSQL; with the plus, SQLite does not ask its index for each of them.
    return f"s.id = ANY(ARRAY({turns}))" if session.get_bind().dialect.name == "postgresql" else f"+s.id IN ({turns})"


def newest(
    session: Session, words: Sequence[str], conversations: Collection[str], where: Sequence[str], values: dict[str, Any]
) -> dict[str, int]:  # fmt: skip
    """Of each of some conversations the newest turn that has all the words and meets the conditions (see find)."""
    if not conversations:
        return {}
    names = {f"c{number}": known for number, known in enumerate(sorted(conversations))}
    if session.get_bind().dialect.name == "postgresql":
        wanted, has = {"words": _tsquery(words)}, ["s.words @@ CAST(:words AS tsquery)"]
    else:  # their few turns are looked through: to ask the index for each of them costs a search each
        wanted = {f"w{number}": f" {word} " for number, word in enumerate(words)}
        has = [f"instr(' ' || s.words || ' ', :{name}) > 0" for name in wanted]
    sql = (
        "SELECT t.conversation_id, max(t.id) FROM turn t JOIN (SELECT turn_id AS id, words FROM turn_words) s ON s.id = t.id "  # noqa: S608  (names and conditions of our own)
        f"WHERE t.conversation_id IN ({', '.join(f':{name}' for name in names)}) AND {' AND '.join([*has, *where])} "
        "GROUP BY t.conversation_id"
    )
    return {row[0]: row[1] for row in session.execute(text(sql), {**values, **names, **wanted})}


def _tsquery(words: Sequence[str]) -> str:
    return " & ".join(f"'{word}'" for word in words)


def snippet(words: Sequence[str], texts: Sequence[str]) -> tuple[SnippetPart, ...]:
    """A stretch of the first of the texts in which one of the words stands, cut into pieces. Pure."""
    wanted = set(words)
    for said in texts:
        if hits := places_of(said, wanted):
            return _cut(said, hits)
    return ()


def _cut(said: str, hits: Sequence[tuple[int, int]]) -> tuple[SnippetPart, ...]:
    begin = max(0, hits[0][0] - SNIPPET // 3)
    if begin:
        begin = said.find(" ", begin, hits[0][0]) + 1 or begin
    end = min(len(said), max(begin + SNIPPET, hits[0][1]))
    pieces, place = [SnippetPart("… ")] if begin else [], begin
    for start, stop in hits:
        if stop <= end:
            pieces += [SnippetPart(said[place:start]), SnippetPart(said[start:stop], marked=True)]
            place = stop
    pieces += [SnippetPart(said[place:end]), *([SnippetPart(" …")] if end < len(said) else [])]
    return tuple(piece for piece in pieces if piece.text)


def purge(engine: Engine, steps: int = 1_000_000) -> None:
    """Remove what SQLite's index still holds of turns that were deleted: it writes a deletion beside the entry, and drops both
    when it merges them. Each step is a transaction of its own, so that nobody waits. PostgreSQL's vacuum does the same by itself.
    """
    if engine.dialect.name != "sqlite":
        return
    for step in range(steps):
        with engine.begin() as connection:
            before = connection.execute(text("SELECT total_changes()")).scalar_one()
            pages = -PAGES if step == 0 else PAGES  # the first one says: all of it
            connection.execute(text("INSERT INTO turn_search (turn_search, rank) VALUES ('merge', :pages)"), {"pages": pages})
            if connection.execute(text("SELECT total_changes()")).scalar_one() - before < 2:  # what FTS5 says when all is merged
                return
