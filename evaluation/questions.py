"""The gold questions: `evaluation/gold/*.jsonl`. Add files of your own beside them.

A line has `id, company, question, kind` and, by kind: `answerable` with `evidence` (passages that each suffice) and
`must_say`; `unanswerable`; `request` with `request_type`; `offtopic` and `chitchat`.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from errors import InvalidInputError

FOLDER = Path(__file__).with_name("gold")
COMPARISONS = "compare.jsonl"  # questions of another form: one evidence a company
NEEDED = {"id", "company", "question", "kind"}


def read_gold(folder: Path = FOLDER) -> list[dict[str, Any]]:
    """All questions. Raises: InvalidInputError naming the file and line that lacks a field."""
    gold: list[dict[str, Any]] = []
    for path in sorted(folder.glob("*.jsonl")):
        if path.name == COMPARISONS:
            continue
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
            if not line.strip():
                continue
            try:
                question = json.loads(line)
                missing = NEEDED - set(question)
            except (ValueError, TypeError):
                raise InvalidInputError(f"{path.name}, line {number} is not a JSON object") from None
            if missing:
                raise InvalidInputError(f"{path.name}, line {number} lacks {sorted(missing)[0]}")
            gold.append(question)
    return gold
