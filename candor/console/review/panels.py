"""What the panels of review show beside turns: in the review queue, and on the page where a conversation is read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from candor.accounts.roles import Account
from candor.console.conversations.view import TurnSeen
from candor.console.review.queue import KEYED, VERDICT_NAMES
from candor.services import Services
from candor.services.staff import StaffServices
from candor.transcripts.store import Conversation


def reader_panels(
    parts: Services, staff: Account, conversation: Conversation, turns: Sequence[TurnSeen]
) -> Mapping[str, Any]:  # fmt: skip
    """The context of the panels that the reader's page includes: labels, assignee, and the verdicts on its turns."""
    if not staff.may("review", conversation.company):
        return {"may_review": False}
    able = [
        each for each in parts.staff.accounts.all()
        if not each.disabled and each.may("read_conversations", conversation.company)
    ]  # fmt: skip
    covered = None if staff.covers("review") else staff.companies("review", parts.knowledge.catalogue.companies)
    return {
        "may_review": True, "labels": parts.staff.reviews.labels(conversation.id),
        "known_labels": parts.staff.reviews.known_labels(covered),
        "assignee": parts.staff.reviews.assignee(conversation.id), "colleagues": able,
        **turn_panels(parts.staff, staff, [turn.id for turn in turns]),
    }  # fmt: skip


def turn_panels(services: StaffServices, staff: Account, turns: list[int]) -> dict[str, Any]:
    """The context of the panels of these turns: one's own verdicts, and those of others where they may be shown."""
    given = services.reviews.visible_to(staff.id, turns)
    return {
        "own_reviews": {turn: one for turn, reviews in given.items() for one in reviews if one.reviewer == staff.id},
        "others_reviews": {turn: [one for one in reviews if one.reviewer != staff.id] for turn, reviews in given.items()},
        "judged": set(given), "keyed": KEYED, "verdict_names": VERDICT_NAMES, "names": names_of(services),
    }  # fmt: skip


def names_of(services: StaffServices) -> dict[int, str]:
    """Account id → name."""
    return {account.id: account.name for account in services.accounts.all()}
