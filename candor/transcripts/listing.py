"""Lists of conversations, newest first: filtered by facets and searched by words, one page at a time.

A page starts at a cursor, the position where another page ended (keyset pagination), so that no conversation is shown twice
or skipped when new ones arrive. Each list walks one index in order of time and stops when the page is full.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, Engine, exists, func, select, text, tuple_
from sqlalchemy.orm import Session, aliased

from candor.errors import InvalidInputError
from candor.transcripts import facets, search
from candor.transcripts.models import ConversationRow, FacetRow, TurnRow
from candor.transcripts.tokenizer import texts_of_turn

PAGE = 50
FEW = 5000  # conversations with a facet: up to so many, it is cheap to collect them first
OUT_OF_ORDER = 1000  # turns by which ids may differ from the order of time, where several processes write at once
CHUNKS = 20  # of turns that a search reads for one page, where a few conversations hold most of the matches
PREVIEW = 300  # characters


class BadCursorError(InvalidInputError):
    """The cursor at which a page should start cannot be read."""

    public = "This link into the list is damaged. Please go back to the first page."


@dataclass(frozen=True)
class ConversationQuery:
    """Which conversations a list holds: those that have all of `facets` and none of `without`.

    `companies`: only theirs; None: of every company. `since` and `until`: when the last message was. `words`: stems, as
    search.searched returns them.
    """

    facets: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    companies: tuple[str, ...] | None = None
    since: datetime | None = None
    until: datetime | None = None
    words: tuple[str, ...] = ()


@dataclass(frozen=True)
class ListedConversation:
    """One conversation in a list. `cursor`: its position."""

    id: str
    cursor: str
    company: str
    channel: str
    at: datetime
    facets: frozenset[str]
    messages: int
    first: str  # the visitor's first message, masked
    last: str  # and the last one
    snippet: tuple[search.SnippetPart, ...] = ()
    turn: int | None = None  # the newest turn with the words of a search

    def of(self, prefix: str) -> list[str]:
        """The values of its facets of one kind: of("kind:")."""
        return sorted(facet.removeprefix(prefix) for facet in self.facets if facet.startswith(prefix))


@dataclass(frozen=True)
class ConversationPage:
    """One page of a list. `older` and `newer`: cursors of the next pages, None at either end."""

    rows: tuple[ListedConversation, ...] = ()
    older: str | None = None
    newer: str | None = None


@dataclass(frozen=True)
class _Entry:
    """One conversation of a page, before its texts are read."""

    conversation: str
    cursor: str
    turn: int | None = None


@dataclass(frozen=True)
class _Entries:
    """The conversations of a page, in the order of the walk. `more`: whether others follow."""

    page: list[_Entry] = field(default_factory=list)
    more: bool = False


class Listing:
    """Reads lists from the database."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def page(self, query: ConversationQuery, *, older: str = "", newer: str = "", limit: int = PAGE) -> ConversationPage:
        """The first page, or the one with what is older or newer than a cursor. Raises: BadCursorError."""
        down = not newer
        cursor = newer or older
        with Session(self._engine) as session:
            if self._engine.dialect.name == "postgresql":  # which plan is fast depends on the words, so no generic plan
                session.execute(text("SET LOCAL plan_cache_mode = force_custom_plan"))
            walk = _by_words if query.words else _by_time
            entries = walk(session, query, cursor, down=down, limit=limit)
            page = entries.page if down else entries.page[::-1]
            rows = _rows(session, page, query)
        if not page:
            return ConversationPage()
        more_older, more_newer = (entries.more, bool(cursor)) if down else (True, entries.more)
        return ConversationPage(rows, page[-1].cursor if more_older else None, page[0].cursor if more_newer else None)

    def count(self, facet: str, companies: Sequence[str] | None = None, *, most: int = 100) -> int | None:
        """How many conversations have a facet, up to `most`; None where counting them would cost too much."""
        newest = select(FacetRow.conversation_id).where(FacetRow.facet == facet).order_by(FacetRow.last_at.desc())
        with Session(self._engine) as session:
            if companies is None:
                return session.scalar(select(func.count()).select_from(newest.limit(most).subquery()))
            recent = newest.limit(10 * most).subquery()
            names = [f"company:{company}" for company in companies]
            is_theirs = exists().where(FacetRow.conversation_id == recent.c.conversation_id, FacetRow.facet.in_(names))
            theirs = select(recent.c.conversation_id).where(is_theirs).limit(most)  # the database stops at so many
            counted = session.scalar(select(func.count()).select_from(theirs.subquery())) or 0
            read = session.scalar(select(func.count()).select_from(recent)) or 0
        return counted if counted >= most or read < 10 * most else None

    def values(self, prefix: str) -> list[str]:
        """Every value of one kind of facet: values("intent:"). Jumps from value to value, however many rows have each."""
        end = prefix[:-1] + chr(ord(prefix[-1]) + 1)
        jump = text(
            "WITH RECURSIVE known(mark) AS ("
            "SELECT min(mark) FROM conversation_mark WHERE mark >= :prefix AND mark < :end UNION ALL "
            "SELECT (SELECT min(m.mark) FROM conversation_mark m WHERE m.mark > known.mark AND m.mark < :end) "
            "FROM known WHERE known.mark IS NOT NULL) SELECT mark FROM known WHERE mark IS NOT NULL"
        )
        with Session(self._engine) as session:
            return [facet.removeprefix(prefix) for facet in session.scalars(jump, {"prefix": prefix, "end": end})]


