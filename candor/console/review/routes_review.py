"""The review queue: one turn at a time, with what was said around it and why; verdicts, labels, who looks after it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse

from candor.accounts.roles import Account
from candor.console.conversations import routes as conversations
from candor.console.conversations.view import KINDS, LOOKS, TurnSeen, turns_seen
from candor.console.deps import Parts, Staff, needs
from candor.console.pages import show
from candor.console.places import FOLDER
from candor.console.review.queue import KEYED, QUEUES, VERDICT_NAMES, around, query_of
from candor.console.sign_in.routes_sign_in import own
from candor.errors import InvalidInputError
from candor.reviews.queue import QueueFilter
from candor.services import Services
from candor.transcripts.models import TurnRow
from candor.transcripts.store import Conversation

router = APIRouter(prefix="/review", dependencies=[needs("review")])
HERE = f"{FOLDER}/review"


@router.get("")
def queue(
    request: Request, parts: Parts, staff: Staff, *, company: str = "", kind: str = "", not_helpful: bool = False,
    mine: bool = False, sample: int = 0, turn: int = 0, after: int = 0, done: str = "",
) -> Response:  # fmt: skip
    """The turn that was asked for, else the next that this person has not judged."""
    wanted = QueueFilter(company, kind if kind in QUEUES else "", not_helpful, mine, sample)
    companies = reviewed_by(parts, staff, company)
    about = parts.staff.samples.get(sample) if sample else None
    if about:
        check_sample(staff, about.company)
    current = turn or parts.staff.review_queue.next_to_judge(wanted, staff.id, companies, after if 0 < after < 2**31 else None)
    told = {
        "wanted": wanted, "query": lambda **more: query_of(wanted, **more), "kinds": KINDS, "looks": LOOKS, "queues": QUEUES,
        "known": staff.companies("review", parts.knowledge.catalogue.companies), "samples": samples_for(parts, staff),
        "sample": about,
        "progress": parts.staff.review_queue.progress(wanted, staff.id, companies), "done": done,
        "today": parts.staff.reviews.count_since(staff.id, datetime.now(UTC) - timedelta(days=1)), "revealed": {},
    }  # fmt: skip
    if current is None:
        return show(request, "review/empty.html", told)
    return show(request, "review/queue.html", told | _one(parts, staff, current, wanted, companies))


@router.post("/turns/{turn}")
def judge(
    parts: Parts, staff: Staff, turn: int, verdict: Annotated[str, Form()], note: Annotated[str, Form()] = "",
    next: Annotated[str, Form()] = "",
) -> Response:  # fmt: skip
    """Keep a verdict and go on to the next turn; 303, so that a reload judges nothing twice."""
    row = reviewable(parts, staff, turn)
    before = parts.staff.reviews.record(turn, staff.id, verdict, note)
    parts.staff.audit.record(
        staff.actor, "review.give", f"turn {turn}", company=row.company, conversation=row.conversation_id, verdict=verdict,
        before=before or "",
    )  # fmt: skip
    return RedirectResponse(own(next) if next else f"{HERE}?after={turn}&done=judged", 303)


@router.post("/conversations/{conversation}/labels")
def label(parts: Parts, staff: Staff, conversation: str, labels: Annotated[str, Form()] = "") -> Response:
    talk = _talk(parts, staff, conversation)
    put = parts.staff.reviews.label(talk.id, labels)
    parts.staff.audit.record(staff.actor, "conversation.label", f"conversation {talk.id}", company=talk.company, labels=len(put))
    return RedirectResponse(f"{FOLDER}/conversations/{talk.id}", 303)


@router.post("/conversations/{conversation}/assignee")
def assign(parts: Parts, staff: Staff, conversation: str, account: Annotated[int, Form()] = 0) -> Response:
    """Make somebody look after a conversation who may read it; 0 is nobody."""
    talk = _talk(parts, staff, conversation)
    if not 0 <= account < 2**31:
        raise InvalidInputError("that is no account")
    if account:
        parts.staff.accounts.get(account).require("read_conversations", talk.company)
    parts.staff.reviews.assign(talk.id, account or None)
    parts.staff.audit.record(staff.actor, "conversation.assign", f"conversation {talk.id}", company=talk.company, account=account)
    return RedirectResponse(f"{FOLDER}/conversations/{talk.id}", 303)


def reviewed_by(parts: Services, staff: Account, company: str = "") -> tuple[str, ...] | None:
    """The companies that somebody may review; None: all. Raises: NotYoursError."""
    staff.require("review", company or None)
    return None if staff.covers("review") else staff.companies("review", parts.knowledge.catalogue.companies)


def reviewable(parts: Services, staff: Account, turn: int) -> TurnRow:
    """Raises: NotYoursError; UnknownTurnError, which only those learn who may review at all."""
    staff.require("review")
    row = parts.staff.reviews.turn(turn)
    staff.require("review", row.company)
    return row


def samples_for(parts: Services, staff: Account) -> list[Any]:
    return [each for each in parts.staff.samples.all() if sees_sample(staff, each.company)]


def names_of(parts: Services) -> dict[int, str]:
    """Account id → name."""
    return {account.id: account.name for account in parts.staff.accounts.all()}


def sees_sample(staff: Account, company: str) -> bool:
    return staff.may("review", company) if company else staff.covers("review")


def check_sample(staff: Account, company: str) -> None:
    if not sees_sample(staff, company):
        staff.require("review", company or "*")


def _one(
    parts: Services, staff: Account, turn: int, wanted: QueueFilter, companies: Sequence[str] | None
) -> dict[str, Any]:  # fmt: skip
    """The turn, what was said around it, and what was thought of it. Recorded as a reading of its conversation."""
    row = reviewable(parts, staff, turn)
    talk = parts.conversations.transcripts.get(row.conversation_id)
    rows = parts.conversations.transcripts.turns(talk.id)
    covered = staff.companies("read_conversations", {each.company for each in rows})
    seen = turns_seen(rows, parts.conversations.transcripts.feedback_of(talk.id), parts.knowledge.catalogue, covered)
    before, current, after = around(seen, turn)
    parts.staff.audit.record(staff.actor, "conversation.read", f"conversation {talk.id}", company=row.company, turn=turn)
    newer, older = parts.staff.review_queue.beside(wanted, staff.id, companies, turn)
    return {
        "talk": talk, "before": before, "turn": current, "after": after, "turns_in_all": len(seen), "newer": newer,
        "older": older, **_told_of(parts, staff, [turn]),
    }  # fmt: skip


def _told_of(parts: Services, staff: Account, turns: list[int]) -> dict[str, Any]:
    given = parts.staff.reviews.visible_to(staff.id, turns)
    return {
        "own_reviews": {turn: one for turn, found in given.items() for one in found if one.reviewer == staff.id},
        "others_reviews": {turn: [one for one in found if one.reviewer != staff.id] for turn, found in given.items()},
        "judged": set(given), "keyed": KEYED, "verdict_names": VERDICT_NAMES, "names": names_of(parts),
    }  # fmt: skip


def tell_reader(parts: Services, staff: Account, talk: Conversation, turns: Sequence[TurnSeen]) -> Mapping[str, Any]:
    """What the reader's page needs for the panels of review that it includes."""
    may = staff.may("review", talk.company)
    if not may:
        return {"may_review": False}
    able = [each for each in parts.staff.accounts.all() if not each.disabled and each.may("read_conversations", talk.company)]
    covered = None if staff.covers("review") else staff.companies("review", parts.knowledge.catalogue.companies)
    return {
        "may_review": True, "labels": parts.staff.reviews.labels(talk.id),
        "known_labels": parts.staff.reviews.known_labels(covered),
        "assignee": parts.staff.reviews.assignee(talk.id), "colleagues": able,
        **_told_of(parts, staff, [turn.id for turn in turns]),
    }  # fmt: skip


conversations.TOLD_TOO.append(tell_reader)


def _talk(parts: Services, staff: Account, conversation: str) -> Conversation:
    staff.require("review")
    talk = parts.conversations.transcripts.get(conversation[:40])
    staff.require("review", talk.company)
    return talk
