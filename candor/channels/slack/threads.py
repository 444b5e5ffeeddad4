"""Remember where people talk with Candor in Slack: the current conversation of each place, and the company a person chose.

Everything private to a person is one conversation: direct messages, /privacy and the form. In a thread that others read, each
person has a conversation of their own, so that nobody continues what somebody else began.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import ColumnElement, Engine, and_, delete, exists, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, aliased

from candor.channels.slack.models import ChoiceRow, SlackBase, StaffThreadRow, TalkRow, ThreadRow
from candor.database.transactions import changed
from candor.tickets.models import TicketRow
from candor.transcripts.models import ConversationRow


@dataclass(frozen=True)
class SlackPerson:
    """A member of a workspace, by Slack's ids."""

    team: str
    id: str


@dataclass(frozen=True)
class ThreadPlace:
    """Where a conversation is held. thread: "<channel>/<ts>", empty if only the person reads it. company: set if it is fixed."""

    person: SlackPerson
    thread: str = ""
    company: str = ""

    @property
    def private(self) -> bool:
        return not self.thread

    @property
    def key(self) -> str:
        return f"{self.person.team}/{self.person.id}/{self.thread or 'private'}/{self.company}"


@dataclass(frozen=True)
class Thread:
    """A thread that Candor is part of."""

    person: str  # the one who talks with Candor in it
    quiet: bool  # people have begun to talk to each other


class ThreadPlaces:
    """Stored in the database, so that every worker knows them."""

    oldest = TalkRow.at

    def __init__(self, engine: Engine, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._engine, self._now = engine, now

    def conversation(self, place: ThreadPlace) -> str | None:
        """The current conversation of a place."""
        newest = select(TalkRow.conversation).where(TalkRow.place == place.key).order_by(TalkRow.at.desc()).limit(1)
        with Session(self._engine) as session:
            return session.scalar(newest)

    def begun(self, place: ThreadPlace, conversation: str) -> None:
        """From now on this is the current conversation of the place."""
        person = place.person
        with Session(self._engine) as session, session.begin():
            session.add(
                TalkRow(
                    conversation=conversation, place=place.key, team=person.team, person=person.id, private=place.private,
                    at=self._now(),
                )
            )  # fmt: skip

    def of_person(self, person: SlackPerson) -> list[str]:
        """All private conversations of a person, oldest first."""
        own = [TalkRow.team == person.team, TalkRow.person == person.id, TalkRow.private]
        with Session(self._engine) as session:
            return list(session.scalars(select(TalkRow.conversation).where(*own).order_by(TalkRow.at)))

    def whose(self, conversation: str) -> SlackPerson | None:
        """The person whose private conversation it is; None if it is of another channel, or if others read it."""
        with Session(self._engine) as session:
            row = session.get(TalkRow, conversation)
            return SlackPerson(row.team, row.person) if row is not None and row.private else None

    def chosen(self, person: SlackPerson) -> str | None:
        """The company that the person has chosen to ask about."""
        with Session(self._engine) as session:
            row = session.get(ChoiceRow, (person.team, person.id))
            return row.company if row else None

    def choose(self, person: SlackPerson, company: str) -> None:
        self._keep(lambda: ChoiceRow(team=person.team, person=person.id, company=company, at=self._now()))

    def thread(self, team: str, channel: str, ts: str) -> Thread | None:
        """The thread, if Candor is part of it."""
        with Session(self._engine) as session:
            row = session.get(ThreadRow, (team, channel, ts))
            return Thread(row.person, row.quiet) if row else None

    def set_thread(self, team: str, channel: str, ts: str, thread: Thread) -> None:
        self._keep(
            lambda: ThreadRow(
                team=team, channel=channel, thread=ts, person=thread.person, quiet=thread.quiet, at=self._now()
            )
        )  # fmt: skip

    def _keep(self, row: Callable[[], SlackBase]) -> None:
        """Insert or update. Two workers may insert the same row at once; then the later one updates it."""
        for last in (False, True):
            try:
                with Session(self._engine) as session, session.begin():
                    session.merge(row())
                return
            except IntegrityError:
                if last:
                    raise

    def forget_team(self, team: str) -> None:
        """Candor was uninstalled there: delete everything about its people. Requests stay."""
        with Session(self._engine) as session, session.begin():
            for table in (TalkRow, ThreadRow, ChoiceRow):
                session.execute(delete(table).where(table.team == team))

    def forget(self, conversation: str) -> None:
        """Delete who talked in a conversation that was forgotten on purpose, and in which thread staff did."""
        with Session(self._engine) as session, session.begin():
            session.execute(delete(TalkRow).where(TalkRow.conversation == conversation))
            session.execute(delete(StaffThreadRow).where(StaffThreadRow.conversation == conversation))

    def of_same_people(self, conversations: Collection[str]) -> set[str]:
        """All conversations of the members who talk in any of these."""
        with Session(self._engine) as session:
            return set(session.scalars(select(TalkRow.conversation).where(_whose(conversations))))

    def forget_members(self, conversations: Collection[str]) -> int:
        """Delete the choices and threads of the members who talk in these; returns how many members there are."""
        with Session(self._engine) as session, session.begin():
            talks = session.execute(select(TalkRow.team, TalkRow.person).where(TalkRow.conversation.in_(conversations)))
            members = {(team, person) for team, person in talks}
            for team, person in members:
                session.execute(delete(ChoiceRow).where(ChoiceRow.team == team, ChoiceRow.person == person))
                session.execute(delete(ThreadRow).where(ThreadRow.team == team, ThreadRow.person == person))
        return len(members)

    def forget_old(self, days: int) -> int:
        """Delete who talked where, once the conversation is forgotten and no request in it needs news; returns how many rows."""
        with Session(self._engine) as session, session.begin():
            return sum([changed(session.execute(delete(table).where(*over))) for table, over in self.over(days)])

    def over(self, days: int) -> list[tuple[type[SlackBase], list[ColumnElement[bool]]]]:
        """The conditions of what is forgotten after so many days, by table."""
        old = self._now() - timedelta(days=days)
        known = select(ConversationRow.id)
        with_requests = select(TicketRow.conversation).where(TicketRow.conversation != "")
        talks = and_(TalkRow.team == ChoiceRow.team, TalkRow.person == ChoiceRow.person)
        return [  # a choice is deleted in the run after the person's last conversation
            (ChoiceRow, [ChoiceRow.at < old, ~exists().where(talks)]),
            (TalkRow, [TalkRow.at < old, TalkRow.conversation.not_in(known), TalkRow.conversation.not_in(with_requests)]),
            (ThreadRow, [ThreadRow.at < old]),
            (StaffThreadRow, [StaffThreadRow.at < old, StaffThreadRow.conversation.not_in(known)]),
        ]


def _whose(conversations: Collection[str]) -> ColumnElement[bool]:
    """The conversations of the members who talk in these."""
    named = aliased(TalkRow)
    same = and_(named.team == TalkRow.team, named.person == TalkRow.person, named.conversation.in_(conversations))
    return exists().where(same)
