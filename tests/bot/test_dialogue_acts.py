"""The same words mean different things after different questions."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bot.context import ANSWERED, CONTEXTS, ELSE, OPENED, PERSON
from bot.dialogue_acts import HUMAN, DialogueActs, in_context, words_of
from bot.feelings import FeelingModel
from bot.reader import Reader
from candor.settings import ROOT
from knowledge.encoder import OnnxEncoder
from training.dialogue_act_model import LATER_UNSEEN, LATEST_UNSEEN, UNSEEN, of_unseen

MADE = ROOT / "var" / "models" / "dialogue_acts.npz"


@pytest.fixture(scope="module")
def acts() -> DialogueActs:
    """The model that set-up made."""
    encoder = OnnxEncoder(ROOT / "var" / "encoder")
    return DialogueActs.load(MADE, encoder, Reader(ROOT / "var" / "encoder", encoder))


def understood(*ranking: tuple[str, float]) -> dict[str, Any]:
    intents = [{"name": name, "confidence": confidence} for name, confidence in ranking]
    return {"text": "…", "intent": intents[0], "intent_ranking": intents}


@pytest.mark.parametrize(
    ("context", "text", "act"),
    [
        ("residence", "we moved to a village near Lyon", "provide_residence"),
        ("residence", "that is nobody's business", "skip"),
        ("email", "hm, let us leave the whole thing", "stop_form"),
        ("details", "i signed up as captain nemo in 2015", "add_details"),
        ("details", "nope, that would be everything", "skip"),
        ("details", "sorry, could you wait a bit", "pause_form"),
        ("details", "no, my mail is <email_2>", "correct_answer"),
        ("agreed", "yes, please open it", "affirm"),
        ("agreed", "ok, let's continue", "go_on"),
        ("agreed", "no, please do not", "deny"),
        ("agreed", "i'd rather speak with a person", HUMAN),
        (OPENED, "i would like to take it back", "cancel_request"),
        (OPENED, "until when must they answer", "request_status"),
        (OPENED, "the mail with the code has not come", "ask_code"),
        (OPENED, "one more thing, my nickname was nemo", "add_details"),
        ("residence", "what on earth do you need that for", "ask_why"),
        ("email", "and how many weeks will that take", "ask_about_request"),
        ("agreed", "who is going to work on that", "ask_about_request"),
        (OPENED, "which department has my case now", "request_status"),
        (OPENED, "and let them know that i have no phone", "add_details"),
        ("agreed", "and let them know that i have no phone", "add_details"),
        (ANSWERED, "and what more?", "go_on"),
        (ANSWERED, "yes, do so", "affirm"),
        (PERSON, "it is about my bill from june", "tell_person"),
        (PERSON, "how long must i wait for them", HUMAN),
        (PERSON, "i was just curious, let us go on", "go_on"),
    ],
)
def test_an_act_is_told_by_the_words_and_the_question(acts: DialogueActs, context: str, text: str, act: str) -> None:
    """None of these sentences is among the examples."""
    assert acts.ranked(text, context)[0][0] == act


@pytest.mark.parametrize("context", [ELSE, ANSWERED, OPENED])
@pytest.mark.parametrize(
    "text",
    [
        "barrister here, kindly erase what you hold on my client",
        "i work for the ombudsman, whom do you give addresses to",
        "representative of an heir: please send his file",
        "i am her carer and she wants no more ads",
        "estate agent here, do you rent out my details",
    ],
)
def test_who_says_who_they_are_wants_no_person_by_that(acts: DialogueActs, context: str, text: str) -> None:
    """However many agents and representatives it names."""
    assert acts.ranked(text, context)[0][0] != HUMAN


@pytest.mark.parametrize("context", CONTEXTS)
def test_a_wish_for_a_person_is_heard_wherever_it_stands(acts: DialogueActs, context: str) -> None:
    """Also between a complaint and an address, and whatever was asked."""
    text = "you have taken my money twice, please let me talk to somebody, i am at <email_1>"

    assert acts.ranked(text, context)[0][0] == HUMAN


def test_outside_any_context_rasas_own_reading_stands() -> None:
    """But for a wish for a person, which comes first."""
    said = understood(("request_deletion", 0.8), ("ask_policy", 0.1))

    assert in_context(said, [("wants", 0.9)], ELSE) == said
    assert in_context(said, [(HUMAN, 0.9)], ELSE)["intent"] == {"name": HUMAN, "confidence": 0.9}


def test_after_an_answer_a_sure_yes_no_or_more_is_read_otherwise() -> None:
    """Whatever else follows an answer is what it is by itself, unless the model is sure that it is of another group."""
    said = understood(("request_deletion", 0.8), ("ask_policy", 0.1), ("provide_email", 0.1))

    assert in_context(said, [("asks", 0.6), ("wants", 0.2), ("go_on", 0.2)], ANSWERED)["intent"]["name"] == "request_deletion"
    assert in_context(said, [("go_on", 0.6), ("asks", 0.3)], ANSWERED)["intent"] == {"name": "go_on", "confidence": 0.6}


@pytest.mark.parametrize(
    ("alone", "groups", "intent"),
    [
        (("out_of_scope_general", 0.6), (0.9, 0.0, 0.1), "ask_policy"),  # "off?"
        (("out_of_scope_general", 0.6), (0.5, 0.0, 0.5), "out_of_scope_general"),
        (("affirm", 0.6), (0.6, 0.0, 0.2), "ask_policy"),  # "100%?"
        (("provide_email", 0.6), (0.6, 0.0, 0.4), "provide_email"),
    ],
)
def test_after_an_answer_rasa_and_the_model_tell_together_what_is_meant(
    alone: tuple[str, float], groups: tuple[float, float, float], intent: str
) -> None:
    """Rasa by the message, the model by what came before; of what it has no example of then, Rasa alone."""
    said = understood(alone, ("ask_policy", 0.2), ("thanks", 0.1))
    ranked = sorted(zip(("asks", "wants", "beside"), groups, strict=True), key=lambda pair: -pair[1])

    assert in_context(said, [*ranked, ("affirm", 0.1)], ANSWERED)["intent"]["name"] == intent


def test_which_question_it_is_is_rasas_to_say() -> None:
    """The model of dialogue acts only knows that it is one; intents of the form are left out."""
    said = understood(("affirm", 0.5), ("ask_what_changed", 0.3), ("ask_policy", 0.2))

    found = in_context(said, [("asks", 0.7), ("beside", 0.2), ("affirm", 0.1)], "email")

    assert found["intent"]["name"] == "ask_what_changed"
    assert found["intent"]["confidence"] == pytest.approx(0.9 * 0.6)
    assert [one["name"] for one in found["intent_ranking"]][:2] == ["ask_what_changed", "affirm"]


def test_numbers_and_masked_values_are_each_one_word() -> None:
    """A customer's number says that there is one, not which."""
    assert words_of("No. 88-1234, <email_7>")[:4] == ["no", "#", "#", "<email_0>"]


