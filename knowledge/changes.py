"""Two versions of a policy → what was added, removed and changed, aspect by aspect, with both quotes. Pure.

What matters most to people comes first: who gets their data, what for, how long, and which rights they have. Then the rest.

The units of comparison are sentences, list items and the lead-ins of lists, called pieces. Pieces with the same words are
unchanged, wherever they stand. Two of the remaining pieces that are similar count as one changed piece.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal
from zlib import crc32

import numpy as np

from knowledge.artefact import PolicyArtefact
from knowledge.aspect_map import SHOWN_FROM, AspectMap, NamedAspect
from knowledge.catalogue import PolicyCatalogue
from knowledge.companies import Company
from knowledge.weighing import WEIGHTS, Weight, weight_of_words

ChangeKind = Literal["added", "removed", "changed"]
SAME_WORDS = 0.6  # share of words in common, in order, from which two pieces count as one changed piece
SOME_WORDS, SAME_MEANING = 0.3, 0.8  # or fewer words in common if the cosine of their vectors is this high
WITHIN = 0.8  # or, under the same heading, this share of the shorter piece's words: something was inserted or left out
CANDIDATES = 8  # old pieces that a new piece is compared with word by word
BUCKETS = 2048  # hash buckets of words, to find these candidates
WORD = re.compile(r"\s+|\w+|[^\w\s]")


@dataclass(frozen=True)
class VersionPiece:
    """One piece of one version; `text` is the version's stored text[start:end]."""

    version: str
    section: str
    start: int
    end: int
    text: str
    aspects: tuple[tuple[float, str], ...] = ()  # (probability, aspect id), highest first

    @property
    def words(self) -> str:
        """The text that is compared: line breaks and double spaces do not matter."""
        return " ".join(self.text.split())


@dataclass(frozen=True)
class Change:
    """One difference. `old` is None if the piece was added, `new` if it was removed."""

    kind: ChangeKind
    old: VersionPiece | None
    new: VersionPiece | None

    @property
    def newest(self) -> VersionPiece:
        """The new piece, or the old one if it was removed."""
        piece = self.new or self.old
        assert piece is not None  # noqa: S101  (one of them is always there)
        return piece


@dataclass(frozen=True)
class ChangedAspect:
    """The differences under one aspect or, without an aspect, under one section's heading."""

    aspect: NamedAspect | None
    section: str
    changes: tuple[Change, ...]

    @property
    def title(self) -> str:
        return self.aspect.label if self.aspect else self.section or "Without a heading"

    @property
    def weight(self) -> Weight | None:
        """What matters most among its changes; None if nothing stands out."""
        topic = self.aspect.topic if self.aspect else ""
        weights = [weight for change in self.changes if (weight := weight_of(change, topic))]
        return min(weights, key=WEIGHTS.index, default=None)


@dataclass(frozen=True)
class PolicyChanges:
    """The differences between two versions."""

    company: Company
    policy: str
    old: str
    new: str
    aspects: tuple[ChangedAspect, ...]  # what matters most first, then in the bank's order
    other: tuple[ChangedAspect, ...]  # sections that no aspect covers; what matters most first, then in reading order
    unchanged: tuple[NamedAspect, ...]  # aspects that both versions address in the same words

    @property
    def first(self) -> tuple[ChangedAspect, ...]:
        """The groups in which something matters to people, what matters most first."""
        return tuple(group for group in self.groups if group.weight)

    @property
    def groups(self) -> tuple[ChangedAspect, ...]:
        """All groups: those in which something matters first, then the other aspects, then the other sections."""
        return tuple(sorted((*self.aspects, *self.other), key=_rank))

    @property
    def all(self) -> tuple[Change, ...]:
        return tuple(change for group in (*self.aspects, *self.other) for change in group.changes)

    def count(self, kind: ChangeKind) -> int:
        return sum(change.kind == kind for change in self.all)


def compare_versions(
    catalogue: PolicyCatalogue, company: str, old: str | None = None, new: str | None = None
) -> PolicyChanges | None:
    """The differences between two versions of a company's policy; None if there is no earlier version.

    The default is the current version and the one before it; if only `new` is given, `new` and the one before it.
    Raises: UnknownCompanyError, UnknownVersionError.
    """
    versions = catalogue.versions(company)
    new = new or versions[0]
    if old is None:
        before = versions[versions.index(new) + 1 :] if new in versions else []
        if new in versions and not before:
            return None
        old = before[0] if before else new
    first, second = catalogue.artefact(company, old), catalogue.artefact(company, new)
    return catalogue.once(company, ("changes", old, new), lambda: compared(catalogue.company(company), first, second))


