"""Which words of a message are a name or an address, by what stands around them: a small network over words and their neighbours.

It adds where the recognisers' rules found nothing. A word is known by itself (where it is one of the words that messages are made
of), by its first and last letters, its case and script, and what the lexicon says of it; four words on either side are read with
it. scripts/make_tagger.py makes tagger.safetensors.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path
from zlib import crc32

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import load

from candor.transcripts.lexicon import COMMON, GIVEN, ORDINARY, PLACE, SURNAME, lexicon
from candor.transcripts.recognizers.words import folded

FILE = Path(__file__).with_name("tagger.safetensors")
SHA256 = "cad2a8bc53d0d8c8a8ef2efbcf4d3443024cf168f7a98830f8b537a22ef30731"
LABELS = ("", "name", "address")
REACH = 4  # words on either side
TOKEN = re.compile(r"(?P<word>[^\W\d_]+(?:['’-][^\W\d_]+)*)|(?P<number>\d+)|(?P<line>\s*\n\s*)|(?P<sign>[^\w\s]|_)(?P=sign)*")
SIGNS = {sign: 1 + n for n, sign in enumerate(".,:;-–—?!()\"'’/@#&<>_")}
SCRIPTS = (  # the last code point of each
    (0x7F, 0), (0x24F, 1), (0x36F, 2), (0x3FF, 3), (0x52F, 4), (0x58F, 5), (0x5FF, 6), (0x6FF, 7), (0x8FF, 8), (0x97F, 9),
    (0xDFF, 10), (0xE7F, 11), (0x10FF, 12), (0x1FFF, 1), (0x30FF, 13), (0x9FFF, 14), (0xD7AF, 15),
)  # fmt: skip
BITS = {GIVEN: 1, COMMON: 2, SURNAME: 4, PLACE: 8, ORDINARY: 16}
# Rows of the table of features: known words, last three, last two and first three letters, case, script, lexicon, sign or number.
SUFFIXES, ENDINGS, PREFIXES = 2048, 1024, 2048
CASES, FLAGS, KINDS_OF_SIGN = 6, 32, 32
ROW_OF_YEAR, YEAR = 30, re.compile(r"(?:19|20)\d\d")
N_GLOBALS = 7
Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class TaggedToken:
    """text[start:end] of a message: a word, a number, a sign or the end of a line."""

    text: str
    start: int
    end: int
    kind: str


def tokens_in(text: str) -> list[TaggedToken]:
    """Words, numbers, signs and ends of lines in order; what a sign is repeated is one token."""
    return [TaggedToken(match[0], match.start(), match.end(), match.lastgroup or "") for match in TOKEN.finditer(text)]


def features_of(token: str, kind: str, known: dict[str, int], flags: str | None = None) -> tuple[int, ...]:
    """The rows of the table for a token; of the first block, row 0 is for words that are not known.

    flags: what the lexicon says of the word, where it is not asked.
    """
    base = len(known) + 1
    if kind == "word":
        plain = folded(token)
        word = known.get(plain, 0)
        if flags is None:
            flags = lexicon().words.get(plain, "")
        letters = plain.encode()
        tail = (
            base + crc32(letters[-3:]) % SUFFIXES,
            base + SUFFIXES + crc32(letters[-2:]) % ENDINGS,
            base + SUFFIXES + ENDINGS + crc32(letters[:3]) % PREFIXES,
        )
        base += SUFFIXES + ENDINGS + PREFIXES
        bits = sum(BITS[flag] for flag in flags)
        return (word, *tail, base + case_of(token), base + CASES + _script(token), base + CASES + 16 + bits)
    base += SUFFIXES + ENDINGS + PREFIXES + CASES + 16 + FLAGS
    if kind == "number":
        return (base + (ROW_OF_YEAR if YEAR.fullmatch(token) else min(len(token), 6)),)
    if kind == "line":
        return (base + 7,)
    return (base + 8 + SIGNS.get(token[0], 0),)


def n_rows(known: dict[str, int]) -> int:
    return len(known) + 1 + SUFFIXES + ENDINGS + PREFIXES + CASES + 16 + FLAGS + KINDS_OF_SIGN


def case_of(word: str) -> int:
    """0: small letters, 1: one capital, 2: a capital first, 3: capitals, 4: some within, 5: a script without case."""
    if word.islower():
        return 0
    if len(word) == 1:
        return 1 if word.isupper() else 5
    if word[0].isupper() and word[1:].islower():
        return 2
    if word.isupper():
        return 3
    return 4 if any(map(str.isupper, word)) else 5


def _script(word: str) -> int:
    if word.isascii():
        return 0
    highest = max(map(ord, word))
    return next((script for last, script in SCRIPTS if highest <= last), 15)


def globals_of(tokens: Sequence[TaggedToken]) -> list[float]:
    """What is so of the whole message: has it capitals, is all of it in capitals, is it English, how long is it."""
    words = [token.text for token in tokens if token.kind == "word"]
    known = lexicon().words
    english = sum(ORDINARY in known.get(word.lower(), "") or len(word) == 1 for word in words)
    capitals = sum(word[0].isupper() for word in words)
    n = len(words)
    return [
        float(capitals == 0), float(n > 2 and sum(map(str.isupper, words)) > 0.6 * n), english / max(1, n),
        float(n <= 2), float(2 < n <= 5), float(5 < n <= 12), float(n > 12),
    ]  # fmt: skip


class Tagger:
    """The network: rows of a table are added up to a vector for each word, and vectors of nine words decide on the middle one."""

    def __init__(self, known: dict[str, int], arrays: dict[str, Floats]) -> None:
        """known: word → its row.

        arrays: table (rows, d), state (states, d), w1 (9 d + globals, hidden), b1, w2 (hidden, labels), b2.
        """
        self._known = known
        self._table, self._state = arrays["table"], arrays["state"]
        self._w1, self._b1, self._w2, self._b2 = arrays["w1"], arrays["b1"], arrays["w2"], arrays["b2"]
        self._of_known = self._added_up([features_of(word, "word", known) for word in known])  # as they stand in small letters
        self._place = {word: place for place, word in enumerate(known)}

    def shares(self, tokens: Sequence[TaggedToken], states: Sequence[int], asked: Sequence[int]) -> Floats:
        """How likely each label is for the tokens asked for: (asked, labels), each row adds up to 1.

        states: what the rules made of each token. asked: places of tokens, at least one.
        """
        window = np.asarray(asked)[:, None] + np.arange(2 * REACH + 1)
        near = np.unique(window)
        near = near[(near >= REACH) & (near < len(tokens) + REACH)]
        of_token = np.zeros(len(tokens) + 2 * REACH, dtype=np.intp)
        of_token[near], vectors = self._vectors([tokens[place - REACH] for place in near.tolist()])
        in_order = vectors[of_token] + self._state[np.pad(np.asarray(states), REACH)]
        read = in_order[window].reshape(len(asked), -1)
        whole = np.asarray(globals_of(tokens), dtype=np.float32)
        split = len(self._w1) - N_GLOBALS
        hidden = np.maximum(read @ self._w1[:split] + (whole @ self._w1[split:] + self._b1), 0)
        scores = hidden @ self._w2 + self._b2
        scores = np.exp(scores - scores.max(axis=1, keepdims=True))
        return np.asarray(scores / scores.sum(axis=1, keepdims=True))

    def _vectors(self, tokens: Sequence[TaggedToken]) -> tuple[list[int], Floats]:
        """Which row of a table each token has, and the table: row 0 is for no token, then one row for each word or sign."""
        rows: dict[tuple[str, str], int] = {}
        ready: list[tuple[int, int]] = []
        new: list[tuple[int, tuple[int, ...]]] = []
        of_token = []
        for token in tokens:
            form = (token.text, token.kind)
            row = rows.get(form)
            if row is None:
                row = rows[form] = len(rows) + 1
                place = self._place.get(token.text)
                if place is None:
                    new.append((row, features_of(*form, self._known)))
                else:
                    ready.append((row, place))
            of_token.append(row)
        vectors = np.zeros((len(rows) + 1, self._table.shape[1]), dtype=np.float32)
        if ready:
            vectors[[row for row, _ in ready]] = self._of_known[[place for _, place in ready]]
        if new:
            vectors[[row for row, _ in new]] = self._added_up([features for _, features in new])
        return of_token, vectors

    def _added_up(self, features: Sequence[tuple[int, ...]]) -> Floats:
        starts = np.cumsum([0, *map(len, features[:-1])])
        return np.asarray(np.add.reduceat(self._table[[row for rows in features for row in rows]], starts, axis=0))


@cache
def tagger() -> Tagger:
    """The network that is served, read once (20 ms, 3 MB)."""
    return read_tagger(FILE)


def read_tagger(file: Path) -> Tagger:
    """Raises: ValueError if the file is another than the one that was measured."""
    content = file.read_bytes()
    if sha256(content).hexdigest() != SHA256:
        raise ValueError(f"{file.name} is not the one that was measured: run scripts/make_tagger.py")
    arrays = load(content)
    words = bytes(arrays.pop("words")).decode().split("\n")
    known = {word: 1 + n for n, word in enumerate(words)}
    return Tagger(known, {name: array.astype(np.float32) for name, array in arrays.items()})
