"""Candor never says the same sentence in two turns in a row."""

from __future__ import annotations

from tests.bot.conftest import InRasa


def test_the_next_wording_is_taken_where_the_turn_before_had_the_first(in_rasa: InRasa) -> None:
    """And where there is no other, it is said that it is said once more; a response that is unknown stays unknown."""
    assert in_rasa.found["reworded"] == [
        "One.", "Only this.", "Two.", "Once more: Only this.", "One.", "Only this.", None,
    ]  # fmt: skip
