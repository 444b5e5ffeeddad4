"""The sentence before the quotes: it never says more than they do."""

from __future__ import annotations

from dataclasses import replace

import pytest

from candor.conversations.lead import SURE_OF_ASPECT, lead_of
from candor.conversations.responses import Responses
from knowledge.answering import Answer, AnswerKind, AnswerPart
from knowledge.aspects import Aspect
from knowledge.first_line import FirstLine
from knowledge.passages import Passage
from knowledge.retrieval import Hit
from tests.fakes import A_COMPANY, CHILDREN, SMALL_BANK, a_part, an_answer

SELLING, RETENTION = SMALL_BANK


def a_hit(start: int) -> Hit:
    return Hit(Passage("acme", "2026-01-15", "sentence", "1. One", start, start + 10, "We do that", "", ""), 1.0)


SOLD, KEPT, ALSO = (a_hit(start) for start in (0, 20, 40))


def worded(answer: Answer) -> str:
    """The lead as a reader sees it. A placeholder that nobody fills is a KeyError."""
    lead = lead_of(answer, Responses())
    return Responses().say(lead.response, **lead.values)


def of_parts(*parts: AnswerPart, kind: AnswerKind = "answer") -> Answer:
    return Answer(kind, A_COMPANY, "Privacy Policy", "2026-01-15", parts)


@pytest.mark.parametrize(
    ("kind", "probability", "aspect", "response"),
    [
        ("answer", SURE_OF_ASPECT, SELLING, "utter_answer_about"),
        ("answer", SURE_OF_ASPECT - 0.01, SELLING, "utter_answer"),
        ("answer", 1.0, None, "utter_answer"),
        ("unsure", 0.99, SELLING, "utter_unsure"),
        ("not_in_policy", 0.99, SELLING, "utter_not_in_policy"),
        ("not_in_policy", 0.0, None, "utter_not_in_policy"),
        ("out_of_scope", 0.0, SELLING, "utter_out_of_scope_general"),
    ],
)
def test_one_question_has_a_lead_by_its_kind(kind: AnswerKind, probability: float, aspect: Aspect | None, response: str) -> None:
    """What was asked is only named where it is beyond doubt."""
    answer = an_answer(kind, probability, aspect, (SOLD,) if kind in {"answer", "unsure"} else ())

    assert lead_of(answer, Responses()).response == response
    assert "{" not in worded(answer)


def test_what_was_looked_for_and_where_is_named() -> None:
    """In silence too, and then with whom to ask."""
    assert worded(an_answer("answer", 0.9, SELLING, (SOLD,))) == (
        "This is what Acme's Privacy Policy says about selling personal data:"
    )
    silent = worded(an_answer("not_in_policy", 0.1, SELLING))
    assert "“a question”" in silent
    assert "privacy@acme.example" in silent


def test_a_policy_that_bears_its_companys_name_is_named_once() -> None:
    """ "the Acme Privacy Policy", not "Acme's Acme Privacy Policy"."""
    answer = replace(an_answer("answer", 0.9, SELLING, (SOLD,)), policy="Acme Privacy Policy")

    assert worded(answer) == "This is what the Acme Privacy Policy says about selling personal data:"


def test_another_language_is_told_from_another_subject() -> None:
    """Who wrote in German is asked for English, not told that privacy is no subject here."""
    foreign = Answer("out_of_scope", A_COMPANY, "Privacy Policy", "2026-01-15", (), language_unknown=True)

    assert lead_of(foreign, Responses()).response == "utter_out_of_scope_language"
    assert lead_of(replace(foreign, language_unknown=False), Responses()).response == "utter_out_of_scope_general"


def test_each_of_several_questions_has_its_own_quotes() -> None:
    """By the numbers that they carry below; the best of each comes first."""
    answer = of_parts(
        a_part("answer", 0.9, SELLING, (SOLD, ALSO), question="is it sold?"),
        a_part("answer", 0.8, RETENTION, (KEPT,), question="how long?"),
    )

    assert [hit.passage.start for hit in answer.hits] == [0, 20, 40]
    assert worded(answer) == "“is it sold?” See [1] [3].\n\n“how long?” See [2]."


def test_a_silent_part_is_said_to_be_silent() -> None:
    """The other's quote is not passed off as its evidence."""
    answer = of_parts(
        a_part("answer", 0.9, SELLING, (SOLD,), question="is it sold?"),
        a_part("not_in_policy", 0.1, CHILDREN, question="how old?"),
    )

    assert worded(answer) == (
        "“is it sold?” See [1].\n\n"
        "“how old?” I found nothing in Acme's Privacy Policy that answers this. You can ask Acme: privacy@acme.example."
    )


def test_a_part_in_doubt_is_said_to_be_in_doubt() -> None:
    """Beside a sure one as well; and it is named by the visitor's own words, because what was meant is in doubt."""
    answer = of_parts(a_part("answer", 0.9, RETENTION, (KEPT,)), a_part("unsure", 0.3, SELLING, (SOLD,), question="flogged?"))

    assert "“flogged?” I am not certain; [2] comes closest." in worded(answer)


def test_two_parts_may_share_a_quote() -> None:
    """It is shown once, and both name it."""
    answer = of_parts(a_part("answer", 0.9, SELLING, (SOLD,)), a_part("answer", 0.9, RETENTION, (SOLD, KEPT)))

    assert [hit.passage.start for hit in answer.hits] == [0, 20]
    assert worded(answer) == "“a question” See [1].\n\n“a question” See [1] [2]."


