"""Mask personal data before anyone else sees a message: names, addresses of all kinds, numbers, keys and passwords.

Recognisers find them (recognizers/), and a tagger the names that no rule knows (tagger.py), with a finder that reads as the
encoder does (finder.py) where the caller has one; a token such as <email_1> takes their place. Pure: the caller keeps the values
(vault.py) and says which token a value already has. The lexicon, the tagger and the phone numbers' metadata are loaded when the
first text is masked.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Collection, Sequence
from functools import cache

from candor.transcripts.finder import Finder
from candor.transcripts.lexicon import COMMON, ORDINARY
from candor.transcripts.recognizers.beside_words import (
    claim_assignments,
    claim_beside_words,
    claim_logins,
    claim_secrets,
    is_beside_word,
)
from candor.transcripts.recognizers.birth_dates import claim_birth_dates, claim_dates_of_people
from candor.transcripts.recognizers.context import claim_by_context, claim_by_reading
from candor.transcripts.recognizers.echoes import claim_echoes
from candor.transcripts.recognizers.ibans import claim_ibans
from candor.transcripts.recognizers.network import (
    claim_codes,
    claim_emails,
    claim_handles,
    claim_hidden_emails,
    claim_keys,
    claim_links,
    claim_network,
    protect_versions,
)
from candor.transcripts.recognizers.numbers import REGIONS, claim_numbers, claim_numbers_apart, protect_amounts
from candor.transcripts.recognizers.people import claim_beside_names, claim_between_names, claim_people
from candor.transcripts.recognizers.postal import claim_addresses
from candor.transcripts.recognizers.words import folded
from candor.transcripts.spans import KIND_NAMES, KINDS, Claims, MaskedSpan
from candor.transcripts.tagger import tagger
from candor.typed.short_answers import ShortAnswer, read_short_answer

__all__ = [
    "KINDS",
    "KIND_NAMES",
    "REGIONS",
    "TOKEN",
    "MaskedSpan",
    "find_personal_data",
    "load_recognizers",
    "mask",
    "without_personal_data",
]

TOKEN = re.compile(rf"<({'|'.join(KINDS)})_\d+>")
# Numbers of requests and erasures, as people retype them: with a digit and, where the hyphens are gone, with a letter;
# "Ringgatan 21" and "Rocca 1234" are streets.
NUMBER_OF_REQUEST = re.compile(
    r"\b(?:[RE]-[0-9A-Z]{4}-[0-9A-Z]{4}"
    r"|R(?![A-Z -]{5,6}\d{4}\b)(?=[ -]?(?:[A-Z][ -]?){0,7}\d)(?=[\d -]{0,9}[A-Z])[ -]?[0-9A-Z]{4}[ -]?[0-9A-Z]{4})\b",
    re.IGNORECASE,
)
NEVER_KEPT = frozenset({"card"})  # kinds whose values are not even kept in the vault
BUDGET = 0.0115  # seconds of CPU for the rules; 4,000 characters take 5 to 12 ms, and the tagger up to 6 ms more
SHORT = 1000  # characters that never take so long; only a garbage collection in between would use the budget up
LONGEST_READ = 600  # characters of a message that the finder reads: 10 ms, where the rules have taken up to 8
LONGEST_WORD = 200  # characters; no recogniser looks into longer ones
# Words with a digit or sign, and those that stand beside them: what is masked where time is short.
COARSE = re.compile(r"(?:(?<![^\s<>])[^\s<>\d@/\\=]*+[\d@/\\=][^\s<>]*+\s{0,2})+")
RUN_ON = re.compile(rf"[^\s<>]{{{LONGEST_WORD},}}")


@cache
def load_recognizers() -> None:
    """Load what the recognisers read now (0.4 s), for a process whose first visitor should not wait for it."""
    tagger()
    _claim_all(Claims("I am Jo, call 79460958 00, 123456789, 44051401359, 12 High Street"), frozenset())


def find_personal_data(
    text: str, kept: Collection[str] = (), cpu: Callable[[], float] = time.thread_time, finder: Finder | None = None
) -> list[MaskedSpan]:  # fmt: skip
    """All spans to mask, in order and without overlaps; where two claim the same characters, the surer kind wins.

    kept: names that are nobody's, such as those of the companies. cpu: how many seconds of CPU this thread has taken. Of a
    message that takes too long, the rest is masked coarsely: each word with a digit or sign, and each that may be a name.
    finder: reads messages that are not long.
    """
    load_recognizers()
    names = frozenset(folded(name) for name in kept)
    claims = _by_rules(text, names, cpu)
    if not claims.out_of_time:
        if read_short_answer(text) is ShortAnswer.UNCLEAR:  # else "nada más" names a Nada
            claim_by_context(claims, names, tagger())
            if finder is not None and len(text) <= LONGEST_READ:
                claim_by_reading(claims, names, finder)
        claim_beside_names(claims)
        claim_between_names(claims)
        claim_dates_of_people(claims)
        claim_echoes(claims)
    return claims.spans()


def find_by_rules(text: str) -> list[MaskedSpan]:
    """The same without the tagger, and without regard to time: what the tagger is trained beside."""
    return _by_rules(text, frozenset(), cpu=lambda: 0.0).spans()


def _by_rules(text: str, names: frozenset[str], cpu: Callable[[], float]) -> Claims:
    claims = Claims(text, cpu, BUDGET if len(text) > SHORT else float("inf"))
    for match in TOKEN.finditer(text):
        claims.protect(*match.span())
    for match in NUMBER_OF_REQUEST.finditer(text):
        if "-" in match[0] or not is_beside_word(claims, match.start()):
            claims.protect(*match.span())
    _protect_kept(claims, names)
    _claim_all(claims, names)
    return claims


def _claim_all(claims: Claims, names: frozenset[str]) -> None:
    """Let each recogniser claim what it finds, the surest first."""
    recognizers: tuple[Callable[[Claims], None], ...] = (
        claim_keys, claim_assignments, claim_links, protect_versions, protect_amounts, _claim_run_on, claim_emails,
        claim_hidden_emails, claim_secrets, claim_ibans, claim_numbers_apart, claim_network, claim_beside_words,
        claim_birth_dates, claim_addresses, claim_numbers, claim_logins, claim_handles, claim_codes,
        lambda found: claim_people(found, names),
    )  # fmt: skip
    for recognizer in recognizers:
        recognizer(claims)
        if claims.out_of_time:
            _claim_coarsely(claims, names)
            return


def _protect_kept(claims: Claims, names: Collection[str]) -> None:
    """ "@acme" is the company's own; "bo@acme.example" is not."""
    for name in names:
        place, after = claims.low.find(f"@{name}"), len(name) + 1
        if place >= 0 and not claims.text[:place][-1:].strip() and not re.match(r"[\w-]|\.\w", claims.text[place + after :]):
            claims.protect(place, place + after)


