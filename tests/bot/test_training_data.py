"""Rasa's own checks of its training data, and what our components promise in Rasa's environment."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest
import yaml

from actions.action_propose_request import QUESTIONS, WORDS
from bot.examples import asked_examples
from candor.settings import ROOT

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
COUNT_LOOKUPS = """
import rasa.shared.utils.common as common
from bot.event_types import remember_event_types
from rasa.shared.core.events import Event, SlotSet, UserUttered

walks, walk = [], common.all_subclasses
common.all_subclasses = lambda cls: walks.append(cls) or walk(cls)
remember_event_types()
remember_event_types()
found = [Event.resolve_by_type(name) for name in ["slot", "user", "slot", "user", "slot"]]
print(found == [SlotSet, UserUttered, SlotSet, UserUttered, SlotSet], walks.count(Event))
"""
FIND_ENTITIES = """
import asyncio, json, sys
from rasa.core.agent import Agent

agent = Agent.load("var/models/candor.tar.gz")
told = [asyncio.run(agent.parse_message(text))["entities"] for text in json.loads(sys.argv[1])]
print(json.dumps([[[entity["entity"], entity["value"]] for entity in entities] for entities in told]))
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


def test_the_class_of_an_event_is_looked_up_once_for_each_type() -> None:
    """Rasa would look for it at each event of each conversation, as often as it reads them."""
    assert in_rasas_environment("-c", COUNT_LOOKUPS).stdout.split() == ["True", "2"]


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

    assert "intent: ask_policy" in gathered
    assert "- how long do you keep" in gathered
    assert "- switch to [cleverbox](company)" in gathered
    assert "synonym: cleverbox" in gathered


def test_a_wish_that_the_bank_lists_under_a_right_is_learnt_as_a_request(tmp_path: Path) -> None:
    """The bank says what a sentence is about; bot/data says that it asks for something to be done."""
    bank = tmp_path / "aspects.yml"
    bank.write_text(
        "aspects:\n"
        "- {id: rights.deletion, topic: rights, questions: [Delete my data, can i have it deleted]}\n"
        "- {id: changes.compare_versions, topic: changes, questions: [what is new]}\n"
    )

    asked = asked_examples(bank, {"delete my data"})

    assert asked == {"ask_policy": ["can i have it deleted"], "ask_what_changed": ["what is new"]}


@pytest.mark.parametrize("request_type", WORDS)
def test_what_a_button_says_for_a_person_is_an_example_of_what_it_means(request_type: str) -> None:
    """A button that were understood as something else would lead nowhere."""
    intents = {
        line.removeprefix("- "): entry["intent"]
        for path in (ROOT / "bot" / "data" / "nlu").glob("*.yml")
        for entry in yaml.safe_load(path.read_text(encoding="utf-8"))["nlu"]
        if "intent" in entry
        for line in entry["examples"].splitlines()
    }

    assert intents[WORDS[request_type]] == f"request_{request_type}"
    assert intents[QUESTIONS[request_type]] == "ask_policy"


def test_no_example_stands_under_two_intents() -> None:
    """Not even in other capitals: one of the two would be learnt wrong."""
    seen: dict[str, set[str]] = {}
    for path in [*(ROOT / "bot" / "data" / "nlu").glob("*.yml"), ROOT / "var" / "training" / "nlu.yml"]:
        for entry in yaml.safe_load(path.read_text(encoding="utf-8"))["nlu"]:
            for line in entry["examples"].splitlines() if "intent" in entry else ():
                seen.setdefault(line.lower(), set()).add(entry["intent"])

    assert {line: intents for line, intents in seen.items() if len(intents) > 1} == {}


def test_rasa_finds_what_has_a_form_of_its_own() -> None:
    """A request's number however it is typed, an address's token, a code of six digits, a company by any of its names."""
    said = ["what about r-0z1y-xw2v", "it is <email_1>", "code: 071245", "clever tap i mean", "my order 1234567"]

    ended = in_rasas_environment("-W", "ignore", "-c", FIND_ENTITIES, json.dumps(said))

    assert ended.returncode == 0, ended.stderr[-2000:]
    assert json.loads(ended.stdout.splitlines()[-1]) == [
        [["request_number", "r-0z1y-xw2v"]], [["email", "<email_1>"]], [["code", "071245"]], [["company", "clevertap"]], [],
    ]  # fmt: skip
