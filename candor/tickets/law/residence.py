"""Turn the answer to "where do you live?" into an ISO 3166 code, or into a reason why there is none. Never raises.

It knows countries in English and in the languages below, the states of the United States, the provinces of Canada and the
nations of the United Kingdom, because these can have laws of their own. It knows no cities: many share their names.
Source of names: ISO 3166-1 and 3166-2 as pycountry ships them.
"""

from __future__ import annotations

import gettext
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Any

import pycountry


class ResidenceOutcome(StrEnum):
    """How an answer was understood."""

    FOUND = "found"
    AMBIGUOUS = "ambiguous"  # ask: `options` holds the codes
    NOT_SAID = "not_said"  # "I'd rather not say"
    NOT_UNDERSTOOD = "not_understood"  # ask once more


@dataclass(frozen=True)
class Residence:
    """`code` is a country (DE, GB) or a part of one (US-CA, GB-SCT), or EU; None unless FOUND."""

    outcome: ResidenceOutcome
    code: str | None = None
    options: tuple[str, ...] = ()


LANGUAGES = ("de", "fr", "es", "it", "nl", "pt", "pl", "uk")
WITH_PARTS = ("US", "CA", "GB")
TERRITORIES = {"AS", "GU", "MP", "PR", "UM", "VI"}
# Names that two places share, or whose form in ISO 3166 is hard to recognise.
NAMES = {
    "BQ": "Bonaire, Sint Eustatius and Saba", "CD": "Democratic Republic of the Congo", "CG": "Republic of the Congo",
    "EU": "European Union", "GB-WLS": "Wales (United Kingdom)", "GE": "Georgia (the country)",
    "SH": "Saint Helena, Ascension and Tristan da Cunha", "VG": "British Virgin Islands", "VI": "US Virgin Islands",
}  # fmt: skip
NATIONS = ("GB-ENG", "GB-NIR", "GB-SCT", "GB-WLS")
FLAG = re.compile("[\U0001f1e6-\U0001f1ff]{2}")  # two regional indicators make a flag
COMMON: dict[str, tuple[str, ...]] = {
    "uk": ("GB",), "great britain": ("GB",), "britain": ("GB",), "gb": ("GB",), "england": ("GB-ENG",), "scotland": ("GB-SCT",),
    "wales": ("GB-WLS",), "cymru": ("GB-WLS",), "northern ireland": ("GB-NIR",), "ulster": ("GB-NIR",),
    "ireland": ("IE",), "republic of ireland": ("IE",), "eire": ("IE",),
    "u k": ("GB",), "the states": ("US",), "usa": ("US",), "us of a": ("US",), "u s": ("US",), "u s a": ("US",),
    "america": ("US",),
    "holland": ("NL",), "the netherlands": ("NL",), "rsa": ("ZA",), "sa": ("ZA", "SA"), "uae": ("AE",), "the emirates": ("AE",),
    "turkey": ("TR",), "russia": ("RU",), "czech republic": ("CZ",), "macedonia": ("MK",), "ivory coast": ("CI",),
    "south korea": ("KR",), "republic of korea": ("KR",), "north korea": ("KP",), "korea": ("KP", "KR"), "burma": ("MM",),
    "congo": ("CD", "CG"), "drc": ("CD",), "swaziland": ("SZ",), "cape verde": ("CV",), "east timor": ("TL",),
    "palestine": ("PS",), "taiwan": ("TW",), "vatican": ("VA",), "bosnia": ("BA",),
    "the gambia": ("GM",), "the bahamas": ("BS",), "micronesia": ("FM",), "virgin islands": ("VG", "VI"),
    "washington": ("US-WA",), "washington dc": ("US-DC",), "washington d c": ("US-DC",), "dc": ("US-DC",), "cali": ("US-CA",),
    "georgia the country": ("GE",), "republic of the congo": ("CG",),
    "democratic republic of the congo": ("CD",), "british virgin islands": ("VG",),
    "us virgin islands": ("VI",), "newfoundland": ("CA-NL",), "labrador": ("CA-NL",), "bc": ("CA-BC",),
    "eu": ("EU",), "european union": ("EU",), "eea": ("EU",), "europe": ("EU", "GB", "CH"),
}  # fmt: skip
LEAD_IN = re.compile(
    r"^(?:(?:well|hi|hello|ok|okay|sure|yes|so|um|its|it is|thats)\s+)*"
    r"(?:(?:i|we)\s+(?:live|reside|stay|come|(?:am|m)(?:\s+(?:living|based|located|resident|a resident))?)|im|ive"
    r"|living|based|residing|located|resident|my (?:country|state|residence|home)(?: of residence)?(?: is)?|country|residence)?"
    r"\s*(?:a resident\s+)?(?:currently\s+)?(?:living\s+|based\s+)?(?:in|from|of|at)?\s*(?:the state of\s+)?"
)
DECLINES = re.compile(
    r"\b(?:rather not|prefer not|not (?:saying|telling|going to (?:say|tell)|sharing)"
    r"|(?:wont|will not|dont want to|do not want to|dont wish to|do not wish to|dont care to) (?:say|tell|share|answer|disclose)"
    r"|none of your (?:business|concern)|not your business|no comment|decline|keep (?:that|it) (?:private|to myself)|skip"
    r"|dont (?:ask|know)|do not know)\b"
)
DECLINES_WHOLE = {
    "no", "nope", "nah", "pass", "private", "secret", "na", "n a", "none", "nowhere", "no thanks", "no thank you", "next",
    "nothing", "no answer", "dunno", "idk", "not saying", "why", "whatever", "nein", "non",
}  # fmt: skip
NEGATION = re.compile(r"\b(?:not|outside|isnt|arent|aint|dont|never|no longer|left|except)\b")


