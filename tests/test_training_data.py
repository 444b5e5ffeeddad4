"""Rasa's own checks of its training data, and what our components promise in Rasa's environment."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest

from settings import ROOT

BOT = ROOT / ".venv-bot" / "bin" / "python"
QUIET = {"RASA_TELEMETRY_ENABLED": "false", "SQLALCHEMY_SILENCE_UBER_WARNING": "1", "TF_CPP_MIN_LOG_LEVEL": "3"}
CHECK_VALIDATION = """
import json, sys
from rasa.core.actions.action import RemoteAction
from rasa.shared.exceptions import RasaException
from bot.validation import validate_once_checked

validate_once_checked()
action = RemoteAction("action_x", None)
told = []
for result in json.loads(sys.argv[1]):
    try:
        told.append(str(action._validate_action_result(result)))
    except RasaException as fault:
        told.append(str(fault))
print(json.dumps(told))
"""


def in_rasas_environment(*arguments: str) -> subprocess.CompletedProcess[str]:
    told = {**os.environ, **QUIET, "PYTHONPATH": str(ROOT)}
    return subprocess.run([str(BOT), *arguments], cwd=ROOT, env=told, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def validated() -> subprocess.CompletedProcess[str]:
    """`rasa data validate` over all that Rasa is trained on."""
    where = ["--data", "bot/data", "var/training/nlu.yml", "--domain", "domain.yml"]
    return in_rasas_environment("-m", "rasa", "data", "validate", *where)


def test_rasa_finds_no_fault_in_its_training_data(validated: subprocess.CompletedProcess[str]) -> None:
    """No example under two intents, no rule that contradicts another, no intent without examples."""
    assert validated.returncode == 0, validated.stdout[-2000:] + validated.stderr[-2000:]


def test_every_intent_is_handled_by_a_rule(validated: subprocess.CompletedProcess[str]) -> None:
    """An intent that no rule names would be answered by silence."""
    said = validated.stdout + validated.stderr

    assert "is not used in any story or rule" in said  # of responses, which actions use
    assert "The intent '" not in said


def test_what_the_action_server_returns_is_still_checked() -> None:
    """Rasa's own schema decides, and a refusal does not repeat what was returned."""
    results = [
        {"events": [], "responses": [{"text": "hi"}]},
        {"events": [{"event": "slot", "name": "proposal", "value": None, "timestamp": None}], "responses": []},
        {"events": [], "responses": ["xylophonic"]},
        {"events": "xylophonic", "responses": []},
    ]

    ended = in_rasas_environment("-W", "ignore", "-c", CHECK_VALIDATION, json.dumps(results))

    assert ended.returncode == 0, ended.stderr[-2000:]
    told = json.loads(ended.stdout.splitlines()[-1])
    assert told[:2] == ["True", "True"]
    assert all("malformed" in fault and "xylophonic" not in fault for fault in told[2:])


def test_examples_from_the_bank_and_the_companies_are_among_them() -> None:
    """One source each: aspects.yml and company.toml, gathered at set-up."""
    gathered = Path(ROOT / "var" / "training" / "nlu.yml").read_text(encoding="utf-8")

    assert "intent: ask_retention" in gathered
    assert "- switch to [CleverBox:CRM](company)" in gathered
    assert "synonym: cleverbox" in gathered
