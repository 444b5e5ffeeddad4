"""Make candor/transcripts/lexicon.txt: words that are names, places or ordinary English, by which the masker knows people.

Needs Faker (MIT: names and cities of ninety locales), pycountry, and lists of English words (Debian's wamerican-small and
wbritish-small, SCOWL):

    uv run --no-project --with faker --with pycountry python scripts/make_lexicon.py \\
        /usr/share/dict/american-english-small /usr/share/dict/british-english-small

Flags: g given name, c given name that several countries know, s surname, p place, o ordinary word.
"""

from __future__ import annotations

import importlib
import pkgutil
import re
import sys
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from zoneinfo import available_timezones

import faker.providers.person
import pycountry
from faker.providers.geo import Provider as Places

ROOT = Path(__file__).resolve().parents[1]
TARGET = ROOT / "candor" / "transcripts" / "lexicon.txt"
GIVEN, SURNAME = re.compile(r"^(first|given)"), re.compile(r"^(last|surname)")
# Cyrillic as passports of Ukraine, Bulgaria and Russia write it.
LATIN = dict(zip(
    "абвгґдеєжзиіїйклмнопрстуфхцчшщыэюяьъё",
    "a b v g g d e ie zh z y i i i k l m n o p r s t u f kh ts ch sh shch y e iu ia  . e".replace(" .", "  ").split(" "),
    strict=False,
))  # fmt: skip


def words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Names that Faker has in other scripts only, or not at all.
GIVEN_TOO = words("""
mohammed muhammad mohamed mohammad ahmed ahmad ali hassan hussein omar umar yusuf youssef ibrahim khalid khaled mustafa
mahmoud abdullah abdul bilal tariq karim hamza amina aisha fatima fatma khadija layla leila maryam mariam noor nour
zainab zeinab yasmin yasmine salma hana huda rania dina wei xiao jun ming hui jing ying yan yang mei ling hong yong xin
jie lei hao tao bo feng jian qiang yuki hiroshi takeshi kenji akira haruto sakura yui aoi hina yuto sota ren kaito naoko
keiko michiko minjun seo jiho jiwoo minseo jisoo hyun sung young jin kyung eun anh minh linh thu hoa hung dung tuan
phuong thanh huong lan mai chi quang priya raj rahul amit anil sunil vijay sanjay ravi suresh ramesh deepak arjun rohan
neha pooja anita sunita kavita lakshmi ananya aditi ishaan aarav vihaan kwame kofi kwabena kwaku yaw ama akosua abena
esi oluwaseun chukwuemeka ngozi chinedu emeka obinna ifeoma adaeze chioma folake tunde segun babajide temitope adebayo
wanjiru kamau njoroge otieno achieng thabo sipho nomsa lerato zanele thandiwe tendai tatenda oksana olena olha iryna
natalia tetiana yulia svitlana kateryna andriy oleksandr oleksii serhii volodymyr mykola dmytro taras bohdan yaroslav
dmitri dmitry sergei sergey vladimir ivan alexei alexey nikolai anastasia ekaterina tatiana siobhan niamh aoife saoirse
ciara eoin cian padraig tomas seamus liam declan roisin grainne iker aitor leire nerea
""")  # fmt: skip
SURNAME_TOO = words("""
wang li zhang liu chen yang huang zhao wu zhou xu sun ma zhu hu guo gao lin luo zheng liang xie tang xu deng feng han
cao zeng peng xiao tian dong yuan pan cai jiang yu du ye cheng wei su lu ding ren shen kim lee park choi jung jeong kang
cho yoon jang lim han shin seo kwon hwang ahn song yoo hong nguyen tran pham hoang phan vu vo dang bui do ngo duong sato
suzuki takahashi tanaka watanabe ito yamamoto nakamura kobayashi kato yoshida yamada sasaki yamaguchi matsumoto inoue
kimura hayashi shimizu saito khan hussain hussein malik sheikh chaudhry qureshi siddiqui ansari mirza butt rahman islam
hossain begum akhtar patel sharma singh kumar gupta verma mehta shah reddy rao nair menon iyer iyengar pillai chatterjee
banerjee mukherjee das bose ghosh sen roy kapoor malhotra okafor okonkwo nwosu eze obi okeke adeyemi adebayo oluwaseun
balogun bello abubakar musa ibrahim mensah owusu asante boateng appiah osei addo kamau mwangi otieno odhiambo wanjiku
dlamini nkosi ndlovu khumalo mokoena zulu moyo ncube kovalenko shevchenko bondarenko tkachenko kravchenko melnyk boyko
oliynyk savchenko ivanov petrov sidorov smirnov kuznetsov popov volkov sokolov ivanova petrova haddad khoury nasser
mansour saleh al-sayed al-masri hamdan benali bouzid ferhat yilmaz kaya demir celik sahin ozturk arslan dogan kilic
cohen levi mizrahi peretz friedman goldberg katz shapiro o'connor o'brien o'neill o'sullivan macdonald mcdonald
mackenzie
""")  # fmt: skip

