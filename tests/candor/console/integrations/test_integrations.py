"""Tokens and webhooks in the console: who may make them, that secrets are shown once, and what the inbox says of failures."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import text

from candor.services import Services
from candor.tickets.delivery.webhook_registry import WebhookSettings
from candor.tickets.delivery.webhooks import WebhookFailedError
from tests.candor.console.conftest import SignIn
from tests.candor.console.opened_requests import opened

URL = "https://hooks.example.org/candor"


def secret_in(page: str) -> str:
    found = re.search(r'class="secret" type="text" value="([^"]+)"', page)
    assert found
    return found[1]


def test_a_token_is_shown_once_and_revoked(sign_in: SignIn, parts: Services) -> None:
    """With its scopes, its companies and its end."""
    desk = sign_in("admin")

    made = desk.submit("tokens", name="Jira", scope=["requests:read", "figures:read"], company="acme", days=30)
    token = parts.staff.api_tokens.check(secret_in(made.text))
    listed = desk.get("tokens").text
    desk.submit(f"tokens/{token.id}/revoke")

    assert (token.scopes, token.companies) == (("requests:read", "figures:read"), ("acme",))
    assert secret_in(made.text) not in listed
    assert "figures:read" in listed
    assert "revoked" in desk.get("tokens").text
    assert [entry.action for entry in parts.staff.audit.entries(action="token.")] == ["token.revoke", "token.add"]


def test_a_token_without_a_scope_comes_back_with_what_is_wrong(sign_in: SignIn, parts: Services) -> None:
    """And with what was typed."""
    again = sign_in("admin").submit("tokens", name="Jira", company="acme")

    assert again.status_code == 422
    assert 'value="Jira"' in again.text
    assert parts.staff.api_tokens.all() == []


@pytest.mark.parametrize("company", ["", "globex"])
def test_an_admin_of_one_company_gives_tokens_and_webhooks_for_that_one(
    sign_in: SignIn, parts: Services, company: str
) -> None:  # fmt: skip
    """Neither for all nor for another."""
    desk = sign_in("admin", company="acme")

    token = desk.submit("tokens", name="Jira", scope="requests:read", company=company)
    hook = desk.submit("webhooks", name="Jira", url=URL, company=company)

    assert (token.status_code, hook.status_code) == (403, 403)
    assert desk.submit("tokens", name="Jira", scope="requests:read", company="acme").status_code == 200
    assert desk.submit("webhooks", name="Jira", url=URL, company="acme").status_code == 200


def test_what_is_another_companys_is_not_seen(sign_in: SignIn, parts: Services) -> None:
    """Nor revoked."""
    token = parts.staff.api_tokens.make("Warehouse", ["requests:read"], [], 30, "cli:test").token
    hook, _ = parts.requests.webhook_registry.add(WebhookSettings("Warehouse", URL), "cli:test")
    desk = sign_in("admin", company="acme")

    assert "Warehouse" not in desk.get("tokens").text + desk.get("webhooks").text
    assert desk.submit(f"tokens/{token.id}/revoke").status_code == 403
    assert desk.get(f"webhooks/{hook.id}").status_code == 403


def test_a_webhook_is_made_changed_switched_and_removed(sign_in: SignIn, parts: Services) -> None:
    """Its secret is shown when it is made, and when it is renewed."""
    desk = sign_in("admin")

    made = desk.submit("webhooks", name="Jira", url=URL, event=["request.*"])
    (known,) = parts.requests.webhook_registry.all()
    page = f"webhooks/{known.id}"
    changed = desk.submit(page, name="Jira 2", url=URL, event=["request.open"], identity="1")
    renewed = desk.submit(f"{page}/secret")
    desk.submit(f"{page}/switch")
    off = parts.requests.webhook_registry.get(known.id)
    desk.submit(f"{page}/switch", on="1")

    assert secret_in(made.text) != secret_in(renewed.text)
    assert changed.status_code == 303
    assert (off.given.name, off.given.events, off.given.identity, off.given.active) == ("Jira 2", ("request.open",), True, False)
    assert secret_in(renewed.text) not in desk.get(page).text
    assert desk.submit(f"{page}/ping").status_code == 303
    assert desk.submit(f"{page}/remove").headers["location"] == "/console/webhooks?done=removed"
    assert parts.requests.webhook_registry.all() == []


def test_deliveries_are_shown_and_sent_again(sign_in: SignIn, parts: Services) -> None:
    """One, or all that failed."""
    hook, _ = parts.requests.webhook_registry.add(WebhookSettings("Jira", URL, ("request.open",)), "cli:test")
    number = opened(parts)
    with parts.engine.begin() as connection:
        connection.execute(text("UPDATE outbox SET state = 'dead', tries = 12, answered = 500 WHERE webhook_id IS NOT NULL"))
    desk = sign_in("admin")

    page = desk.get(f"webhooks/{hook.id}").text
    desk.submit(f"webhooks/{hook.id}/replay")
    (again,) = parts.requests.webhook_registry.deliveries(hook.id)

    assert number in page
    assert "given up" in page
    assert "Send again what did not arrive (1)" in page
    assert (again.state, again.tries) == ("due", 0)
    assert desk.submit(f"webhooks/{hook.id}/replay", delivery=again.id).status_code == 303
    assert desk.submit(f"webhooks/{hook.id}/replay", delivery=999).status_code == 404


def test_the_inbox_tells_of_a_webhook_that_fails_and_of_one_that_was_switched_off(sign_in: SignIn, parts: Services) -> None:
    """With the way to it."""
    registry = parts.requests.webhook_registry
    fails, gone = (registry.add(WebhookSettings(name, URL), "cli:test")[0].id for name in ("Zendesk", "n8n"))
    registry.failed(fails, WebhookFailedError("no answer"))
    registry.failed(gone, WebhookFailedError("gone", 410))

    inbox = sign_in("admin").get("").text

    assert "The webhook Zendesk does not arrive" in inbox
    assert "The webhook n8n was switched off" in inbox
    assert f"/console/webhooks/{gone}" in inbox
    assert "webhook" not in sign_in("agent", name="Bea").get("").text.lower().split("<main")[1]


def test_the_inbox_tells_of_a_token_that_ends_soon_and_is_in_use(sign_in: SignIn, parts: Services) -> None:
    """Whatever the program does would end with it; one that nobody uses is left in peace."""
    used, _ = (parts.staff.api_tokens.make(name, ["figures:read"], [], 10, "cli:test") for name in ("Jira", "A dusty script"))
    parts.staff.api_tokens.check(used.secret)

    inbox = sign_in("admin").get("").text

    assert "The API token Jira ends soon" in inbox
    assert "A dusty script" not in inbox
