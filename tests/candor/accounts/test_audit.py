"""The audit log is a chain: whatever is changed behind its back shows."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import DatabaseError

from candor.accounts.audit import AuditLog


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


def test_a_reason_is_masked_before_it_can_never_be_changed_again(engine: Engine) -> None:
    """What staff type may name somebody who is erased later; other details stay as they are."""
    made = AuditLog(engine, "a secret", masked=lambda text: text.replace("jo@example.com", "<email>"))

    made.record("account:1", "request.reveal", "request R-1", reason="jo@example.com called", page="jo@example.com")

    assert made.entries()[0].details == {"reason": "<email> called", "page": "jo@example.com"}
    assert made.verify().broken_at is None


def test_a_log_that_is_cut_can_still_be_checked_and_shows_what_is_changed_later(engine: Engine, log: AuditLog) -> None:
    """The anchor holds the seal of the last entry that went; nothing to cut leaves no entry."""
    assert log.cut(datetime(2020, 1, 1, tzinfo=UTC)) == 0
    assert log.cut(datetime.now(UTC) + timedelta(days=1)) == 3
    log.record("account:3", "session.begin")

    assert (log.verify().entries, log.verify().broken_at) == (2, None)
    with engine.begin() as connection:
        connection.execute(text("DROP TRIGGER audit_kept_update"))
        connection.execute(text("UPDATE audit SET details = '{}' WHERE id = 4"))
    assert log.verify().broken_at == 4
