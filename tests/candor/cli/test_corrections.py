"""`candor export-training` and `candor eval --corrections`, as people call them."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from candor.cli import corrections
from candor.cli.main import app
from candor.reviews.corrections import Proposal
from candor.reviews.export.build import BANK
from candor.services import Services
from candor.settings import ROOT
from candor.transcripts.store import TurnOutcome
from evaluation.questions import read_questions
from knowledge.aspect_vectors import AspectVectors
from knowledge.aspects import read_aspects
from tests.fakes import NO_CHATTER, FakeEncoder, untrained_ranker


def candor_says(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of what is taught, so that a test may change it."""
    for path in (BANK, corrections.NLU):
        (tmp_path / "project" / path).parent.mkdir(parents=True, exist_ok=True)
        copy = shutil.copytree if (ROOT / path).is_dir() else shutil.copy
        copy(ROOT / path, tmp_path / "project" / path)
    monkeypatch.setattr(corrections, "ROOT", tmp_path / "project")
    return tmp_path / "project"


@pytest.fixture
def accepted(parts: Services) -> list[int]:
    """Two accepted corrections, one that is still to decide, and one that cannot be taken."""
    conversation = parts.conversations.transcripts.begin(company="acme", channel="web").id
    parts.conversations.transcripts.ask(conversation, "m-1", "zebra")
    parts.conversations.transcripts.answered(conversation, "m-1", TurnOutcome([{"kind": "unsure", "text": "…"}]), 1.0)
    turn = parts.conversations.transcripts.turns(conversation)[0].id
    start = parts.knowledge.catalogue.document("acme", "2026-01-15").text.index("We never sell")
    numbers = parts.staff.corrections.propose(turn, 1, [
        Proposal("answer", "zebra crossing sale of particulars?", "2026-01-15", ((start, start + 28),)),
        Proposal("teach", "zebra wholesale of particulars", target="aspect:selling.sold"),
        Proposal("teach", "aye zebra", target="intent:affirm"),
        Proposal("teach", "zebra to nowhere", target="aspect:no.such"),
        Proposal("silence", "zebra not decided yet"),
    ])  # fmt: skip
    for number in numbers[:4]:
        parts.staff.corrections.decide(number, 2, accept=True)
    return numbers


def test_accepted_corrections_are_written_for_a_person_to_read(
    parts: Services, accepted: list[int], project: Path, tmp_path: Path
) -> None:
    """A patch, the changed files and the questions, each read by its reader; here nothing changes yet."""
    before = (project / BANK).read_text(encoding="utf-8")

    said = candor_says("export-training", "--out", tmp_path / "out")

    assert said.exit_code == 0, said.output
    assert f"left out correction {accepted[3]}: the aspect bank has no aspect" in said.output
    assert (project / BANK).read_text(encoding="utf-8") == before
    (question,) = read_questions(tmp_path / "out" / "gold.jsonl")
    assert (question["id"], question["evidence"]) == (f"correction-{accepted[0]}", ["We never sell personal data."])
    taught = {aspect.id: aspect.questions for aspect in read_aspects(tmp_path / "out" / BANK)}
    assert taught["selling.sold"][-1] == "zebra wholesale of particulars"
    assert "+      - zebra wholesale of particulars" in (tmp_path / "out" / "corrections.patch").read_text(encoding="utf-8")
    assert parts.staff.corrections.counts()["exported"] == 0
    (entry,) = parts.staff.audit.entries(action="correction.export")
    assert entry.details == {"applied": False, "corrections": [accepted[1], accepted[2], accepted[0]]}


def test_applying_changes_the_files_and_marks_the_corrections_as_exported(
    parts: Services, accepted: list[int], project: Path, tmp_path: Path
) -> None:
    """A second run finds nothing more to take."""
    said = candor_says("export-training", "--out", tmp_path / "out", "--apply")
    again = candor_says("export-training", "--out", tmp_path / "more", "--apply")

    assert said.exit_code == 0, said.output
    assert "zebra wholesale of particulars" in (project / BANK).read_text(encoding="utf-8")
    assert "- aye zebra" in (project / "bot/data/nlu/dialogue.yml").read_text(encoding="utf-8")
    assert {number: parts.staff.corrections.get(number).state for number in accepted} == dict(
        zip(accepted, ["exported", "exported", "exported", "accepted", "proposed"], strict=True)
    )
    assert "nothing to export" in again.output
    assert not (tmp_path / "more").exists()


def test_the_corrections_are_measured_before_they_are_trained(
    parts: Services, accepted: list[int], project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both figures of the corrected questions, and what "after" is made of."""
    encoder = FakeEncoder()
    parts.knowledge.encoder = parts.knowledge.small_encoder = encoder  # type: ignore[assignment]
    # Those that are kept are the real large encoder's.
    monkeypatch.setattr(AspectVectors, "load", lambda aspects: AspectVectors.of(aspects, encoder))
    parts.knowledge.scope, parts.knowledge.ranker = NO_CHATTER, untrained_ranker()
    parts.settings.encoder_dir.mkdir(parents=True)
    candor_says("export-training", "--out", tmp_path / "out")

    said = candor_says("eval", "--corrections", tmp_path / "out", "--no-gold")

    assert said.exit_code == 0, said.output
    corrected = next(json.loads(line) for line in said.output.splitlines() if line.startswith('{"corrected"'))["corrected"]
    assert corrected["n"] == len(read_questions(tmp_path / "out" / "gold.jsonl")) == 1
    assert set(corrected["before"]) == set(corrected["after"]) == {"hit@1", "hit@3", "false_refusal", "hedged"}
    assert "Not in it: Rasa's intents" in said.output


def test_a_folder_without_an_export_is_refused_with_the_cure(parts: Services, tmp_path: Path) -> None:
    """One line, and what to run."""
    (tmp_path / "empty").mkdir()

    said = candor_says("eval", "--corrections", tmp_path / "empty")

    assert said.exit_code == 1
    assert "candor export-training" in said.stderr
