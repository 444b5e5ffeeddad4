"""Accepted corrections → changes of aspects.yml and bot/data, and questions to measure with. Pure: texts in, texts out.

A question that is taught cannot measure whether something was learnt. So a question that is in both kinds of corrections is
kept apart, in `taught`, and must not be added to the measuring questions.
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
ENTITY = re.compile(r"\[([^\]]*)\](?:\([^)]*\)|\{[^}]*\})")  # [CleverBox](company) → CleverBox


class PolicyTexts(Protocol):
    """The served policies: the text of a version, and the version that answers come from."""

    def text(self, company: str, version: str) -> str | None: ...
    def current(self, company: str) -> str | None: ...


@dataclass(frozen=True)
class RefusedCorrection:
    """A correction that was not exported, and why."""

    correction: int
    reason: str


@dataclass
class TrainingExport:
    """The result of an export."""

    before: dict[str, str]  # path in the project → its text
    after: dict[str, str] = field(default_factory=dict)  # only files that change
    gold: list[dict[str, Any]] = field(default_factory=list)  # questions to measure with
    taught: list[dict[str, Any]] = field(default_factory=list)  # the same, but taught word for word as well
    exported: list[Correction] = field(default_factory=list)
    refused: list[RefusedCorrection] = field(default_factory=list)

    @property
    def patch(self) -> str:
        """All changes of files, for `git apply`."""
        lines: list[str] = []
        for path, text in self.after.items():
            old = self.before[path].splitlines(keepends=True)
            lines += unified_diff(old, text.splitlines(keepends=True), f"a/{path}", f"b/{path}")
        return "".join(lines)


def build_export(
    corrections: Iterable[Correction], files: Mapping[str, str], gold: Collection[str], learnt: Collection[str],
    texts: PolicyTexts
) -> TrainingExport:  # fmt: skip
    """The export of accepted corrections.

    `files`: the project's aspects.yml and NLU files by their path. `gold`: the existing measuring questions.
    `learnt`: the questions of the aspect bank and the examples of bot/data, as returned by `learnt_from`.
    """
    export = TrainingExport(dict(files))
    measured, known = {folded(question) for question in gold}, set(learnt)
    corrections = list(corrections)
    for correction in [one for one in corrections if one.proposal.kind == "teach"]:
        _add(export, correction, lambda one: _teach(export, one, measured, known))
    new = {folded(one.proposal.question) for one in export.exported}
    for correction in [one for one in corrections if one.proposal.kind != "teach"]:
        _add(export, correction, lambda one: _measure(export, one, measured, known, new, texts))
    return export


def _add(export: TrainingExport, correction: Correction, step: Any) -> None:
    try:
        if correction.faults:
            raise CannotInsertError(" ".join(correction.faults))
        step(correction)
    except CannotInsertError as error:
        export.refused.append(RefusedCorrection(correction.id, str(error)))
    else:
        export.exported.append(correction)


def _teach(export: TrainingExport, correction: Correction, measured: set[str], known: set[str]) -> None:
    question = correction.proposal.question
    if folded(question) in measured:
        raise CannotInsertError("this question measures how good Candor is, so it cannot be taught")
    if folded(question) in known:
        raise CannotInsertError("Candor has learnt this question already")
    kind, _, name = correction.proposal.target.partition(":")
    if kind == "aspect":
        path = BANK
        text = with_question(_text(export, path), name, question)
    else:
        path = next((path for path in export.before if path != BANK and name in intents_in(export.before[path])), "")
        if not path:
            raise CannotInsertError(f"there is no intent {name[:60]!r} in bot/data")
        text = with_example(_text(export, path), name, question)
    export.after[path] = text
    known.add(folded(question))


def _measure(
    export: TrainingExport, correction: Correction, measured: set[str], known: set[str], new: set[str], texts: PolicyTexts
) -> None:  # fmt: skip
    question = folded(correction.proposal.question)
    if question in measured:
        raise CannotInsertError("this is one of the measuring questions already")
    line = gold_line(correction, texts)
    if question in known:
        if question not in new:
            raise CannotInsertError("Candor has learnt this question already, so it can measure nothing")
        export.taught.append(line)
    else:
        export.gold.append(line)
    measured.add(question)


def gold_line(correction: Correction, texts: PolicyTexts) -> dict[str, Any]:
    """One measuring question, as evaluation/questions.py reads them. Raises: CannotInsertError."""
    proposal, company = correction.proposal, correction.company
    now = texts.current(company)
    if now is None:
        raise CannotInsertError(f"{company[:40]} is not served any more")
    line = {"id": f"correction-{correction.id}", "company": company, "question": proposal.question}
    if proposal.kind == "silence":
        return {**line, "kind": "unanswerable"}
    text, current = texts.text(company, proposal.version) or "", texts.text(company, now) or ""
    if any(not 0 <= start < end <= len(text) for start, end in proposal.spans):
        raise CannotInsertError(f"version {proposal.version[:40]} of the policy is not there any more, or another text")
    evidence = [text[start:end] for start, end in proposal.spans]
    if any(" ".join(quote.split()) not in " ".join(current.split()) for quote in evidence):
        raise CannotInsertError(f"the policy has changed: its version {now} does not say this; propose it anew")
    return {**line, "kind": "answerable", "evidence": evidence, "must_say": []}


def folded(question: str) -> str:
    """A question in lower case without punctuation, markup and extra white space: equal if two questions are the same."""
    plain = ENTITY.sub(r"\1", question).lower().replace("'", "").replace("’", "")
    return " ".join(re.findall(r"\w+", plain)) or plain.strip()


def learnt_from(questions: Iterable[str], nlu: Sequence[str]) -> set[str]:
    """Everything that Candor has learnt, folded: the bank's questions, and the examples in the texts of NLU files."""
    return {folded(each) for each in (*questions, *(example for text in nlu for example in examples_in(text)))}


def _text(export: TrainingExport, path: str) -> str:
    return export.after.get(path, export.before[path])
