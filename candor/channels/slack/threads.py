"""Where people talk with Candor in Slack: which conversation goes on in a place, and which company a person has chosen.

All that is private to a person is one conversation: direct messages, /privacy and the form. In a thread that others read
each person has a conversation of their own, so that nobody goes on with what another began.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import ColumnElement, Engine, and_, delete, exists, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, aliased

from candor.channels.slack.models import ChoiceRow, SlackBase, StaffThreadRow, TalkRow, ThreadRow
from candor.storage import changed
from candor.tickets.models import TicketRow
from candor.transcripts.models import ConversationRow


@dataclass(frozen=True)
class SlackPerson:
    """A member of a workspace, by Slack's ids."""

    team: str
    id: str


@dataclass(frozen=True)
class ThreadPlace:
    """Where a conversation goes on. thread: "<channel>/<ts>", empty where only the person reads it; company: a fixed one."""

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

    person: str  # who talks with Candor in it
    quiet: bool  # people talk to each other since


class ThreadPlaces:
    """Kept in the database, so that every worker knows them."""

    oldest = TalkRow.at

    def __init__(self, engine: Engine, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._engine, self._now = engine, now

    def conversation(self, place: ThreadPlace) -> str | None:
        """The conversation that goes on here."""
        newest = select(TalkRow.conversation).where(TalkRow.place == place.key).order_by(TalkRow.at.desc()).limit(1)
        with Session(self._engine) as session:
            return session.scalar(newest)

    def begun(self, place: ThreadPlace, conversation: str) -> None:
        """From here on this conversation goes on here."""
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
        """Whose private conversation it is; None for one of another channel, or that others read."""
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
        """Insert or change. Two workers may insert the same at once: then the later one changes it."""
        for last in (False, True):
            try:
                with Session(self._engine) as session, session.begin():
                    session.merge(row())
                return
            except IntegrityError:
                if last:
                    raise

    def forget_team(self, team: str) -> None:
        """Candor was uninstalled there: nothing of its people is kept but what the tickets keep."""
        with Session(self._engine) as session, session.begin():
            for table in (TalkRow, ThreadRow, ChoiceRow):
                session.execute(delete(table).where(table.team == team))

    def forget(self, conversation: str) -> None:
        """A conversation was forgotten on purpose: nothing says any more who talked in it, or who of the company did."""
        with Session(self._engine) as session, session.begin():
            session.execute(delete(TalkRow).where(TalkRow.conversation == conversation))
            session.execute(delete(StaffThreadRow).where(StaffThreadRow.conversation == conversation))

    def of_same_people(self, conversations: Collection[str]) -> set[str]:
        """All conversations of the members who talk in any of these."""
        with Session(self._engine) as session:
            return set(session.scalars(select(TalkRow.conversation).where(_whose(conversations))))

    def forget_members(self, conversations: Collection[str]) -> int:
        """What else is kept of the members who talk in these, their choice and their threads; says of how many members."""
        with Session(self._engine) as session, session.begin():
            talks = session.execute(select(TalkRow.team, TalkRow.person).where(TalkRow.conversation.in_(conversations)))
            members = {(team, person) for team, person in talks}
            for team, person in members:
                session.execute(delete(ChoiceRow).where(ChoiceRow.team == team, ChoiceRow.person == person))
                session.execute(delete(ThreadRow).where(ThreadRow.team == team, ThreadRow.person == person))
        return len(members)

    def forget_old(self, days: int) -> int:
        """Forget who talked where, once the conversation is forgotten and no request of it has anybody to tell; says how many."""
        with Session(self._engine) as session, session.begin():
            return sum([changed(session.execute(delete(table).where(*over))) for table, over in self.over(days)])

    def over(self, days: int) -> list[tuple[type[SlackBase], list[ColumnElement[bool]]]]:
        """What is forgotten after so many days, by table."""
        old = self._now() - timedelta(days=days)
        told = select(TicketRow.conversation).where(TicketRow.conversation != "")
        talks = and_(TalkRow.team == ChoiceRow.team, TalkRow.person == ChoiceRow.person)
        return [  # a choice goes with the run after its last talk
            (ChoiceRow, [ChoiceRow.at < old, ~exists().where(talks)]),
            (
                TalkRow,
                [TalkRow.at < old, TalkRow.conversation.not_in(select(ConversationRow.id)), TalkRow.conversation.not_in(told)],
            ),
            (ThreadRow, [ThreadRow.at < old]),
            (StaffThreadRow, [StaffThreadRow.at < old, StaffThreadRow.conversation.not_in(select(ConversationRow.id))]),
        ]


def _whose(conversations: Collection[str]) -> ColumnElement[bool]:
    """The talks of the members of these."""
    named = aliased(TalkRow)
    same = and_(named.team == TalkRow.team, named.person == TalkRow.person, named.conversation.in_(conversations))
    return exists().where(same)
