"""Questions with marked evidence: what is read, what becomes a case, and that our own are whole."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import knowledge.retrieval
from candor.settings import ROOT
from evaluation.scoring import quotes_evidence
from knowledge.aspects import AspectBank
from knowledge.catalogue import PolicyCatalogue
from knowledge.passages import Passage
from knowledge.ranking import FEATURES, PolicyView
from knowledge.retrieval import Retrieval
from knowledge.scope import read_chatter
from tests.fakes import NO_CHATTER, FakeEncoder, small_mapper, untrained_ranker
from tests.training.conftest import COMPANIES, KEPT, questions_of
from training import cases as made
from training.cases import Case, as_chatter, as_searched, cases_of, read_companies, read_passages, read_questions, view_of

POLICIES = ROOT / "policies"
UNHELD = 0  # answerable questions whose evidence no passage holds whole


@pytest.fixture(scope="module")
def ours() -> list[dict[str, Any]]:
    """The questions that the shipped ranker was trained on."""
    return read_questions()


@pytest.fixture(scope="module")
def passages() -> dict[str, list[Passage]]:
    return read_passages(POLICIES)


# Our own


def test_our_own_questions_are_complete(ours: list[dict[str, Any]], passages: dict[str, list[Passage]]) -> None:
    """Ids are unique, policies exist, and exactly the answerable questions have evidence."""
    assert len(ours) >= 1800
    assert [id_ for id_, times in Counter(question["id"] for question in ours).items() if times > 1] == []
    assert {question["company"] for question in ours} == set(passages)
    assert {question["kind"] for question in ours} == {"answerable", "unanswerable"}
    assert [question["id"] for question in ours if (question["kind"] == "answerable") != bool(question["evidence"])] == []


def test_all_evidence_occurs_in_its_policy(ours: list[dict[str, Any]]) -> None:
    """Word for word, apart from white space; otherwise it could never be quoted."""
    files = {path.parent.name: path for path in POLICIES.glob("*/*.txt")}
    files |= {path.stem: path for path in made.FICTIONAL.glob("*.txt")}
    texts = {company: " ".join(path.read_text(encoding="utf-8").split()) for company, path in files.items()}

    lost = [
        questions["id"]
        for questions in ours
        for stated in questions["evidence"]
        if " ".join(stated.split()) not in texts[questions["company"]]
    ]

    assert lost == []


def test_every_answerable_question_has_a_passage_that_holds_its_evidence(
    ours: list[dict[str, Any]], passages: dict[str, list[Passage]]
) -> None:
    """Splitting the policies loses no evidence."""
    answerable = [question for question in ours if question["kind"] == "answerable"]

    unheld = [
        questions["id"] for questions in answerable
        if not any(quotes_evidence(passage.text, questions["evidence"]) for passage in passages[questions["company"]])
    ]  # fmt: skip

    assert len(unheld) <= UNHELD, unheld


def test_our_own_chatter_is_not_about_privacy() -> None:
    """It is Rasa's small talk and out-of-scope messages, without any question or request."""
    cases = read_chatter(ROOT / "bot" / "data" / "nlu")

    assert len(cases) > 300
    assert not any(line.startswith("- ") for line in cases)
    assert "I want to talk to a human" not in cases


# Reading


def test_questions_are_read_company_by_company(tmp_path: Path) -> None:
    """In the files' order, and within a file in the lines'."""
    for name, ids in (("globex", ["g-1"]), ("acme", ["a-2", "a-1"])):
        (tmp_path / f"{name}.jsonl").write_text("".join(json.dumps({"id": id_}) + "\n" for id_ in ids))

    assert [question["id"] for question in read_questions(tmp_path)] == ["a-2", "a-1", "g-1"]


