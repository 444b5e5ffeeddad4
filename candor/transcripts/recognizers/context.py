"""Names and streets that no rule knows and only their context tells, as the tagger and the finder read it. They add, and take
nothing away."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from candor.transcripts.finder import Finder
from candor.transcripts.lexicon import COMMON, GIVEN, ORDINARY, PLACE, SURNAME, lexicon
from candor.transcripts.patterns import any_case
from candor.transcripts.recognizers.numbers import LAW, MONEY, UNIT
from candor.transcripts.recognizers.people import (
    COMPANIES,
    COMPOUND,
    DEMONYM,
    GIVEN_TOO,
    KEPT,
    LIMITS,
    NEVER,
    PARTICLES,
    TITLES,
    places_of_phrases,
)
from candor.transcripts.recognizers.postal import extended, with_lead
from candor.transcripts.recognizers.words import flags_of, folded
from candor.transcripts.spans import Claims
from candor.transcripts.tagger import LABELS, REACH, TaggedToken, Tagger, tokens_in

# The share from which on a run of words is masked, by what its surest word is; LOWER: from which on its neighbours are, too.
FLOOR_OF_GIVEN, FLOOR_OF_NAME, FLOOR_IN_SMALL, FLOOR_OF_PLACE, LOWER = 0.7, 0.9, 0.97, 0.99, 0.4
FLOOR_OF_STREET, LOWER_OF_STREET = 0.6, 0.25  # of its number and of its surest word; of the words and numbers beside them
FLOOR_OF_READ, LOWER_OF_READ = 0.9, 0.5  # the same of what the finder reads, for names and streets
NEVER_ALONE = 2.0
NAME, ADDRESS = LABELS.index("name"), LABELS.index("address")
LONGEST_NUMBER = 5  # digits of a house
NO_NAME, FEWEST_LETTERS = frozenset({ORDINARY, PLACE}), 3  # of a name in small letters where the message is in no English
FEWEST_WORDS = 3  # of a message in which a word that is no given name may be one
READ = re.compile(r"[A-Za-z\u00c0-\u052f\u1e00-\u1fff'’-]+")  # Latin, Greek and Cyrillic
WHERE = any_case(
    r"(?:(?<!\w)(?:in|near|outside|around|bei|à|en|w|v|в|у|residents? of|(?:move[ds]?|moving|relocat\w{1,4}) to"
    r"|(?:am|im|are|come|comes|originally|back) from)|['’]m from) (?:the )?$"
)
STATES: dict[str, int] = {"name": 1, "address": 2}  # what the rules made of a token; any other kind is 3
OTHER_STATE = 3
MOST_BEFORE = 3  # words with a capital before a place
MOST_ASKED = 200  # words of one message that are asked about; 12 µs each
MOST_NUMBERS = 12  # numbers of one message that may be those of houses
OF_NUMBERS = frozenset("/.-–()")  # signs within the number of a law
# "3rd", and what goes on as no house's number does: "9h30", "31.12.", "249,-", "1 990 kr"
NO_HOUSE = any_case(r"(?:st|nd|rd|th)\b|h\d|[.,:]\d|\.(?=\s[a-zà-ž])|,-|(?:[ .\u00a0]\d{3})+(?!\d)")
WITHIN_NUMBER = re.compile(r"\d(?:[:,.]|[ \u00a0](?=\d{3}(?!\d)))$|\dh$")  # the minutes of a time, the rest of an amount
# Two numbers of which one is taken: "14 Tage oder 60", "8 bis 17"
ONE_OF_TWO = any_case(
    r"\s?(?:[^\W\d_]{1,10}\.?)?\s(?:oder|or|ou|o|of|eller|vai|czy|nebo|или|або|чи|bis|à|til|till|tot|do|až|до)\s"
)
ENDS = frozenset(".!?\n")  # signs behind which a word may have its capital from the sentence
WITHIN = frozenset(".'’-,/#")  # signs that may stand within a name or street


def claim_by_context(claims: Claims, kept: Collection[str], tagger: Tagger) -> None:
    """Mask what the tagger is sure of. kept: folded words and phrases that are nobody's name here."""
    tokens = tokens_in(claims.text)
    states = _states(claims, tokens)
    of_names = _candidates(tokens, states, kept)
    numbers = _house_numbers(claims, tokens, states)
    asked = sorted({*of_names, *_beside(numbers, tokens, states)})
    if not asked:
        return
    shares = tagger.shares(tokens, states, asked)
    streets = dict(zip(asked, shares[:, ADDRESS].tolist(), strict=True))
    for number in numbers:
        first, last = _street_around(number, tokens, streets)
        if first < last:
            claims.claim("address", with_lead(claims, tokens[first].start), extended(claims.text, tokens[last].end))
    names = dict(zip(asked, shares[:, NAME].tolist(), strict=True))
    for first, last in _runs(tokens, states, {place: names[place] for place in of_names}):
        if not _is_place(claims.low, tokens, first, last):
            claims.claim("name", tokens[first].start, tokens[last].end)


