"""Which language a policy or a message is in. The encoder and the aspect bank know only English."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from lingua import IsoCode639_1, Language, LanguageDetector, LanguageDetectorBuilder

from knowledge.kept import KeptByBytes

# The languages of the EU that the detector knows, and those of Candor's other visitors.
ANSWERED = [
    getattr(IsoCode639_1, code)
    for code in (
        "AF", "BG", "CS", "DA", "DE", "EL", "EN", "ES", "ET", "FI", "FR", "GA", "HI", "HR", "HU", "IT", "LT", "LV", "NL", "PL",
        "PT", "RO", "SK", "SL", "SV", "UK",
    )
]  # fmt: skip
# What the detector cannot tell: Maltese, which it does not know, by letters and words that no other language here has; and the
# Portuguese of Brazil, by words that are not used, or not so, in Portugal.
MALTESE = re.compile(
    r"ħ|għ|ġ|\b(?:jien|nixtieq|irrid|jekk|jog[hħ][gġ]bok|tieg[hħ]i|tag[hħ]kom|dwari|kif|nista|inneh[hħ]i|in[hħ]assar|[hħ]assar"
    r"|i?l-kont|id-data|kemm|i[zż][zż]ommu|nifhimx?)\b",
    re.IGNORECASE,
)
FEWEST_MALTESE = 2  # of these signs in a message: "kif" alone is also Dutch, and "għ" may be a name's
BRAZILIAN = re.compile(
    r"\b(?:voc[eê]s?|oi|excluir|exclu[ií]d[oa]s?|cadastros?|celular|deletar|senha|usu[aá]rio|boleto|cpf"
    r"|(?:apagar|encerrar|remover) (?:minha|meus?|minhas))\b",
    re.IGNORECASE,
)
CODES = ("mt", "pt_br")  # that the detector does not know
WORD = re.compile(r"[^\W\d_]+")
LAST_LATIN = "\u024f"
# Words that people use most, and in what they ask of us, by language; those under "en" are English too, and count for no other;
# those under "chat" are what English is shortened to.
COMMON_WORDS = Path(__file__).with_name("common_words.txt")
FEWEST_COMMON = 2  # of them in a message, to judge its language by them
SHORTEST_WORD = 3  # letters, to judge a message of one word by: "eu" is Europe, and "I" in Portuguese
FEWEST_WORDS = 2  # in a message, to judge its language
UNLIKELY = 0.05  # confidence below which a message is not taken for English
FEWEST_LETTERS = 80  # a shorter text cannot be judged
MOSTLY_ENGLISH = 0.5  # share of English from which a policy is accepted
FULLY_ENGLISH = 0.95  # share of English from which there is no warning: names and quoted laws may look foreign


@dataclass(frozen=True)
class LanguageFound:
    """The language of most of a text, and how much of the text is English, 0.0 to 1.0."""

    name: str
    english: float


@cache
def _detector() -> LanguageDetector:
    return LanguageDetectorBuilder.from_all_languages().with_low_accuracy_mode().build()  # accurate enough for whole paragraphs


def language_of(text: str) -> LanguageFound:
    """Judge the whole text, and each paragraph that is long enough. A text that is too short counts as English."""
    return _FOUND.get(hashlib.sha256(text.encode(errors="surrogatepass")).digest(), lambda: _judged(text))


_FOUND = KeptByBytes[bytes, LanguageFound](2**16)  # a text may be a whole policy, so it is known by its hash


def _judged(text: str) -> LanguageFound:
    if _letters(text) < FEWEST_LETTERS:
        return LanguageFound("English", 1.0)
    whole = _detector().detect_language_of(text)
    name = whole.name.capitalize() if whole is not None else "Unknown"
    paragraphs = [line for line in text.splitlines() if _letters(line) >= FEWEST_LETTERS]
    if not paragraphs:
        return LanguageFound(name, 1.0 if whole == Language.ENGLISH else 0.0)
    languages = _detector().detect_languages_in_parallel_of(paragraphs)
    english = sum(_letters(line) for line, found in zip(paragraphs, languages, strict=True) if found == Language.ENGLISH)
    return LanguageFound(name, english / sum(map(_letters, paragraphs)))


def _letters(text: str) -> int:
    return len(re.findall(r"[^\W\d_]", text))


def words_in(texts: Iterable[str]) -> frozenset[str]:
    """The distinct words of the texts, in lower case."""
    return frozenset(word for text in texts for word in WORD.findall(text.lower()))


def is_foreign(message: str, english_words: frozenset[str]) -> bool:
    """Whether a message is in another language than English. Messages are short, so two signs must agree.

    `english_words` are the aspect bank's words: the detector alone takes "do u store my adress" for Italian.
    """
    words = WORD.findall(message.lower())
    letters = "".join(words)
    if sum(letter > LAST_LATIN for letter in letters) > len(letters) / 2:
        return True
    known = sum(word in english_words or word in _chat_words() for word in words)
    votes = _votes(words)
    if votes:
        code, hits = max(votes.items(), key=lambda pair: pair[1])
        common, long = _common_words()[code], [word for word in words if len(word) >= SHORTEST_WORD]
        others = sum(word in english_words and word not in common for word in words)
        # Not "hi ich moechte my data delete": that can be read. One word must be all there is: "nerozumim", "no entiendo".
        if (hits >= FEWEST_COMMON and hits >= others) or (long and common.issuperset(long)):
            return True
    if len(words) < FEWEST_WORDS or known >= len(words) / 3:
        return False
    return _detector().compute_language_confidence(message, Language.ENGLISH) < UNLIKELY


@cache
def _common_words() -> dict[str, frozenset[str]]:
    common = _listed_words()
    return {code: words - common["en"] for code, words in common.items() if code not in {"en", "chat"}}


@cache
def _chat_words() -> frozenset[str]:
    """What English is shortened to: "pls", "acct"."""
    return _listed_words()["chat"]


@cache
def _listed_words() -> dict[str, frozenset[str]]:
    lines = (line.partition(":") for line in COMMON_WORDS.read_text(encoding="utf-8").splitlines())
    return {code: frozenset(words.split()) for code, _, words in lines}


def _votes(words: Iterable[str]) -> dict[str, int]:
    """How many of the words each language has among its common ones, where it has any."""
    said = list(words)
    counts = {code: sum(word in common for word in said) for code, common in _common_words().items()}
    return {code: count for code, count in counts.items() if count}


@cache
def _spoken() -> LanguageDetector:
    """Of the languages that a reply exists in: domain.yml has utter_language_xx for each but English, and for those of CODES."""
    return LanguageDetectorBuilder.from_iso_codes_639_1(*ANSWERED).with_low_accuracy_mode().build()


def language_code(message: str) -> str:
    """The ISO 639-1 code of a message's language, among those that Candor can say a sentence in; "en" where it is unsure, and
    "pt_br" for the Portuguese of Brazil."""
    if len(MALTESE.findall(message)) >= FEWEST_MALTESE:
        return "mt"
    found = _spoken().detect_language_of(message)
    code = found.iso_code_639_1.name.lower() if found is not None else "en"
    words = WORD.findall(message.lower())
    votes = _votes(words)
    most = max(votes.values(), default=0)
    if most >= min(FEWEST_COMMON, len(words)) and votes.get(code, 0) < most:
        code = next(each for each, count in votes.items() if count == most)
    return "pt_br" if code == "pt" and BRAZILIAN.search(message) else code
