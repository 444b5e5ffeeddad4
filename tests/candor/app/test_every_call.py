"""schemathesis calls everything with made-up data, good and bad: no 5xx, and what comes back is what the document says."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from fastapi import FastAPI
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given, seed, settings
from hypothesis.errors import Unsatisfiable
from pydantic import SecretStr
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.openapi import from_dict
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from starlette.routing import Mount

from candor.accounts.api_tokens import SCOPES
from candor.accounts.directory import DirectoryUser
from candor.accounts.roles import ROLES, Grant
from candor.accounts.sessions import csrf_of
from candor.app.web import make_app
from candor.console.api.app import STAFF_API
from candor.console.deps import COOKIE, CSRF_HEADER
from candor.services import Services
from candor.settings import Settings
from candor.tickets.delivery.webhook_registry import WebhookSettings
from candor.tickets.requester import Confirmed, Opened
from knowledge.catalogue import PolicyCatalogue
from knowledge.making import ArtefactMaker
from knowledge.releasing import PolicyReleasing
from knowledge.uploads import PolicyUploads
from tests.candor.channels.conftest import StubServer
from tests.candor.channels.drp.signing import registered
from tests.fakes import FakeEncoder, FakeRasa, small_answers

SECRET = "only the mail server knows this"
CALLS, STAFF_CALLS, CONSOLE_CALLS = 6, 3, 2  # made-up calls of each kind to each operation: together about half a minute
CONFORMS = [
    not_a_server_error, status_code_conformance, content_type_conformance, response_headers_conformance,
    response_schema_conformance, negative_data_rejection,
]  # fmt: skip


@pytest.fixture
def parts(parts: Services, mapped: PolicyCatalogue) -> Iterator[Services]:
    """Without limits; something answers on the action server's port."""
    with StubServer(200, b"{}", "application/json") as actions:
        changed = {"bounce_webhook_secret": SecretStr(SECRET), "actions_port": actions.port, **dict.fromkeys(LIMITS, "")}
        changed["scim_token_sha256"] = hashlib.sha256(SECRET.encode()).hexdigest()
        parts.settings = parts.settings.model_copy(update=changed)
        parts.knowledge.catalogue = mapped
        yield parts


LIMITS = [name for name in Settings.model_fields if name.startswith("limit_") and name != "limit_sign_in"]


