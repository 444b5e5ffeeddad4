"""The audit log is a chain: whatever is changed behind its back shows."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from candor.accounts.audit import AuditLog, _derive, _seal
from candor.accounts.models import AuditRow


@pytest.fixture
def log(engine: Engine) -> AuditLog:
    """Three entries."""
    made = AuditLog(engine, "a secret")
    made.record("account:1", "session.begin")
    made.record("account:1", "conversation.read", "conversation c_1")
    made.record("account:2", "request.reveal", "request R-1", reason="asked by phone")
    return made


@pytest.fixture
def companies(engine: Engine) -> AuditLog:
    """Three entries of acme, one of globex, one of the house."""
    made = AuditLog(engine, "a secret")
    for number in (1, 2, 3):
        made.record("account:1", "conversation.read", f"conversation c_{number}", company="acme")
    made.record("account:2", "request.reveal", "request R-1", company="globex", reason="asked by phone")
    made.record("account:2", "session.end")
    return made


def tamper(engine: Engine, *changes: str) -> None:
    """As somebody does who may drop triggers."""
    with engine.begin() as connection:
        for trigger in ("audit_kept_update", "audit_kept_delete", "audit_entry_kept_update", "audit_entry_kept_delete"):
            connection.execute(text(f"DROP TRIGGER IF EXISTS {trigger}"))
        for change in changes:
            connection.execute(text(change))


def test_a_log_that_nobody_touched_is_whole(log: AuditLog) -> None:
    """Its newest seal is its head."""
    found = log.verify()

    assert (found.entries, found.broken_at) == (3, None)
    assert [entry.action for entry in log.entries()] == ["request.reveal", "conversation.read", "session.begin"]


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE audit SET actor = 'account:9'",
        "DELETE FROM audit WHERE id = 1",
        "UPDATE audit_entry SET actor = 'account:9'",
        "DELETE FROM audit_entry WHERE number = 2",
    ],
)
def test_the_database_refuses_to_change_it(engine: Engine, companies: AuditLog, change: str) -> None:
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
    tamper(engine, change)

    assert log.verify().broken_at == broken_at


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        (["UPDATE audit_entry SET actor = 'account:9' WHERE company = 'acme' AND number = 2"], "acme 2"),
        (["DELETE FROM audit_entry WHERE company = 'acme' AND number = 2"], "acme 3"),
        (["DELETE FROM audit_entry WHERE company = 'globex'"], "globex 1"),
        (["UPDATE audit_entry SET company = 'globex', number = 2 WHERE company = 'acme' AND number = 3"], "globex 2"),
        (["DELETE FROM audit_entry WHERE company = 'globex'", "DELETE FROM audit_chain WHERE company = 'globex'"], "globex 1"),
    ],
)
def test_what_was_changed_in_a_companys_chain_shows(
    engine: Engine, companies: AuditLog, changes: list[str], place: str
) -> None:  # fmt: skip
    """An entry of one company fits into no other's chain, and a chain that went as a whole was noted in the house's."""
    companies.note_heads()

    tamper(engine, *changes)

    assert companies.verify().place == place


def test_what_is_cut_off_a_companys_chain_shows_by_what_the_house_noted(engine: Engine, companies: AuditLog) -> None:
    """Also where the chain's row was put back to what is left, and where it has grown again since."""
    companies.note_heads()
    tamper(
        engine,
        "UPDATE audit_chain SET number = 2, seal = (SELECT seal FROM audit_entry WHERE company = 'acme' AND number = 2) "
        "WHERE company = 'acme'",
        "DELETE FROM audit_entry WHERE company = 'acme' AND number = 3",
    )

    shorter = companies.verify()
    companies.record("account:1", "conversation.read", "conversation c_4", company="acme")
    companies.note_heads()

    assert (shorter.place, companies.verify().place) == ("acme 3", "acme 3")


def test_each_company_has_a_chain_of_its_own(companies: AuditLog) -> None:
    """With its own numbers; all entries together are listed by their time."""
    found = companies.verify()

    assert (found.entries, found.broken_at, found.chains) == (5, None, 3)
    assert [entry.place for entry in companies.entries()] == ["1", "globex 1", "acme 3", "acme 2", "acme 1"]
    older = companies.entries(before=companies.entries()[1].id, limit=2)
    assert [entry.place for entry in older] == ["acme 3", "acme 2"]
    assert [entry.place for entry in companies.entries(companies=["globex"])] == ["globex 1"]
    assert companies.actions() == ["conversation.read", "request.reveal", "session.end"]


def test_the_house_notes_only_chains_that_have_grown(companies: AuditLog) -> None:
    """So that a quiet night adds no entries."""
    noted = [companies.note_heads(), companies.note_heads()]
    companies.record("account:1", "conversation.read", "conversation c_9", company="acme")
    noted.append(companies.note_heads())

    assert noted == [2, 0, 1]
    assert [sorted(entry.details["heads"]) for entry in companies.entries(action="audit.heads")] == [["acme"], ["acme", "globex"]]


def test_a_head_that_was_noted_before_companies_had_chains_still_holds(engine: Engine, log: AuditLog) -> None:
    """The one chain of then goes on as the house's; a process of then adds entries of companies to it."""
    head = log.verify().head
    row = AuditRow(
        id=4, at=datetime.now(UTC).isoformat(), actor="account:1", action="conversation.read", subject="conversation c_1",
        company="acme", details="{}", seal="",
    )  # fmt: skip
    row.seal = _seal(_derive("a secret"), row, 4, head)
    with Session(engine) as session, session.begin():
        session.add(row)

    log.record("account:1", "conversation.read", "conversation c_2", company="acme")
    log.record("account:1", "session.end")
    log.note_heads()

    assert (log.verify().entries, log.verify().broken_at, log.holds(head)) == (7, None, True)
    assert [entry.place for entry in log.entries(companies=["acme"])] == ["acme 1", "4"]


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
    tamper(engine, "UPDATE audit SET details = '{}' WHERE id = 4")
    assert log.verify().broken_at == 4


def test_a_companys_chain_is_cut_by_itself(engine: Engine, companies: AuditLog) -> None:
    """Its removal stands in it, and what the house noted of entries that are gone is no fault."""
    companies.note_heads()

    removed = companies.cut(datetime.now(UTC) + timedelta(days=1))
    companies.record("account:1", "conversation.read", "conversation c_9", company="acme")

    found = companies.verify()
    assert (removed, found.entries, found.broken_at) == (6, 4, None)
    assert [entry.place for entry in companies.entries(companies=["acme"])] == ["acme 5", "acme 4"]
    tamper(engine, "UPDATE audit_entry SET details = '{}' WHERE company = 'acme' AND number = 4")
    assert companies.verify().place == "acme 4"
