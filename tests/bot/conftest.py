"""What our components do in Rasa's environment: one process there answers for all tests, because Rasa takes long to load."""

from __future__ import annotations

import json
import os
import subprocess
from dataclasses import dataclass
from typing import Any

import pytest

from candor.settings import ROOT

BOT = ROOT / ".venv-bot" / "bin" / "python"
QUIET = {"RASA_TELEMETRY_ENABLED": "false", "SQLALCHEMY_SILENCE_UBER_WARNING": "1", "TF_CPP_MIN_LOG_LEVEL": "3"}
RETURNED = [
    {"events": [], "responses": [{"text": "hi"}]},
    {"events": [{"event": "slot", "name": "proposal", "value": None, "timestamp": None}], "responses": []},
    {"events": [], "responses": ["xylophonic"]},
    {"events": "xylophonic", "responses": []},
]
TYPED = ["what about r-0z1y-xw2v", "it is <email_1>", "code: 071245", "clever tap i mean", "my order 1234567"]
EVENTS = [  # oldest first
    {"event": "action", "name": "action_of_the_turn_before"},
    {"event": "slot", "name": "old", "value": 1},
    {"event": "user", "text": "delete my data"},
    {"event": "slot", "name": "proposal", "value": None},
    {"event": "action", "name": "action_propose_request"},
    {"event": "bot", "text": "Shall I?"},
    {"event": "slot", "name": "proposal", "value": {"id": "p_1"}},
    {"event": "action", "name": "action_say"},
    {"event": "action", "name": "action_listen"},
]
PROGRAM = """
import asyncio, json, sys

import rasa.shared.utils.common as common
from rasa.core.actions.action import RemoteAction
from rasa.core.agent import Agent
from rasa.shared.core.events import Event, SlotSet, UserUttered
from rasa.shared.exceptions import RasaException

from bot.channel import done_since_message
from bot.event_types import remember_event_types
from bot.validation import validate_once_checked

asked = json.load(sys.stdin)
walks, walk = [], common.all_subclasses
common.all_subclasses = lambda cls: walks.append(cls) or walk(cls)
remember_event_types()
remember_event_types()
found = [Event.resolve_by_type(name) for name in ["slot", "user", "slot", "user", "slot"]]
lookups = [found == [SlotSet, UserUttered, SlotSet, UserUttered, SlotSet], walks.count(Event)]

validate_once_checked()
action, verdicts = RemoteAction("action_x", None), []
for result in asked["returned"]:
    try:
        verdicts.append(str(action._validate_action_result(result)))
    except RasaException as fault:
        verdicts.append(str(fault))

agent = Agent.load("var/models/candor.tar.gz")
entities = [asyncio.run(agent.parse_message(text))["entities"] for text in asked["typed"]]
print(json.dumps({
    "lookups": lookups, "verdicts": verdicts, "happened": done_since_message(asked["events"]),
    "entities": [[[entity["entity"], entity["value"]] for entity in found] for found in entities],
}), flush=True)

sys.argv = ["rasa", "data", "validate", "--data", "bot/data", "var/training/nlu.yml", "--domain", "domain.yml"]
from rasa.__main__ import main
main()
"""


@dataclass(frozen=True)
class InRasa:
    """`found`: what our components returned. Then Rasa validated its training data: its exit code, and what it printed."""

    found: dict[str, Any]
    exit_code: int
    printed: str


@pytest.fixture(scope="session")
def in_rasa() -> InRasa:
    """One run of Rasa's own Python over everything that the tests ask of it."""
    asked = json.dumps({"returned": RETURNED, "typed": TYPED, "events": EVENTS[::-1]})
    ended = subprocess.run(
        [str(BOT), "-W", "ignore", "-c", PROGRAM], input=asked, cwd=ROOT, env={**os.environ, **QUIET, "PYTHONPATH": str(ROOT)},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    answer = next((line for line in ended.stdout.splitlines() if line.startswith('{"lookups"')), "")
    assert answer, ended.stderr[-2000:]
    return InRasa(json.loads(answer), ended.returncode, ended.stdout + ended.stderr)
