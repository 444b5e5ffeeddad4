"""What a request rests on that an authorized agent makes for somebody: recorded as an event, with what is still unproven.

A company may ask for the person's signed permission, and may ask the person to confirm it or to prove who they are
(11 CCR § 7063(a)); for an opt-out of sale the signed permission alone (11 CCR § 7026(j)).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from candor.accounts.actors import REQUESTER
from candor.tickets.events import RequestEvents
from candor.tickets.models import AgentRequestRow, AuthorizedAgentRow, TicketRow
from candor.tickets.request_types import WITHOUT_PROOF

AUTHORITY = "agent_authority"  # the event's name


@dataclass(frozen=True)
class AgentAuthority:
    """Who asks for whom, in the agent's own terms.

    agent: the id of its row. verified: what of the person it says to have verified, of email, phone_number and address.
    permission: whether it names a signed document. trusted: what it has verified counts as proven here. status_callback: where it
    wants to be told of each change; empty: nowhere.
    """

    request_id: str
    agent: int
    agent_id: str
    name: str
    exercise: str
    regime: str = ""
    agent_request_id: str = ""
    verified: tuple[str, ...] = ()
    permission: bool = False
    trusted: bool = False
    status_callback: str = ""


def record_authority(session: Session, events: RequestEvents, row: TicketRow, authority: AgentAuthority, at: datetime) -> None:
    """Note who asks and what is still to be verified, and keep the name under which the agent knows the request."""
    session.add(
        AgentRequestRow(
            request_id=authority.request_id, ticket_id=row.id, agent=authority.agent, exercise=authority.exercise,
            regime=authority.regime, agent_request_id=authority.agent_request_id,
            status_callback=events.cipher.encrypt(authority.status_callback) if authority.status_callback else None,
        )
    )  # fmt: skip
    known = authority.trusted and "email" in authority.verified
    open_points = ["authority"] if row.request_type in WITHOUT_PROOF or known else ["authority", "identity"]
    data: dict[str, Any] = {
        "agent": authority.name, "agent_id": authority.agent_id, "exercise": authority.exercise, "regime": authority.regime,
        "verified": list(authority.verified), "permission": authority.permission, "open": open_points,
    }  # fmt: skip
    events.note(session, row, AUTHORITY, REQUESTER, at, data=data)


def agent_for(session: Session, ticket: int) -> str:
    """The name of the agent that has made a request; empty where the person has."""
    query = select(AuthorizedAgentRow.name).join(AgentRequestRow, AgentRequestRow.agent == AuthorizedAgentRow.id)
    return session.scalar(query.where(AgentRequestRow.ticket_id == ticket)) or ""
