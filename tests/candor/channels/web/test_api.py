"""The chat API: its shapes, its codes, and errors that never repeat what was sent."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest
from fastapi.testclient import TestClient

from candor.app.web import make_app
from candor.channels.web.headers import HEADERS
from candor.conversations.rasa import RasaTurn
from candor.conversations.reply import Reply
from candor.services import Services
from tests.fakes import FakeRasa

if TYPE_CHECKING:
    from httpx2 import Response  # what the TestClient speaks where it finds it

SENTINEL = "sentinelword"
CITATION = {
    "n": 1, "company": "acme", "policy": "Privacy Policy", "version": "2026-01-15", "section": "3. Selling", "lead_in": "",
    "quote": "We never sell personal data.", "start": 3, "end": 31, "url": "/policies/acme/2026-01-15#c3-31",
}  # fmt: skip


class Talk:
    """One conversation of a visitor's."""

    def __init__(self, web: TestClient) -> None:
        begun = web.post("/api/conversations", json={"company": "acme"}).json()
        self.id, self.token = begun["conversation"], begun["token"]
        self._web = web

    @property
    def place(self) -> str:
        return f"/api/conversations/{self.id}"

    @property
    def bearer(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}

    def post(self, body: object, path: str = "messages") -> Response:
        return self._web.post(f"{self.place}/{path}", json=body, headers=self.bearer)

    def post_raw(self, body: bytes) -> Response:
        return self._web.post(f"{self.place}/messages", content=body, headers={**self.bearer, "Content-Type": "application/json"})


@pytest.fixture
def talk(web: TestClient) -> Talk:
    return Talk(web)


def assert_problem(answer: Response, status: int) -> dict[str, Any]:
    """It is a problem document of that status, with the headers, and holds nothing that was sent."""
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    document: dict[str, Any] = answer.json()
    assert document["status"] == status
    assert document["title"]
    assert document["detail"]
    assert SENTINEL not in answer.text
    assert HEADERS.items() <= {name: answer.headers[name] for name in HEADERS}.items()
    return document


def test_a_conversation_begins_with_id_token_and_greeting(web: TestClient) -> None:
    """201, and exactly what the contract promises."""
    answer = web.post("/api/conversations", json={"company": "acme"})

    assert answer.status_code == 201
    assert set(answer.json()) == {"conversation", "token", "reply"}
    assert Reply.model_validate(answer.json()["reply"]).kind == "smalltalk"
    assert "Acme" in answer.json()["reply"]["text"]


def test_a_message_brings_replies(talk: Talk, rasa: FakeRasa) -> None:
    """200, each a whole Reply with its citations."""
    rasa.messages = [
        {"text": "This is what it says:", "custom": {"kind": "answer", "answer_id": "a_1", "citations": [CITATION]}},
        {"text": "Anything else?"},
    ]

    answer = talk.post({"text": "do you sell my data?"})

    assert answer.status_code == 200
    assert set(answer.json()) == {"replies", "person"}
    assert answer.json()["person"] is None
    first, second = answer.json()["replies"]
    assert set(first) == set(Reply.model_fields) == set(second)
    assert (first["kind"], first["answer_id"], first["citations"]) == ("answer", "a_1", [CITATION])


def test_a_message_under_its_id_is_answered_once(talk: Talk, rasa: FakeRasa) -> None:
    """Sending it again is safe."""
    first = talk.post({"text": "yes", "message_id": "message-1"})
    again = talk.post({"text": "yes", "message_id": "message-1"})

    assert again.json() == first.json()
    assert len(rasa.sent) == 1


def test_feedback_is_taken_and_forgetting_forgets(web: TestClient, talk: Talk, rasa: FakeRasa) -> None:
    """204, and nothing in the body."""
    kept = talk.post({"answer_id": "a_0f", "helpful": True, "comment": "thank you"}, "feedback")
    forgotten = web.delete(talk.place, headers=talk.bearer)

    assert (kept.status_code, kept.content) == (204, b"")
    assert (forgotten.status_code, forgotten.content) == (204, b"")
    assert rasa.forgotten == [talk.id]


def test_a_forgotten_conversation_is_gone(web: TestClient, talk: Talk) -> None:
    """404 for its own token too, whatever is tried."""
    web.delete(talk.place, headers=talk.bearer)

    assert_problem(talk.post({"text": SENTINEL}), 404)
    assert_problem(talk.post({"answer_id": "a_0f", "helpful": True, "comment": f"{SENTINEL}@example.com"}, "feedback"), 404)
    assert_problem(web.delete(talk.place, headers=talk.bearer), 404)


@pytest.mark.parametrize("company", [SENTINEL, "", "ACME", "../acme", "acme\u0000"])
def test_an_unknown_company_is_not_found(web: TestClient, company: str) -> None:
    """404, without repeating the name."""
    assert_problem(web.post("/api/conversations", json={"company": company}), 404)


