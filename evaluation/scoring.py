"""Score replies against gold questions. Pure.

hit@1, hit@3     answerable: the first, or one of the first three citations quotes an evidence passage
must_say         answerable: each string of must_say stands in the text or in the first three quotes
false_refusal    answerable: the reply is not_in_policy, out_of_scope, smalltalk or error
hedged           answerable: the reply is unsure
refusal          unanswerable: the reply is not_in_policy or unsure
confident_wrong  unanswerable: the reply is a plain answer
request          request: kind and request_type are right
off_topic        offtopic, chitchat: out_of_scope, smalltalk, not_in_policy or unsure, citing nothing
verbatim         citations whose quote stands in the company's policy, white space folded
"""

from __future__ import annotations

import re
import statistics
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

LONGEST_QUOTE = 700  # characters; a longer quote hits nothing, so that quoting everything wins nothing
ENOUGH = 0.6  # of an evidence passage's words, in a row
SHORTEST = 25  # characters of a quote that is a part of the evidence
REFUSALS = frozenset({"not_in_policy", "out_of_scope", "smalltalk", "error"})
SILENCES = frozenset({"not_in_policy", "unsure"})
LIST_MARK = re.compile(r"(?:^|(?<=\s))[•\-*–](?=\s)")
LIST_NUMBER = re.compile(r"(?m)(?:^\s*|(?<=[.;:]\s))\d+[.)](?=\s)")
SAME = str.maketrans({"’": "'", "“": '"', "”": '"', "\u00a0": " "})


@dataclass
class ScoreSheet:
    """Marks by figure, and what went wrong."""

    marks: dict[str, list[bool]] = field(default_factory=dict)
    misses: list[str] = field(default_factory=list)
    quoted: list[int] = field(default_factory=list)

    @property
    def figures(self) -> dict[str, float]:
        """Each figure as a share of its own group."""
        return {name: round(sum(marks) / len(marks), 3) for name, marks in self.marks.items()}

    @property
    def counts(self) -> dict[str, int]:
        return {name: len(marks) for name, marks in self.marks.items()}

    @property
    def median_quoted(self) -> float:
        """Characters quoted in the first three citations of an answerable question."""
        return statistics.median(self.quoted or [0])

    def mark(self, figure: str, ok: bool, gold: Mapping[str, Any], why: str, *, good: bool = True) -> None:
        self.marks.setdefault(figure, []).append(ok)
        if ok is not good:
            self.misses.append(f"{gold['id']:18} {figure:16} {gold['question'][:70]!r} {why[:160]}")


def score(gold: Iterable[Mapping[str, Any]], answers: Iterable[Mapping[str, Any]], policies: Mapping[str, str]) -> ScoreSheet:
    """Mark each answer; a question without one counts as an error. `policies` maps a company to its policy's text."""
    given = {answer["id"]: answer for answer in answers}
    texts = {company: " ".join(text.split()) for company, text in policies.items()}
    sheet = ScoreSheet()
    for question in gold:
        answer = given.get(question["id"], {"kind": "error", "text": "", "citations": []})
        cited = answer.get("citations") or []
        quotes = [citation["quote"] for citation in cited]
        kind = answer["kind"]
        if question["kind"] == "answerable":
            _mark_answerable(sheet, question, answer, quotes)
        elif question["kind"] == "unanswerable":
            sheet.mark("refusal", kind in SILENCES, question, f"{kind}: {quotes[:1]}")
            sheet.mark("confident_wrong", kind == "answer", question, f"{kind}: {quotes[:1]}", good=False)
        elif question["kind"] == "request":
            got, expected = answer.get("request_type"), question["request_type"]
            sheet.mark("request", kind == "request" and got == expected, question, f"{kind}/{got} for {expected}")
        else:
            quiet = kind in SILENCES | {"out_of_scope", "smalltalk"} and not cited
            sheet.mark("off_topic", quiet, question, f"{kind}: {quotes[:1]}")
        for citation in cited:
            verbatim = " ".join(citation["quote"].split()) in texts.get(citation["company"], "")
            sheet.mark("verbatim", verbatim, question, repr(citation["quote"][:80]))
    return sheet


def _mark_answerable(sheet: ScoreSheet, question: Mapping[str, Any], answer: Mapping[str, Any], quotes: Sequence[str]) -> None:
    kind = answer["kind"]
    hits = [quotes_evidence(quote, question["evidence"]) for quote in quotes[:3]]
    why = f"{kind}: {quotes[0]!r}" if quotes else kind
    reply_text = folded(" ".join([answer.get("text", ""), *quotes[:3]]))
    sheet.quoted.append(sum(len(quote) for quote in quotes[:3]))
    sheet.mark("hit@1", any(hits[:1]), question, why)
    sheet.mark("hit@3", any(hits), question, why)
    sheet.mark(
        "must_say", all(folded(needed) in reply_text for needed in question["must_say"]), question, str(question["must_say"])
    )
    sheet.mark("false_refusal", kind in REFUSALS, question, kind, good=False)
    sheet.mark("hedged", kind == "unsure", question, kind, good=False)


def folded(text: str) -> str:
    """Lower case; list marks off; white space and quotation marks folded; no stop at the end."""
    text = LIST_NUMBER.sub(" ", LIST_MARK.sub(" ", text)).translate(SAME)
    return " ".join(text.split()).lower().rstrip(".;,:")


def quotes_evidence(quote: str, evidence: Iterable[str]) -> bool:
    """Whether the quote and one evidence passage hold each other, or share most of the passage's words in a row."""
    quoted = folded(quote)
    if not quoted or len(quoted) > LONGEST_QUOTE:
        return False
    for passage in map(folded, evidence):
        is_part = quoted in passage and len(quoted) >= min(SHORTEST, len(passage))
        if passage in quoted or is_part or _longest_run(passage.split(), quoted.split()) >= ENOUGH * len(passage.split()):
            return True
    return False


def _longest_run(words: Sequence[str], others: Sequence[str]) -> int:
    """How many words in a row two texts share."""
    best, above = 0, [0] * (len(others) + 1)
    for word in words:
        here = [0] + [before + 1 if word == other else 0 for before, other in zip(above, others, strict=False)]
        best, above = max(best, *here), here
    return best