def claim_by_reading(claims: Claims, kept: Collection[str], finder: Finder) -> None:
    """Mask what the finder is sure of, of what is free still. kept: as above."""
    tokens = tokens_in(claims.text)
    states = _states(claims, tokens)
    plains = [folded(token.text) if token.kind == "word" else "" for token in tokens]
    if _is_plain(tokens, plains):
        return
    companies = places_of_phrases(plains, COMPANIES | frozenset(kept))
    free = [place for place, state in enumerate(states) if not state and place not in companies and plains[place] not in kept]
    if not free:
        return
    shares = finder.shares(claims.text, tokens)
    for label in (ADDRESS, NAME):
        at = {place: float(shares[place, label]) for place in free}
        end = -1
        for place, share in at.items():
            if share < FLOOR_OF_READ or place <= end:
                continue
            first, end = (_reached(tokens, at, place, step, LOWER_OF_READ) for step in (-1, 1))
            kinds = {token.kind for token in tokens[first : end + 1]}
            if label == ADDRESS and {"number", "word"} <= kinds:  # digits alone may be a one-time code
                claims.claim("address", with_lead(claims, tokens[first].start), extended(claims.text, tokens[end].end))
            elif label == NAME and not _is_place(claims.low, tokens, first, end):
                claims.claim("name", tokens[first].start, tokens[end].end)


def _is_plain(tokens: Sequence[TaggedToken], plains: Sequence[str]) -> bool:
    """Whether a message has no number, and no word that is anything but ordinary English: half of all questions are so, name
    nobody, and need no reading."""
    known, begins = lexicon().words, True
    for token, plain in zip(tokens, plains, strict=True):
        if token.kind == "number":
            return False
        if token.kind == "word":
            nobody = plain in NEVER or known.get(plain) == ORDINARY
            if not nobody or plain in TITLES or (token.text[0].isupper() and not begins and len(token.text) > 1):
                return False
        begins = token.text in ENDS
    return True


def _house_numbers(claims: Claims, tokens: Sequence[TaggedToken], states: Sequence[int]) -> list[int]:
    """Places of numbers that may be a house's: neither of what is counted or paid, nor of a law, as both in "2016/679"."""
    found: list[int] = []
    of_law, before = False, -1
    for place, token in enumerate(tokens):
        if token.kind != "number":
            of_law &= token.kind == "sign" and OF_NUMBERS.issuperset(token.text)
            continue
        before, other = place, before
        if other >= 0 and ONE_OF_TWO.fullmatch(claims.low, tokens[other].end, token.start):
            found = [one for one in found if one != other]
            continue
        of_law |= LAW.search(claims.low, max(0, token.start - 16), token.start) is not None
        glued = claims.text[max(0, token.start - 1) : token.start].isalpha()  # "SHA256"
        glued = (
            glued
            or NO_HOUSE.match(claims.low, token.end) is not None
            or WITHIN_NUMBER.search(claims.low[max(0, token.start - 2) : token.end], 0, min(2, token.start)) is not None
            or MONEY.search(claims.low, max(0, token.start - 12), token.start) is not None
        )
        if of_law or glued or states[place] or len(token.text) > LONGEST_NUMBER or UNIT.match(claims.low, token.end):
            continue
        found.append(place)
        if len(found) == MOST_NUMBERS:
            break
    return found


