"""Corrections become lines in YAML files and measuring questions: each file is read as it was, and the new line."""

from __future__ import annotations

import shutil
import subprocess
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

from candor.cli.corrections import ServedPolicies, apply_export, write_export
from candor.errors import ConflictError
from candor.reviews.corrections import Correction, CorrectionKind, Proposal, faults_in
from candor.reviews.export.build import BANK, TrainingExport, build_export, folded, learnt_from
from candor.reviews.export.evaluate import compare
from candor.reviews.export.patch import CannotInsertError, examples_in, with_example, with_question
from candor.settings import ROOT
from knowledge.answering import Answers
from knowledge.aspect_mapper import AspectMapper, MapperWeights
from knowledge.aspect_vectors import AspectVectors
from knowledge.aspects import AspectBank, read_aspects
from knowledge.catalogue import PolicyCatalogue
from knowledge.retrieval import Retrieval
from tests.fakes import NO_CHATTER, FakeEncoder, small_answers

SMALL = """# The bank.
aspects:
  - id: selling.sold
    label: selling personal data
    topic: selling
    questions:
      - do you sell my data
      - 'is it: sold?'   # quoted
    statements:
      - We never sell personal data.
  - id: retention.general
    label: how long data is kept
    topic: retention
    questions:
      - how long do you keep it
    statements:
      - We keep data for one year.
"""
TALK = """version: "3.1"

# Yes and no.
nlu:
- intent: affirm
  examples: |
    - yes
    - yep

- intent: deny
  examples: |
    - no
    - not [acme](company)
"""
FILES = {BANK: SMALL, "bot/data/nlu/dialogue.yml": TALK}
NOON = datetime(2026, 1, 15, 12, 0, tzinfo=UTC)
HOSTILE = ["no", "null", "- yes", "a: b", "# not a comment", "'", '"', "yes\\no", "100%", "1.5", "@you", "<b>&amp;</b>", "& so?"]


def a_correction(
    kind: CorrectionKind, question: str, *, id: int = 1, target: str = "", spans: tuple[tuple[int, int], ...] = (),
    version: str = "2026-01-15", company: str = "acme",
) -> Correction:  # fmt: skip
    proposal = Proposal(kind, question, version, spans, target)
    return Correction(id, 10 + id, "c_1", company, proposal, "accepted", 1, NOON, 2, NOON, faults=faults_in(question))


@pytest.fixture
def policies_here(catalogue: PolicyCatalogue) -> ServedPolicies:
    return ServedPolicies(catalogue)


def export_of(policies: ServedPolicies, *corrections: Correction, gold: tuple[str, ...] = ()) -> TrainingExport:
    bank = [question for entry in yaml.safe_load(SMALL)["aspects"] for question in entry["questions"]]
    return build_export(corrections, FILES, gold, learnt_from(bank, [TALK]), policies)


@pytest.mark.parametrize("question", HOSTILE)
def test_a_question_is_added_to_the_bank_and_nothing_else_changes(question: str) -> None:
    """Whatever it holds is read as text, and every other line is unchanged."""
    after = with_question(SMALL, "selling.sold", question)

    lines, kept = after.splitlines(), SMALL.splitlines()
    assert [line for place, line in enumerate(lines) if place != 8] == kept
    assert yaml.safe_load(after)["aspects"][0]["questions"] == ["do you sell my data", "is it: sold?", question]


@pytest.mark.parametrize("example", HOSTILE)
@pytest.mark.parametrize("intent", ["affirm", "deny"])
def test_an_example_is_added_after_the_last_of_its_intent(intent: str, example: str) -> None:
    """Also before the empty line that separates two intents."""
    after = with_example(TALK, intent, example)

    assert len(after.splitlines()) == len(TALK.splitlines()) + 1
    entry = next(entry for entry in yaml.safe_load(after)["nlu"] if entry["intent"] == intent)
    assert entry["examples"].splitlines()[-1] == f"- {example}"
    assert example in examples_in(after)


@pytest.mark.parametrize("put", [lambda: with_question(SMALL, "no.such", "x"), lambda: with_example(TALK, "no_such", "x")])
def test_an_unknown_aspect_or_intent_is_refused(put: Any) -> None:
    """Nothing is added elsewhere."""
    with pytest.raises(CannotInsertError):
        put()


