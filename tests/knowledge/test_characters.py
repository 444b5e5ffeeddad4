"""Invisible characters: seen, and kept from parting words."""

from __future__ import annotations

import pytest

from knowledge.characters import edges_blanked, without_invisible


@pytest.mark.parametrize("hidden", ["\u200b", "\u200e", "\u202e", "\u2066", "\ufeff", "\u00ad", "\u2060"])
def test_a_word_is_whole_without_them(hidden: str) -> None:
    """Zero width, direction and soft hyphens alike."""
    assert without_invisible(f"per{hidden}sonal data{hidden}") == "personal data"


def test_visible_text_stays() -> None:
    """Accents, other scripts, dashes and no-break spaces are visible."""
    text = "Ça – “naïve” Дані\u00a0€ 🙂"

    assert without_invisible(text) == text


def test_at_the_edge_of_a_word_they_become_blanks() -> None:
    """The text stays as long as it is, so that offsets hold; amid a word they stay where they are."""
    text = "\u200b1. Sa\u200ble\u200e\n\ufeff\u2066• end"

    assert edges_blanked(text) == " 1. Sa\u200ble \n  • end"
    assert len(edges_blanked(text)) == len(text)
