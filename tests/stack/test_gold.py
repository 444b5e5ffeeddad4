"""The gold questions through both ways of asking; the figures are printed at the end of the run."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from candor.settings import ROOT
from evaluation.floors import below_floor
from evaluation.questions import FOLDER
from tests.stack.conftest import Stack

QUESTIONS = FOLDER / "questions.jsonl"


def candor(*arguments: str) -> str:
    """Run the command as its users do."""
    ended = subprocess.run([sys.executable, "-m", "candor", *arguments], cwd=ROOT, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr[-2000:]
    return ended.stdout


def figures(out: Path) -> dict[str, float]:
    """The scores of a file of replies."""
    scores: dict[str, float] = json.loads(candor("eval", str(out)).splitlines()[-1])
    return scores


@pytest.fixture(scope="module")
def batch(tmp_path_factory: pytest.TempPathFactory) -> dict[str, float]:
    """`candor ask --batch`: the knowledge alone."""
    out = tmp_path_factory.mktemp("gold") / "batch.jsonl"
    candor("ask", "--batch", str(QUESTIONS), "--out", str(out))
    return figures(out)


@pytest.fixture(scope="module")
def replayed(stack: Stack, tmp_path_factory: pytest.TempPathFactory) -> dict[str, float]:
    """`candor replay`: through the chat API, each in a fresh conversation."""
    out = tmp_path_factory.mktemp("gold") / "replay.jsonl"
    candor("replay", str(QUESTIONS), "--out", str(out), "--url", stack.url)
    return figures(out)


def test_every_quote_of_a_batch_is_verbatim(batch: dict[str, float], record_figures: Any) -> None:
    """Whatever is answered: nothing is quoted that the policy does not say."""
    record_figures("candor ask --batch", batch)

    assert batch["verbatim"] == 1.0


def test_a_batch_is_above_its_floors(batch: dict[str, float]) -> None:
    """evaluation/floors.json holds them, and they only ever rise."""
    assert below_floor("candor ask --batch", batch) == []


def test_every_quote_of_a_replay_is_verbatim(replayed: dict[str, float], record_figures: Any) -> None:
    """The same through the whole stack."""
    record_figures("candor replay", replayed)

    assert replayed["verbatim"] == 1.0


def test_a_replay_is_above_its_floors(replayed: dict[str, float]) -> None:
    """The same through the whole stack."""
    assert below_floor("candor replay", replayed) == []


def test_comparisons_are_above_their_floors(record_figures: Any) -> None:
    """The knowledge alone, asked about several companies at once."""
    said = next(line for line in candor("eval").splitlines() if "comparisons" in line)
    sides: dict[str, float] = json.loads(said)["comparisons"]
    record_figures("candor eval, comparisons", sides)

    assert below_floor("candor eval, comparisons", sides) == []
