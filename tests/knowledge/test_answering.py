"""Answer, unsure, or silence; each with what it rests on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from candor.errors import UnknownCompanyError
from knowledge.answering import AnswerKind, AnswerPart, Leans, as_settled, best_in_view, better_part
from knowledge.artefact import ServedPolicy
from knowledge.catalogue import PolicyCatalogue
from knowledge.first_line import FirstLine
from knowledge.ingestion import ingest
from knowledge.messages import POSTAL
from knowledge.passages import Passage
from knowledge.quoting import Version
from knowledge.retrieval import Hit
from knowledge.settling import SettledAspects
from tests.conftest import ACME
from tests.fakes import SMALL_BANK, FakeEncoder, a_part, small_answers

SELL = "we never sell personal data"


def test_an_answer_quotes_the_policy_word_for_word(catalogue: PolicyCatalogue) -> None:
    """Offsets into the stored text, and the version that was read."""
    answer = small_answers(catalogue).answer(SELL, "acme")

    assert (answer.kind, answer.version, answer.policy) == ("answer", "2026-01-15", "Privacy Policy")
    assert all(ACME[hit.passage.start : hit.passage.end] == hit.passage.text for hit in answer.hits)
    assert answer.hits[0].passage.text == "We never sell personal data."


def test_at_most_three_quotes_are_shown_and_more_are_recorded(catalogue: PolicyCatalogue) -> None:
    """A reader gets the best ones; the record of the turn lists the other passages that were considered."""
    answer = small_answers(catalogue).answer(SELL, "acme")

    assert len(answer.hits) <= 3
    assert answer.considered[: len(answer.hits)] == answer.hits
    assert len(answer.considered) > len(answer.hits)


@pytest.mark.parametrize(
    ("answer_from", "unsure_from", "kind"), [(0.4, 0.2, "answer"), (0.6, 0.4, "unsure"), (0.95, 0.9, "not_in_policy")]
)
def test_the_probability_decides_the_kind_of_answer(
    catalogue: PolicyCatalogue, answer_from: float, unsure_from: float, kind: str
) -> None:
    """A high probability gives an answer, a lower one the nearest passages, a low one "not in the policy"."""
    answers = small_answers(catalogue, answer_from=answer_from, unsure_from=unsure_from)

    answer = answers.answer("do you breed horses", "acme")

    assert answer.probability == pytest.approx(0.5)
    assert answer.kind == kind


@pytest.mark.parametrize(
    ("answer_from", "judged_by_question", "kind"), [(0.6, -9.0, "unsure"), (0.9, -9.0, "not_in_policy"), (0.9, 9.0, "unsure")]
)
def test_silence_needs_both_judges_and_a_sure_answer_the_one_of_passages(
    catalogue: PolicyCatalogue, answer_from: float, judged_by_question: float, kind: str
) -> None:
    """The judge of questions, however sure it is, makes no answer sure; and alone it denies nothing that comes near."""
    answers = small_answers(catalogue, answer_from=answer_from, unsure_from=0.4, judged_by_question=judged_by_question)

    assert answers.answer("do you breed horses", "acme").kind == kind


@pytest.mark.parametrize(("judged_by_question", "kind"), [(-4.0, "unsure"), (4.0, "answer")])
def test_nothing_is_sure_that_the_other_judge_and_the_words_speak_against(
    catalogue: PolicyCatalogue, judged_by_question: float, kind: str
) -> None:
    """The judge of passages alone does not make an answer sure: it is shown as what comes closest."""
    answers = small_answers(catalogue, judged_by_question=judged_by_question, agreed_from=0.9)

    assert answers.answer("do you breed horses", "acme").kind == kind


def test_what_one_judge_is_sure_of_is_never_denied(catalogue: PolicyCatalogue) -> None:
    """Though the other one, the words and the topic speak against it."""
    answers = small_answers(
        catalogue, answer_from=0.45, unsure_from=0.4, judged_by_question=-4.0, agreed_from=0.9, about=("share",)
    )

    assert answers.answer("do you breed horses", "acme").kind == "unsure"


def test_silence_quotes_nothing(catalogue: PolicyCatalogue) -> None:
    """Nothing is presented as evidence; the passages considered are still recorded, and so is the question as it was asked."""
    answer = small_answers(catalogue, answer_from=0.95, unsure_from=0.9).answer("do you breed horses", "acme")

    assert answer.hits == ()
    assert answer.considered
    assert answer.parts[0].asked == "do you breed horses"


@pytest.mark.parametrize(
    "question", ["is any of it sold", "who gets my email address", "for how long are invoices kept", "are invoices retained"]
)
def test_a_passage_that_names_the_thing_asked_for_is_never_denied(catalogue: PolicyCatalogue, question: str) -> None:
    """Whatever the judge thinks of it: then it is shown as what comes closest."""
    answer = small_answers(catalogue, answer_from=0.95, unsure_from=0.9).answer(question, "acme")

    assert answer.kind == "unsure"
    assert answer.hits


def test_a_passage_that_plainly_answers_comes_first_and_is_sure(catalogue: PolicyCatalogue) -> None:
    """However little the judge thinks of it: what it says was read in it."""
    answer = small_answers(catalogue, answer_from=0.95, unsure_from=0.9).answer("do you sell my data", "acme")

    assert (answer.kind, answer.shown) == ("answer", 1)
    assert answer.hits[0].passage.text == "We never sell personal data."
    assert answer.parts[0].line is not None
    assert answer.parts[0].line.kind == "no"


PARTS = """Privacy Policy

