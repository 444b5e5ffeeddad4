"""Accepted corrections → what is to change in aspects.yml and bot/data, and questions to measure with. Pure: texts in, texts out.

A question that is taught cannot measure whether something was learnt: so a question that stands in both kinds of correction
is kept apart, in `taught`, and belongs beside none of the measuring questions.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import unified_diff
from typing import Any, Protocol

from candor.reviews.corrections import Correction
from candor.reviews.export.patch import CannotInsertError, examples_in, intents_in, with_example, with_question

BANK = "knowledge/aspects.yml"
MARK = re.compile(r"\[([^\]]*)\](?:\([^)]*\)|\{[^}]*\})")  # [CleverBox](company) → CleverBox


class PolicyTexts(Protocol):
    """Policies as they stand: the text of a version, and which one is answered from."""

    def text(self, company: str, version: str) -> str | None: ...
    def current(self, company: str) -> str | None: ...


@dataclass(frozen=True)
class RefusedCorrection:
    """A correction that was not exported, and why."""

    correction: int
    reason: str


@dataclass
class TrainingExport:
    """What came of the corrections."""

    before: dict[str, str]  # path in the project → its text
    after: dict[str, str] = field(default_factory=dict)  # only of files that change
    gold: list[dict[str, Any]] = field(default_factory=list)  # to measure with
    taught: list[dict[str, Any]] = field(default_factory=list)  # taught word for word as well
    taken: list[Correction] = field(default_factory=list)
    refused: list[RefusedCorrection] = field(default_factory=list)

    @property
    def patch(self) -> str:
        """All changes of files, as `git apply` takes them."""
        parts: list[str] = []
        for path, text in self.after.items():
            old = self.before[path].splitlines(keepends=True)
            parts += unified_diff(old, text.splitlines(keepends=True), f"a/{path}", f"b/{path}")
        return "".join(parts)


def lessons_of(
    corrections: Iterable[Correction], files: Mapping[str, str], asked: Collection[str], learnt: Collection[str],
    texts: PolicyTexts
) -> TrainingExport:  # fmt: skip
    """What the accepted corrections come to.

    `files`: the project's aspects.yml and NLU files by their path. `asked`: the measuring questions that there are.
    `learnt`: the questions of the aspect bank and the examples of bot/data, as `folded` makes them.
    """
    found = TrainingExport(dict(files))
    measured, known = {folded(question) for question in asked}, set(learnt)
    corrections = list(corrections)
    for correction in [one for one in corrections if one.proposal.kind == "teach"]:
        _take(found, correction, lambda one: _teach(found, one, measured, known))
    new = {folded(one.proposal.question) for one in found.taken}
    for correction in [one for one in corrections if one.proposal.kind != "teach"]:
        _take(found, correction, lambda one: _measure(found, one, measured, known, new, texts))
    return found


def _take(found: TrainingExport, correction: Correction, step: Any) -> None:
    try:
        if correction.faults:
            raise CannotInsertError(" ".join(correction.faults))
        step(correction)
    except CannotInsertError as error:
        found.refused.append(RefusedCorrection(correction.id, str(error)))
    else:
        found.taken.append(correction)


def _teach(found: TrainingExport, correction: Correction, measured: set[str], known: set[str]) -> None:
    question = correction.proposal.question
    if folded(question) in measured:
        raise CannotInsertError("this question measures how good Candor is, so it cannot be taught")
    if folded(question) in known:
        raise CannotInsertError("Candor has learnt this question already")
    kind, _, name = correction.proposal.target.partition(":")
    if kind == "aspect":
        path = BANK
        text = with_question(_text(found, path), name, question)
    else:
        path = next((path for path in found.before if path != BANK and name in intents_in(found.before[path])), "")
        if not path:
            raise CannotInsertError(f"there is no intent {name[:60]!r} in bot/data")
        text = with_example(_text(found, path), name, question)
    found.after[path] = text
    known.add(folded(question))


def _measure(
    found: TrainingExport, correction: Correction, measured: set[str], known: set[str], new: set[str], texts: PolicyTexts
) -> None:  # fmt: skip
    question = folded(correction.proposal.question)
    if question in measured:
        raise CannotInsertError("this is one of the measuring questions already")
    line = gold_line(correction, texts)
    if question in known:
        if question not in new:
            raise CannotInsertError("Candor has learnt this question already, so it can measure nothing")
        found.taught.append(line)
    else:
        found.gold.append(line)
    measured.add(question)


def gold_line(correction: Correction, texts: PolicyTexts) -> dict[str, Any]:
    """One measuring question, as evaluation/questions.py reads them. Raises: CannotInsertError."""
    wanted, company = correction.proposal, correction.company
    now = texts.current(company)
    if now is None:
        raise CannotInsertError(f"{company[:40]} is not served any more")
    line = {"id": f"correction-{correction.id}", "company": company, "question": wanted.question}
    if wanted.kind == "silence":
        return {**line, "kind": "unanswerable"}
    text, current = texts.text(company, wanted.version) or "", texts.text(company, now) or ""
    if any(not 0 <= start < end <= len(text) for start, end in wanted.spans):
        raise CannotInsertError(f"version {wanted.version[:40]} of the policy is not there any more, or another text")
    evidence = [text[start:end] for start, end in wanted.spans]
    if any(" ".join(quote.split()) not in " ".join(current.split()) for quote in evidence):
        raise CannotInsertError(f"the policy has changed: its version {now} does not say this; propose it anew")
    return {**line, "kind": "answerable", "evidence": evidence, "must_say": []}


def folded(question: str) -> str:
    """In lower case, without punctuation and marks, white space folded: what makes two questions the same."""
    plain = MARK.sub(r"\1", question).lower().replace("'", "").replace("’", "")
    return " ".join(re.findall(r"\w+", plain)) or plain.strip()


def learnt_from(questions: Iterable[str], nlu: Sequence[str]) -> set[str]:
    """What Candor has learnt, folded: the bank's questions, and the examples in the texts of NLU files."""
    return {folded(each) for each in (*questions, *(example for text in nlu for example in examples_in(text)))}


def _text(found: TrainingExport, path: str) -> str:
    return found.after.get(path, found.before[path])
