"""The audit log is a chain: whatever is changed behind its back shows."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import DatabaseError

from accounts.audit import AuditLog


@pytest.fixture
def log(engine: Engine) -> AuditLog:
    """Three entries."""
    made = AuditLog(engine, "a secret")
    made.record("account:1", "session.begin")
    made.record("account:1", "conversation.read", "conversation c_1", company="acme")
    made.record("account:2", "request.reveal", "request R-1", company="acme", reason="asked by phone")
    return made


def test_a_log_that_nobody_touched_is_whole(log: AuditLog) -> None:
    """Its newest seal is its head."""
    found = log.verify()

    assert (found.entries, found.broken_at) == (3, None)
    assert [entry.action for entry in log.entries()] == ["request.reveal", "conversation.read", "session.begin"]


@pytest.mark.parametrize("change", ["UPDATE audit SET actor = 'account:9'", "DELETE FROM audit WHERE id = 2"])
def test_the_database_refuses_to_change_it(engine: Engine, log: AuditLog, change: str) -> None:
    """Whoever works with it by hand is stopped first."""
    with pytest.raises(DatabaseError, match="only added to"), engine.begin() as connection:
        connection.execute(text(change))


@pytest.mark.parametrize(
    ("change", "broken_at"),
    [
        ("UPDATE audit SET actor = 'account:9' WHERE id = 2", 2),
        ("UPDATE audit SET at = '2020-01-01T00:00:00+00:00' WHERE id = 1", 1),
        ("DELETE FROM audit WHERE id = 2", 3),
        ("DELETE FROM audit WHERE id = 1", 2),
        ("UPDATE audit SET details = '{}' WHERE id = 3", 3),
    ],
)
def test_what_was_changed_all_the_same_shows(engine: Engine, log: AuditLog, change: str, broken_at: int) -> None:
    """Whoever can drop the triggers still has no key to seal with."""
    with engine.begin() as connection:
        connection.execute(text("DROP TRIGGER audit_kept_update"))
        connection.execute(text("DROP TRIGGER audit_kept_delete"))
        connection.execute(text(change))

    assert log.verify().broken_at == broken_at


def test_another_key_seals_nothing(engine: Engine, log: AuditLog) -> None:
    """And after a change of keys the older entries still hold, as long as the old key is known."""
    AuditLog(engine, "a new secret", ["a secret"]).record("system", "keys.rotate")

    assert AuditLog(engine, "a new secret", ["a secret"]).verify().broken_at is None
    assert AuditLog(engine, "a new secret").verify().broken_at == 1
