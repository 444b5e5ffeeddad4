"""Find turns by the words in them: SQLite's FTS5 and PostgreSQL's GIN behind one interface.

Every word must be in the turn: in its message, its replies or their quotes. Whatever somebody types is reduced to words
(tokenizer.py), which reach the database as a bound value, each in quotes. The newest turns come first; both indexes return
them in that order.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from candor.errors import InvalidInputError
from candor.transcripts.models import TurnRow
from candor.transcripts.tokenizer import spans_of, words_in, words_of_turn

LONGEST = 200  # characters of a search
MOST = 12  # words of a search
PAGES = 256  # of SQLite's index that one step of purge merges; a step takes a few milliseconds
SNIPPET = 160  # characters shown around the first word that was found
_UPSERT = "INSERT INTO turn_words (turn_id, words) VALUES (:id, {}) ON CONFLICT (turn_id) DO UPDATE SET words = excluded.words"


class SearchTooLongError(InvalidInputError):
    """The search has more characters or words than anybody types."""

    public = f"That is too long to search for: at most {LONGEST} characters and {MOST} words. A few telling words find more."


@dataclass(frozen=True)
class FoundTurn:
    """A turn that has all the words."""

    turn: int
    conversation: str


@dataclass(frozen=True)
class SnippetPart:
    """Part of a snippet. `marked`: it is one of the words."""

    text: str
    marked: bool = False


def searched(typed: str) -> tuple[str, ...]:
    """The stems of the words that somebody typed; none without a letter or digit. Raises: SearchTooLongError."""
    if len(typed) > LONGEST:
        raise SearchTooLongError("search too long")
    words = tuple(dict.fromkeys(words_in(typed)))
    if len(words) > MOST:
        raise SearchTooLongError("too many words")
    return words


def index(session: Session, turn: TurnRow) -> None:
    """Index a turn by the words that it has now, in the caller's transaction."""
    session.flush()
    words = words_of_turn(turn.text, turn.replies)
    session.execute(
        upsert(session.get_bind().dialect.name), {"id": turn.id, "words": stored(session.get_bind().dialect.name, words)}
    )


@cache  # built twice a turn otherwise
def upsert(dialect: str) -> Any:
    """The statement that stores a turn's words. Its values: `id`, and `words` as `stored` returns them."""
    return text(_UPSERT.format("array_to_tsvector(CAST(:words AS text[]))" if dialect == "postgresql" else ":words"))


def stored(dialect: str, words: Sequence[str]) -> Any:
    return list(words) if dialect == "postgresql" else " ".join(words)


def find(
    session: Session, words: Sequence[str], where: Sequence[str], values: dict[str, Any], *, newest_first: bool, limit: int
) -> list[FoundTurn]:  # fmt: skip
    """Turns that have all the words and meet the conditions, ordered by id, which is the order of time.

    `where`: SQL conditions on `s.id` (the turn's id) and `t` (the turn), with their `values`. They must be cheap, because the
    database checks every turn that has the words until it has found enough.
    """
    order = "DESC" if newest_first else "ASC"
    conditions = " AND ".join(["1=1", *where])
    if session.get_bind().dialect.name == "postgresql":
        sql = (
            "SELECT s.id, t.conversation_id FROM (SELECT turn_id AS id, words FROM turn_words) s JOIN turn t ON t.id = s.id "  # noqa: S608  (conditions of our own)
            f"WHERE s.words @@ CAST(:words AS tsquery) AND {conditions} ORDER BY s.id {order} LIMIT :limit"
        )
        match = _tsquery(words)
    else:  # CROSS JOIN: the index returns turns in order, so nothing is sorted and the first ones come at once
        sql = (
            "SELECT s.id, t.conversation_id FROM (SELECT rowid AS id FROM turn_search WHERE turn_search MATCH :words "  # noqa: S608  (as above)
            f") s CROSS JOIN turn t ON t.id = s.id WHERE {conditions} ORDER BY s.id {order} LIMIT :limit"
        )
        match = " ".join(f'"{word}"' for word in words)
    return [FoundTurn(*row) for row in session.execute(text(sql), {**values, "words": match, "limit": limit})]