# Ordinary words too, but hardly in a chat about privacy.
RATHER_NAMES = words("amir aline bob carol derrick garret harry ken maria martin mike nick peter sally warren matt")


# Names of more peoples: the first paragraph are given names, the second surnames.
MORE_GIVEN, MORE_SURNAMES = (
    words(paragraph)
    for paragraph in (Path(__file__).with_name("tagger") / "names.txt").read_text(encoding="utf-8").split("\n\n")[1:]
)
# Letters that come apart into no plain one and a sign, as people type them without.
PLAIN = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "ß": "ss", "æ": "ae", "ı": "i", "þ": "th", "ð": "d", "ə": "a"})


def folded(text: str) -> str:
    apart = unicodedata.normalize("NFKD", text.casefold().replace("’", "'"))
    return "".join(letter for letter in apart if not unicodedata.combining(letter))


def words_of(provider: object, wanted: re.Pattern[str]) -> Iterator[str]:
    for name in dir(provider):
        values = getattr(provider, name)
        if wanted.match(name) and isinstance(values, (tuple, list, dict)):
            yield from _flat(values)


def _flat(values: Iterable[object]) -> Iterator[str]:
    for value in values:
        if isinstance(value, (tuple, list)):
            yield from _flat(value)
        elif isinstance(value, str) and "{{" not in value:
            yield from (word.strip(".,'-()") for word in folded(value).split())


def romanised(word: str) -> str:
    return "".join(LATIN.get(letter, letter) for letter in word)


def provided(package: object) -> Iterator[tuple[str, object]]:
    for module in pkgutil.iter_modules(package.__path__):  # type: ignore[attr-defined]
        if module.ispkg:
            yield module.name, importlib.import_module(f"{package.__name__}.{module.name}").Provider  # type: ignore[attr-defined]


def useful(word: str) -> bool:
    return (
        len(word) > 1
        and all(letter.isalpha() or letter in "'- " for letter in word)
        and all(ord(letter) < 0x530 for letter in word)
    )


def names() -> defaultdict[str, set[str]]:
    """Word → g, s, c."""
    flags: defaultdict[str, set[str]] = defaultdict(set)
    countries: defaultdict[str, set[str]] = defaultdict(set)
    for locale, provider in provided(faker.providers.person):
        for kind, wanted in (("g", GIVEN), ("s", SURNAME)):
            for form in {form for word in words_of(provider, wanted) for form in (word, romanised(word))}:
                flags[form].add(kind)
                if kind == "g":
                    countries[form].add(locale if locale.startswith("en") else locale[:2])
    for word in GIVEN_TOO:
        flags[word] |= {"g", "c"}
    for word in SURNAME_TOO | MORE_SURNAMES:
        flags[word].add("s")
    for word in MORE_GIVEN:
        flags[word].add("g")
    for word, where in countries.items():
        if len(where) > 1:
            flags[word].add("c")
    return _also_plain(flags)


