"""Revisions stand alone and travel with the package, and what an older version opened is still there."""

from __future__ import annotations

import ast
import os
import shutil
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import text

from candor.database.engine import check, make_engine, upgrade
from candor.settings import PACKAGE
from candor.tickets.staff import TicketFilter
from tests.candor.tickets.conftest import Office
from tests.revisions import to_revision

REVISIONS = sorted((PACKAGE / "migrations").rglob("*.py"))
FROM_OUTSIDE = {"__future__", "alembic", "collections", "datetime", "hashlib", "itertools", "math", "re", "typing", "unicodedata"}
LIBRARIES = {"Stemmer", "sqlalchemy"}


@pytest.mark.parametrize("path", REVISIONS, ids=lambda path: path.stem)
def test_a_revision_imports_nothing_of_ours(path: Path) -> None:
    """It must do on an old database what it did when it was written, whatever our own code has become since."""
    imported: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            imported |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            imported.add("candor" if node.level else str(node.module).split(".")[0])

    assert imported <= FROM_OUTSIDE | LIBRARIES


def test_an_installed_package_upgrades_a_database(tmp_path: Path) -> None:
    """The revisions are found beside the package, not in a checkout or in the current folder."""
    shutil.copytree(
        PACKAGE, tmp_path / "site" / "candor", ignore=shutil.ignore_patterns("node_modules", "frontend", "widget", "__pycache__")
    )
    url = f"sqlite:///{tmp_path / 'candor.db'}"
    command = f"from candor.database import engine as e; e.upgrade(e.make_engine({url!r})); print(e.MIGRATIONS.parent)"
    (tmp_path / "elsewhere").mkdir()

    ran = subprocess.run(
        [sys.executable, "-P", "-c", command], cwd=tmp_path / "elsewhere", check=True, timeout=120,
        capture_output=True, text=True, env=os.environ | {"PYTHONPATH": str(tmp_path / "site")},
    )  # fmt: skip

    assert ran.stdout.strip() == str(tmp_path / "site" / "candor")
    engine = make_engine(url)
    check(engine)
    engine.dispose()


def test_what_requesters_had_written_before_stands_in_the_inbox(tmp_path: Path) -> None:
    """Only where no person has done anything since."""
    engine = make_engine(f"sqlite:///{tmp_path / 'candor.db'}")
    to_revision(engine, "0001")
    happened = [  # (request, who, what)
        (1, "requester", "received"), (1, "account:1", "ask_requester"), (1, "requester", "answer"), (1, "system", "reminded"),
        (2, "requester", "mail_received"), (2, "account:1", "note"),
        (3, "requester", "mail_received"), (3, "requester", "mail_received"), (4, "account:1", "answer"),
    ]  # fmt: skip
    with engine.begin() as connection:
        at = "2026-01-15 12:00:00.000000"
        for number in range(1, 5):
            row = {"id": number, "number": f"R-0000-000{number}", "yes": f"yes-{number}", "at": at}
            connection.execute(text("INSERT INTO ticket VALUES (:id, :number, :yes, 'acme', 'access', 'open', 'c_1', :at)"), row)
        for event, (number, who, what) in enumerate(happened, start=1):
            connection.execute(
                text("INSERT INTO ticket_event VALUES (:id, :ticket, :at, :who, :what)"),
                {"id": event, "ticket": number, "at": at, "who": who, "what": what},
            )

    upgrade(engine)

    with engine.connect() as connection:
        unseen = connection.execute(text("SELECT id, unseen_event FROM ticket WHERE unseen_event IS NOT NULL ORDER BY id"))
        assert unseen.all() == [(1, 3), (3, 8)]
    engine.dispose()


def test_requests_from_before_dates_get_their_dates(tmp_path: Path) -> None:
    """With their events. The same confirmation opens no second request, and a downgrade and upgrade lose none."""
    engine = make_engine(f"sqlite:///{tmp_path / 'candor.db'}")
    to_revision(engine, "0001")
    with engine.begin() as connection:
        at = "2026-01-15 12:00:00.000000"
        connection.execute(
            text("INSERT INTO ticket VALUES (1, 'R-0000-0001', 'yes-1', 'acme', 'access', 'received', 'c_1', :at)"), {"at": at}
        )
        connection.execute(text("INSERT INTO ticket_event VALUES (1, 1, :at, 'requester', 'received')"), {"at": at})

    upgrade(engine)

    office = Office(engine)
    (ticket,) = office.staff.requests()
    assert (ticket.number, ticket.status, ticket.due_on) == ("R-0000-0001", "received", date(2026, 2, 16))
    assert office.opened().ticket.number == "R-0000-0001"
    assert office.events("R-0000-0001") == ["received"]
    office.staff.start("R-0000-0001", "Came to the counter.", "staff:bo")
    assert office.staff.complete("R-0000-0001", "Handed over.", "staff:bo").status == "completed"
    to_revision(engine, "0001", down=True)
    upgrade(engine)
    assert [(found.number, found.status) for found in office.staff.requests(TicketFilter(states=()))] == [
        ("R-0000-0001", "completed")
    ]
    engine.dispose()
