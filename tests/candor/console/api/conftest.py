"""A program with a token of the staff API, over the small policies of the console's tests."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from fastapi.testclient import TestClient

from candor.accounts.api_tokens import SCOPES
from candor.app.web import make_app
from candor.services import Services
from tests.fakes import FakeRasa

API = "http://testserver/api/staff/v1"


class Program(TestClient):
    """A client with a token; `token` is its id."""

    token: int
    secret: str

    @property
    def actor(self) -> str:
        return f"token:{self.token}"

    def step(self, number: str, step: str, key: str = "", **fields: Any) -> Any:
        headers = {"Idempotency-Key": key} if key else {}
        return self.post(f"requests/{number}/steps", json={"step": step, **fields}, headers=headers)


Connect = Callable[..., Program]


@pytest.fixture
def connect(parts: Services, rasa: FakeRasa) -> Connect:
    """Make a token and a client with it: connect(), connect("requests:read", company="acme")."""
    app = make_app(parts, rasa)

    def made(*scopes: str, company: str = "", name: str = "Jira") -> Program:
        fresh = parts.staff.api_tokens.make(name, scopes or SCOPES, [company] if company else [], 30, "cli:test")
        headers = {"Authorization": f"Bearer {fresh.secret}"}
        client = Program(app, base_url=f"{API}/", raise_server_exceptions=False, headers=headers)
        client.token, client.secret = fresh.token.id, fresh.secret
        return client

    return made
