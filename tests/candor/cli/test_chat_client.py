"""The chat API from the outside."""

from __future__ import annotations

import json

import httpx
import pytest

from candor.cli.chat_client import ChatClient, ChatError
from candor.errors import UnavailableError

REPLY = {"kind": "smalltalk", "text": "Hello!"}


class FakeCandor:
    """A server that gives each call the next of its answers, and remembers the calls."""

    def __init__(self, *answers: httpx.Response | httpx.TransportError) -> None:
        self.answers = list(answers)
        self.calls: list[httpx.Request] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.calls.append(request)
        answer = self.answers.pop(0)
        if isinstance(answer, httpx.TransportError):
            raise answer
        return answer

    def client(self) -> ChatClient:
        return ChatClient("http://candor.example", transport=httpx.MockTransport(self))


def test_a_conversation_is_begun_spoken_in_and_forgotten() -> None:
    """With the token that came at its beginning."""
    candor = FakeCandor(
        httpx.Response(201, json={"conversation": "c_1", "token": "t", "reply": REPLY}),
        httpx.Response(200, json={"replies": [REPLY]}),
        httpx.Response(204),
    )

    with candor.client() as chat:
        conversation, token, greeting = chat.begin("acme")
        replies = chat.say(conversation, token, "hello")
        chat.forget(conversation, token)

    assert (greeting, replies) == (REPLY, [REPLY])
    assert [(call.method, call.url.path) for call in candor.calls] == [
        ("POST", "/api/conversations"),
        ("POST", "/api/conversations/c_1/messages"),
        ("DELETE", "/api/conversations/c_1"),
    ]
    assert [call.headers.get("authorization") for call in candor.calls] == [None, "Bearer t", "Bearer t"]


def test_each_message_has_an_id_of_its_own() -> None:
    """The same words said twice are two messages."""
    candor = FakeCandor(httpx.Response(200, json={"replies": [REPLY]}), httpx.Response(200, json={"replies": [REPLY]}))

    with candor.client() as chat:
        chat.say("c_1", "t", "yes")
        chat.say("c_1", "t", "yes")

    first, second = (json.loads(call.content) for call in candor.calls)
    assert first["text"] == second["text"] == "yes"
    assert first["message_id"] != second["message_id"]


def test_an_assistant_that_is_down_still_replies() -> None:
    """The plain sentence is a reply; it is shown like any other."""
    down = {"kind": "error", "text": "I cannot answer just now."}
    candor = FakeCandor(httpx.Response(503, json={"status": 503, "detail": "…", "replies": [down]}))

    with candor.client() as chat:
        assert chat.say("c_1", "t", "hello") == [down]


def test_a_refusal_is_told_in_the_servers_words() -> None:
    """They were written for people."""
    candor = FakeCandor(httpx.Response(404, json={"status": 404, "detail": "We do not know a company of that name here."}))

    with candor.client() as chat, pytest.raises(ChatError, match="do not know a company"):
        chat.begin("nosuch")


@pytest.mark.parametrize("answer", [httpx.Response(502, text="<html>Bad gateway</html>"), httpx.Response(500, json=["odd"])])
def test_a_refusal_without_words_is_told_by_its_number(answer: httpx.Response) -> None:
    """Something between us and Candor may answer in its place."""
    with FakeCandor(answer).client() as chat, pytest.raises(ChatError, match=f"answered {answer.status_code}"):
        chat.begin("acme")


@pytest.mark.parametrize(
    "fault", [httpx.ConnectError("refused"), httpx.ReadTimeout("slow"), httpx.RemoteProtocolError("cut off")]
)
def test_a_server_that_does_not_answer_names_address_and_cure(fault: httpx.TransportError) -> None:
    """Most often nobody has started it."""
    with FakeCandor(fault).client() as chat, pytest.raises(UnavailableError, match=r"candor\.example.*make run"):
        chat.begin("acme")
