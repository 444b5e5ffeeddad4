"""One engine, one schema, and errors without the values that were stored."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Timer

import pytest
from sqlalchemy import Engine, create_engine, inspect, text
from sqlalchemy.exc import IntegrityError

from candor.accounts.models import AccountBase
from candor.channels.slack.models import SlackBase
from candor.database.engine import check, make_engine, upgrade
from candor.errors import UnavailableError
from candor.retention.models import RetentionBase
from candor.tickets.models import TicketBase
from candor.transcripts.models import TranscriptBase
from knowledge.release_rows import ReleaseBase


def test_migrations_make_the_tables_that_the_models_describe(engine: Engine) -> None:
    """Tables come only from migrations/, so each column, index and unique constraint of the models must be made there."""
    found = inspect(engine)
    bases = (TicketBase, TranscriptBase, SlackBase, AccountBase, RetentionBase, ReleaseBase)
    described = [table for base in bases for table in base.metadata.sorted_tables]

    for table in described:
        columns = {column["name"]: column["nullable"] for column in found.get_columns(table.name)}
        assert columns == {column.name: column.nullable for column in table.columns}
        assert {index["name"] for index in found.get_indexes(table.name)} >= {index.name for index in table.indexes}
    made = {name for name in found.get_table_names() if not name.startswith("turn_search")}  # the index keeps tables of its own
    assert {table.name for table in described} == made - {"alembic_version"}


def test_upgrading_twice_changes_nothing(engine: Engine) -> None:
    """Every start upgrades."""
    with engine.begin() as connection:
        columns, row = "id, company, channel, started_at, last_at", "'c_1', 'acme', 'web', '2026-01-15', '2026-01-15'"
        connection.execute(text(f"INSERT INTO conversation ({columns}) VALUES ({row})"))  # noqa: S608  # all of it is ours

    upgrade(engine)

    with engine.connect() as connection:
        assert connection.execute(text("SELECT id FROM conversation")).scalars().all() == ["c_1"]


def test_sqlite_does_not_block_readers_and_enforces_foreign_keys(engine: Engine) -> None:
    """Without WAL a reader would block the writers; without foreign keys a deleted conversation would leave its turns."""
    with engine.connect() as connection:
        assert connection.execute(text("PRAGMA journal_mode")).scalar() == "wal"
        assert connection.execute(text("PRAGMA foreign_keys")).scalar() == 1
        assert connection.execute(text("PRAGMA busy_timeout")).scalar() == 10_000


def test_an_error_does_not_hold_the_values_of_its_statement(engine: Engine) -> None:
    """Errors end up in logs; what a person wrote must not."""
    insert = text("INSERT INTO turn (conversation_id, message_id, text) VALUES ('c_none', 'm', :text)")

    with engine.connect() as connection, pytest.raises(IntegrityError) as failed:
        connection.execute(insert, {"text": "sentinelword"})

    assert "sentinelword" not in str(failed.value)


def test_a_database_with_tables_passes_the_check(engine: Engine) -> None:
    """Nothing is raised."""
    check(engine)


def test_a_database_without_tables_does_not_pass(tmp_path: Path) -> None:
    """It answers, but nothing can be stored in it."""
    empty = make_engine(f"sqlite:///{tmp_path / 'empty.db'}")

    with pytest.raises(UnavailableError, match="does not answer"):
        check(empty)

    empty.dispose()


def test_a_file_that_is_no_database_does_not_pass(tmp_path: Path) -> None:
    """The error names its kind and not the file's content."""
    (tmp_path / "broken.db").write_bytes(b"sentinelword" * 500)
    broken = make_engine(f"sqlite:///{tmp_path / 'broken.db'}")

    with pytest.raises(UnavailableError) as raised:
        check(broken)

    assert "DatabaseError" in str(raised.value)
    assert "sentinelword" not in str(raised.value)
    broken.dispose()


def test_processes_that_start_together_wait_for_each_other_to_make_the_tables(tmp_path: Path) -> None:
    """Web and action server meet an empty database at the same moment; neither fails."""
    url = f"sqlite:///{tmp_path / 'new.db'}"
    engines = [make_engine(url) for _ in range(8)]

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(upgrade, engines))

    check(engines[0])
    for engine in engines:
        engine.dispose()


@pytest.mark.parametrize("lock", ["BEGIN IMMEDIATE", "BEGIN EXCLUSIVE"])
def test_a_database_that_stays_locked_is_told_with_the_cure(engine: Engine, monkeypatch: pytest.MonkeyPatch, lock: str) -> None:
    """Reading goes on beside a writer that never ends: who tries to write finds out. Afterwards writers wait as before."""
    monkeypatch.setattr("candor.database.engine.LONGEST_LOOK", 0.05)
    with create_engine(engine.url).connect() as another:
        another.exec_driver_sql(lock)
        with pytest.raises(UnavailableError, match=r"^the database is locked: .* end it$"):
            check(engine)
        another.rollback()

    check(engine)
    with engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA busy_timeout").scalar() == 10_000


def test_a_database_that_is_locked_for_a_moment_is_well(engine: Engine) -> None:
    """Each writer locks it; who looks waits its turn."""
    with create_engine(engine.url, connect_args={"check_same_thread": False}).connect() as another:
        another.exec_driver_sql("BEGIN IMMEDIATE")
        done = Timer(0.4, another.rollback)
        done.start()

        check(engine)

        done.join()
