"""Who asks what was noted of their request, and who asks the policy."""

from __future__ import annotations

import pytest

from actions.read_back import asks_to_read_back, asks_what_was_given


@pytest.mark.parametrize(
    "text",
    [
        "hang on, which mail did you write down?", "what country have you got for me", "did you get my address right",
        "what did i say about the details?", "is my e-mail in there?", "and where do i live according to you",
        "what address did i give you", "whats my address again", "have i told you where i live already",
        "you have my mail already no?", "which country did you put", "is correct the mail?",
    ],
)  # fmt: skip
def test_what_somebody_gave_is_asked_for(text: str) -> None:
    """At a step of the form and once a request is open."""
    assert asks_to_read_back(text)
    assert asks_what_was_given(text)


@pytest.mark.parametrize(
    "text",
    [
        "could you repeat what you have noted so far?",
        "read it back to me",
        "so what are you asking them exactly",
        "show me first",
    ],
)
def test_the_whole_of_it_is_asked_for(text: str) -> None:
    """In words that name no part."""
    assert asks_to_read_back(text)
    assert not asks_what_was_given(text)


@pytest.mark.parametrize(
    "text",
    [
        "do you sell my e-mail address", "how long do you keep my address", "where did you get my address from",
        "who gets my e-mail", "which countries do you send data to", "why do you need my address", "which address may i use",
        "what details do you collect", "my address is wrong", "which e-mail do you mean? i have three", "send me a copy again",
        "which mail address did you write down and whom did you give it to before i ever asked you for anything at all",
    ],
)  # fmt: skip
def test_what_the_policy_or_the_form_answers_is_not_read_back(text: str) -> None:
    """An address is also something that a company collects."""
    assert not asks_to_read_back(text)


def test_what_is_sent_is_the_summary_only_where_one_was_shown() -> None:
    """Before that, it is asked of the company."""
    assert asks_to_read_back("what information do you send?", shown=True)
    assert not asks_to_read_back("what information do you send?")
