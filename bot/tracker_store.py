"""Rasa's trackers in a SQL database: reads and keeps the newest turns of a conversation, so that no turn's cost grows with talk.

Rules look back over the last messages only, slots hold the rest, and candor/transcripts has the record. Rasa's own store reads
the whole conversation at each turn, and writes after it has counted all that is stored. Here a turn reads its few rows with one
statement, decides in Python which of them no turn will read again, and writes with one or two. Where the database is PostgreSQL,
any number of Rasa processes share it.
"""

from __future__ import annotations

import json
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Dict, Iterator, List, NamedTuple, Optional, Sequence, Set

import sqlalchemy as sa
import sqlalchemy.orm
import sqlalchemy.pool
from rasa.core.tracker_store import SQLTrackerStore
from rasa.shared.core.events import ActiveLoop, AllSlotsReset, BotUttered, SessionStarted, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

CONNECTIONS = 5  # kept to a server of databases; Rasa's calls to its store wait for each other in any case
TURNS = 8  # messages of the visitor that are read back, with all that followed each
STORED = "events_stored"  # attribute of a tracker: how many of its events the database has
ROWS = "rows_stored"  # attribute of a tracker: the rows that the database has of its conversation; None after it was saved
DELETED_AT_ONCE = 500  # rows; SQLite takes at most 999 values in one statement
RESETS = (SessionStarted.type_name, AllSlotsReset.type_name)  # what came before them has no effect any more
CLASS = "bot.tracker_store.RecentTurnsTrackerStore"  # as endpoints.yml names it


class StoredEvent(NamedTuple):
    """An event as it is stored. name: of an action, or of the slot that was set. id: None before it is stored."""

    id: Optional[int]
    type: str
    name: Optional[str]
    data: str


_WRITTEN: ContextVar[Optional[List[Dict[str, Any]]]] = ContextVar("written", default=None)


@contextmanager
def events_written() -> Iterator[List[Dict[str, Any]]]:
    """The events that are stored within the block, the oldest first, so that nobody need read them back."""
    written: List[Dict[str, Any]] = []
    token = _WRITTEN.set(written)
    try:
        yield written
    finally:
        _WRITTEN.reset(token)


_READ: ContextVar[Optional[Dict[str, List[StoredEvent]]]] = ContextVar("read", default=None)


@contextmanager
def reading_once() -> Iterator[None]:
    """Read a conversation's rows once within the block, until something is written. The caller holds the conversation's turn, so
    nobody else changes them.
    """
    token = _READ.set({})
    try:
        yield
    finally:
        _READ.reset(token)


def _forget_read() -> None:
    read = _READ.get()
    if read is not None:
        read.clear()


