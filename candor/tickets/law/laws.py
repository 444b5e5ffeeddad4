"""The rule table: what each law asks for each type of request. `laws.yml` is its one source; this file checks and reads it.

A row tells the term of the response and what may change it. Three values say how far a row can be trusted:
`known` is false where the law has no such right (the request is opened all the same), `borrowed` is true where the law
states no number of days and the nearest term stands in, and `confirmed` is false where the text was not confirmed.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

import yaml
from pydantic import ConfigDict, Field, TypeAdapter, ValidationError
from pydantic.dataclasses import dataclass

from candor.errors import InvalidInputError
from candor.tickets.request_types import REQUEST_TYPES, RequestTypeName

TABLE = Path(__file__).with_name("laws.yml")
NonEmptyText = Annotated[str, Field(min_length=1)]
LONGEST = 3660  # ten years of days: more is a typing error
Amount = Annotated[int, Field(gt=0, le=LONGEST)]
NO_OTHERS = ConfigDict(extra="forbid")  # a misspelt column must not silently fall back to its default


class TermUnit(StrEnum):
    """What a term is counted in."""

    MONTH = "month"  # calendar months: to the same date number, or the month's last day
    DAY = "day"  # calendar days
    BUSINESS_DAY = "business_day"  # Monday to Friday without public holidays


class Roll(StrEnum):
    """What happens if the last day is a Saturday, a Sunday or a public holiday."""

    NONE = "none"  # it stays: the earlier date, also where a general statute on time might allow more
    NEXT_WORKING_DAY = "next_working_day"  # Regulation (EEC, Euratom) No 1182/71, Art. 3(4)


class Trigger(StrEnum):
    """What starts the term. Where a row names two, the latest of them counts (UK GDPR Art. 12A)."""

    RECEIPT = "receipt"
    IDENTITY = "identity"  # only if it was asked for while the term ran
    CLARIFICATION = "clarification"  # only if it was asked for while the term ran


class Pause(StrEnum):
    """Waiting for this does not count towards the term."""

    IDENTITY = "identity"
    CLARIFICATION = "clarification"


@dataclass(frozen=True, config=NO_OTHERS)
class Term:
    """So many months, days or business days."""

    amount: Amount
    unit: TermUnit


@dataclass(frozen=True, config=NO_OTHERS)
class StatedTerm(Term):
    """A term with the article that states it."""

    article: NonEmptyText


@dataclass(frozen=True, config=NO_OTHERS)
class Extension(StatedTerm):
    """More time, added to the response's term; both are counted together from the same start. Once, with notice and reasons."""

    notice: Term  # the person must be told within this, counted as the response is
    once: Literal[True] = True  # no law of the table allows it twice


@dataclass(frozen=True, config=NO_OTHERS)
class LawRule:
    """One row: one law, one type of request."""

    law: str
    law_name: str
    request_type: RequestTypeName
    known: bool  # false: this law has no such right
    response: StatedTerm
    source: NonEmptyText  # the statute's name
    confirmed: bool
    right: str = ""  # the article that gives the right; empty where the law has none
    treated_as: RequestTypeName | None = None  # the type whose term is taken where `known` is false
    borrowed: bool = False  # true: the law states no term for this type
    prompt: bool = False  # true: "without undue delay"; the term is only the outer limit
    verify: bool = True  # false: the person must not be asked to prove who they are
    trigger: tuple[Trigger, ...] = (Trigger.RECEIPT,)
    pause: tuple[Pause, ...] = ()
    roll: Roll = Roll.NONE
    acknowledgement: StatedTerm | None = None
    extension: Extension | None = None
    appeal: StatedTerm | None = None  # how soon the company decides about an appeal against its refusal
    note: str = ""  # for staff and maintainers: what the term rests on, and which reading was taken


@dataclass(frozen=True, config=NO_OTHERS)
class Law:
    """A law: where it holds, and where its days are counted.

    `territories` and `holidays` are ISO 3166 codes (DE, US-CA; EU where the member state is not told). With several
    calendars in `holidays` a day is a holiday only if each has it: the fewer days off, the earlier the date.
    """

    id: str
    name: NonEmptyText
    source: NonEmptyText
    territories: tuple[NonEmptyText, ...]
    zone: NonEmptyText
    rules: dict[RequestTypeName, LawRule]
    holidays: tuple[str, ...] = ()  # empty: those of the country concerned, see calendar_of
    own_law: tuple[str, ...] = ()  # parts of a territory with a statute of their own that the table lacks


class ChoiceReason(StrEnum):
    """Why these laws were chosen."""

    RESIDENCE = "residence"  # the company lists the law of where the person lives
    NOT_LISTED = "not_listed"  # the law of where the person lives rules, though the company does not list it
    REGION_HAS_OWN_LAW = "region_has_own_law"  # the country's law stands in for the region's, which the table lacks
    RESIDENCE_UNKNOWN = "residence_unknown"  # not told, or only the country of a law that holds in a part of it
    NO_RULE_FOR_RESIDENCE = "no_rule_for_residence"  # the table has no law for where the person lives
    NO_LAW_LISTED = "no_law_listed"  # nothing is known of person or company: all of the table


@dataclass(frozen=True)
class Applicable:
    """The laws that may rule. With more than one the strictest does: the one whose due date comes first."""

    laws: tuple[str, ...]
    reason: ChoiceReason
    unknown: tuple[str, ...] = ()  # ids in company.toml that the table does not have


