"""The gold questions: `evaluation/gold/*.jsonl`. Add files of your own beside them.

A line has `id, company, question, kind`. The kinds are `answerable` with `evidence` (passages of which any one suffices) and
`must_say`, `unanswerable`, `request` with `request_type`, `offtopic` and `chitchat`.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from candor.errors import InvalidInputError

FOLDER = Path(__file__).with_name("gold")
COMPARISONS = "compare.jsonl"  # questions in another form, with evidence for each company
NEEDED = frozenset({"id", "company", "question", "kind"})
NEEDED_TO_COMPARE = frozenset({"id", "companies", "question", "evidence", "must_say", "not_stated"})


def read_gold(folder: Path = FOLDER) -> list[dict[str, Any]]:
    """All questions. Raises: InvalidInputError with the file and the line that lacks a field."""
    return [question for path in sorted(folder.glob("*.jsonl")) if path.name != COMPARISONS for question in _read(path, NEEDED)]


def read_comparisons(folder: Path = FOLDER) -> list[dict[str, Any]]:
    """The questions that compare companies; empty if there is no such file. Raises: as read_gold."""
    path = folder / COMPARISONS
    return _read(path, NEEDED_TO_COMPARE) if path.exists() else []


def read_questions(path: Path) -> list[dict[str, Any]]:
    """One file of questions; empty if it does not exist. Raises: as read_gold."""
    return _read(path, NEEDED) if path.exists() else []


def _read(path: Path, needed: frozenset[str]) -> list[dict[str, Any]]:
    questions: list[dict[str, Any]] = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        if not line.strip():
            continue
        try:
            question = json.loads(line)
            missing = needed - set(question)
        except (ValueError, TypeError):
            raise InvalidInputError(f"{path.name}, line {number} is not a JSON object") from None
        if missing:
            raise InvalidInputError(f"{path.name}, line {number} lacks {sorted(missing)[0]}")
        questions.append(question)
    return questions