def parse_residence(text: str) -> Residence:
    """Where the person lives, as far as the text says. An ambiguous name is never guessed."""
    plain = _plain(text)
    if plain in DECLINES_WHOLE or DECLINES.search(plain):
        return Residence(ResidenceOutcome.NOT_SAID)
    parts = [part for part in map(_plain, re.split(r"[,;/()]", text)) if part]
    places = [_whole(plain)] if _whole(plain) else [*map(_whole, parts), *_flags(text)]
    found = _narrowed(place for place in places if place) or _narrowed(_within(plain, text))
    if not found or NEGATION.search(plain):  # "not in the EU" names a place where the person does not live
        return Residence(ResidenceOutcome.NOT_UNDERSTOOD)
    if len(found) == 1:
        return Residence(ResidenceOutcome.FOUND, found[0])
    return Residence(ResidenceOutcome.AMBIGUOUS, options=found)


def is_place_name(text: str) -> bool:
    """Whether the text is the name of a place and nothing else, in the form of `place_name` or any other."""
    plain = _plain(text)
    return plain in _names() or plain in _listed_names()


@cache
def _listed_names() -> frozenset[str]:
    return frozenset(_plain(place_name(code)) for code in known_places())


@cache
def known_places() -> tuple[str, ...]:
    """The codes of all places that a person can choose, sorted by name: countries, and the parts that can have their own law."""
    parts = [part.code for country in ("US", "CA") for part in _parts(country) if _own_code(part.code) == part.code]
    codes = [*(country.alpha_2 for country in pycountry.countries), *parts, *NATIONS]
    return tuple(sorted(codes, key=lambda code: _plain(place_name(code))))


def place_name(code: str) -> str:
    """The English name of a code: US-CA → "California (United States)", DE → "Germany"; the code itself if unknown.

    `parse_residence` turns each of these names back into its code.
    """
    if code in NAMES:
        return NAMES[code]
    country = pycountry.countries.get(alpha_2=code.partition("-")[0])
    if country is None:
        return code
    name = str(getattr(country, "common_name", country.name)).split(",")[0]
    part = next((part.name for part in _parts(country.alpha_2) if part.code == code), "")
    return f"{part} ({name})" if part else name


def _plain(text: str) -> str:
    """The text in lower case with single spaces, without accents, apostrophes and other marks."""
    bare = "".join(letter for letter in unicodedata.normalize("NFKD", text) if not unicodedata.combining(letter))
    return " ".join(re.sub(r"[^\w\s]", " ", re.sub(r"['’`]", "", bare.casefold())).replace("_", " ").split())


def _whole(plain: str) -> tuple[str, ...]:
    """The places that the whole answer names, also by a two-letter code."""
    for answer in (plain, LEAD_IN.sub("", plain, count=1), re.sub(r"^the ", "", LEAD_IN.sub("", plain, count=1))):
        hit = _names().get(answer) or _codes().get(answer)
        if hit:
            return hit
    return ()


