"""Lists of conversations: newest first, by any marks together, by words, a page at a time.

A page begins where another ended, at a place that stays (keyset), so that nothing is shown twice or skipped when new
conversations arrive. Every list walks one index in order of time and stops when the page is full.
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
from candor.transcripts.models import ConversationRow, MarkRow, TurnRow
from candor.transcripts.tokenizer import texts_of_turn

PAGE = 50
FEW = 5000  # conversations of a mark that are cheap to write down one by one
OUT_OF_ORDER = 1000  # turns by which ids may differ from the order of time, where several processes write at once
CHUNKS = 20  # of turns that a search looks through for one page, where few conversations have most of what is found
PREVIEW = 300  # characters


class BadPlaceError(InvalidInputError):
    """The place in a list where a page should begin cannot be read."""

    public = "This link into the list is damaged. Please go back to the first page."


@dataclass(frozen=True)
class ConversationQuery:
    """What a list holds: conversations that have all of `marks` and none of `without`.

    `companies`: only of these, None: of all. `since` and `until` are about the last message. `words`: see search.searched.
    """

    marks: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    companies: tuple[str, ...] | None = None
    since: datetime | None = None
    until: datetime | None = None
    words: tuple[str, ...] = ()


@dataclass(frozen=True)
class ListedConversation:
    """One conversation in a list. `place` is where it stands."""

    id: str
    place: str
    company: str
    channel: str
    at: datetime
    marks: frozenset[str]
    messages: int
    first: str  # messages of the visitor, masked
    last: str
    snippet: tuple[search.SnippetPart, ...] = ()
    turn: int | None = None  # where the words stand

    def of(self, prefix: str) -> list[str]:
        """What its marks of one kind name: of("kind:")."""
        return sorted(mark.removeprefix(prefix) for mark in self.marks if mark.startswith(prefix))


@dataclass(frozen=True)
class ConversationPage:
    """Part of a list; `older` and `newer` are places to go on from, None at an end."""

    rows: tuple[ListedConversation, ...] = ()
    older: str | None = None
    newer: str | None = None


@dataclass(frozen=True)
class _Key:
    """One row of a page before its texts are looked up."""

    conversation: str
    place: str
    turn: int | None = None


@dataclass(frozen=True)
class _Keys:
    """In the order of the walk."""

    found: list[_Key] = field(default_factory=list)
    more: bool = False


class Listing:
    """Lists from the database."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def page(self, wanted: ConversationQuery, *, older: str = "", newer: str = "", limit: int = PAGE) -> ConversationPage:
        """A page: the first one, or what is older or newer than a place. Raises: BadPlaceError."""
        down = not newer
        place = newer or older
        with Session(self._engine) as session:
            if self._engine.dialect.name == "postgresql":  # which way is quick depends on the words: no plan for all of them
                session.execute(text("SET LOCAL plan_cache_mode = force_custom_plan"))
            walk = _by_words if wanted.words else _by_time
            keys = walk(session, wanted, place, down=down, limit=limit)
            found = keys.found if down else keys.found[::-1]
            rows = _rows(session, found, wanted)
        if not found:
            return ConversationPage()
        more_older, more_newer = (keys.more, bool(place)) if down else (True, keys.more)
        return ConversationPage(rows, found[-1].place if more_older else None, found[0].place if more_newer else None)

    def count(self, mark: str, companies: Sequence[str] | None = None, *, most: int = 100) -> int | None:
        """How many conversations have a mark, up to `most`; None where it would cost too much to know."""
        newest = select(MarkRow.conversation_id).where(MarkRow.mark == mark).order_by(MarkRow.last_at.desc())
        with Session(self._engine) as session:
            if companies is None:
                return session.scalar(select(func.count()).select_from(newest.limit(most).subquery()))
            near = newest.limit(10 * most).subquery()
            names = [f"company:{company}" for company in companies]
            theirs = exists().where(MarkRow.conversation_id == near.c.conversation_id, MarkRow.mark.in_(names))
            found = select(near.c.conversation_id).where(theirs).limit(most)  # and no further look than until there are as many
            counted = session.scalar(select(func.count()).select_from(found.subquery())) or 0
            looked = session.scalar(select(func.count()).select_from(near)) or 0
        return counted if counted >= most or looked < 10 * most else None

    def values(self, prefix: str) -> list[str]:
        """All that is known of one kind of mark: values("intent:"). Jumps from one to the next, however many have it."""
        end = prefix[:-1] + chr(ord(prefix[-1]) + 1)
        jump = text(
            "WITH RECURSIVE known(mark) AS ("
            "SELECT min(mark) FROM conversation_mark WHERE mark >= :prefix AND mark < :end UNION ALL "
            "SELECT (SELECT min(m.mark) FROM conversation_mark m WHERE m.mark > known.mark AND m.mark < :end) "
            "FROM known WHERE known.mark IS NOT NULL) SELECT mark FROM known WHERE mark IS NOT NULL"
        )
        with Session(self._engine) as session:
            return [mark.removeprefix(prefix) for mark in session.scalars(jump, {"prefix": prefix, "end": end})]


