"""Alive, ready, and if not, which part is not."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import create_engine, event, text

from candor.app.web import make_app
from candor.services import Services
from candor.settings import Settings
from tests.candor.channels.conftest import StubServer
from tests.fakes import FakeRasa


@pytest.fixture
def actions_run(parts: Services) -> Iterator[StubServer]:
    """An action server that says it is well."""
    with StubServer(200, b'{"status": "ok"}', "application/json") as stub:
        parts.settings = Settings(**{**parts.settings.model_dump(), "actions_port": stub.port})
        yield stub


def test_it_is_alive_while_the_process_runs(web: TestClient, rasa: FakeRasa) -> None:
    """Also where other parts are down: restarting the web would not mend them."""
    rasa.down = True

    answer = web.get("/livez")

    assert (answer.status_code, answer.json()) == (200, {"status": "alive"})


def test_it_is_ready_once_all_parts_answer(actions_run: StubServer, web: TestClient) -> None:
    """Index, Rasa, action server and database."""
    answer = web.get("/readyz")

    assert answer.status_code == 200
    assert answer.json() == {
        "ready": True,
        "parts": {"index": "ready", "rasa": "ready", "actions": "ready", "database": "ready"},
    }
    assert [call[:2] for call in actions_run.calls] == [("GET", "/health")]


def unready(web: TestClient) -> set[str]:
    """The parts that are named as not ready."""
    answer = web.get("/readyz")
    assert (answer.status_code, answer.json()["ready"]) == (503, False)
    return {part for part, state in answer.json()["parts"].items() if state != "ready"}


def test_an_action_server_that_is_down_is_named(web: TestClient) -> None:
    """And it alone."""
    assert unready(web) == {"actions"}


def test_an_action_server_that_is_ill_is_named(parts: Services, rasa: FakeRasa) -> None:
    """To answer is not enough."""
    with StubServer(500, b"", "text/plain") as stub:
        parts.settings = Settings(**{**parts.settings.model_dump(), "actions_port": stub.port})
        with TestClient(make_app(parts, rasa)) as web:
            assert unready(web) == {"actions"}


def test_a_rasa_that_is_down_is_named(actions_run: StubServer, web: TestClient, rasa: FakeRasa) -> None:
    """And is well again as soon as it answers."""
    rasa.down = True
    assert unready(web) == {"rasa"}

    rasa.down = False
    assert web.get("/readyz").status_code == 200


def test_a_missing_index_is_named_with_its_cure(actions_run: StubServer, web: TestClient, tmp_path: Path) -> None:
    """Before the first ingestion there is nothing to answer from."""
    (tmp_path / "index" / "releases.db").unlink()

    assert unready(web) == {"index"}
    assert "candor ingest" in web.get("/readyz").json()["parts"]["index"]


def test_a_database_without_tables_is_named(actions_run: StubServer, web: TestClient, parts: Services) -> None:
    """And nothing that is stored in it."""
    with parts.engine.begin() as connection:
        connection.exec_driver_sql("DROP TABLE ticket_event")
        connection.exec_driver_sql("DROP TABLE ticket")

    assert unready(web) == {"database"}


def test_a_disk_that_takes_nothing_new_is_named(actions_run: StubServer, web: TestClient, parts: Services) -> None:
    """An instance that can only read must get no more visitors: what they write would be lost."""
    web.app.state.var_dir = parts.settings.var_dir / "gone"  # type: ignore[attr-defined]

    assert unready(web) == {"database"}
    assert "cannot be written to" in web.get("/readyz").json()["parts"]["database"]


def test_a_database_that_stays_locked_is_named(
    actions_run: StubServer, web: TestClient, parts: Services, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    """A balancer sends visitors elsewhere, and whoever is called reads what to do; without the lock it is well again."""
    monkeypatch.setattr("candor.database.engine.LONGEST_LOOK", 0.05)
    with create_engine(parts.engine.url).connect() as another:
        another.exec_driver_sql("BEGIN IMMEDIATE")
        assert unready(web) == {"database"}
        assert "docs/operating.md" in web.get("/readyz").json()["parts"]["database"]
        another.rollback()

    assert web.get("/readyz").status_code == 200


def test_a_full_disk_is_told_to_the_visitor_with_another_way(web: TestClient, parts: Services) -> None:
    """503 with the company's contact and when to try again; what was there before is still there, and so is the conversation."""
    begun = web.post("/api/conversations", json={"company": "acme"}).json()
    address, headers = f"/api/conversations/{begun['conversation']}", {"Authorization": f"Bearer {begun['token']}"}

    def full(connection: Any, _: Any) -> None:
        connection.execute(f"PRAGMA max_page_count={connection.execute('PRAGMA page_count').fetchone()[0]}")

    event.listen(parts.engine, "connect", full)
    parts.engine.dispose()
    answers = [web.post(f"{address}/messages", json={"text": "x" * 3900}, headers=headers) for _ in range(6)]
    event.remove(parts.engine, "connect", full)
    parts.engine.dispose()

    refused = answers[-1]
    assert refused.status_code == 503
    assert int(refused.headers["Retry-After"]) > 0
    assert parts.knowledge.catalogue.company("acme").contact in refused.json()["detail"]
    assert web.post(f"{address}/messages", json={"text": "hello again"}, headers=headers).status_code == 200


def test_a_locked_database_is_told_to_the_visitor_and_nothing_is_lost(web: TestClient, parts: Services) -> None:
    """503 with the company's contact and when to try again; once the lock is gone, all that was taken is there, and only that."""
    begun = web.post("/api/conversations", json={"company": "acme"}).json()
    address, headers = f"/api/conversations/{begun['conversation']}", {"Authorization": f"Bearer {begun['token']}"}
    web.post(f"{address}/messages", json={"text": "the first"}, headers=headers)

    def impatient(connection: Any, _: Any) -> None:
        connection.execute("PRAGMA busy_timeout=50")

    event.listen(parts.engine, "connect", impatient)
    parts.engine.dispose()
    with create_engine(parts.engine.url).connect() as another:
        another.exec_driver_sql("BEGIN IMMEDIATE")
        answers = [
            web.post(f"{address}/messages", json={"text": "the second"}, headers=headers),
            web.post("/api/conversations", json={"company": "acme"}),
        ]
        another.rollback()
    taken = web.post(f"{address}/messages", json={"text": "the third"}, headers=headers)
    event.remove(parts.engine, "connect", impatient)

    for refused in answers:
        assert refused.status_code == 503
        assert int(refused.headers["Retry-After"]) > 0
        assert parts.knowledge.catalogue.company("acme").contact in refused.json()["detail"]
    assert taken.status_code == 200
    with parts.engine.connect() as connection:
        kept = connection.execute(text("SELECT text FROM turn ORDER BY id")).scalars().all()
    assert [each for each in kept if each.startswith("the ")] == ["the first", "the third"]
