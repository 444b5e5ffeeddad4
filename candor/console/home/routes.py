"""The first page: the inbox of whoever is signed in, and how the day goes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import chain

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from candor.accounts.roles import EVERY_COMPANY, Account
from candor.console.deps import Parts, Staff, TheRetention, Who, needs
from candor.console.home import signals, trouble
from candor.console.home.inbox import Gather, InboxItem, inbox_of
from candor.console.home.mentioned import mentioned
from candor.console.home.requests import open_requests, written_back
from candor.console.home.visitors import visitors
from candor.console.pages import is_part, show
from candor.console.places import FOLDER
from candor.console.reports.reporting import figures_of_today
from candor.services import Services

router = APIRouter()
WAITING: tuple[Gather, ...] = (
    visitors,
    open_requests,
    written_back,
    mentioned,
    trouble.sending,
    trouble.webhooks,
    trouble.tokens,
    trouble.accounts,
)  # looked up again while the page is open
SIGNALS: tuple[Gather, ...] = (signals.unhelpful, signals.silences, signals.judging)


@router.get("/")
def home(request: Request, who: Who, parts: Parts, retention: TheRetention, known: str = "", done: str = "") -> Response:
    """The inbox. known: the state that the page shows, where it asks again by itself; 204 if it is still the same."""
    staff, now = who.account, datetime.now(UTC)
    inbox = inbox_of(chain(_gathered(parts, staff, now), trouble.deletions(staff, retention.job.runs(1))))
    if is_part(request) and known == inbox.state:
        return Response(status_code=204)
    today = None if is_part(request) else figures_of_today(parts, staff)
    did = "Everything that waited is tried again now." if done == "again" else ""
    return show(request, "home/home.html", {"inbox": inbox, "today": today, "did": did})


@router.post("/outbox/again", dependencies=[needs("see_settings")])
def again(parts: Parts, staff: Staff) -> Response:
    """Try again now what could not be sent. Raises: NotYoursError where somebody sees the settings of one company only."""
    staff.require("see_settings", EVERY_COMPANY)
    revived = parts.requests.outbox.revive(datetime.now(UTC))
    parts.staff.audit.record(staff.actor, "letters.again", messages=revived)
    return RedirectResponse(f"{FOLDER}/?done=again", 303)


def _gathered(parts: Services, staff: Account, now: datetime) -> Iterator[InboxItem]:
    return chain.from_iterable(gather(parts, staff, now) for gather in (*WAITING, *SIGNALS))