def _by_time(session: Session, wanted: ConversationQuery, place: str, *, down: bool, limit: int) -> _Keys:
    """Walk the rarest mark in order of time, and ask each of its conversations for the others."""
    asked = _marks_of(wanted)
    rarest, _ = _rarest(session, asked)
    at, known = MarkRow.last_at, MarkRow.conversation_id
    query = select(known, at).where(MarkRow.mark == rarest)
    query = query.where(*(_has(mark, MarkRow) for mark in asked if mark != rarest))
    query = query.where(*(~_has(mark, MarkRow) for mark in wanted.without))
    if wanted.companies is not None and len(wanted.companies) != 1:
        query = query.where(_has_any([f"company:{company}" for company in wanted.companies], MarkRow))
    if wanted.since:
        query = query.where(at >= wanted.since)
    if wanted.until:
        query = query.where(at < wanted.until)
    if place:
        here = tuple_(at, known)
        there = tuple_(*_read_place(place))
        query = query.where(here < there if down else here > there)
    query = query.order_by(at.desc(), known.desc()) if down else query.order_by(at, known)
    found = [_Key(row[0], _place(row[1], row[0])) for row in session.execute(query.limit(limit + 1))]
    return _Keys(found[:limit], len(found) > limit)


def _by_words(session: Session, wanted: ConversationQuery, place: str, *, down: bool, limit: int) -> _Keys:
    """Walk the turns that have the words; a conversation stands where its newest such turn does."""
    of_talk, values = _of_talk(session, wanted)
    of_turn, more = _of_turn(session, wanted)
    where, values = [*of_talk, *of_turn], values | more
    turn = _read_turn(place) if place else None
    seen: dict[str, _Key] = {}
    for _ in range(CHUNKS):
        here = [] if turn is None else search.beyond("<" if down else ">", "turn")
        size = 3 * limit
        found = search.find(
            session, wanted.words, [*where, *here], {**values, "turn": turn} if here else values, newest_first=down, limit=size
        )
        # of each conversation the newest turn that has the words: on which page it is shown
        among = {one.conversation for one in found} if place else set()
        newest = search.newest(session, wanted.words, among, of_turn, more)
        for one in found:
            if newest.get(one.conversation, one.turn) == one.turn:
                seen.setdefault(one.conversation, _Key(one.conversation, str(one.turn), one.turn))
        if len(found) < size or len(seen) > limit:
            keys = list(seen.values())
            return _Keys(keys[:limit], len(keys) > limit)
        turn = found[-1].turn
    return _Keys(list(seen.values())[:limit], more=True)


def _of_talk(session: Session, wanted: ConversationQuery) -> tuple[list[str], dict[str, Any]]:
    """What the conversation of a turn that has the words must meet, as SQL for search.find."""
    where: list[str] = []
    values: dict[str, Any] = {}
    asked = [mark for mark in _marks_of(wanted) if mark != facets.SAID]
    if asked:
        rarest, rare = _rarest(session, asked)
        if rare:  # its turns are written down once, and each turn that has the words is looked up among them
            asked.remove(rarest)
            values["rarest"] = rarest
            where.append(search.among(session, "SELECT conversation_id FROM conversation_mark WHERE mark = :rarest"))
    having = "EXISTS (SELECT 1 FROM conversation_mark m WHERE m.conversation_id = t.conversation_id AND m.mark IN ({}))"
    for number, mark in enumerate([*asked, *wanted.without]):
        values[f"m{number}"] = mark
        where.append(("NOT " if number >= len(asked) else "") + having.format(f":m{number}"))
    if wanted.companies is not None:
        values |= {f"cm{number}": f"company:{company}" for number, company in enumerate(wanted.companies)}
        where.append(having.format(", ".join(f":cm{number}" for number in range(len(wanted.companies))) or "NULL"))
    return where, values


def _of_turn(session: Session, wanted: ConversationQuery) -> tuple[list[str], dict[str, Any]]:
    """What a turn that has the words must meet itself, as SQL for search.find."""
    where: list[str] = []
    values: dict[str, Any] = {}
    if wanted.companies is not None:  # its conversation may have been about another one then
        values |= {f"co{number}": company for number, company in enumerate(wanted.companies)}
        where.append(f"t.company IN ({', '.join(f':co{number}' for number in range(len(wanted.companies))) or 'NULL'})")
    for name, moment, sign in (("since", wanted.since, ">="), ("until", wanted.until, "<")):
        if not moment:
            continue
        values[name] = moment if session.get_bind().dialect.name != "sqlite" else f"{moment.astimezone(UTC):%F %T.%f}"
        where.append(f"t.at {sign} :{name}")
        first = session.scalar(select(TurnRow.id).where(TurnRow.at >= moment).order_by(TurnRow.at).limit(1))
        if first is not None:  # the walk along the ids begins and ends there, not at the ends of all time
            values[f"{name}_id"] = first + (OUT_OF_ORDER if sign == "<" else -OUT_OF_ORDER)
            where += search.beyond(sign, f"{name}_id")
    return where, values


