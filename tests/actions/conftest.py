"""The services that actions ask for, on the small catalogue; and the action server as a process."""

from __future__ import annotations

import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from rasa_sdk.executor import CollectingDispatcher

from candor.settings import ROOT
from knowledge.ingestion import ingest
from tests.conftest import ACME
from tests.fakes import FakeEncoder, small_mapper

SECRET = "a shared secret"
# `python -m actions`, but for the encoder, which would take longer to load than all tests here take to run.
SERVE = """
import sys
from pathlib import Path
from actions.__main__ import main

from knowledge.catalogue import PolicyCatalogue
from candor.services import services
from tests.fakes import FakeEncoder, small_answers
parts = services()
parts.knowledge.catalogue = PolicyCatalogue(parts.settings.index_dir, FakeEncoder.id)
parts.knowledge.answers = small_answers(parts.knowledge.catalogue)
sys.exit(main())
"""


@pytest.fixture
def dispatcher() -> CollectingDispatcher:
    return CollectingDispatcher()


@dataclass(frozen=True)
class ActionServer:
    """A running one: where, and what it has printed so far."""

    port: int
    log: Path

    def client(self, secret: str | None = SECRET) -> httpx.Client:
        headers = {"Authorization": f"Bearer {secret}"} if secret is not None else {}
        return httpx.Client(base_url=f"http://127.0.0.1:{self.port}", headers=headers, trust_env=False, timeout=30)


@pytest.fixture(scope="session")
def action_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ActionServer]:
    """One process for all tests that need it, on a free port."""
    folder = tmp_path_factory.mktemp("actions")
    (folder / "policies" / "acme").mkdir(parents=True)
    (folder / "policies" / "acme" / "company.toml").write_text('name = "Acme"\ncontact = "privacy@acme.example"\n')
    (folder / "policies" / "acme" / "2026-01-15.txt").write_text(ACME)
    ingest(folder / "policies", folder / "var" / "index", FakeEncoder, FakeEncoder.id, lambda _: None, small_mapper())
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        server = ActionServer(probe.getsockname()[1], folder / "log")
    told = {
        "CANDOR_VAR_DIR": str(folder / "var"), "CANDOR_INTERNAL_SECRET": SECRET, "CANDOR_ACTIONS_PORT": str(server.port),
        "CANDOR_DATABASE_URL": "", "PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin",
    }  # fmt: skip
    with server.log.open("w") as log:
        process = subprocess.Popen([sys.executable, "-c", SERVE], env=told, cwd=ROOT, stdout=log, stderr=log)
    try:
        wait_for(server, process)
        yield server
    finally:
        process.terminate()
        process.wait(timeout=30)


def wait_for(server: ActionServer, process: subprocess.Popen[bytes]) -> None:
    """Until it answers, or has ended."""
    with server.client() as http:
        for _ in range(600):
            with suppress(httpx.TransportError):
                if http.get("/health").status_code == 200:
                    return
            with suppress(subprocess.TimeoutExpired):
                process.wait(timeout=0.1)
                break
    raise AssertionError(f"the action server does not answer:\n{server.log.read_text()}")
