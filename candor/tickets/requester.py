"""What a requester can do: open a request, prove who they are, ask for its status, add to it, withdraw it.

Staff's side is in staff.py. Results never reveal whether an address or a number is known: for a number that does not exist or
belongs to another conversation, they are all the same until a right code is given.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal

from sqlalchemy import Engine, and_, func, or_, select
from sqlalchemy.orm import Session

from candor.accounts.actors import REQUESTER, SYSTEM
from candor.database.transactions import writing
from candor.errors import InvalidInputError
from candor.tickets.acknowledgement import ACKNOWLEDGED, needs_acknowledgement
from candor.tickets.addresses import Address, NotAnAddress, read_address
from candor.tickets.agent_authority import AgentAuthority, record_authority
from candor.tickets.events import LETTERS, RequestEvents
from candor.tickets.identity import CodeOnItsWay, Codes, NewCodeSent, RightCode, TooManyCodes, WrongCode, may_see
from candor.tickets.models import TicketAccessRow, TicketRow
from candor.tickets.reference import new_number, read_number
from candor.tickets.request_types import REQUEST_TYPES, WITHOUT_PROOF
from candor.tickets.senders import sender_of
from candor.tickets.standing import BY_EARLIER_CODE, told_ticket
from candor.tickets.states import CLOSED, FIRST, OPEN, Fact
from candor.tickets.ticket import Ticket
from candor.tickets.writers import about, about_number

# Whose address nobody has proven counts against the sender; what was proven, against the address. So nobody can use up the
# requests of somebody else by typing their address.
UNPROVEN_REQUESTS_A_DAY = 10  # per conversation
UNPROVEN_REQUESTS_OF_SENDER = 30  # a day: an office may share one network address
PROVEN_REQUESTS_A_DAY = 30  # per address
DAY = timedelta(days=1)
OPEN_ALREADY: Fact = "the same request is open already"

IdentityState = Literal["not_needed", "needed", "address_missing", "proven"]


@dataclass(frozen=True)
class Confirmed:
    """A request that the requester has agreed to.

    confirmation: identifies that yes, which opens one request however often it arrives.
    """

    confirmation: str
    company: str
    request_type: str
    conversation: str
    email: str | None = None
    residence: str = ""  # ISO 3166 code; empty: unknown
    details: str = ""
    vouched: str = ""  # who guarantees that the address is the sender's own, so that no code is needed; empty: nobody
    gpc: bool = False  # the requester's browser sent Global Privacy Control
    authority: AgentAuthority | None = None  # of the agent that asks for somebody else; None: the requester asks


@dataclass(frozen=True)
class Opened:
    """The request, and what is needed before work on it starts.

    code: what became of the code's mail; None if no code is needed, or no address is known yet.
    first: the number of the request that this one repeats, if it may be disclosed.
    """

    ticket: Ticket
    identity: IdentityState
    code: NewCodeSent | TooManyCodes | None = None
    first: str | None = None


@dataclass(frozen=True)
class TooManyRequests:
    """This sender has opened so many requests that no more are accepted before `until`. Those that are open stay open."""

    until: datetime
    most: int


@dataclass(frozen=True)
class Verified:
    """The code was right: identity is proven, and the conversation may see the request."""

    ticket: Ticket
    first: str | None = None


@dataclass(frozen=True)
class RequestStatus:
    """The request's status, for somebody who may see it. `first` as in Opened."""

    ticket: Ticket
    first: str | None = None


@dataclass(frozen=True)
class Withdrawn:
    """It is withdrawn now, or was withdrawn before."""

    ticket: Ticket


@dataclass(frozen=True)
class Added:
    """The text was added to the request."""

    ticket: Ticket


@dataclass(frozen=True)
class AlreadyClosed:
    """The request can no longer be changed; a new one can be opened."""

    ticket: Ticket


@dataclass(frozen=True)
class ProofNeeded:
    """A code must be given in this conversation first. The result for every number that this conversation has no access to."""


@dataclass(frozen=True)
class AddressChanged:
    """The request has the new address, and goes on without a code, because it needs none."""

    ticket: Ticket


