"""What a question names and in which form it asks, and how much of that a passage says itself. Pure.

A near miss asks about something that the policy does name, but says another thing of: "how long does Turnip keep it" where one
sentence says what Turnip does, and another how long others keep things. Both are near to the question by every vector. Only the
words tell that the thing stands in the one and the period in the other.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence

import numpy as np

from knowledge.naming import things_in
from knowledge.needed import SPAN, SPAN_ASKED, needed_in_answer
from knowledge.passages import Passage
from knowledge.words import Words, stems

# How a question asks, from which follows what kind of thing its answer must hold.
FORMS = {
    "how_long": r"\bhow (?:long|soon)\b|\bhow many (?:days|months|years|weeks|hours)\b|\btill? when\b",
    "who": r"\bwho\b|\bwhich (?:person|people|company|firm|vendor)",
    "where": r"\bwhere\b|\bwhich (?:country|countries)",
    "when": r"\bwhen\b",
    "why": r"\bwhy\b|\bwhat for\b|\bpurpose\b",
    "how_much": r"\bhow much\b|\bprice\b|\bcost\b",
    "whether": r"^\W*(?:\w+ ){0,2}(?:do|does|did|is|are|am|was|were|can|could|will|would|has|have|should|may)\b",
    "how": r"\bhow (?:do|can|would|to)\b",
    "what": r"\bwhat\b|\bwhich\b",
    "how_many": r"\bhow many\b",
}
OF_QUESTION = tuple(re.compile(form, re.IGNORECASE) for form in FORMS.values())
OF_WORDS = (  # of each passage; shares and most are of the words' weights
    "said", "said_above", "elsewhere", "elsewhere_most", "said_most", "said_nearby", "rarest_said", "numbers_said", "needed_held",
    "span", "said_with_span",
)  # fmt: skip
OF_ALL = ("words", "unknown", "rarest_spread", "numbers", "needed", "span_asked", *(f"asks_{form}" for form in FORMS))
ASKED_FEATURES = (*OF_WORDS, *OF_ALL)
UNASKED = -1.0  # where nothing was asked for that a passage could hold
NEARBY = 2  # passages before and after
NUMBER = re.compile(r"\d+")
CLAUSE = re.compile(r"[;.]|, (?:and|but)")


def asked_features(question: str, passages: Sequence[Passage], rows: np.ndarray, words: Words, order: np.ndarray) -> np.ndarray:
    """How much of a question each of m passages says; float64 (m, len(ASKED_FEATURES)).

    passages: the n that are ranked, and `rows` their places in the policy, int64 (n,). words: those of the whole policy. order:
    indices of the m passages, int64 (m,).
    """
    asked = sorted(things_in(question))
    holders = {stem: frozenset(words.places_of(stem).tolist()) for stem in asked}
    # The fewer passages have a word, with their headings, the more it weighs; 1.0 if one has it, or none.
    weights = {stem: 1 - math.log(max(len(held), 1)) / math.log(max(words.count, 2)) for stem, held in holders.items()}
    total = sum(weights.values()) or 1.0
    known = [stem for stem in asked if holders[stem]]
    rarest = max(known, key=weights.__getitem__, default="")
    numbers, needed, span_asked = set(NUMBER.findall(question)), needed_in_answer(question), bool(SPAN_ASKED.search(question))
    of_all = [
        len(asked), 1 - len(known) / max(len(asked), 1), len(holders[rarest]) if rarest else UNASKED, len(numbers),
        needed is not None, span_asked, *(bool(form.search(question)) for form in OF_QUESTION),
    ]  # fmt: skip
    table = []
    for place, own in zip(order.tolist(), stems([passages[place].text for place in order]), strict=True):
        passage, row = passages[place], int(rows[place])
        said = [weights[stem] for stem in asked if stem in own]
        above = [weights[stem] for stem in known if row in holders[stem]]
        elsewhere = [weights[stem] for stem in known if row not in holders[stem]]
        near = frozenset(range(row - NEARBY, row + NEARBY + 1)) - {row}
        nearby = [weights[stem] for stem in known if stem not in own and holders[stem] & near]
        span = span_asked and bool(SPAN.search(passage.text))
        table.append([
            sum(said) / total, sum(above) / total, sum(elsewhere) / total, max(elsewhere, default=0.0), max(said, default=0.0),
            sum(nearby) / total, (rarest in own) + (row in holders[rarest]) if rarest else UNASKED,
            len(numbers.intersection(NUMBER.findall(passage.text))) if numbers else UNASKED,
            needed.held_by(passage) if needed else UNASKED, span if span_asked else UNASKED,
            _said_with_span(passage.text, weights) / total if span else 0.0, *of_all,
        ])  # fmt: skip
    return np.array(table, dtype=np.float64).reshape(len(order), len(ASKED_FEATURES))


def _said_with_span(text: str, weights: Mapping[str, float]) -> float:
    """The weight of the words that stand in one clause with a span of time: of the clause that has most."""
    clauses = stems([clause for clause in CLAUSE.split(text) if SPAN.search(clause)])
    return max((sum(weights[stem] for stem in set(clause) & set(weights)) for clause in clauses), default=0.0)