@pytest.mark.parametrize("authorization", [None, "", "Bearer", "Bearer forged", f"Basic {SENTINEL}", "Bearer WyJjXzEiLCJ4Il0.x"])
def test_without_the_right_token_nothing_opens(web: TestClient, talk: Talk, rasa: FakeRasa, authorization: str | None) -> None:
    """401 on each of a conversation's routes, before anything is read or done."""
    headers = {} if authorization is None else {"Authorization": authorization}

    answers = [
        web.post(f"{talk.place}/messages", json={"text": SENTINEL}, headers=headers),
        web.post(f"{talk.place}/feedback", json={"answer_id": "a_0f", "helpful": True}, headers=headers),
        web.delete(talk.place, headers=headers),
    ]

    for answer in answers:
        assert_problem(answer, 401)
        assert answer.headers["www-authenticate"] == "Bearer"
    assert (rasa.sent, rasa.forgotten) == ([], [])


def test_the_token_of_another_conversation_opens_nothing(web: TestClient, talk: Talk, rasa: FakeRasa) -> None:
    """401: a token is bound to its conversation."""
    other = Talk(web)

    assert_problem(web.post(f"{talk.place}/messages", json={"text": SENTINEL}, headers=other.bearer), 401)
    assert_problem(web.delete(talk.place, headers=other.bearer), 401)
    assert rasa.sent == []


@pytest.mark.parametrize("body", [b"{", b'{"text": sentinelword}', b"\xff\xfe\xfa", b"", b"[" * 20_000])
def test_malformed_json_is_refused(talk: Talk, rasa: FakeRasa, body: bytes) -> None:
    """400, or 422 where there is nothing at all."""
    assert_problem(talk.post_raw(body), 422 if not body else 400)
    assert rasa.sent == []


@pytest.mark.parametrize(
    "body",
    [
        {"text": ""},
        {"text": "  \n "},
        {"text": "\u200b\u200d"},
        {"text": SENTINEL * 1000},
        {"text": "\u0000\u0001\u0002\u0003"},
        {"text": 7},
        {"text": [SENTINEL]},
        {"text": None},
        {"message": SENTINEL},
        {"text": "hello", SENTINEL: 1},
        {"text": "hello", "extra": SENTINEL},
        {"text": "hello", "message_id": "short"},
        {"text": "hello", "message_id": f"{SENTINEL} with spaces"},
        {"text": "hello", "message_id": "x" * 65},
        [SENTINEL],
        SENTINEL,
        7,
    ],
)
def test_a_message_that_cannot_be_taken_is_refused(talk: Talk, rasa: FakeRasa, body: object) -> None:
    """422: empty, too long, binary, of wrong fields, or with fields that nobody asked for. Rasa hears nothing of it."""
    assert_problem(talk.post(body), 422)
    assert rasa.sent == []


def test_half_a_character_does_no_harm(web: TestClient, talk: Talk, rasa: FakeRasa) -> None:
    """JSON can spell a lone surrogate, which no database takes: out of a message it is left, elsewhere it is refused."""
    json_body = {**talk.bearer, "Content-Type": "application/json"}
    comment = b'{"answer_id": "a_0f", "helpful": true, "comment": "sentinelword \\ud800"}'

    said = talk.post_raw(b'{"text": "delete my data \\ud800"}')
    begun = web.post("/api/conversations", content=b'{"company": "\\ud800"}', headers=json_body)
    fed_back = web.post(f"{talk.place}/feedback", content=comment, headers=json_body)

    assert (said.status_code, rasa.sent[0]["text"]) == (200, "delete my data")
    assert_problem(begun, 422)
    assert_problem(fed_back, 422)


@pytest.mark.parametrize(
    "body",
    [
        {"answer_id": SENTINEL, "helpful": True},
        {"answer_id": "a_0f", "helpful": SENTINEL},
        {"answer_id": "a_0f", "helpful": True, "comment": SENTINEL * 1000},
        {"answer_id": "a_0f"},
        {"answer_id": "a_0f", "helpful": True, SENTINEL: SENTINEL},
    ],
)
def test_feedback_that_cannot_be_taken_is_refused(talk: Talk, body: object) -> None:
    """422, naming the field of ours that is at fault."""
    document = assert_problem(talk.post(body, "feedback"), 422)

    assert {fault["field"] for fault in document["faults"]} <= {"answer_id", "helpful", "comment", ""}


def test_a_large_body_is_refused_unread(talk: Talk, rasa: FakeRasa) -> None:
    """413, by the length it says it has."""
    document = assert_problem(talk.post({"text": "hello", "filler": SENTINEL * 6000}), 413)

    assert "64,000" in document["detail"]
    assert rasa.sent == []


def test_a_body_of_unknown_length_is_refused(web: TestClient, talk: Talk, rasa: FakeRasa) -> None:
    """411: it could be of any length."""

    def chunks() -> Iterator[bytes]:
        yield b'{"text": "sentinelword"}'

    answer = web.post(f"{talk.place}/messages", content=chunks(), headers=talk.bearer)

    assert_problem(answer, 411)
    assert rasa.sent == []