def test_a_model_of_another_encoder_is_refused(tmp_path: Path) -> None:
    """Its numbers would mean nothing."""

    class Other:
        id = "another"

    with pytest.raises(ValueError, match="another encoder: run `make setup`"):
        DialogueActs.load(MADE, Other(), reader=None)  # type: ignore[arg-type]


def test_probabilities_sum_to_one(acts: DialogueActs) -> None:
    """For each text and context."""
    for context in CONTEXTS:
        assert np.allclose(acts.probabilities(["yes", "who are you?"], context).sum(axis=1), 1, atol=1e-4)


@pytest.mark.parametrize(
    ("ranked", "rasa", "intent"),
    [
        ([("data_exposed", 0.9), ("wants", 0.1)], ("ask_policy", 0.8), "data_exposed"),
        ([("data_exposed", 0.9), ("wants", 0.1)], ("request_complaint", 0.9), "request_complaint"),
        ([("data_exposed", 0.5), ("asks", 0.4)], ("ask_policy", 0.8), "ask_policy"),
        ([("in_danger", 0.5), (HUMAN, 0.7)], ("ask_policy", 0.8), HUMAN),
    ],
)
def test_what_is_urgent_counts_where_it_is_sure_and_no_complaint(
    ranked: list[tuple[str, float]], rasa: tuple[str, float], intent: str
) -> None:
    """A false alarm frightens, and a complaint says itself what is wanted."""
    assert in_context(understood(rasa, ("greet", 0.01)), ranked, ELSE)["intent"]["name"] == intent


@pytest.mark.parametrize("context", CONTEXTS)
@pytest.mark.parametrize(
    ("text", "act"),
    [
        ("a man who follows me has found my flat through your page", "in_danger"),
        ("somebody has broken into my account and is ordering things", "data_exposed"),
    ],
)
def test_what_is_urgent_is_heard_wherever_it_stands(acts: DialogueActs, context: str, text: str, act: str) -> None:
    """None of these sentences is among the examples."""
    assert acts.ranked(text, context)[0][0] == act


@pytest.mark.parametrize(
    ("text", "feeling"),
    [
        ("i am so afraid that he reads this", "afraid"),
        ("i had an operation and lie in hospital", "ill"),
        ("my wife has passed away", "grieving"),
        ("you bloody crooks, i have had enough of you", "angry"),
        ("do you collect data about my health", "none"),
        ("please delete my account", "none"),
        ("what happens to my data when i die", "none"),
    ],
)
def test_a_feeling_is_told_from_a_question_about_it(acts: DialogueActs, text: str, feeling: str) -> None:
    """A kind word to somebody who is calm would sound false."""
    feelings = FeelingModel.load(MADE)

    assert feelings.of(text, acts.read(text, ELSE)[1]) == feeling


@pytest.mark.parametrize(
    ("path", "right", "log_loss"), [(UNSEEN, 0.83, 0.49), (LATER_UNSEEN, 0.83, 0.51), (LATEST_UNSEEN, 0.81, 0.61)]
)
def test_what_strangers_wrote_and_was_held_out_is_read_rightly(
    acts: DialogueActs, path: Path, right: float, log_loss: float
) -> None:
    """Floors just below the measured values (docs/evaluation.md); raise them as the figures improve."""
    _, found = of_unseen(acts, path)["all"]

    assert found.right >= right
    assert found.log_loss <= log_loss


def test_a_step_of_the_form_waits_only_for_a_clear_wish_for_a_person() -> None:
    said = {"intent": {"name": "out_of_scope_general", "confidence": 0.9}, "intent_ranking": []}
    assert in_context(said, [(HUMAN, 0.9), ("skip", 0.1)], "email")["intent"]["name"] == HUMAN
    assert in_context(said, [(HUMAN, 0.6), ("skip", 0.4)], "email")["intent"]["name"] == "skip"


def test_a_step_of_the_form_ends_only_by_a_clear_stop() -> None:
    """A misspelt place is not read surely as anything."""
    said = {"intent": {"name": "out_of_scope_gibberish", "confidence": 0.8}, "intent_ranking": []}

    assert in_context(said, [("stop_form", 0.9), ("skip", 0.1)], "residence")["intent"]["name"] == "stop_form"
    assert in_context(said, [("stop_form", 0.5), ("skip", 0.4)], "residence")["intent"]["name"] == "skip"
