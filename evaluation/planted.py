"""Messages with planted identities, evaluation/planted*.jsonl, and how much of them a masker leaves in clear.

Each line has `half`, `kind`, `text` and `planted` (the values that stand in the text). The half "unseen" of planted.jsonl was not
looked at while recognisers were written: only its figure is. planted_others_* and planted_people_seen.jsonl were written by
people who knew no recogniser; of these, the messages that plant nothing only look as if they did, and must stay as they are. All
three are seen now, and so are both halves of planted_strangers_*, by yet another hand; the unseen half of planted_people_* is
kept by whoever measures.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

FILE = Path(__file__).with_name("planted.jsonl")
Half = Literal["seen", "unseen"]
OTHERS: dict[Half, Path] = {
    "seen": FILE.with_name("planted_others_seen.jsonl"),
    "unseen": FILE.with_name("planted_others_unseen.jsonl"),
}
PEOPLE: dict[Half, Path] = {
    "seen": FILE.with_name("planted_people_seen.jsonl"),
    "unseen": FILE.with_name("planted_people_unseen.jsonl"),
}
STRANGERS: dict[Half, Path] = {
    "seen": FILE.with_name("planted_strangers_seen.jsonl"),
    "unseen": FILE.with_name("planted_strangers_unseen.jsonl"),
}
LOOKALIKES = FILE.with_name("planted_lookalikes.jsonl")  # names, places and products that are ordinary words; all of it seen
LEFT = re.compile(r"[^\W\d_]{3,}|\d\d")  # of a value; less of it tells nobody who it was


@dataclass(frozen=True)
class PlantedMessage:
    """A made-up message. kind: of its identity, as tokens name it. planted: what must not stay."""

    half: Half
    kind: str
    text: str
    planted: tuple[str, ...]


@dataclass(frozen=True)
class LeftInClear:
    """A planted value of which something is left."""

    message: PlantedMessage
    value: str
    left: str


def read_planted(half: Half, file: Path = FILE) -> list[PlantedMessage]:
    """The messages of one half."""
    lines = map(json.loads, file.read_text(encoding="utf-8").splitlines())
    return [
        PlantedMessage(line["half"], line["kind"], line["text"], tuple(line["planted"])) for line in lines if line["half"] == half
    ]


def left_in_clear(messages: Iterable[PlantedMessage], spans_of: Callable[[str], Iterable[tuple[int, int]]]) -> list[LeftInClear]:
    """What a masker leaves. spans_of: text → [(start, end)], which it masks."""
    left = []
    for message in messages:
        letters = list(message.text)
        for start, end in spans_of(message.text):
            letters[start:end] = "\0" * (end - start)
        for value in message.planted:
            place = message.text.index(value)
            rest = "".join(letters[place : place + len(value)])
            if LEFT.search(rest):
                left.append(LeftInClear(message, value, rest.replace("\0", "")))
    return left


def shares(messages: Iterable[PlantedMessage], left: Iterable[LeftInClear]) -> dict[str, tuple[int, int]]:
    """Kind → how many values are masked, and how many there are; "" stands for all."""
    planted = Counter(message.kind for message in messages for _ in message.planted)
    clear = Counter(one.message.kind for one in left)
    by_kind = {kind: (n - clear[kind], n) for kind, n in sorted(planted.items())}
    return {"": (planted.total() - clear.total(), planted.total())} | by_kind
