"""What a policy promises beside what its laws allow: the shorter rules, and whoever wrote the policy should know."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from candor.tickets.law.laws import Term, TermUnit, laws

# The fewest and the most days that a unit can be.
DAYS = {TermUnit.DAY: (1.0, 1.0), TermUnit.MONTH: (28.0, 31.0), TermUnit.BUSINESS_DAY: (1.0, 1.4)}


@dataclass(frozen=True)
class PromiseCompared:
    """A promise beside a law. `longer`: it promises more time than the law leaves, or a right that no request is."""

    said: str
    longer: bool


def compared(company: str, listed: Iterable[str], promised: Mapping[str, int]) -> Iterator[PromiseCompared]:
    """Each promise that is not simply what a law of the company says."""
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
            said = (
                f"{company}: the policy promises an answer to {request_type} in {days} days, {law.name} asks for {_words(term)}"
            )
            if days > most:
                yield PromiseCompared(f"{said}: the law rules, have the policy mended", longer=True)
            elif days < least:
                yield PromiseCompared(f"{said}: the promise rules", longer=False)
            elif least < most:
                yield PromiseCompared(f"{said}: whichever ends first rules", longer=False)


def _words(term: Term) -> str:
    unit = term.unit.value.replace("_", " ")
    return f"{term.amount} {unit}" + ("" if term.amount == 1 else "s")
