"""What is found, in which order, and that nothing is quoted twice."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

import knowledge.retrieval
from knowledge.catalogue import PolicyCatalogue
from knowledge.naming import things_in
from knowledge.needed import needed_in_answer
from knowledge.particulars import particular
from knowledge.passages import Passage
from knowledge.ranking import Question
from knowledge.retrieval import (
    Hit,
    Retrieval,
    holding_first,
    naming_first,
    readable_order,
    rule_first,
    with_whole_lists,
    without_overlap,
)  # fmt: skip
from tests.fakes import NO_CHATTER, FakeEncoder, small_mapper, untrained_ranker


@pytest.fixture
def retrieval() -> Retrieval:
    return Retrieval(FakeEncoder(), small_mapper(), NO_CHATTER, untrained_ranker())


def passage(start: int, end: int) -> Passage:
    return Passage("acme", "2026-01-15", "sentence", "1. One", start, end, "x" * (end - start - 1) + ".", "", "")


def test_the_nearest_passage_comes_first(catalogue: PolicyCatalogue, retrieval: Retrieval) -> None:
    """Asked in the policy's own words, the policy's own sentence is found."""
    result = retrieval.search(catalogue.served("acme"), "we never sell personal data", k=3)

    assert result.hits[0].passage.text == "We never sell personal data."
    assert [hit.score for hit in result.hits] == sorted((hit.score for hit in result.hits), reverse=True)


def test_both_encoders_read_a_question_at_once() -> None:
    """Each on a core: the answer comes no sooner than the slower one has read, and no later for the other."""
    both = threading.Barrier(2, timeout=10)  # passes only who meets the other there

    class MeetingEncoder(FakeEncoder):
        def encode_tokens(self, text: str) -> tuple[np.ndarray, np.ndarray]:
            both.wait()
            return super().encode_tokens(text)

        def encode_large(self, texts: Sequence[str]) -> np.ndarray:
            both.wait()
            return super().encode_large(texts)

    mapper = small_mapper()
    question = Retrieval(MeetingEncoder(), mapper, NO_CHATTER, untrained_ranker()).question("do you sell my data")

    alone = Question.of("do you sell my data", FakeEncoder(), mapper.bank, NO_CHATTER)
    assert np.array_equal(question.large, alone.large)
    assert np.array_equal(question.vector, alone.vector)


def test_what_the_large_encoder_fails_on_is_not_answered() -> None:
    """Its error reaches whoever asked, and is not lost in a thread."""

    class BrokenEncoder(FakeEncoder):
        def encode_large(self, texts: Sequence[str]) -> np.ndarray:
            raise ValueError("broken")

    with pytest.raises(ValueError, match="broken"):
        Retrieval(BrokenEncoder(), small_mapper(), NO_CHATTER, untrained_ranker()).question("do you sell my data")


def test_only_the_asked_company_is_searched(catalogue: PolicyCatalogue, retrieval: Retrieval) -> None:
    """Another company's better sentence is no evidence."""
    result = retrieval.search(catalogue.served("globex"), "we never sell personal data", k=5)

    assert {hit.passage.company for hit in result.hits} == {"globex"}


def test_hits_share_no_characters(catalogue: PolicyCatalogue, retrieval: Retrieval) -> None:
    """A list and its items are one piece of evidence, not two."""
    result = retrieval.search(catalogue.served("acme"), "how long do you keep invoices", k=9)

    spans = sorted((hit.passage.start, hit.passage.end) for hit in result.hits)
    assert all(end <= start for (_, end), (start, _) in pairwise(spans))


def test_the_aspect_of_a_question_is_named(catalogue: PolicyCatalogue, retrieval: Retrieval) -> None:
    """It is the aspect whose questions are nearest."""
    result = retrieval.search(catalogue.served("acme"), "is my data sold", k=1)

    assert result.aspect is not None
    assert result.aspect.id == "selling.sold"


