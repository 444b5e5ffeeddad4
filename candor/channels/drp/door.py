"""What an agent's message leads to, once it is verified: a request, its status, a revocation, a token."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from pydantic import BaseModel

from candor.accounts.audit import AuditLog
from candor.channels.drp import messages
from candor.channels.drp.messages import EXERCISES, VERSION, DistrustedError, Exercise, KeySetup, ReplayedError, UnreadableError
from candor.errors import NotAllowedError, NotFoundError
from candor.tickets.agent_desk import AgentDesk, AgentWish
from candor.tickets.agent_statuses import ExerciseStatus, status_of
from candor.tickets.agents import AuthorizedAgent, AuthorizedAgents
from candor.tickets.delivery.network_guard import BadReceiverError, Network, check_url
from candor.tickets.law.residence import ResidenceOutcome, parse_residence
from knowledge.catalogue import PolicyCatalogue

REGIMES = {"ccpa": "US-CA"}  # where somebody lives who uses it


class TokenMissingError(NotAllowedError):
    """No token, an unknown one, or one of an agent that is disabled."""

    public = "This needs the token of an agent: ask for one with POST /v1/agent/{agent-id}."


class Business(BaseModel):
    """A business's entry in the directory (§ 3.05.2), as far as Candor knows it."""

    id: str
    name: str
    api_base: str
    supported_actions: list[str]
    supported_verifications: list[str]
    privacy_policy_url: str
    web_url: str
    business_contact: str


class Discovery(BaseModel):
    """What 0.8 looked for at the business itself, and 0.9 has in its directory: to be copied into that."""

    version: str
    api_base: str
    actions: list[str]
    businesses: list[Business]


class AgentDoor:
    """Blocks while it waits for the database: from an event loop it is called in a thread.

    networks: private ones in which an agent's status_callback may be.
    site: where agents and people reach Candor, without a slash at the end.
    """

    def __init__(
        self, agents: AuthorizedAgents, desk: AgentDesk, catalogue: PolicyCatalogue, audit: AuditLog, site: str,
        networks: Sequence[Network] = (),
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:  # fmt: skip
        self._agents, self._desk, self._catalogue, self._audit = agents, desk, catalogue, audit
        self._site, self._networks, self._now = site, networks, now

    def known(self, token: str) -> tuple[AuthorizedAgent, str]:
        """The agent with this token, and the company it is for. Raises: TokenMissingError."""
        found = self._agents.by_token(token) if token else None
        if found is None or found[1] not in self._catalogue.companies:
            raise TokenMissingError("no token of an agent")
        return found

    def exercise(self, agent: AuthorizedAgent, company: str, body: bytes) -> ExerciseStatus:
        """Open a request. Raises: UnreadableError; DistrustedError; ReplayedError; and what AgentDesk.open raises."""
        signed, claims = messages.opened(body, agent.key)
        business = messages.business_of(company)
        message = messages.read(Exercise, claims, agent_id=agent.agent_id, business_id=business, now=self._now())
        if message.right not in EXERCISES:
            raise UnreadableError(f"this right is not supported; those that are: {', '.join(EXERCISES)}")
        if message.status_callback:
            try:
                check_url(message.status_callback, self._networks)
            except BadReceiverError as error:
                raise UnreadableError(f"status_callback cannot be used: {error}") from None
        self._spend(signed, message)
        return status_of(self._desk.open(agent, company, wish_of(agent, message)), self._site)

    def status(self, agent: AuthorizedAgent, company: str, request_id: str) -> ExerciseStatus:
        """Raises: NoSuchExerciseError; NotYourExerciseError."""
        return status_of(self._desk.find(agent, company, request_id), self._site)

    def revoke(self, agent: AuthorizedAgent, company: str, request_id: str, body: bytes) -> ExerciseStatus:
        """Raises: UnreadableError; DistrustedError; and what AgentDesk.revoke raises."""
        _, claims = messages.opened(body, agent.key)
        return status_of(self._desk.revoke(agent, company, request_id, messages.read_revocation(claims).reason), self._site)

    def new_token(self, agent_id: str, body: bytes) -> str:
        """A token for the business that the message names. Raises: UnreadableError; DistrustedError; ReplayedError."""
        agent = self._agents.find(agent_id[:80])
        if agent is None or not agent.enabled:
            raise DistrustedError("there is no agent of this name here")
        signed, claims = messages.opened(body, agent.key)
        message = messages.read(KeySetup, claims, agent_id=agent.agent_id, business_id=None, now=self._now())
        company = next((one for one in self._catalogue.companies if messages.business_of(one) == message.business_id), None)
        if company is None:
            raise DistrustedError("business-id is no business that is served here")
        self._spend(signed, message)
        token = self._agents.new_token(agent, company)
        self._audit.record(f"agent:{agent.agent_id}", "agent.token", f"agent {agent.agent_id}", company=company)
        return token

    def discovery(self) -> Discovery:
        """What this host takes. Raises: NotFoundError while no agent is known."""
        if not any(agent.enabled for agent in self._agents.all()):
            raise NotFoundError("no agent is known")
        actions = list(EXERCISES)
        businesses = [
            Business(
                id=messages.business_of(one.id), name=one.name, api_base=self._site, supported_actions=actions,
                supported_verifications=["email"], privacy_policy_url=f"{self._site}/policies/{one.id}", web_url=one.website,
                business_contact=one.contact,
            )
            for one in self._catalogue.companies.values()
        ]  # fmt: skip
        return Discovery(version=VERSION, api_base=self._site, actions=actions, businesses=businesses)

    def _spend(self, signed: bytes, message: messages.Signed) -> None:
        if not self._agents.spend(signed, message.expires_at):
            raise ReplayedError("a message came twice")


def wish_of(agent: AuthorizedAgent, message: Exercise) -> AgentWish:
    """What the message asks for, in Candor's terms; what it says of the person becomes the request's details."""
    return AgentWish(
        request_type=EXERCISES[message.right], exercise=message.right, regime=message.regime,
        agent_request_id=message.agent_request_id, email=message.email.strip(), residence=_residence(message),
        details=details_of(agent, message), verified=message.verified, permission=bool(message.power_of_attorney),
        status_callback=message.status_callback,
    )  # fmt: skip


def _residence(message: Exercise) -> str:
    """Where the person lives: by the regime, else by the country and region of the address; empty where that is not clear."""
    if message.regime in REGIMES:
        return REGIMES[message.regime]
    if isinstance(message.address, str):
        return ""
    named = ", ".join(part for part in (message.address.region, message.address.country) if part)
    place = parse_residence(named) if named else None
    return place.code or "" if place and place.outcome is ResidenceOutcome.FOUND else ""


def details_of(agent: AuthorizedAgent, message: Exercise) -> str:
    """What staff read of it: who asks, for whom, and what the agent says to have verified."""
    verified = message.verified
    regime = f", under {message.regime.upper()}" if message.regime else ""
    lines = [f"{agent.name} ({agent.agent_id}) asks as an authorized agent for {message.right}{regime}."]
    given = {
        "Name": (message.name, False), "E-mail": (message.email, "email" in verified),
        "Telephone": (message.phone_number, "phone_number" in verified), "Address": (message.postal, "address" in verified),
        "Signed permission": (message.power_of_attorney, False), "Relationships": (", ".join(message.relationships), False),
    }  # fmt: skip
    lines += [f"{label}: {value}{' (verified by the agent)' if sure else ''}" for label, (value, sure) in given.items() if value]
    return "\n".join(lines)
