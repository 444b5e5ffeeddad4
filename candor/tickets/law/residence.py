"""Turn the answer to "where do you live?" into an ISO 3166 code, or into what to ask next. Never raises.

Countries are known by their names in many languages, and so are the states of the United States, the provinces of Canada and the
nations of the United Kingdom, because these can have laws of their own; cities of size stand for their country. In a sentence the
place where somebody lives counts, not the one they left or were born in. A name with one wrong letter is taken where it is long
and no other is near; what is less sure is a guess, to be asked back.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

import pycountry

from candor.tickets.law.place_mentions import (
    ALSO_PEOPLE,
    AROUND,
    IN,
    MOST_WORDS,
    TWO_LETTER_WORDS,
    PlaceMention,
    TypedWord,
    bare_answer,
    mentions_in,
    says_where,
    with_roles,
    within_code,
    word_set,
    words_in_answer,
)
from candor.tickets.law.place_names import (
    country_names,
    doubtful_names,
    known_places,
    listed_names,
    ordinary_words,
    place_name,
    plain_name,
)
from candor.tickets.law.place_spelling import is_alone, near_places
from candor.typed.folding import fold
from candor.typed.short_answers import ShortAnswer, read_short_answer

__all__ = [
    "Residence", "ResidenceOutcome", "chosen_place", "is_place_name", "known_places", "load_places", "parse_residence",
    "place_name",
]  # fmt: skip


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


TOKEN = re.compile(r"<[a-z]{2,12}_\d+>|[\w.+-]{1,64}@[\w.-]+|https?://\S+")
# Of a mail that was pasted: who sent it says nothing of where the visitor lives.
HEADER = re.compile(
    r"^[>\s]*(?:from|to|cc|sent|date|subject|von|an|gesendet|datum|betreff|de|à|envoy\w+|objet|para|asunto|fecha)\s*:.*$",
    re.IGNORECASE | re.MULTILINE,
)
FEWEST_HEADERS = 2  # "from: Germany" alone is an answer
FLAG = re.compile("[\U0001f1e6-\U0001f1ff]{2}|\U0001f3f4[\U000e0061-\U000e007a]{5}\U000e007f")
NO_PLACE = word_set(
    """
    hello hallo hola help thanks thank there here home house please nice right wrong where what when which would could
    should nothing anything something somewhere nowhere anywhere everywhere earth world planet moon mars space wide country
    state town place email mail address delete data account privacy policy company request copy send stop cancel
    later never always person human agent woman other another maybe sure really about after before because their these those
    them then than that this have money online internet website change changed correct again sorry meant mean name number
    live life love line land lane main mine more most must much many make made male mall spam span spin pain rain train
    brain grain plain china chin chain chair char chat norm form firm farm warm harm calm palm hand hang cuba cube tuba iron
    iran omen open oman roman peer pure guide game games ohio polish finish turkey nigh night might light sight fight eight
    weight tight test text next nest rest best west east same before above already house
    file begin mate dead bananas grazie
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

DIRECTIONS = {"north", "south", "east", "west"}
SHORT = {"north": "n", "south": "s", "east": "e", "west": "w", "democratic": "drc"}
NO_MARK = {"the", "of", "and"}
ORDINALS = ({"first", "1st", "1"}, {"second", "2nd", "2"}, {"third", "3rd", "3"}, {"fourth", "4th", "4"})
NEGATED_HALF = re.compile(r"\b(?:not|isnt|isn't|instead of|rather than)\s+([^,.;!]*)", re.IGNORECASE)
LONG_NAME = 6  # letters; of a shorter one, one slip may make another word
MOST_TO_NEGATE = 2  # with more options, "not the north" leaves several


def parse_residence(text: str) -> Residence:
    """Where the person lives, as far as the text says. An ambiguous name is never guessed."""
    if len(HEADER.findall(text)) >= FEWEST_HEADERS:
        text = HEADER.sub(" ", text)
    folded = fold(TOKEN.sub(" , ", text)).text
    plain = plain_name(folded)
    flags = tuple(_flags(folded))
    words = words_in_answer(folded)
    if not flags and (plain in DECLINES_WHOLE or DECLINES.search(plain)):
        return Residence(ResidenceOutcome.NOT_SAID)
    if not flags and plain not in country_names():
        short = read_short_answer(folded)
        if short in {ShortAnswer.RATHER_NOT, ShortAnswer.NOTHING, ShortAnswer.DONT_KNOW}:
            return Residence(ResidenceOutcome.NOT_SAID)
        if short in ABOUT_NO_PLACE or len(words) > MOST_WORDS:
            return Residence(ResidenceOutcome.NOT_UNDERSTOOD)
    mentions = [PlaceMention(codes, "place", 0, 0) for codes in flags] + with_roles(words, list(mentions_in(words)))
    for role in ("lives", "plain", "origin"):
        chosen = [mention for mention in mentions if mention.role == role]
        read = _read(chosen, guessed=role == "origin", words=words)
        if read and read.outcome is ResidenceOutcome.AMBIGUOUS:
            told = chosen_place(_beside(words, mentions), read.options) or _told_beside(mentions, read.options)
            if told:
                return Residence(ResidenceOutcome.FOUND, told)  # "korea, south", "I live in Valencia in Spain"
        if read:
            return _slip_in_a_longer_name(chosen, words) or _slip_in_english(chosen, words) or read
    negated = any(mention.role == "not" for mention in mentions)
    return (None if negated else _misspelt(words)) or Residence(ResidenceOutcome.NOT_UNDERSTOOD)


