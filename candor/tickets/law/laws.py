"""The rule table: what each law requires for each type of request. This module reads it from `laws.yml`, its only source.

A row states the term of the response and what may change it. Three values say how far a row can be trusted: `known` is false if
the law has no such right (the request is opened anyway), `borrowed` is true if the law states no number of days and the nearest
term is used instead, and `confirmed` is false if the text of the law was not confirmed.
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
LONGEST = 3660  # ten years of days: more must be a typing error
Amount = Annotated[int, Field(gt=0, le=LONGEST)]
NO_EXTRAS = ConfigDict(extra="forbid")  # a misspelt column must not silently fall back to its default


class TermUnit(StrEnum):
    """The unit of a term."""

    MONTH = "month"  # calendar months: to the same day number, or the month's last day
    DAY = "day"  # calendar days
    BUSINESS_DAY = "business_day"  # Monday to Friday without public holidays


class Roll(StrEnum):
    """What happens if the last day is a Saturday, a Sunday or a public holiday."""

    NONE = "none"  # it stays: the earlier date, also where a general statute on time might allow more
    NEXT_WORKING_DAY = "next_working_day"  # Regulation (EEC, Euratom) No 1182/71, Art. 3(4)


class Trigger(StrEnum):
    """What starts the term. If a row names several, the latest counts (UK GDPR Art. 12A)."""

    RECEIPT = "receipt"
    IDENTITY = "identity"  # only if it was asked for while the term ran
    CLARIFICATION = "clarification"  # only if it was asked for while the term ran


class Pause(StrEnum):
    """What the company waits for without the days counting towards the term."""

    IDENTITY = "identity"
    CLARIFICATION = "clarification"


@dataclass(frozen=True, config=NO_EXTRAS)
class Term:
    """A number of months, days or business days."""

    amount: Amount
    unit: TermUnit

    @property
    def words(self) -> str:
        """ "45 days", "one month", "15 business days"."""
        unit = self.unit.value.replace("_", " ")
        return f"one {unit}" if self.amount == 1 else f"{self.amount} {unit}s"


@dataclass(frozen=True, config=NO_EXTRAS)
class StatedTerm(Term):
    """A term with the article that states it."""

    article: NonEmptyText


@dataclass(frozen=True, config=NO_EXTRAS)
class Extension(StatedTerm):
    """More time, added to the response's term and counted with it from the same start. Allowed once, with notice and reasons."""

    notice: Term  # the person must be told within this term, counted like the response
    once: Literal[True] = True  # no law of the table allows it twice


@dataclass(frozen=True, config=NO_EXTRAS)
class LawRule:
    """One row: one law, one type of request."""

    law: str
    law_name: str
    request_type: RequestTypeName
    known: bool  # false: this law has no such right
    response: StatedTerm
    source: NonEmptyText  # the statute's name
    confirmed: bool
    right: str = ""  # the article that gives the right; empty if the law has none
    treated_as: RequestTypeName | None = None  # the type whose term is used if `known` is false
    borrowed: bool = False  # true: the law states no term for this type
    prompt: bool = False  # true: "without undue delay"; the term is only the outer limit
    verify: bool = True  # false: the person must not be asked to prove who they are
    trigger: tuple[Trigger, ...] = (Trigger.RECEIPT,)
    pause: tuple[Pause, ...] = ()
    roll: Roll = Roll.NONE
    acknowledgement: StatedTerm | None = None
    extension: Extension | None = None
    appeal: StatedTerm | None = None  # how soon the company must decide an appeal against its refusal
    note: str = ""  # for staff and maintainers: the basis of the term, and which reading of the law was taken


@dataclass(frozen=True, config=NO_EXTRAS)
class Law:
    """A law: where it applies, and where its days are counted.

    `territories` and `holidays` are ISO 3166 codes (DE, US-CA; EU if the member state is unknown). With several calendars
    in `holidays`, a day is a holiday only if all of them have it: fewer days off give the earlier date.
    """

    id: str
    name: NonEmptyText
    source: NonEmptyText
    territories: tuple[NonEmptyText, ...]
    zone: NonEmptyText
    rules: dict[RequestTypeName, LawRule]
    holidays: tuple[str, ...] = ()  # empty: those of the country concerned, see calendar_of
    own_law: tuple[str, ...] = ()  # parts of a territory whose own statute is missing from the table


class ChoiceReason(StrEnum):
    """Why these laws were chosen."""

    RESIDENCE = "residence"  # the company lists the law of where the person lives
    NOT_LISTED = "not_listed"  # the law of where the person lives applies, though the company does not list it
    REGION_HAS_OWN_LAW = "region_has_own_law"  # the country's law is used: the region's is missing from the table
    RESIDENCE_UNKNOWN = "residence_unknown"  # unknown, or only the country of a law that applies in a part of it
    NO_RULE_FOR_RESIDENCE = "no_rule_for_residence"  # the table has no law for where the person lives
    NO_LAW_LISTED = "no_law_listed"  # nothing is known about person or company: all laws of the table