def test_a_rasa_that_is_down_is_a_problem_with_replies(talk: Talk, rasa: FakeRasa) -> None:
    """503 with what to show the visitor, and when to try again; under its id the message is then answered."""
    rasa.down = True
    answer = talk.post({"text": SENTINEL, "message_id": "message-1"})

    document = assert_problem(answer, 503)
    assert int(answer.headers["retry-after"]) > 0
    (reply,) = document["replies"]
    assert reply["kind"] == "error"
    assert "privacy@acme.example" in reply["text"]

    rasa.down = False
    assert talk.post({"text": SENTINEL, "message_id": "message-1"}).status_code == 200


def test_a_conversation_is_not_forgotten_by_halves(web: TestClient, talk: Talk, rasa: FakeRasa, parts: Services) -> None:
    """503 while Rasa cannot forget it too, with whom else to ask; it can still be opened."""
    rasa.down = True
    answer = web.delete(talk.place, headers=talk.bearer)
    rasa.down = False

    assert parts.knowledge.catalogue.company("acme").contact in assert_problem(answer, 503)["detail"]
    assert int(answer.headers["retry-after"]) > 0
    assert talk.post({"text": "hello"}).status_code == 200


class BrokenRasa(FakeRasa):
    """Fails in a way that nobody thought of."""

    async def send(self, *, sender: str, text: str, company: str, message_id: str) -> RasaTurn:
        raise ZeroDivisionError(text)


def test_an_unexpected_fault_tells_nothing_of_itself(parts: Services, caplog: pytest.LogCaptureFixture) -> None:
    """500: a plain sentence, the headers all the same, and no log line with what was said."""
    with TestClient(make_app(parts, BrokenRasa())) as web:
        answer = Talk(web).post({"text": SENTINEL})

    document = assert_problem(answer, 500)
    assert "ZeroDivisionError" not in json.dumps(document)
    assert "ZeroDivisionError" in caplog.text
    assert SENTINEL not in caplog.text


def test_a_route_or_method_that_is_not_there_is_a_problem_too(web: TestClient) -> None:
    """404 and 405."""
    assert_problem(web.get(f"/api/{SENTINEL}"), 404)
    assert_problem(web.get("/api/conversations"), 405)


@pytest.mark.parametrize(
    "path", ["/", "/livez", "/readyz", "/openapi.json", "/policies/acme", "/policies/acme/2026-01-15", "/static/policy.js"]
)
def test_every_response_has_the_security_headers(web: TestClient, path: str) -> None:
    """Pages, files, redirects and documents alike: nothing loads from elsewhere, nobody frames us."""
    answer = web.get(path)

    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "no-referrer"
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy


def test_the_api_tells_its_own_shape(web: TestClient) -> None:
    """The OpenAPI document lists each route, and the bearer token."""
    document = web.get("/openapi.json").json()

    routes = {(method, path) for path, methods in document["paths"].items() for method in methods}
    assert routes == {
        ("post", "/api/conversations"),
        ("post", "/api/conversations/{id}/messages"),
        ("get", "/api/conversations/{id}/news"),
        ("post", "/api/conversations/{id}/hand-back"),
        ("post", "/api/conversations/{id}/feedback"),
        ("delete", "/api/conversations/{id}"),
        ("get", "/api/conversations/{id}"),
        ("get", "/api/conversations/{id}/transcript"),
        ("get", "/api/companies"),
        ("get", "/api/companies/{company}"),
        ("get", "/api/companies/{company}/glance"),
        ("get", "/livez"),
        ("get", "/readyz"),
        # of the Data Rights Protocol
        ("get", "/.well-known/data-rights.json"),
        ("post", "/v1/agent/{agent_id}"),
        ("get", "/v1/agent/{agent_id}"),
        ("post", "/v1/data-rights-request"),
        ("get", "/v1/data-rights-request/{request_id}"),
        ("delete", "/v1/data-rights-request/{request_id}"),
    }
    assert "HTTPBearer" in document["components"]["securitySchemes"]
    assert set(document["components"]["schemas"]["Reply"]["properties"]) == set(Reply.model_fields)


@pytest.mark.parametrize(
    ("headers", "body", "gpc"),
    [({"Sec-GPC": "1"}, {}, True), ({}, {"gpc": True}, True), ({"Sec-GPC": "0"}, {}, False), ({}, {}, False)],
)
def test_global_privacy_control_is_recorded_with_the_conversation(
    web: TestClient, parts: Services, headers: dict[str, str], body: dict[str, bool], gpc: bool
) -> None:
    """By the header, or by what the browser tells its pages only; and no request is opened by it."""
    begun = web.post("/api/conversations", json={"company": "acme", **body}, headers=headers).json()

    assert parts.conversations.transcripts.get(begun["conversation"]).gpc is gpc
    assert parts.requests.desk.of_conversation(begun["conversation"]) == []