1. Robot receptionist

We have a robot. Your data is stored in Norway by this robot.

2. Rights in Brazil

You may ask for a copy of your data.

3. Children

We never sell personal data.

4. Everything else

We are glad that you read this. We like to be asked. Nobody likes long policies. Ask us anything you like.
"""


@pytest.mark.parametrize(
    ("question", "kind", "line"),
    [
        ("where is my data stored", "unsure", FirstLine("part_unsure", value="1. Robot receptionist")),
        ("which country is the robot in", "answer", None),
        ("can i have a copy of my data", "answer", FirstLine("part", value="2. Rights in Brazil")),
        ("do you sell my data", "unsure", FirstLine("part_unsure", value="3. Children")),
    ],
)
def test_what_is_said_of_a_part_is_not_given_as_the_answer_about_all(
    policies: Path, tmp_path: Path, question: str, kind: str, line: FirstLine | None
) -> None:
    """A quote of one tool, one country or one group of people says so before it is read, and is not sure where all was asked."""
    (policies / "acme" / "2026-01-15.txt").write_text(PARTS, encoding="utf-8")
    ingest(policies, tmp_path / "index", FakeEncoder, FakeEncoder.id, lambda _: None)

    answer = small_answers(PolicyCatalogue(tmp_path / "index", FakeEncoder.id)).answer(question, "acme")

    assert (answer.kind, answer.parts[0].line) == (kind, line)


def test_a_judge_that_is_very_sure_is_believed_and_the_part_is_named(policies: Path, tmp_path: Path) -> None:
    """Whoever reads the answer sees from its first line of what it speaks."""
    (policies / "acme" / "2026-01-15.txt").write_text(PARTS, encoding="utf-8")
    ingest(policies, tmp_path / "index", FakeEncoder, FakeEncoder.id, lambda _: None)
    answers = small_answers(PolicyCatalogue(tmp_path / "index", FakeEncoder.id), probability=0.95)

    answer = answers.answer("where is my data stored", "acme")

    assert (answer.kind, answer.parts[0].line) == ("answer", FirstLine("part", value="1. Robot receptionist"))


@pytest.mark.parametrize(
    ("question", "kind"), [("how long are invoices kept", "answer"), ("how much is paid for invoices", "unsure")]
)
def test_however_sure_the_judge_is_a_number_that_was_asked_for_must_be_given(
    catalogue: PolicyCatalogue, question: str, kind: str
) -> None:
    """What is missing by its words may be said in others, but not a number."""
    assert small_answers(catalogue, probability=0.95, answer_from=0.5).answer(question, "acme").kind == kind


def test_an_unknown_company_is_refused(catalogue: PolicyCatalogue) -> None:
    """The message lists the known ones."""
    with pytest.raises(UnknownCompanyError, match="acme, globex"):
        small_answers(catalogue).answer(SELL, "initech")


class Swapped(PolicyCatalogue):
    """A catalogue where another version is released as soon as somebody has taken hold of one."""

    swap: Callable[[], None] | None = None

    def served(self, company: str) -> ServedPolicy:
        result = super().served(company)
        swap, self.swap = self.swap, None
        if swap:
            swap()
        return result


def test_a_release_during_a_question_does_no_harm(catalogue: PolicyCatalogue, policies: Path, tmp_path: Path) -> None:
    """An answer is from one version: half of it from a newer one would quote words that do not stand there."""

    def a_new_version() -> None:
        (policies / "acme" / "2026-03-01.txt").write_text(ACME.replace("never sell", "never ever sell"), encoding="utf-8")
        assert ingest(policies, tmp_path / "index", FakeEncoder, FakeEncoder.id, lambda _: None).changed

    swapped = Swapped(tmp_path / "index", FakeEncoder.id)
    swapped.swap = a_new_version
    answers = small_answers(swapped)

    during, afterwards = answers.answer(SELL, "acme"), answers.answer(SELL, "acme")

    assert (during.version, during.hits[0].passage.text) == ("2026-01-15", "We never sell personal data.")
    assert (afterwards.version, afterwards.hits[0].passage.text) == ("2026-03-01", "We never ever sell personal data.")


def test_a_quote_keeps_the_sentence_that_limits_it(policies: Path, tmp_path: Path) -> None:
    """The sentence that search found would promise too much on its own."""
    limited = ACME.replace("We never sell personal data.", "We never sell personal data. However, affiliates may use it.")
    (policies / "acme" / "2026-03-01.txt").write_text(limited, encoding="utf-8")
    ingest(policies, tmp_path / "index", FakeEncoder, FakeEncoder.id, lambda _: None)

    answer = small_answers(PolicyCatalogue(tmp_path / "index", FakeEncoder.id)).answer(SELL, "acme")

    assert answer.hits[0].passage.text == "We never sell personal data. However, affiliates may use it."
    assert answer.considered[0].passage.text == "We never sell personal data."


# Several questions, and follow-ups


def quotes(hits: tuple[Hit, ...]) -> list[str]:
    return [hit.passage.text for hit in hits]


def test_two_questions_get_a_part_each(catalogue: PolicyCatalogue) -> None:
    """In their order, each with its own aspect; the best quote of each part comes before any second quote."""
    answer = small_answers(catalogue).answer("is my data sold, and how long do you keep it for invoices?", "acme")

    assert [part.question for part in answer.parts] == ["is my data sold", "how long do you keep my data for invoices?"]
    assert [part.aspect.id for part in answer.parts if part.aspect] == ["selling.sold", "retention.general"]
    assert answer.hits[:2] == (answer.parts[0].hits[0], answer.parts[1].hits[0])
    assert len(answer.hits) <= 3


def test_no_two_quotes_of_an_answer_overlap(catalogue: PolicyCatalogue) -> None:
    """Parts that found the same passage show it once."""
    answer = small_answers(catalogue).answer("is my data sold, and how long do you keep it for invoices?", "acme")

    assert not [(one, other) for index, one in enumerate(answer.hits) for other in answer.hits[:index] if one.overlaps(other)]
    assert answer.considered == answer.parts[0].considered + answer.parts[1].considered


def test_a_fourth_question_is_kept_as_left_over(catalogue: PolicyCatalogue) -> None:
    """Three are answered."""
    message = "Is data sold? Who keeps invoices? Which names are collected? Where are emails kept?"

    answer = small_answers(catalogue).answer(message, "acme")

    assert answer.left_over == ("Where are emails kept?",)


def test_two_questions_with_one_answer_are_one(catalogue: PolicyCatalogue) -> None:
    """The message is searched for as written, and the reader sees a single answer."""
    message = "do you never sell data, and is personal data sold?"

    answer = small_answers(catalogue).answer(message, "acme")

    assert [part.question for part in answer.parts] == [message]


def test_a_question_outside_privacy_is_named_beside_another(catalogue: PolicyCatalogue) -> None:
    """It neither hides the other question nor gets quotes."""
    answers = small_answers(catalogue, answer_from=0.9, unsure_from=0.4, about=("sell", "data", "keep"))

    both = answers.answer("is it sunny in Rome? do you sell my data?", "acme")
    neither = answers.answer("is it sunny in Rome? will it be cloudy for long?", "acme")

    assert [(part.question, part.kind, bool(part.hits)) for part in both.parts] == [
        ("is it sunny in Rome?", "out_of_scope", False),
        ("do you sell my data?", "answer", True),
    ]
    assert (both.kind, both.question) == ("answer", "do you sell my data?")
    assert (neither.kind, neither.hits, len(neither.parts)) == ("out_of_scope", (), 1)


def test_clear_evidence_outweighs_the_scope(catalogue: PolicyCatalogue) -> None:
    """A very high probability overrides the small model that judges the scope."""
    answer = small_answers(catalogue, answer_from=0.4, unsure_from=0.2, about=("sell",)).answer("do you keep invoices", "acme")

    assert answer.kind == "answer"


@pytest.mark.parametrize(
    ("message", "after", "looked_up"),
    [
        ("and for how long?", "do you keep invoices", "do you keep invoices and for how long?"),
        ("and for how long?", "", "and for how long?"),
        ("do you sell my data", "do you keep invoices", "do you sell my data"),
    ],
)
def test_a_follow_up_is_searched_with_the_question_before_it(
    catalogue: PolicyCatalogue, message: str, after: str, looked_up: str
) -> None:
    """A question that stands alone is searched as it is."""
    answer = small_answers(catalogue).answer(message, "acme", after=after)

    assert [part.question for part in answer.parts] == [looked_up]
    assert answer.question == (after if looked_up.startswith(after) and after else message)  # what the next one leans on


def test_a_follow_up_within_a_message_refers_to_the_question_before_it(catalogue: PolicyCatalogue) -> None:
    """It does not refer to the previous message."""
    answer = small_answers(catalogue).answer("do you sell my data, and for how long do you?", "acme", after="do you use cookies")

    assert "cookies" not in answer.question
    assert answer.question.startswith("do you sell my data")


def test_a_follow_up_finds_what_it_would_not_find_alone(catalogue: PolicyCatalogue) -> None:
    """ "and is it?" names nothing; after a question about selling it is about selling."""
    answers = small_answers(catalogue)

    alone, after = answers.answer("and is it?", "acme"), answers.answer("and is it?", "acme", after=SELL)

    assert alone.aspect is None
    assert after.hits[0].passage.text == "We never sell personal data."


def test_a_follow_up_without_content_gets_no_value_of_another_matter(policies: Path, tmp_path: Path) -> None:
    """ "And for how long?" after a question about horses is not told how long something else is kept."""
    (policies / "acme" / "2026-01-15.txt").write_text("Policy\n\n1. Data\n\nWe keep your data for 12 months.\n", encoding="utf-8")
    ingest(policies, tmp_path / "index", FakeEncoder, FakeEncoder.id, lambda _: None)
    answers = small_answers(PolicyCatalogue(tmp_path / "index", FakeEncoder.id))

    alone, after = answers.answer("for how long", "acme"), answers.answer("for how long", "acme", after="do you breed horses")

    assert alone.parts[0].line == FirstLine("span", value="12 months")
    assert after.parts[0].line is None


def test_a_message_in_another_language_is_not_searched(catalogue: PolicyCatalogue) -> None:
    """No quote can answer it, and a follow-up has nothing to refer to."""
    answer = small_answers(catalogue).answer("verkauft ihr meine persönlichen daten weiter", "acme")

    assert (answer.kind, answer.language_unknown, answer.parts) == ("out_of_scope", True, ())
    assert (answer.hits, answer.considered, answer.question, answer.aspect, answer.probability) == ((), (), "", None, 0.0)


def test_quotes_far_below_the_best_are_not_shown(catalogue: PolicyCatalogue) -> None:
    """Beside the answer they would look as if they answered too."""
    wide, narrow = (small_answers(catalogue, shown_within=gap).answer(SELL, "acme") for gap in (99.0, 0.01))

    assert len(wide.hits) > 1
    assert quotes(narrow.hits) == ["We never sell personal data."]
    assert len(narrow.considered) == len(wide.considered)


def test_the_part_of_the_better_kind_is_taken() -> None:
    """The first one counts if both are of the same kind."""
    sure, unsure, silent = a_part("answer"), a_part("unsure"), a_part("not_in_policy")

    assert better_part(silent, unsure) is unsure
    assert better_part(sure, unsure) is sure
    assert better_part(unsure, a_part("unsure", question="another")) is unsure


@pytest.mark.parametrize(
    ("alone", "leaning", "follows", "anew", "alone_is_better"),
    [
        (("answer", 0.9, ""), ("answer", 0.9, "new"), True, False, False),  # "they must protect it too?"
        (("answer", 0.9, ""), ("answer", 0.9, "new"), True, True, True),  # "and do you sell my data?"
        (("answer", 0.55, ""), ("unsure", 0.2, "no_more"), True, True, True),
        (("unsure", 0.4, ""), ("unsure", 0.2, "no_more"), True, True, True),
        (("not_in_policy", 0.1, ""), ("unsure", 0.2, "no_more"), True, True, False),
        (("answer", 0.9, ""), ("answer", 0.9, "doubt"), True, True, False),
        (("unsure", 0.4, ""), ("answer", 0.6, "new"), False, True, False),  # "so nobody can read my mail, you say"
        (("unsure", 0.4, ""), ("unsure", 0.4, "new"), False, True, True),
        (("unsure", 0.4, ""), ("unsure", 0.4, "new"), False, False, False),
        (("not_in_policy", 0.1, ""), ("answer", 0.4, "said"), False, True, False),
    ],
)
def test_which_answer_is_taken_after_an_answer(
    alone: tuple[AnswerKind, float, str],
    leaning: tuple[AnswerKind, float, Leans],
    follows: bool,
    anew: bool,
    alone_is_better: bool,
) -> None:
    """What asks anew is answered anew if the policy surely answers it; all else in view of what was quoted."""
    hits = (Hit(Passage("acme", "v", "sentence", "", 0, 5, "words", "", ""), 1.0),) if alone[0] != "not_in_policy" else ()
    by_itself = a_part(alone[0], probability=alone[1], hits=hits)
    in_view = replace(a_part(leaning[0], probability=leaning[1]), leans=leaning[2])

    assert (best_in_view(by_itself, in_view, follows=follows, anew=anew) is by_itself) == alone_is_better


def test_what_it_points_at_is_put_into_a_follow_up(catalogue: PolicyCatalogue) -> None:
    """So it is looked up, and so the next one leans on it; said back are the visitor's own words."""
    answers = small_answers(catalogue)

    answer = answers.answer("is it sold", "acme", after="do you breed my horses")

    assert [part.question for part in answer.parts] == ["is my horses sold"]
    assert answer.parts[0].asked == "is it sold"
    assert answer.question == "is my horses sold"


