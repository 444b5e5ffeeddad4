"""Webhooks: where news of requests are sent, what became of it, and sending it again."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Path, Query
from pydantic import BaseModel, Field

from candor.accounts.api_tokens import ApiToken, Scope, ScopeMissingError
from candor.console.api.deps import LISTS, READS, WRITES, Parts, StrictBody, Token, not_kept
from candor.console.api.idempotent import IdempotentRoute
from candor.services import Services
from candor.tickets.delivery.network_guard import LONGEST_URL
from candor.tickets.delivery.webhook_registry import KnownWebhook, WebhookDelivery, WebhookSettings

router = APIRouter(tags=["webhooks"], route_class=IdempotentRoute)
RowId = Annotated[int, Path(ge=0, lt=2**31)]
Names = Annotated[list[Annotated[str, Field(max_length=40)]], Field(max_length=100)]


class WebhookWish(StrictBody):
    """A webhook as it should be. events, companies: empty: all; "request.*" stands for a group."""

    name: str = Field(max_length=80)
    url: str = Field(max_length=LONGEST_URL, examples=["https://hooks.example.org/candor"])
    events: Names = Field(default_factory=list)
    companies: Names = Field(default_factory=list)
    identity: bool = Field(default=False, description="Whether it is told who asked, once that is proven.")
    active: bool = True


class WebhookData(BaseModel):
    """A webhook, and how it does. failing_since: of the first of its failures in a row. stopped_why: why it was switched off by
    itself; empty otherwise."""

    id: int
    name: str
    url: str
    events: list[str]
    companies: list[str]
    identity: bool
    active: bool
    made_at: datetime
    failures: int
    failing_since: datetime | None
    paused_until: datetime | None
    stopped_at: datetime | None
    stopped_why: str


class NewWebhookData(WebhookData):
    """With the secret that its deliveries are signed with, which is shown this once."""

    secret: str


class WebhooksData(BaseModel):
    """All webhooks that the token may see."""

    webhooks: list[WebhookData]


class SecretData(BaseModel):
    """A new secret, which counts at once."""

    secret: str


class DeliveryData(BaseModel):
    """A message to a webhook. webhook_id: the header by which its receiver knows it. state: due, sending, sent, dead (given up)
    or lapsed. answered: the receiver's last HTTP status."""

    id: int
    webhook_id: str
    event: str
    about: str
    state: str
    tries: int
    answered: int | None
    why: str
    created_at: datetime
    next_at: datetime


class DeliveriesData(BaseModel):
    """The newest deliveries first. next: the cursor of those before; null at the end."""

    deliveries: list[DeliveryData]
    next: int | None


class ReplayedData(BaseModel):
    """How many deliveries are sent again."""

    replayed: int


PAGE = 50


@router.get("/webhooks", **LISTS)
def webhooks(parts: Parts, token: Token) -> WebhooksData:
    """The webhooks that were made in the console, here, or in the terminal. Scope: webhooks:read."""
    token.require("webhooks:read")
    known = parts.requests.webhook_registry.all()
    return WebhooksData(webhooks=[_data(one) for one in known if covers(token, one.given.companies)])


@not_kept
@router.post("/webhooks", status_code=201, **READS)
def add(body: WebhookWish, parts: Parts, token: Token) -> NewWebhookData:
    """Make a webhook. Its secret is shown this once. Scope: webhooks:write, for each of its companies."""
    wanted = _wanted(token, body)
    made, secret = parts.requests.webhook_registry.add(wanted, token.actor)
    parts.staff.audit.record(token.actor, "webhook.add", f"webhook {made.id}", name=made.given.name)
    return NewWebhookData(**_data(made).model_dump(), secret=secret)


@router.get("/webhooks/{webhook}", **READS)
def one(webhook: RowId, parts: Parts, token: Token) -> WebhookData:
    """One webhook. Scope: webhooks:read."""
    return _data(_theirs(parts, token, webhook, write=False))


@router.put("/webhooks/{webhook}", **WRITES)
def change(webhook: RowId, body: WebhookWish, parts: Parts, token: Token) -> WebhookData:
    """Change a webhook; switched off, what waits for it waits for a replay. Scope: webhooks:write."""
    _theirs(parts, token, webhook, write=True)
    changed = parts.requests.webhook_registry.change(webhook, _wanted(token, body))
    parts.staff.audit.record(token.actor, "webhook.change", f"webhook {webhook}", active=changed.given.active)
    return _data(changed)


@router.delete("/webhooks/{webhook}", **WRITES)
def remove(webhook: RowId, parts: Parts, token: Token) -> WebhookData:
    """Remove a webhook; nothing is sent to it any more. Scope: webhooks:write."""
    _theirs(parts, token, webhook, write=True)
    removed = parts.requests.webhook_registry.remove(webhook)
    parts.staff.audit.record(token.actor, "webhook.remove", f"webhook {webhook}", name=removed.given.name)
    return _data(removed)


