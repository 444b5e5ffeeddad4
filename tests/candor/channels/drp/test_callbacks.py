"""What an agent is told at the address that it gave: its request's status, after each change, and the newest alone."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from datetime import UTC, datetime
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from candor.app.web import make_app
from candor.services import Services
from candor.tickets.cipher import FieldCipher
from candor.tickets.key_rotation import rotate
from candor.tickets.models import AgentRequestRow, OutboxRow
from candor.tickets.retention import erase
from tests.candor.channels.conftest import StubServer
from tests.candor.channels.drp.signing import SigningAgent, registered
from tests.fakes import FakeRasa


@pytest.fixture
def agent(parts: Services, rasa: FakeRasa) -> SigningAgent:
    """One whose addresses may be on this machine. The application is not started, so nothing is delivered but by the tests."""
    parts.settings = parts.settings.model_copy(update={"webhook_networks": "127.0.0.0/8"})
    return registered(parts, TestClient(make_app(parts, rasa), raise_server_exceptions=False))


def deliver(parts: Services) -> Counter[str]:
    return asyncio.run(parts.requests.make_outbox_worker().deliver())


def number_of(parts: Services, agent: SigningAgent, request_id: str) -> str:
    known = parts.requests.agents.find(agent.name)
    assert known is not None
    return parts.requests.agent_desk.find(known, "acme", request_id).details.ticket.number


def told(stub: StubServer) -> list[dict[str, Any]]:
    return [json.loads(body) for _, _, _, body in stub.calls]


def test_an_agent_is_told_of_each_change_at_its_address(parts: Services, agent: SigningAgent) -> None:
    """With what it would get if it asked."""
    with StubServer(200, b"not read", "text/plain") as callback:
        made = agent.ask(status_callback=f"{callback.url}/status?for=7").json()["request_id"]
        deliver(parts)
        parts.requests.staff_desk.prove(number_of(parts, agent, made), "agent", "The permission was looked at.", "account:1")
        deliver(parts)

        assert [(method, path) for method, path, _, _ in callback.calls] == [("POST", "/status?for=7")] * 2
        assert [said.get("reason") for said in told(callback)] == ["need_user_verification", None]
        assert told(callback)[1] == {name: value for name, value in agent.status(made).json().items() if value is not None}


def test_only_the_newest_status_is_sent(parts: Services, agent: SigningAgent) -> None:
    """What waits while more happens is not worth telling any more."""
    with StubServer(200, b"", "text/plain") as callback:
        number = number_of(parts, agent, agent.ask(status_callback=callback.url).json()["request_id"])
        parts.requests.staff_desk.prove(number, "agent", "The permission was looked at.", "account:1")
        parts.requests.checklists.tick_all(number, "account:1", datetime.now(UTC))
        parts.requests.staff_desk.complete(number, "All of it was deleted.", "account:1")

        deliver(parts)

        assert [said["status"] for said in told(callback)] == ["fulfilled"]


def test_an_address_that_does_not_answer_is_asked_again(parts: Services, agent: SigningAgent) -> None:
    """Later, and without a word in any log of who asked."""
    with StubServer(503, b"", "text/plain") as callback:
        agent.ask(status_callback=callback.url)
        done = deliver(parts)

        assert (done["again"], len(callback.calls)) == (1, 1)
        with Session(parts.engine) as session:
            row = session.scalars(select(OutboxRow).where(OutboxRow.channel == "callback")).one()
        assert (row.state, row.answered, row.last_error) == ("due", 503, "the webhook's receiver answered 503")


@pytest.mark.parametrize("url", ["http://10.0.0.1/", "https://169.254.169.254/latest", "ftp://agent.example/x", "nowhere"])
def test_an_address_that_is_never_called_is_refused(parts: Services, agent: SigningAgent, url: str) -> None:
    """So that the agent knows that it must ask; no request is opened, and the address is not repeated."""
    answer = agent.ask(status_callback=url)

    assert (answer.status_code, answer.json()["message"].startswith("Status_callback cannot be used")) == (422, True)
    assert url not in answer.text
    assert parts.requests.staff_desk.requests() == []


def test_nobody_is_told_who_gave_no_address_or_is_not_let_in_any_more(parts: Services, agent: SigningAgent) -> None:
    """An agent that was disabled hears nothing of anybody's request."""
    with StubServer(200, b"", "text/plain") as callback:
        agent.ask(**{"agent-request-id": "without"})
        agent.ask(exercise="access", status_callback=callback.url)
        parts.requests.agents.change(agent.name, enabled=False)

        deliver(parts)

        assert callback.calls == []


def test_the_address_is_encrypted_moves_to_a_new_key_and_goes_with_the_person(parts: Services, agent: SigningAgent) -> None:
    """It may name them."""

    def kept() -> bytes | None:
        with Session(parts.engine) as session:
            return session.scalars(select(AgentRequestRow.status_callback)).one()

    agent.ask(status_callback="https://agent.example/ada")
    first = kept()
    rotate(parts.engine, FieldCipher("a newer secret", ("a secret",)))
    moved = kept()
    with Session(parts.engine) as session, session.begin():
        erase(session, session.scalars(select(AgentRequestRow.ticket_id)).one(), datetime.now(UTC))

    assert first is not None
    assert moved is not None
    assert b"agent.example" not in first
    assert FieldCipher("a newer secret").decrypt(moved) == "https://agent.example/ada"
    assert kept() is None
