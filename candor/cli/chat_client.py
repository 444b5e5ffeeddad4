"""The chat API from the outside, for `candor chat` and `candor replay`."""

from __future__ import annotations

import uuid
from types import TracebackType
from typing import Any, Self

import httpx

from candor.errors import CandorError, UnavailableError


class ChatError(CandorError):
    """The server refused; the message is the server's own."""


class ChatClient:
    """One conversation after another with a running Candor."""

    def __init__(self, url: str, timeout: float = 60.0, transport: httpx.BaseTransport | None = None) -> None:
        self._http = httpx.Client(base_url=url, timeout=timeout, trust_env=False, transport=transport)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._http.close()

    def begin(self, company: str) -> tuple[str, str, dict[str, Any]]:
        """Begin a conversation; return its id, its token and the greeting. Raises: ChatError, UnavailableError."""
        begun = self._request("POST", "/api/conversations", {"company": company}).json()
        return begun["conversation"], begun["token"], begun["reply"]

    def say(self, conversation: str, token: str, text: str) -> list[dict[str, Any]]:
        """Say something; return the replies, also where they only say that the assistant is down."""
        message = {"text": text, "message_id": uuid.uuid4().hex}
        answered = self._request("POST", f"/api/conversations/{conversation}/messages", message, token).json()
        replies: list[dict[str, Any]] = answered["replies"]
        return replies

    def news(self, conversation: str, token: str, after: int) -> tuple[list[dict[str, Any]], int]:
        """What people of the company have said after the first so many of their messages, and how many there are now."""
        told = self._request("GET", f"/api/conversations/{conversation}/news?after={after}", None, token).json()
        return [reply for turn in told["turns"] for reply in turn["replies"]], told["n"]

    def forget(self, conversation: str, token: str) -> None:
        """Have the conversation forgotten."""
        self._request("DELETE", f"/api/conversations/{conversation}", None, token)

    def _request(self, method: str, path: str, body: dict[str, Any] | None, token: str = "") -> httpx.Response:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        try:
            response = self._http.request(method, path, json=body, headers=headers)
        except httpx.HTTPError as error:
            where = self._http.base_url
            raise UnavailableError(f"no Candor answers at {where} ({type(error).__name__}): start it with `make run`") from error
        if response.is_error and "replies" not in _json(response):
            raise ChatError(_json(response).get("detail") or f"the server answered {response.status_code}")
        return response


def _json(response: httpx.Response) -> dict[str, Any]:
    try:
        found = response.json()
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
