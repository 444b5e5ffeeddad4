"""Compare the deadlines that a policy promises with those of its laws: the shorter one applies, and its author should know."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from candor.tickets.law.laws import TermUnit, laws

# The fewest and the most calendar days that one unit can last.
DAYS = {TermUnit.DAY: (1.0, 1.0), TermUnit.MONTH: (28.0, 31.0), TermUnit.BUSINESS_DAY: (1.0, 1.4)}


@dataclass(frozen=True)
class PromiseCompared:
    """The comparison of a promise with a law. longer: the promise exceeds the law's term, or names no known request type."""

    text: str
    longer: bool


def compared(company: str, listed: Iterable[str], promised: Mapping[str, int]) -> Iterator[PromiseCompared]:
    """One comparison for each promise that differs from a law of the company."""
    table = laws()
    known = [table[law] for law in listed if law in table] or list(table.values())
    for request_type, days in promised.items():
        if request_type not in known[0].rules:
            place = f"{company}/company.toml: promised_days names {request_type!r}, which is no type of request"
            yield PromiseCompared(f"{place}: use one of {', '.join(known[0].rules)}", longer=True)
            continue
        for law in known:
            term = law.rules[request_type].response
            least, most = (term.amount * each for each in DAYS[term.unit])
            text = f"{company}: the policy promises an answer to {request_type} in {days} days, {law.name} asks for {term.words}"
            if days > most:
                yield PromiseCompared(f"{text}: the law rules, have the policy mended", longer=True)
            elif days < least:
                yield PromiseCompared(f"{text}: the promise rules", longer=False)
            elif least < most:
                yield PromiseCompared(f"{text}: whichever ends first rules", longer=False)