def test_a_bare_follow_up_keeps_the_topic(catalogue: PolicyCatalogue) -> None:
    """Whichever way it is answered, the next "how?" still has something to lean on."""
    answer = small_answers(catalogue).answer("how long", "acme", after="do you keep invoices")

    assert answer.question == "do you keep invoices"


@pytest.mark.parametrize(
    ("text", "quoted"), [("Google hosts our website.", "Google"), ("We share data with suppliers.", "suppliers")]
)
def test_what_another_company_gets_is_never_off_topic(policies: Path, tmp_path: Path, text: str, quoted: str) -> None:
    """The passage that names it is quoted; else what the policy says of recipients, as not certain."""
    (policies / "acme" / "2026-01-15.txt").write_text(f"Policy\n\n1. Data\n\nWe keep horses.\n\n{text}\n", encoding="utf-8")
    ingest(policies, tmp_path / "index", FakeEncoder, FakeEncoder.id, lambda _: None)
    answers = small_answers(
        PolicyCatalogue(tmp_path / "index", FakeEncoder.id), answer_from=0.99, unsure_from=0.98, about=("share",)
    )

    answer = answers.answer("do you sell it to google", "acme")

    assert answer.kind == "unsure"
    assert quoted in answer.hits[0].passage.text


@pytest.mark.parametrize(
    ("reached", "kind"),
    [("Address: Fir Street 4, 10115 Berlin. Mail: a@acme.example.", "answer"), ("Send e-mail to a@acme.example.", "unsure")],
)
def test_an_email_address_is_no_answer_to_who_writes_by_post(policies: Path, tmp_path: Path, reached: str, kind: str) -> None:
    """The postal address is, whatever else the question names; where there is none, nothing is surely answered."""
    (policies / "acme" / "2026-01-15.txt").write_text(f"Policy\n\n1. Data\n\nHorses.\n\n{reached}\n", encoding="utf-8")
    ingest(policies, tmp_path / "index", FakeEncoder, FakeEncoder.id, lambda _: None)
    answers = small_answers(PolicyCatalogue(tmp_path / "index", FakeEncoder.id))

    answer = answers.answer("how do I write to you by post, I don't trust the e-mail address", "acme")

    assert answer.kind == kind
    assert (answer.question == POSTAL) == (kind == "answer")


