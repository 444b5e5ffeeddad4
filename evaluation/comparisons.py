"""Score comparisons of companies against `gold/compare.jsonl`. Pure.

side_hit      a company whose policy says it: one of its quotes is an evidence passage
side_said     … and each string of must_say stands in its quotes
side_silent   a company whose policy does not say it: nothing of it is quoted
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from evaluation.scoring import ScoreSheet, folded, quotes_evidence


def score_comparisons(gold: Iterable[Mapping[str, Any]], replies: Mapping[str, Mapping[str, Any]]) -> ScoreSheet:
    """Mark each company's side of each comparison; `replies` maps a question's id to its reply as JSON."""
    sheet = ScoreSheet()
    for question in gold:
        cited = replies.get(question["id"], {}).get("citations") or []
        for company in question["companies"]:
            quotes = [citation["quote"] for citation in cited if citation["company"] == company]
            why = f"{company}: {quotes[:1]}"
            if company in question["not_stated"]:
                sheet.mark("side_silent", not quotes, question, why)
                continue
            held = any(quotes_evidence(quote, question["evidence"][company]) for quote in quotes)
            said = folded(" ".join(quotes))
            sheet.mark("side_hit", held, question, why)
            sheet.mark("side_said", all(folded(needed) in said for needed in question["must_say"][company]), question, why)
    return sheet