def test_a_lesser_quote_that_only_touches_anothers_is_not_named() -> None:
    """The first part's third best, a list, holds the item that answers the second part: that item is not its evidence."""
    around = replace(KEPT, passage=replace(KEPT.passage, start=15, end=39))
    answer = of_parts(a_part("answer", 0.9, SELLING, (SOLD, ALSO, around)), a_part("answer", 0.9, RETENTION, (KEPT,)))

    assert worded(answer).startswith("“a question” See [1] [3].")


def test_no_part_names_a_quote_that_is_not_shown() -> None:
    """Three are shown, one of each of three parts; every number has its quote."""
    many = [tuple(a_hit(100 * part + 20 * place) for place in range(3)) for part in range(3)]
    answer = of_parts(
        *(a_part("answer", 0.9, aspect, hits) for aspect, hits in zip((SELLING, RETENTION, CHILDREN), many, strict=True))
    )

    text = worded(answer)
    assert [text.count(f"[{number}]") for number in range(1, 5)] == [1, 1, 1, 0]
    assert "I found nothing" not in text


def test_where_all_parts_are_silent_one_sentence_says_so() -> None:
    """Each by the visitor's own words."""
    answer = of_parts(
        a_part("not_in_policy", 0.1, SELLING, question="is it sold?"),
        a_part("not_in_policy", 0.1, CHILDREN, question="how old?"),
        kind="not_in_policy",
    )

    assert lead_of(answer, Responses()).response == "utter_not_in_policy"
    assert "I found nothing in Acme's Privacy Policy that answers “is it sold?” or “how old?”" in worded(answer)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (FirstLine("no", "company", "sell your data"), "No. Acme says that it does not sell your data."),
        (FirstLine("yes", "company", "carry your data"), "Yes. Acme says that it carries your data."),
        (FirstLine("yes", "company", "pass your data on"), "Yes. Acme says that it passes your data on."),
        (FirstLine("yes", "company", "have an officer"), "Yes. Acme says that it has an officer."),
        (FirstLine("yes", "visitor", "delete your account"), "Yes. Acme says that you can delete your account."),
        (FirstLine("no", "visitor", "stay anonymous"), "No. Acme says that you cannot stay anonymous."),
        (FirstLine("no", "anyone"), "No, by what Acme says:"),
        (FirstLine("may", "company", "share your data"), "Possibly. Acme says that it may share your data."),
        (FirstLine("may", "visitor", "share your data"), "Possibly. Acme puts it like this:"),
        (FirstLine("some", "company", "sell your data"), "Only in some cases. Acme puts it like this:"),
        (FirstLine("span", value="up to 12 months"), "Up to 12 months."),
        (FirstLine("place", value="the United States"), "In the United States."),
        (FirstLine("age", value="16"), "From the age of 16."),
        (FirstLine("address", value="a@b.example"), "You can write to a@b.example."),
        (FirstLine("dated", value="2026-01-15-en"), "This version of Acme's Privacy Policy is dated 2026-01-15."),
        (FirstLine("undated"), "Acme's Privacy Policy carries no date."),
        (FirstLine("part", value="6. Events"), "Under “6. Events”, Acme's Privacy Policy says:"),
        (
            FirstLine("part_unsure", value="Kids"),
            "I am not certain that Acme's Privacy Policy answers this. This comes closest, but it stands under “Kids”:",
        ),
    ],
)
def test_a_first_line_answers_in_plain_words(line: FirstLine, said: str) -> None:
    """Before the quote, which then shows it."""
    answer = of_parts(replace(a_part("answer", 0.9, SELLING, (SOLD,)), line=line))

    assert worded(answer) == said


def test_the_line_of_each_of_several_questions_names_its_quote() -> None:
    """As many quotes are read at once as there are questions; the others are folded away."""
    answer = of_parts(
        replace(
            a_part("answer", 0.9, SELLING, (SOLD, ALSO), question="is it sold?"),
            line=FirstLine("no", "company", "sell your data"),
        ),
        a_part("answer", 0.8, RETENTION, (KEPT,), question="how long?"),
    )

    assert worded(answer) == "“is it sold?” No. Acme says that it does not sell your data. [1] [3]\n\n“how long?” See [2]."
    assert (len(answer.hits), answer.shown) == (3, 2)


def test_one_of_several_questions_tells_under_which_heading_its_uncertain_quote_stands() -> None:
    """In a few words, beside the number of the quote."""
    answer = of_parts(
        a_part("answer", 0.9, SELLING, (SOLD,), question="is it sold?"),
        replace(a_part("unsure", 0.4, RETENTION, (KEPT,), question="how long?"), line=FirstLine("part_unsure", value="7. Fairs")),
    )

    assert worded(answer).endswith("“how long?” I am not certain; [2] comes closest, but it stands under “7. Fairs”.")


def test_questions_beyond_the_first_few_are_named_too() -> None:
    """Nobody is left to wonder what became of their fourth question."""
    answer = of_parts(a_part("answer", 0.9, SELLING, (SOLD,)), a_part("answer", 0.9, RETENTION, (KEPT,)))

    assert worded(replace(answer, left_over=("who sees it?",))).endswith(
        "“who sees it?” Please ask me this again by itself: I take three questions at a time."
    )


def test_the_customer_of_a_customer_is_told_whom_to_ask() -> None:
    """Below the answer to what they asked; it is not called a second question."""
    whom = replace(a_part("answer", 0.9, None, (KEPT,)), end_user=True)

    assert worded(of_parts(a_part("answer", 0.9, SELLING, (SOLD,)), whom)) == (
        "See [1].\n\nIf Acme has your data from one of its customers, [2] says whom to ask."
    )
