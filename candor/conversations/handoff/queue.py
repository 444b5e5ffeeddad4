"""Talk to a person: the conversation is marked for staff, and the visitor is told by when somebody answers, and how."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from candor.errors import ConflictError, NotFoundError
from candor.storage import writing
from candor.tickets.addresses import NotAnAddress, read_address
from candor.tickets.delivery import outbox
from candor.tickets.events import RequestEvents
from candor.tickets.models import HandoffRow

SATURDAY = 5
ANSWER = "person_answer"  # the letter


@dataclass(frozen=True)
class HandoffPromise:
    """What the visitor is told. by_mail: at the address that was left; else in the chat, as long as it stays open."""

    answer_by: datetime
    by_mail: bool


@dataclass(frozen=True)
class WaitingVisitor:
    """A visitor who waits for a person. came_back: what was written to their address last could not be delivered."""

    id: int
    conversation: str
    company: str
    email: str | None
    asked_at: datetime
    answer_by: datetime
    answered_at: datetime | None = None
    came_back: bool = False

    @property
    def page(self) -> str:
        """Where the console shows them, below the page of all who wait: a forgotten conversation no longer names anybody."""
        return self.conversation or f"mail/{self.id}"


class AnsweredError(ConflictError):
    """Somebody was faster, so that the visitor would get two answers."""

    public = "This visitor has been answered already. Nothing was sent."


class NobodyWaitsError(NotFoundError):
    """There is no such visitor, or somebody has answered."""

    def __init__(self) -> None:
        super().__init__("nobody waits under this id: `candor requests people` shows all who do")


class HandoffQueue:
    """Who wants to talk to a person. `working_days`: how soon somebody answers, Monday to Friday."""

    def __init__(
        self, engine: Engine, ledger: RequestEvents, working_days: int, now: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:  # fmt: skip
        self._engine, self._ledger, self._days, self._clock = engine, ledger, working_days, now

    def wanted(self, conversation: str, company: str, email: str | None = None) -> HandoffPromise | NotAnAddress:
        """Mark the conversation for staff. Asked again, the first promise stands; an address can be added."""
        address = read_address(email) if email else None
        if isinstance(address, NotAnAddress):
            return address
        with writing(self._engine) as session:
            waits = [HandoffRow.conversation == conversation, HandoffRow.answered_at.is_(None)]
            row = session.scalar(select(HandoffRow).where(*waits))
            now = self._clock().astimezone(UTC)
            fresh = row is None
            if row is None:
                row = HandoffRow(
                    conversation=conversation, company=company, asked_at=now, answer_by=after_working_days(now, self._days)
                )
                session.add(row)
            if address:
                row.email = self._ledger.cipher.encrypt(address.written)
                row.email_hash = self._ledger.cipher.fingerprint(address.same)
            session.flush()
            if fresh:
                self._ledger.tell_staff(session, "staff_person", now, handoff=row.id, hook="person.wanted")
            return HandoffPromise(row.answer_by, row.email is not None)

    def waiting(self) -> list[WaitingVisitor]:
        """All who wait, the longest first."""
        with Session(self._engine) as session:
            rows = session.scalars(
                select(HandoffRow).where(HandoffRow.answered_at.is_(None)).order_by(HandoffRow.answer_by, HandoffRow.id)
            )
            return [self._waiting(row) for row in rows]

    def get(self, waiting: int) -> WaitingVisitor | None:
        """Who has asked under this id, answered since or not."""
        with Session(self._engine) as session:
            row = session.get(HandoffRow, waiting)
            return self._waiting(row) if row else None

    def newest(self, conversation: str) -> WaitingVisitor | None:
        """When a person was asked for last in a conversation, answered since or not; None: never."""
        last = select(HandoffRow).where(HandoffRow.conversation == conversation).order_by(HandoffRow.id.desc()).limit(1)
        with Session(self._engine) as session:
            row = session.scalar(last)
            return self._waiting(row) if row else None

    def answered_in(self, conversation: str, actor: str) -> bool:
        """Somebody has answered in this conversation; whether anybody waited there."""
        waits = [HandoffRow.conversation == conversation, HandoffRow.answered_at.is_(None)]
        with writing(self._engine) as session:
            rows = session.scalars(select(HandoffRow).where(*waits)).all()
            for row in rows:
                row.answered_at, row.answered_by = self._clock().astimezone(UTC), actor[:40]
            return bool(rows)

    def answer_by_mail(self, waiting: int, words: str, actor: str, key: str) -> bool:
        """Write to the address that was left. The same key writes once: False where it has before.

        Raises: NobodyWaitsError, also where no address is left; AnsweredError.
        """
        with writing(self._engine) as session:
            if outbox.has(session, key):
                return False
            row = session.get(HandoffRow, waiting)
            if row is None or row.email is None:
                raise NobodyWaitsError
            if row.answered_at is not None:
                raise AnsweredError(f"handoff {waiting} is answered")
            now = self._clock().astimezone(UTC)
            row.answer = self._ledger.cipher.encrypt(words)
            row.answered_at, row.answered_by = now, actor[:40]
            outbox.put(session, "requester", ANSWER, now, key=key, handoff=row.id)
            return True

    def _waiting(self, row: HandoffRow) -> WaitingVisitor:
        email = self._ledger.cipher.decrypt(row.email) if row.email else None
        came_back = row.answer is not None and row.answered_at is None
        return WaitingVisitor(
            row.id, row.conversation, row.company, email, row.asked_at, row.answer_by, row.answered_at, came_back
        )

    def answered(self, waiting: int, actor: str) -> None:
        """Somebody has answered. Raises: NobodyWaitsError."""
        with writing(self._engine) as session:
            row = session.get(HandoffRow, waiting)
            if row is None or row.answered_at is not None:
                raise NobodyWaitsError
            row.answered_at, row.answered_by = self._clock().astimezone(UTC), actor[:40]


def after_working_days(start: datetime, days: int) -> datetime:
    """The same time of day so many days later, Saturdays and Sundays not counted. Public holidays are: nobody said whose."""
    moment = start
    while days:
        moment += timedelta(days=1)
        if moment.weekday() < SATURDAY:
            days -= 1
    return moment