def _slip_in_a_longer_name(mentions: Sequence[PlaceMention], words: Sequence[TypedWord]) -> Residence | None:
    """The place that a name and the words before it name with a slip: "soth africa" is taken, "britsh columbia" asked about."""
    if len(mentions) != 1:
        return None
    mention = mentions[0]
    for before in (2, 1):
        first = mention.start - before
        if first < 0 or words[first].plain in IN | NO_PLACE:
            continue
        name = " ".join(word.plain for word in words[first : mention.end])
        _, codes = near_places(name, most=1, cities=False, foreign=False)
        if len(codes) == 1 and codes != mention.codes:
            sure = mention.kind == "region"  # "africa" alone is no country
            return Residence(
                ResidenceOutcome.FOUND if sure else ResidenceOutcome.GUESSED, codes[0], why="" if sure else "spelling"
            )
    return None


def _slip_in_english(mentions: Sequence[PlaceMention], words: Sequence[TypedWord]) -> Residence | None:
    """What is asked about where a name in another language may be another place's in English with a slip: "nigera"."""
    if len(mentions) != 1 or mentions[0].kind != "place" or len(mentions[0].codes) != 1:
        return None
    name = " ".join(word.plain for word in words[mentions[0].start : mentions[0].end])
    edits, codes = near_places(name, most=1, cities=False, foreign=False)
    others = set(codes) - set(mentions[0].codes)
    if edits != 1 or not others or len(name) < LONG_NAME:
        return None
    return Residence(ResidenceOutcome.AMBIGUOUS, options=tuple(sorted(others | set(mentions[0].codes))))


def chosen_place(text: str, options: Sequence[str]) -> str | None:
    """Which of several places that one name stands for a text means, by what sets it apart: "south" of the two Koreas, "the
    state" of the two Georgias, "the second". None if it tells none, or more than one."""
    folded = fold(text).text
    words = {word.plain for word in words_in_answer(NEGATED_HALF.sub(" ", folded))}
    ordinals = {index for index, names in enumerate(ORDINALS) if words & names}
    names = [_words_of_place(code) for code in options]
    shared = set.intersection(*names) if names else set()
    told = {index for index, own in enumerate(names) if words & (own - shared)} or ordinals
    chosen = [options[index] for index in told if index < len(options)]
    if not chosen and (negated := NEGATED_HALF.search(folded)) and len(options) == MOST_TO_NEGATE:
        refused = chosen_place(negated[1], options)
        return next((code for code in options if refused and code != refused), None)
    return chosen[0] if len(chosen) == 1 else None


def _told_beside(mentions: Sequence[PlaceMention], options: Sequence[str]) -> str | None:
    """Which of the options another place in the text is, or lies in."""
    others = {code for mention in mentions if mention.role != "not" and len(mention.codes) == 1 for code in mention.codes}
    fitting = [option for option in options if any(within_code(option, other) for other in others)]
    return fitting[0] if len(fitting) == 1 else None


def _beside(words: Sequence[TypedWord], mentions: Sequence[PlaceMention]) -> str:
    """What is said beside the places."""
    within = {place for mention in mentions for place in range(mention.start, mention.end)}
    return " ".join(word.raw for place, word in enumerate(words) if place not in within)


def _words_of_place(code: str) -> set[str]:
    words = {word.plain for word in words_in_answer(place_name(code))} - NO_MARK
    also = {SHORT[word] for word in words & SHORT.keys()} | {f"{word}ern" for word in words & DIRECTIONS}
    return words | also | ({"state", "us", "usa", "america", "american"} if code.startswith("US-") else set())


def load_places() -> None:
    """Read names and phrases now (a second), for a process whose first visitor should not wait for it."""
    parse_residence("frnace")


def is_place_name(text: str) -> bool:
    """Whether the text is the name of a place and nothing else, in the form of `place_name` or any other."""
    plain = plain_name(fold(text).text)
    return (plain in country_names() and plain not in TWO_LETTER_WORDS) or plain in listed_names()


