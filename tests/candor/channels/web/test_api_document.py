"""Every status that the OpenAPI document names is given by that call, once it is provoked; schemathesis tests the other way."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import httpx
import pytest
import uvicorn
from fastapi.testclient import TestClient
from pydantic import SecretStr

from candor.accounts.directory import DirectoryGroup, DirectoryUser
from candor.app.web import make_app
from candor.channels.web.protocol import PunctualProtocol
from candor.conversations.reply import Reply
from candor.services import Services
from knowledge.catalogue import PolicyCatalogue
from tests.candor.channels.drp.signing import AGENT, PLACE, registered
from tests.fakes import FakeRasa
from tests.redis_server import free_port

SECRET = "only the mail server knows this"
Call = dict[str, Any]  # what changes a call that succeeds into another
CONVERSATION = "/api/conversations/{id}"
OF_AGENTS, SCIM = "/v1/", "/scim/v2/"
SCIM_TOKEN = "only the directory knows this"
A_USER: Call = {"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": "new@acme.example"}
A_GROUP: Call = {"schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group"], "displayName": "new"}
A_PATCH: Call = {"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
           "Operations": [{"op": "replace", "path": "externalId", "value": "x"}]}  # fmt: skip
BODIES: dict[tuple[str, str], Any] = {
    ("post", "/api/conversations"): {"company": "acme"},
    ("post", f"{CONVERSATION}/messages"): {"text": "hello"},
    ("post", f"{CONVERSATION}/feedback"): {"answer_id": "a_1", "helpful": True},
    ("post", f"{CONVERSATION}/hand-back"): {},
    ("post", "/scim/v2/Users"): A_USER,
    ("put", "/scim/v2/Users/{id}"): {**A_USER, "userName": "other@acme.example"},
    ("patch", "/scim/v2/Users/{id}"): A_PATCH,
    ("post", "/scim/v2/Groups"): A_GROUP,
    ("put", "/scim/v2/Groups/{id}"): {**A_GROUP, "displayName": "other"},
    ("patch", "/scim/v2/Groups/{id}"): A_PATCH,
    ("post", "/bounces"): {"message_id": "<nothing-of-ours@mail.example>", "status": "5.1.1"},
}
SET_UP = ("post", "/v1/agent/{agent_id}")
SIGNED = {("post", PLACE): "wish", SET_UP: "envelope"}
READY = ("get", "/readyz")  # answers 503 here, because no action server runs; test_health.py has both


def scim_ids(parts: Services) -> dict[str, str]:
    """A user and a group of a directory, and what it can look up besides, each by the beginning of its address."""
    directory = parts.staff.directory
    number = len(directory.users())
    user = directory.add(DirectoryUser(f"user{number}@acme.example"))
    group = directory.add_group(DirectoryGroup(f"group {number}"))
    return {
        f"{SCIM}Users": str(user.id), f"{SCIM}Groups": str(group.id), f"{SCIM}ResourceTypes": "User",
        f"{SCIM}Schemas": A_USER["schemas"][0],
    }  # fmt: skip


class Site:
    """The application, and a visitor's conversation in it."""

    def __init__(self, parts: Services) -> None:
        self.app = make_app(parts, FakeRasa(), ())
        self.web = TestClient(self.app, raise_server_exceptions=False, follow_redirects=False)
        begun = self.web.post("/api/conversations", json={"company": "acme"}).json()
        self.id, self.token = begun["conversation"], begun["token"]
        self.agent = registered(parts, self.web, f"{AGENT}_{len(parts.requests.agents.all())}")
        self.scim = scim_ids(parts)
        self.made = self.agent.ask().json()["request_id"]

    def call(self, operation: tuple[str, str], **changed: Any) -> int:
        """The status of a call that would succeed, but for what is changed."""
        method, path = operation
        secrets = {"/bounces": SECRET, OF_AGENTS: self.agent.token, SCIM: SCIM_TOKEN}
        secret = next((secret for begins, secret in secrets.items() if path.startswith(begins)), self.token)
        headers = {"Authorization": f"Bearer {secret}", **changed.pop("headers", {})}
        place = changed.pop("path", path).format(
            id=changed.pop("id", self.scim.get(path.split("/{")[0], self.id)), company=changed.pop("company", "acme"),
            request_id=changed.pop("request_id", self.made), agent_id=self.agent.name,
        )  # fmt: skip
        if path.startswith(OF_AGENTS) and method != "get" and not {"content", "json"} & set(changed):
            changed["content"] = self.agent.signed(getattr(self.agent, SIGNED[operation])() if operation in SIGNED else {})
        if operation in BODIES and "content" not in changed:
            changed.setdefault("json", BODIES[operation])
        answer = self.web.request(method.upper(), place, headers=headers, **changed)
        if operation == SET_UP and answer.status_code == 200:
            self.agent.token = answer.json()["token"]
        return answer.status_code


@pytest.fixture
def parts(parts: Services, mapped: PolicyCatalogue) -> Services:
    parts.knowledge.catalogue = mapped
    changed: dict[str, Any] = {"bounce_webhook_secret": SecretStr(SECRET), "public_url": "http://testserver"}
    changed |= {"security_contact": "mailto:security@acme.example", "security_expires": date(2027, 5, 31)}
    changed |= {"scim_token_sha256": hashlib.sha256(SCIM_TOKEN.encode()).hexdigest()}
    changed |= {"gpc": True, "gpc_since": date(2026, 12, 1)}
    parts.settings = parts.settings.model_copy(update=changed)
    return parts


