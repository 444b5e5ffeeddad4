"""Rasa's trackers in a SQL database: reads and keeps the newest turns of a conversation, so that no turn's cost grows with talk.

Rules look back over the last messages only, slots hold the rest, and candor/transcripts has the record. Rasa's own store reads
the whole conversation at each turn, and writes after it has counted all that is stored. Where the database is PostgreSQL, any
number of Rasa processes share it.
"""

from __future__ import annotations

import json
from typing import Any, Dict, List, Optional

import sqlalchemy as sa
import sqlalchemy.orm
from rasa.core.tracker_store import SQLTrackerStore
from rasa.shared.core.events import ActiveLoop, AllSlotsReset, BotUttered, SessionStarted, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from sqlalchemy.orm import Query, Session

CONNECTIONS = 5  # kept to a server of databases; Rasa's calls to its store wait for each other in any case
TURNS = 8  # messages of the visitor that are read back, with all that followed each
STORED = "events_stored"  # attribute of a tracker: how many of its events the database has
RESETS = (SessionStarted.type_name, AllSlotsReset.type_name)  # what came before them has no effect any more
CLASS = "bot.tracker_store.RecentTurnsTrackerStore"  # as endpoints.yml names it


class RecentTurnsTrackerStore(SQLTrackerStore):
    """Keeps the last TURNS messages with what followed, and of what came before only the slots' values and the active form."""

    def __init__(self, **options: Any) -> None:
        """host: the database's address as SQLAlchemy 1.4 writes it; Rasa passes on the `url` of endpoints.yml under this name."""
        super().__init__(**options)
        if self.engine.dialect.name == "sqlite":
            sa.event.listen(self.engine, "connect", _prepare)
            self.engine.dispose()  # connections from before are not prepared
            return
        # Rasa's own engine fails once for each connection that a restart of the database has cut, and its errors name values.
        url = self.engine.url
        self.engine.dispose()
        self.engine: Any = sa.create_engine(url, pool_size=CONNECTIONS, pool_pre_ping=True, hide_parameters=True)
        self.sessionmaker = sa.orm.sessionmaker(bind=self.engine)

    async def _retrieve(self, sender_id: str, fetch_events_from_all_sessions: bool) -> Optional[DialogueStateTracker]:
        """The conversation's tracker: the values that earlier turns left, then the newest turns; None for a new conversation."""
        with self.session_scope() as session:
            rows = self._kept(session, sender_id).with_entities(self.SQLEvent.data).order_by(self.SQLEvent.id).all()
        events: List[Dict[str, Any]] = [json.loads(row.data) for row in rows]
        if not events or not self.domain:
            return None
        tracker = DialogueStateTracker.from_dict(sender_id, events, self.domain.slots)
        setattr(tracker, STORED, len(tracker.events))
        return tracker

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Append the tracker's new events, and delete those that no turn will read again."""
        await self.stream_events(tracker)
        stored = getattr(tracker, STORED, None)
        with self.session_scope() as session:
            new = self._additional_events(session, tracker) if stored is None else list(tracker.events)[stored:]
            session.add_all(self._row(tracker.sender_id, event) for event in new)
            session.flush()
            kept = self._kept(session, tracker.sender_id).with_entities(self.SQLEvent.id)
            outdated = sa.and_(self.SQLEvent.sender_id == tracker.sender_id, self.SQLEvent.id.notin_(kept.subquery().select()))
            session.query(self.SQLEvent).filter(outdated).delete(synchronize_session=False)
            session.commit()
        setattr(tracker, STORED, len(tracker.events))

    def discard_unanswered(self, sender_id: str) -> None:
        """Take back the sender's newest message and what followed, if nothing was said to it: the action server was down, or Rasa
        died. Left there, it would stand in the dialogue twice once it is sent again.
        """
        event = self.SQLEvent
        with self.session_scope() as session:
            of_sender = session.query(event).filter(event.sender_id == sender_id)
            message = _newest(of_sender.filter(event.type_name == UserUttered.type_name))
            since = of_sender.filter(event.id >= message)
            if message and since.filter(event.type_name == BotUttered.type_name).first() is None:
                since.delete(synchronize_session=False)
                session.commit()

    def _row(self, sender_id: str, event: Any) -> SQLTrackerStore.SQLEvent:
        data = event.as_dict()
        return self.SQLEvent(
            sender_id=sender_id,
            type_name=event.type_name,
            timestamp=data.get("timestamp"),
            intent_name=data.get("parse_data", {}).get("intent", {}).get("name"),
            action_name=data.get("name"),
            data=json.dumps(data),
        )

    def _kept(self, session: Session, sender_id: str) -> Query[Any]:
        """The rows that make the tracker: the newest turns, and of each slot and of the form what was set last before them."""
        event = self.SQLEvent
        of_sender = session.query(event).filter(event.sender_id == sender_id)
        begun = _newest(of_sender.filter(event.type_name.in_(RESETS)))
        messages = of_sender.filter(event.type_name == UserUttered.type_name, event.id >= begun).with_entities(event.id)
        first = messages.order_by(event.id.desc()).offset(TURNS - 1).limit(1).scalar()
        if first is None:
            return of_sender.filter(event.id >= begun)
        before = of_sender.filter(event.id > begun, event.id < first)
        # For SlotSet the column action_name holds the slot's name.
        slots = before.filter(event.type_name == SlotSet.type_name).group_by(event.action_name)
        values = [row.id for row in slots.with_entities(sa.func.max(event.id).label("id"))]
        form = _newest(before.filter(event.type_name == ActiveLoop.type_name))
        return of_sender.filter(sa.or_(event.id >= first, event.id.in_([*values, form])))


def _newest(events: Query[Any]) -> int:
    """The id of the newest of the events; 0, which no event has, if there is none."""
    return events.with_entities(sa.func.max(SQLTrackerStore.SQLEvent.id)).scalar() or 0


def _prepare(connection: Any, _: Any) -> None:
    """SQLite overwrites what it deletes, and waits for the disk only where its write-ahead log ends."""
    connection.execute("PRAGMA secure_delete=ON")
    connection.execute("PRAGMA synchronous=NORMAL")
