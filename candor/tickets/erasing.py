"""A person's requests and waits for a person, found by the keyed hash of their address; what may be erased of them at once.

A request that is still owed stays: its answer is (GDPR Art. 12(3), CCPA § 1798.130), and erasing who asked would make it
impossible to give. Of closed ones identity and words go, and the bare record that there was a request and an answer stays:
11 CCR § 7101 asks for it, GDPR Art. 17(3)(b) and (e) leave room for it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import ColumnElement, Engine, and_, delete, or_, select, update
from sqlalchemy.orm import Session

from candor.errors import ConflictError
from candor.storage import writing
from candor.tickets.addresses import Address, read_address
from candor.tickets.cipher import FieldCipher, LostKeyError
from candor.tickets.models import HandoffRow, IdentityCodeRow, TicketAccessRow, TicketRow
from candor.tickets.requester import read_same
from candor.tickets.retention import NOBODY, erase
from candor.tickets.states import CLOSED
from candor.tickets.unlink import FORGOTTEN


class StillOwedError(ConflictError):
    """A request of this person is still owed an answer."""

    public = "A request of this person is still open, and its answer is owed. Answer and close it first, then erase."

    def __init__(self) -> None:
        super().__init__("a request of this person is still owed an answer: close it first")


@dataclass(frozen=True)
class PersonTickets:
    """What there is of a person, as ids. `owed`: the numbers of requests whose answer is owed."""

    owed: tuple[str, ...] = ()
    closed: tuple[int, ...] = ()
    handoffs: tuple[int, ...] = ()
    waiting: int = 0  # of the handoffs, those that nobody has answered
    conversations: frozenset[str] = frozenset()  # where they were opened, or asked about with a right code
    prints: tuple[str, ...] = ()


class TicketErasure:
    """companies: only what concerns these; None: every company."""

    def __init__(self, engine: Engine, cipher: FieldCipher, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._engine, self._cipher, self._now = engine, cipher, now

    def find(self, typed: str, conversations: Collection[str], companies: Collection[str] | None) -> PersonTickets:
        """By address, and what was opened without any in conversations that hold it. What stands under another is another's."""
        address = read_address(typed)
        prints = self._cipher.fingerprints(address.same) if isinstance(address, Address) else ()
        with Session(self._engine) as session:
            nameless = and_(TicketRow.email.is_(None), TicketRow.conversation.in_(conversations))
            theirs = [or_(TicketRow.email_hash.in_(prints), nameless), TicketRow.erased_at.is_(None)]
            rows = session.scalars(
                select(TicketRow).where(*theirs, *_of(TicketRow.company, companies)).order_by(TicketRow.id)
            ).all()
            admitted = select(TicketAccessRow.conversation).where(TicketAccessRow.ticket_id.in_([row.id for row in rows]))
            nameless = and_(HandoffRow.email.is_(None), HandoffRow.conversation.in_(conversations))
            waits = or_(HandoffRow.email_hash.in_(prints), nameless)
            handoffs = session.scalars(select(HandoffRow).where(waits, *_of(HandoffRow.company, companies))).all()
            found = {row.conversation for row in rows} | {row.conversation for row in handoffs} | set(session.scalars(admitted))
            return PersonTickets(
                tuple(row.number for row in rows if row.status not in CLOSED),
                tuple(row.id for row in rows if row.status in CLOSED), tuple(row.id for row in handoffs),
                sum(row.answered_at is None for row in handoffs), frozenset(found - {""}), prints,
            )  # fmt: skip

    def erase(self, asked: PersonTickets) -> None:
        """Raises: StillOwedError if a request is owed, or was opened again meanwhile; then nothing is erased."""
        now = self._now().astimezone(UTC)
        with writing(self._engine) as session:
            states = session.scalars(select(TicketRow.status).where(TicketRow.id.in_(asked.closed))).all()
            if asked.owed or set(states) - set(CLOSED):
                raise StillOwedError
            for ticket in asked.closed:
                erase(session, ticket, now)
            session.execute(delete(IdentityCodeRow).where(IdentityCodeRow.email_hash.in_(asked.prints)))
            ours = HandoffRow.id.in_(asked.handoffs)
            ended = {"answered_at": now, "answered_by": FORGOTTEN}
            session.execute(update(HandoffRow).where(ours, HandoffRow.answered_at.is_(None)).values(**ended))
            session.execute(update(HandoffRow).where(ours).values(**NOBODY))

    def hash_older(self) -> int:
        """Work out the hash of addresses that were kept before there was one; says how many. Those of a lost key stay without."""
        done = 0
        with writing(self._engine) as session:
            for row in session.scalars(select(HandoffRow).where(HandoffRow.email.is_not(None), HandoffRow.email_hash.is_(None))):
                try:
                    row.email_hash = self._cipher.fingerprint(read_same(self._cipher.decrypt(row.email or b"")))
                except LostKeyError:
                    continue
                done += 1
        return done


def _of(column: object, companies: Collection[str] | None) -> list[ColumnElement[bool]]:
    return [] if companies is None else [column.in_(companies)]  # type: ignore[attr-defined]
