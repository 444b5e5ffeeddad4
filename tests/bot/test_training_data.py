"""Rasa's own checks of its training data, and what our components promise in Rasa's environment."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from actions.request_words import QUESTIONS, WORDS
from bot.examples import asked_examples
from candor.settings import ROOT
from tests.bot.conftest import InRasa


def test_rasa_finds_no_fault_in_its_training_data(in_rasa: InRasa) -> None:
    """No example under two intents, no rule that contradicts another, no intent without examples."""
    assert in_rasa.exit_code == 0, in_rasa.printed[-4000:]


def test_every_intent_is_handled_by_a_rule(in_rasa: InRasa) -> None:
    """An intent that no rule names would be answered by silence."""
    assert "is not used in any story or rule" in in_rasa.printed  # of responses, which actions use
    assert "The intent '" not in in_rasa.printed


def test_the_class_of_an_event_is_looked_up_once_for_each_type(in_rasa: InRasa) -> None:
    """Rasa would look for it at each event of each conversation, as often as it reads them."""
    assert in_rasa.found["lookups"] == [True, 2]


def test_a_conversation_costs_the_same_however_long_it_is(in_rasa: InRasa) -> None:
    """The newest messages are read back; what came before is deleted, but for the values that slots and form have."""
    trackers = in_rasa.found["trackers"]

    assert trackers["texts"] == [f"message {turn}" for turn in range(12, 20)]
    assert trackers["values"] == ["DE", "details 19", "request_form"]
    assert max(trackers["rows"]) == trackers["rows"][-1] == 8 * 4 + 3 - 1  # listening for the oldest of them came before it


def test_a_new_session_begins_without_the_values_of_the_one_before(in_rasa: InRasa) -> None:
    """After a day an unanswered form is gone, and so are its events."""
    assert in_rasa.found["trackers"]["new_session"] == [None, 2]
    assert in_rasa.found["trackers"]["unknown"] is True


def test_what_is_not_used_is_kept_out_and_a_component_that_needs_tensorflow_is_named(in_rasa: InRasa) -> None:
    """Our pipeline has none of it: a placeholder stands in its place, and all that these tests do works with that."""
    said, *kept_out = in_rasa.found["kept_out"]

    assert said.startswith("DIETClassifier in config.yml may need TensorFlow")
    assert kept_out == [True, *["_Module"] * 5]


def test_what_the_action_server_returns_is_still_checked(in_rasa: InRasa) -> None:
    """Rasa's own schema decides, and a refusal does not repeat what was returned."""
    verdicts = in_rasa.found["verdicts"]

    assert verdicts[:2] == ["True", "True"]
    assert all("malformed" in fault and "xylophonic" not in fault for fault in verdicts[2:])


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
        "- {id: changes.what_changed, topic: changes, questions: [what is new]}\n"
        "- {id: rights.authorised_agent, topic: rights, questions: [can my lawyer ask for me]}\n"
    )

    asked = asked_examples(bank, {"delete my data"})

    assert asked == {
        "ask_policy": ["can i have it deleted"], "ask_what_changed": ["what is new"], "on_behalf": ["can my lawyer ask for me"],
    }  # fmt: skip


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


def test_rasa_finds_what_has_a_form_of_its_own(in_rasa: InRasa) -> None:
    """A request's number however it is typed, an address's token, a code of six digits, a company by any of its names."""
    assert in_rasa.found["entities"] == [
        [["request_number", "r-0z1y-xw2v"]], [["email", "<email_1>"]], [["code", "071245"]], [["company", "clevertap"]], [],
    ]  # fmt: skip


def test_actions_and_slots_since_the_last_message_are_told(in_rasa: InRasa) -> None:
    """In order; a slot with its last value; nothing of the turn before, and not that Rasa listens again."""
    assert in_rasa.found["happened"] == {
        "actions": ["action_propose_request", "action_say"], "slots": {"proposal": {"id": "p_1"}},
    }  # fmt: skip
