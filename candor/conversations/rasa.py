"""The assistant's client for Rasa: one call for each message."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, Protocol

import aiohttp

from candor.conversations.inside import InsideClient
from candor.errors import AssistantDownError
from candor.settings import Settings
from candor.telemetry.instruments import carried_context

LEFT_OUT = 5.0  # seconds that a Rasa which did not answer is asked last
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

    async def send(self, *, sender: str, text: str, company: str, message_id: str) -> RasaTurn:
        """Asked again under the same message_id, it answers what it answered before."""
        ...

    async def forget(self, sender: str) -> None: ...

    async def forget_all(self, senders: Sequence[str]) -> None: ...

    async def senders(self, after: str = "") -> list[tuple[str, datetime]]: ...

    async def check(self) -> None: ...

    async def close(self) -> None: ...


class RasaClient:
    """Calls our channel in Rasa (bot/channel.py), with the shared secret.

    Of several Rasa processes, a conversation keeps to one while that one answers. Any other can serve it, because they share
    their trackers: who does not answer is left out for a while.
    """

    def __init__(
        self, urls: Sequence[str], secret: str, timeout: float, now: Callable[[], float] = time.monotonic
    ) -> None:  # fmt: skip
        """urls: without a slash at the end. timeout: in seconds."""
        self._urls, self._now = tuple(urls), now
        self._left_out: dict[str, float] = {}  # until when
        self._http = InsideClient(secret, timeout)

    async def send(self, *, sender: str, text: str, company: str, message_id: str) -> RasaTurn:
        """Send one message. Raises: AssistantDownError if Rasa or the action server does not answer."""
        metadata = {"company": company, **carried_context()}
        message = {"sender": sender, "text": text, "message_id": message_id, "metadata": metadata}
        started = time.perf_counter()
        answered = await self._request("POST", "/webhooks/candor/message", message, sender)
        try:
            turn = _turn_of(json.loads(answered))
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
        answered = await self._request("POST", "/webhooks/candor/senders", {"after": after})
        try:
            return [(name, datetime.fromtimestamp(last, UTC)) for name, last in json.loads(answered)["senders"]]
        except (ValueError, KeyError, TypeError) as error:
            raise AssistantDownError(f"what answers is not our channel in Rasa ({type(error).__name__})") from None

    async def check(self) -> None:
        """Raises: AssistantDownError if Rasa has not loaded its model."""
        await self._request("GET", "/webhooks/candor/ready", None)

    async def close(self) -> None:
        await self._http.close()

    async def _request(self, method: str, path: str, body: dict[str, Any] | None, sender: str = "") -> bytes:
        """Ask the sender's Rasa, else the next one. Where the first died over a message, the next knows from the shared trackers
        whether it was answered.
        """
        problem: aiohttp.ClientError | None = None
        for url in self._in_order(sender):
            try:
                status, answered = await self._http.request(method, f"{url}{path}", body)
            except aiohttp.ClientError as error:
                problem = error
                self._left_out[url] = self._now() + LEFT_OUT
                if isinstance(error, aiohttp.SocketTimeoutError):  # it is slow, and another would be no faster
                    break
                continue
            self._left_out.pop(url, None)
            if status != 200:
                raise AssistantDownError(f"Rasa answered {status}")
            return answered
        raise AssistantDownError(f"Rasa does not answer ({type(problem).__name__})") from problem

    def _in_order(self, sender: str) -> list[str]:
        """The sender's Rasa first, by rendezvous hashing: when one joins or leaves, only its own conversations move. Those that
        are left out come last, in case nobody else answers either.
        """
        now = self._now()
        return sorted(
            self._urls,
            key=lambda url: (self._left_out.get(url, 0.0) > now, hashlib.blake2b(f"{url} {sender}".encode()).digest()),
        )


def client_of(settings: Settings) -> RasaClient:
    """The client as configured. Without the internal secret, Rasa refuses it."""
    secret = settings.internal_secret.get_secret_value() if settings.internal_secret else ""
    return RasaClient(settings.rasa_addresses, secret, settings.rasa_timeout)


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
