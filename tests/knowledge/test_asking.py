"""What form a question has. What cannot be read with certainty is not read."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as some

from knowledge.asking import read_question


@pytest.mark.parametrize(
    ("question", "wants", "agent", "verb"),
    [
        ("Do you sell my data?", "yes_no", "company", "sell"),
        ("hi, does Acme sell my data", "yes_no", "company", "sell"),
        ("r u selling my data", "yes_no", "company", "sell"),
        ("can u tell me if you store my passport", "yes_no", "company", "store"),
        ("is my data being sold", "yes_no", "anyone", "sell"),
        ("will my data be deleted", "yes_no", "anyone", "delete"),
        ("can I delete my account", "yes_no", "visitor", "delete"),
        ("do i have the right to delete my account", "yes_no", "visitor", "delete"),
        ("can my boss read my messages", "yes_no", "other", "read"),
        ("how long do you keep logs", "span", "anyone", ""),
        ("when will my data be deleted", "span", "anyone", ""),
        ("in which country are your servers", "place", "anyone", ""),
        ("how old must i be", "age", "anyone", ""),
        ("who is your dpo", "address", "anyone", ""),
    ],
)
def test_plain_questions_are_read(question: str, wants: str, agent: str, verb: str) -> None:
    """What they want, of whom, and to do what."""
    asked = read_question(question, "Acme")

    assert asked is not None
    assert (asked.wants, asked.agent, asked.verb) == (wants, agent, verb)


@pytest.mark.parametrize(
    "question",
    [
        "you don't sell my data, do you", "aren't you selling it", "why do you sell my data", "do you sell or share my data",
        "do you collect and sell my data", "tell me about cookies", "is that legal", "do you have it", "will you sell my data if",
        "are you nice", "", "?", "do you sell my data? and my photos?", "do you <email_1>",
    ],
)  # fmt: skip
def test_other_questions_are_not_read(question: str) -> None:
    """Negations, several verbs, pointing words, and all that is no question."""
    assert read_question(question, "Acme") is None


def test_the_predicate_is_said_back_in_the_visitors_own_words() -> None:
    """Turned round, with the capitals that they wrote; a long or an odd one is not."""

    def said_back(question: str) -> str:
        asked = read_question(question, "Acme")
        return asked.said_back if asked else "-"

    assert said_back("do you sell MY data to Google") == "sell your data to Google"
    assert said_back("do you transfer my data to the us") == "transfer your data to the US"
    assert said_back("DO YOU SELL MY DATA") == "sell your data"
    assert said_back("do you share my name and my address with all of the many people down there") == ""


@given(some.text(max_size=300), some.text(max_size=20))
def test_no_message_is_too_odd_to_look_at(question: str, company: str) -> None:
    """Whatever people type, and whatever a company is called."""
    asked = read_question(question, company)

    assert asked is None or asked.words
