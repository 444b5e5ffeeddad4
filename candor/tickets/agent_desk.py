"""What authorized agents do with requests: make one for somebody, ask how it is, revoke it."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from candor.errors import ConflictError, InvalidInputError, NotFoundError, TooManyError
from candor.tickets.addresses import NotAnAddress
from candor.tickets.agent_authority import AgentAuthority
from candor.tickets.agents import AuthorizedAgent
from candor.tickets.delivery.request_files import RequestFiles
from candor.tickets.details import RequestDetails
from candor.tickets.models import AgentRequestRow, TicketRow
from candor.tickets.requester import Confirmed, Opened, RequestDesk, TooManyRequests, Withdrawn
from candor.tickets.staff import StaffDesk

CONVERSATION = "agent_"  # how the name begins that stands for the conversation of a request that an agent has made
A_WHILE = 3600  # seconds


class NoSuchExerciseError(NotFoundError):
    """No request of this name was made by an agent for this company."""

    public = "There is no such request."


class NotYourExerciseError(InvalidInputError):
    """Another agent has made this request."""

    public = "This request is another agent's."


class PersonAddressError(InvalidInputError):
    """The person's address is none."""

    public = "The e-mail address of the person is not one."


class RequestIdTakenError(ConflictError):
    """The agent has used this agent-request-id for another right."""

    public = "This agent-request-id stands for another request already."


class ExerciseClosedError(ConflictError):
    """The request is answered, so it cannot be revoked."""

    public = "This request is closed: it cannot be revoked any more."


@dataclass(frozen=True)
class AgentWish:
    """What an agent asks for somebody. residence: an ISO 3166 code. verified: what it has verified, as in AgentAuthority."""

    request_type: str
    exercise: str
    regime: str = ""
    agent_request_id: str = ""
    email: str = ""
    residence: str = ""
    details: str = ""
    verified: Sequence[str] = ()
    permission: bool = False
    status_callback: str = ""


@dataclass(frozen=True)
class AgentRequest:
    """A request that an agent has made. results_url: where its person finds the files that were handed over, with a code that
    comes by mail to them alone; results_until: as long as they are there."""

    request_id: str
    agent_request_id: str
    details: RequestDetails
    results_url: str = ""
    results_until: datetime | None = None


class AgentDesk:
    """On the desks of requesters and staff: a request of an agent's is worked on like any other."""

    def __init__(
        self, engine: Engine, desk: RequestDesk, staff_desk: StaffDesk, files: RequestFiles, files_at: str,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:  # fmt: skip
        """files_at: the address below which requesters find their files."""
        self._engine, self._desk, self._staff = engine, desk, staff_desk
        self._files, self._files_at, self._now = files, files_at, now

    def open(self, agent: AuthorizedAgent, company: str, wish: AgentWish) -> AgentRequest:
        """Open it. The same agent_request_id gives the same request, however often it comes.

        Raises: PersonAddressError; TextTooLongError; RequestIdTakenError; TooManyError.
        """
        request_id = str(uuid.uuid4())
        of_agent = f"{agent.id} {company} {wish.agent_request_id or request_id}"
        authority = AgentAuthority(
            request_id, agent.id, agent.agent_id, agent.name, wish.exercise, wish.regime, wish.agent_request_id,
            tuple(wish.verified), wish.permission, agent.trusted, wish.status_callback,
        )  # fmt: skip
        opened = self._desk.open(
            Confirmed(
                confirmation=hashlib.sha256(f"data rights {of_agent}".encode()).hexdigest(), company=company,
                request_type=wish.request_type, conversation=f"{CONVERSATION}{request_id.replace('-', '')}",
                email=wish.email or None, residence=wish.residence, details=wish.details, authority=authority,
                vouched=f"agent:{agent.agent_id}"[:40] if agent.trusted and wish.email and "email" in wish.verified else "",
            )
        )  # fmt: skip
        if isinstance(opened, NotAnAddress):
            raise PersonAddressError("an agent gave an address that is none")
        if isinstance(opened, TooManyRequests):
            raise TooManyError(A_WHILE)
        assert isinstance(opened, Opened)  # noqa: S101  (for the reader: there is no other)
        return self._made(opened.ticket.number, wish.exercise)

    def find(self, agent: AuthorizedAgent, company: str, request_id: str) -> AgentRequest:
        """Raises: NoSuchExerciseError; NotYourExerciseError."""
        query = select(AgentRequestRow, TicketRow).join(TicketRow, TicketRow.id == AgentRequestRow.ticket_id)
        with Session(self._engine) as session:
            found = session.execute(query.where(AgentRequestRow.request_id == request_id, TicketRow.company == company)).first()
        if found is None:
            raise NoSuchExerciseError("no such request of an agent")
        row, ticket = found
        if row.agent != agent.id:
            raise NotYourExerciseError("another agent's request")
        return self._told(row, ticket.number)

    def of_number(self, number: str) -> AgentRequest:
        """The request by its own number, which an agent has made. Raises: sqlalchemy.exc.NoResultFound where none has."""
        query = select(AgentRequestRow).join(TicketRow, TicketRow.id == AgentRequestRow.ticket_id)
        with Session(self._engine) as session:
            row = session.scalars(query.where(TicketRow.number == number)).one()
        return self._told(row, number)

    def revoke(self, agent: AuthorizedAgent, company: str, request_id: str, reason: str = "") -> AgentRequest:
        """Withdraw it; a second time changes nothing. reason: what the person said; it is kept with the request.

        Raises: NoSuchExerciseError; NotYourExerciseError; ExerciseClosedError; TextTooLongError.
        """
        found = self.find(agent, company, request_id)
        number, conversation = found.details.ticket.number, found.details.conversation
        if reason.strip() and found.details.ticket.closed_at is None:
            self._desk.add_details(number, conversation, reason)
        if not isinstance(self._desk.withdraw(number, conversation), Withdrawn):
            raise ExerciseClosedError("a closed request cannot be revoked")
        return self.find(agent, company, request_id)

    def _made(self, number: str, exercise: str) -> AgentRequest:
        query = select(AgentRequestRow).join(TicketRow, TicketRow.id == AgentRequestRow.ticket_id)
        with Session(self._engine) as session:
            row = session.scalars(query.where(TicketRow.number == number)).one()
        if row.exercise != exercise:
            raise RequestIdTakenError("an agent-request-id for two rights")
        return self._told(row, number)

    def _told(self, row: AgentRequestRow, number: str) -> AgentRequest:
        token, until = self._files.handed_over(number, self._now()) or ("", None)
        url = f"{self._files_at}{token}" if token else ""
        return AgentRequest(row.request_id, row.agent_request_id, self._staff.details(number), url, until)
