"""Yes, no, only in some cases, possibly, or nothing that is certain. The labels of evaluation/ hold many more."""

from __future__ import annotations

import pytest

from knowledge.asking import read_question
from knowledge.polarity import verdict


def answered(question: str, sentence: str) -> str | None:
    asked = read_question(question, "Acme")
    assert asked is not None
    return verdict(asked, sentence, "", "Acme")


@pytest.mark.parametrize(
    ("question", "sentence", "said"),
    [
        ("do you sell my photos", "We do not sell your data.", "no"),
        ("do you sell my data", "We do not sell your photos.", None),
        ("do you collect my ip address", "We collect device data such as your IP address.", "yes"),
        ("do you collect my location", "We collect your location history.", None),
        ("can i delete my profile", "You can delete pictures from your profile.", None),
        ("do you share my photos", "We may share your photos.", "may"),
        ("is my data encrypted", "Passwords are encrypted.", None),
        ("can i delete my account", "You can delete your account unless you owe us money.", "some"),
        ("do you read my messages", "We do not read your messages or your files.", "no"),
        ("do you disclose my data to the police", "We do not share your data with third parties.", None),
        ("do you share my data with insurers", "We do not share your data with third parties.", "no"),
        ("do you share my data with insurers", "We anonymise your data and share it with insurers.", None),
        ("will you notify me about a breach", "We notify the authority about a breach.", None),
    ],
)
def test_a_sentence_answers_only_what_it_says(question: str, sentence: str, said: str | None) -> None:
    """A no denies no less than was asked, and a yes names the thing itself."""
    assert answered(question, sentence) == said


def test_a_sentence_that_says_both_says_neither() -> None:
    """Two clauses that do not agree."""
    assert answered("do you sell my data", "We sell your data, or we do not sell your data.") is None
