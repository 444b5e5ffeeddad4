"""Questions that the action server reads while Rasa reads them: only where that takes nobody's time, and never worth a wait."""

from __future__ import annotations

import json

import httpx
import pytest

from candor.conversations.ahead import Ahead


class Server(httpx.MockTransport):
    """Remembers what it was asked to read."""

    def __init__(self, error: httpx.HTTPError | None = None) -> None:
        super().__init__(self._answer)
        self.read: list[dict[str, str]] = []
        self._error = error

    def _answer(self, request: httpx.Request) -> httpx.Response:
        if self._error is not None:
            raise self._error
        assert (request.url.path, request.headers["authorization"]) == ("/ahead", "Bearer a secret")
        self.read.append(json.loads(request.content))
        return httpx.Response(200, json={})


def ahead_of(server: Server) -> Ahead:
    return Ahead("http://127.0.0.1:1", "a secret", server)


async def test_a_question_is_read() -> None:
    """With the secret, as every call between Candor's processes."""
    server = Server()

    await ahead_of(server).read("do you sell it", "acme")

    assert server.read == [{"text": "do you sell it", "company": "acme"}]


@pytest.mark.parametrize("text", ["yes", "Germany", "<email_1>", "thank you"])
async def test_what_is_too_short_for_a_question_is_not(text: str) -> None:
    """Most of what is said to a form is; the processor has better things to do."""
    server = Server()

    await ahead_of(server).read(text, "acme")

    assert server.read == []


@pytest.mark.parametrize("error", [httpx.ConnectError("refused"), httpx.ReadTimeout("slow")])
async def test_a_server_that_does_not_answer_changes_nothing(error: httpx.HTTPError) -> None:
    """The question is read when it is asked."""
    await ahead_of(Server(error)).read("do you sell it", "acme")
