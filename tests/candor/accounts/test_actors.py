"""One person has one name, whatever they did it in and whenever."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine

from candor.accounts.actors import Actor, account_actor, chat_actor, command_line_actor, current_name, read_actor, stored_names
from candor.accounts.audit import AuditLog


@pytest.mark.parametrize(
    ("name", "actor"),
    [
        (account_actor(3), Actor("account", "3")),
        (chat_actor("slack", "U0123"), Actor("slack", "U0123")),
        (command_line_actor("ada"), Actor("cli", "ada")),
        ("staff:ada", Actor("cli", "ada")),
        ("requester", Actor("requester")),
        ("staff", Actor("staff")),
        ("", Actor("")),
    ],
)
def test_a_name_is_read_as_it_was_made_and_an_old_one_as_todays(name: str, actor: Actor) -> None:
    """The command line once had two names for the same user."""
    assert read_actor(name) == actor


@pytest.mark.parametrize("asked", ["cli:ada", "staff:ada"])
def test_the_audit_log_finds_a_user_of_the_command_line_under_both_names(engine: Engine, asked: str) -> None:
    """Entries are never changed, so old ones keep the old name."""
    log = AuditLog(engine, "a secret")
    log.record("staff:ada", "request.note", "request R-0000-0001")
    log.record("cli:ada", "account.add", "account 3")
    log.record("account:3", "conversation.read", "conversation c_1")

    assert [entry.actor for entry in log.entries(actor=asked)] == ["cli:ada", "staff:ada"]


def test_an_old_name_is_shown_as_todays() -> None:
    """A list of events names one person once."""
    assert current_name("staff:ada") == current_name("cli:ada") == "cli:ada"


def test_everybody_else_has_one_name() -> None:
    """So nobody is found under somebody else's."""
    assert current_name("account:3") == "account:3"
    assert stored_names("account:3") == ("account:3",)
    assert stored_names("slack:ada") == ("slack:ada",)
    assert stored_names("cli:") == ("cli:",)
