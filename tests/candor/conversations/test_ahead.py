"""Questions that the action server reads while Rasa reads them: only where that takes nobody's time, and never worth a wait."""

from __future__ import annotations

import json

import pytest

from candor.conversations.ahead import Ahead
from tests.candor.channels.conftest import StubServer


async def read(address: str, text: str) -> None:
    ahead = Ahead(address, "a secret")
    await ahead.read(text, "acme")
    await ahead.close()


async def test_a_question_is_read() -> None:
    """With the secret, as every call between Candor's processes."""
    with StubServer(200, b"{}", "application/json") as server:
        await read(server.url, "do you sell it")

    ((method, path, authorization, body),) = server.calls
    assert (method, path, authorization) == ("POST", "/ahead", "Bearer a secret")
    assert json.loads(body) == {"text": "do you sell it", "company": "acme"}


@pytest.mark.parametrize("text", ["yes", "Germany", "<email_1>", "thank you"])
async def test_what_is_too_short_for_a_question_is_not(text: str) -> None:
    """Most of what is said to a form is; the processor has better things to do."""
    with StubServer(200, b"{}", "application/json") as server:
        await read(server.url, text)

    assert server.calls == []


async def test_a_server_that_fails_or_is_gone_changes_nothing() -> None:
    """The question is read when it is asked."""
    with StubServer(500, b"broken", "text/plain") as server:
        await read(server.url, "do you sell it")

    await read(server.url, "do you sell it")

    assert len(server.calls) == 1
