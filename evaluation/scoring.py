"""Score replies against gold questions. Pure.

hit@1, hit@3     answerable: the first citation, or one of the first three, quotes an evidence passage
must_say         answerable: the text or the first three quotes contain each string of must_say
false_refusal    answerable: the reply is not_in_policy, out_of_scope, smalltalk or error
hedged           answerable: the reply is unsure
refusal          unanswerable: the reply is not_in_policy or unsure
confident_wrong  unanswerable: the reply is a plain answer
request          request: kind and request_type are correct
off_topic        offtopic, chitchat: out_of_scope, smalltalk, not_in_policy or unsure, without citations
verbatim         citations: the quote stands in the company's policy, apart from white space
"""

from __future__ import annotations

import re
import statistics
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

LONGEST_QUOTE = 700  # characters; a longer quote never hits, so that quoting everything does not pay
ENOUGH = 0.6  # share of an evidence passage's words, consecutive, that a quote must contain
SHORTEST = 25  # characters of a quote that is only a part of the evidence
REFUSALS = frozenset({"not_in_policy", "out_of_scope", "smalltalk", "error"})
SILENCES = frozenset({"not_in_policy", "unsure"})
LIST_MARK = re.compile(r"(?:^|(?<=\s))[•\-*–](?=\s)")
LIST_NUMBER = re.compile(r"(?m)(?:^\s*|(?<=[.;:]\s))\d+[.)](?=\s)")
SAME = str.maketrans({"’": "'", "“": '"', "”": '"', "\u00a0": " "})


@dataclass
class ScoreSheet:
    """The marks of each figure, and a line for each failure."""

    marks: dict[str, list[bool]] = field(default_factory=dict)
    misses: list[str] = field(default_factory=list)
    quoted: list[int] = field(default_factory=list)

    @property
    def figures(self) -> dict[str, float]:
        """Figure → the share of its marks that are true, 0.0 to 1.0."""
        return {name: round(sum(marks) / len(marks), 3) for name, marks in self.marks.items()}

    @property
    def counts(self) -> dict[str, int]:
        """Figure → the number of its marks."""
        return {name: len(marks) for name, marks in self.marks.items()}

    @property
    def median_quoted(self) -> float:
        """The median number of characters quoted in the first three citations of an answerable question."""
        return statistics.median(self.quoted or [0])

    def mark(self, figure: str, ok: bool, gold: Mapping[str, Any], why: str, *, good: bool = True) -> None:
        """Record `ok` for a figure; `good` is the value that counts as success."""
        self.marks.setdefault(figure, []).append(ok)
        if ok is not good:
            self.misses.append(f"{gold['id']:18} {figure:16} {gold['question'][:70]!r} {why[:160]}")


def score(gold: Iterable[Mapping[str, Any]], answers: Iterable[Mapping[str, Any]], policies: Mapping[str, str]) -> ScoreSheet:
    """Score each answer; a question without one counts as an error. `policies` maps a company to its policy's text."""
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
    """Normalised text: lower case, no list marks, plain white space and quotation marks, no punctuation at the end."""
    text = LIST_NUMBER.sub(" ", LIST_MARK.sub(" ", text)).translate(SAME)
    return " ".join(text.split()).lower().rstrip(".;,:")


def quotes_evidence(quote: str, evidence: Iterable[str]) -> bool:
    """Whether the quote contains an evidence passage, is a part of one, or shares most of its words consecutively."""
    quoted = folded(quote)
    if not quoted or len(quoted) > LONGEST_QUOTE:
        return False
    for passage in map(folded, evidence):
        is_part = quoted in passage and len(quoted) >= min(SHORTEST, len(passage))
        if passage in quoted or is_part or _longest_run(passage.split(), quoted.split()) >= ENOUGH * len(passage.split()):
            return True
    return False


def _longest_run(words: Sequence[str], others: Sequence[str]) -> int:
    """The length of the longest run of words that two texts share."""
    best, above = 0, [0] * (len(others) + 1)
    for word in words:
        here = [0] + [before + 1 if word == other else 0 for before, other in zip(above, others, strict=False)]
        best, above = max(best, *here), here
    return best
