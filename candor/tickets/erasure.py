"""Find and erase what requests and handoffs hold about one person, by the keyed hash of their address.

An open request stays, because the law requires its answer (GDPR Art. 12(3), CCPA § 1798.130) and erasing the requester would
make the answer impossible. A closed request loses identity and words; the bare record of a request and its answer stays:
11 CCR § 7101 requires it, and GDPR Art. 17(3)(b) and (e) allow it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import ColumnElement, Engine, and_, delete, or_, select, update
from sqlalchemy.orm import Session

from candor.database.transactions import writing
from candor.errors import ConflictError
from candor.tickets.addresses import Address, read_address
from candor.tickets.cipher import FieldCipher, LostKeyError
from candor.tickets.conversation_links import FORGOTTEN
from candor.tickets.models import HandoffRow, IdentityCodeRow, TicketAccessRow, TicketRow
from candor.tickets.requester import canonical_address
from candor.tickets.retention import NOBODY, erase
from candor.tickets.states import CLOSED
from candor.tickets.writers import about, about_waiting, companies_of


class StillOpenError(ConflictError):
    """A request of this person has not been answered yet."""

    public = "A request of this person is still open. Answer and close it first, then erase."

    def __init__(self) -> None:
        super().__init__("a request of this person is still open: close it first")


@dataclass(frozen=True)
class PersonTickets:
    """What is stored about a person, as ids."""

    open_numbers: tuple[str, ...] = ()
    closed: tuple[int, ...] = ()
    open: tuple[int, ...] = ()  # the same requests as `open_numbers`
    handoffs: tuple[int, ...] = ()
    waiting: int = 0  # how many of the handoffs nobody has answered
    conversations: frozenset[str] = frozenset()  # where they were opened, or asked about with a right code
    fingerprints: tuple[str, ...] = ()  # of the address


class TicketErasure:
    """Finds and erases. companies: only what concerns these; None: every company."""

    def __init__(
        self, engine: Engine, cipher: FieldCipher, now: Callable[[], datetime] = lambda: datetime.now(UTC),
        sweep: Callable[[], object] = lambda: None,
    ) -> None:  # fmt: skip
        """sweep: deletes the bytes of files that no row names any more."""
        self._engine, self._cipher, self._now, self._sweep = engine, cipher, now, sweep

    def find(self, typed: str, conversations: Collection[str], companies: Collection[str] | None) -> PersonTickets:
        """What is stored under an address, and what was opened without an address in conversations that mention it.

        What is stored under another address belongs to somebody else.
        """
        return self.find_by_hashes(self.hashes(typed), conversations, companies)

    def hashes(self, typed: str) -> tuple[str, ...]:
        """Every keyed hash under which an address may be stored; none if it is no address."""
        address = read_address(typed)
        return self._cipher.fingerprints(address.same) if isinstance(address, Address) else ()

    def all_hashes(self) -> set[str]:
        """The hash of every address that is stored. Reads whole tables."""
        with Session(self._engine) as session:
            of_tickets = session.scalars(select(TicketRow.email_hash).where(TicketRow.email_hash.is_not(None)).distinct())
            of_handoffs = session.scalars(select(HandoffRow.email_hash).where(HandoffRow.email_hash.is_not(None)).distinct())
            return {each for each in (*of_tickets, *of_handoffs) if each}

    def find_by_hashes(
        self, fingerprints: Sequence[str], conversations: Collection[str], companies: Collection[str] | None,
        until: datetime | None = None,
    ) -> PersonTickets:  # fmt: skip
        """The same by the hashes of the address. until: only what was there by then."""
        received = [] if until is None else [TicketRow.received_at <= until]
        asked = [] if until is None else [HandoffRow.asked_at <= until]
        with Session(self._engine) as session:
            without_address = and_(TicketRow.email.is_(None), TicketRow.conversation.in_(conversations))
            theirs = [or_(TicketRow.email_hash.in_(fingerprints), without_address), TicketRow.erased_at.is_(None), *received]
            rows = session.scalars(
                select(TicketRow).where(*theirs, *_of(TicketRow.company, companies)).order_by(TicketRow.id)
            ).all()
            admitted = select(TicketAccessRow.conversation).where(TicketAccessRow.ticket_id.in_([row.id for row in rows]))
            without_address = and_(HandoffRow.email.is_(None), HandoffRow.conversation.in_(conversations))
            theirs_too = or_(HandoffRow.email_hash.in_(fingerprints), without_address)
            handoffs = session.scalars(select(HandoffRow).where(theirs_too, *asked, *_of(HandoffRow.company, companies))).all()
            conversation_ids = {row.conversation for row in rows} | {row.conversation for row in handoffs}
            conversation_ids |= set(session.scalars(admitted))
            return PersonTickets(
                tuple(row.number for row in rows if row.status not in CLOSED),
                tuple(row.id for row in rows if row.status in CLOSED), tuple(row.id for row in rows if row.status not in CLOSED),
                tuple(row.id for row in handoffs), sum(row.answered_at is None for row in handoffs),
                frozenset(conversation_ids - {""}), tuple(fingerprints),
            )  # fmt: skip

    def erase(
        self, person: PersonTickets, *, also_open: bool = False, along: Callable[[Session], None] = lambda _: None
    ) -> None:  # fmt: skip
        """Erase what was found. also_open: also requests that are open here because a backup is older than their answer.

        along: writes into the same transaction, once it is certain that no request is open, and before anything is erased.
        Raises: StillOpenError, erasing nothing, if a request is open or was reopened meanwhile.
        """
        now = self._now().astimezone(UTC)
        with writing(self._engine, *self._about(person)) as session:
            states = session.scalars(select(TicketRow.status).where(TicketRow.id.in_(person.closed))).all()
            if not also_open and (person.open_numbers or set(states) - set(CLOSED)):
                raise StillOpenError
            along(session)
            for ticket in (*person.closed, *(person.open if also_open else ())):
                erase(session, ticket, now)
            session.execute(delete(IdentityCodeRow).where(IdentityCodeRow.email_hash.in_(person.fingerprints)))
            theirs = HandoffRow.id.in_(person.handoffs)
            ended = {"answered_at": now, "answered_by": FORGOTTEN}
            session.execute(update(HandoffRow).where(theirs, HandoffRow.answered_at.is_(None)).values(**ended))
            session.execute(update(HandoffRow).where(theirs).values(**NOBODY))
        self._sweep()

    def _about(self, person: PersonTickets) -> list[str]:
        """What an erasure keeps out: whoever writes to their requests, or to the queue in which they wait."""
        with Session(self._engine) as session:
            waiting = session.scalars(select(HandoffRow.conversation).where(HandoffRow.id.in_(person.handoffs)).distinct()).all()
        companies = companies_of(self._engine, [*person.closed, *person.open])
        return ["erasures", *map(about, companies), *map(about_waiting, waiting)]

    def hash_older(self) -> int:
        """Hash addresses that were stored before hashes existed; returns how many. Those under a lost key stay without."""
        without, done = select(HandoffRow).where(HandoffRow.email.is_not(None), HandoffRow.email_hash.is_(None)), 0
        with Session(self._engine) as session:
            if session.scalar(without.limit(1)) is None:
                return 0
        with writing(self._engine, "addresses without a hash") as session:
            for row in session.scalars(without):
                try:
                    row.email_hash = self._cipher.fingerprint(canonical_address(self._cipher.decrypt(row.email or b"")))
                except LostKeyError:
                    continue
                done += 1
        return done


def _of(column: object, companies: Collection[str] | None) -> list[ColumnElement[bool]]:
    return [] if companies is None else [column.in_(companies)]  # type: ignore[attr-defined]
