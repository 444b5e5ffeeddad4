"""Find the places named in an answer, and what each is to the person: where they live, or only come from. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from candor.tickets.law.place_names import (
    country_names,
    doubtful_names,
    english_names,
    inner_names,
    peoples,
    plain_name,
    regions,
    short_codes,
)

Role = Literal["lives", "plain", "origin", "not"]


@dataclass(frozen=True)
class TypedWord:
    plain: str
    raw: str
    parted: bool  # a sign such as a comma stands in front of it


@dataclass(frozen=True)
class PlaceMention:
    """A place in a text: words[start:end]."""

    codes: tuple[str, ...]
    kind: Literal["place", "inner", "code", "people", "region"]
    start: int
    end: int
    role: Role = "plain"


def word_set(text: str) -> frozenset[str]:
    return frozenset(text.split())


LONGEST = 9  # words in a name
MOST_WORDS = 80
IN = word_set("in from of at near to is around outside into within en in aus de a w v i på")
# Words in front of an answer and behind it that say nothing about the place.
AROUND = word_set(
    """
    well hi hello hey ok okay sure yes yeah yep so um uh hm hmm oh its it is thats that this i we live living reside
    residing am im ive in from of at the my our country state residence home currently based located a an resident citizen
    sorry meant mean actually no wait nope now to here near around right just please thanks thank you think believe guess
    place where stay staying be was answer and but lives resides come comes coming me mine moved city town region area
    province living's say said would should put use ich wohne lebe bin aus je vis suis en habite vivo soy de sono abito
    mieszkam jsem bydlim asun bor atm rn still originally both county zone part north south east west northern southern
    eastern western central greater downtown upper lower inner outer ik woon jag eu moro no na v w for until mostly usually mainly
    temporarily present moment time being btw then
    """
)
ALSO_PEOPLE = word_set(
    """
    jordan chad israel georgia kenya india china paris london sydney austin florence milan sofia virginia carolina dakota savannah
    brooklyn dallas houston lincoln jackson victoria charlotte alexandria madison phoenix orlando roma jersey cuba asia chelsea
    francisco santiago valencia lorraine
    """
)
FROM = re.compile(r"\b(?:from|born|moved|lived|grew up|raised|citizen|passport|i am (?:a|an)?|im|we are)\b")
NOT = re.compile(
    r"\b(?:name is|names|call me|im called|isnt|arent|aint|not|never|except|without|instead of|rather than|no longer|left|leaving"
    r"|dont|outside|nor)\b"
)
LIVES = re.compile(
    r"\b(?:live|lives|living|reside|resides|residing|resident|residents|based|located|settled|stay|staying|home is|residence"
    r"|moved (?:back )?to|relocated to|moving to|emigrated to|now|currently|at the moment|these days|im in|i am in|am in"
    r"|meant|mean|actually|wohne|lebe|vivo|vis|habite|mieszkam)\b"
)
ORIGIN = re.compile(
    r"\b(?:born|grew up|raised|originally|used to|lived|moved (?:here |over )?from|relocated from|come from|from|citizen(?:ship)?"
    r"|national|passport|nationality|work|working|works|travel|travelling|traveling|visiting|visit|holiday|holidays|vacation|trip"
    r"|studied|study|studying|parents|family|wife|husband|company|shop|bought|ordered|before|previously|formerly|until|native|speak"
    r"|ancestors|roots|expat|expats|student|hometown|home town)\b"
)
# Who works or studies somewhere need not live there, unless that is how it is now: "from Nepal but now working in Qatar".
WORKS_THERE_NOW = re.compile(
    r"\b(?:now|currently|these days|at the moment|atm)(?: i| im| i am| am)? (?:work\w*|study\w*|student)\b(?! remotely)[^,]*$"
)
ELSEWHERE = re.compile(
    r"\b(?:moved|relocated|emigrated|fled|ordered|bought|friend|mail|email|letter|call|people|person|originally)\b"
)
WHERE = word_set("in from of near state lives live province to")  # before two letters that would else be a word
ZIP = re.compile(r"\d{5}(?:\d{4})?")
AFTER_STATE = re.compile(rf"{ZIP.pattern}|usa?|canada")
TWO_LETTER_WORDS = word_set(
    """
    hi in me ok or no is it at be by so to my am as id ma pa la oh do go eh mm ah ha ya ye yo lo um al an ad ai ar ay bi ed
    ef el em en er ex fa he hm if ki li mi mu na ne nu od oe of om on op os ow ox oy pe pi re sh si ta ti uh un up us ut we
    wo xi za de md mo mr ms dr pm tv pc ps nm gm cu ty np vs st sr co
    """
)
THREE_LETTER_WORDS = word_set("and are can per not bra cod guy mac nor but ton ben ago com how mar ant arm tun vat")


def words_in_answer(folded: str) -> list[TypedWord]:
    """The words of a text, each plain and as it was typed."""
    words: list[TypedWord] = []
    end = 0
    for match in re.finditer(r"[^\W_](?:[^\W_]|['\u0300-\u036f\u0900-\u0dff\u0e00-\u0eff])*", folded):
        parted = bool(re.search(r"[,;:/()\[\]\n!?|.–-]", folded[end : match.start()]))
        plain = plain_name(match[0])
        for part in plain.split():
            words.append(TypedWord(part, match[0], parted))
            parted = False
        end = match.end()
    return words[: MOST_WORDS + 1]


def says_where(words: Sequence[TypedWord]) -> bool:
    """Whether the text says where somebody lives or comes from; else a name in a long sentence may mean anything."""
    text = " ".join(word.plain for word in words)
    return bool(LIVES.search(text) or FROM.search(text))


def mentions_in(words: Sequence[TypedWord]) -> Iterator[PlaceMention]:
    """The places named in a text. The longest name wins: "Northern Ireland" is not Ireland, nor Jersey City Jersey."""
    bare_start, bare_end = bare_answer(words)
    answers = bare_end - bare_start <= 5 or says_where(words)
    shouted = all(word.raw.upper() == word.raw for word in words)
    start = 0
    before: PlaceMention | None = None
    while start < len(words):
        found = None
        for length in range(min(LONGEST, len(words) - start), 0, -1):
            end = start + length
            alone = (start, end) == (bare_start, bare_end) or (start == 0 and end == len(words))
            found = _named(words, start, end, alone=alone, shouted=shouted, before=before)
            if found and not answers and not _plainly_named(words, found):
                found = None
            if found:
                break
        if found:
            yield found
            before = found
        start = found.end if found else start + 1


def _plainly_named(words: Sequence[TypedWord], mention: PlaceMention) -> bool:
    """Whether a place is meant whatever the sentence is about: its name is English."""
    return mention.kind == "place" and " ".join(word.plain for word in words[mention.start : mention.end]) in english_names()


def bare_answer(words: Sequence[TypedWord]) -> tuple[int, int]:
    """Where the answer stands, without the words around it: "hi, i live in Georgia" → "Georgia"."""
    start, end = 0, len(words)
    while start < end and (words[start].plain in AROUND or re.search(r"\d", words[start].plain)):
        start += 1
    while end > start and (words[end - 1].plain in AROUND or re.search(r"\d", words[end - 1].plain)):
        end -= 1
    return (start, end) if start < end else (0, len(words))


def _named(
    words: Sequence[TypedWord], start: int, end: int, *, alone: bool, shouted: bool, before: PlaceMention | None
) -> PlaceMention | None:
    """The place that these words name, if they do."""
    name = " ".join(word.plain for word in words[start:end])
    behind = words[start - 1].plain if start else ""
    follows = before is not None and before.end == start
    set_apart = (start == 0 or words[start].parted) and (end == len(words) or words[end].parted)
    if len(name) == 2 and name.isascii():
        alone = alone and all(word.plain in AROUND or ZIP.fullmatch(word.plain) for word in (*words[:start], *words[end:]))
        placed = behind in WHERE or (end < len(words) and bool(AFTER_STATE.fullmatch(words[end].plain)))
        return _by_letters(
            words[start], start, end, before, alone=alone, shouted=shouted, set_apart=set_apart, behind=behind, placed=placed
        )  # fmt: skip
    for kind, names in _kinds():
        if name in names:
            return PlaceMention(names[name], kind, start, end)
    if name in short_codes() and (end - start == 2 or (len(name) == 3 and name not in inner_names())):
        in_capitals = words[start].raw.isupper() and (alone or not shouted)
        if in_capitals or (alone and name not in THREE_LETTER_WORDS):
            return PlaceMention(short_codes()[name], "code", start, end)
    if len(name) < 3 or name not in inner_names() or (name in doubtful_names() and not alone and words[start].raw.islower()):
        return None
    ahead = words[end].plain if end < len(words) else ""
    letters = len(ahead) == 2 and ahead in short_codes() and (words[end].raw.isupper() or end + 1 == len(words))
    followed = bool(ahead) and (words[end].parted or ahead in country_names() or letters)
    located = (
        behind in IN
        or follows
        or bool(re.search(r"\d", behind))
        or (start > 1 and words[start - 2].plain in IN and behind in AROUND)
    )
    at_edge = start == 0 or words[start].parted or behind in AROUND
    if alone or located or (at_edge and followed) or (set_apart and name not in doubtful_names()):
        return PlaceMention(inner_names()[name], "inner", start, end)
    return None


def _kinds() -> tuple[tuple[Literal["people", "place", "region"], dict[str, tuple[str, ...]]], ...]:
    """In this order, because Indonesian calls Switzerland "Swiss"."""
    return ("people", peoples()), ("place", country_names()), ("region", regions())


def _by_letters(
    word: TypedWord,
    start: int,
    end: int,
    before: PlaceMention | None,
    *,
    alone: bool,
    shouted: bool,
    set_apart: bool,
    behind: str,
    placed: bool,
) -> PlaceMention | None:
    """The place that two letters name: in capitals, behind a city, or as the whole answer if they are no word."""
    name = word.plain
    codes = country_names().get(name) or short_codes().get(name) or inner_names().get(name)
    if codes is None or (name in {"ok", "hi"} and alone):
        return None
    if name in {"us", "eu"} and behind in {"the", "in"}:
        return PlaceMention((name.upper(),), "place", start, end)
    of_city = before is not None and before.end == start and before.kind == "inner" and _related(before.codes, codes)
    in_capitals = word.raw.isupper() and (not shouted or alone or set_apart)
    if name in TWO_LETTER_WORDS and not (alone or of_city or placed):
        in_capitals = False  # "is that OK if …", "' OR 1=1": people write words in capitals too
    if name in {"uk", "gb", "nz", "dc", "bc"} or (name == "eu" and (in_capitals or alone)):
        return PlaceMention(codes, "place", start, end)
    if in_capitals or (alone and (name not in TWO_LETTER_WORDS or name == "us")):
        return PlaceMention(codes, "code", start, end)
    return PlaceMention(codes, "code", start, end) if of_city or (set_apart and name not in TWO_LETTER_WORDS) else None


def with_roles(words: Sequence[TypedWord], mentions: Sequence[PlaceMention]) -> list[PlaceMention]:
    """Each place with what it is to the person."""
    roles: list[PlaceMention] = []
    for mention in mentions:
        last = roles[-1] if roles else None
        floor = last.end if last else 0
        behind = " ".join(word.plain for word in words[max(floor, mention.start - 8) : mention.start])
        ahead = " ".join(word.plain for word in words[mention.end : mention.end + 2])
        role: Role
        if last and not behind and last.kind != "people":
            related = _related(last.codes, mention.codes)
            role = "plain" if last.role in {"not", "origin"} and not related else last.role
        elif mention.kind == "people":
            role = "not" if NOT.search(behind) else "origin"
        elif last and behind in {"to", "and now", "but now"} and last.role == "origin":
            role = "lives"
        elif last and behind in {"and", "or"}:
            role = last.role
        else:
            role = _role(behind)
        if role == "plain" and re.match(r"(?:citizen|passport|national)", ahead):
            role = "origin"
        roles.append(replace(mention, role=role))
    return roles


def _role(behind: str) -> Role:
    """What the words in front of a place say; the nearest counts."""
    found = {
        kind: max((match.start() for match in pattern.finditer(behind)), default=-1)
        for kind, pattern in (("not", NOT), ("lives", LIVES), ("origin", ORIGIN))
    }
    if found["not"] >= 0 and not re.search(r"\bnot (?:sure|certain)\b", behind):
        if found["origin"] > found["not"] and "dont" not in behind and "not" not in behind.split()[-3:]:
            return "origin"
        return "not"
    if re.search(r"\bused to\b", behind) or WORKS_THERE_NOW.search(behind):
        return "lives" if WORKS_THERE_NOW.search(behind) else "origin"
    if found["lives"] < 0 and found["origin"] < 0:
        return "plain"
    if behind.endswith(("from", "from the")) and len(ORIGIN.findall(behind)) == 1 and not ELSEWHERE.search(behind):
        return "plain"
    return "lives" if found["lives"] > found["origin"] else "origin"


def _related(some: tuple[str, ...], others: tuple[str, ...]) -> bool:
    return any(within_code(one, other) or within_code(other, one) for one in some for other in others)


def within_code(code: str, of: str) -> bool:
    return code == of or code.startswith(f"{of}-")
