"""How well Rasa classifies intents: `python -m evaluation.intents` (`make nlu`).

Runs `rasa test nlu` in Rasa's environment: five-fold cross-validation over all training data, and the served model on the
held-out messages in evaluation/held_out.yml and on what strangers wrote (first_messages_unseen.yml and its later ones).
Reports and errors are written to var/reports/.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from candor.errors import IntentReportError

ROOT = Path(__file__).resolve().parent.parent
HELD_OUT = Path(__file__).with_name("held_out.yml")
# What strangers wrote: only totals are looked at.
ALL_UNSEEN = tuple(Path(__file__).with_name(f"first_messages_{name}.yml") for name in ("unseen", "later_unseen", "latest_unseen"))
RASA = ROOT / ".venv-bot" / "bin" / "python"
FOLDS = 5
CLASSIFIER = "bot.classifier.IntentClassifier"
OPENS, CONCERNS_EXISTING = "request_", frozenset(["request_status"])  # what opens a request, and what begins alike
QUIET = {
    "RASA_TELEMETRY_ENABLED": "false", "SQLALCHEMY_SILENCE_UBER_WARNING": "1", "TF_CPP_MIN_LOG_LEVEL": "3",
    "PYTHONWARNINGS": "ignore", "PYTHONPATH": str(ROOT),
    "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1",  # more threads win little, and take the other cores from who needs them
}  # fmt: skip


@dataclass(frozen=True)
class IntentScores:
    """F1, 0.0 to 1.0: weighted by each intent's frequency, and of all requests together against everything else."""

    messages: int
    weighted: float
    requests: float

    def __str__(self) -> str:
        return f"{self.messages} messages: weighted F1 {self.weighted:.3f}, requests against everything else {self.requests:.3f}"


def cross_validate(out: Path, *, gathered: Path = ROOT / "var" / "training" / "nlu.yml") -> IntentScores:
    """Five folds over bot/data and what `bot/examples.py` gathered, of the regression alone (`candor train reader
    --cross-validate` prints them of both). Raises IntentReportError where Rasa fails."""
    with tempfile.TemporaryDirectory() as folder:  # Rasa takes one path
        data, config = Path(folder) / "data", Path(folder) / "config.yml"
        data.mkdir()
        for path in (*sorted((ROOT / "bot" / "data" / "nlu").glob("*.yml")), gathered):
            shutil.copy(path, data / f"{path.parent.name}-{path.name}")
        config.write_text(yaml.safe_dump(without_reader(yaml.safe_load((ROOT / "config.yml").read_text(encoding="utf-8")))))
        return _tested(out, "--cross-validation", "--folds", str(FOLDS), "--config", str(config), "--nlu", str(data))


def without_reader(config: Mapping[str, Any]) -> dict[str, Any]:
    """Rasa's configuration, without the message reader, which has learnt from the examples of every fold."""
    parts = [{**part, "reader": False} if part["name"] == CLASSIFIER else part for part in config["pipeline"]]
    return {**config, "pipeline": parts}


def held_out(out: Path, model: Path, *, messages: Path = HELD_OUT) -> IntentScores:
    """Test a trained model on held-out messages. Raises: IntentReportError if Rasa fails."""
    return _tested(out, "--model", str(model), "--nlu", str(messages))


def _tested(out: Path, *arguments: str) -> IntentScores:
    shutil.rmtree(out, ignore_errors=True)
    command = [str(RASA), "-m", "bot", "test", "nlu", "--no-plot", "--domain", "domain.yml", "--out", str(out), *arguments]
    ended = subprocess.run(command, cwd=ROOT, env={**os.environ, **QUIET}, capture_output=True, text=True, check=False)
    try:
        report, errors = (json.loads((out / name).read_text()) for name in ("intent_report.json", "intent_errors.json"))
    except (OSError, ValueError) as error:
        raise IntentReportError(ended.returncode, ended.stderr[-2000:]) from error
    return scores_of(report, errors)


def scores_of(report: Mapping[str, Any], errors: Iterable[Mapping[str, Any]]) -> IntentScores:
    """Scores from Rasa's intent_report.json (count and F1 per intent) and intent_errors.json (true and predicted intent)."""
    support = {name: int(row["support"]) for name, row in report.items() if isinstance(row, Mapping) and "confused_with" in row}
    crossed = [(opens_one(wrong["intent"]), opens_one(wrong["intent_prediction"]["name"])) for wrong in errors]
    missed, false = crossed.count((True, False)), crossed.count((False, True))
    right = sum(count for name, count in support.items() if opens_one(name)) - missed
    return IntentScores(
        messages=sum(support.values()),
        weighted=float(report["weighted avg"]["f1-score"]),
        requests=2 * right / (2 * right + missed + false) if right else 0.0,
    )


def opens_one(intent: str) -> bool:
    return intent.startswith(OPENS) and intent not in CONCERNS_EXISTING


def main() -> int:
    reports = ROOT / "var" / "reports"
    print(f"cross-validated: {cross_validate(reports / 'nlu')}")
    model = ROOT / "var" / "models" / "candor.tar.gz"
    print(f"held out: {held_out(reports / 'nlu_held_out', model)}")
    for messages in ALL_UNSEEN:
        print(f"of strangers, held out: {held_out(reports / f'nlu_{messages.stem}', model, messages=messages)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