@not_kept
@router.post("/webhooks/{webhook}/secret", **READS)
def renew_secret(webhook: RowId, parts: Parts, token: Token) -> SecretData:
    """Give it a new secret, which counts at once. Scope: webhooks:write."""
    _theirs(parts, token, webhook, write=True)
    secret = parts.requests.webhook_registry.renew_secret(webhook)
    parts.staff.audit.record(token.actor, "webhook.secret", f"webhook {webhook}")
    return SecretData(secret=secret)


@router.post("/webhooks/{webhook}/ping", **WRITES)
def ping(webhook: RowId, parts: Parts, token: Token) -> ReplayedData:
    """Have `webhook.ping` sent to it; the deliveries show what it answered. Scope: webhooks:write."""
    _theirs(parts, token, webhook, write=True)
    parts.requests.webhook_registry.ping(webhook)
    parts.staff.audit.record(token.actor, "webhook.ping", f"webhook {webhook}")
    return ReplayedData(replayed=1)


@router.get("/webhooks/{webhook}/deliveries", **READS)
def deliveries(
    webhook: RowId, parts: Parts, token: Token, *, failed: bool = False,
    before: Annotated[int | None, Query(ge=0, lt=2**31, description="`next` of the page before.")] = None,
) -> DeliveriesData:  # fmt: skip
    """The last deliveries, the newest first; with `failed`, only what did not arrive. Scope: webhooks:read."""
    _theirs(parts, token, webhook, write=False)
    found = parts.requests.webhook_registry.deliveries(webhook, before=before, limit=PAGE + 1, failed=failed)
    return DeliveriesData(
        deliveries=[_delivery(each) for each in found[:PAGE]], next=found[PAGE - 1].id if len(found) > PAGE else None
    )


@router.post("/webhooks/{webhook}/deliveries/{delivery}/replay", **WRITES)
def replay(webhook: RowId, delivery: RowId, parts: Parts, token: Token) -> ReplayedData:
    """Send one delivery again, under the webhook-id that it had. Scope: webhooks:write."""
    _theirs(parts, token, webhook, write=True)
    parts.requests.webhook_registry.replay(webhook, delivery)
    parts.staff.audit.record(token.actor, "webhook.replay", f"webhook {webhook}", delivery=delivery)
    return ReplayedData(replayed=1)


@router.post("/webhooks/{webhook}/replay", **WRITES)
def replay_failed(webhook: RowId, parts: Parts, token: Token) -> ReplayedData:
    """Send all again that was given up or waits after a failure. Scope: webhooks:write."""
    _theirs(parts, token, webhook, write=True)
    replayed = parts.requests.webhook_registry.replay_failed(webhook)
    parts.staff.audit.record(token.actor, "webhook.replay", f"webhook {webhook}", count=replayed)
    return ReplayedData(replayed=replayed)


def covers(token: ApiToken, companies: tuple[str, ...]) -> bool:
    """Whether a token is for all the companies of a webhook."""
    return not token.companies or (bool(companies) and set(companies) <= set(token.companies))


def _theirs(parts: Services, token: ApiToken, webhook: int, *, write: bool) -> KnownWebhook:
    """Raises: ScopeMissingError; NoSuchWebhookError."""
    scope: Scope = "webhooks:write" if write else "webhooks:read"
    token.require(scope)
    known = parts.requests.webhook_registry.get(webhook)
    if not covers(token, known.given.companies):
        raise ScopeMissingError(scope, "other companies")
    return known


def _wanted(token: ApiToken, body: WebhookWish) -> WebhookSettings:
    """Raises: ScopeMissingError for a webhook that would hear of companies that are not the token's."""
    token.require("webhooks:write")
    wanted = WebhookSettings(
        body.name, body.url, tuple(body.events), tuple(body.companies), identity=body.identity, active=body.active
    )
    if not covers(token, wanted.companies):
        raise ScopeMissingError("webhooks:write", "other companies")
    if wanted.identity:
        token.require("requests:reveal")
    return wanted


def _data(known: KnownWebhook) -> WebhookData:
    given = known.given
    return WebhookData(
        id=known.id, name=given.name, url=given.url, events=list(given.events), companies=list(given.companies),
        identity=given.identity, active=given.active, made_at=known.made_at, failures=known.failures,
        failing_since=known.failing_since, paused_until=known.paused_until, stopped_at=known.stopped_at,
        stopped_why=known.stopped_why,
    )  # fmt: skip


def _delivery(one: WebhookDelivery) -> DeliveryData:
    return DeliveryData(
        id=one.id, webhook_id=one.key, event=one.event, about=one.about, state=one.state, tries=one.tries,
        answered=one.answered, why=one.why, created_at=one.created_at, next_at=one.next_at,
    )  # fmt: skip
