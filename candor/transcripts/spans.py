"""What is found in a message: spans of personal data, each character claimed once. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, get_args

SpanKind = Literal[
    "email", "phone", "card", "account", "name", "address", "birthdate", "username", "id", "document", "ip", "device", "link",
    "password", "key", "plate", "reference",
]  # fmt: skip
KINDS: tuple[SpanKind, ...] = get_args(SpanKind)
TRAILING = frozenset(".,;:!?'\"’”)»> \n\t\u00a0-–—")


@dataclass(frozen=True)
class MaskedSpan:
    """A span of personal data in a message: text[start:end]."""

    kind: SpanKind
    start: int
    end: int


class Claims:
    """The spans found so far. Who claims first, keeps: a later span gets only what of it is unclaimed."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._taken = bytearray(len(text))
        self._spans: list[MaskedSpan] = []

    def protect(self, start: int, end: int) -> None:
        """Nothing will be masked here."""
        self._taken[start:end] = b"\1" * (end - start)

    def claim(self, kind: SpanKind, start: int, end: int) -> None:
        """Mask text[start:end], less the punctuation at its ends and what is taken already."""
        for first, last in self._free(start, end):
            while last > first and self.text[last - 1] in TRAILING:
                last -= 1
            while first < last and self.text[first] in " \n\t\u00a0,;:-–—":
                first += 1
            if any(letter.isalnum() for letter in self.text[first:last]):
                self._spans.append(MaskedSpan(kind, first, last))
        self._taken[start:end] = b"\1" * (end - start)

    def is_free(self, start: int, end: int) -> bool:
        return not any(self._taken[start:end])

    def spans(self) -> list[MaskedSpan]:
        """In order."""
        return sorted(self._spans, key=lambda span: span.start)

    def _free(self, start: int, end: int) -> Iterator[tuple[int, int]]:
        while start < end:
            if self._taken[start]:
                after = self._taken.find(b"\0", start, end)
                start = end if after < 0 else after
                continue
            taken = self._taken.find(b"\1", start, end)
            stop = end if taken < 0 else taken
            yield start, stop
            start = stop
