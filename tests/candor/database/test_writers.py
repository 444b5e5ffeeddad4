"""Who keeps out all other writers: only what may change everything, and says so here."""

from __future__ import annotations

import ast
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest
from sqlalchemy import Engine

from candor.accounts.mentions import Mentions
from candor.database.engine import make_engine, upgrade
from candor.database.transactions import writing
from candor.settings import ROOT
from candor.tickets.conversation_links import RequestLinks
from candor.tickets.delivery.outbox import Outbox
from candor.tickets.writers import about
from tests.postgresql import running_server

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
# Where writing() is called about everything, and why it may be.
KEEP_OUT_ALL = {
    "candor/database/transactions.py": "SQLite locks no rows, and has one writer in any case",
    "candor/tickets/key_rotation.py": "an operator's command that encrypts every value anew, all or none",
    "candor/tickets/staff.py": "dates of requests that a Candor without laws opened: once, at the first start after an upgrade",
}


def test_nobody_else_keeps_out_all_writers() -> None:
    """A turn of one company waits for nobody of another."""
    found = set()
    for room in ("actions", "candor", "knowledge"):
        for path in (ROOT / room).rglob("*.py"):
            calls = [node for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.Call)]
            named = [call for call in calls if isinstance(call.func, ast.Name) and call.func.id in {"writing", "rehearsing"}]
            if any(len(call.args) < 2 for call in named):
                found.add(str(path.relative_to(ROOT)))

    assert found == KEEP_OUT_ALL.keys()


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    with running_server() as url:
        made = make_engine(f"{url}/postgres")
        upgrade(made)
        yield made
        made.dispose()


def test_work_for_others_goes_on_while_a_company_writes(engine: Engine) -> None:
    """Forgetting a conversation, sending failed letters again, naming a colleague: none of it waits for a stranger's request."""
    work: dict[str, Callable[[], object]] = {
        "forgetting": lambda: RequestLinks(engine).remove("c_1"),
        "sending again": lambda: Outbox(engine).revive(NOW),
        "naming": lambda: Mentions(engine).add([], "/console/requests/R-1", 1),
    }
    with writing(engine, about("acme")):
        threads = {name: threading.Thread(target=each, daemon=True) for name, each in work.items()}
        for thread in threads.values():
            thread.start()
        for thread in threads.values():
            thread.join(30)

        assert [name for name, thread in threads.items() if thread.is_alive()] == []


def test_two_who_write_about_the_same_two_things_do_not_wait_for_ever(engine: Engine) -> None:
    """Whatever order they name them in."""
    ends = threading.Barrier(3)

    def write(*names: str) -> None:
        for _ in range(50):
            with writing(engine, *names):
                pass
        ends.wait(60)

    for names in (("one", "other"), ("other", "one")):
        threading.Thread(target=write, args=names, daemon=True).start()

    ends.wait(60)
