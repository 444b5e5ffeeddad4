"""The same question again gets what was not said before."""

from __future__ import annotations

from dataclasses import replace

from candor.conversations.repeating import EarlierAnswer, Repetition, repetition
from candor.conversations.reply import citations_of
from knowledge.answering import Answer
from knowledge.first_line import FirstLine
from knowledge.passages import Passage
from knowledge.retrieval import Hit
from tests.fakes import an_answer


def a_hit(start: int) -> Hit:
    return Hit(Passage("acme", "2026-01-15", "sentence", "1. One", start, start + 10, "We do that", "", ""), 1.0)


ANSWER = an_answer("answer", 0.9, None, (a_hit(0), a_hit(20)))


def earlier(answer: Answer, question: str = "do you sell it?") -> EarlierAnswer:
    return EarlierAnswer(question, "answer" if answer.hits else "not_in_policy", tuple(citations_of(answer)[: answer.shown]))


def test_another_question_is_no_repetition() -> None:
    """Even if the same passage answers it."""
    assert repetition(ANSWER, "do you rent it?", [earlier(ANSWER)]) is None
    assert repetition(ANSWER, "do you sell it?", []) is None


def test_the_next_passage_is_shown_and_then_nothing_is_left() -> None:
    """In other case and with other marks too, and after other questions."""
    first = earlier(ANSWER)
    second = EarlierAnswer("do you sell it", "unsure", tuple(citations_of(ANSWER, ANSWER.hits[1:])))

    assert repetition(ANSWER, "Do you sell it", [first, earlier(ANSWER, "else?")]) == Repetition("utter_again", ANSWER.hits[1:])
    assert repetition(ANSWER, "do you sell it", [first, second]) == Repetition("utter_again_nothing")


def test_why_repeats_the_question_before_unless_it_found_something_new() -> None:
    """A span of time is news, though it stands in the same passage."""
    span = replace(ANSWER, parts=(replace(ANSWER.parts[0], line=FirstLine("span", value="30 days")),))

    assert repetition(ANSWER, "why?", [earlier(ANSWER)]) == Repetition("utter_again", ANSWER.hits[1:])
    assert repetition(span, "for how long?", [earlier(ANSWER)]) is None
    assert repetition(an_answer("answer", 0.9, None, (a_hit(50),)), "why?", [earlier(ANSWER)]) is None


def test_a_further_question_that_finds_no_more_than_the_last_is_told_what_is_left() -> None:
    """ "And Google?" after "do you sell it to Meta?": the same passage as not certain is no news. A sure answer is."""
    unsure = an_answer("unsure", 0.3, None, ANSWER.hits)

    assert repetition(unsure, "and google?", [earlier(ANSWER)]) == Repetition("utter_again", ANSWER.hits[1:])
    assert repetition(ANSWER, "and google?", [earlier(ANSWER)]) is None
    assert repetition(unsure, "do you give my photos to google", [earlier(ANSWER)]) is None


def test_silence_is_repeated_in_other_words() -> None:
    """And is still silence."""
    silent = an_answer("not_in_policy", 0.1)

    assert repetition(silent, "do you sell it?", [earlier(silent)]) == Repetition("utter_again_not_in_policy")
