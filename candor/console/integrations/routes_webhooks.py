"""Webhooks: where news of requests go, how each receiver does, and sending again what did not arrive."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Any

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import RedirectResponse, Response

from candor.accounts.api_tokens import may_give_to
from candor.accounts.roles import Account, NotYoursError
from candor.console.companies.choosing import companies_of
from candor.console.deps import FormText, Parts, Staff, needs
from candor.console.pages import show
from candor.console.places import FOLDER
from candor.console.requests.queue import names
from candor.errors import InvalidInputError
from candor.tickets.delivery.receivers import EVENTS, GROUPS
from candor.tickets.delivery.webhook_registry import KnownWebhook, WebhookSettings

router = APIRouter(prefix="/webhooks", dependencies=[needs("manage_people")])
HERE = f"{FOLDER}/webhooks"
SHOWN = 50  # deliveries
DONE = {
    "changed": "It is changed.", "removed": "It is removed: nothing is sent to it any more.",
    "pinged": "A try is on its way: reload this page in a moment to see what was answered.",
    "replayed": "It is sent again now.", "on": "It is switched on.",
    "off": "It is switched off. What waited can be sent again later.",
}  # fmt: skip
STATES = {
    "due": ("info", "waits"), "sending": ("info", "on its way"), "sent": ("good", "taken"), "dead": ("bad", "given up"),
    "lapsed": ("", "nothing left to say"),
}  # fmt: skip
Several = Annotated[list[str] | None, Form()]
Tick = Annotated[bool, Form()]


@router.get("")
def webhooks(request: Request, parts: Parts, staff: Staff, done: str = "") -> Response:
    """Those that this person may change, and that of the settings."""
    staff.require("manage_people")
    theirs = [one for one in parts.requests.webhook_registry.all() if may_give_to(staff, one.given.companies)]
    return show(request, "integrations/webhooks.html", {
        "hooks": theirs, "done": DONE.get(done, ""),
        "of_settings": bool(parts.settings.webhook_url) and staff.covers("manage_people"),
    })  # fmt: skip


@router.get("/new")
def new(request: Request, parts: Parts, staff: Staff) -> Response:
    staff.require("manage_people")
    return _form(request, parts, staff, WebhookSettings("", ""))


@router.post("")
def add(
    request: Request, parts: Parts, staff: Staff, *, name: FormText = "", url: FormText = "", event: Several = None,
    company: Several = None, typed: Several = None, identity: Tick = False,
) -> Response:  # fmt: skip
    """Make a webhook, and show its secret this once."""
    wanted = _wanted(name, url, event, company, identity=identity, active=True)
    try:
        wanted = _told_of(parts, staff, wanted, typed)
        made, secret = parts.requests.webhook_registry.add(wanted, staff.actor)
    except InvalidInputError as error:
        return _form(request, parts, staff, wanted, wrong=error.public)
    parts.staff.audit.record(staff.actor, "webhook.add", f"webhook {made.id}", name=made.given.name)
    return show(request, "integrations/webhook_made.html", {"hook": made, "secret": secret, "renewed": False})


@router.get("/{webhook}")
def one(
    request: Request, parts: Parts, staff: Staff, webhook: int, done: str = "",
    before: Annotated[int, Query(ge=0, lt=2**31)] = 0,
) -> Response:  # fmt: skip
    """One webhook, and its last deliveries."""
    known = _theirs(parts, staff, webhook)
    found = parts.requests.webhook_registry.deliveries(webhook, before=before or None, limit=SHOWN + 1)
    failed = parts.requests.webhook_registry.deliveries(webhook, failed=True, limit=100)
    return show(request, "integrations/webhook.html", {
        "hook": known, "deliveries": found[:SHOWN], "older": found[SHOWN - 1].id if len(found) > SHOWN else 0,
        "failed": len(failed), "states": STATES, "done": DONE.get(done, ""), "names": names(parts),
        **_choices(parts, staff, known.given),
    })  # fmt: skip


@router.post("/{webhook}")
def change(
    request: Request, parts: Parts, staff: Staff, webhook: int, *, name: FormText = "", url: FormText = "",
    event: Several = None, company: Several = None, typed: Several = None, identity: Tick = False,
) -> Response:  # fmt: skip
    known = _theirs(parts, staff, webhook)
    wanted = _wanted(name, url, event, company, identity=identity, active=known.given.active)
    try:
        wanted = _told_of(parts, staff, wanted, typed)
        parts.requests.webhook_registry.change(webhook, wanted)
    except InvalidInputError as error:
        return _form(request, parts, staff, wanted, wrong=error.public, hook=known)
    parts.staff.audit.record(staff.actor, "webhook.change", f"webhook {webhook}")
    return _done(webhook, "changed")


@router.post("/{webhook}/switch")
def switch(parts: Parts, staff: Staff, webhook: int, on: Tick = False) -> Response:
    """Switch it on or off. Off, what waits for it is given up until somebody has it sent again."""
    given = _theirs(parts, staff, webhook).given
    wanted = WebhookSettings(given.name, given.url, given.events, given.companies, identity=given.identity, active=on)
    parts.requests.webhook_registry.change(webhook, wanted)
    parts.staff.audit.record(staff.actor, "webhook.change", f"webhook {webhook}", active=on)
    return _done(webhook, "on" if on else "off")


@router.post("/{webhook}/ping")
def ping(parts: Parts, staff: Staff, webhook: int) -> Response:
    _theirs(parts, staff, webhook)
    parts.requests.webhook_registry.ping(webhook)
    parts.staff.audit.record(staff.actor, "webhook.ping", f"webhook {webhook}")
    return _done(webhook, "pinged")


@router.post("/{webhook}/replay")
def replay(
    parts: Parts, staff: Staff, webhook: int, delivery: Annotated[int, Form(ge=0, lt=2**31)] = 0
) -> Response:  # fmt: skip
    """Send one delivery again, or, without one, all that did not arrive."""
    _theirs(parts, staff, webhook)
    if delivery:
        parts.requests.webhook_registry.replay(webhook, delivery)
        parts.staff.audit.record(staff.actor, "webhook.replay", f"webhook {webhook}", delivery=delivery)
    else:
        count = parts.requests.webhook_registry.replay_failed(webhook)
        parts.staff.audit.record(staff.actor, "webhook.replay", f"webhook {webhook}", count=count)
    return _done(webhook, "replayed")


@router.post("/{webhook}/secret")
def renew_secret(request: Request, parts: Parts, staff: Staff, webhook: int) -> Response:
    """Another secret, which counts at once, and is shown this once."""
    known = _theirs(parts, staff, webhook)
    secret = parts.requests.webhook_registry.renew_secret(webhook)
    parts.staff.audit.record(staff.actor, "webhook.secret", f"webhook {webhook}")
    return show(request, "integrations/webhook_made.html", {"hook": known, "secret": secret, "renewed": True})


@router.post("/{webhook}/remove")
def remove(parts: Parts, staff: Staff, webhook: int) -> Response:
    known = _theirs(parts, staff, webhook)
    parts.requests.webhook_registry.remove(webhook)
    parts.staff.audit.record(staff.actor, "webhook.remove", f"webhook {webhook}", name=known.given.name)
    return RedirectResponse(f"{HERE}?done=removed", 303)


def _theirs(parts: Parts, staff: Account, webhook: int) -> KnownWebhook:
    """Raises: NoSuchWebhookError; NotYoursError."""
    staff.require("manage_people")
    known = parts.requests.webhook_registry.get(webhook)
    _may(staff, known.given.companies)
    return known


def _may(staff: Account, companies: tuple[str, ...]) -> None:
    """Raises: NotYoursError."""
    if not may_give_to(staff, companies):
        raise NotYoursError(f"{staff.actor} may not have other systems told of these companies")


def _wanted(
    name: str, url: str, events: list[str] | None, companies: list[str] | None, *, identity: bool, active: bool
) -> WebhookSettings:
    chosen = tuple(company for company in companies or [] if company)
    return WebhookSettings(name, url, tuple(events or []), chosen, identity=identity, active=active)


def _told_of(parts: Parts, staff: Account, wanted: WebhookSettings, typed: list[str] | None) -> WebhookSettings:
    """The same, told of the companies that were typed too. Raises: NoSuchCompanyError; NotYoursError."""
    told = replace(wanted, companies=(*wanted.companies, *companies_of(parts, typed or [])))
    _may(staff, told.companies)
    return told


def _choices(parts: Parts, staff: Account, given: WebhookSettings) -> dict[str, Any]:
    known = staff.companies("manage_people", parts.knowledge.catalogue.companies)
    groups = [(group, [one for one in EVENTS if one.startswith(group[:-1])]) for group in GROUPS]
    return {"given": given, "known": known, "every": staff.covers("manage_people"), "groups": groups}


def _form(
    request: Request, parts: Parts, staff: Account, given: WebhookSettings, *, wrong: str = "", hook: KnownWebhook | None = None
) -> Response:  # fmt: skip
    context = {"wrong": wrong, "hook": hook, **_choices(parts, staff, given)}
    return show(request, "integrations/webhook_new.html", context, 422 if wrong else 200)


def _done(webhook: int, done: str) -> Response:
    return RedirectResponse(f"{HERE}/{webhook}?done={done}", 303)
