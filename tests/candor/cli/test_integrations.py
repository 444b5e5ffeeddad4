"""`candor token` and `candor webhook`: made, shown once, listed, ended."""

from __future__ import annotations

import pytest
from typer.testing import CliRunner, Result

from candor.cli.main import app
from candor.services import Services
from tests.candor.console.opened_requests import opened


def run(*words: str) -> Result:
    return CliRunner().invoke(app, list(words))


def test_a_token_is_made_listed_and_revoked(parts: Services) -> None:
    """Its secret stands alone on standard output, for scripts."""
    made = run("token", "add", "Jira", "--scope", "requests:read", "--company", "acme", "--days", "30")
    secret = made.stdout.strip()

    assert parts.staff.api_tokens.check(secret).companies == ("acme",)
    assert "Jira" in run("token", "list").output
    assert run("token", "revoke", "1").exit_code == 0
    assert "revoked" in run("token", "list").output
    assert [entry.action for entry in parts.staff.audit.entries(action="token.")] == ["token.revoke", "token.add"]


def test_a_webhook_is_made_switched_and_replayed(parts: Services) -> None:
    """As in the console."""
    secret = run("webhook", "add", "Jira", "https://hooks.example.org/x", "--event", "request.*").stdout.strip()
    opened(parts)
    off, on = run("webhook", "off", "1"), run("webhook", "on", "1")

    assert secret.startswith("whsec_")
    assert (off.exit_code, on.exit_code) == (0, 0)
    assert "dead" in run("webhook", "deliveries", "1", "--failed").output
    assert "sent again" in run("webhook", "replay", "1").output
    assert run("webhook", "ping", "1").exit_code == 0
    assert "Jira" in run("webhook", "list").output
    assert run("webhook", "remove", "1").exit_code == 0


@pytest.mark.parametrize(
    "words",
    [("token", "add", "Jira"), ("token", "add", "Jira", "--scope", "all"), ("token", "revoke", "9"),
     ("webhook", "add", "x", "http://10.0.0.1"), ("webhook", "on", "9"), ("webhook", "replay", "9")],
)  # fmt: skip
def test_what_makes_no_sense_is_one_line_and_exit_code_1(parts: Services, words: tuple[str, ...]) -> None:
    """In plain words."""
    failed = run(*words)

    assert failed.exit_code == 1
    assert len(failed.output.strip().splitlines()) == 1