class RecentTurnsTrackerStore(SQLTrackerStore):
    """Keeps the last TURNS messages with what followed, and of what came before only the slots' values and the active form."""

    def __init__(self, **options: Any) -> None:
        """host: the database's address as SQLAlchemy 1.4 writes it; Rasa passes on the `url` of endpoints.yml under this name."""
        super().__init__(**options)
        if self.engine.dialect.name == "sqlite":
            self._keep_connections()
            return
        # Rasa's own engine fails once for each connection that a restart of the database has cut, and its errors name values.
        url = self.engine.url
        self.engine.dispose()
        self.engine: Any = sa.create_engine(url, pool_size=CONNECTIONS, pool_pre_ping=True, hide_parameters=True)
        self.sessionmaker = sa.orm.sessionmaker(bind=self.engine)

    def _keep_connections(self) -> None:
        """Keep the file open: SQLAlchemy 1.4 opens it anew for each statement, and where the last connection to it closes, SQLite
        writes its whole log back and waits for the disk.
        """
        in_file = self.engine.url.database not in (None, "", ":memory:")
        if in_file:
            url = self.engine.url
            self.engine.dispose()
            kept = {"poolclass": sa.pool.QueuePool, "pool_size": CONNECTIONS, "connect_args": {"check_same_thread": False}}
            self.engine = sa.create_engine(url, **kept)
            self.sessionmaker = sa.orm.sessionmaker(bind=self.engine)
        sa.event.listen(self.engine, "connect", _prepare)
        if not in_file:
            self.engine.dispose()  # connections from before are not prepared

    async def _retrieve(self, sender_id: str, fetch_events_from_all_sessions: bool) -> Optional[DialogueStateTracker]:
        """The conversation's tracker: the values that earlier turns left, then the newest turns; None for a new conversation."""
        rows = self._rows(sender_id)
        events: List[Dict[str, Any]] = [json.loads(rows[place].data) for place in sorted(kept_places(rows))]
        if not events or not self.domain:
            return None
        tracker = DialogueStateTracker.from_dict(sender_id, events, self.domain.slots)
        setattr(tracker, STORED, len(tracker.events))
        setattr(tracker, ROWS, rows)
        return tracker

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Append the tracker's new events, and delete those that no turn will read again."""
        await self.stream_events(tracker)
        stored, rows = getattr(tracker, STORED, None), getattr(tracker, ROWS, None)
        rows = self._rows(tracker.sender_id) if rows is None else rows
        if stored is not None or not rows:
            new = list(tracker.events)[stored or 0 :]
        else:  # it was not read from here
            with self.session_scope() as session:
                new = list(self._additional_events(session, tracker))
        events = [event.as_dict() for event in new]
        fresh = [_row(event, data) for event, data in zip(new, events, strict=True)]
        kept = kept_places([*rows, *fresh])
        outdated = [row.id for place, row in enumerate(rows) if place not in kept]
        _forget_read()
        with self.engine.begin() as connection:
            if fresh:
                values = [_values(tracker.sender_id, row, data) for row, data in zip(fresh, events, strict=True)]
                connection.execute(sa.insert(self.SQLEvent), values)
            self._delete(connection, outdated)
        setattr(tracker, STORED, len(tracker.events))
        setattr(tracker, ROWS, None)
        written = _WRITTEN.get()
        if written is not None:
            written += events

    def newest_first(self, sender_id: str) -> List[Dict[str, Any]]:
        """A conversation's events, the newest first."""
        return [json.loads(row.data) for row in reversed(self._rows(sender_id))]

    def discard_unanswered(self, sender_id: str, newest_first: Optional[Sequence[Dict[str, Any]]] = None) -> bool:
        """Take back the sender's newest message and what followed, if nothing was said to it: the action server was down, or Rasa
        died. Left there, it would stand in the dialogue twice once it is sent again.

        newest_first: the conversation's events, if they were read already. Returns whether there was such a message.
        """
        events = self.newest_first(sender_id) if newest_first is None else newest_first
        told = next((event["event"] for event in events if event["event"] in (UserUttered.type_name, BotUttered.type_name)), None)
        if told != UserUttered.type_name:
            return False
        rows = self._rows(sender_id)
        message = next(place for place in reversed(range(len(rows))) if rows[place].type == UserUttered.type_name)
        with self.engine.begin() as connection:
            self._delete(connection, [row.id for row in rows[message:]])
        return True

    def _delete(self, connection: sa.engine.Connection, ids: Sequence[Optional[int]]) -> None:
        _forget_read()
        for first in range(0, len(ids), DELETED_AT_ONCE):
            connection.execute(sa.delete(self.SQLEvent).where(self.SQLEvent.id.in_(ids[first : first + DELETED_AT_ONCE])))

    def _rows(self, sender_id: str) -> List[StoredEvent]:
        read = _READ.get()
        if read is None:
            return self._rows_now(sender_id)
        if sender_id not in read:
            read[sender_id] = self._rows_now(sender_id)
        return read[sender_id]

    def _rows_now(self, sender_id: str) -> List[StoredEvent]:
        event = self.SQLEvent
        columns = sa.select(event.id, event.type_name, event.action_name, event.data)
        with self.engine.connect() as connection:
            found = connection.execute(columns.where(event.sender_id == sender_id).order_by(event.id))
            return [StoredEvent(*row) for row in found]


def kept_places(rows: Sequence[StoredEvent]) -> Set[int]:
    """The places of the rows that make the tracker: the newest turns, and of each slot and of the form what was set last before
    them. rows: of one conversation, the oldest first.
    """
    begun = next((place for place in reversed(range(len(rows))) if rows[place].type in RESETS), 0)
    messages = [place for place in range(begun, len(rows)) if rows[place].type == UserUttered.type_name]
    if len(messages) < TURNS:
        return set(range(begun, len(rows)))
    first = messages[-TURNS]
    kept = set(range(first, len(rows)))
    values: Dict[Any, int] = {}  # what is set → where it was set last
    for place in range(begun, first):
        if rows[place].type in (SlotSet.type_name, ActiveLoop.type_name):
            # A loop's row has a name too, but what counts is which loop was made the active one last.
            values[rows[place].name if rows[place].type == SlotSet.type_name else ActiveLoop] = place
    return kept | set(values.values())


def _row(event: Any, data: Dict[str, Any]) -> StoredEvent:
    return StoredEvent(None, event.type_name, data.get("name"), json.dumps(data))


def _values(sender_id: str, row: StoredEvent, data: Dict[str, Any]) -> Dict[str, Any]:
    return {
        "sender_id": sender_id,
        "type_name": row.type,
        "timestamp": data.get("timestamp"),
        "intent_name": data.get("parse_data", {}).get("intent", {}).get("name"),
        "action_name": row.name,
        "data": row.data,
    }


def _prepare(connection: Any, _: Any) -> None:
    """SQLite overwrites what it deletes, and waits for the disk only where its write-ahead log ends."""
    connection.execute("PRAGMA secure_delete=ON")
    connection.execute("PRAGMA synchronous=NORMAL")