def _beside(numbers: Sequence[int], tokens: Sequence[TaggedToken], states: Sequence[int]) -> set[int]:
    """The places of numbers, and of the words and numbers near them."""
    near = {place for number in numbers for place in range(number - REACH, number + REACH + 1) if 0 <= place < len(tokens)}
    return {place for place in near if not states[place] and tokens[place].kind in {"word", "number"}}


def _street_around(number: int, tokens: Sequence[TaggedToken], at: dict[int, float]) -> tuple[int, int]:
    """First and last place of the street whose number it is; twice the same place if it is none."""
    if at[number] < FLOOR_OF_STREET:
        return number, number
    first, last = (_reached(tokens, at, number, step, LOWER_OF_STREET) for step in (-1, 1))
    words = [place for place in range(first, last + 1) if tokens[place].kind == "word" and len(tokens[place].text) > 1]
    sure = max((at.get(place, 0.0) for place in words), default=0.0) >= FLOOR_OF_STREET
    return (first, last) if sure else (number, number)


def _is_place(low: str, tokens: Sequence[TaggedToken], first: int, last: int) -> bool:
    """Whether it is where somebody lives: behind "I live in", or before a place, as in "Kalmar, Sweden"."""
    begin = first
    while begin and first - begin < MOST_BEFORE and tokens[begin - 1].kind == "word" and tokens[begin - 1].text[0].isupper():
        begin -= 1  # "Nowy" in "Nowy Dwór"
    if WHERE.search(low, max(0, tokens[begin].start - 24), tokens[begin].start):
        return True
    known = lexicon().words
    if any(GIVEN in known.get(folded(token.text), "") for token in tokens[first : last + 1]):
        return False
    beyond = tokens[last + 1 : last + 3]
    return len(beyond) == 2 and beyond[0].text == "," and PLACE in known.get(folded(beyond[1].text), "")


def _states(claims: Claims, tokens: Sequence[TaggedToken]) -> list[int]:
    """0: free; else what the rules made of it."""
    spans = claims.spans()
    states, n = [], 0
    for token in tokens:
        while n < len(spans) and spans[n].end <= token.start:
            n += 1
        if n < len(spans) and spans[n].start < token.end:
            states.append(STATES.get(spans[n].kind, OTHER_STATE))
        else:
            states.append(0 if claims.is_free(token.start, token.end) else OTHER_STATE)
    return states


def _candidates(tokens: Sequence[TaggedToken], states: Sequence[int], kept: Collection[str]) -> list[int]:
    """Places of words that may be somebody's name."""
    plains = [folded(token.text) if token.kind == "word" else "" for token in tokens]
    flags = [flags_of(plain) for plain in plains]
    n_words = sum(map(bool, plains))
    english = sum(ORDINARY in flag or plain in NEVER for flag, plain in zip(flags, plains, strict=True))
    n_names = sum(COMMON in flag and ORDINARY not in flag and len(plain) > 3 for flag, plain in zip(flags, plains, strict=True))
    # Else nothing tells that a word in small letters is no noun.
    small_too = 2 * english >= n_words - n_names > 0 and n_words > FEWEST_WORDS
    found, companies = [], places_of_phrases(plains, COMPANIES | frozenset(kept))
    for place, token in enumerate(tokens):
        plain = plains[place]
        if states[place] or place in companies or not plain or not _may_be(token.text, plain, kept):
            continue
        if token.text in LIMITS and ORDINARY in "".join(flags[place + 1 : place + 2]):
            continue
        beside = flags[max(0, place - 1) : place + 2]
        if n_words <= FEWEST_WORDS and (PLACE in flags[place] or not any(GIVEN in flag for flag in beside)):
            continue  # "Kulmbach": an answer to where somebody lives
        behind_name = place > 0 and GIVEN in flags[place - 1]  # "sandy beach"
        in_english = small_too and (flags[place] != ORDINARY or behind_name) and len(plain) > 1
        elsewhere = n_words > 1 and len(plain) > FEWEST_LETTERS and token.text == plain and _is_given(flags[place])
        elsewhere |= n_words > FEWEST_WORDS and not flags[place] and any(map(_is_given, beside))  # a surname beside it
        small = (in_english or elsewhere) and plain not in NEVER
        if token.text[0].isupper() or small:
            found.append(place)
    if len(found) > MOST_ASKED:
        found = [place for place in found if tokens[place].text[0].isupper()][:MOST_ASKED]
    return found