SETTLED_TEXT = "We keep your name. It is sold."


def settled_part(kind: AnswerKind, lead: float, settled: SettledAspects) -> AnswerPart:
    """A part about selling that found something of this kind, with what staff settled."""
    (selling,) = (aspect for aspect in SMALL_BANK if aspect.id == "selling.sold")
    found = (Hit(passage("We keep your name."), 1.0),) if kind in ("answer", "unsure") else ()
    part = a_part(kind, 0.7, selling, found)
    return as_settled(part, lead, settled, Version.of(SETTLED_TEXT, ()))


def passage(text: str) -> Passage:
    start = SETTLED_TEXT.index(text)
    return Passage("acme", "1", "sentence", "", start, start + len(text), text, "", "")


@pytest.mark.parametrize(
    ("kind", "lead", "after"),
    [
        ("not_in_policy", 0.0, ("not_in_policy", True)),
        ("unsure", 0.2, ("not_in_policy", True)),
        ("unsure", 0.01, ("unsure", False)),
        ("answer", 0.2, ("not_in_policy", True)),
        ("answer", 0.06, ("answer", False)),
        ("out_of_scope", 0.2, ("out_of_scope", False)),
    ],
)
def test_a_settled_silence_outweighs_where_the_question_is_clearly_about_it(
    kind: AnswerKind, lead: float, after: tuple[AnswerKind, bool]
) -> None:
    """A question that is only near to the aspect may ask for something that the policy does say: that is not denied."""
    part = settled_part(kind, lead, SettledAspects(silent=frozenset(["selling.sold"])))

    assert (part.kind, part.settled) == after
    assert (part.line == FirstLine("silent", value=part.looked_for)) == after[1]


@pytest.mark.parametrize(
    ("kind", "lead", "first"),
    [("not_in_policy", 0.0, "It is sold."), ("answer", 0.2, "It is sold."), ("answer", 0.01, "We keep your name.")],
)
def test_the_passage_that_staff_point_to_answers_first(kind: AnswerKind, lead: float, first: str) -> None:
    """Before what was found, unless that is sure and the question is hardly about it."""
    part = settled_part(kind, lead, SettledAspects(passages={"selling.sold": passage("It is sold.")}))

    assert (part.kind, part.hits[0].passage.text) == ("answer", first)
