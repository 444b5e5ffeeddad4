"""Presidio's pattern recognisers, imported without the machine-learning libraries that Presidio brings along.

Where torch and transformers are installed, `import presidio_analyzer` loads both (12 s of CPU), for models of named entities
that Candor does not use. Presidio and spaCy can do without them, so both are hidden while Presidio is imported. Import this
module when the first text is to be masked, not before: spaCy alone takes 2 s.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.abc import MetaPathFinder
from threading import get_ident
from types import ModuleType


class _HidingFinder(MetaPathFinder):
    """Finds first, and says of some packages that they are not installed, to the thread that made it."""

    def __init__(self, packages: Sequence[str]) -> None:
        self._packages, self._thread = frozenset(packages), get_ident()

    def find_spec(self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None) -> None:
        if fullname.partition(".")[0] in self._packages and get_ident() == self._thread:
            raise ModuleNotFoundError(f"{fullname} is hidden from what is imported now", name=fullname)


@contextmanager
def hidden(*packages: str) -> Iterator[None]:
    """Make imports of these packages fail in this thread, as if they were not installed. What is loaded already stays usable."""
    finder = _HidingFinder(packages)
    sys.meta_path.insert(0, finder)
    try:
        yield
    finally:
        sys.meta_path.remove(finder)


with hidden("torch", "transformers"):
    from presidio_analyzer import EntityRecognizer, Pattern, PatternRecognizer
    from presidio_analyzer.predefined_recognizers import (
        CreditCardRecognizer,
        EmailRecognizer,
        IbanRecognizer,
        PhoneRecognizer,
    )

# Presidio asks for whole addresses of known domains; people also write jo@localhost, and half an address is personal too.
ANY_EMAIL = Pattern("anything around an at sign", r"[^\s@<>()\[\],;:\"']+@[^\s@<>()\[\],;:\"']+", 1.0)
LONG_NUMBER = Pattern("eight digits or more, however grouped", r"(?<![\w-])\d(?:(?:[^\S\n]|[.\-‐-―/])?\d){7,}(?![\w-])", 0.3)


class _OfflineEmailRecognizer(EmailRecognizer):
    """Presidio's own asks the web for the list of public suffixes; nothing may leave this machine."""

    def validate_result(self, pattern_text: str) -> bool:
        return True


def make_recognizers(regions: Sequence[str]) -> tuple[EntityRecognizer, ...]:
    """The recognisers, the surest first. `regions`: ISO 3166 codes of the countries whose phone numbers are looked for."""
    return (
        _OfflineEmailRecognizer(),
        PatternRecognizer("EMAIL_ADDRESS", patterns=[ANY_EMAIL]),
        CreditCardRecognizer(),
        IbanRecognizer(),
        PhoneRecognizer(supported_regions=tuple(regions)),
        PatternRecognizer("ACCOUNT_NUMBER", patterns=[LONG_NUMBER]),
    )
