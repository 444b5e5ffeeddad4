"""What a message asks: one question, several, or one that only makes sense after another."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as some

from knowledge.messages import (
    LONGEST_IN_SHORT,
    MOST,
    OLD_ENOUGH,
    as_looked_for,
    asks_by_post,
    from_end_user,
    in_short,
    is_same_question,
    questions_in,
)


@pytest.mark.parametrize(
    ("message", "questions"),
    [
        ("Do you sell my data, and how long do you keep it?", ["Do you sell my data", "how long do you keep it?"]),
        ("do you sell my data and can i opt out of that", ["do you sell my data", "can i opt out of that"]),
        ("Do you use cookies? Who gets my email?", ["Do you use cookies?", "Who gets my email?"]),
        ("what do you collect; also, where is it stored?", ["what do you collect;", "also, where is it stored?"]),
        ("do you track me\nwhich cookies are set", ["do you track me", "which cookies are set"]),
        ("what do you collect & why do you collect it", ["what do you collect", "why do you collect it"]),
        ("is it encrypted plus where is it stored", ["is it encrypted", "where is it stored"]),
        ("For how long are they kept, and for how long the copies?", ["For how long are they kept", "for how long the copies?"]),
        ("what is kept, and also who sees it?", ["what is kept", "who sees it?"]),
        (
            "Do you keep my IP, do you sell it, and can I delete it?",
            ["Do you keep my IP", "do you sell it", "can I delete it?"],
        ),
        ("When I go, do you delete it, and what about backups?", ["When I go, do you delete it", "what about backups?"]),
        ("do you keep, as you say, logs, and who sees them?", ["do you keep, as you say, logs", "who sees them?"]),
        ("Cookies? Children? Where do you keep it?", ["Cookies?", "Children?", "Where do you keep it?"]),
    ],
)  # fmt: skip
def test_two_questions_are_two(message: str, questions: list[str]) -> None:
    """Each can stand alone; a phrase joined by "and" that asks nothing new does not."""
    assert questions_in(message) == questions


@pytest.mark.parametrize(
    "message",
    [
        "do you share my name and my email address with partners?",
        "do you sell or rent data?",
        "how and why do you collect data?",
        "how long do you keep it and why?",
        "I want to know what you collect and how you use it.",
        "I read that you sell data. Is that so?",
        "tell me about cookies and retention",
        "Why? What do you do with it?",
        "research and development: do you use my data for it?",
        "if I delete my account, do you keep my data?",
        "retention periods and deletion",
        "cookies?",
        "Hello? Do you sell my data?",
        "who is named under Art. 37 GDPR, and in No. 4 of it?",
        "?",
        "",
        "   ",
    ],
)
def test_one_question_stays_whole(message: str) -> None:
    """Not a character of it is lost, whatever "and" joins in it."""
    assert questions_in(message) == [message]


def test_a_statement_stays_with_the_question_after_it() -> None:
    """It may be what the question is about."""
    questions = questions_in("I moved to Kyiv. Do you sell my data, and how long do you keep it?")

    assert questions == ["I moved to Kyiv. Do you sell my data", "how long do you keep it?"]


def test_a_final_statement_stays_with_the_last_question() -> None:
    """Nothing that a person wrote is left out."""
    questions = questions_in("Do you sell my data? How long do you keep it? I only ever bought one thing.")

    assert questions == ["Do you sell my data?", "How long do you keep it? I only ever bought one thing."]


def test_the_number_of_questions_is_limited() -> None:
    """The first ones are kept."""
    questions = questions_in("do you sell it? do you rent it? do you keep it? do you lose it?")

    assert questions == ["do you sell it?", "do you rent it?", "do you keep it?"]
    assert len(questions) == MOST


@given(some.text(max_size=200))
def test_any_message_asks_one_to_three_questions(message: str) -> None:
    """Whatever is typed; and only words that stand in it."""
    questions = questions_in(message)

    assert 1 <= len(questions) <= MOST
    assert all(word in message for question in questions for word in question.split())


@pytest.mark.parametrize(
    "message",
    [
        "my gym manages its members with your software",
        "our landlord keeps us in your tool, who deletes me?",
        "The school has put my son into your app",
        "i got a text that was sent through you guys, my dentist uses you guys",
        "I'm not your customer, but you have my data",
        "I am a customer of one of your customers",
    ],
)
def test_the_customer_of_a_customer_is_recognised(message: str) -> None:
    """They must be told whom to ask, because the company may not answer them itself."""
    assert from_end_user(message)
    assert from_end_user("my dentist uses Acme, do you sell my data", ["Acme"])


@pytest.mark.parametrize(
    "message",
    [
        "do you sell my data", "i use your app", "my phone is old", "what do you do with my name?", "my daughter uses your app",
        "how tall must my pupil be to use your app",
    ],
)  # fmt: skip
def test_who_deals_with_the_company_itself_is_no_end_user(message: str) -> None:
    """Most people."""
    assert not from_end_user(message)


def test_a_question_is_said_back_as_it_came_or_cut_after_a_word() -> None:
    """A long story is not repeated whole."""
    assert in_short("do you  sell\nmy data?") == "do you sell my data?"
    assert in_short("word, " * 60).endswith("word …")


@given(some.text(max_size=400))
def test_what_is_said_back_is_never_long(message: str) -> None:
    """Whatever was typed."""
    assert len(in_short(message)) <= LONGEST_IN_SHORT + 2


def test_a_question_is_the_same_in_other_case_and_with_other_marks() -> None:
    """But not in other words, and nothing is not a question."""
    assert is_same_question("Do you sell my data?", "do you sell my data")
    assert not is_same_question("do you sell my data", "do you rent my data")
    assert not is_same_question("?", "!")


@pytest.mark.parametrize(
    ("typed", "looked_for"),
    [
        ("Press enquiry: who is behind Acme?", "who is behind Acme?"),
        ("are you sure you don't sell it", "do you sell it"),
        ("Is it true that you record calls?", "do you record calls?"),
        ("could you kindly confirm whether you sell my data", "do you sell my data"),
        ("hi, quick question: do you use cookies", "do you use cookies"),
        ("is it true you can read my mails", "you can read my mails"),
        ("please how do you secure my files", "how do you secure my files"),
        ("please delete my account", "please delete my account"),
        ("do you sell it", "do you sell it"),
        ("i am 8 can i make a video", OLD_ENOUGH),
        ("can my 10 year old use this", OLD_ENOUGH),
        ("may you keep it 10 years", "may you keep it 10 years"),
        ("my daughter is 12, can i see her data", "my daughter is 12, can i see her data"),
        ("im 15 may i sign up", OLD_ENOUGH),
        ("can i have 12 copies", "can i have 12 copies"),
        ("are you sure?", "are you sure?"),
        ("will you tell me when the policy changes", "will you tell me when the policy changes"),
        ("can you tell me if there was a breach", "can you tell me if there was a breach"),
    ],
)
def test_what_only_opens_a_question_is_not_looked_for(typed: str, looked_for: str) -> None:
    """Nor taken from a question that asks whether somebody is told."""
    assert as_looked_for(typed) == looked_for


@pytest.mark.parametrize(
    ("text", "by_post"),
    [
        ("how do i reach you by post", True),
        ("can we send the officer a letter", True),
        ("i'd rather write on paper", True),
        ("where may one complain via snail mail?", True),
        ("can i reach you by mail", False),  # that may be e-mail
        ("do you send me ads by post", False),
        ("will i get letters from you", False),
        ("if i send you a letter, do you keep it", False),
        ("do i have to apply by post or online", False),
    ],
)
def test_who_asks_for_the_way_on_paper_is_known(text: str, by_post: bool) -> None:
    assert asks_by_post(text) == by_post
