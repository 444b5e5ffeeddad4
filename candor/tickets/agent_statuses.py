"""How a request is, in the protocol's words. Pure.

Source: Data Rights Protocol 0.9.4, § 3.02 for states and reasons, § 3.03 for the fields, § 3.08 for extensions.
"""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel

from candor.tickets.agent_desk import AgentRequest
from candor.tickets.details import RequestDetails
from candor.tickets.standing import PROVING

ExerciseState = Literal["open", "in_progress", "fulfilled", "revoked", "denied", "expired"]
Reason = Literal[
    "need_user_verification", "suspected_fraud", "insuf_verification", "no_match", "claim_not_covered", "outside_jurisdiction",
    "too_many_requests", "other",
]  # fmt: skip
# Grounds of refusals.yml in the protocol's words; whatever has no word of its own is `other`.
REASONS: dict[str, Reason] = {
    "fraud": "suspected_fraud", "not_verified": "insuf_verification", "not_authenticated": "insuf_verification",
    "not_identified": "no_match", "exempt": "claim_not_covered", "exemption": "claim_not_covered", "twice": "too_many_requests",
}  # fmt: skip


class ExerciseStatus(BaseModel):
    """One request, as § 3.03 has it. Times are ISO 8601."""

    request_id: str
    agent_request_id: str | None = None
    received_at: str
    expected_by: str | None = None
    processing_details: str | None = None
    status: ExerciseState
    reason: Reason | None = None
    user_verification_url: str | None = None
    results_url: str | None = None
    expires_at: str | None = None


def status_of(request: AgentRequest, site: str) -> ExerciseStatus:
    """The request as its agent may know it. site: where people reach Candor: there the person can prove who they are."""
    ticket = request.details.ticket
    status = ExerciseStatus(
        request_id=request.request_id, agent_request_id=request.agent_request_id or None,
        received_at=ticket.received_at.isoformat(), status="in_progress", processing_details=_said(request.details) or None,
        expected_by=ticket.due.isoformat() if ticket.due and ticket.closed_at is None else None,
    )  # fmt: skip
    match ticket.status:
        case "awaiting_identity":
            url = f"{site}/chat/{ticket.company}"
            return status.model_copy(update={"reason": "need_user_verification", "user_verification_url": url})
        case "completed":
            until = request.results_until.isoformat() if request.results_until else None
            return status.model_copy(
                update={"status": "fulfilled", "results_url": request.results_url or None, "expires_at": until}
            )
        case "withdrawn":
            return status.model_copy(update={"status": "revoked"})
        case "refused":
            return status.model_copy(update={"status": "denied", "reason": _why_denied(request.details)})
        case "duplicate":
            return status.model_copy(update={"status": "denied", "reason": "other"})
    return status


def _said(details: RequestDetails) -> str:
    """A sentence for the person. What staff wrote is passed on once it is proven who asks, and only why more time is taken."""
    number = details.ticket.number
    match details.ticket.status:
        case "received":
            return f"The request has the number {number}. The company must still find out who the person is."
        case "awaiting_identity":
            return (
                f"The request has the number {number}. The person can prove that it is theirs: in the company's chat, by asking "
                "for this number and typing the code that comes by e-mail."
            )
        case "waiting_for_requester":
            return f"The company has asked the person something by e-mail about the request {number}."
        case "extended":
            why = next((event.words for event in reversed(details.events) if event.what == "extend"), "")
            return f"More time is needed. {why}".strip() if details.verified_at else "More time is needed."
        case "duplicate":
            return "It repeats a request of the same person that is open; that one goes on."
    return f"The request has the number {number}."


def _why_denied(details: RequestDetails) -> Reason:
    refusal = next((event for event in reversed(details.events) if event.what == "refuse"), None)
    ground = refusal.data.get("ground", "") if refusal else ""
    unproven = details.verified_at is None and not any(event.what in {*PROVING, "prove"} for event in details.events)
    return REASONS.get(ground, "insuf_verification" if unproven and not ground else "other")