def test_the_current_and_the_fictional_policies_are_read(policies: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only the newest version of each company."""
    (policies / "acme" / "2026-06-01.txt").write_text("1. Sale\n\nWe sell nothing whatsoever.\n", encoding="utf-8")
    (tmp_path / "made").mkdir()
    (tmp_path / "made" / "initech.txt").write_text("1. Sale\n\nWe sell staplers and no data.\n", encoding="utf-8")
    monkeypatch.setattr(made, "FICTIONAL", tmp_path / "made")

    cases = read_passages(policies)

    assert {company: passages[0].version for company, passages in cases.items()} == {
        "acme": "2026-06-01", "globex": "undated", "initech": "undated",
    }  # fmt: skip
    assert [passage.text for passage in cases["acme"]] == ["We sell nothing whatsoever."]
    assert [passage.text for passage in cases["initech"]] == ["We sell staplers and no data."]


def test_chatter_is_read_by_its_intent(tmp_path: Path) -> None:
    """What is out of scope and small talk; never a question or a request."""
    (tmp_path / "nlu.yml").write_text(
        "nlu:\n"
        "- intent: greet\n  examples: |\n    - hello\n    - hi there\n"
        "- intent: out_of_scope_general\n  examples: |\n    - what is the weather\n"
        "- intent: ask_selling\n  examples: |\n    - do you sell data\n"
        "- synonym: acme\n  examples: |\n    - acme inc\n"
    )  # fmt: skip

    assert read_chatter(tmp_path) == ["hello", "hi there", "what is the weather"]


def test_chatter_is_assigned_to_the_companies_in_turn() -> None:
    """Each message has an id of its own."""
    cases = as_chatter(["hello", "thanks", "bye"], ["acme", "globex"])

    assert [entry["company"] for entry in cases] == ["acme", "globex", "acme"]
    assert {entry["kind"] for entry in cases} == {"chatter"}
    assert len({entry["id"] for entry in cases}) == 3


def test_questions_are_learnt_from_as_they_are_searched_for(
    policies: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without the company's own name, also a fictional one's, however its policy writes it."""
    (tmp_path / "initechlabs.txt").write_text("Privacy Policy of Initech Labs\n\nInitechLabs sells nothing.\n", encoding="utf-8")
    monkeypatch.setattr(made, "FICTIONAL", tmp_path)
    asked = [("acme", "does Acme sell data"), ("initechlabs", "does initech labs sell data"), ("nosuch", "does acme sell data")]

    searched = as_searched(
        [{"company": company, "question": question} for company, question in asked], read_companies(policies), ()
    )

    assert [entry["question"] for entry in searched] == [
        "does this service sell data", "does this service sell data", "does acme sell data",
    ]  # fmt: skip


# Cases


def test_a_view_without_an_index_equals_the_indexs_view(catalogue: PolicyCatalogue, bank: AspectBank) -> None:
    """Training and serving rank the same data."""
    served = Retrieval(FakeEncoder(), small_mapper(), NO_CHATTER, untrained_ranker()).view(catalogue.served("acme").artefact)

    cases = view_of(served.passages, FakeEncoder(), small_mapper())

    assert np.allclose(cases.readings, served.readings)
    assert np.array_equal(cases.tokens.ends, served.tokens.ends)
    assert np.allclose(cases.tokens.vectors, served.tokens.vectors, atol=1e-3)
    assert np.allclose(cases.aspects, served.aspects, atol=1e-5)


def test_each_question_knows_which_passages_hold_its_evidence(cases: list[Case]) -> None:
    """One sentence each here; of an item, its list may hold it as well."""
    case = next(case for case in cases if case.asked["question"] == "How long are photos stored?" and case.company == "globex")

    (holding,) = np.flatnonzero(case.right)
    assert case.view.passages[holding].text == f"The globex team stores photos for {KEPT['photos']}."
    assert case.answerable
    assert case.table.shape == (len(case.view.passages), len(FEATURES))


def test_of_a_long_policy_the_passages_are_learnt_from_that_are_ranked(
    views: dict[str, PolicyView], bank: AspectBank, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The nearest ones, as serving has them; a question whose evidence is not among them teaches nothing."""
    monkeypatch.setattr(knowledge.retrieval, "CANDIDATES", 3)

    narrowed = cases_of(questions_of("acme"), views, FakeEncoder(), bank, NO_CHATTER)

    assert {(len(case.view.passages), *case.table.shape, *case.right.shape) for case in narrowed} == {(3, 3, len(FEATURES), 3)}
    assert all(case.answerable == (case.asked["kind"] == "answerable") for case in narrowed)


def test_unanswerable_questions_and_chatter_have_no_right_passage(cases: list[Case]) -> None:
    """They are kept, because the judge is trained on them."""
    silent = [case for case in cases if case.asked["kind"] != "answerable"]

    assert Counter(case.asked["kind"] for case in silent) == {"unanswerable": 2 * len(COMPANIES), "chatter": 3}
    assert not any(case.answerable for case in silent)


@pytest.mark.parametrize(
    "changed",
    [{"evidence": ["Nobody ever said so in this policy."]}, {"company": "nosuch"}, {"kind": "request"}],
    ids=["no passage holds it", "no such policy", "of another kind"],
)
def test_a_question_whose_evidence_is_in_no_passage_is_left_out(
    views: dict[str, PolicyView], bank: AspectBank, changed: dict[str, Any]
) -> None:
    """The question before it stays."""
    first, second, *_ = questions_of("acme")

    cases = cases_of([first, {**second, **changed}], views, FakeEncoder(), bank, NO_CHATTER)

    assert [case.asked["id"] for case in cases] == [first["id"]]
