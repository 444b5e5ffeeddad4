"""What policies do not say, joined with what aspects are called; and old quotes beside what the policy says now. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from errors import CandorError
from knowledge.aspects import read_aspects
from knowledge.catalogue import PolicyCatalogue
from knowledge.changes import Change, Stretch, what_changed, word_marks
from reviews.silence import Example, MarkedSilence, QuotedPassage, Silent

SPANS = {7: "7 days", 30: "30 days", 90: "90 days", 365: "12 months"}
MARK_NAMES = {"told": "Privacy team told", "to_add": "Will be added", "deliberate": "Deliberately not said"}
MOST_ROWS, MOST_QUOTES = 60, 100  # shown on a page; the CSV has them all


@dataclass(frozen=True)
class SilentRow:
    """One line of the report."""

    silent: Silent
    label: str  # "how long data is kept"; "" where no aspect was near
    examples: tuple[Example, ...]
    helpful: int
    not_helpful: int
    mark: MarkedSilence | None

    @property
    def change(self) -> int:
        """More or fewer than in the span before."""
        return self.silent.asked - self.silent.before


def rows_of(
    silent: Sequence[Silent], examples: Mapping[tuple[str, str], Sequence[Example]],
    helpful: Mapping[tuple[str, str], tuple[int, int]], marks: Mapping[tuple[str, str], MarkedSilence],
) -> list[SilentRow]:  # fmt: skip
    """In the order of `silent`."""
    labels = aspect_labels()
    found = []
    for one in silent:
        about = (one.company, one.aspect)
        yes, no = helpful.get(about, (0, 0))
        label = labels.get(one.aspect, one.aspect)
        found.append(SilentRow(one, label, tuple(examples.get(about, ())), yes, no, marks.get(about)))
    return found


@cache
def aspect_labels() -> dict[str, str]:
    """Aspect id → its label, in the bank's order; read once, because it ships with the code."""
    return {aspect.id: aspect.label for aspect in read_aspects()}


@dataclass(frozen=True)
class StaleQuote:
    """A passage that answers quoted and that the current version does not hold any more. `now`: "" where it is gone."""

    passage: QuotedPassage
    quote: str
    now: str
    version: str  # the current one
    old: tuple[Stretch, ...]
    new: tuple[Stretch, ...]


def stale_quotes(catalogue: PolicyCatalogue, company: str, quoted: Sequence[QuotedPassage]) -> list[StaleQuote]:
    """The most often quoted first, as `quoted` is. Passages of versions that are not kept any more cannot be told."""
    current = catalogue.current_version(company)
    text_now = _folded(catalogue.document(company, current).text)
    found = []
    for passage in quoted:
        quote = _quote(catalogue, passage)
        if not quote or _folded(quote) in text_now:
            continue
        changes = what_changed(catalogue, company, passage.version, current)
        now = "\n".join(dict.fromkeys(_now(changes.all if changes else (), passage)))
        old, new = word_marks(quote, now)
        found.append(StaleQuote(passage, quote, now, current, tuple(old), tuple(new)))
    return found


def older_versions(catalogue: PolicyCatalogue, company: str) -> list[str]:
    """All but the one that is answered from."""
    return catalogue.versions(company)[1:]


def _quote(catalogue: PolicyCatalogue, passage: QuotedPassage) -> str:
    try:
        text = catalogue.document(passage.company, passage.version).text
    except CandorError:
        return ""
    return text[passage.start : passage.end]


def _now(changes: Collection[Change], passage: QuotedPassage) -> list[str]:
    """What the places that the passage covered say now."""
    touched = [change for change in changes if change.old and change.old.start < passage.end and passage.start < change.old.end]
    return [change.new.text for change in touched if change.new]


def _folded(text: str) -> str:
    return " ".join(text.split())
