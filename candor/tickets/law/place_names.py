"""The names of places, and the codes that they stand for: countries, the parts that have laws of their own, regions, cities.

Sources: ISO 3166-1 and 3166-2 as pycountry ships them; country_names.txt from CLDR and city_names.txt from GeoNames, which
scripts/make_place_names.py writes; place_words.yml by hand. Pure, apart from reading these files once.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pycountry
import yaml

HERE = Path(__file__).parent
WITH_PARTS = ("US", "CA", "GB")
TERRITORIES = {"AS", "GU", "MP", "PR", "UM", "VI"}
NATIONS = ("GB-ENG", "GB-NIR", "GB-SCT", "GB-WLS")
LARGE = ("AT", "AU", "BE", "BR", "CH", "DE", "ES", "FR", "IE", "IN", "IT", "MX", "NL", "PL", "SE", "ZA")
# Names that two places share, or whose form in ISO 3166 is hard to recognise.
NAMES = {
    "BQ": "Bonaire, Sint Eustatius and Saba", "CD": "Democratic Republic of the Congo", "CG": "Republic of the Congo",
    "EU": "European Union", "GB-WLS": "Wales (United Kingdom)", "GE": "Georgia (the country)",
    "SH": "Saint Helena, Ascension and Tristan da Cunha", "VG": "British Virgin Islands", "VI": "US Virgin Islands",
}  # fmt: skip

Codes = tuple[str, ...]


def plain_name(text: str) -> str:
    """The text in lower case with single spaces, without accents, apostrophes and other marks."""
    joined = re.sub("['’`ʼʻ]", "", text.casefold())
    if joined.isascii():  # as most names are
        return " ".join(re.findall("[a-z0-9]+", joined))
    apart = unicodedata.normalize("NFKD", joined)
    kept = (letter for letter in apart if letter >= "\u0900" or not unicodedata.combining(letter))
    return " ".join("".join(letter if _is_letter(letter) else " " for letter in kept).split())


def _is_letter(letter: str) -> bool:
    return letter.isalnum() or unicodedata.category(letter).startswith("M")


@cache
def known_places() -> Codes:
    """The codes of all places that a person can choose, sorted by name: countries, and the parts that can have their own law."""
    parts = [part.code for country in ("US", "CA") for part in _parts(country) if own_code(part.code) == part.code]
    codes = [*(country.alpha_2 for country in pycountry.countries), *parts, *NATIONS]
    return tuple(sorted(codes, key=lambda code: plain_name(place_name(code))))


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


@cache
def listed_names() -> frozenset[str]:
    """The names to pick from, in plain form."""
    return frozenset(plain_name(place_name(code)) for code in known_places())


@cache
def country_names() -> dict[str, Codes]:
    """Every name of a country, or of a part with its own law, in plain form. A foreign name never overrides an English one."""
    foreign = _from_file("country_names.txt")
    return {name: codes for name, codes in foreign.items() if not _is_english_word(name)} | english_names()


def _is_english_word(name: str) -> bool:
    """Whether the name of a country in another language means something else in English: "man", "pole", "sec"."""
    return name.isascii() and (len(name) <= 3 or name in {"gane", "pole", "siri", "toga", "pala", "grazie", "swiss", "polish"})


@cache
def english_names() -> dict[str, Codes]:
    """The same in English, with what people call these places otherwise."""
    english: dict[str, set[str]] = {}
    for country in pycountry.countries:
        for kind in ("name", "official_name", "common_name"):
            full = getattr(country, kind, "")
            for name in {full, re.sub(r"\s*\(.*?\)", "", full), re.sub(r"^(.*), (.*)$", r"\2 \1", full)} - {""}:
                english.setdefault(plain_name(name), set()).add(country.alpha_2)
    for code in ("US", "CA"):
        for part in _parts(code):
            english.setdefault(plain_name(part.name), set()).add(own_code(part.code))
    listed = {plain_name(place_name(code)): (code,) for code in known_places()}
    return _sorted(english) | _words("short") | listed


@cache
def short_codes() -> dict[str, Codes]:
    """Codes of countries (two and three letters), and the abbreviations of states and provinces, in small letters."""
    codes: dict[str, set[str]] = {"la": {"US-CA"}, "ni": {"GB-NIR"}}
    for country in pycountry.countries:
        for code in (country.alpha_2, country.alpha_3):
            codes.setdefault(code.lower(), set()).add(country.alpha_2)
    for part in (*_parts("US"), *_parts("CA")):
        codes.setdefault(part.code.split("-")[1].lower(), set()).add(own_code(part.code))
        codes.setdefault(plain_name(part.code), set()).add(own_code(part.code))
    return _sorted(codes)


@cache
def inner_names() -> dict[str, Codes]:
    """Names of cities, and of parts of countries without a law of their own here, in plain form."""
    parts: dict[str, set[str]] = {}
    for country in LARGE:
        for part in _parts(country):
            for name in re.split(r"[\[\]/]", part.name.partition(",")[0]):
                if len(plain_name(name)) > 3:
                    parts.setdefault(plain_name(name), set()).add(country)
    by_hand = _words("inside")
    return _sorted(parts) | {name: codes for name, codes in _from_file("city_names.txt").items() if name not in by_hand} | by_hand


@cache
def doubtful_names() -> frozenset[str]:
    """Cities whose names are words of English too."""
    lines = (HERE / "city_names.txt").read_text(encoding="utf-8").splitlines()
    told = {name for line in lines for name in line.partition("\t")[2].split("|") if "?\t" in line}
    return frozenset(told | (ordinary_words() & inner_names().keys() - country_names().keys()))


@cache
def ordinary_words() -> frozenset[str]:
    """Words of English that are the name of a place but for one slip, or of a city too: ordinary_words.txt."""
    return frozenset((HERE / "ordinary_words.txt").read_text(encoding="utf-8").split())


def regions() -> dict[str, Codes]:
    """What is larger than a country, in plain form: with the few places that it can mean, or none if there are many."""
    return _words("regions")


def peoples() -> dict[str, Codes]:
    """What people call themselves, in plain form."""
    return _words("people")


@cache
def _words(kind: str) -> dict[str, Codes]:
    return {
        plain_name(name): tuple(sorted(filter(None, codes.split(","))))
        for codes, names in _table()[kind].items()
        for name in names.split("|")
    }


@cache
def _table() -> dict[str, dict[str, str]]:
    table: dict[str, dict[str, str]] = yaml.safe_load((HERE / "place_words.yml").read_text(encoding="utf-8"))
    return table


def _from_file(file: str) -> dict[str, Codes]:
    names: dict[str, set[str]] = {}
    for line in (HERE / file).read_text(encoding="utf-8").splitlines():
        codes, _, spelt = line.partition("\t")
        for name in spelt.split("|"):
            names.setdefault(name, set()).update(codes.rstrip("?").split(","))
    return _sorted(names)


def _sorted(names: Mapping[str, Iterable[str]]) -> dict[str, Codes]:
    return {name: tuple(sorted(codes)) for name, codes in names.items()}


@cache
def _parts(country: str) -> tuple[Any, ...]:
    return tuple(part for part in pycountry.subdivisions if part.country_code == country)


def own_code(code: str) -> str:
    """One code for each place: Puerto Rico and the other territories also are countries of ISO 3166-1."""
    part = code.removeprefix("US-")
    return part if part in TERRITORIES else code