CodeOutcome = Verified | WrongCode | NewCodeSent | TooManyCodes


class RequestDesk:
    """What requesters do with requests.

    step: called with the name of each step of opening, so that a test can kill the process there.
    """

    def __init__(
        self, engine: Engine, events: RequestEvents, now: Callable[[], datetime] = lambda: datetime.now(UTC),
        step: Callable[[str], None] = lambda _: None,
    ) -> None:  # fmt: skip
        self._engine, self._events, self._codes, self._clock, self._step = engine, events, Codes(events), now, step

    def open(self, confirmed: Confirmed) -> Opened | TooManyRequests | NotAnAddress:
        """Open a confirmed request. The same confirmation always gives the same request.

        Raises: InvalidInputError for a request type that does not exist, or details that are too long.
        """
        if confirmed.request_type not in REQUEST_TYPES:
            raise InvalidInputError(f"no such request type; known: {', '.join(REQUEST_TYPES)}")
        address = read_address(confirmed.email) if confirmed.email else None
        with Session(self._engine) as session:  # a repeated yes needs no lock on the database
            known = self._opened_by(session, confirmed)
        if known:
            return known
        if isinstance(address, NotAnAddress):
            return address
        self._step("before the transaction")
        with writing(self._engine, about(confirmed.company)) as session:
            self._step("transaction begun")
            known = self._opened_by(session, confirmed)
            if known:
                return known
            limit = self._limit(session, confirmed.conversation, address)
            opened = limit or self._write(session, confirmed, address)
            self._step("before the commit")
        self._step("committed")
        return opened

    def acknowledge(self, number: str, conversation: str) -> None:
        """Record, once and if the law requires an acknowledgement, that the requester reads the receipt in the chat."""
        own = [TicketRow.number == number, TicketRow.conversation == conversation]
        with Session(self._engine) as session:  # most requests need none: do not lock the database for them
            if session.scalar(select(TicketRow.id).where(*own, needs_acknowledgement())) is None:
                return
        with writing(self._engine, about_number(self._engine, number)) as session:
            row = session.scalar(select(TicketRow).where(*own, needs_acknowledgement()))
            if row is not None:
                self._events.note(session, row, ACKNOWLEDGED, SYSTEM, self._now(), data={"by": "the reply in the chat"})

    def of_conversation(self, conversation: str) -> list[Ticket]:
        """All requests opened in a conversation, oldest first."""
        with Session(self._engine) as session:
            rows = session.scalars(select(TicketRow).where(TicketRow.conversation == conversation).order_by(TicketRow.id))
            return [self._told(session, row) for row in rows]

    def awaits_code(self, conversation: str) -> bool:
        """Whether a request that was opened in a conversation waits for its code."""
        waits = [TicketRow.conversation == conversation, TicketRow.status == "awaiting_identity"]
        with Session(self._engine) as session:
            return session.scalar(select(TicketRow.id).where(*waits).limit(1)) is not None

    def give_address(
        self, number: str, conversation: str, email: str
    ) -> CodeOutcome | AddressChanged | NotAnAddress | ProofNeeded:  # fmt: skip
        """Set or correct the request's address; only in the conversation that opened it, and until the address is proven.

        Where no proof is needed, the letter that says so goes to the new address.
        """
        address = read_address(email)
        if isinstance(address, NotAnAddress):
            return address
        with writing(self._engine, about_number(self._engine, number)) as session:
            row, now = _row(session, number), self._now()
            if row is None or row.conversation != conversation or not self._takes_address(session, row):
                return ProofNeeded()
            if row.status == "awaiting_identity" and self._is_address(row, address):
                return self._codes.issue(session, row, conversation, now, "asked")  # nothing changes, and nothing is forgiven
            self._set_address(row, address)
            self._codes.end(session, row)  # a code sent to another address proves nothing about this one
            given = self._events.note(session, row, "address_given", REQUESTER, now)
            if row.status not in {"received", "awaiting_identity"}:
                self._events.write(session, row, LETTERS["accept"], given)
                return AddressChanged(self._told(session, row))
            if row.status == "received":
                self._events.move(session, row, "ask_identity", SYSTEM, now)
            return self._codes.issue(session, row, conversation, now, "asked")

    def send_code(self, number: str, conversation: str) -> CodeOnItsWay | NewCodeSent | TooManyCodes:
        """Send a new code to the request's address."""
        with writing(self._engine, about_number(self._engine, number)) as session:
            row, now = _row(session, number), self._now()
            own = row is not None and may_see(session, row, conversation, now)
            limit = None if own else self._codes.stranger_limit(session, conversation, now)
            if limit:
                return limit
            known = row is not None and row.email is not None
            sent = self._codes.issue(session, row, conversation, now, "asked") if row is not None and known else None
            return sent if own and sent else CodeOnItsWay()

    def give_code(self, number: str, code: str, conversation: str) -> CodeOutcome:
        """Check a code. A right one proves who the requester is, and gives this conversation access for an hour."""
        with writing(self._engine, about_number(self._engine, number)) as session:
            row, now = _row(session, number), self._now()
            own = row is not None and may_see(session, row, conversation, now)
            limit = None if own else self._codes.stranger_limit(session, conversation, now)
            if limit:
                return limit
            if row is None or row.email is None:
                return WrongCode(left=None)
            outcome = self._codes.check(session, row, code, conversation, now)
            if not isinstance(outcome, RightCode):
                return outcome if own else WrongCode(left=None)
            if row.status == "awaiting_identity":
                self._verify(session, row, now, {})
            return Verified(self._told(session, row), self._first(session, row))

    def status(
        self, number: str, conversation: str, code: str | None = None
    ) -> RequestStatus | CodeOnItsWay | WrongCode | NewCodeSent | TooManyCodes:  # fmt: skip
        """The status of a request. A conversation without access gets a code sent, or passes it here with the number."""
        with Session(self._engine) as session:
            row = _row(session, number)
            if row is not None and may_see(session, row, conversation, self._now()):
                return RequestStatus(self._told(session, row), self._first(session, row))
        if code is None:
            return self.send_code(number, conversation)
        outcome = self.give_code(number, code, conversation)
        return RequestStatus(outcome.ticket, outcome.first) if isinstance(outcome, Verified) else outcome

    def withdraw(self, number: str, conversation: str) -> Withdrawn | AlreadyClosed | ProofNeeded:
        """Withdraw a request; a second time changes nothing."""
        with writing(self._engine, about_number(self._engine, number)) as session:
            row = self._own(session, number, conversation)
            if row is None:
                return ProofNeeded()
            if row.status == "withdrawn":
                return Withdrawn(self._told(session, row))
            if row.status in CLOSED:
                return AlreadyClosed(self._told(session, row))
            self._events.move(session, row, "withdraw", REQUESTER, self._now())
            return Withdrawn(self._told(session, row))

    def add_details(self, number: str, conversation: str, text: str) -> Added | AlreadyClosed | ProofNeeded:
        """Add what the requester wrote; if staff had asked something, this is the answer.

        Raises: TextTooLongError.
        """
        with writing(self._engine, about_number(self._engine, number)) as session:
            row, now = self._own(session, number, conversation), self._now()
            if row is None:
                return ProofNeeded()
            if row.status in CLOSED:
                return AlreadyClosed(self._told(session, row))
            if row.status == "waiting_for_requester":
                self._events.move(session, row, "answer", REQUESTER, now, words=text)
            else:
                event = self._events.note(session, row, "details_added", REQUESTER, now, words=text)
                self._events.tell_staff(session, "staff_answer", now, row=row, event=event, hook="request.details_added")
            return Added(self._told(session, row))

    def _write(self, session: Session, confirmed: Confirmed, address: Address | None) -> Opened:
        """Everything that opening a request writes, in one transaction."""
        now = self._now()
        company = self._events.company(confirmed.company)
        row = TicketRow(
            number=_free_number(session), confirmation=confirmed.confirmation, company=confirmed.company,
            request_type=confirmed.request_type, status=FIRST, conversation=confirmed.conversation, received_at=now,
            sender=sender_of(session, self._events.cipher, confirmed.conversation),
            residence=confirmed.residence, promised_days=company.promised_days.get(confirmed.request_type),
        )  # fmt: skip
        if address:
            self._set_address(row, address)
        session.add(row)
        session.flush()
        self._step("request written")
        signal = {"gpc": True} if confirmed.gpc else {}
        event = self._events.note(session, row, FIRST, REQUESTER, now, words=confirmed.details, data=signal)
        if confirmed.authority:
            record_authority(session, self._events, row, confirmed.authority, now)
        needs_proof = self._events.set_dates(session, row).rule.verify and row.request_type not in WITHOUT_PROOF
        self._events.tell_staff(session, "", now, row=row, event=event, hook="request.received")
        self._step("event written")
        opened = self._ask_identity(session, row, needs_proof, now, confirmed)
        self._step("mail written")
        return opened

    def _ask_identity(self, session: Session, row: TicketRow, needs_proof: bool, now: datetime, confirmed: Confirmed) -> Opened:
        earlier = self._earlier_request(session, row)
        if earlier is not None:
            row.duplicate_of = earlier.id
        if earlier is not None and self._may_disclose(row, earlier):
            self._events.move(session, row, "mark_duplicate", SYSTEM, now, data={"first": earlier.number})
            return Opened(self._told(session, row), "not_needed", first=earlier.number)
        if not needs_proof:
            self._events.move(session, row, "accept", SYSTEM, now)
            return Opened(self._told(session, row), "not_needed")
        if row.email is None:
            return Opened(self._told(session, row), "address_missing")
        self._events.move(session, row, "ask_identity", SYSTEM, now)
        if confirmed.vouched or self._proven_here(session, row, now):
            self._verify(session, row, now, {"by": confirmed.vouched or BY_EARLIER_CODE})
            return Opened(self._told(session, row), "proven", first=self._first(session, row))
        if confirmed.authority:  # who knows nothing of it gets no code by mail; staff, or the person in the chat, ask for one
            return Opened(self._told(session, row), "needed")
        code = self._codes.issue(session, row, row.conversation, now, "asked")
        return Opened(self._told(session, row), "needed", code)

    def _verify(self, session: Session, row: TicketRow, now: datetime, data: dict[str, str]) -> None:
        earlier = self._earlier_request(session, row, verified_only=True)
        row.duplicate_of = earlier.id if earlier is not None else None
        facts: frozenset[Fact] = frozenset({OPEN_ALREADY}) if earlier is not None else frozenset()
        first = {"first": earlier.number} if earlier is not None else {}
        self._events.move(session, row, "verify", REQUESTER, now, facts=facts, data=data | first)

    def _opened_by(self, session: Session, confirmed: Confirmed) -> Opened | None:
        """The request that this yes has opened before, if any."""
        row = session.scalar(select(TicketRow).where(TicketRow.confirmation == confirmed.confirmation))
        if row is None:
            return None
        waiting: dict[str, IdentityState] = {
            "received": "address_missing" if row.email is None else "needed", "awaiting_identity": "needed",
        }  # fmt: skip
        settled: IdentityState = "proven" if row.verified_at else "not_needed"
        identity = waiting.get(row.status, settled)
        code = NewCodeSent("asked") if row.status == "awaiting_identity" else None
        return Opened(self._told(session, row), identity, code, self._first(session, row))

    def _earlier_request(self, session: Session, row: TicketRow, *, verified_only: bool = False) -> TicketRow | None:
        """The earliest other open request with the same company, type and address.

        One whose address was never proven counts only within the same conversation, because anybody can type any address.
        """
        if row.email is None:
            return None
        hashes = self._events.cipher.fingerprints(canonical_address(self._events.cipher.decrypt(row.email)))
        proven = or_(TicketRow.verified_at.is_not(None), TicketRow.request_type.in_(WITHOUT_PROOF))
        counts = proven if verified_only else or_(proven, TicketRow.conversation == row.conversation)
        same = [TicketRow.company == row.company, TicketRow.request_type == row.request_type, TicketRow.email_hash.in_(hashes)]
        return session.scalar(
            select(TicketRow)
            .where(TicketRow.id != row.id, *same, TicketRow.status.in_(OPEN), counts)
            .order_by(TicketRow.id)
            .limit(1)
        )

    def _proven_here(self, session: Session, row: TicketRow, now: datetime) -> bool:
        """Whether this conversation has proven within the last hour that it can read this address's mail."""
        assert row.email is not None  # noqa: S101  (the caller has looked)
        hashes = self._events.cipher.fingerprints(canonical_address(self._events.cipher.decrypt(row.email)))
        proven = (
            select(TicketAccessRow.id)
            .join(TicketRow, TicketRow.id == TicketAccessRow.ticket_id)
            .where(
                TicketAccessRow.conversation == row.conversation, TicketAccessRow.until > now, TicketRow.email_hash.in_(hashes)
            )
            .limit(1)
        )
        return session.scalar(proven) is not None

    def _first(self, session: Session, row: TicketRow) -> str | None:
        """The number of the request that this one repeats, if it may be disclosed."""
        earlier = session.get(TicketRow, row.duplicate_of) if row.duplicate_of else None
        return earlier.number if earlier is not None and self._may_disclose(row, earlier) else None

    def _may_disclose(self, row: TicketRow, earlier: TicketRow) -> bool:
        return row.verified_at is not None or row.conversation == earlier.conversation

    def _told(self, session: Session, row: TicketRow) -> Ticket:
        return told_ticket(session, self._codes, row, self._now())

    def _takes_address(self, session: Session, row: TicketRow) -> bool:
        if row.status in {"received", "awaiting_identity"}:
            return True
        return row.status in OPEN and self._told(session, row).proof == "not_needed"

    def _is_address(self, row: TicketRow, address: Address) -> bool:
        return row.email_hash in self._events.cipher.fingerprints(address.same)

    def _own(self, session: Session, number: str, conversation: str) -> TicketRow | None:
        row = _row(session, number)
        return row if row is not None and may_see(session, row, conversation, self._now()) else None

    def _set_address(self, row: TicketRow, address: Address) -> None:
        row.email = self._events.cipher.encrypt(address.written)
        row.email_hash = self._events.cipher.fingerprint(address.same)

    def _limit(self, session: Session, conversation: str, address: Address | None) -> TooManyRequests | None:
        since, unproven = self._now() - DAY, TicketRow.verified_at.is_(None)
        sender = sender_of(session, self._events.cipher, conversation)
        limits = [
            (and_(TicketRow.conversation == conversation, unproven), UNPROVEN_REQUESTS_A_DAY),
            (and_(TicketRow.sender == sender, unproven), UNPROVEN_REQUESTS_OF_SENDER),
        ]
        if address:
            theirs = TicketRow.email_hash.in_(self._events.cipher.fingerprints(address.same))
            limits.append((and_(theirs, TicketRow.verified_at.is_not(None)), PROVEN_REQUESTS_A_DAY))
        for of, most in limits:
            recent = select(func.count(), func.min(TicketRow.received_at)).where(of, TicketRow.received_at > since)
            count, oldest = session.execute(recent).one()
            if count >= most:
                return TooManyRequests(oldest + DAY, most)
        return None

    def _now(self) -> datetime:
        return self._clock().astimezone(UTC)


def canonical_address(written: str) -> str:
    """An address that was accepted before, in the form that its fingerprint is made from."""
    address = read_address(written)
    return address.same if isinstance(address, Address) else written.casefold()


def _row(session: Session, number: str) -> TicketRow | None:
    read = read_number(number)
    return session.scalar(select(TicketRow).where(TicketRow.number == read)) if read else None


def _free_number(session: Session) -> str:
    while True:  # a collision is rare, but possible
        number = new_number()
        if session.scalar(select(TicketRow.id).where(TicketRow.number == number)) is None:
            return number
