"""Trackers and dispatchers as rasa-sdk hands them to an action, and what came out of them in words."""

from __future__ import annotations

import re
from typing import Any

import yaml
from rasa_sdk import Tracker

from candor.conversations.payload import Payload
from candor.conversations.reply import AskedField
from candor.settings import ROOT

RESPONSES: dict[str, Any] = yaml.safe_load((ROOT / "domain.yml").read_text(encoding="utf-8"))["responses"]


def a_tracker(
    text: str = "",
    *,
    intent: str = "",
    confidence: float = 0.95,
    company: str = "acme",
    sender: str = "c_1",
    entities: list[dict[str, Any]] | None = None,
    proposal: dict[str, Any] | None = None,
    said: tuple[dict[str, Any], ...] = (),
    asked: str | None = None,
    since: tuple[dict[str, Any], ...] = (),
    before: tuple[tuple[str, dict[str, Any]], ...] = (),
    wishes: tuple[str, ...] = (),
    questions: tuple[tuple[str, str], ...] = (),
    rest: str = "",
    **slots: Any,
) -> Tracker:
    """A conversation in which the bot has said the `said` messages, each a payload, and the visitor now says `text`.

    before: what the visitor said earlier, each with the payload of the answer. asked: what request_form has asked for, where
    it runs. since: payloads of what was said to `text` already. wishes: the request types that `text` asks for, if it asks
    for several. questions: what `text` asks beside that, each with what it is about; rest: `text` without them.
    """
    latest = {
        "text": text, "intent": {"name": intent, "confidence": confidence}, "entities": entities or [],
        "metadata": {"company": company, "wishes": list(wishes), "rest": rest, "questions": [
            {"text": question, "about": about} for question, about in questions
        ]},
    }  # fmt: skip
    events: list[dict[str, Any]] = []
    for earlier, custom in before:
        events.append({"event": "user", "text": earlier, "parse_data": {"metadata": {"company": company}}})
        events.append({"event": "bot", "text": "…", "data": {"custom": custom}})
    events += [{"event": "bot", "text": "…", "data": {"custom": custom}} for custom in said]
    events.append({"event": "user", "text": text, "parse_data": latest})
    for custom in since:
        events += [{"event": "action", "name": "action_say"}, {"event": "bot", "text": "…", "data": {"custom": custom}}]
    loop = {"name": "request_form"} if asked else {}
    held = {"proposal": proposal, "requested_slot": asked, **slots}
    return Tracker(sender, held, latest, events, False, None, loop, "action_listen")


def slots_of(events: list[dict[str, Any]]) -> dict[str, Any]:
    """What an action's events set, by slot."""
    return {event["name"]: event["value"] for event in events if event["event"] == "slot"}


def form_of(message: dict[str, Any]) -> AskedField | None:
    """What an uttered message asks for, as the visitor's surface will get it."""
    return payload_of(message).shown.form


def payload_of(message: dict[str, Any]) -> Payload:
    """What an uttered message carries."""
    return Payload.decoded(message["custom"])


def worded(message: dict[str, Any]) -> str:
    """What Rasa will say: the response's text of domain.yml. A placeholder that nobody fills is a KeyError, as it is in Rasa."""
    text: str = RESPONSES[message["response"]][0]["text"]
    return re.sub(r"\{(\w+)\}", lambda found: str(message[found[1]]), text)