def read_laws(path: Path = TABLE) -> dict[str, Law]:
    """Read and check the table: each law has a row for each of the nine request types.

    Raises: InvalidInputError naming the file, the row, the column, what is wrong and the cure.
    """
    try:
        document = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise InvalidInputError(f"{path.name} cannot be read as YAML ({error}): restore the file") from error
    entries = document.get("laws") if isinstance(document, dict) else None
    if not isinstance(entries, dict) or not entries:
        raise InvalidInputError(f"{path.name}: no laws: put them under `laws:`, one entry each")
    return {str(key): _law(path.name, str(key), entry) for key, entry in entries.items()}


def _law(file: str, key: str, entry: Any) -> Law:
    rows = entry.get("rules") if isinstance(entry, dict) else None
    if not isinstance(rows, dict) or not all(isinstance(row, dict) for row in rows.values()):
        raise InvalidInputError(f"{file}: {key}: rules must hold one row for each request type")
    shared = {"law": key, "law_name": entry.get("name"), "source": entry.get("source")}
    rules = {kind: {**shared, **row, "request_type": kind} for kind, row in rows.items()}
    try:
        law = TypeAdapter(Law).validate_python({**entry, "id": key, "rules": rules})
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = " ".join(str(part) for part in first["loc"] if part != "[key]")
        raise InvalidInputError(f"{file}: {key}: {place}: {first['msg']}: mend this entry") from None
    missing = [kind for kind in REQUEST_TYPES if kind not in law.rules]
    if missing:
        raise InvalidInputError(
            f"{file}: {key}: no row for {', '.join(missing)}: add one, with known: false if there is no right"
        )
    try:
        zone_of(law.zone)
    except InvalidInputError as error:
        raise InvalidInputError(f"{file}: {key}: {error}") from None
    for kind, rule in law.rules.items():
        wrong = _contradiction(rule)
        if wrong:
            raise InvalidInputError(f"{file}: {key}: {kind}: {wrong}")
    return law


def _contradiction(rule: LawRule) -> str:
    """What no single column shows; empty if the row holds together."""
    if rule.known != bool(rule.right):
        return "right names the article of the right, exactly where known is true"
    if not rule.known and not rule.borrowed:
        return "a law that does not know the right states no term for it: set borrowed: true"
    if rule.treated_as and rule.known:
        return "treated_as is for a right that the law does not know: remove it or set known: false"
    if Trigger.RECEIPT not in rule.trigger:
        return "trigger must name receipt: nothing counts from before a request was received"
    return ""


@cache
def laws() -> dict[str, Law]:
    """The table that comes with Candor, read once."""
    return read_laws()


def rule_for(law: str, request_type: str) -> LawRule:
    """One row. Raises: InvalidInputError for a law or a type that the table does not have."""
    try:
        return laws()[law].rules[request_type]  # type: ignore[index]
    except KeyError:
        raise InvalidInputError(f"no row for {law[:40]!r} and {request_type[:40]!r}; laws: {', '.join(laws())}") from None


def applicable(laws_of_company: Iterable[str], residence: str | None) -> Applicable:
    """Which laws may rule for a person who lives in `residence`.

    `residence` is an ISO 3166 code (DE, GB-SCT, US-CA; EU for a member state not told), or None if it was not told.
    The law follows the person: where the table has the law of the residence, that one rules, listed by the company or
    not. Otherwise all that the company lists may rule, and the strictest of them does.
    """
    table = laws()
    asked = tuple(dict.fromkeys(laws_of_company))
    listed = tuple(law for law in asked if law in table)
    unknown = tuple(law for law in asked if law not in table)
    fallback = listed or tuple(table)
    if residence is None:
        return Applicable(fallback, ChoiceReason.RESIDENCE_UNKNOWN if listed else ChoiceReason.NO_LAW_LISTED, unknown)
    there = tuple(law.id for law in table.values() if any(_within(residence, place) for place in law.territories))
    if there:
        if any(_within(residence, part) for law in there for part in table[law].own_law):
            return Applicable(there, ChoiceReason.REGION_HAS_OWN_LAW, unknown)
        return Applicable(there, ChoiceReason.RESIDENCE if set(there) <= set(listed) else ChoiceReason.NOT_LISTED, unknown)
    parts = tuple(law for law in listed if any(_within(place, residence) for place in table[law].territories))
    if parts:  # "the United States": the state decides, and it was not told
        return Applicable(parts, ChoiceReason.RESIDENCE_UNKNOWN, unknown)
    return Applicable(fallback, ChoiceReason.NO_RULE_FOR_RESIDENCE if listed else ChoiceReason.NO_LAW_LISTED, unknown)


def within_laws(place: str, laws_of_company: Iterable[str]) -> bool:
    """Whether one of these laws is the law of a place; ids that the table does not have are nobody's law."""
    table = laws()
    return any(_within(place, territory) for law in laws_of_company if law in table for territory in table[law].territories)


def calendar_of(law: Law, company_country: str | None, residence: str | None) -> tuple[str, ...]:
    """Whose public holidays count, as ISO 3166 codes; empty if nobody knows, then only weekends are days off.

    Regulation 1182/71 Art. 2(1) means the Member State in which something is to be done: the company's, if it lies in
    one; else, as the next best, the person's.
    """
    if law.holidays:
        return law.holidays
    for code in (company_country, residence):
        country = (code or "").split("-")[0]
        if country in law.territories and country != "EU":
            return (country,)
    return ()


def zone_of(name: str) -> ZoneInfo:
    """An IANA time zone. Raises: InvalidInputError if it does not exist."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):  # no such zone, a path, or a folder of zones
        raise InvalidInputError(f"unknown time zone {name[:40]!r}: use an IANA name such as Europe/Brussels") from None


def _within(place: str, territory: str) -> bool:
    return place == territory or place.startswith(f"{territory}-")
