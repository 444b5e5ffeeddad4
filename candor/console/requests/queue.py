"""What the pages of requests share: whose requests somebody may see, names of colleagues, and ids of forms."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from datetime import UTC, datetime

from candor.accounts.roles import Account, Permission
from candor.console.places import FOLDER
from candor.console.requests.text import STATES
from candor.services import Services
from candor.services.staff import StaffServices
from candor.tickets.details import RequestDetails
from candor.tickets.optimistic_lock import OptimisticLock
from candor.tickets.queue import RequestQueue
from candor.tickets.reference import read_number
from candor.tickets.staff import why_no_more_time
from candor.tickets.states import IN_WORK
from candor.tickets.ticket import Ticket

REQUESTS = f"{FOLDER}/requests"


def worklist(parts: Services) -> RequestQueue:
    return RequestQueue(parts.engine, parts.requests.events)


def now() -> datetime:
    return datetime.now(UTC)


def scope(parts: Services, staff: Account, permission: Permission, company: str = "") -> tuple[str, ...] | None:
    """The companies whose requests are wanted: the given one, else all that are theirs; None: every one.

    Raises: NotYoursError.
    """
    staff.require(permission, company or None)
    if company:
        return (company,)
    return None if staff.covers(permission) else staff.companies(permission, known_companies(parts, staff))


def known_companies(parts: Services, staff: Account) -> list[str]:
    """The companies that are served, and those that the person's roles name: requests outlive a policy's folder."""
    return list(
        dict.fromkeys([*parts.knowledge.catalogue.companies, *(grant.company for grant in staff.grants if grant.company)])
    )


def find(parts: Services, staff: Account, number: str, permission: Permission = "work_requests") -> Ticket:
    """The request, if it is theirs to work on. Raises: UnknownRequestError; NotYoursError."""
    ticket = parts.requests.staff_desk.ticket(read_number(number) or number)
    staff.require(permission, ticket.company)
    return ticket


def names(parts: Services) -> dict[str, str]:
    """The names of all accounts and API tokens, by actor, and the labels of chat channels, by the prefix of their members' actors
    ("bell:")."""
    chats = {f"{chat.name}:": chat.label for chat in parts.channels.chats}
    tokens = {token.actor: f"{token.name} (API)" for token in parts.staff.api_tokens.all()}
    return chats | tokens | {account.actor: account.name for account in parts.staff.accounts.all()}


def colleagues(services: StaffServices, companies: Iterable[str]) -> dict[str, str]:
    """Who may work on the requests of all these companies: names by actor."""
    wanted = list(companies)
    able = [one for one in services.accounts.all() if not one.disabled and all(one.may("work_requests", each) for each in wanted)]
    return {account.actor: account.name for account in able}


def why_not(file: RequestDetails, step: str, at: datetime) -> str:
    """Why a step is not possible with the request in its state, as a sentence; empty where it is possible."""
    if file.erased_at:
        return "Who asked has been erased: nothing more can be done with this request."
    if step == "send_code" and file.ticket.status == "awaiting_identity" and not file.email:
        return "No code can be sent: the request has no address."
    if step == "appeal" and "appeal" in file.can and file.clock and file.clock.rule.appeal is None:
        return f"{file.clock.rule.law_name} knows no appeal to the company. Reopen the request, if you want to look at it again."
    if step not in steps_of(file):
        return f"This request is {STATES[file.ticket.status]}: this step is not possible now."
    more = why_no_more_time(file.clock, at) if file.clock and step == "extend" else ""
    return f"No more time can be taken: {more}." if more else ""


def steps_of(file: RequestDetails) -> list[str]:
    """The steps that its state allows, those that prove who asks first."""
    proving = ["send_code"] if file.ticket.status == "awaiting_identity" else []
    proving += ["prove"] if "start" in file.can or skipped_check(file) else []
    return [*proving, *file.can, "note", "acknowledge", "assign"]


def skipped_check(file: RequestDetails) -> bool:
    """Whether work goes on although nobody has proven who asks: it can still be made up for."""
    return file.ticket.status in IN_WORK and was_skipped(file)


def was_skipped(file: RequestDetails) -> bool:
    """Whether work began although nobody had proven who asks, and nobody has since."""
    started = [event for event in file.events if event.what == "start" and not event.data.get("proof")]
    return bool(started) and not any(event.what == "prove" and event.id > started[-1].id for event in file.events)


def form_name() -> str:
    """A random id of a form, by which a form that is sent twice is recognized."""
    return secrets.token_hex(8)


def seen_of(event: int, form: str) -> OptimisticLock:
    return OptimisticLock(event, form[:32])
