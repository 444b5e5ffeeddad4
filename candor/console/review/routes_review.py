"""The review queue: one turn at a time, with its neighbours and its reasons; verdicts, labels and assignees."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse

from candor.accounts.roles import Account
from candor.console.companies.choosing import CompanyAsked
from candor.console.conversations.view import KINDS, LOOKS, turns_seen
from candor.console.deps import Parts, Staff, needs
from candor.console.pages import show
from candor.console.places import FOLDER
from candor.console.review.panels import turn_panels
from candor.console.review.queue import QUEUES, RISKS, around, query_of
from candor.console.sign_in.routes_sign_in import own
from candor.errors import InvalidInputError
from candor.reviews.queue import QueueFilter
from candor.services import Services
from candor.transcripts.models import TurnRow
from candor.transcripts.risk import Risk
from candor.transcripts.store import Conversation

router = APIRouter(prefix="/review", dependencies=[needs("review")])
HERE = f"{FOLDER}/review"


@router.get("")
def queue(
    request: Request, parts: Parts, staff: Staff, *, company: CompanyAsked, kind: str = "", not_helpful: bool = False,
    mine: bool = False, sample: int = 0, turn: int = 0, after: int = 0, done: str = "",
) -> Response:  # fmt: skip
    """The turn that the address names, or the next one that this person has not judged."""
    wanted = QueueFilter(company, kind if kind in QUEUES else "", not_helpful, mine, sample)
    companies = reviewed_by(parts, staff, company)
    about = parts.staff.samples.get(sample) if sample else None
    if about:
        check_sample(staff, about.company)
    current = turn or parts.staff.review_queue.next_to_judge(wanted, staff.id, companies, after if 0 < after < 2**31 else None)
    context = {
        "wanted": wanted, "query": lambda **more: query_of(wanted, **more), "kinds": KINDS, "looks": LOOKS, "queues": QUEUES,
        "known": staff.companies("review", parts.knowledge.catalogue.companies), "samples": samples_for(parts, staff),
        "sample": about,
        "progress": parts.staff.review_queue.progress(wanted, staff.id, companies), "done": done,
        "today": parts.staff.reviews.count_since(staff.id, datetime.now(UTC) - timedelta(days=1)), "revealed": {},
    }  # fmt: skip
    if current is None:
        return show(request, "review/empty.html", context)
    return show(request, "review/queue.html", context | _turn_context(parts, staff, current, wanted, companies))


@router.post("/turns/{turn}")
def judge(
    parts: Parts, staff: Staff, turn: int, verdict: Annotated[str, Form()], note: Annotated[str, Form()] = "",
    next: Annotated[str, Form()] = "",
) -> Response:  # fmt: skip
    """Save a verdict and go on to the next turn; 303, so that a reload judges nothing twice."""
    row = reviewable(parts, staff, turn)
    before = parts.staff.reviews.record(turn, staff.id, verdict, note)
    parts.staff.audit.record(
        staff.actor, "review.give", f"turn {turn}", company=row.company, conversation=row.conversation_id, verdict=verdict,
        before=before or "",
    )  # fmt: skip
    return RedirectResponse(own(next) if next else f"{HERE}?after={turn}&done=judged", 303)


@router.post("/conversations/{conversation_id}/labels")
def label(parts: Parts, staff: Staff, conversation_id: str, labels: Annotated[str, Form()] = "") -> Response:
    conversation = _conversation(parts, staff, conversation_id)
    put = parts.staff.reviews.label(conversation.id, labels)
    parts.staff.audit.record(
        staff.actor, "conversation.label", f"conversation {conversation.id}", company=conversation.company, labels=len(put)
    )
    return RedirectResponse(f"{FOLDER}/conversations/{conversation.id}", 303)


@router.post("/conversations/{conversation_id}/assignee")
def assign(parts: Parts, staff: Staff, conversation_id: str, account: Annotated[int, Form()] = 0) -> Response:
    """Assign a conversation to an account that may read it; 0 is nobody."""
    conversation = _conversation(parts, staff, conversation_id)
    if not 0 <= account < 2**31:
        raise InvalidInputError("that is no account")
    if account:
        parts.staff.accounts.get(account).require("read_conversations", conversation.company)
    parts.staff.reviews.assign(conversation.id, account or None)
    parts.staff.audit.record(
        staff.actor, "conversation.assign", f"conversation {conversation.id}", company=conversation.company, account=account
    )
    return RedirectResponse(f"{FOLDER}/conversations/{conversation.id}", 303)


def reviewed_by(parts: Services, staff: Account, company: str = "") -> tuple[str, ...] | None:
    """The companies whose turns somebody may review; None: all. Raises: NotYoursError."""
    staff.require("review", company or None)
    return None if staff.covers("review") else staff.companies("review", parts.knowledge.catalogue.companies)


def reviewable(parts: Services, staff: Account, turn: int) -> TurnRow:
    """Raises: NotYoursError; UnknownTurnError, only for those who may review at all."""
    staff.require("review")
    row = parts.staff.reviews.turn(turn)
    staff.require("review", row.company)
    return row


def samples_for(parts: Services, staff: Account) -> list[Any]:
    return [each for each in parts.staff.samples.all() if sees_sample(staff, each.company)]


def sees_sample(staff: Account, company: str) -> bool:
    return staff.may("review", company) if company else staff.covers("review")


def check_sample(staff: Account, company: str) -> None:
    if not sees_sample(staff, company):
        staff.require("review", company or "*")


def _turn_context(
    parts: Services, staff: Account, turn: int, wanted: QueueFilter, companies: Sequence[str] | None
) -> dict[str, Any]:  # fmt: skip
    """The context of one turn with its neighbours and verdicts. Recorded as a reading of its conversation."""
    row = reviewable(parts, staff, turn)
    conversation = parts.conversations.transcripts.get(row.conversation_id)
    rows = parts.conversations.transcripts.turns(conversation.id)
    covered = staff.companies("read_conversations", {each.company for each in rows})
    seen = turns_seen(rows, parts.conversations.transcripts.feedback_of(conversation.id), parts.knowledge.catalogue, covered)
    before, current, after = around(seen, turn)
    parts.staff.audit.record(staff.actor, "conversation.read", f"conversation {conversation.id}", company=row.company, turn=turn)
    newer, older = parts.staff.review_queue.beside(wanted, staff.id, companies, turn)
    return {
        "conversation": conversation, "before": before, "turn": current, "after": after, "turns_in_all": len(seen),
        "risk": RISKS.get(Risk(row.risk)),
        "newer": newer, "older": older, **turn_panels(parts.staff, staff, [turn]),
    }  # fmt: skip


def _conversation(parts: Services, staff: Account, conversation_id: str) -> Conversation:
    staff.require("review")
    conversation = parts.conversations.transcripts.get(conversation_id[:40])
    staff.require("review", conversation.company)
    return conversation
