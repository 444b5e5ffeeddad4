"""`with_txtai.py WEIGHTS PASSAGES`: txtai's embeddings index, as its documentation begins: weights, texts, search."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from asked import SHOWN, answer_on_stdin
from txtai import Embeddings


def main(weights: str, passages: str) -> None:
    """An index for each company; the weights are loaded once."""
    texts = json.loads(Path(passages).read_text(encoding="utf-8"))
    models: dict[str, object] = {}
    indexes = {}
    for company, pairs in texts.items():
        indexes[company] = Embeddings({"path": weights}, models=models)
        indexes[company].index([read for read, _ in pairs])

    def search(company: str, question: str) -> list[str]:
        return [texts[company][row][1] for row, _ in indexes[company].search(question, SHOWN)]

    answer_on_stdin(search)


main(*sys.argv[1:])
