"""Candor's own words at the beginning of a message are no part of its answer."""

from __future__ import annotations

import pytest

from bot.said_back import said_last, without_what_was_said

SAID = ["Where do you live?", "The country is enough.", "Shall I open it?"]


@pytest.mark.parametrize(
    ("text", "own"),
    [
        ("Where do you live? Ireland", "Ireland"),
        ("> where do you live?\nIreland", "Ireland"),
        ("The country is enough. Where do you live? Ireland", "Ireland"),
        ("Shall I open it: yes", "yes"),
        ("Where do you live?", "Where do you live?"),  # asked back by the visitor
        ("Where do you lively people sit", "Where do you lively people sit"),
        ("Ireland", "Ireland"),
    ],
)
def test_the_answer_is_left(text: str, own: str) -> None:
    """If the visitor has said nothing else, all of it stays."""
    assert without_what_was_said(text, SAID) == own


def test_what_was_said_since_the_visitors_message_counts() -> None:
    """Each sentence of three words or more, of all messages since."""
    newest_first = [
        {"event": "bot", "text": "Noted. Which address may I use? It stays here."},
        {"event": "action", "name": "action_listen"},
        {"event": "user", "text": "france"},
        {"event": "bot", "text": "Where do you live?"},
    ]

    assert said_last(newest_first) == ["Which address may I use?", "It stays here."]
