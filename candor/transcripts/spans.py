"""What is found in a message: spans of personal data, each character claimed once. Pure."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, get_args

from candor.transcripts.patterns import lowered
from candor.transcripts.recognizers.words import Word, words_in

SpanKind = Literal[
    "email", "phone", "card", "account", "name", "address", "birthdate", "username", "id", "document", "ip", "device", "link",
    "password", "key", "plate", "reference",
]  # fmt: skip
KINDS: tuple[SpanKind, ...] = get_args(SpanKind)
KIND_NAMES: dict[SpanKind, str] = {
    "email": "e-mail address", "phone": "phone number", "card": "card number", "account": "account number", "name": "name",
    "address": "postal address", "birthdate": "date of birth", "username": "user name", "id": "identity number",
    "document": "passport or licence number", "ip": "IP address", "device": "device number", "link": "personal link",
    "password": "password", "key": "key", "plate": "number plate", "reference": "customer or order number",
}  # fmt: skip
LEADING = frozenset(' \n\t\u00a0,;:-–—"“‘')
IN_PLURAL: dict[SpanKind, str] = {
    **{kind: f"{name}s" for kind, name in KIND_NAMES.items()},
    "email": "e-mail addresses", "address": "postal addresses", "ip": "IP addresses", "birthdate": "dates of birth",
}  # fmt: skip
TRAILING = frozenset(".,;:!?'\"’”)»> \n\t\u00a0-–—")


@dataclass(frozen=True)
class MaskedSpan:
    """A span of personal data in a message: text[start:end]."""

    kind: SpanKind
    start: int
    end: int


class Claims:
    """The spans found so far. Who claims first, keeps: a later span gets only what of it is unclaimed.

    low: the text in lower case, each character at its place.
    """

    def __init__(self, text: str, cpu: Callable[[], float] = time.thread_time, budget: float = float("inf")) -> None:
        """cpu: how many seconds of CPU this thread has taken. budget: how many the recognisers may take."""
        self.text, self.low = text, lowered(text)
        self._cpu, self._deadline = cpu, cpu() + budget
        self._taken = bytearray(len(text))
        self._spans: list[MaskedSpan] = []

    def protect(self, start: int, end: int) -> None:
        """Nothing will be masked here."""
        self._taken[start:end] = b"\1" * (end - start)

    def claim(self, kind: SpanKind, start: int, end: int) -> None:
        """Mask text[start:end], less the punctuation at its ends and what is taken already."""
        for free in ((start, end),) if self.is_free(start, end) else self._free(start, end):
            first, last = self._without_punctuation(*free)
            if last > first and (self.text[first].isalnum() or any(map(str.isalnum, self.text[first:last]))):
                self._spans.append(MaskedSpan(kind, first, last))
        self._taken[start:end] = b"\1" * (end - start)

    def join(self, first: MaskedSpan, second: MaskedSpan) -> MaskedSpan:
        """Make two spans of one kind, and what stands between them, one."""
        joined = MaskedSpan(first.kind, first.start, second.end)
        self._spans = [*(span for span in self._spans if span not in (first, second)), joined]
        self.protect(first.start, second.end)
        return joined

    def _without_punctuation(self, first: int, last: int) -> tuple[int, int]:
        while last > first and self.text[last - 1] in TRAILING:
            last -= 1
        while first < last and self.text[first] in LEADING:
            first += 1
        return first, last

    @cached_property
    def words(self) -> list[Word]:
        """The words of the text in order."""
        return words_in(self.text)

    @property
    def out_of_time(self) -> bool:
        """Whether the budget is used up. Recognisers ask it where a message can hold many of what they look for."""
        return self._cpu() > self._deadline

    def is_free(self, start: int, end: int) -> bool:
        return self._taken.find(1, start, end) < 0

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