def is_place_alone(text: str) -> bool:
    """Whether the text is the name of a place or of a city that we know, spelt as it is, and nothing else. A city that is called
    like an ordinary word has its capital then: "Split"."""
    words = words_in_answer(fold(text).text)
    whole = [mention for mention in mentions_in(words) if mention.end - mention.start == len(words)] if words else []
    doubtful = " ".join(word.plain for word in words) in doubtful_names()
    return any(mention.kind in {"place", "inner"} for mention in whole) and (not doubtful or words[0].raw[0].isupper())


def _read(mentions: Sequence[PlaceMention], *, guessed: bool, words: Sequence[TypedWord]) -> Residence | None:
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
        country = _rather_the_country(codes)
        if country and all(mention.kind == "code" for mention in named):
            return Residence(ResidenceOutcome.GUESSED, country, why="code")
        return Residence(ResidenceOutcome.AMBIGUOUS, options=codes[:8])
    if not codes:
        return None
    reason = _reason(named, words, guessed=guessed)
    return Residence(ResidenceOutcome.GUESSED if reason else ResidenceOutcome.FOUND, codes[0], why=reason)


def _rather_the_country(codes: Sequence[str]) -> str | None:
    """The country that two letters rather stand for than for a province of Canada: "NL". States of the USA are called so too."""
    countries = [code for code in codes if "-" not in code]
    provinces = [code for code in codes if code.startswith("CA-")]
    return countries[0] if len(countries) == 1 and len(provinces) == len(codes) - 1 else None


def _reason(named: Sequence[PlaceMention], words: Sequence[TypedWord], *, guessed: bool) -> GuessReason:
    """Why the places found are only a guess; "" if they are sure."""
    if not named:
        return "people"
    if guessed:
        return "origin"
    first = named[0]
    if (
        len(named) == 1
        and first.start
        and words[first.start - 1].plain in {"im", "am"}
        and words[first.start].plain in ALSO_PEOPLE
    ):
        return "people"
    if all(mention.kind == "code" and not words[mention.start].raw.isupper() for mention in named):
        return "code"
    names = [" ".join(word.plain for word in words[mention.start : mention.end]) for mention in named]
    return "city" if all(mention.kind == "inner" for mention in named) and set(names) <= doubtful_names() else ""


def _narrowed(mentions: Sequence[PlaceMention]) -> tuple[str, ...]:
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
        fitting = {code for code in options if any(within_code(code, other) for other in sure)}
        codes |= fitting if len(options) > 1 and fitting else options
    return tuple(sorted(code for code in codes if not any(other != code and within_code(other, code) for other in codes)))


def _fitting(place: set[str], city: set[str]) -> set[str]:
    """The codes of a place next to the name of a city: those that agree with it, if any do."""
    wider = {code for code in place if any(within_code(code, inner) for inner in city)}
    return wider or {inner for inner in city if any(within_code(inner, code) for code in place)} or place


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


def _misspelt(words: Sequence[TypedWord]) -> Residence | None:
    """The place that a misspelt word or two may mean. Sure enough to take if one letter is wrong and nothing else is near."""
    start, end = bare_answer(words)
    short, lives = end - start <= 4, says_where(words)
    if not short and not lives:
        return None
    located = {place + 1 for place, word in enumerate(words) if word.plain in IN} if lives else set[int]()
    starts = sorted(located | {place for place, word in enumerate(words) if word.parted})
    spans = [(0, len(words)), (start, end)] if short else []  # with "west" or "south", which are part of some names
    spans += [(place, place + length) for length in (3, 2, 1) for place in starts if place + length <= len(words)]
    best: Residence | None = None
    for first, last in dict.fromkeys(spans):
        name = " ".join(word.plain for word in words[first:last])
        inside = set(name.split())
        if (
            (inside - DIRECTIONS) & NO_PLACE
            or inside <= DIRECTIONS
            or inside <= TWO_LETTER_WORDS | AROUND
            or inside & {"my", "i", "a", "it", "is", "me", "you", "your"}
        ):
            continue
        squeezed = country_names().get(name.replace(" ", "")) or _squeezed(name)
        if squeezed and len(squeezed) == 1:
            return Residence(ResidenceOutcome.FOUND, squeezed[0])
        word = inside <= ordinary_words()  # "thinking" is no town in China, but "hungry" may be a country
        edits, codes = near_places(
            name, most=2 if not word and (len(name) >= 8 or (first in located and len(name) >= 7)) else 1,
            cities=len(name) >= 7 and not word, foreign=not word,
        )  # fmt: skip
        if not codes or (len(name) < 5 and first not in located and not short) or (word and len(name) < LONG_NAME):
            continue
        if (
            len(codes) == 1
            and edits == 1
            and len(name) >= LONG_NAME
            and not word
            and (len(name) == LONG_NAME or is_alone(name, codes, within=2))
        ):
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