def test_the_real_files_take_a_line_each(tmp_path: Path) -> None:
    """Every aspect and every intent that is shipped; the readers accept the result."""
    bank = (ROOT / BANK).read_text(encoding="utf-8")
    (tmp_path / "aspects.yml").write_text(with_question(bank, "selling.sold", "zebra: sold?"), encoding="utf-8")

    found = {aspect.id: aspect.questions for aspect in read_aspects(tmp_path / "aspects.yml")}
    before = {aspect.id: aspect.questions for aspect in read_aspects()}
    assert found.pop("selling.sold") == (*before.pop("selling.sold"), "zebra: sold?")
    assert found == before
    for path in sorted((ROOT / "bot" / "data" / "nlu").glob("*.yml")):
        text = path.read_text(encoding="utf-8")
        for intent in [entry["intent"] for entry in yaml.safe_load(text)["nlu"] if "intent" in entry]:
            assert "zebra zebra" in examples_in(with_example(text, intent, "zebra zebra"))


def test_accepted_corrections_become_changes_and_measuring_questions(policies_here: ServedPolicies) -> None:
    """An answer with its evidence, a silence, and two questions that are taught."""
    text = policies_here.text("acme", "2026-01-15") or ""
    at = text.index("We never sell")
    found = export_of(
        policies_here,
        a_correction("answer", "Is anything sold on?", id=1, spans=((at, at + 28),)),
        a_correction("silence", "Do you fly drones?", id=2),
        a_correction("teach", "flog it, do you?", id=3, target="aspect:selling.sold"),
        a_correction("teach", "aye", id=4, target="intent:affirm"),
    )

    assert found.refused == []
    assert set(found.after) == set(FILES)
    assert found.taught == []
    assert found.gold == [
        {"id": "correction-1", "company": "acme", "question": "Is anything sold on?", "kind": "answerable",
         "evidence": ["We never sell personal data."], "must_say": []},
        {"id": "correction-2", "company": "acme", "question": "Do you fly drones?", "kind": "unanswerable"},
    ]  # fmt: skip


def test_a_taught_question_only_measures_that_teaching_takes_effect(policies_here: ServedPolicies) -> None:
    """It is kept apart from the measuring questions."""
    found = export_of(
        policies_here,
        a_correction("silence", "Do you sell drones?", id=1),
        a_correction("teach", "do you sell drones", id=2, target="aspect:selling.sold"),
    )

    assert ([line["id"] for line in found.taught], found.gold) == (["correction-1"], [])


@pytest.mark.parametrize(
    ("correction", "gold", "reason"),
    [
        (a_correction("teach", "Do you SELL my data?", target="aspect:selling.sold"), (), "learnt this question already"),
        (a_correction("teach", "not acme", target="intent:deny"), (), "learnt this question already"),
        (a_correction("teach", "is it sold on", target="aspect:selling.sold"), ("Is it sold on?",), "measures how good"),
        (a_correction("silence", "is it sold on"), ("Is it sold on?",), "measuring questions already"),
        (a_correction("silence", "do you sell my data"), (), "learnt this question already"),
        (a_correction("teach", "x y z", target="aspect:no.such"), (), "no aspect"),
        (a_correction("teach", "x y z", target="intent:no_such"), (), "no intent"),
        (a_correction("answer", "is it sold on", spans=((0, 10**6),)), (), "not there any more"),
        (a_correction("answer", "is it sold on", spans=((1, 9),), version="1999"), (), "not there any more"),
        (a_correction("silence", "is it sold on", company="hooli"), (), "not served"),
        (a_correction("silence", "is <email_1> sold on"), (), "<email_1>"),
    ],
)  # fmt: skip
def test_a_correction_that_cannot_be_exported_is_left_out_with_the_reason(
    policies_here: ServedPolicies, correction: Correction, gold: tuple[str, ...], reason: str
) -> None:
    """Duplicates, what stands among the measuring questions, what the policy does not hold, and personal data."""
    found = export_of(policies_here, correction, gold=gold)

    assert (found.exported, found.gold, found.after) == ([], [], {})
    assert reason in found.refused[0].reason


