"""What policies do not say, with the labels of aspects; and old quotes beside the current text. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from candor.errors import CandorError
from candor.reviews.unanswered import Example, QuotedPassage, QuotedPlace, RecordedDecision, UnansweredAspect
from knowledge.aspects import read_aspects
from knowledge.catalogue import PolicyCatalogue
from knowledge.changes import Change, ChangedStretch, compare_versions, word_differences

SPANS = {7: "7 days", 30: "30 days", 90: "90 days", 365: "12 months"}
MARK_NAMES = {"told": "Privacy team told", "to_add": "Will be added", "deliberate": "Deliberately not said"}
MOST_ROWS, MOST_QUOTES = 60, 100  # shown on a page; the CSV has them all


@dataclass(frozen=True)
class SilentRow:
    """One line of the report."""

    silent: UnansweredAspect
    label: str  # "how long data is kept"; "" where no aspect was near
    examples: tuple[Example, ...]
    mark: RecordedDecision | None

    @property
    def change(self) -> int:
        """How many more, or fewer, than in the date range before."""
        return self.silent.asked - self.silent.before


def rows_of(
    silent: Sequence[UnansweredAspect], examples: Mapping[tuple[str, str], Sequence[Example]],
    marks: Mapping[tuple[str, str], RecordedDecision],
) -> list[SilentRow]:  # fmt: skip
    """In the order of `silent`."""
    labels = aspect_labels()
    found = []
    for one in silent:
        about = (one.company, one.aspect)
        label = labels.get(one.aspect, one.aspect)
        found.append(SilentRow(one, label, tuple(examples.get(about, ())), marks.get(about)))
    return found


@cache
def aspect_labels() -> dict[str, str]:
    """Aspect id → its label, in the bank's order; read once, because it ships with the code."""
    return {aspect.id: aspect.label for aspect in read_aspects()}


@dataclass(frozen=True)
class StaleQuote:
    """A passage that answers quoted and that the current version no longer holds. `now`: "" where it is gone."""

    passage: QuotedPassage
    quote: str
    now: str
    version: str  # the current one
    old: tuple[ChangedStretch, ...]
    new: tuple[ChangedStretch, ...]


def stale_places(catalogue: PolicyCatalogue, company: str, quoted: Sequence[QuotedPlace]) -> list[QuotedPlace]:
    """The passages that the current version no longer holds. Passages of deleted versions cannot be compared."""
    text_now = _folded(catalogue.document(company, catalogue.current_version(company)).text)
    return [place for place in quoted if (quote := _quote(catalogue, place)) and _folded(quote) not in text_now]


def stale_quote(catalogue: PolicyCatalogue, passage: QuotedPassage) -> StaleQuote:
    """The quote beside the text of the current version."""
    current, quote = catalogue.current_version(passage.company), _quote(catalogue, passage)
    changes = compare_versions(catalogue, passage.company, passage.version, current)
    now = "\n".join(dict.fromkeys(_now(changes.all if changes else (), passage)))
    old, new = word_differences(quote, now)
    return StaleQuote(passage, quote, now, current, tuple(old), tuple(new))


def older_versions(catalogue: PolicyCatalogue, company: str) -> list[str]:
    """All versions but the current one."""
    return catalogue.versions(company)[1:]


def _quote(catalogue: PolicyCatalogue, passage: QuotedPassage | QuotedPlace) -> str:
    try:
        text = catalogue.document(passage.company, passage.version).text
    except CandorError:
        return ""
    return text[passage.start : passage.end]


def _now(changes: Collection[Change], passage: QuotedPassage) -> list[str]:
    """The current text of the places that the passage covered."""
    touched = [change for change in changes if change.old and change.old.start < passage.end and passage.start < change.old.end]
    return [change.new.text for change in touched if change.new]


def _folded(text: str) -> str:
    return " ".join(text.split())