def _within(plain: str, text: str) -> Iterator[tuple[str, ...]]:
    """The places named inside a sentence. The longest name wins: "Northern Ireland" is not Ireland.

    Codes count only in capitals, because "in", "me" and "it" are codes too.
    """
    words = plain.split()
    start = 0
    while start < len(words):
        for length in range(min(7, len(words) - start), 0, -1):
            hit = _names().get(" ".join(words[start : start + length]))
            if hit:
                yield hit
                start += length - 1
                break
        start += 1
    if text.upper() != text:
        yield from (_codes()[word.lower()] for word in re.findall(r"\b[A-Z]{2,3}\b", text) if word.lower() in _codes())


def _flags(text: str) -> Iterator[tuple[str, ...]]:
    for flag in FLAG.findall(text):
        code = "".join(chr(ord(letter) - 0x1F1E6 + ord("A")) for letter in flag)
        if code == "EU" or pycountry.countries.get(alpha_2=code):
            yield (code,)


def _narrowed(places: Iterable[tuple[str, ...]]) -> tuple[str, ...]:
    """The named places, each narrowed down by the others: "California, USA" is US-CA, and so is "CA, USA". Sorted."""
    named = list(places)
    codes = {code for options in named for code in options}
    sure = {options[0] for options in named if len(options) == 1}
    for options in named:
        fitting = {code for code in options if len(options) > 1 and any(_part_of(code, other) for other in sure)}
        if fitting:  # next to "USA", "CA" has only one reading
            codes -= set(options) - fitting - sure
    return tuple(sorted(code for code in codes if not any(_part_of(other, code) for other in codes if other != code)))


def _part_of(code: str, of: str) -> bool:
    return code.startswith(f"{of}-")


@cache
def _names() -> dict[str, tuple[str, ...]]:
    """Every name of a place, in plain form, with its codes. A foreign name never overrides an English one."""
    names: dict[str, set[str]] = {}
    for country in pycountry.countries:
        for kind in ("name", "official_name", "common_name"):
            full = getattr(country, kind, "")
            for name in {full, re.sub(r"\s*\(.*?\)", "", full)} - {""}:
                names.setdefault(_plain(name), set()).add(country.alpha_2)
    for code in WITH_PARTS:
        for part in _parts(code):
            if code != "GB":  # its counties and districts have no law of their own; the nations are in COMMON
                names.setdefault(_plain(part.name), set()).add(_own_code(part.code))
    english = {name: tuple(sorted(codes)) for name, codes in names.items()} | COMMON
    return _foreign(english) | english


def _foreign(english: dict[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    names: dict[str, set[str]] = {}
    for language in LANGUAGES:
        spoken = gettext.translation("iso3166-1", pycountry.LOCALES_DIR, languages=[language], fallback=True)
        for country in pycountry.countries:
            for name in (country.name, getattr(country, "common_name", country.name)):
                plain = _plain(spoken.gettext(name))
                if plain not in english:
                    names.setdefault(plain, set()).add(country.alpha_2)
    return {name: tuple(sorted(codes)) for name, codes in names.items()}


@cache
def _codes() -> dict[str, tuple[str, ...]]:
    """Codes of countries (two and three letters), and the abbreviations of states and provinces."""
    codes: dict[str, set[str]] = {}
    for country in pycountry.countries:
        for code in (country.alpha_2, country.alpha_3):
            codes.setdefault(code.lower(), set()).add(country.alpha_2)
    for part in (*_parts("US"), *_parts("CA")):
        codes.setdefault(part.code.split("-")[1].lower(), set()).add(_own_code(part.code))
        codes.setdefault(_plain(part.code), set()).add(_own_code(part.code))
    return {code: tuple(sorted(found)) for code, found in codes.items()}


@cache
def _parts(country: str) -> tuple[Any, ...]:
    return tuple(part for part in pycountry.subdivisions if part.country_code == country)


def _own_code(code: str) -> str:
    """One code for each place: Puerto Rico and the other territories also are countries of ISO 3166-1."""
    part = code.removeprefix("US-")
    return part if part in TERRITORIES else code