def _claim_run_on(claims: Claims) -> None:
    """No word is as long; whatever it is, it is nothing that a question needs."""
    for match in RUN_ON.finditer(claims.text):
        claims.claim("account" if any(map(str.isdigit, match[0])) else "reference", *match.span())


def _claim_coarsely(claims: Claims, names: frozenset[str]) -> None:
    for match in COARSE.finditer(claims.text):
        claims.claim("account", *match.span())
    for word in claims.words:
        flags = word.flags
        if (COMMON in flags or (word.text[0].isupper() and ORDINARY not in flags)) and word.plain not in names:
            claims.claim("name", word.start, word.end)


def mask(text: str, token_of: Callable[[str, str], str], spans: Sequence[MaskedSpan] | None = None) -> str:
    """The text with each span of personal data replaced by the token that `token_of(kind, value)` returns.

    A value of a kind that is never kept gets a token without it: numbered within the text, it leads back to nothing.
    spans: what `find_personal_data` found in it, if that is known.
    """
    parts: list[str] = []
    end, unkept = 0, dict[tuple[str, str], str]()
    for span in find_personal_data(text) if spans is None else spans:
        value = text[span.start : span.end]
        if span.kind in NEVER_KEPT:
            digits = re.sub(r"\D", "", value)
            number = 1 + sum(kind == span.kind for kind, _ in unkept)
            token = unkept.setdefault((span.kind, digits), f"<{span.kind}_{number}>")
        else:
            token = token_of(span.kind, value)
        parts += [text[end : span.start], token]
        end = span.end
    return "".join([*parts, text[end:]])


def without_personal_data(text: str) -> str:
    """The text with each piece of personal data replaced by its kind: <email>."""
    spans = find_personal_data(text)
    return re.sub(r"<card_\d+>", "<card>", mask(text, lambda kind, _: f"<{kind}>", spans))
