"""A value is looked for in the spellings in which people write it."""

from __future__ import annotations

import pytest

from candor.retention.search_variants import search_variants


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("Jo@Example.com", "jo@example.com"),
        (" mailto:jo@example.com ", "jo@example.com"),
        ("jo@localhost", "jo@localhost"),
        ("+44 20 7946 0958", "+442079460958"),
        ("020 7946 0958", "+44 20 7946 0958"),
        ("+44 (0)20 7946 0958", "020 7946 0958"),
        ("0044 20 7946 0958", "00442079460958"),
        ("+49 30 901820", "030/901820"),
        ("4111 1111 1111 1111", "4111-1111-1111-1111"),
        ("4111 1111 1111 1111", "4111111111111111"),
    ],
)
def test_the_spelling_that_was_typed_is_among_the_variants(typed: str, written: str) -> None:
    """Hashes can only be compared as a whole."""
    assert written in search_variants(typed)


@pytest.mark.parametrize("typed", ["", "   ", "??", "a1", "x" * 301, "{{7*7}}"])
def test_other_texts_have_no_variants(typed: str) -> None:
    """They are too short or too long to be one whole value."""
    assert search_variants(typed) == frozenset()