def _also_plain(flags: defaultdict[str, set[str]]) -> defaultdict[str, set[str]]:
    for word in [word for word in flags if len(word) > 3]:
        flags[word.translate(PLAIN)] |= flags[word] - {"c"}
    return flags


# Towns that are given names or surnames too, and that the lists above do not have.
TOWNS = words("""
austin dallas houston jackson jacksonville madison lincoln charlotte raleigh durham savannah augusta aurora chandler henderson
arlington irving garland orlando reno eugene salem trenton newark camden cleveland columbus dayton denver boulder phoenix tucson
portland seattle spokane tacoma memphis nashville knoxville richmond norfolk chester lancaster carlisle lincoln durham preston
bradford leeds sheffield bristol bath york chelsea kent surrey sussex essex norwich cambridge oxford brighton leicester coventry
hamilton kingston windsor victoria regina calgary edmonton sydney melbourne perth adelaide darwin hobart brisbane wellington
paris berlin milan florence verona siena vienna salzburg geneva lausanne lourdes nancy lyon nice nantes valencia granada cordoba
leon santiago lima rosario mendoza salvador brasilia natal fortaleza recife odessa odesa lviv kyiv kharkiv dnipro kherson
mumbai delhi chennai pune jaipur nagpur kolkata bengaluru lagos abuja kano ibadan accra kumasi nairobi mombasa kampala harare
pretoria durban polokwane windhoek gaborone lusaka redmond mountain cupertino menlo
""")  # fmt: skip


def places() -> frozenset[str]:
    found = [place[2] for place in Places.land_coords] + [
        zone.rpartition("/")[2].replace("_", " ") for zone in available_timezones()
    ]
    found += [each.name for each in (*pycountry.countries, *pycountry.subdivisions)]
    plain = {re.sub(r"[,(/].*", "", folded(place)).strip() for place in found}
    return TOWNS | {name for name in plain if len(name) > 3 and name.count(" ") < 3}


def ordinary_words(file: Path) -> set[str]:
    found = {word for word in file.read_text(encoding="utf-8").split() if word.islower() and not word.endswith("'s")}
    return {folded(word) for word in found} - RATHER_NAMES


def our_words() -> set[str]:
    """Words of our own field, which no dictionary of ordinary words has: of policies and documentation, in small letters."""
    found: set[str] = set()
    for pattern in ("training/policies/*.txt", "docs/**/*.md", "README.md", "policies/**/*.md"):
        for file in ROOT.glob(pattern):
            found |= set(re.findall(r"(?<![\w`./@-])[a-z][a-z-]{3,}(?![\w`./@])", file.read_text(encoding="utf-8")))
    listed = (Path(__file__).with_name("tagger") / "words.txt").read_text(encoding="utf-8").partition("\n\n")[2].split()
    return {folded(word) for word in found} | set(listed)


# Articles of other languages, and short forms that everybody types: names as well, but hardly ever meant as one.
SELDOM_NAMES = words("una une uno ein eine des les los las addy ur")


def contracted() -> frozenset[str]:
    """Contractions as phones and hurried people write them, without their sign: no name, though some are one somewhere."""
    joined = {
        "s": "there here where what who how when why he she it that", "ve": "i you we they who should could would might",
        "re": "you they what who", "ll": "you they it that there", "d": "you they who that it",
        "nt": "do does did is are was were has have had would could should ca wo ai must need might",
        "m": "i",
    }  # fmt: skip
    return frozenset(word + end for end, beginnings in joined.items() for word in beginnings.split()) | {"lets"}


def main() -> None:
    flags = names()
    for place in places():
        flags[place].add("p")
    for file in sys.argv[1:]:
        for word in ordinary_words(Path(file)):
            flags[word].add("o")
    for word in our_words():
        if not flags[word]:
            flags[word].add("o")
    for word in contracted() | SELDOM_NAMES:
        flags[word] = {"o"}
    lines = [f"{word} {''.join(sorted(kinds))}" for word, kinds in sorted(flags.items()) if useful(word)]
    TARGET.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
