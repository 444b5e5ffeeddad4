"""A real server and clients that are slow on purpose."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
import uvicorn

from candor.channels.web.protocol import LARGEST_HEAD, PunctualProtocol


class Hasty(PunctualProtocol):
    """The same, but it waits a tenth of a second."""

    longest_arrival = 0.1


async def application(scope: Any, receive: Any, send: Any) -> None:
    """Reads the body, and answers after longer than a request may take to arrive."""
    while (await receive()).get("more_body"):
        pass
    time.sleep(0.25)  # noqa: ASYNC251  # a slow answer is no slow request
    await send({"type": "http.response.start", "status": 204, "headers": []})
    await send({"type": "http.response.body", "body": b""})


@pytest.fixture
def port() -> Iterator[int]:
    server = uvicorn.Server(uvicorn.Config(application, port=0, http=Hasty, log_config=None, lifespan="off"))
    listening = socket.create_server(("127.0.0.1", 0))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    yield listening.getsockname()[1]
    server.should_exit = True
    thread.join()


def answer_to(port: int, sent: bytes) -> bytes:
    """All that the server says to this until it closes the connection."""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as client:
        client.sendall(sent)
        received = b""
        while not received.endswith(b"\r\n\r\n") and (some := client.recv(1000)):
            received += some
        return received


@pytest.mark.parametrize(
    "begun",
    [
        b"",
        b"GET / HTTP/1.1\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\n",
        b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nhalf",
    ],
)
def test_a_request_that_does_not_arrive_is_not_waited_for(port: int, begun: bytes) -> None:
    """Whether nothing comes, half a head, or half a body."""
    assert b"204" not in answer_to(port, begun)


def test_an_answer_may_take_longer_than_a_request(port: int) -> None:
    """Only what the client has to send is limited."""
    assert b"204" in answer_to(port, b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")


@pytest.mark.parametrize("begun", [b"GET / HTTP/1.1\r\nX: ", b"GET /", b"GET / HTTP/1.1\r\n" + b"X: a\r\n" * 6000])
def test_a_head_that_does_not_end_is_not_kept(port: int, begun: bytes) -> None:
    """A header, an address or a list of headers that goes on and on would fill the memory within the time that it has."""
    assert answer_to(port, begun + b"a" * LARGEST_HEAD).startswith((b"HTTP/1.1 431", b"HTTP/1.1 400"))


def test_a_head_of_an_ordinary_size_and_a_body_beside_it_are_read(port: int) -> None:
    """The body that comes with the head is not counted, and neither is that of the request before."""
    body = b"a" * (2 * LARGEST_HEAD)
    begun = b"POST / HTTP/1.1\r\nHost: a\r\nX: " + b"a" * 30_000 + b"\r\nContent-Length: %d\r\n\r\n" % len(body)
    assert b"204" in answer_to(port, begun + body)


def test_an_upgrade_is_not_made(port: int) -> None:
    """Nothing speaks WebSocket or HTTP/2 here; the request is answered as any other."""
    asked = b"GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n"
    assert b"204" in answer_to(port, asked)
