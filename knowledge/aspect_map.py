"""Which passages of a policy version speak of which aspects of the bank, as its artefact stores it. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from knowledge.aspects import Aspect
from knowledge.passages import Passage

SHOWN = 3  # passages shown for an aspect
SHOWN_FROM = 0.9  # lowest probability at which the policy is said to speak of an aspect; measured in docs/evaluation.md
SPEAKS_FROM = 0.5  # lowest probability at which a passage counts as more likely about an aspect than not: to group, to confirm
NEAR_FROM = 0.3  # lowest probability that is kept: from here on it is not said that nothing was found


@dataclass(frozen=True)
class Mention:
    """A passage that speaks of an aspect."""

    passage: int  # index among the passages of its policy version, in reading order
    probability: float  # that it speaks of the aspect, 0 to 1


@dataclass(frozen=True)
class AspectMap:
    """One policy version: aspect id → the passages that speak of it, or may, best first. Of others it was not found to speak."""

    company: str
    version: str
    mentions: Mapping[str, tuple[Mention, ...]]

    def of(self, aspect: str, floor: float = SPEAKS_FROM) -> tuple[Mention, ...]:
        """The passages that speak of an aspect with at least this probability, best first."""
        return tuple(mention for mention in self.mentions.get(aspect, ()) if mention.probability >= floor)

    def spoken_of(self, floor: float = SPEAKS_FROM) -> frozenset[str]:
        """The ids of the aspects of which at least one passage speaks with at least this probability."""
        return frozenset(aspect for aspect in self.mentions if self.of(aspect, floor))


@dataclass(frozen=True)
class NamedAspect:
    """What a reader sees of an aspect; stored with the map, so that an artefact does not depend on the bank."""

    id: str
    label: str
    topic: str


def named(aspects: Sequence[Aspect]) -> tuple[NamedAspect, ...]:
    """The bank's aspects as the maps store them, in the bank's order."""
    return tuple(NamedAspect(aspect.id, aspect.label, aspect.topic) for aspect in aspects)


def passages_to_show(mentions: Sequence[Mention], passages: Sequence[Passage]) -> list[Passage]:
    """The few passages to show for an aspect, best first, none overlapping; `passages` are those of the policy version.

    If two items of a list speak of the aspect, and the list as a whole does too, the list is shown instead of them.
    """
    order = [passages[mention.passage] for mention in mentions]
    for whole in [passage for passage in order if passage.kind == "list"]:
        items = [passage for passage in order if passage is not whole and _overlap(passage, whole)]
        if len(items) >= 2:
            order.remove(whole)
            order.insert(order.index(items[0]), whole)
    kept: list[Passage] = []
    for passage in order:
        if len(kept) < SHOWN and not any(_overlap(passage, other) for other in kept):
            kept.append(passage)
    return kept


def _overlap(one: Passage, other: Passage) -> bool:
    return one.start < other.end and other.start < one.end
