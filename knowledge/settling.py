"""What a company's privacy officer settled about aspects of its policy: that it is silent on one, or which passage answers.

A settlement holds for the words that it was made for. Where the policy's words change, a passage that still stands there still
answers; that the policy is silent must be confirmed anew, because the new words may say it. Pure.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from knowledge.passages import Passage


@dataclass(frozen=True)
class Settlement:
    """One aspect, settled."""

    aspect: str
    fingerprint: str  # of the policy text that was read, as `fingerprint_of` makes it
    quote: str = ""  # the passage that answers, word for word; "": the policy is silent


@dataclass(frozen=True)
class SettledAspects:
    """The settlements that hold for one policy version."""

    silent: frozenset[str] = frozenset()
    passages: Mapping[str, Passage] = field(default_factory=dict)  # aspect → the passage that answers

    def __contains__(self, aspect: object) -> bool:
        return aspect in self.silent or aspect in self.passages


SettlementSource = Callable[[str], Sequence[Settlement]]  # company → all that was settled about its policy, also what lapsed


def nothing_settled(company: str) -> Sequence[Settlement]:
    """The source where nobody settles anything: measuring, training."""
    return ()


def fingerprint_of(text: str) -> str:
    """The same for texts that differ in white space alone."""
    return hashlib.sha256(" ".join(text.split()).encode()).hexdigest()


def in_force(settlements: Sequence[Settlement], text: str, passages: Sequence[Passage]) -> SettledAspects:
    """What holds for a policy version, given its text and its passages."""
    if not settlements:
        return SettledAspects()
    now = fingerprint_of(text)
    answering = {
        one.aspect: passage for one in settlements if one.quote and (passage := passage_with(one.quote, text, passages))
    }  # fmt: skip
    silent = frozenset(one.aspect for one in settlements if not one.quote and one.fingerprint == now)
    return SettledAspects(silent, answering)


def passage_with(quote: str, text: str, passages: Sequence[Passage]) -> Passage | None:
    """The passage that says the same words; None if they do not stand in the policy any more.

    Where the policy is now split differently, the passage that the words begin in is cut or extended to them.
    """
    words = quote.split()
    same = next((passage for passage in passages if passage.text.split() == words), None)
    if same is not None or not words:
        return same
    place = re.search(r"(?<!\w)" + r"\s+".join(map(re.escape, words)) + r"(?!\w)", text)
    if place is None:
        return None
    around = next((passage for passage in passages if passage.start <= place.start() < passage.end), None)
    return replace(around, start=place.start(), end=place.end(), text=place[0]) if around else None
