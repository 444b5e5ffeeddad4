"""A question that names the company → the same question about "this service". Pure.

A policy names its company in every other sentence, and each of these is near to a question that holds the name: the name pulls
the order towards them, and says nothing, because only that company's policy is searched.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from functools import lru_cache

from knowledge.companies import Company

PLACEHOLDER = "this service"  # of six, the one that brought most: docs/evaluation.md


def without_own_name(question: str, company: Company, ordinary: Collection[str]) -> str:
    """The question with the company's name, id and aliases replaced.

    A name that is one of the `ordinary` words, in lower case ("signal", "talent"), is replaced only where it is written as the
    company writes it.
    """
    for pattern in _patterns(company.name, company.id, company.aliases, frozenset(ordinary)):
        question = pattern.sub(PLACEHOLDER, question)
    return question


@lru_cache(maxsize=256)
def _patterns(name: str, id_: str, aliases: tuple[str, ...], ordinary: frozenset[str]) -> tuple[re.Pattern[str], ...]:
    """One pattern for each name, the longest first, so that "Acme Cloud" does not become "this service Cloud"."""
    written = {name, name.partition(":")[0].strip(), *aliases} | (set() if id_ in ordinary else {id_})
    names = sorted(written, key=lambda one: (-len(one), one))
    return tuple(
        re.compile(rf"(?<!\w){re.escape(each)}(?!\w)", 0 if each.lower() in ordinary else re.IGNORECASE) for each in names if each
    )