def fuzzed(operation: Any, mode: GenerationMode, calls: int, send: Any, **fixed: Any) -> None:
    """Send so many made-up calls, the same ones in each run."""

    @seed(20)
    @settings(max_examples=calls, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(case=operation.as_strategy(generation_mode=mode, **fixed))
    def call(case: Any) -> None:
        send(case)

    with suppress(Unsatisfiable):  # nothing about it can be wrong
        call()


def operations_of(document: dict[str, Any]) -> Iterator[Any]:
    for found in from_dict(document).get_all_operations():
        assert isinstance(found, Ok), found
        yield found.ok()


def test_the_api_answers_as_its_document_says(parts: Services) -> None:
    """With a conversation that exists, and with names and tokens that do not."""
    app = make_app(parts, FakeRasa(), ())
    web = TestClient(app, raise_server_exceptions=False, follow_redirects=False)
    begun = web.post("/api/conversations", json={"company": "acme"}).json()
    agent, scim_id = registered(parts, web), str(parts.staff.directory.add(DirectoryUser("ada@acme.example")).id)
    made = agent.ask().json()["request_id"]
    known = {"path_parameters": {"id": begun["conversation"], "company": "acme", "request_id": made, "agent_id": agent.name}}

    for operation in operations_of(app.openapi()):
        token = SECRET if operation.path.startswith(("/bounces", "/scim/")) else begun["token"]
        token = agent.token if operation.path.startswith("/v1/") else token

        def send(case: schemathesis.Case[Any], bearer: str = token) -> None:
            case.headers.update({"Authorization": f"Bearer {bearer}"})
            case.validate_response(web.request(**request_of(case, "http://testserver")), checks=CONFORMS)

        of_call = {**known["path_parameters"], **({"id": scim_id} if operation.path.startswith("/scim/") else {})}
        fixed = {"path_parameters": {name: of_call[name] for name in names_in(operation)}}
        for mode in GenerationMode:
            fuzzed(operation, mode, CALLS, send, **fixed)
        fuzzed(operation, GenerationMode.POSITIVE, CALLS, send)


def test_the_staff_api_answers_as_its_document_says(parts: Services, policies: Path) -> None:
    """With a token that may do everything, on things that exist and on others; without one, each call is 401."""
    app = make_app(parts, FakeRasa(), ())
    (api,) = (route.app for route in app.routes if isinstance(route, Mount) and route.path == STAFF_API)
    assert isinstance(api, FastAPI)
    take_small_policies(parts, policies)
    token = parts.staff.api_tokens.make("schemathesis", SCOPES, [], 30, "cli:test")
    opened = parts.requests.desk.open(Confirmed("yes-1", "acme", "deletion", "c_1", "ada@example.com", "DE"))
    assert isinstance(opened, Opened)
    hook, _ = parts.requests.webhook_registry.add(WebhookSettings("Jira", "https://hooks.example.org/x"), "cli:test")
    web = TestClient(app, raise_server_exceptions=False, follow_redirects=False)
    known: dict[str, Any] = {
        "number": opened.ticket.number, "company": "acme", "version": "2026-01-15", "webhook": hook.id, "delivery": 1, "place": 0,
        "file": parts.requests.files.add(opened.ticket.number, "a.csv", b"a;b", "cli:test"), "link": 1,
        "conversation": web.post("/api/conversations", json={"company": "acme"}).json()["conversation"],
    }  # fmt: skip

    for operation in operations_of(api.openapi()):
        closed = web.request(operation.method.upper(), f"{STAFF_API}{operation.path.format(**known)}")
        assert (closed.status_code, closed.headers["content-type"]) == (401, "application/problem+json"), operation.label

        def send(case: schemathesis.Case[Any]) -> None:
            case.headers.update({"Authorization": f"Bearer {token.secret}"})
            case.validate_response(web.request(**request_of(case, f"http://testserver{STAFF_API}")), checks=CONFORMS)

        fixed = {"path_parameters": {name: known[name] for name in names_in(operation)}}
        for mode in GenerationMode:
            fuzzed(operation, mode, STAFF_CALLS, send, **fixed)
        fuzzed(operation, GenerationMode.POSITIVE, STAFF_CALLS, send)


def test_no_call_of_the_console_ends_in_a_server_error(parts: Services, policies: Path) -> None:
    """Made by an admin who may do everything, with a request and a conversation that exist."""
    app = make_app(parts, FakeRasa(), ())
    take_small_policies(parts, policies)
    (console,) = (route.app for route in app.routes if isinstance(route, Mount) and route.path == "/console")
    assert isinstance(console, FastAPI)
    opened = parts.requests.desk.open(Confirmed("yes-1", "acme", "deletion", "c_1", "ada@example.com", "DE"))
    assert isinstance(opened, Opened)
    web = TestClient(app, base_url="http://testserver", raise_server_exceptions=False, follow_redirects=False)
    talk = web.post("/api/conversations", json={"company": "acme"}).json()["conversation"]
    other = parts.staff.accounts.add(
        "bea@acme.example", "Bea", [Grant(role) for role in ROLES], "a sentence that only she writes"
    )
    known: dict[str, Any] = {"number": opened.ticket.number, "reference": opened.ticket.number, "conversation": talk}
    known |= {"conversation_id": talk, "id": talk, "account": other.id}
    parts.requests.agents.add("AGENT", "An agent", base64.b64encode(bytes(32)).decode(), "cli:ada")
    known["agent_id"] = "AGENT"

    for number, operation in enumerate(operations_of(console.openapi())):
        account = parts.staff.accounts.add(f"ada{number}@acme.example", "Ada", [Grant(role) for role in ROLES])
        key = parts.staff.sessions.begin(account, "password")
        web.cookies.set(COOKIE, key, path="/console")

        def send(case: schemathesis.Case[Any], csrf: str = csrf_of(key)) -> None:
            case.headers.update({CSRF_HEADER: csrf})
            answer = web.request(**request_of(case, "http://testserver/console"))
            # Not by schemathesis: it cannot read again what was sent with a file.
            assert answer.status_code < 500, f"{case.method} {case.path}: {answer.status_code}"

        fixed = {"path_parameters": {name: known[name] for name in names_in(operation) if name in known}}
        for mode in GenerationMode:
            fuzzed(operation, mode, CONSOLE_CALLS, send, **fixed)


def take_small_policies(parts: Services, policies: Path) -> None:
    """Uploads and releases, with an encoder and answers that need no set-up."""
    library = parts.knowledge.catalogue.policy_library
    parts.knowledge.encoder = FakeEncoder()  # type: ignore[assignment]
    maker, answers = ArtefactMaker(library, FakeEncoder, FakeEncoder.id), small_answers(parts.knowledge.catalogue)
    parts.knowledge.uploads = PolicyUploads(policies, library, lambda: maker)
    parts.knowledge.releasing = PolicyReleasing(library, lambda: maker, lambda: answers, FakeEncoder.id)


def names_in(operation: Any) -> list[str]:
    return [parameter.name for parameter in operation.path_parameters]


def request_of(case: schemathesis.Case[Any], home: str) -> dict[str, Any]:
    """For a client that keeps its own cookies."""
    request = case.as_transport_kwargs(base_url=home)
    request.pop("cookies")
    if isinstance(request.get("data"), bytes | str):
        request["content"] = request.pop("data")
    return request