def _by_time(session: Session, query: ConversationQuery, cursor: str, *, down: bool, limit: int) -> _Entries:
    """Walk the conversations of the rarest facet in order of time, and check each for the other facets."""
    required = _required_facets(query)
    rarest, _ = _rarest(session, required)
    at, conversation = FacetRow.last_at, FacetRow.conversation_id
    rows = select(conversation, at).where(FacetRow.facet == rarest)
    rows = rows.where(*(_has(facet, FacetRow) for facet in required if facet != rarest))
    rows = rows.where(*(~_has(facet, FacetRow) for facet in query.without))
    if query.companies is not None and len(query.companies) != 1:
        rows = rows.where(_has_any([f"company:{company}" for company in query.companies], FacetRow))
    if query.since:
        rows = rows.where(at >= query.since)
    if query.until:
        rows = rows.where(at < query.until)
    if cursor:
        position, start = tuple_(at, conversation), tuple_(*_read_cursor(cursor))
        rows = rows.where(position < start if down else position > start)
    rows = rows.order_by(at.desc(), conversation.desc()) if down else rows.order_by(at, conversation)
    entries = [_Entry(row[0], _cursor(row[1], row[0])) for row in session.execute(rows.limit(limit + 1))]
    return _Entries(entries[:limit], len(entries) > limit)


def _by_words(session: Session, query: ConversationQuery, cursor: str, *, down: bool, limit: int) -> _Entries:
    """Walk the turns that have the words. The position of a conversation is that of its newest such turn."""
    of_conversation, values = _conversation_conditions(session, query)
    of_turn, turn_values = _turn_conditions(session, query)
    where, values = [*of_conversation, *of_turn], values | turn_values
    turn = _read_turn(cursor) if cursor else None
    entries: dict[str, _Entry] = {}
    for _ in range(CHUNKS):
        onward = [] if turn is None else search.beyond("<" if down else ">", "turn")
        size = 3 * limit
        hits = search.find(
            session, query.words, [*where, *onward], {**values, "turn": turn} if onward else values, newest_first=down, limit=size
        )
        # The newest turn of each conversation that has the words decides on which page the conversation is shown.
        among = {hit.conversation for hit in hits} if cursor else set()
        newest = search.newest(session, query.words, among, of_turn, turn_values)
        for hit in hits:
            if newest.get(hit.conversation, hit.turn) == hit.turn:
                entries.setdefault(hit.conversation, _Entry(hit.conversation, str(hit.turn), hit.turn))
        if len(hits) < size or len(entries) > limit:
            return _Entries(list(entries.values())[:limit], len(entries) > limit)
        turn = hits[-1].turn
    return _Entries(list(entries.values())[:limit], more=True)


def _conversation_conditions(session: Session, query: ConversationQuery) -> tuple[list[str], dict[str, Any]]:
    """The conditions on the conversation of a turn that has the words, as SQL for search.find, and their values."""
    where: list[str] = []
    values: dict[str, Any] = {}
    required = [facet for facet in _required_facets(query) if facet != facets.SAID]
    if required:
        rarest, rare = _rarest(session, required)
        if rare:  # its turns are collected once, and each turn that has the words is looked up among them
            required.remove(rarest)
            values["rarest"] = rarest
            where.append(search.among(session, "SELECT conversation_id FROM conversation_mark WHERE mark = :rarest"))
    having = "EXISTS (SELECT 1 FROM conversation_mark m WHERE m.conversation_id = t.conversation_id AND m.mark IN ({}))"
    for number, facet in enumerate([*required, *query.without]):
        values[f"m{number}"] = facet
        where.append(("NOT " if number >= len(required) else "") + having.format(f":m{number}"))
    if query.companies is not None:
        values |= {f"cm{number}": f"company:{company}" for number, company in enumerate(query.companies)}
        where.append(having.format(", ".join(f":cm{number}" for number in range(len(query.companies))) or "NULL"))
    return where, values


def _turn_conditions(session: Session, query: ConversationQuery) -> tuple[list[str], dict[str, Any]]:
    """The conditions on a turn itself that has the words, as SQL for search.find, and their values."""
    where: list[str] = []
    values: dict[str, Any] = {}
    if query.companies is not None:  # the conversation may have moved to another company since
        values |= {f"co{number}": company for number, company in enumerate(query.companies)}
        where.append(f"t.company IN ({', '.join(f':co{number}' for number in range(len(query.companies))) or 'NULL'})")
    for name, moment, sign in (("since", query.since, ">="), ("until", query.until, "<")):
        if not moment:
            continue
        values[name] = moment if session.get_bind().dialect.name != "sqlite" else f"{moment.astimezone(UTC):%F %T.%f}"
        where.append(f"t.at {sign} :{name}")
        first = session.scalar(select(TurnRow.id).where(TurnRow.at >= moment).order_by(TurnRow.at).limit(1))
        if first is not None:  # the walk along the ids starts and ends there, not at the first and last turn of all
            values[f"{name}_id"] = first + (OUT_OF_ORDER if sign == "<" else -OUT_OF_ORDER)
            where += search.beyond(sign, f"{name}_id")
    return where, values


