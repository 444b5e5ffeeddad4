"""The small ticket desk: a request is worked in another tool, and what is done here or there is known at both."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path
from threading import Thread
from typing import Any

import httpx
import pytest
from fastapi.testclient import TestClient

from candor.accounts.api_tokens import SCOPES
from candor.app.web import make_app
from candor.services import Services
from deploy.ticket_desk import TicketDesk, server
from tests.candor.channels.conftest import parts as a_candor
from tests.candor.console.opened_requests import opened
from tests.fakes import FakeRasa

__all__ = ["a_candor"]


class Joined:
    """A ticket desk that listens, and the Candor that it works for."""

    def __init__(self, parts: Services, folder: Path) -> None:
        self.parts = parts
        token = parts.staff.api_tokens.make("Ticket desk", SCOPES, [], 30, "cli:test").secret
        self.api = TestClient(
            make_app(parts, FakeRasa()), base_url="http://testserver/api/staff/v1/", headers={"Authorization": f"Bearer {token}"}
        )
        self.desk = TicketDesk(folder, self.api)

    def deliver(self) -> None:
        asyncio.run(self.parts.requests.make_outbox_worker().deliver())

    def history(self, number: str) -> list[tuple[str, bool]]:
        return [(one["what"], one["ours"]) for one in self.desk.ticket(number)["history"]]


@pytest.fixture
def joined(a_candor: Services, tmp_path: Path) -> Iterator[Joined]:
    """Joined by a webhook over loopback."""
    a_candor.settings = a_candor.settings.model_copy(update={"webhook_networks": "127.0.0.0/8"})
    both = Joined(a_candor, tmp_path / "tickets")
    listening = server(both.desk, "whsec_" + "A" * 44, 0)
    url = f"http://127.0.0.1:{listening.server_address[1]}/"
    made = both.api.post("webhooks", json={"name": "Ticket desk", "url": url, "events": ["request.*"]}).json()
    listening.server_close()
    listening = server(both.desk, made["secret"], listening.server_address[1])
    thread = Thread(target=listening.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield both
    listening.shutdown()
    thread.join()
    listening.server_close()


def test_a_request_is_worked_in_another_tool_and_comes_back(joined: Joined) -> None:
    """Taken, proved and completed there; each step moves the ticket, as the tool's own."""
    number = opened(joined.parts, proven=False)
    joined.deliver()

    states = [
        joined.desk.do(number, step, **fields)
        for step, fields in (
            ("assign", {"assignee": "me"}),
            ("prove", {"proof": "account", "words": "Signed in to their account."}),
            ("complete", {"words": "We have deleted your account."}),
        )
    ]
    joined.deliver()

    assert states == ["awaiting_identity", "open", "completed"]
    ticket = joined.desk.ticket(number)
    assert (ticket["state"], ticket["wish"]) == ("completed", "deletion")
    assert joined.history(number)[-3:] == [("request.assigned", True), ("request.open", True), ("request.completed", True)]


def test_what_is_done_in_the_console_moves_the_ticket(joined: Joined) -> None:
    """And is not the tool's own."""
    number = opened(joined.parts)
    joined.deliver()

    joined.parts.requests.staff_desk.complete(number, "All of it is deleted.", "account:1")
    joined.deliver()

    assert joined.desk.ticket(number)["state"] == "completed"
    assert joined.history(number)[-1] == ("request.completed", False)


def test_a_step_that_is_not_possible_says_why(joined: Joined) -> None:
    """In Candor's own sentence."""
    number = opened(joined.parts)

    with pytest.raises(SystemExit, match=r"reason|say why|sentence"):
        joined.desk.do(number, "refuse")


def test_an_event_counts_once_and_an_older_one_moves_nothing_back(joined: Joined) -> None:
    """Webhooks may come twice, and in any order."""
    number = "R-7KQ4-M2XD"

    def event(state: str, at: str) -> dict[str, Any]:
        data = {"number": number, "state": state, "due": "2026-02-16", "company": "acme", "request_type": "deletion"}
        return {"type": f"request.{state}", "timestamp": at, "data": {**data, "actor": "requester", "assignee": ""}}

    for key, state, at in (
        ("b", "open", "2026-01-15T12:00:01Z"),
        ("b", "open", "2026-01-15T12:00:01Z"),
        ("a", "received", "2026-01-15T12:00:00Z"),
    ):
        joined.desk.take_in(key, event(state, at))

    assert joined.desk.ticket(number)["state"] == "open"
    assert [what for what, _ in joined.history(number)] == ["request.open", "request.received"]


def test_what_is_not_signed_opens_no_ticket(joined: Joined) -> None:
    """Anybody could send it."""
    (hook,) = joined.parts.requests.webhook_registry.all()
    body = {"type": "request.open", "timestamp": "2026-01-15T12:00:00Z", "data": {"number": "R-7KQ4-M2XD"}}

    answer = httpx.post(hook.given.url, content=json.dumps(body), headers={"webhook-id": "x"})

    assert answer.status_code == 401
    assert joined.history("R-7KQ4-M2XD") == []