def compared(company: Company, old: PolicyArtefact, new: PolicyArtefact) -> PolicyChanges:
    """The differences between two versions, released or not."""
    changes = differences(pieces_of(old), pieces_of(new))
    aspects, other = grouped(changes, new.aspects)
    touched = {group.aspect.id for group in aspects if group.aspect}
    maps = [old.aspect_map, new.aspect_map]
    same = [
        a
        for a in new.aspects
        if a.id not in touched and all(aspect_map and aspect_map.of(a.id, SHOWN_FROM) for aspect_map in maps)
    ]
    return PolicyChanges(company, new.document.policy, old.version, new.version, aspects, other, tuple(same))


@dataclass(frozen=True)
class _Compared:
    """A piece with the unit vector of its text, float32 (dim,); None for a lead-in, which is no passage."""

    piece: VersionPiece
    vector: np.ndarray | None


def pieces_of(artefact: PolicyArtefact) -> list[_Compared]:
    """A version's pieces in reading order, each with the aspects that it addresses."""
    text, version, passages = artefact.document.text, artefact.version, artefact.passages
    aspects_of_passage = _aspects_by_passage(artefact.aspect_map, len(passages))
    whole_lists = [(passage, aspects_of_passage[index]) for index, passage in enumerate(passages) if passage.kind == "list"]
    pieces: list[_Compared] = []
    lead_in_at = -1
    for index, passage in enumerate(passages):
        if passage.kind == "list":
            continue
        around = [aspects for whole, aspects in whole_lists if whole.start <= passage.start and passage.end <= whole.end]
        aspects = tuple(sorted(aspects_of_passage[index] or [entry for many in around for entry in many], reverse=True))
        at = text.rfind(passage.lead_in, 0, passage.start) if passage.lead_in else -1
        if at >= 0 and at != lead_in_at:
            lead_in_at = at
            of_list = tuple(sorted((entry for many in around for entry in many), reverse=True))
            lead_in = VersionPiece(version, passage.section, at, at + len(passage.lead_in), passage.lead_in, of_list or aspects)
            pieces.append(_Compared(lead_in, None))
        pieces.append(
            _Compared(
                VersionPiece(version, passage.section, passage.start, passage.end, passage.text, aspects),
                artefact.readings[index, 2],
            )
        )
    return pieces


def _aspects_by_passage(aspect_map: AspectMap | None, passages: int) -> list[list[tuple[float, str]]]:
    """For each passage the aspects that it addresses, as (probability, aspect id)."""
    aspects_of_passage: list[list[tuple[float, str]]] = [[] for _ in range(passages)]
    for aspect in aspect_map.mentions if aspect_map else ():
        for mention in aspect_map.of(aspect) if aspect_map else ():
            aspects_of_passage[mention.passage].append((mention.probability, aspect))
    return aspects_of_passage


def weight_of(change: Change, topic: str = "") -> Weight | None:
    """What a change means to people; None if it does not stand out. `topic`: of the aspect that it belongs to, if any."""
    old, new = change.old, change.new
    section = change.newest.section
    return weight_of_words(old.text if old else "", new.text if new else "", topic=topic, section=section)


def differences(old: Sequence[_Compared], new: Sequence[_Compared]) -> list[Change]:
    """The differences in the reading order of the new version; removed pieces come last."""
    old_left, new_left = _without_equal(old, new), _without_equal(new, old)
    near = sorted(
        (
            (likeness, -before, -after)
            for before, after in _candidates(old_left, new_left)
            if (likeness := likeness_of(old_left[before], new_left[after])) > 0
        ),
        reverse=True,
    )
    partner: dict[int, int] = {}
    taken: set[int] = set()
    for _, before, after in near:
        if -after not in partner and -before not in taken:
            partner[-after] = -before
            taken.add(-before)
    changes = [
        Change("changed", old_left[partner[index]].piece, piece.piece) if index in partner else Change("added", None, piece.piece)
        for index, piece in enumerate(new_left)
    ]
    return changes + [Change("removed", piece.piece, None) for index, piece in enumerate(old_left) if index not in taken]


