"""The channel through which the one door talks to Rasa, closed by the shared secret.

POST /webhooks/candor/message {"sender", "text", "metadata"} → {"messages", "intent", "intent_ranking", "actions", "slots"}
POST /webhooks/candor/forget {"sender"} · GET /webhooks/candor/ready: 503 until the model is loaded

Rasa's own REST channel asks for no secret and returns only what was said. This one returns what was understood too,
so that a turn can be recorded with its intent and confidence without a second request.
"""

from __future__ import annotations

import hmac
import json
import os
import re
from typing import Any, Awaitable, Callable, Dict, List, Optional

from rasa.core.channels.channel import InputChannel, OutputChannel, UserMessage
from rasa.core.tracker_store import SQLTrackerStore
from sanic import Blueprint, response
from sanic.request import Request
from sanic.response import HTTPResponse

from bot.validation import validate_once_checked

# Six digits and nothing else: the code from a mail, which no classifier has to guess. Grouped as people type them.
BARE_CODE = re.compile(r"\s*\d{3}[ -]?\d{3}[\s.!]*")
SECRET_VARIABLE = "CANDOR_INTERNAL_SECRET"
EVENTS_READ = 100  # of one turn; a turn has about ten
LISTENING = "action_listen"  # stands after every turn, and tells nothing


class Collector(OutputChannel):
    """Keeps each message as Rasa made it: text, buttons and custom payload together."""

    def __init__(self) -> None:
        self.messages: List[Dict[str, Any]] = []

    @classmethod
    def name(cls) -> str:
        return "candor"

    async def send_response(self, recipient_id: str, message: Dict[str, Any]) -> None:
        self.messages.append({key: message[key] for key in ("text", "buttons", "custom") if message.get(key)})


class CandorChannel(InputChannel):
    """Rasa's end of the one door."""

    @classmethod
    def name(cls) -> str:
        return "candor"

    @classmethod
    def from_credentials(cls, credentials: Optional[Dict[str, Any]]) -> InputChannel:
        secret = os.environ.get(SECRET_VARIABLE, "")
        if not secret:
            raise ValueError(f"{SECRET_VARIABLE} is not set: start Rasa with `candor serve`")
        validate_once_checked()
        return cls(secret)

    def __init__(self, secret: str) -> None:
        self._secret = secret

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        channel = Blueprint("candor_channel", __name__)

        @channel.on_request
        async def refuse_strangers(request: Request) -> Optional[HTTPResponse]:
            given = request.headers.get("authorization", "")
            if not hmac.compare_digest(given.encode(), f"Bearer {self._secret}".encode()):
                return response.json({"status": "refused"}, status=401)
            return None

        @channel.route("/ready", methods=["GET"])
        async def ready(request: Request) -> HTTPResponse:
            loaded = request.app.ctx.agent is not None and request.app.ctx.agent.is_ready()
            return response.json({"ready": loaded}, status=200 if loaded else 503)

        @channel.route("/message", methods=["POST"])
        async def receive(request: Request) -> HTTPResponse:
            told = request.json
            collector = Collector()
            # Parsed here and handed on, so that what was understood need not be read back from the tracker store.
            understood = await request.app.ctx.agent.parse_message(told["text"])
            if BARE_CODE.fullmatch(told["text"]):
                understood["intent"] = {"name": "provide_code", "confidence": 1.0}
                understood["intent_ranking"] = [understood["intent"]]
            message = UserMessage(
                told["text"],
                collector,
                told["sender"],
                input_channel=self.name(),
                metadata=told["metadata"],
                parse_data=understood,
            )
            await on_new_message(message)
            done = happened(_events(request.app.ctx.agent.tracker_store, told["sender"]))
            ranking = understood.get("intent_ranking") or []
            return response.json(
                {
                    "messages": collector.messages,
                    "intent": understood.get("intent") or {},
                    "intent_ranking": ranking,
                    **done,
                }
            )

        @channel.route("/forget", methods=["POST"])
        async def forget(request: Request) -> HTTPResponse:
            _forget(request.app.ctx.agent.tracker_store, request.json["sender"])
            return response.json({"status": "forgotten"})

        return channel


def happened(newest_first: List[Dict[str, Any]]) -> Dict[str, Any]:
    """What Rasa did since the last message: the actions that ran, in order, and the slots that were set, with their values."""
    actions: List[str] = []
    slots: Dict[str, Any] = {}
    for event in newest_first:
        if event["event"] == "user":
            break
        if event["event"] == "action" and event["name"] != LISTENING:
            actions.insert(0, event["name"])
        elif event["event"] == "slot":
            slots.setdefault(event["name"], event.get("value"))  # the last value is the one that holds
    return {"actions": actions, "slots": slots}


def _events(store: Any, sender: str) -> List[Dict[str, Any]]:
    """A sender's last events, the newest first: only those, because the whole tracker grows with every turn."""
    event = SQLTrackerStore.SQLEvent
    with _sql(store).session_scope() as session:
        newest = session.query(event.data).filter_by(sender_id=sender).order_by(event.id.desc()).limit(EVENTS_READ)
        return [json.loads(row.data) for row in newest]


def _forget(store: Any, sender: str) -> None:
    """Delete a sender's events: Rasa has no call for it."""
    with _sql(store).session_scope() as session:
        session.query(SQLTrackerStore.SQLEvent).filter_by(sender_id=sender).delete()
        session.commit()


def _sql(store: Any) -> SQLTrackerStore:
    """Rasa's stores come wrapped in others."""
    while not isinstance(store, SQLTrackerStore):
        store = store._tracker_store
    return store