def _marks_of(wanted: ConversationQuery) -> list[str]:
    only = [f"company:{wanted.companies[0]}"] if wanted.companies is not None and len(wanted.companies) == 1 else []
    return list(dict.fromkeys([*wanted.marks, *only])) or [facets.SAID]


def _rarest(session: Session, asked: Sequence[str]) -> tuple[str, bool]:
    """The mark that the fewest conversations have, and whether those are few."""
    if list(asked) == [facets.SAID]:
        return facets.SAID, False
    counts = {
        mark: session.scalar(
            select(func.count()).select_from(select(MarkRow.mark).where(MarkRow.mark == mark).limit(FEW).subquery())
        )
        or 0
        for mark in asked
    }
    rarest = min(asked, key=lambda mark: counts[mark])
    return rarest, counts[rarest] < FEW


def _has(mark: str, of: Any) -> ColumnElement[bool]:
    """Looked up in the mark's own list, at the same instant: both lists are walked in the same order."""
    other = aliased(MarkRow)
    return exists().where(other.mark == mark, other.last_at == of.last_at, other.conversation_id == of.conversation_id)


def _has_any(names: Sequence[str], of: Any) -> ColumnElement[bool]:
    other = aliased(MarkRow)
    return exists().where(other.conversation_id == of.conversation_id, other.mark.in_(names))


def _rows(session: Session, keys: Sequence[_Key], wanted: ConversationQuery) -> tuple[ListedConversation, ...]:
    ids = [key.conversation for key in keys]
    talks = {row.id: row for row in session.scalars(select(ConversationRow).where(ConversationRow.id.in_(ids)))}
    held: dict[str, set[str]] = {known: set() for known in ids}
    for known, mark in session.execute(select(MarkRow.conversation_id, MarkRow.mark).where(MarkRow.conversation_id.in_(ids))):
        held[known].add(mark)
    spans = _spans(session, ids, wanted.companies)
    ends = {turn for _, first, last in spans.values() for turn in (first, last)}
    texts = session.execute(select(TurnRow.id, func.substr(TurnRow.text, 1, PREVIEW)).where(TurnRow.id.in_(ends)))
    said: dict[int, str] = {row[0]: row[1] for row in texts}
    snippets = _snippets(session, keys, wanted.words)
    return tuple(
        ListedConversation(
            key.conversation, key.place, talk.company, talk.channel, _utc(talk.last_at), frozenset(held[key.conversation]),
            span[0], said.get(span[1], ""), said.get(span[2], ""), snippets.get(key.turn, ()), key.turn,
        )
        for key in keys
        if (talk := talks.get(key.conversation)) and (span := spans.get(key.conversation, (0, 0, 0)))
    )  # fmt: skip


def _spans(session: Session, ids: Sequence[str], companies: Sequence[str] | None) -> dict[str, tuple[int, int, int]]:
    """Of each conversation: how many messages, the first and the last; only of turns that may be read."""
    query = select(TurnRow.conversation_id, func.count(), func.min(TurnRow.id), func.max(TurnRow.id))
    query = query.where(TurnRow.conversation_id.in_(ids)).group_by(TurnRow.conversation_id)
    if companies is not None:
        query = query.where(TurnRow.company.in_(companies))
    return {row[0]: (row[1], row[2], row[3]) for row in session.execute(query)}


def _snippets(session: Session, keys: Sequence[_Key], words: Sequence[str]) -> dict[int | None, tuple[search.SnippetPart, ...]]:
    turns = [key.turn for key in keys if key.turn is not None]
    if not turns:
        return {}
    rows = session.execute(select(TurnRow.id, TurnRow.text, TurnRow.replies).where(TurnRow.id.in_(turns)))
    return {known: search.snippet(words, list(texts_of_turn(asked, replies))) for known, asked, replies in rows}


def _place(at: datetime, conversation: str) -> str:
    return f"{_utc(at):%Y%m%dT%H%M%S.%f}_{conversation}"


def _read_place(place: str) -> tuple[datetime, str]:
    at, _, conversation = place.partition("_")
    try:
        return datetime.strptime(at, "%Y%m%dT%H%M%S.%f").replace(tzinfo=UTC), conversation[:40].replace("\0", "")
    except ValueError as error:
        raise BadPlaceError("a place that is none") from error


def _read_turn(place: str) -> int:
    if not place.isascii() or not place.isdecimal() or len(place) > 15:
        raise BadPlaceError("a turn that is none")
    return int(place)


def _utc(moment: datetime) -> datetime:
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
