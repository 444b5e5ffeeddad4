"""Turn the answer to "where do you live?" into an ISO 3166 code, or into what to ask next. Never raises.

Countries are known by their names in many languages, and so are the states of the United States, the provinces of Canada and the
nations of the United Kingdom, because these can have laws of their own; cities of size stand for their country. In a sentence the
place where somebody lives counts, not the one they left or were born in. What is only likely is a guess, to be asked back.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

import pycountry

from candor.tickets.law.place_names import (
    country_names,
    doubtful_names,
    inner_names,
    known_places,
    listed_names,
    peoples,
    place_name,
    plain_name,
    regions,
    short_codes,
)
from candor.tickets.law.place_slips import near_places
from candor.typed.folding import fold
from candor.typed.short_answers import ShortAnswer, read_short_answer

__all__ = ["Residence", "ResidenceOutcome", "is_place_name", "known_places", "parse_residence", "place_name"]


class ResidenceOutcome(StrEnum):
    """How an answer was understood."""

    FOUND = "found"
    GUESSED = "guessed"  # ask back: "Germany?"; `code` holds the guess, `why` its reason
    AMBIGUOUS = "ambiguous"  # ask: `options` holds the codes
    REGION = "region"  # larger than a country, `region` in the words of the visitor: ask which country
    NOT_SAID = "not_said"  # "I'd rather not say"
    NOT_UNDERSTOOD = "not_understood"  # ask once more


GuessReason = Literal["", "spelling", "people", "origin", "city", "code"]


@dataclass(frozen=True)
class Residence:
    """`code` is a country (DE, GB) or a part of one (US-CA, GB-SCT), or EU; None unless FOUND or GUESSED."""

    outcome: ResidenceOutcome
    code: str | None = None
    options: tuple[str, ...] = ()
    why: GuessReason = ""  # of a guess: misspelt; a nationality; where somebody comes from; a city's name that is a word; letters
    region: str = ""


@dataclass(frozen=True)
class _Word:
    plain: str
    raw: str
    parted: bool  # a sign such as a comma stands in front of it


@dataclass(frozen=True)
class _Mention:
    """A place in a text: words[start:end]."""

    codes: tuple[str, ...]
    kind: Literal["place", "inner", "code", "people", "region"]
    start: int
    end: int
    role: Literal["lives", "plain", "origin", "not"] = "plain"


def _words_of(text: str) -> frozenset[str]:
    return frozenset(text.split())


TOKEN = re.compile(r"<(?:email|phone|card|account)_\d+>|[\w.+-]+@[\w.-]+|https?://\S+")
FLAG = re.compile("[\U0001f1e6-\U0001f1ff]{2}|\U0001f3f4[\U000e0061-\U000e007a]{5}\U000e007f")
LONGEST = 9  # words in a name
MOST_WORDS = 80
IN = _words_of("in from of at near to is around outside into within en in aus de a w v i på")
# Words in front of an answer and behind it that say nothing about the place.
AROUND = _words_of(
    """
    well hi hello hey ok okay sure yes yeah yep so um uh hm hmm oh its it is thats that this i we live living reside
    residing am im ive in from of at the my our country state residence home currently based located a an resident citizen
    sorry meant mean actually no wait nope now to here near around right just please thanks thank you think believe guess
    place where stay staying be was answer and but lives resides come comes coming me mine moved city town region area
    province living's say said would should put use ich wohne lebe bin aus je vis suis en habite vivo soy de sono abito
    mieszkam jsem bydlim asun bor atm rn still originally both county zone part north south east west northern southern
    eastern western central greater downtown
    """
)
NOT = re.compile(
    r"\b(?:not|isnt|arent|aint|never|except|without|instead of|rather than|no longer|left|leaving|dont|outside|nor)\b"
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
    r"|ancestors|roots|expat|expats|student)\b"
)
ELSEWHERE = re.compile(
    r"\b(?:moved|relocated|emigrated|fled|ordered|bought|friend|mail|email|letter|call|people|person|originally)\b"
)
TWO_LETTER_WORDS = _words_of(
    """
    hi in me ok or no is it at be by so to my am as id ma pa la oh do go eh mm ah ha ya ye yo lo um al an ad ai ar ay bi ed
    ef el em en er ex fa he hm if ki li mi mu na ne nu od oe of om on op os ow ox oy pe pi re sh si ta ti uh un up us ut we
    wo xi za de md mo mr ms dr pm tv pc ps nm gm cu ty np vs st sr co
    """
)
THREE_LETTER_WORDS = _words_of("and are can per not bra cod guy mac nor but ton ben ago com how mar ant arm tun vat")
NO_PLACE = _words_of(
    """
    hello hallo hola help thanks thank there here home house please great right wrong where what when which would could
    should nothing anything something somewhere nowhere anywhere everywhere earth world planet moon mars space wide country
    state city town island place email mail address delete data account privacy policy company request copy send stop cancel
    later never always person human agent woman other another maybe sure really about after before because their these those
    them then than that this have money online internet website change changed correct again sorry meant mean name number
    live life love line land lane main mine more most must much many make made male mall spam span spin pain rain train
    brain grain plain china chin chain chair char chat norm form firm farm warm harm calm palm hand hang cuba cube tuba iron
    iran omen open oman roman peer pure guide game games ohio polish finish turkey nigh night might light sight fight eight
    weight tight test text next nest rest best west east
    """
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
ABOUT_NO_PLACE = {ShortAnswer.YES, ShortAnswer.LATER, ShortAnswer.STOP, ShortAnswer.WHY, ShortAnswer.WRONG, ShortAnswer.NO}


def parse_residence(text: str) -> Residence:
    """Where the person lives, as far as the text says. An ambiguous name is never guessed."""
    folded = fold(TOKEN.sub(" , ", text)).text
    plain = plain_name(folded)
    flags = tuple(_flags(folded))
    words = _words(folded)
    if not flags and (plain in DECLINES_WHOLE or DECLINES.search(plain)):
        return Residence(ResidenceOutcome.NOT_SAID)
    if not flags and plain not in country_names():
        short = read_short_answer(folded)
        if short in {ShortAnswer.RATHER_NOT, ShortAnswer.NOTHING, ShortAnswer.DONT_KNOW}:
            return Residence(ResidenceOutcome.NOT_SAID)
        if short in ABOUT_NO_PLACE or len(words) > MOST_WORDS:
            return Residence(ResidenceOutcome.NOT_UNDERSTOOD)
    mentions = [_Mention(codes, "place", 0, 0) for codes in flags] + _with_roles(words, list(_mentions(words)))
    for role in ("lives", "plain", "origin"):
        chosen = [mention for mention in mentions if mention.role == role]
        read = _read(chosen, guessed=role == "origin", words=words)
        if read:
            return read
    negated = any(mention.role == "not" for mention in mentions)
    return (None if negated else _misspelt(words)) or Residence(ResidenceOutcome.NOT_UNDERSTOOD)


def is_place_name(text: str) -> bool:
    """Whether the text is the name of a place and nothing else, in the form of `place_name` or any other."""
    plain = plain_name(fold(text).text)
    return (plain in country_names() and plain not in TWO_LETTER_WORDS) or plain in listed_names()


def _words(folded: str) -> list[_Word]:
    """The words of a text, each plain and as it was typed."""
    words: list[_Word] = []
    end = 0
    for match in re.finditer(r"[^\W_](?:[^\W_]|['\u0300-\u036f\u0900-\u0dff\u0e00-\u0eff])*", folded):
        parted = bool(re.search(r"[,;:/()\[\]\n!?|.–-]", folded[end : match.start()]))
        plain = plain_name(match[0])
        for part in plain.split():
            words.append(_Word(part, match[0], parted))
            parted = False
        end = match.end()
    return words[: MOST_WORDS + 1]


def _mentions(words: Sequence[_Word]) -> Iterator[_Mention]:
    """The places named in a text. The longest name wins: "Northern Ireland" is not Ireland, nor Jersey City Jersey."""
    bare_start, bare_end = _bare_answer(words)
    shouted = all(word.raw.upper() == word.raw for word in words)
    start = 0
    before: _Mention | None = None
    while start < len(words):
        found = None
        for length in range(min(LONGEST, len(words) - start), 0, -1):
            end = start + length
            alone = (start, end) == (bare_start, bare_end) or (start == 0 and end == len(words))
            found = _named(words, start, end, alone=alone, shouted=shouted, before=before)
            if found:
                break
        if found:
            yield found
            before = found
        start = found.end if found else start + 1


def _bare_answer(words: Sequence[_Word]) -> tuple[int, int]:
    """Where the answer stands, without the words around it: "hi, i live in Georgia" → "Georgia"."""
    start, end = 0, len(words)
    while start < end and words[start].plain in AROUND:
        start += 1
    while end > start and words[end - 1].plain in AROUND:
        end -= 1
    return (start, end) if start < end else (0, len(words))


def _named(
    words: Sequence[_Word], start: int, end: int, *, alone: bool, shouted: bool, before: _Mention | None
) -> _Mention | None:
    """The place that these words name, if they do."""
    name = " ".join(word.plain for word in words[start:end])
    behind = words[start - 1].plain if start else ""
    follows = before is not None and before.end == start
    set_apart = words[start].parted and (end == len(words) or words[end].parted)
    if len(name) == 2 and name.isascii():
        return _by_letters(words[start], start, end, alone=alone, shouted=shouted, follows=follows or set_apart, behind=behind)
    for kind, names in _kinds():
        if name in names:
            return _Mention(names[name], kind, start, end)
    if name in short_codes() and (end - start == 2 or (len(name) == 3 and name not in inner_names())):
        in_capitals = words[start].raw.isupper() and (alone or not shouted)
        if in_capitals or (alone and name not in THREE_LETTER_WORDS):
            return _Mention(short_codes()[name], "code", start, end)
    if len(name) < 3 or name not in inner_names():
        return None
    ahead = words[end].plain if end < len(words) else ""
    followed = bool(ahead) and (words[end].parted or ahead in country_names() or (len(ahead) == 2 and ahead in short_codes()))
    located = behind in IN or follows or (start > 1 and words[start - 2].plain in IN and behind in AROUND)
    at_edge = start == 0 or words[start].parted or behind in AROUND
    if alone or located or (at_edge and followed) or (set_apart and name not in doubtful_names()):
        return _Mention(inner_names()[name], "inner", start, end)
    return None


def _kinds() -> tuple[tuple[Literal["people", "place", "region"], dict[str, tuple[str, ...]]], ...]:
    """In this order, because Indonesian calls Switzerland "Swiss"."""
    return ("people", peoples()), ("place", country_names()), ("region", regions())


def _by_letters(word: _Word, start: int, end: int, *, alone: bool, shouted: bool, follows: bool, behind: str) -> _Mention | None:
    """The place that two letters name: in capitals, behind a city, or as the whole answer if they are no word."""
    name = word.plain
    codes = country_names().get(name) or short_codes().get(name)
    if codes is None:
        return None
    sure = name in {"uk", "eu", "gb", "nz", "dc", "bc"}
    in_capitals = word.raw.isupper() and (not shouted or alone or follows)
    if (name in {"ok", "hi"} and alone) or (name == "us" and not (in_capitals or alone or behind == "the")):
        return None
    if sure or in_capitals or (follows and name not in {"in", "me", "or", "hi", "ok", "is", "no", "so", "my", "to"}):
        return _Mention(codes, "code" if not sure else "place", start, end)
    if name == "us" and behind == "the":
        return _Mention(("US",), "place", start, end)
    return _Mention(codes, "code", start, end) if alone and (name not in TWO_LETTER_WORDS or name == "us") else None


def _with_roles(words: Sequence[_Word], mentions: Sequence[_Mention]) -> list[_Mention]:
    """Each place with what it is to the person."""
    roles: list[_Mention] = []
    for mention in mentions:
        last = roles[-1] if roles else None
        floor = last.end if last else 0
        behind = " ".join(word.plain for word in words[max(floor, mention.start - 8) : mention.start])
        ahead = " ".join(word.plain for word in words[mention.end : mention.end + 2])
        role: Literal["lives", "plain", "origin", "not"]
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
        roles.append(_Mention(mention.codes, mention.kind, mention.start, mention.end, role))
    return roles


def _role(behind: str) -> Literal["lives", "plain", "origin", "not"]:
    """What the words in front of a place say; the nearest counts."""
    found = {
        kind: max((match.start() for match in pattern.finditer(behind)), default=-1)
        for kind, pattern in (("not", NOT), ("lives", LIVES), ("origin", ORIGIN))
    }
    if found["not"] >= 0 and not re.search(r"\bnot (?:sure|certain)\b", behind):
        if found["origin"] > found["not"] and "dont" not in behind and "not" not in behind.split()[-3:]:
            return "origin"
        return "not"
    if re.search(r"\bused to\b", behind):
        return "origin"
    if found["lives"] < 0 and found["origin"] < 0:
        return "plain"
    if behind.endswith(("from", "from the")) and len(ORIGIN.findall(behind)) == 1 and not ELSEWHERE.search(behind):
        return "plain"
    return "lives" if found["lives"] > found["origin"] else "origin"


def _related(some: tuple[str, ...], others: tuple[str, ...]) -> bool:
    return any(_within_code(one, other) or _within_code(other, one) for one in some for other in others)


def _within_code(code: str, of: str) -> bool:
    return code == of or code.startswith(f"{of}-")


def _read(mentions: Sequence[_Mention], *, guessed: bool, words: Sequence[_Word]) -> Residence | None:
    """What the places of one role say together."""
    named = [mention for mention in mentions if mention.kind in {"place", "code", "inner"}]
    region = next((mention for mention in mentions if mention.kind == "region"), None)
    people = [mention for mention in mentions if mention.kind == "people"]
    if not named and region and not people:
        if len(region.codes) > 1:
            return Residence(ResidenceOutcome.AMBIGUOUS, options=region.codes)
        return Residence(ResidenceOutcome.REGION, region=" ".join(word.raw for word in words[region.start : region.end]))
    codes = _narrowed(named) if named else tuple(sorted({code for mention in people for code in mention.codes}))
    if len(codes) > 1:
        return Residence(ResidenceOutcome.AMBIGUOUS, options=codes[:8])
    if not codes:
        return None
    reason = _reason(named, words, guessed=guessed)
    return Residence(ResidenceOutcome.GUESSED if reason else ResidenceOutcome.FOUND, codes[0], why=reason)


def _reason(named: Sequence[_Mention], words: Sequence[_Word], *, guessed: bool) -> GuessReason:
    """Why the places found are only a guess; "" if they are sure."""
    if not named:
        return "people"
    if guessed:
        return "origin"
    if all(mention.kind == "code" and not words[mention.start].raw.isupper() for mention in named):
        return "code"
    names = [" ".join(word.plain for word in words[mention.start : mention.end]) for mention in named]
    return "city" if all(mention.kind == "inner" for mention in named) and set(names) <= doubtful_names() else ""


def _narrowed(mentions: Sequence[_Mention]) -> tuple[str, ...]:
    """The named places, each narrowed down by the others: "California, USA" is US-CA, and so is "San Diego, CA"."""
    places = [set(mention.codes) for mention in mentions if mention.kind != "inner"]
    inner = [set(mention.codes) for mention in mentions if mention.kind == "inner"]
    if not places:
        common = set.intersection(*inner)
        places, inner = ([common], []) if common else (inner, [])
    for options in inner:  # a city stands for its country, unless another is named: "Paris, Texas"
        places = [_fitting(place, options) for place in places]
    sure = {code for options in places if len(options) == 1 for code in options}
    codes: set[str] = set()
    for options in places:
        fitting = {code for code in options if any(_within_code(code, other) for other in sure)}
        codes |= fitting if len(options) > 1 and fitting else options
    return tuple(sorted(code for code in codes if not any(other != code and _within_code(other, code) for other in codes)))


def _fitting(place: set[str], city: set[str]) -> set[str]:
    """The codes of a place next to the name of a city: those that agree with it, if any do."""
    wider = {code for code in place if any(_within_code(code, inner) for inner in city)}
    return wider or {inner for inner in city if any(_within_code(inner, code) for code in place)} or place


def _flags(text: str) -> Iterable[tuple[str, ...]]:
    for flag in FLAG.findall(text):
        if flag[0] == "\U0001f3f4":
            letters = "".join(chr(ord(letter) - 0xE0000) for letter in flag[1:-1]).upper()
            code = f"{letters[:2]}-{letters[2:]}"
            if code in known_places():
                yield (code,)
            continue
        code = "".join(chr(ord(letter) - 0x1F1E6 + ord("A")) for letter in flag)
        if code == "EU" or pycountry.countries.get(alpha_2=code):
            yield (code,)


def _misspelt(words: Sequence[_Word]) -> Residence | None:
    """The place that a misspelt word or two may mean. Sure enough to take if one letter is wrong and nothing else is near."""
    start, end = _bare_answer(words)
    located = {place + 1 for place, word in enumerate(words) if word.plain in IN}
    short = end - start <= 4
    spans = [(start, end)] if short else []
    starts = {*located, *(place for place, word in enumerate(words) if word.parted), *([start] if short else [])}
    spans += [(place, place + length) for length in (3, 2, 1) for place in sorted(starts) if place + length <= len(words)]
    best: Residence | None = None
    for first, last in dict.fromkeys(spans):
        name = " ".join(word.plain for word in words[first:last])
        if name in NO_PLACE or name in TWO_LETTER_WORDS or (first == last - 1 and name in AROUND):
            continue
        squeezed = country_names().get(name.replace(" ", "")) or _squeezed(name)
        if squeezed and len(squeezed) == 1:
            return Residence(ResidenceOutcome.FOUND, squeezed[0])
        slips, codes = near_places(name, most=2 if len(name) >= 8 or (first in located and len(name) >= 7) else 1)
        if not codes or (len(name) < 5 and first not in located and not short):
            continue
        if len(codes) == 1 and slips == 1 and len(name) >= 6:
            return Residence(ResidenceOutcome.FOUND, codes[0])
        guess = (
            Residence(ResidenceOutcome.GUESSED, codes[0], why="spelling")
            if len(codes) == 1
            else Residence(ResidenceOutcome.AMBIGUOUS, options=codes) if len(codes) <= 4 else None
        )  # fmt: skip
        best = best or guess
    return best


def _squeezed(name: str) -> tuple[str, ...] | None:
    """A name typed without its blanks: "newyork"."""
    if " " in name or len(name) < 7:
        return None
    return next((codes for full, codes in country_names().items() if " " in full and full.replace(" ", "") == name), None)
