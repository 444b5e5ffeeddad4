"""The targets of a correction: passages of a policy version, aspects of the bank, Rasa's intents. Pure but for two files."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from pathlib import Path

import yaml

from candor.errors import IndexUnusableError, UnknownCompanyError, UnknownVersionError
from candor.reviews.corrections import BadCorrectionError, Correction, Proposal
from knowledge.aspects import TOPICS, read_aspects
from knowledge.catalogue import PolicyCatalogue
from knowledge.passages import Passage, passages_of


@dataclass(frozen=True)
class CorrectionTarget:
    """One target: value, name."""

    value: str
    name: str


@dataclass(frozen=True)
class PassageChoice:
    """One sentence or list item to tick. `quoted`: the answer quoted it. `lead_in`: the line above a list; else empty."""

    value: str  # "start-end"
    text: str
    lead_in: str
    quoted: bool
    ticked: bool


@dataclass(frozen=True)
class SectionChoice:
    """The passages under one heading."""

    section: str
    passages: tuple[PassageChoice, ...]


def passages_in(catalogue: PolicyCatalogue, company: str, version: str) -> list[Passage]:
    """Sentences and list items in reading order, also of a version that is no longer answered from.

    Raises: UnknownCompanyError, UnknownVersionError.
    """
    found: Sequence[Passage] = catalogue.artefact(company, version).passages
    if not found:  # a version of long ago, of which an earlier Candor kept the text alone
        document = catalogue.document(company, version)
        found = catalogue.once(
            company, ("passages", version),
            lambda: passages_of(document.text, document.structure, company=company, version=version),
        )  # fmt: skip
    return [passage for passage in found if passage.kind != "list"]


def to_tick(
    passages: Sequence[Passage], quoted: Iterable[tuple[int, int]], ticked: Iterable[str], find: str = ""
) -> list[SectionChoice]:  # fmt: skip
    """The passages by section; with `find` only those that hold all its words, and those that are ticked."""
    cited, wanted, words = list(quoted), set(ticked), find.lower().split()
    sections = []
    for section, group in groupby(passages, key=lambda passage: passage.section):
        lead_in = ""
        rows = []
        for passage in group:
            value = f"{passage.start}-{passage.end}"
            held = all(word in f"{section} {passage.lead_in} {passage.text}".lower() for word in words)
            if not held and value not in wanted:
                continue
            shown = passage.lead_in if passage.lead_in != lead_in else ""
            lead_in = passage.lead_in
            was = any(start < passage.end and passage.start < end for start, end in cited)
            rows.append(PassageChoice(value, passage.text, shown, was, value in wanted))
        if rows:
            sections.append(SectionChoice(section, tuple(rows)))
    return sections


def spans_in(values: Iterable[str], passages: Sequence[Passage]) -> tuple[tuple[int, int], ...]:
    """The ticked passages as character offsets. Raises: BadCorrectionError for one that is no passage of this version."""
    known = {f"{passage.start}-{passage.end}": (passage.start, passage.end) for passage in passages}
    if any(value not in known for value in values):
        raise BadCorrectionError("The policy was read anew meanwhile. Please tick the passages again.")
    return tuple(sorted({known[value] for value in values}))


@cache
def aspect_choices() -> dict[str, list[CorrectionTarget]]:
    """Topic → its aspects, in the bank's order."""
    found: dict[str, list[CorrectionTarget]] = {topic: [] for topic in TOPICS}
    for aspect in read_aspects():
        found[aspect.topic].append(CorrectionTarget(f"aspect:{aspect.id}", aspect.label))
    return {topic: choices for topic, choices in found.items() if choices}


@cache
def intent_choices(folder: Path) -> tuple[CorrectionTarget, ...]:
    """Every intent that Rasa has examples of, by name."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    names = {
        entry["intent"]
        for path in folder.glob("*.yml")
        for entry in yaml.load(path.read_text(encoding="utf-8"), Loader=loader).get("nlu") or []  # noqa: S506  (both are safe)
        if "intent" in entry
    }
    return tuple(CorrectionTarget(f"intent:{name}", name.replace("_", " ")) for name in sorted(names))


def target_name(target: str, folder: Path) -> str:
    """The name of a target; the target itself where it no longer exists."""
    choices = [*(choice for group in aspect_choices().values() for choice in group), *intent_choices(folder)]
    return next((choice.name for choice in choices if choice.value == target), target)


def proposals_of(
    *, question: str, answer: str, version: str, spans: tuple[tuple[int, int], ...], target: str, targets: set[str]
) -> list[Proposal]:  # fmt: skip
    """The proposals of the form: a better answer, what the question stands for, or both. Raises: BadCorrectionError."""
    found = []
    if answer == "passages":
        found.append(Proposal("answer", question, version, spans))
    elif answer == "silence":
        found.append(Proposal("silence", question))
    if target:
        if target not in targets:
            raise BadCorrectionError("There is no such aspect or intent. Please choose it from the list.")
        found.append(Proposal("teach", question, target=target))
    if not found:
        raise BadCorrectionError("Say what is to change: tick passages, choose silence, or choose what people mean by this.")
    return found


def quotes_of(catalogue: PolicyCatalogue, correction: Correction) -> list[str]:
    """The text of a correction's passages; none where its version is not kept."""
    try:
        text = catalogue.artefact(correction.company, correction.proposal.version).document.text
    except (UnknownCompanyError, UnknownVersionError, IndexUnusableError):
        return []
    return [text[start:end] for start, end in correction.proposal.spans]
