"""Candor's knowledge beside txtai and Haystack: the same passages and questions, one after the other, and the weights of the
encoder that finds candidates.

Each runs in a process of its own and is asked each question in turn with the others, so that whatever else the machine does
meets all of them. The peers look up passages; Candor also ranks, with a second encoder, judges whether they answer, and quotes.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.peers.environments import PeerMissingError, python_of
from candor.app.supervisor import environment
from candor.errors import UnavailableError
from candor.services import Services
from candor.settings import ROOT, Settings
from evaluation.questions import read_gold
from evaluation.scoring import quotes_evidence
from knowledge.embedding import SentenceTransformerEncoder

LOOKED_UP_BY = ("txtai", "haystack")
WARMING = 8  # questions that are asked first and not counted


@dataclass
class GoldAnswers:
    """What one of them answered.

    hits: of each answerable question, whether the first quote, or one of the first three, holds the evidence.
    """

    name: str
    seconds: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    hits: list[tuple[bool, bool]] = field(default_factory=list)
    megabytes: float = 0.0

    def note(self, answer: Mapping[str, Any], gold: Mapping[str, Any]) -> None:
        """One answer to one question."""
        self.seconds.append(answer["seconds"])
        self.cpu.append(answer["cpu"])
        if gold["kind"] == "answerable":
            found = [quotes_evidence(quote, gold["evidence"]) for quote in answer["quotes"]]
            self.hits.append((any(found[:1]), any(found)))

    def as_row(self) -> str:
        median, late = 1000 * np.percentile(self.seconds, [50, 95])
        first, three = np.mean(self.hits, axis=0)
        return (
            f"{self.name:24} {len(self.seconds) / sum(self.seconds):7.0f} {median:8.1f} {late:8.1f}"
            f" {1000 * np.mean(self.cpu):8.1f} {self.megabytes:8.0f} {first:8.3f} {three:8.3f}"
        )


class Asking:
    """One process that answers questions. Raises: UnavailableError where it has ended."""

    def __init__(self, name: str, process: subprocess.Popen[str]) -> None:
        self.asked, self._process = GoldAnswers(name), process

    def ask(self, line: str = "") -> Any:
        """What it says to one line."""
        if self._process.stdin is None or self._process.stdout is None:
            raise ValueError("its input and output are pipes")
        self._process.stdin.write(line + "\n")
        self._process.stdin.flush()
        return self.said()

    def said(self) -> Any:
        """The next line that it says."""
        said = self._process.stdout.readline() if self._process.stdout else ""
        if not said:
            raise UnavailableError(f"{self.asked.name} has ended")
        return json.loads(said)


def compare(settings: Settings, folder: Path) -> list[GoldAnswers]:
    """Ask all of them, and print a table. A peer that cannot be installed is named and left out."""
    passages, weights = folder / "passages.json", folder / "weights"
    passages.write_text(json.dumps(passages_of(settings)), encoding="utf-8")
    SentenceTransformerEncoder().save(weights)
    commands = {"Candor's knowledge": [sys.executable, "-m", "benchmarks.peers.with_candor"]}
    for peer in LOOKED_UP_BY:
        program = str(Path(__file__).with_name(f"with_{peer}.py"))
        try:
            commands[peer] = [str(python_of(peer)), program, str(weights), str(passages)]
        except PeerMissingError as error:
            print(error, flush=True)
    gold = read_gold()
    with ExitStack() as running:
        all_of_them = [running.enter_context(_running(name, command, settings)) for name, command in commands.items()]
        for number, question in enumerate([*gold[:WARMING], *gold]):
            line = json.dumps({"company": question["company"], "question": question["question"]})
            for each in all_of_them:
                answer = each.ask(line)
                if number >= WARMING:
                    each.asked.note(answer, question)
        for each in all_of_them:
            each.asked.megabytes = each.ask()["megabytes"]
    return table([each.asked for each in all_of_them])


def table(asked: Sequence[GoldAnswers]) -> list[GoldAnswers]:
    """Print what each of them did."""
    columns = ("p50 ms", "p95 ms", "CPU ms", "MB", "hit@1", "hit@3")
    print(f"\n{'on the gold questions':24} {'per s':>7}", *(f"{column:>8}" for column in columns))
    for each in asked:
        print(each.as_row(), flush=True)
    return [*asked]


def passages_of(settings: Settings) -> dict[str, list[tuple[str, str]]]:
    """Company → its policy's passages: each as it is encoded, with the headings above it, and as it is quoted."""
    served = Services(settings).knowledge.catalogue
    found: dict[str, list[tuple[str, str]]] = {}
    for company in served.companies:
        found[company] = [(passage.readings[0], passage.text) for passage in served.served(company).artefact.passages]
    return found


@contextmanager
def _running(name: str, command: Sequence[str], settings: Settings) -> Iterator[Asking]:
    """The process, once its index stands; ended with the block."""
    quiet = {
        **environment(settings), "HF_HUB_OFFLINE": "1", "HAYSTACK_TELEMETRY_ENABLED": "False", "TOKENIZERS_PARALLELISM": "false",
    }  # fmt: skip
    process = subprocess.Popen(
        command, cwd=ROOT, env=quiet, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    with process:
        asking = Asking(name, process)
        try:
            asking.said()
            yield asking
        finally:
            process.terminate()
