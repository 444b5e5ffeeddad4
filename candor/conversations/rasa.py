"""The assistant's client for Rasa: one call for each message."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, Protocol

import httpx

from candor.errors import AssistantDownError
from candor.telemetry import carried_context

MOST_RECORDED = 20  # actions and slots of a turn
LONGEST_VALUE = 300  # characters of a slot's value, as JSON


@dataclass(frozen=True)
class RasaTurn:
    """What Rasa made of one message. messages: Rasa's replies, each with text, buttons and our custom payload."""

    messages: list[dict[str, Any]]
    intent: str
    confidence: float
    intent_ranking: list[dict[str, Any]]
    actions: list[str] = field(default_factory=list)  # that ran, in order
    slots: dict[str, Any] = field(default_factory=dict)  # that were set, with their values: masked, as Rasa sees all text
    milliseconds: float | None = None  # until Rasa and its actions had answered


class Rasa(Protocol):
    """What the assistant needs of Rasa. Every call raises AssistantDownError if Rasa does not answer."""

    async def send(self, *, sender: str, text: str, company: str) -> RasaTurn: ...

    async def forget(self, sender: str) -> None: ...

    async def forget_all(self, senders: Sequence[str]) -> None: ...

    async def senders(self, after: str = "") -> list[tuple[str, datetime]]: ...

    async def check(self) -> None: ...

    async def close(self) -> None: ...


class RasaClient:
    """Calls our channel in Rasa (bot/channel.py) on loopback, with the shared secret."""

    def __init__(self, port: int, secret: str, timeout: float) -> None:
        self._http = httpx.AsyncClient(
            base_url=f"http://127.0.0.1:{port}", timeout=timeout, trust_env=False,
            headers={"Authorization": f"Bearer {secret}"},
        )  # fmt: skip

    async def send(self, *, sender: str, text: str, company: str) -> RasaTurn:
        """Send one message. Raises: AssistantDownError if Rasa or the action server does not answer."""
        message = {"sender": sender, "text": text, "metadata": {"company": company, **carried_context()}}
        started = time.perf_counter()
        response = await self._request("POST", "/webhooks/candor/message", message)
        try:
            turn = _turn_of(response.json())
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise AssistantDownError(f"what answers is not our channel in Rasa ({type(error).__name__})") from None
        if not turn.messages:
            raise AssistantDownError("Rasa had nothing to say: the action server is down, or an action failed")
        return replace(turn, milliseconds=1000 * (time.perf_counter() - started))

    async def forget(self, sender: str) -> None:
        """Delete a conversation from Rasa's tracker store. Raises: AssistantDownError."""
        await self._request("POST", "/webhooks/candor/forget", {"sender": sender})

    async def forget_all(self, senders: Sequence[str]) -> None:
        """The same for many at once. Raises: AssistantDownError."""
        await self._request("POST", "/webhooks/candor/forget", {"senders": list(senders)})

    async def senders(self, after: str = "") -> list[tuple[str, datetime]]:
        """The senders in Rasa's tracker store with the time of their last event: the next few hundred after a name, in order.

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
    return RasaTurn(
        answered["messages"], intent.get("name") or "", float(intent.get("confidence") or 0.0), ranking,
        [str(action)[:80] for action in answered.get("actions", [])[:MOST_RECORDED]], _bounded(answered.get("slots", {})),
    )  # fmt: skip


def _bounded(slots: dict[str, Any]) -> dict[str, Any]:
    """Slots as they are recorded: few and short, so that they do not fill the database."""
    return {str(name)[:80]: _short(value) for name, value in list(slots.items())[:MOST_RECORDED]}


def _short(value: Any) -> Any:
    written = json.dumps(value, ensure_ascii=False)
    return value if len(written) <= LONGEST_VALUE else f"{written[:LONGEST_VALUE]}…"