def test_a_long_policy_is_searched_by_faiss_first(
    catalogue: PolicyCatalogue, retrieval: Retrieval, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only the candidates are ranked, and the best is still among them."""
    monkeypatch.setattr(knowledge.retrieval, "CANDIDATES", 2)

    result = retrieval.search(catalogue.served("acme"), "we never sell personal data", k=9)

    assert len(result.hits) <= 2
    assert result.hits[0].passage.text == "We never sell personal data."


def test_of_overlapping_hits_the_best_stays() -> None:
    """Hits come best first; one that overlaps a better hit is dropped."""
    best, inside, beside = Hit(passage(10, 50), 3.0), Hit(passage(20, 30), 2.0), Hit(passage(50, 60), 1.0)

    assert without_overlap([best, inside, beside]) == [best, beside]


def test_a_quote_too_long_to_read_is_left_out() -> None:
    """Unless there is nothing else to quote."""
    short, long = passage(0, 100), replace(passage(0, 100), text="x" * 5000)

    assert readable_order([long, short], np.array([2.0, 1.0])).tolist() == [1]
    assert readable_order([long], np.array([2.0])).tolist() == [0]


def test_a_policy_is_prepared_once(catalogue: PolicyCatalogue, retrieval: Retrieval) -> None:
    """The second question does not repeat the work."""
    artefact = catalogue.served("acme").artefact

    assert retrieval.view(artefact) is retrieval.view(artefact)


def test_two_items_of_one_list_bring_the_whole_list() -> None:
    """Where the list is the answer, the reader gets it with its lead-in, once, in the place of its best item."""
    whole = Hit(replace(passage(0, 60), kind="list"), 0.5)
    first, other, second = (
        Hit(replace(passage(20, 30), kind="item"), 3.0),
        Hit(passage(70, 90), 2.0),
        Hit(replace(passage(40, 50), kind="item"), 1.0),
    )

    shown = without_overlap(with_whole_lists([first, other, second, whole]))

    assert [hit.passage.kind for hit in shown] == ["list", "sentence"]
    assert shown[0].score == 3.0


def test_one_item_stays_an_item() -> None:
    """A single period out of a list of periods is the better quote."""
    whole, only = Hit(replace(passage(0, 60), kind="list"), 0.5), Hit(replace(passage(20, 30), kind="item"), 3.0)

    assert with_whole_lists([only, whole]) == [only, whole]


def test_the_company_s_name_in_a_question_changes_nothing(catalogue: PolicyCatalogue, retrieval: Retrieval) -> None:
    """Only its own policy is searched, whose sentences name it everywhere."""
    policy = catalogue.served("acme")

    found = [
        retrieval.search(policy, question, k=3)
        for question in ("How long does Acme keep invoices?", "How long does this service keep invoices?")
    ]

    assert found[0] == found[1]


def test_a_passage_with_the_span_of_time_comes_before_a_nearer_one_without() -> None:
    """Who asks "how long" wants to read a time first; only what would be shown anyway moves."""
    near, far = (Hit(replace(passage(start, start + 60), text=text), score) for start, text, score in (
        (0, "We store your invoices in a safe.", 3.0), (100, "Invoices are kept for ten years.", 2.0),
    ))  # fmt: skip
    needed = needed_in_answer("how long do you keep invoices")
    assert needed is not None

    moved, found = holding_first([near, far], needed)
    unmoved, missing = holding_first([near, near, near, far], needed)

    assert [hit.passage for hit in moved] == [far.passage, near.passage]
    assert [hit.score for hit in moved] == [3.0, 2.0]
    assert (found, missing) == (True, False)
    assert unmoved == [near, near, near, far]


def test_an_address_is_looked_for_further_down() -> None:
    """Few passages hold one, so the first that does is what was asked for; without any, nothing moves."""
    texts = ("Write to us at any time.",) * 4 + ("Our address is data@acme.example.",)
    hits = [Hit(replace(passage(100 * row, 100 * row + 60), text=text), 5.0 - row) for row, text in enumerate(texts)]
    needed = needed_in_answer("what is your email address?")
    assert needed is not None

    moved, found = holding_first(hits, needed)
    unmoved, missing = holding_first(hits[:4], needed)

    assert moved[0].passage == hits[4].passage
    assert (found, missing) == (True, False)
    assert unmoved == hits[:4]


def test_a_title_is_no_evidence() -> None:
    """However near it is to a question about that."""
    texts = ["Your Rights.", "Close your account.", "You may close your account.", "Email: a@b.example"]
    passages = [replace(passage(100 * place, 100 * place + 60), text=text) for place, text in enumerate(texts)]

    order = readable_order(passages, np.array([4.0, 3.0, 2.0, 1.0]))

    assert order.tolist() == [1, 2, 3]


def hits_of(*passages: tuple[str, str, float]) -> list[Hit]:
    """A hit for each sentence, section and score."""
    return [
        Hit(replace(passage(100 * place, 100 * place + 60), text=text, section=section, context=section), score)
        for place, (text, section, score) in enumerate(passages)
    ]


def in_order(question: str, hits: list[Hit], within: float = 3.0) -> list[str]:
    """The first words of the hits, a rule before its exception."""
    things, needed = things_in(question), needed_in_answer(question)
    ordered = rule_first(hits, lambda one: particular(one, question, {}), things, needed, within)
    assert [hit.score for hit in ordered] == [hit.score for hit in hits]
    return [hit.passage.text.split()[0] for hit in ordered]


def test_a_rule_comes_before_its_exception_an_example_and_one_groups_sentence() -> None:
    """Where it is near enough, and answers no less."""
    rule = ("We keep your data for a year.", "Storage", 1.0)
    before_rule = [
        ("Please note that public posts are kept for years.", "Storage", 3.0),
        ("As another example, a deleted song is kept for a week.", "Storage", 3.0),
        ("Crash data is kept for a week.", "Storage", 3.0),
        ("Applications are kept for six months.", "Job applicants", 3.0),
        ("Learn more about how long it is kept within 30 days.", "Storage", 3.0),
    ]

    firsts = [in_order("how long do you keep my data", hits_of(limited, rule))[0] for limited in before_rule]

    assert firsts == ["We"] * len(before_rule)
    assert in_order("how long do you keep my data", hits_of(before_rule[0], rule), within=1.0)[0] == "Please"


def test_a_general_sentence_that_answers_less_stays_behind() -> None:
    """One that names no time, or less of what was asked, or that stands in another section than the example's."""
    limited = ("Please note that public posts are kept for years.", "Storage", 3.0)
    example = ("For example, a deleted song is kept for a week.", "Storage", 3.0)

    assert in_order("how long do you keep my data", hits_of(limited, ("We keep data safe.", "Storage", 2.0)))[0] == "Please"
    assert in_order("are posts public", hits_of(limited, ("We like posts.", "Storage", 2.0)))[0] == "Please"
    assert in_order("how long do you keep it", hits_of(example, ("We keep it for a year.", "Other", 2.0)))[0] == "For"


def test_of_two_near_passages_the_one_that_names_a_rare_word_of_the_question_comes_first() -> None:
    """Product names stand in no bank of questions; but nothing far off is fetched, and a time that was asked for stays."""
    general, own = (
        ("Training may be switched off.", "Choices", 3.0),
        ("Switched off, training spares Zibble too.", "Choices", 2.5),
    )
    rare = frozenset(["zibbl"])

    def first(question: str, *passages: tuple[str, str, float]) -> str:
        return naming_first(hits_of(*passages), rare, needed_in_answer(question), 1.0)[0].passage.text

    assert first("is zibble spared", general, own) == own[0]
    assert first("is zibble spared", general, (own[0], own[1], 1.5)) == general[0]
    assert first("how long", ("It is kept for a year.", "Choices", 3.0), own) == "It is kept for a year."
