"""Receivers of webhooks on loopback: one that verifies and keeps what it gets, and some that misbehave."""

from __future__ import annotations

import contextlib
import json
import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

from standardwebhooks import Webhook, WebhookVerificationError


@dataclass
class WebhookReceiver:
    """Verifies each delivery with `secret`, keeps it, and answers with the next of `answers`, at last with 200."""

    url: str = ""
    secret: str = ""
    got: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)
    forged: int = 0
    on_event: Callable[[dict[str, Any]], None] = lambda _: None
    redirects_to: str = ""

    def types(self) -> list[str]:
        return [body["type"] for _, body in self.got]


@contextlib.contextmanager
def receiving() -> Iterator[WebhookReceiver]:
    """A receiver that listens."""
    receiver = WebhookReceiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            try:
                Webhook(receiver.secret).verify(body, {name.lower(): value for name, value in self.headers.items()})
            except WebhookVerificationError:
                receiver.forged += 1
                self.answer(401)
                return
            event = json.loads(body)
            receiver.got.append((self.headers["webhook-id"], event))
            self.answer(receiver.answers.pop(0) if receiver.answers else 200)
            receiver.on_event(event)

        def answer(self, status: int) -> None:
            self.send_response(status)
            if receiver.redirects_to:
                self.send_header("location", receiver.redirects_to)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    receiver.url = f"http://127.0.0.1:{server.server_address[1]}/hook"
    try:
        yield receiver
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextlib.contextmanager
def hanging() -> Iterator[str]:
    """The address of a receiver that takes a connection and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}/hook"


@contextlib.contextmanager
def answering(reply: bytes) -> Iterator[str]:
    """The address of a receiver that answers the first call with these bytes, whatever they are."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def answer() -> None:
            connection, _ = listening.accept()
            with connection, contextlib.suppress(OSError):  # whoever calls need not read all of it
                connection.recv(65_536)
                connection.sendall(reply)

        thread = Thread(target=answer, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}/hook"
        thread.join(10)