def _required_facets(query: ConversationQuery) -> list[str]:
    only = [f"company:{query.companies[0]}"] if query.companies is not None and len(query.companies) == 1 else []
    return list(dict.fromkeys([*query.facets, *only])) or [facets.SAID]


def _rarest(session: Session, required: Sequence[str]) -> tuple[str, bool]:
    """The facet that the fewest conversations have, and whether those are fewer than FEW."""
    if list(required) == [facets.SAID]:
        return facets.SAID, False
    counts = {
        facet: session.scalar(
            select(func.count()).select_from(select(FacetRow.facet).where(FacetRow.facet == facet).limit(FEW).subquery())
        )
        or 0
        for facet in required
    }
    rarest = min(required, key=lambda facet: counts[facet])
    return rarest, counts[rarest] < FEW


def _has(facet: str, of: Any) -> ColumnElement[bool]:
    """Looks the conversation up in the facet's own list, at the same instant, so both lists are walked in the same order."""
    other = aliased(FacetRow)
    return exists().where(other.facet == facet, other.last_at == of.last_at, other.conversation_id == of.conversation_id)


def _has_any(names: Sequence[str], of: Any) -> ColumnElement[bool]:
    other = aliased(FacetRow)
    return exists().where(other.conversation_id == of.conversation_id, other.facet.in_(names))


def _rows(session: Session, page: Sequence[_Entry], query: ConversationQuery) -> tuple[ListedConversation, ...]:
    ids = [entry.conversation for entry in page]
    conversations = {row.id: row for row in session.scalars(select(ConversationRow).where(ConversationRow.id.in_(ids)))}
    facets_of: dict[str, set[str]] = {conversation: set() for conversation in ids}
    of_page = select(FacetRow.conversation_id, FacetRow.facet).where(FacetRow.conversation_id.in_(ids))
    for conversation, facet in session.execute(of_page):
        facets_of[conversation].add(facet)
    extents = _extents(session, ids, query.companies)
    ends = {turn for _, first, last in extents.values() for turn in (first, last)}
    previews = session.execute(select(TurnRow.id, func.substr(TurnRow.text, 1, PREVIEW)).where(TurnRow.id.in_(ends)))
    texts: dict[int, str] = {row[0]: row[1] for row in previews}
    snippets = _snippets(session, page, query.words)
    return tuple(
        ListedConversation(
            entry.conversation, entry.cursor, row.company, row.channel, _utc(row.last_at),
            frozenset(facets_of[entry.conversation]), extent[0], texts.get(extent[1], ""), texts.get(extent[2], ""),
            snippets.get(entry.turn, ()), entry.turn,
        )
        for entry in page
        if (row := conversations.get(entry.conversation)) and (extent := extents.get(entry.conversation, (0, 0, 0)))
    )  # fmt: skip


def _extents(session: Session, ids: Sequence[str], companies: Sequence[str] | None) -> dict[str, tuple[int, int, int]]:
    """Conversation → how many messages it has, and the ids of its first and last turn; only turns of these companies."""
    query = select(TurnRow.conversation_id, func.count(), func.min(TurnRow.id), func.max(TurnRow.id))
    query = query.where(TurnRow.conversation_id.in_(ids)).group_by(TurnRow.conversation_id)
    if companies is not None:
        query = query.where(TurnRow.company.in_(companies))
    return {row[0]: (row[1], row[2], row[3]) for row in session.execute(query)}


def _snippets(
    session: Session, page: Sequence[_Entry], words: Sequence[str]
) -> dict[int | None, tuple[search.SnippetPart, ...]]:  # fmt: skip
    turns = [entry.turn for entry in page if entry.turn is not None]
    if not turns:
        return {}
    rows = session.execute(select(TurnRow.id, TurnRow.text, TurnRow.replies).where(TurnRow.id.in_(turns)))
    return {turn: search.snippet(words, list(texts_of_turn(message, replies))) for turn, message, replies in rows}


def _cursor(at: datetime, conversation: str) -> str:
    return f"{_utc(at):%Y%m%dT%H%M%S.%f}_{conversation}"


def _read_cursor(cursor: str) -> tuple[datetime, str]:
    at, _, conversation = cursor.partition("_")
    try:
        return datetime.strptime(at, "%Y%m%dT%H%M%S.%f").replace(tzinfo=UTC), conversation[:40].replace("\0", "")
    except ValueError as error:
        raise BadCursorError("the cursor cannot be read") from error


def _read_turn(cursor: str) -> int:
    if not cursor.isascii() or not cursor.isdecimal() or len(cursor) > 15:
        raise BadCursorError("the cursor is not a turn's id")
    return int(cursor)


def _utc(moment: datetime) -> datetime:
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
