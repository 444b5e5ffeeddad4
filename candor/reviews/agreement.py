"""How far two reviewers agree. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations


@dataclass(frozen=True)
class Agreement:
    """Two reviewers on the turns that both judged. `kappa` is None where it is not defined: no turns, or one verdict for all."""

    n: int
    agreed: int
    kappa: float | None  # -1.0 to 1.0; 0.0: no more agreement than by chance

    @property
    def percent(self) -> float | None:
        return round(100 * self.agreed / self.n, 1) if self.n else None


def agreement(pairs: Sequence[tuple[str, str]]) -> Agreement:
    """From each turn's two verdicts. Source: Cohen (1960), A coefficient of agreement for nominal scales."""
    n, agreed = len(pairs), sum(one == other for one, other in pairs)
    ones, others = Counter(one for one, _ in pairs), Counter(other for _, other in pairs)
    by_chance = sum(ones[verdict] * others[verdict] for verdict in ones)  # times n²
    if by_chance == n * n:
        return Agreement(n, agreed, None)
    return Agreement(n, agreed, round((n * agreed - by_chance) / (n * n - by_chance), 3))


@dataclass(frozen=True)
class PairOfReviewers:
    """Two reviewers (account ids, the lower first), how far they agree, and the turns on which they disagree."""

    one: int
    other: int
    agreement: Agreement
    disagreed: tuple[int, ...]


def pairs_of(verdicts: Mapping[int, Mapping[int, str]]) -> list[PairOfReviewers]:
    """Every two reviewers who judged a turn in common. `verdicts`: reviewer → turn → verdict."""
    pairs = []
    for one, other in combinations(sorted(verdicts), 2):
        common = sorted(verdicts[one].keys() & verdicts[other].keys())
        both = [(verdicts[one][turn], verdicts[other][turn]) for turn in common]
        disagreed = tuple(turn for turn, (first, second) in zip(common, both, strict=True) if first != second)
        if common:
            pairs.append(PairOfReviewers(one, other, agreement(both), disagreed))
    return pairs