@dataclass(frozen=True)
class Applicable:
    """The laws that may apply. If there are several, the strictest does: the one with the earliest due date."""

    laws: tuple[str, ...]
    reason: ChoiceReason
    unknown: tuple[str, ...] = ()  # ids in company.toml that the table does not have


def read_laws(path: Path = TABLE) -> dict[str, Law]:
    """Read and check the table, in which each law must have a row for each request type.

    Raises: InvalidInputError naming file, row, column, fault and remedy.
    """
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        document = yaml.load(path.read_text(encoding="utf-8"), Loader=loader)  # noqa: S506  (both are safe)
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
        column = " ".join(str(part) for part in first["loc"] if part != "[key]")
        raise InvalidInputError(f"{file}: {key}: {column}: {first['msg']}: mend this entry") from None
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
        if contradiction := _contradiction(rule):
            raise InvalidInputError(f"{file}: {key}: {kind}: {contradiction}")
    return law


def _contradiction(rule: LawRule) -> str:
    """A contradiction between columns of a row; empty if there is none."""
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
    """Which laws may apply to a person who lives in `residence`.

    `residence` is an ISO 3166 code (DE, GB-SCT, US-CA; EU for an unknown member state), or None if unknown. The law follows
    the person: if the table has the law of the residence, it applies, whether or not the company lists it. Otherwise all
    that the company lists may apply, and the strictest of them does.
    """
    table = laws()
    named = tuple(dict.fromkeys(laws_of_company))
    listed = tuple(law for law in named if law in table)
    unknown = tuple(law for law in named if law not in table)
    fallback = listed or tuple(table)
    if residence is None:
        return Applicable(fallback, ChoiceReason.RESIDENCE_UNKNOWN if listed else ChoiceReason.NO_LAW_LISTED, unknown)
    there = _laws_of(residence, table)
    if there:
        if any(_within(residence, part) for law in there for part in table[law].own_law):
            return Applicable(there, ChoiceReason.REGION_HAS_OWN_LAW, unknown)
        return Applicable(there, ChoiceReason.RESIDENCE if set(there) <= set(listed) else ChoiceReason.NOT_LISTED, unknown)
    parts = tuple(law for law in listed if any(_within(place, residence) for place in table[law].territories))
    if parts:  # "the United States": the state decides, and it is unknown
        return Applicable(parts, ChoiceReason.RESIDENCE_UNKNOWN, unknown)
    return Applicable(fallback, ChoiceReason.NO_RULE_FOR_RESIDENCE if listed else ChoiceReason.NO_LAW_LISTED, unknown)


def _laws_of(residence: str, table: dict[str, Law]) -> tuple[str, ...]:
    """The laws of a place; where a region has its own, like Quebec, that of the country does not hold."""
    reach = {
        law.id: max((len(place) for place in law.territories if _within(residence, place)), default=0) for law in table.values()
    }
    nearest = max(reach.values(), default=0)
    return tuple(law for law, length in reach.items() if nearest and length == nearest)


def gives_right(laws_of_company: Iterable[str], request_type: str) -> bool:
    """Whether one of the laws that may apply to a company's visitors knows this right, wherever they live."""
    return any(rule_for(law, request_type).known for law in applicable(laws_of_company, None).laws)


def within_laws(place: str, laws_of_company: Iterable[str]) -> bool:
    """Whether one of these laws applies in a place; ids that are missing from the table are ignored."""
    table = laws()
    return any(_within(place, territory) for law in laws_of_company if law in table for territory in table[law].territories)


def calendar_of(law: Law, company_country: str | None, residence: str | None) -> tuple[str, ...]:
    """Whose public holidays count, as ISO 3166 codes; empty if unknown, and then only weekends are days off.

    Regulation 1182/71 Art. 2(1) means the Member State in which something is to be done: the company's, if it is in one;
    otherwise the person's, as an approximation.
    """
    if law.holidays:
        return law.holidays
    for code in (company_country, residence):
        country = (code or "").split("-")[0]
        if country in law.territories and country != "EU":
            return (country,)
    return ()


def cited(article: str, law_name: str) -> str:
    """An article with its law: "Art. 12(3) GDPR". What stands in another act or order says so itself: "DPA 2018 s. 164A"."""
    of_the_law = article.startswith(("Art.", "s. ", "ss. ", "Schedule ")) or "§" in article
    return f"{article} {law_name}" if of_the_law else article


def zone_of(name: str) -> ZoneInfo:
    """An IANA time zone. Raises: InvalidInputError if it does not exist."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):  # no such zone, a path, or a folder of zones
        raise InvalidInputError(f"unknown time zone {name[:40]!r}: use an IANA name such as Europe/Brussels") from None


def _within(place: str, territory: str) -> bool:
    return place == territory or place.startswith(f"{territory}-")
