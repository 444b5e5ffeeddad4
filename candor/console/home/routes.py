"""The first page after sign-in: what waits for this person."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

from fastapi import APIRouter, Request, Response

from candor.accounts.roles import Account
from candor.console.deps import Parts, Who
from candor.console.home.counts import Gather, WaitingCount
from candor.console.pages import show
from candor.console.places import FOLDER
from candor.console.reports.reporting import figures_of_today
from candor.console.requests import queue
from candor.services import Services

router = APIRouter()


def _visitors(parts: Services, staff: Account) -> Iterable[WaitingCount]:
    if not staff.may("talk"):
        return
    promised = [one.answer_by for one in parts.conversations.handoff_queue.waiting() if staff.may("talk", one.company)]
    late = any(answer_by <= datetime.now(UTC) for answer_by in promised)
    yield WaitingCount("Visitors who wait for a person", len(promised), f"{FOLDER}/waiting", "bad" if late else "caution")


def _answers(parts: Services, staff: Account) -> Iterable[WaitingCount]:
    today = figures_of_today(parts, staff)
    if today is not None:
        yield WaitingCount("Answers called not helpful today", today.not_helpful, f"{FOLDER}/conversations?is=not_helpful")
        yield WaitingCount("Questions today that the policy does not answer", today.not_in_policy, f"{FOLDER}/silence")


WAITING: tuple[Gather, ...] = (_visitors, queue.waiting, _answers)  # in the order of the page


@router.get("/")
def home(request: Request, who: Who, parts: Parts) -> Response:
    return show(request, "home/home.html", {"waiting": [one for gather in WAITING for one in gather(parts, who.account)]})
