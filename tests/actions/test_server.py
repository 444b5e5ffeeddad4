"""The action server: for Rasa alone, and silent about what people wrote."""

from __future__ import annotations

import asyncio
from typing import Any

import numpy as np
import psutil
import pytest
from rasa_sdk import Action

from actions.__main__ import main
from actions.server import QuietErrors
from candor.services import Services
from knowledge.encoder import Encoding, OnnxEncoder
from tests.actions.conftest import ActionServer

WORDS = "sentinelword"


def a_call(action: str, text: str = WORDS, company: str = "acme") -> dict[str, Any]:
    """What Rasa sends."""
    latest = {"text": text, "intent": {"name": "greet", "confidence": 0.9}, "entities": [], "metadata": {"company": company}}
    tracker = {"sender_id": "c_1", "slots": {}, "latest_message": latest, "events": [{"event": "user", "text": text}]}
    whole = {**tracker, "paused": False, "latest_event_time": 0, "active_loop": {}, "latest_action_name": "action_listen"}
    return {"next_action": action, "sender_id": "c_1", "tracker": whole, "domain": {}, "version": "3.21.1"}


@pytest.mark.parametrize(
    "authorization",
    ["", "Bearer", "Bearer wrong", "Bearer a shared secre", "Bearer a shared secret2", "Basic a shared secret", "ü"],
)
@pytest.mark.parametrize(("method", "path"), [("GET", "/actions"), ("POST", "/webhook"), ("GET", "/"), ("GET", "/nosuch")])
def test_strangers_are_refused_on_every_route(action_server: ActionServer, authorization: str, method: str, path: str) -> None:
    """401 without the shared secret: whoever runs on this machine cannot open requests past Rasa."""
    headers = {b"Authorization": authorization.encode()} if authorization else {}

    with action_server.client(secret=None) as http:
        answer = http.request(method, path, headers=headers, json=a_call("action_say") if method == "POST" else None)

    assert answer.status_code == 401
    assert "action_" not in answer.text


def test_anyone_may_ask_whether_it_is_well(action_server: ActionServer) -> None:
    """The web asks without the secret, and learns nothing more."""
    with action_server.client(secret=None) as http:
        answer = http.get("/health")

    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


def test_rasa_is_answered(action_server: ActionServer) -> None:
    """With the secret an action runs, and its messages come back."""
    with action_server.client() as http:
        answer = http.post("/webhook", json=a_call("action_say"))

    assert answer.status_code == 200
    assert [message["response"] for message in answer.json()["responses"]] == ["utter_greet"]


def test_the_web_gets_the_questions_that_a_chat_opens_with(action_server: ActionServer) -> None:
    """Those that the policy surely answers; of a company that is unknown, none. Without the secret, nothing is told."""
    with action_server.client() as http, action_server.client(secret=None) as stranger:
        known, unknown = http.get("/openings/acme"), http.get("/openings/no%20such")
        refused = stranger.get("/openings/acme")

    assert known.json() == {"questions": ["Do you sell my data?"]}
    assert (unknown.status_code, refused.status_code) == (404, 401)
    assert "such" not in unknown.text


def test_the_web_has_questions_read_ahead(action_server: ActionServer) -> None:
    """Also where the company is unknown: then whoever asks for the answer hears of it. Strangers are refused."""
    before = len(action_server.log.read_text())
    with action_server.client() as http, action_server.client(secret=None) as stranger:
        read, unknown, refused = (
            one.post("/ahead", json={"text": f"do you sell {WORDS}", "company": company})
            for one, company in ((http, "acme"), (http, "nosuch"), (stranger, "acme"))
        )

    assert (read.status_code, unknown.status_code, refused.status_code) == (200, 200, 401)
    assert WORDS not in action_server.log.read_text()[before:]


@pytest.mark.parametrize(
    "call",
    [
        a_call("action_answer_question", company="nosuch"),
        a_call("action_say", company="nosuch"),
        a_call("action_nosuch"),
    ],
)
def test_an_action_that_fails_says_nothing_and_logs_no_words(action_server: ActionServer, call: dict[str, Any]) -> None:
    """200 without messages, so that Rasa does not log the call; our log has the action's name and the error's kind."""
    before = len(action_server.log.read_text())

    with action_server.client() as http:
        answer = http.post("/webhook", json=call)

    assert answer.status_code == 200
    assert answer.json() == {"events": [], "responses": []}
    logged = action_server.log.read_text()[before:]
    assert f"{call['next_action']} failed: " in logged
    assert WORDS not in logged


def test_no_log_line_holds_what_people_write(action_server: ActionServer) -> None:
    """Neither of calls that go well nor of bodies that nobody can read."""
    with action_server.client() as http:
        http.post("/webhook", json=a_call("action_answer_question"))
        broken = http.post("/webhook", content=f'{{"next_action": {WORDS}'.encode(), headers={"Content-Type": "application/json"})

    assert broken.status_code == 400
    assert WORDS not in action_server.log.read_text()


def test_it_listens_on_loopback_only(action_server: ActionServer) -> None:
    """rasa-sdk's own server would listen everywhere."""
    listening = [connection.laddr for connection in psutil.net_connections("tcp") if connection.status == psutil.CONN_LISTEN]

    assert [host for host, port in filter(None, listening) if port == action_server.port] == ["127.0.0.1"]


def test_without_a_secret_it_does_not_start(parts: Services, capsys: pytest.CaptureFixture[str]) -> None:
    """Else it would be open to everyone on this machine; the message names the cure."""
    parts.settings = parts.settings.model_copy(update={"internal_secret": None})

    assert main() == 1
    assert "candor serve" in capsys.readouterr().err


async def test_an_action_need_not_encode_what_rasa_has_encoded() -> None:
    """What comes along with the call is known while the action runs, also in the threads that it starts."""
    seen: list[Any] = []

    class Asks(Action):
        def name(self) -> str:
            return "action_asks"

        async def run(self, dispatcher: Any, tracker: Any, domain: Any) -> list[dict[str, Any]]:
            seen.append(await asyncio.to_thread(encoder.encode_tokens, "do you sell it"))
            return []

    encoder = OnnxEncoder.__new__(OnnxEncoder)  # without weights: it cannot encode anything
    encoder.id = "small:1"
    executor = QuietErrors()
    executor.register_action(Asks())
    encoding = Encoding(*(np.ones(shape, dtype=np.float32) for shape in (2, 2, (3, 2), (3, 2))))
    encoded = {"encoder": "small:1", "text": "do you sell it", "encoding": encoding.as_data()}

    await executor.run({**a_call("action_asks"), "encoded": encoded})

    assert [tokens.shape for _, tokens in seen] == [(3, 2)]
