"""Score the same questions before and after the corrections. Pure, except for the answers that it asks for."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from evaluation.scoring import score

Ask = Callable[[str, str], dict[str, Any]]  # question, company → a reply's data
SHOWN = ("hit@1", "hit@3", "false_refusal", "hedged", "refusal", "confident_wrong")  # figures of the knowledge alone
AFTER = (
    "after: the corrected aspects.yml, embedded anew - what a question is near to, which aspects passages speak of, the words "
    "known. Not in it: Rasa's intents (bot/data), and encoder, ranker, judge and mapper trained anew."
)  # fmt: skip


@dataclass(frozen=True)
class FiguresCompared:
    """One group of questions with its figures before and after. `changes`: the questions whose result changed."""

    n: int
    before: dict[str, float]
    after: dict[str, float]
    changes: tuple[str, ...]

    def as_data(self) -> dict[str, Any]:
        return {"n": self.n, "before": self.before, "after": self.after}


def compare(questions: Sequence[Mapping[str, Any]], before: Ask, after: Ask, policies: Mapping[str, str]) -> FiguresCompared:
    """Ask both and score both. `policies`: company → its policy's text."""
    old, new = ([{"id": q["id"], **ask(q["question"], q["company"])} for q in questions] for ask in (before, after))
    figures = [
        {name: value for name, value in score(questions, answers, policies).figures.items() if name in SHOWN}
        for answers in (old, new)
    ]
    changes = [
        f"{q['id']}: {outcome(q, one, policies)} -> {outcome(q, other, policies)}"
        for q, one, other in zip(questions, old, new, strict=True)
        if outcome(q, one, policies) != outcome(q, other, policies)
    ]
    return FiguresCompared(len(questions), figures[0], figures[1], tuple(changes))


def outcome(question: Mapping[str, Any], answer: Mapping[str, Any], policies: Mapping[str, str]) -> str:
    """The outcome of one question: the reply's kind, and whether the right passage came first or among the first three."""
    if question["kind"] != "answerable":
        return str(answer["kind"])
    figures = score([question], [answer], policies).figures
    rank = "right quote first" if figures["hit@1"] else "right quote among three" if figures["hit@3"] else "not the right quote"
    return f"{answer['kind']}, {rank}"