def _without_equal(pieces: Sequence[_Compared], others: Sequence[_Compared]) -> list[_Compared]:
    """The pieces without an equal among the others; a sentence that occurs twice needs two equals."""
    left = Counter(other.piece.words for other in others)
    kept = []
    for piece in pieces:
        if left[piece.piece.words]:
            left[piece.piece.words] -= 1
        else:
            kept.append(piece)
    return kept


def _candidates(old: Sequence[_Compared], new: Sequence[_Compared]) -> list[tuple[int, int]]:
    """(old index, new index) of each new piece with the old pieces that share most words with it.

    Comparing all pairs word by word would take minutes if a long policy was rewritten.
    """
    if not old or not new:
        return []
    shared = _bags(new) @ _bags(old).T
    best = np.argsort(-shared, axis=1, kind="stable")[:, :CANDIDATES]
    return [(int(before), after) for after, row in enumerate(best) for before in row if shared[after, before] > 0]


def _bags(pieces: Sequence[_Compared]) -> np.ndarray:
    """A unit vector of hashed words for each piece; float32 (pieces, BUCKETS)."""
    bags = np.zeros((len(pieces), BUCKETS), dtype=np.float32)
    for row, compared in enumerate(pieces):
        bags[row, [crc32(word.encode()) % BUCKETS for word in compared.piece.words.lower().split()]] = 1.0
    unit: np.ndarray = bags / np.maximum(np.linalg.norm(bags, axis=1, keepdims=True), 1.0)
    return unit


def likeness_of(one: _Compared, other: _Compared) -> float:
    """How similar two pieces are: shared words plus cosine; 0.0 if they do not count as one changed piece."""
    a, b = one.piece.words.lower().split(), other.piece.words.lower().split()
    matcher = SequenceMatcher(None, a, b, autojunk=False)
    shared = matcher.ratio()
    within = shared * (len(a) + len(b)) / 2 / max(1, min(len(a), len(b)))
    meant = float(one.vector @ other.vector) if one.vector is not None and other.vector is not None else 0.0
    extended = within >= WITHIN and one.piece.section == other.piece.section
    if shared >= SAME_WORDS or extended or (shared >= SOME_WORDS and meant >= SAME_MEANING):
        return shared + meant
    return 0.0


def grouped(
    changes: Sequence[Change], aspects: Sequence[NamedAspect]
) -> tuple[tuple[ChangedAspect, ...], tuple[ChangedAspect, ...]]:
    """The changes grouped by their most probable aspect; those without an aspect grouped by section."""
    by_aspect: dict[str, list[Change]] = defaultdict(list)
    by_section: dict[str, list[Change]] = defaultdict(list)
    for change in changes:
        aspects_of_change = (change.new.aspects if change.new else ()) or (change.old.aspects if change.old else ())
        if aspects_of_change:
            by_aspect[aspects_of_change[0][1]].append(change)
        else:
            by_section[change.newest.section].append(change)
    named = [ChangedAspect(aspect, "", tuple(by_aspect[aspect.id])) for aspect in aspects if aspect.id in by_aspect]
    sections = [ChangedAspect(None, section, tuple(group)) for section, group in by_section.items()]
    return tuple(sorted(named, key=_rank)), tuple(sorted(sections, key=_rank))


def _rank(group: ChangedAspect) -> int:
    return WEIGHTS.index(group.weight) if group.weight else len(WEIGHTS)


@dataclass(frozen=True)
class ChangedStretch:
    """A run of words of a quote; `only_here` if the other version lacks it."""

    text: str
    only_here: bool


def word_differences(old: str, new: str) -> tuple[list[ChangedStretch], list[ChangedStretch]]:
    """Both texts split into runs of words that they share and runs that only one of them has. Each list joins to its text."""
    a, b = WORD.findall(old), WORD.findall(new)
    before: list[ChangedStretch] = []
    after: list[ChangedStretch] = []
    for kind, a_from, a_to, b_from, b_to in SequenceMatcher(None, a, b, autojunk=False).get_opcodes():
        if a_to > a_from:
            before.append(ChangedStretch("".join(a[a_from:a_to]), kind != "equal"))
        if b_to > b_from:
            after.append(ChangedStretch("".join(b[b_from:b_to]), kind != "equal"))
    return before, after