def test_the_same_question_is_exported_once(policies_here: ServedPolicies) -> None:
    """Two reviewers may propose it."""
    found = export_of(
        policies_here,
        *(a_correction("teach", "flog it?", id=number, target="aspect:selling.sold") for number in (1, 2)),
        *(a_correction("silence", "drones at all?", id=number) for number in (3, 4)),
    )

    assert [each.correction for each in found.refused] == [2, 4]


def test_a_quote_that_the_newer_version_does_not_hold_is_left_out(mapped: PolicyCatalogue) -> None:
    """Measured answers come from the current version."""
    policies = ServedPolicies(mapped)
    at = (policies.text("acme", "2026-01-15") or "").index("We never sell")

    found = export_of(policies, a_correction("answer", "is it sold on", spans=((at, at + 28),)))

    assert "does not say this" in found.refused[0].reason


def test_the_patch_and_apply_lead_to_the_same_project(policies_here: ServedPolicies, tmp_path: Path) -> None:
    """Byte for byte; and files that changed meanwhile are left alone."""
    found = export_of(
        policies_here,
        a_correction("teach", "flog it?", id=1, target="aspect:selling.sold"),
        a_correction("teach", "aye", id=2, target="intent:affirm"),
    )
    for name in ("patched", "applied"):
        for path, text in FILES.items():
            (tmp_path / name / path).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name / path).write_text(text, encoding="utf-8")
    write_export(found, tmp_path / "out")

    patch = [str(shutil.which("git")), "apply", str(tmp_path / "out" / "corrections.patch")]
    subprocess.run(patch, cwd=tmp_path / "patched", check=True)
    apply_export(found, tmp_path / "applied")

    for path in FILES:
        texts = {(tmp_path / name / path).read_text(encoding="utf-8") for name in ("patched", "applied", "out")}
        assert texts == {found.after[path]}
    with pytest.raises(ConflictError):
        apply_export(found, tmp_path / "applied")


def test_a_question_is_answered_before_and_after_it_is_taught(catalogue: PolicyCatalogue, tmp_path: Path) -> None:
    """With the small bank: a question that is near to nothing finds its passage once its aspect knows it."""
    (tmp_path / "aspects.yml").write_text(SMALL, encoding="utf-8")
    (tmp_path / "taught.yml").write_text(with_question(SMALL, "selling.sold", "wholesale of particulars"), encoding="utf-8")
    encoder = FakeEncoder()

    def answers(path: Path) -> Answers:
        aspects = read_aspects(path)
        bank = AspectBank.embed(aspects, encoder, AspectVectors.of(aspects, encoder))
        mapper = AspectMapper(lambda: bank, MapperWeights.load(), path.name)
        ranker = small_answers(catalogue)._ranker
        return Answers(catalogue, Retrieval(encoder, mapper, NO_CHATTER, ranker), ranker)

    def ask(from_: Answers) -> Any:
        def asked(question: str, company: str) -> dict[str, Any]:
            answer = from_.answer(question, company)
            cited = [{"company": company, "quote": hit.passage.text} for hit in answer.hits]
            return {"kind": answer.kind, "text": answer.aspect.id if answer.aspect else "", "citations": cited}

        return asked

    question = {
        "id": "correction-1", "company": "acme", "question": "wholesale of particulars", "kind": "answerable",
        "evidence": ["We never sell personal data."], "must_say": [],
    }  # fmt: skip
    before, after = ask(answers(tmp_path / "aspects.yml")), ask(answers(tmp_path / "taught.yml"))
    text = catalogue.document("acme", "2026-01-15").text

    found = compare([question], before, after, {"acme": text})

    assert before("wholesale of particulars", "acme")["text"] == ""
    assert after("wholesale of particulars", "acme")["text"] == "selling.sold"
    assert found.n == 1
    assert set(found.before) == set(found.after) == {"hit@1", "hit@3", "false_refusal", "hedged"}
    assert compare([question], before, before, {"acme": text}).changes == ()


def test_questions_are_the_same_whatever_their_case_markup_and_punctuation() -> None:
    """So that duplicates are found."""
    assert folded("Is [CleverBox](company) sold?!") == folded("is cleverbox  SOLD")
