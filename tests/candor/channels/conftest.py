"""The web application on a small catalogue and a Rasa that is not there."""

from __future__ import annotations

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from fastapi.testclient import TestClient
from pydantic import SecretStr

from candor.app.conversations import make_assistant
from candor.app.web import make_app
from candor.conversations.assistant import Assistant
from candor.services import Services
from candor.settings import Settings
from knowledge.catalogue import PolicyCatalogue
from tests.fakes import FakeRasa


class StubServer:
    """A server on loopback that gives every call the same answer, and remembers the calls."""

    def __init__(self, status: int, body: bytes, kind: str) -> None:
        stub = self
        self.calls: list[tuple[str, str, str, bytes]] = []  # method, path, authorization, body

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                sent = self.rfile.read(int(self.headers.get("content-length", 0)))
                stub.calls.append((self.command, self.path, self.headers.get("authorization", ""), sent))
                self.send_response(status)
                self.send_header("content-type", kind)
                self.send_header("content-length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            do_POST = do_GET  # noqa: N815  # http.server calls it so

            def log_message(self, *_: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02})
        self.port: int = self._server.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}"

    def __enter__(self) -> StubServer:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


@pytest.fixture
def parts(tmp_path: Path, policies: Path, catalogue: PolicyCatalogue) -> Iterator[Services]:
    """Real services over the two small policies; nothing listens on the action server's port."""
    made = Services(
        Settings(
            var_dir=tmp_path / "var", policies_dir=policies, secret_key=SecretStr("a secret"), database_url="",
            actions_port=1, longest_message=4000, largest_body=64_000,
        )
    )  # fmt: skip
    made.knowledge.catalogue = catalogue
    yield made
    made.engine.dispose()


@pytest.fixture
def rasa() -> FakeRasa:
    return FakeRasa()


@pytest.fixture
def assistant(parts: Services, rasa: FakeRasa) -> Assistant:
    """The assistant, as candor/app/web.py builds it."""
    return make_assistant(parts, rasa)


@pytest.fixture
def web(parts: Services, rasa: FakeRasa) -> Iterator[TestClient]:
    """A browser, so to speak. It does not raise what the application lets through: a visitor would not see it either."""
    with TestClient(make_app(parts, rasa), raise_server_exceptions=False, follow_redirects=False) as client:
        yield client
