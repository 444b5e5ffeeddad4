"""Rasa as the door sees it: one call a message, and what was understood."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Protocol

import httpx

from errors import AssistantDownError


@dataclass(frozen=True)
class RasaTurn:
    """What Rasa said and understood. Messages are Rasa's: text, buttons and our custom payload."""

    messages: list[dict[str, Any]]
    intent: str
    confidence: float
    intent_ranking: list[dict[str, Any]]


class Rasa(Protocol):
    """What the door needs of Rasa. Every call raises AssistantDownError where Rasa does not answer."""

    async def send(self, *, sender: str, text: str, company: str) -> RasaTurn: ...

    async def forget(self, sender: str) -> None: ...

    async def forget_all(self, senders: Sequence[str]) -> None: ...

    async def senders(self, after: str = "") -> list[tuple[str, datetime]]: ...

    async def check(self) -> None: ...

    async def close(self) -> None: ...


class RasaClient:
    """Talks to our channel in Rasa (bot/channel.py) on loopback, with the shared secret."""

    def __init__(self, port: int, secret: str, timeout: float) -> None:
        self._http = httpx.AsyncClient(
            base_url=f"http://127.0.0.1:{port}", timeout=timeout, trust_env=False,
            headers={"Authorization": f"Bearer {secret}"},
        )  # fmt: skip

    async def send(self, *, sender: str, text: str, company: str) -> RasaTurn:
        """Send one message. Raises: AssistantDownError if Rasa does not answer, or the action server did not."""
        message = {"sender": sender, "text": text, "metadata": {"company": company}}
        response = await self._request("POST", "/webhooks/candor/message", message)
        try:
            turn = _turn_of(response.json())
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise AssistantDownError(f"what answers is not our channel in Rasa ({type(error).__name__})") from None
        if not turn.messages:
            raise AssistantDownError("Rasa had nothing to say: the action server is down, or an action failed")
        return turn

    async def forget(self, sender: str) -> None:
        """Delete a conversation from Rasa's tracker store. Raises: AssistantDownError."""
        await self._request("POST", "/webhooks/candor/forget", {"sender": sender})

    async def forget_all(self, senders: Sequence[str]) -> None:
        """The same for many at once. Raises: AssistantDownError."""
        await self._request("POST", "/webhooks/candor/forget", {"senders": list(senders)})

    async def senders(self, after: str = "") -> list[tuple[str, datetime]]:
        """Whose events lie in Rasa's tracker store, and when the last one was: some hundred, by name, from after that one on.

        Raises: AssistantDownError.
        """
        response = await self._request("POST", "/webhooks/candor/senders", {"after": after})
        try:
            return [(name, datetime.fromtimestamp(last, UTC)) for name, last in response.json()["senders"]]
        except (ValueError, KeyError, TypeError) as error:
            raise AssistantDownError(f"what answers is not our channel in Rasa ({type(error).__name__})") from None

    async def check(self) -> None:
        """Raises: AssistantDownError if Rasa has not loaded its model."""
        await self._request("GET", "/webhooks/candor/ready", None)

    async def close(self) -> None:
        await self._http.aclose()

    async def _request(self, method: str, path: str, body: dict[str, Any] | None) -> httpx.Response:
        try:
            response = await self._http.request(method, path, json=body)
        except httpx.HTTPError as error:
            raise AssistantDownError(f"Rasa does not answer ({type(error).__name__})") from error
        if response.status_code != 200:
            raise AssistantDownError(f"Rasa answered {response.status_code}")
        return response


def _turn_of(answered: dict[str, Any]) -> RasaTurn:
    intent = answered["intent"]
    ranking = [{"name": e["name"], "confidence": round(e["confidence"], 4)} for e in answered["intent_ranking"][:5]]
    return RasaTurn(answered["messages"], intent.get("name") or "", float(intent.get("confidence") or 0.0), ranking)