def _is_given(flags: str) -> bool:
    """Whether a word is somebody's given name somewhere, and nothing else."""
    return GIVEN in flags and not NO_NAME.intersection(flags)


def _may_be(written: str, plain: str, kept: Collection[str]) -> bool:
    """Whether a word is in letters that the tagger reads, no "don't", and not kept; "May" may be somebody."""
    if plain in kept or not READ.fullmatch(written) or "'" in plain[-3:]:
        return False
    return plain not in KEPT or (plain in GIVEN_TOO and written[0].isupper())


def _runs(tokens: Sequence[TaggedToken], states: Sequence[int], at: dict[int, float]) -> list[tuple[int, int]]:
    """First and last place of each run of tokens that are a name."""
    runs: list[tuple[int, int]] = []
    for place, share in at.items():
        if share < LOWER or (runs and place <= runs[-1][1]):
            continue
        if share >= _floor(tokens[place]) or _is_beside(tokens, states, place):
            runs.append((_reached(tokens, at, place, -1), _reached(tokens, at, place, 1)))
    return runs


def _is_beside(tokens: Sequence[TaggedToken], states: Sequence[int], place: int) -> bool:
    """Whether a word touches a name that the rules know: "Duc" in "Duc Minh Tran"."""
    near = [other for other in (place - 1, place + 1) if 0 <= other < len(tokens) and states[other] == STATES["name"]]
    touching = any(1 in {tokens[other].start - tokens[place].end, tokens[place].start - tokens[other].end} for other in near)
    plain = folded(tokens[place].text)
    return touching and plain not in NEVER and (tokens[place].text[0].isupper() or ORDINARY not in lexicon().words.get(plain, ""))


def _floor(token: TaggedToken) -> float:
    """The share from which on a token is masked: what only looks strange must be surer than what is somebody's name somewhere."""
    plain = folded(token.text)
    flags = lexicon().words.get(plain, "")
    named, small = GIVEN in flags or SURNAME in flags, not token.text[0].isupper()
    nobody = plain in NEVER or plain in PARTICLES or plain in KEPT or len(plain) < 2 + small
    if nobody or (not named and DEMONYM.fullmatch(plain)):
        return NEVER_ALONE
    if PLACE in flags:  # "London, England": where somebody lives is asked for
        return FLOOR_OF_PLACE if GIVEN in flags else NEVER_ALONE
    if _is_given(flags):
        return FLOOR_OF_GIVEN
    if small:
        return FLOOR_OF_NAME if named and ORDINARY not in flags else FLOOR_IN_SMALL
    if token.text[1:] and not token.text[1:].islower() and not COMPOUND.match(token.text):  # "TRUSTe", "VCDPA"
        return FLOOR_IN_SMALL if named else NEVER_ALONE
    return FLOOR_OF_NAME


def _reached(tokens: Sequence[TaggedToken], at: dict[int, float], place: int, step: int, floor: float = LOWER) -> int:
    """How far a name or street goes on from a place to one side."""
    end = place
    while True:
        nexts = end + step
        if at.get(nexts, 0) >= floor:
            end = nexts
            continue
        beyond = nexts + step
        within = 0 <= nexts < len(tokens) and tokens[nexts].kind == "sign" and WITHIN.issuperset(tokens[nexts].text)
        if within and at.get(beyond, 0) >= floor:
            end = beyond
            continue
        begins = step < 0 and nexts >= 0 and tokens[nexts].text[0].isupper()
        return nexts if begins and folded(tokens[nexts].text) in GIVEN_TOO else end  # "May Thandar Aung"
