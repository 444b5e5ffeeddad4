"""Spans of time: exactly one, of what was asked, word for word."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as some

from knowledge.asking import read_question
from knowledge.spans import span_for


def span(question: str, sentence: str, lead_in: str = "") -> str:
    asked = read_question(question, "Acme")
    assert asked is not None
    return span_for(asked, sentence, lead_in)


@pytest.mark.parametrize(
    ("question", "sentence", "stated"),
    [
        ("how long do you keep logs", "Logs are kept for up to 90 days.", "up to 90 days"),
        ("how long do you keep logs", "Logs are kept for 90 days, after which they are deleted.", "90 days"),
        ("how long do you keep my data", "We keep your data until you delete your account.", "until you delete your account"),
        ("how fast do you answer requests", "We answer requests within one month.", "one month"),
        ("how long do you keep logs", "We answer requests within one month.", ""),
        ("how long do you keep my data", "Logs are kept for 90 days.", ""),
        ("how long do you keep my data", "The data are kept for 90 days.", ""),
        ("how long do you keep logs", "Logs are kept for 90 days or 2 years.", ""),
        ("how long do you keep logs", "Logs are not kept for 90 days.", ""),
        ("how long do you keep logs", "Logs are kept for 90 days on the free plan.", ""),
    ],
)
def test_a_span_is_taken_where_it_is_certain(question: str, sentence: str, stated: str) -> None:
    """Else there is none."""
    assert span(question, sentence) == stated


def test_a_label_names_what_the_span_is_of() -> None:
    """In a list that says how long things are kept."""
    assert span("how long do you keep logs", "Logs: 90 days", "Retention:") == "90 days"
    assert span("how long do you keep logs", "Logs: 90 days", "Terms of payment:") == ""


@given(some.text(max_size=200))
def test_no_sentence_is_too_odd(sentence: str) -> None:
    """What is stated stands in the sentence."""
    stated = span("how long do you keep my data", sentence)

    assert stated.lower() in sentence.lower().replace("’", "'")
