"""The hand-off queue: visitors who want to talk to a person, and the promise that each of them got."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from candor.database.transactions import writing
from candor.errors import ConflictError, NotFoundError
from candor.tickets.addresses import NotAnAddress, read_address
from candor.tickets.delivery import outbox
from candor.tickets.delivery.promised_mail import MailOnItsWay, mail_on_its_way
from candor.tickets.events import RequestEvents
from candor.tickets.models import HandoffRow
from candor.tickets.writers import about_handoff, about_waiting

SATURDAY = 5
ANSWER = "person_answer"  # the letter's name
LONGEST_QUESTION = 4000  # characters kept of what a visitor wants to know; the transcript has the rest


@dataclass(frozen=True)
class HandoffPromise:
    """What the visitor is told: by when somebody answers, and whether by mail or, while it stays open, in the chat."""

    answer_by: datetime
    by_mail: bool


@dataclass(frozen=True)
class WaitingVisitor:
    """A visitor who waits for a person. came_back: the last mail to their address could not be delivered.

    question: what they want to know, in their own words, masked, the oldest first, a paragraph for each message; may be empty.
    urgent: somebody is in danger, or data is in the open or in strange hands.
    """

    id: int
    conversation: str
    company: str
    email: str | None
    asked_at: datetime
    answer_by: datetime
    answered_at: datetime | None = None
    came_back: bool = False
    question: str = ""
    urgent: bool = False
    said_at: datetime | None = None  # somebody has written in the chat, and the visitor has not seen it yet
    mail: MailOnItsWay | None = None  # somebody has written a mail, and no mail server has taken it yet
    meant_for: str = ""  # the colleague to whom their chat was passed on, as an actor; empty: whoever comes first
    passed_by: str = ""  # and by whom; empty: it was not passed on

    @property
    def page(self) -> str:
        """The path of their page in the console, below that of the queue. After a deletion no conversation names them."""
        return self.conversation or f"mail/{self.id}"


class AnsweredError(ConflictError):
    """Somebody else was first; the visitor would get two answers."""

    public = "This visitor has been answered already. Nothing was sent."


class MailOnItsWayError(ConflictError):
    """A mail to this visitor lies in the outbox: a second one would be one too many."""

    public = "A mail to this visitor is on its way already. Nothing more was sent."


class NobodyWaitsError(NotFoundError):
    """There is no such visitor, or they were answered."""

    def __init__(self) -> None:
        super().__init__("nobody waits under this id: `candor requests people` shows all who do")


class HandoffQueue:
    """Visitors who wait for a person. working_days: within how many days, Monday to Friday, somebody answers."""

    def __init__(
        self, engine: Engine, events: RequestEvents, working_days: int, now: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:  # fmt: skip
        self._engine, self._events, self._days, self._clock = engine, events, working_days, now

    def wanted(
        self, conversation: str, company: str, email: str | None = None, *, question: str = "", urgent: bool = False
    ) -> HandoffPromise | NotAnAddress:  # fmt: skip
        """Put a conversation's visitor into the queue. Asked again, the first promise stands, and an address can be added.

        question: what they want to know; what they have said before stays. What was urgent once stays so.
        """
        address = read_address(email) if email else None
        if isinstance(address, NotAnAddress):
            return address
        with writing(self._engine, about_waiting(conversation)) as session:
            waits = [HandoffRow.conversation == conversation, HandoffRow.answered_at.is_(None)]
            row = session.scalar(select(HandoffRow).where(*waits))
            now = self._clock().astimezone(UTC)
            new = row is None
            if row is None:
                row = HandoffRow(
                    conversation=conversation, company=company, asked_at=now, answer_by=after_working_days(now, self._days)
                )
                session.add(row)
            if address:
                row.email = self._events.cipher.encrypt(address.written)
                row.email_hash = self._events.cipher.fingerprint(address.same)
            row.question = self._with_question(row, question)
            newly_urgent = urgent and not row.urgent
            row.urgent = row.urgent or urgent
            session.flush()
            if new or newly_urgent:
                self._events.tell_staff(session, "staff_person", now, handoff=row.id, hook="person.wanted")
            return HandoffPromise(row.answer_by, row.email is not None)

    def add_to_question(self, conversation: str, text: str) -> bool:
        """Add what a visitor writes for the person that they wait for. Returns False if they wait for none."""
        waits = [HandoffRow.conversation == conversation, HandoffRow.answered_at.is_(None)]
        with writing(self._engine, about_waiting(conversation)) as session:
            row = session.scalar(select(HandoffRow).where(*waits))
            if row is not None:
                row.question = self._with_question(row, text)
            return row is not None

    def _with_question(self, row: HandoffRow, text: str) -> bytes | None:
        """The row's question with a message more, within its length. Said again, it is kept once."""
        said, text = self._events.cipher.decrypt(row.question) if row.question else "", text.strip()
        if not text or text in said.split("\n\n"):
            return row.question
        return self._events.cipher.encrypt(f"{said}\n\n{text}".strip()[:LONGEST_QUESTION])

    def wrote_back(self, waiting: int, text: str) -> None:
        """A visitor has written back by mail (masked): they wait again, with a promise of its own; staff are told.

        While they wait already, it is added to what they want to know.
        """
        with writing(self._engine, about_handoff(self._engine, waiting)) as session:
            before, now = session.get(HandoffRow, waiting), self._clock().astimezone(UTC)
            if before is None or before.email is None:
                return
            again = [HandoffRow.email_hash == before.email_hash, HandoffRow.company == before.company]
            row = session.scalar(select(HandoffRow).where(*again, HandoffRow.answered_at.is_(None)).limit(1))
            if row is None:
                row = HandoffRow(
                    conversation=before.conversation, company=before.company, asked_at=now, email=before.email,
                    email_hash=before.email_hash, answer_by=after_working_days(now, self._days),
                )  # fmt: skip
                session.add(row)
            row.question = self._with_question(row, text)
            session.flush()
            self._events.tell_staff(session, "staff_person", now, handoff=row.id, hook="person.wanted")

    def passed_on(self, session: Session, conversation: str, company: str, *, by: str, to: str) -> HandoffPromise:
        """Have a visitor wait again whose chat somebody passes on, in the caller's transaction; staff are told.

        to: the colleague whom it is meant for, as an actor; empty: whoever comes first. The visitor's address goes with it.
        """
        newest = select(HandoffRow).where(HandoffRow.conversation == conversation).order_by(HandoffRow.id.desc()).limit(1)
        before, now = session.scalar(newest), self._clock().astimezone(UTC)
        row = before
        if row is None or row.answered_at is not None:
            row = HandoffRow(conversation=conversation, company=company, asked_at=now)
            if before is not None:
                row.email, row.email_hash, row.question, row.urgent = (
                    before.email, before.email_hash, before.question, before.urgent,
                )  # fmt: skip
            session.add(row)
        row.answer_by = after_working_days(now, self._days)
        row.meant_for, row.passed_by = to[:40], by[:40]
        row.said_at, row.said_by = None, ""  # whoever passes it on has not answered
        session.flush()
        self._events.tell_staff(session, "staff_person", now, handoff=row.id, hook="person.wanted")
        return HandoffPromise(row.answer_by, row.email is not None)

    def waiting(self) -> list[WaitingVisitor]:
        """All who wait: what is urgent first, then the earliest promise."""
        with Session(self._engine) as session:
            rows = session.scalars(
                select(HandoffRow)
                .where(HandoffRow.answered_at.is_(None))
                .order_by(HandoffRow.urgent.desc(), HandoffRow.answer_by, HandoffRow.id)
            )
            return [self._waiting(session, row) for row in rows]

    def get(self, waiting: int) -> WaitingVisitor | None:
        """The visitor with this id, answered or not; None if there is none."""
        with Session(self._engine) as session:
            row = session.get(HandoffRow, waiting)
            return self._waiting(session, row) if row else None

    def newest(self, conversation: str) -> WaitingVisitor | None:
        """The latest time that a conversation's visitor asked for a person, answered or not; None if they never did."""
        last = select(HandoffRow).where(HandoffRow.conversation == conversation).order_by(HandoffRow.id.desc()).limit(1)
        with Session(self._engine) as session:
            row = session.scalar(last)
            return self._waiting(session, row) if row else None

    def now(self) -> datetime:
        """The time by which promises are kept."""
        return self._clock().astimezone(UTC)

    def said_in(self, conversation: str, actor: str, *, read: bool) -> bool:
        """Record that somebody has written in this conversation; return whether its visitor was answered by that.

        Who was promised a mail is answered once they have seen it (`seen_in`), or at once where it was `read`: a chat channel
        brings it to them.
        """
        waits = [HandoffRow.conversation == conversation, HandoffRow.answered_at.is_(None)]
        with writing(self._engine, about_waiting(conversation)) as session:
            rows, now, settled = session.scalars(select(HandoffRow).where(*waits)).all(), self._clock().astimezone(UTC), True
            for row in rows:
                row.said_at, row.said_by = now, actor[:40]
                if read or row.email is None:
                    row.answered_at, row.answered_by = now, actor[:40]
                else:
                    settled = False
            return settled

    def seen_in(self, conversation: str, until: datetime) -> bool:
        """Record that the visitor's page has shown what was written until then; return whether that answered them."""
        waits = [HandoffRow.conversation == conversation, HandoffRow.answered_at.is_(None), HandoffRow.said_at <= until]
        with Session(self._engine) as session:  # a page asks every few seconds, and nearly always nothing is to be recorded
            if session.scalar(select(HandoffRow.id).where(*waits).limit(1)) is None:
                return False
        with writing(self._engine, about_waiting(conversation)) as session:
            rows = session.scalars(select(HandoffRow).where(*waits)).all()
            for row in rows:
                row.answered_at, row.answered_by = self._clock().astimezone(UTC), row.said_by
            return bool(rows)

    def answered_in(self, conversation: str, actor: str) -> bool:
        """Record that somebody has answered in this conversation; return whether its visitor waited."""
        waits = [HandoffRow.conversation == conversation, HandoffRow.answered_at.is_(None)]
        with writing(self._engine, about_waiting(conversation)) as session:
            rows = session.scalars(select(HandoffRow).where(*waits)).all()
            for row in rows:
                row.answered_at, row.answered_by = self._clock().astimezone(UTC), actor[:40]
            return bool(rows)

    def answer_by_mail(self, waiting: int, answer: str, actor: str, key: str) -> bool:
        """Write to the address that a visitor left, once for each key. Returns False if that was done before.

        They wait until a mail server has taken it (candor/tickets/delivery/promised_mail.py).

        Raises: NobodyWaitsError, also where no address is left; AnsweredError; MailOnItsWayError.
        """
        with writing(self._engine, about_handoff(self._engine, waiting)) as session:
            if outbox.has(session, key):
                return False
            row = session.get(HandoffRow, waiting)
            if row is None or row.email is None:
                raise NobodyWaitsError
            if row.answered_at is not None:
                raise AnsweredError(f"handoff {waiting} is answered")
            if mail_on_its_way(session, row):
                raise MailOnItsWayError(f"a mail to handoff {waiting} is on its way")
            now = self._clock().astimezone(UTC)
            row.answer = self._events.cipher.encrypt(answer)
            row.answered_by = actor[:40]
            outbox.put(session, "requester", ANSWER, now, key=key, handoff=row.id)
            return True

    def _waiting(self, session: Session, row: HandoffRow) -> WaitingVisitor:
        email = self._events.cipher.decrypt(row.email) if row.email else None
        mail = mail_on_its_way(session, row)
        came_back = row.answer is not None and row.answered_at is None and mail is None
        question = self._events.cipher.decrypt(row.question) if row.question else ""
        return WaitingVisitor(
            row.id, row.conversation, row.company, email, row.asked_at, row.answer_by, row.answered_at, came_back, question,
            row.urgent, row.said_at if row.answered_at is None else None, mail,
            row.meant_for if row.answered_at is None else "", row.passed_by if row.answered_at is None else "",
        )  # fmt: skip

    def answered(self, waiting: int, actor: str) -> None:
        """Record that somebody has answered. Raises: NobodyWaitsError."""
        with writing(self._engine, about_handoff(self._engine, waiting)) as session:
            row = session.get(HandoffRow, waiting)
            if row is None or row.answered_at is not None:
                raise NobodyWaitsError
            row.answered_at, row.answered_by = self._clock().astimezone(UTC), actor[:40]


def after_working_days(start: datetime, days: int) -> datetime:
    """The same time of day so many days later. Skips Saturdays and Sundays, but not holidays: they differ by country."""
    moment = start
    while days:
        moment += timedelta(days=1)
        if moment.weekday() < SATURDAY:
            days -= 1
    return moment
