"""The commands `candor token …` and `candor webhook …`: which programs may do what, and which are told what."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Annotated

import typer

from candor.cli.terminal import actor, plainly, printable, services, table

token = typer.Typer(help="Tokens of the staff API, for programs.", no_args_is_help=True)
webhook = typer.Typer(help="Webhooks: other systems that are told of requests.", no_args_is_help=True)
SHOWN_ONCE = "It is not shown again."
Id = Annotated[int, typer.Argument(min=1, help="Its id, as the list shows it.")]
Companies = Annotated[list[str] | None, typer.Option("--company", help="Only for this company. May be given again; none: all.")]


@token.command("add")
def add_token(
    name: Annotated[str, typer.Argument(help="Which program it is for, such as Jira.")],
    scope: Annotated[list[str] | None, typer.Option(help="What it may do, such as requests:read. May be given again.")] = None,
    company: Companies = None,
    days: Annotated[int, typer.Option(help="How long it lasts.")] = 365,
) -> None:
    """Make a token, and print it this once."""
    with plainly():
        parts = services()
        made = parts.staff.api_tokens.make(name, scope or [], company or [], days, actor())
        parts.staff.audit.record(
            actor(), "token.add", f"token {made.token.id}", name=made.token.name, scopes=", ".join(made.token.scopes),
            companies=", ".join(made.token.companies),
        )  # fmt: skip
    typer.echo(made.secret)
    typer.echo(f"That is token {made.token.id}, until {made.token.expires_at:%Y-%m-%d}. {SHOWN_ONCE}", err=True)


@token.command("list")
def list_tokens() -> None:
    """All tokens, the newest first."""
    with plainly():
        found = services().staff.api_tokens.all()
    now = datetime.now(UTC)
    rows = [
        [
            str(one.id), one.name, f"…{one.hint}", ", ".join(one.scopes), ", ".join(one.companies) or "every one",
            f"{one.used_at:%Y-%m-%d %H:%M}" if one.used_at else "never",
            "revoked" if one.revoked_at else f"until {one.expires_at:%Y-%m-%d}" if one.works(now) else "expired",
        ]
        for one in found
    ]  # fmt: skip
    table(["id", "name", "ends with", "may", "companies", "last used", "state"], rows, none="No program has a token.")


@token.command("revoke")
def revoke_token(id: Id) -> None:
    """Make a token worthless, at once."""
    with plainly():
        parts = services()
        gone = parts.staff.api_tokens.revoke(id, actor())
        parts.staff.audit.record(actor(), "token.revoke", f"token {id}")
    typer.echo(f"{printable(gone.name)} is refused from now on")


@webhook.command("add")
def add_webhook(
    name: Annotated[str, typer.Argument(help="Which program receives it, such as Jira.")],
    url: Annotated[str, typer.Argument(help="Where it is sent: https://…")],
    event: Annotated[
        list[str] | None, typer.Option(help='Only this event, or "request.*". May be given again; none: all.')
    ] = None,
    company: Companies = None,
    identity: Annotated[bool, typer.Option("--identity", help="Tell it who asked, once that is proven.")] = False,
) -> None:
    """Make a webhook, and print its secret this once."""
    from candor.tickets.delivery.webhook_registry import WebhookSettings

    with plainly():
        parts = services()
        wanted = WebhookSettings(name, url, tuple(event or ()), tuple(company or ()), identity=identity)
        made, secret = parts.requests.webhook_registry.add(wanted, actor())
        parts.staff.audit.record(actor(), "webhook.add", f"webhook {made.id}", name=made.given.name)
    typer.echo(secret)
    typer.echo(f"That is the secret of webhook {made.id}. {SHOWN_ONCE}", err=True)


@webhook.command("list")
def list_webhooks() -> None:
    """All webhooks, and how each does."""
    with plainly():
        found = services().requests.webhook_registry.all()
    rows = [
        [
            str(one.id), one.given.name, one.given.url, ", ".join(one.given.events) or "everything",
            ", ".join(one.given.companies) or "every one",
            f"off: {one.stopped_why}" if one.stopped_at else "off" if not one.given.active
            else f"fails since {one.failing_since:%Y-%m-%d %H:%M}" if one.failing_since else "on",
        ]
        for one in found
    ]  # fmt: skip
    table(["id", "name", "address", "is told", "companies", "state"], rows, none="No other system is told of requests.")


@webhook.command("on")
def switch_on(id: Id) -> None:
    """Switch a webhook on; what was given up is sent again with `candor webhook replay`."""
    _switch(id, on=True)


@webhook.command("off")
def switch_off(id: Id) -> None:
    """Switch a webhook off."""
    _switch(id, on=False)


@webhook.command("remove")
def remove_webhook(id: Id) -> None:
    """Send nothing to it any more."""
    with plainly():
        parts = services()
        gone = parts.requests.webhook_registry.remove(id)
        parts.staff.audit.record(actor(), "webhook.remove", f"webhook {id}", name=gone.given.name)
    typer.echo(f"{printable(gone.given.name)} is told nothing more")


@webhook.command("ping")
def ping_webhook(id: Id) -> None:
    """Have something sent to it that tells whether it answers."""
    with plainly():
        parts = services()
        parts.requests.webhook_registry.ping(id)
        parts.staff.audit.record(actor(), "webhook.ping", f"webhook {id}")
    typer.echo(f"on its way; see `candor webhook deliveries {id}`")


@webhook.command("deliveries")
def list_deliveries(
    id: Id, failed: Annotated[bool, typer.Option("--failed", help="Only what did not arrive.")] = False,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="How many, the newest first.")] = 20,
) -> None:  # fmt: skip
    """What was sent to a webhook, and what it answered."""
    with plainly():
        found = services().requests.webhook_registry.deliveries(id, limit=limit, failed=failed)
    rows = [
        [str(one.id), f"{one.created_at:%Y-%m-%d %H:%M}", one.event, one.about, one.state, str(one.answered or ""), one.why]
        for one in found
    ]
    table(["id", "at (UTC)", "event", "about", "state", "answered", "why"], rows, none="Nothing was sent to it.")


@webhook.command("replay")
def replay(
    id: Id, delivery: Annotated[int, typer.Option(min=0, help="Only this one; else all that did not arrive.")] = 0
) -> None:  # fmt: skip
    """Send again what did not arrive, under the ids that it had."""
    with plainly():
        parts = services()
        if delivery:
            parts.requests.webhook_registry.replay(id, delivery)
        count = 1 if delivery else parts.requests.webhook_registry.replay_failed(id)
        parts.staff.audit.record(actor(), "webhook.replay", f"webhook {id}", count=count)
    typer.echo(f"{count} sent again")


def _switch(id: int, *, on: bool) -> None:
    with plainly():
        parts = services()
        known = parts.requests.webhook_registry.get(id)
        parts.requests.webhook_registry.change(id, replace(known.given, active=on))
        parts.staff.audit.record(actor(), "webhook.change", f"webhook {id}", active=on)
    typer.echo(f"{printable(known.given.name)} is switched {'on' if on else 'off'}")
