"""Who hears of an event besides people: webhooks, by its name and its company; the agent that has made the request."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from candor.tickets.models import AgentRequestRow, HandoffRow, WebhookRow
from candor.tickets.states import STATES

PING = "webhook.ping"  # what is sent to try a receiver; no filter holds it back
EVENTS: tuple[str, ...] = (
    *(f"request.{state}" for state in STATES), "request.details_added", "request.assigned", "request.reminder",
    "request.unacknowledged", "person.wanted", "person.waits",
)  # fmt: skip
GROUPS = ("request.*", "person.*")


def receivers_of(session: Session, event: str, company: str) -> list[WebhookRow]:
    """The webhooks that are switched on and want this event of this company."""
    active = session.scalars(select(WebhookRow).where(WebhookRow.active).order_by(WebhookRow.id))
    return [one for one in active if wants(one.events, event) and (not one.companies or company in one.companies)]


def wants(events: Sequence[str], event: str) -> bool:
    """Whether a filter lets an event through; an empty one lets all."""
    return not events or any(event == one or (one.endswith(".*") and event.startswith(one.removesuffix("*"))) for one in events)


def agent_wants_status(session: Session, ticket: int) -> bool:
    """Whether an authorized agent has made the request, and gave an address at which it is told of each change."""
    wants = [AgentRequestRow.ticket_id == ticket, AgentRequestRow.status_callback.is_not(None)]
    return session.scalar(select(AgentRequestRow.request_id).where(*wants)) is not None


def company_of_handoff(session: Session, handoff: int | None) -> str:
    """The company of a visitor who waits for a person; empty where there is none."""
    row = session.get(HandoffRow, handoff) if handoff else None
    return row.company if row else ""
