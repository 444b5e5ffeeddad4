"""The same questions before and after: do the corrections help? Pure but for the answers that it asks for."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from evaluation.scoring import score

Ask = Callable[[str, str], dict[str, Any]]  # question, company → a reply's data
SHOWN = ("hit@1", "hit@3", "false_refusal", "hedged", "refusal", "confident_wrong")  # of the knowledge alone
AFTER = (
    "after: the corrected aspects.yml, embedded anew - what a question is near to, which aspects passages speak of, the words "
    "known. Not in it: Rasa's intents (bot/data), and encoder, ranker, judge and mapper trained anew."
)  # fmt: skip


@dataclass(frozen=True)
class FiguresCompared:
    """One group of questions, with its figures before and after; `moved`: what changed for single questions."""

    n: int
    before: dict[str, float]
    after: dict[str, float]
    moved: tuple[str, ...]

    def as_data(self) -> dict[str, Any]:
        return {"n": self.n, "before": self.before, "after": self.after}


def compare(questions: Sequence[Mapping[str, Any]], before: Ask, after: Ask, policies: Mapping[str, str]) -> FiguresCompared:
    """Ask both, mark both. `policies` maps a company to its policy's text."""
    old, new = ([{"id": q["id"], **ask(q["question"], q["company"])} for q in questions] for ask in (before, after))
    figures = [
        {name: value for name, value in score(questions, answers, policies).figures.items() if name in SHOWN}
        for answers in (old, new)
    ]
    moved = [
        f"{q['id']}: {told(q, one, policies)} -> {told(q, other, policies)}"
        for q, one, other in zip(questions, old, new, strict=True)
        if told(q, one, policies) != told(q, other, policies)
    ]
    return FiguresCompared(len(questions), figures[0], figures[1], tuple(moved))


def told(question: Mapping[str, Any], answer: Mapping[str, Any], policies: Mapping[str, str]) -> str:
    """What came of one question: the reply's kind, and whether the right passage stood first or among the first three."""
    if question["kind"] != "answerable":
        return str(answer["kind"])
    marks = score([question], [answer], policies).figures
    place = "right quote first" if marks["hit@1"] else "right quote among three" if marks["hit@3"] else "not the right quote"
    return f"{answer['kind']}, {place}"
