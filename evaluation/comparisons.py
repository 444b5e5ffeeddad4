"""Score comparisons of companies against `gold/compare.jsonl`. Pure.

side_hit      the policy states it: one of the company's quotes is an evidence passage
side_said     the policy states it: the company's quotes contain each string of must_say
side_silent   the policy does not state it: nothing of the company is quoted
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
            hit = any(quotes_evidence(quote, question["evidence"][company]) for quote in quotes)
            quoted = folded(" ".join(quotes))
            sheet.mark("side_hit", hit, question, why)
            sheet.mark("side_said", all(folded(needed) in quoted for needed in question["must_say"][company]), question, why)
    return sheet