def operations_of(site: Site) -> dict[tuple[str, str], set[str]]:
    """The documented statuses of each call."""
    paths = site.app.openapi()["paths"]
    return {(method, path): set(told["responses"]) for path, methods in paths.items() for method, told in methods.items()}


def calls_with(site: Site, status: str) -> list[tuple[str, str]]:
    found = [operation for operation, statuses in operations_of(site).items() if status in statuses]
    assert found
    return found


def test_each_call_succeeds_as_documented(parts: Services) -> None:
    """With each of its good statuses; the last of them deletes the conversation."""
    parts.knowledge.openings = lambda _: []
    site = Site(parts)
    good = {operation: {one for one in statuses if one < "300"} for operation, statuses in operations_of(site).items()}
    in_order = sorted(good, key=lambda operation: operation[0] == "delete")

    for operation in in_order:
        if operation != READY:
            assert {str(site.call(operation))} == good[operation], operation


@pytest.mark.parametrize(
    ("status", "changed"),
    [
        ("400", {"headers": {"Host": "evil.example"}}),
        ("401", {"headers": {"Authorization": "Bearer forged"}}),
        ("403", {"headers": {"Origin": "https://evil.example"}}),
        ("411", {"content": "chunks"}),
        ("413", {"headers": {"Content-Length": "99999999"}}),
    ],
)
def test_what_is_refused_before_the_route_is_refused_of_each_call(parts: Services, status: str, changed: Call) -> None:
    """By the guard, or for the token."""
    site = Site(parts)

    for operation in calls_with(site, status):
        if status == "403" and operation[1].startswith(OF_AGENTS):
            continue  # programs call these from anywhere; what they refuse is tested with the protocol
        now = {**changed, "content": iter([b"{}"])} if "content" in changed else dict(changed)
        assert str(site.call(operation, **now)) == status, operation


def test_what_does_not_exist_is_404(parts: Services) -> None:
    """A company that is not served; a conversation that was forgotten, with a token that is still good."""
    site = Site(parts)
    site.call(("delete", CONVERSATION))

    for operation in calls_with(site, "404"):
        if operation[1].startswith("/.well-known/"):
            continue  # there is something, as soon as somebody is let in
        unknown: Call = {"json": {"company": "nobody"}} if operation == ("post", "/api/conversations") else {}
        if operation[1].startswith(SCIM):
            unknown["id"] = "nothing"
        assert site.call(operation, company="nobody", request_id="nothing", **unknown) == 404, operation


def test_a_malformed_body_or_parameter_is_422(parts: Services) -> None:
    """A list where an object belongs, a word where a number belongs."""
    site = Site(parts)

    for operation in calls_with(site, "422"):
        malformed: Call = {"params": {"after": "x", "limit": "x"}} if operation[0] == "get" else {"json": [1]}
        assert site.call(operation, **malformed) == 422, operation


def test_each_call_that_is_counted_has_a_limit(parts: Services) -> None:
    """The address of the test is no loopback address, so it is counted."""
    site = Site(parts)
    tight = dict.fromkeys(("limit_calls", "limit_news"), "1/hour")
    parts.settings = parts.settings.model_copy(update=tight)
    for operation in calls_with(site, "429"):
        again = Site.__new__(Site)
        again.app, again.id, again.token = make_app(parts, FakeRasa(), ()), site.id, site.token
        again.agent, again.made, again.scim = site.agent, site.made, site.scim
        again.web = TestClient(again.app, raise_server_exceptions=False)

        assert again.call(operation) != 429
        assert again.call(operation) == 429, operation


def test_what_nobody_expects_is_500(parts: Services) -> None:
    """A part that raises something that it should not."""

    class Broken:
        def __getattr__(self, name: str) -> Callable[..., Any]:
            raise RuntimeError(name)

    site = Site(parts)
    for part in ("assistant", "catalogue", "rasa", "limits"):
        setattr(site.app.state, part, Broken())

    for operation in calls_with(site, "500"):
        assert site.call(operation) == 500, operation


@pytest.fixture
def crowded(parts: Services) -> Iterator[str]:
    """A server with room for no connection."""
    config = uvicorn.Config(Site(parts).app, port=free_port(), http=PunctualProtocol, log_config=None, limit_concurrency=1)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        thread.join(0.01)
    yield f"http://127.0.0.1:{config.port}"
    server.should_exit = True
    thread.join()


def test_beyond_the_most_connections_each_call_is_503_in_plain_text(parts: Services, crowded: str) -> None:
    """As the document says of it."""
    document = Site(parts).app.openapi()

    for (method, path), statuses in operations_of(Site(parts)).items():
        answer = httpx.request(method, crowded + path, trust_env=False)
        assert answer.status_code == 503
        assert answer.headers["content-type"].startswith("text/plain")
        assert "503" in statuses
        assert "text/plain" in document["paths"][path][method]["responses"]["503"]["content"]


def test_a_problem_is_documented_as_it_is_given(parts: Services) -> None:
    """With the kind of what it holds; a message that was kept brings replies along."""
    document = Site(parts).app.openapi()
    replies = document["components"]["schemas"]["Problem"]["properties"]["replies"]

    assert replies["items"] == {"$ref": "#/components/schemas/Reply"}
    assert set(document["components"]["schemas"]["Reply"]["properties"]) == set(Reply.model_fields)
    for operations in document["paths"].values():
        for operation in operations.values():
            assert "application/problem+json" in operation["responses"]["413"]["content"]
            assert "HTTPValidationError" not in str(operation)
