"""Authorized agents: who may make requests for others by the Data Rights Protocol, their keys, tokens and spent messages."""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Engine, Select, delete, select
from sqlalchemy.orm import Session

from candor.database.transactions import writing
from candor.errors import InvalidInputError, NotFoundError
from candor.tickets.models import AgentMessageRow, AgentTokenRow, AuthorizedAgentRow

KEY_BYTES = 32  # of Ed25519 (RFC 8032, 5.1.5)
NAME_OF_AGENT = re.compile(r"[A-Za-z0-9_.-]{1,80}")  # the directory's own are of capitals and _ (§ 3.05.1)
ABOUT = "authorized agents"


class UnknownAgentError(NotFoundError):
    """There is no such agent."""

    public = "There is no such agent."

    def __init__(self) -> None:
        super().__init__("there is no such agent: `candor drp list` shows all")


class AgentNotTakenError(InvalidInputError):
    """A name or key that cannot be taken; `public` says why."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.public = f"{message[:1].upper()}{message[1:]}."


@dataclass(frozen=True)
class AuthorizedAgent:
    """One agent. key: its Ed25519 key for verifying, 32 bytes. trusted: addresses that it has verified count as proven."""

    id: int
    agent_id: str
    name: str
    key: bytes
    trusted: bool
    enabled: bool
    added_at: datetime

    @property
    def written_key(self) -> str:
        """The key as the directory writes it (§ 3.05.1)."""
        return base64.b64encode(self.key).decode()


class AuthorizedAgents:
    """Agents in the database. The caller records in the audit log who changed one."""

    def __init__(self, engine: Engine, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._engine, self._clock = engine, now

    def add(self, agent_id: str, name: str, key: str, actor: str, *, trusted: bool = False) -> AuthorizedAgent:
        """key: in base64. Raises: AgentNotTakenError."""
        agent_id, name, read = agent_id.strip(), _plain(name), read_key(key)
        if not NAME_OF_AGENT.fullmatch(agent_id):
            raise AgentNotTakenError("an agent's id has letters, digits, _, . and -, at most 80 of them")
        with writing(self._engine, ABOUT) as session:
            if session.scalar(_of(agent_id)) is not None:
                raise AgentNotTakenError("there is an agent of this id already")
            row = AuthorizedAgentRow(
                agent_id=agent_id, name=name or agent_id, verify_key=read, trusted=trusted, enabled=True, added_at=self._now(),
                added_by=actor[:40],
            )  # fmt: skip
            session.add(row)
            session.flush()
            return _agent(row)

    def all(self) -> list[AuthorizedAgent]:
        """By name."""
        with Session(self._engine) as session:
            rows = session.scalars(select(AuthorizedAgentRow).order_by(AuthorizedAgentRow.name, AuthorizedAgentRow.id))
            return [_agent(row) for row in rows]

    def find(self, agent_id: str) -> AuthorizedAgent | None:
        """By the id that the directory gives it."""
        with Session(self._engine) as session:
            row = session.scalar(_of(agent_id))
            return _agent(row) if row else None

    def change(
        self, agent_id: str, *, enabled: bool | None = None, trusted: bool | None = None, key: str | None = None
    ) -> AuthorizedAgent:
        """Change what is given. With a new key, or once it is disabled, its tokens are worth nothing any more.

        Raises: UnknownAgentError; AgentNotTakenError.
        """
        fresh = read_key(key) if key is not None else None
        with writing(self._engine, ABOUT) as session:
            row = session.scalar(_of(agent_id))
            if row is None:
                raise UnknownAgentError
            row.enabled = row.enabled if enabled is None else enabled
            row.trusted = row.trusted if trusted is None else trusted
            row.verify_key = fresh or row.verify_key
            if fresh or not row.enabled:
                session.execute(delete(AgentTokenRow).where(AgentTokenRow.agent == row.id))
            return _agent(row)

    def new_token(self, agent: AuthorizedAgent, company: str) -> str:
        """A token for one company, which takes the place of the one before."""
        token = secrets.token_urlsafe(32)
        with writing(self._engine, ABOUT) as session:
            session.execute(delete(AgentTokenRow).where(AgentTokenRow.agent == agent.id, AgentTokenRow.company == company))
            session.add(AgentTokenRow(agent=agent.id, company=company, token_hash=_hash(token), made_at=self._now()))
        return token

    def by_token(self, token: str) -> tuple[AuthorizedAgent, str] | None:
        """Whose token it is, and for which company; None where it is unknown, or its agent is disabled."""
        query = select(AuthorizedAgentRow, AgentTokenRow.company).join(
            AgentTokenRow, AgentTokenRow.agent == AuthorizedAgentRow.id
        )
        with Session(self._engine) as session:
            found = session.execute(
                query.where(AgentTokenRow.token_hash == _hash(token), AuthorizedAgentRow.enabled.is_(True))
            ).first()
            return (_agent(found[0]), found[1]) if found else None

    def spend(self, message: bytes, until: datetime) -> bool:
        """Note that a signed message was taken; False where it was before. until: when it would be refused anyhow."""
        digest, now = hashlib.sha256(message).hexdigest(), self._now()
        with writing(self._engine, ABOUT) as session:
            session.execute(delete(AgentMessageRow).where(AgentMessageRow.until < now))
            if session.get(AgentMessageRow, digest) is not None:
                return False
            session.add(AgentMessageRow(digest=digest, until=until))
            return True

    def _now(self) -> datetime:
        return self._clock().astimezone(UTC)


def read_key(written: str) -> bytes:
    """An Ed25519 key for verifying, from base64. Raises: AgentNotTakenError."""
    try:
        key = base64.b64decode(written.strip(), validate=True)
    except (binascii.Error, ValueError):
        raise AgentNotTakenError("the key is written in base64, as the directory of the protocol shows it") from None
    if len(key) != KEY_BYTES:
        raise AgentNotTakenError(f"a key for verifying has {KEY_BYTES} bytes, this one {len(key)}")
    return key


def _of(agent_id: str) -> Select[AuthorizedAgentRow]:
    return select(AuthorizedAgentRow).where(AuthorizedAgentRow.agent_id == agent_id)


def _agent(row: AuthorizedAgentRow) -> AuthorizedAgent:
    return AuthorizedAgent(row.id, row.agent_id, row.name, row.verify_key, row.trusted, row.enabled, row.added_at)


def _hash(token: str) -> str:
    return hashlib.sha256(f"candor agent {token}".encode()).hexdigest()


def _plain(name: str) -> str:
    return " ".join("".join(letter if letter.isprintable() else " " for letter in name).split())[:80]