def beyond(sign: str, name: str) -> list[str]:
    """Conditions for find: turns on one side of the value `name`. Both tables get one, because PostgreSQL may walk either and
    infers the condition for neither."""
    return [f"s.id {sign} :{name}", f"t.id {sign} :{name}"]


def among(session: Session, conversations: str) -> str:
    """A condition for find: turns of the few conversations that a query of ours returns. They are collected once, before the
    walk."""
    turns = f"SELECT id FROM turn WHERE conversation_id IN ({conversations})"  # noqa: S608  (a query of our own)
    # PostgreSQL does not plan with an array; the plus keeps SQLite from looking each of them up in its index.
    return f"s.id = ANY(ARRAY({turns}))" if session.get_bind().dialect.name == "postgresql" else f"+s.id IN ({turns})"


def newest(
    session: Session, words: Sequence[str], conversations: Collection[str], where: Sequence[str], values: dict[str, Any]
) -> dict[str, int]:  # fmt: skip
    """Conversation → its newest turn that has all the words and meets the conditions (see find)."""
    if not conversations:
        return {}
    names = {f"c{number}": conversation for number, conversation in enumerate(sorted(conversations))}
    if session.get_bind().dialect.name == "postgresql":
        values_of_words, has = {"words": _tsquery(words)}, ["s.words @@ CAST(:words AS tsquery)"]
    else:  # read through their few turns: one lookup in the index for each would cost a search each
        values_of_words = {f"w{number}": f" {word} " for number, word in enumerate(words)}
        has = [f"instr(' ' || s.words || ' ', :{name}) > 0" for name in values_of_words]
    sql = (
        "SELECT t.conversation_id, max(t.id) FROM turn t JOIN (SELECT turn_id AS id, words FROM turn_words) s ON s.id = t.id "  # noqa: S608  (names and conditions of our own)
        f"WHERE t.conversation_id IN ({', '.join(f':{name}' for name in names)}) AND {' AND '.join([*has, *where])} "
        "GROUP BY t.conversation_id"
    )
    return {row[0]: row[1] for row in session.execute(text(sql), {**values, **names, **values_of_words})}


def _tsquery(words: Sequence[str]) -> str:
    return " & ".join(f"'{word}'" for word in words)


def snippet(words: Sequence[str], texts: Sequence[str]) -> tuple[SnippetPart, ...]:
    """An excerpt of the first text that has one of the words, split into parts: the words, and what is between them. Pure."""
    stems = set(words)
    for each in texts:
        if hits := spans_of(each, stems):
            return _excerpt(each, hits)
    return ()


def _excerpt(text: str, hits: Sequence[tuple[int, int]]) -> tuple[SnippetPart, ...]:
    begin = max(0, hits[0][0] - SNIPPET // 3)
    if begin:
        begin = text.find(" ", begin, hits[0][0]) + 1 or begin
    end = min(len(text), max(begin + SNIPPET, hits[0][1]))
    parts, position = [SnippetPart("… ")] if begin else [], begin
    for start, stop in hits:
        if stop <= end:
            parts += [SnippetPart(text[position:start]), SnippetPart(text[start:stop], marked=True)]
            position = stop
    parts += [SnippetPart(text[position:end]), *([SnippetPart(" …")] if end < len(text) else [])]
    return tuple(part for part in parts if part.text)


def purge(engine: Engine, steps: int = 1_000_000) -> None:
    """Remove what SQLite's index still holds of deleted turns: FTS5 writes a deletion beside the entry, and drops both when it
    merges them. Each step is a transaction of its own, so that no writer waits. PostgreSQL's vacuum does the same by itself.
    """
    if engine.dialect.name != "sqlite":
        return
    for step in range(steps):
        with engine.begin() as connection:
            before = connection.execute(text("SELECT total_changes()")).scalar_one()
            pages = -PAGES if step == 0 else PAGES  # the negative first value starts a merge of the whole index
            connection.execute(text("INSERT INTO turn_search (turn_search, rank) VALUES ('merge', :pages)"), {"pages": pages})
            if connection.execute(text("SELECT total_changes()")).scalar_one() - before < 2:  # FTS5's sign that all is merged
                return
