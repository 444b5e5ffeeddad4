"""Whole lists: who asks which there are gets all of them, under their lead-in, and nobody gets a list of something else."""

from __future__ import annotations

import pytest

from knowledge.passages import Passage, passages_of
from knowledge.quoting import Version
from knowledge.retrieval import Hit
from knowledge.structure import read_structure
from knowledge.whole_lists import LONGEST, as_whole_list, list_asked_for, only_names, whole_list_first

RIGHTS = """Policy

1. Your rights

To use any of these rights, write to us. You have the right to:

  • see your data
  • have it deleted

We answer within a month. We ask you not to:

  • write twice
  • call at night

2. Sharing

We do not share your data with anybody.

  • We have no partners at all
  • We have no affiliates at all

We use the following types of cookies:

  • Session cookies keep you signed in
  • Measuring cookies count visits
"""


class AVersion:
    """A policy's passages, and what is said of them."""

    def __init__(self, text: str) -> None:
        self.passages = passages_of(text, read_structure(text), company="acme", version="undated")
        self.version = Version.of(text, self.passages)

    def hit(self, starting: str) -> Hit:
        return Hit(next(one for one in self.version.passages if one.text.startswith(starting)), 0.5)

    def first(self, question: str, aspect: str, *near: str, considered: tuple[str, ...] = ()) -> Passage:
        hits = [self.hit(one) for one in near]
        others = [self.hit(one) for one in considered]
        return whole_list_first(hits, question, aspect, [*hits, *others], self.passages, self.version)[0].passage


def test_a_list_however_long_is_quoted_from_its_first_item_to_its_last() -> None:
    """Not the one beside it; a whole chapter is not."""
    long = "to have each record that we hold about you corrected, deleted or handed over, " * 20
    items = f"  • first {long}\n  • second {long}\n  • third {long}\n"
    policy = AVersion(f"Policy\n\n1. Rights\n\nYou have the right:\n\n{items}\nWe ask of you:\n\n  • to write\n")

    whole = as_whole_list(policy.hit("second"), policy.passages, policy.version).passage

    assert (whole.kind, whole.text[:5], whole.text.rstrip(", ")[-11:]) == ("list", "first", "handed over")
    assert 3_000 < len(whole.text) < LONGEST
    longer = AVersion(f"Policy\n\n1. Rights\n\nYou have the right:\n\n{items.replace(long, long * 4)}")
    assert as_whole_list(longer.hit("second"), longer.passages, longer.version).passage.kind == "item"


def test_the_list_stands_before_the_sentence_that_speaks_about_it() -> None:
    """ "To use any of these rights" tells nobody which they are."""
    policy = AVersion(RIGHTS)

    whole = policy.first("what rights do I have", "rights.overview", "We answer within", considered=("write twice", "have it"))

    assert whole.text == "You have the right to:\n\n  • see your data\n  • have it deleted"


@pytest.mark.parametrize(
    ("question", "aspect", "best", "considered"),
    [
        ("who do you share with", "sharing.general", "We do not share", "Session cookies"),  # a list of other things
        ("do I have rights", "rights.overview", "We answer within", "have it deleted"),  # asks for a yes or a no
        ("what rights do I have", "rights.overview", "We answer within", "We have no partners"),  # in another section
    ],
)
def test_a_sentence_stays_first_where_no_list_is_asked_for(question: str, aspect: str, best: str, considered: str) -> None:
    """Or where the list is about something else."""
    assert AVersion(RIGHTS).first(question, aspect, best, considered=(considered,)).text.startswith(best)


@pytest.mark.parametrize(
    ("question", "whole"),
    [
        ("which cookies do you use", True), ("and what kinds of cookies are there?", True), ("what cookies last longest", True),
        ("what happens with cookies", False), ("is there a cookie for visits", False), ("which companies count visits", False),
    ],
)  # fmt: skip
def test_who_asks_which_there_are_gets_the_list_that_is_called_so(question: str, whole: bool) -> None:
    """A single kind is no answer; a list of other things is none either."""
    policy = AVersion(RIGHTS)

    found = list_asked_for(policy.hit("Measuring"), question, policy.passages, policy.version).passage

    assert found.text.startswith("We use the following types" if whole else "Measuring")


def test_an_item_can_be_quoted_with_its_whole_list() -> None:
    """For who asks what rights there are; a sentence stays as it is."""
    text = "Policy\n\n1. Rights\n\nYou have the right to:\n\n  • see your data\n  • have it deleted\n\nWrite to us for that."
    passages = passages_of(text, read_structure(text), company="acme", version="undated")
    item = next(passage for passage in passages if passage.kind == "item")
    sentence = next(passage for passage in passages if passage.text.startswith("Write"))

    assert as_whole_list(Hit(item, 0.5), passages).passage.text.endswith("• have it deleted")
    assert as_whole_list(Hit(sentence, 0.5), passages).passage is sentence


def test_a_sentence_that_announces_a_list_is_quoted_with_it_where_all_was_asked_for() -> None:
    """ "You have certain rights" says nothing without them; what announces nothing stays alone."""
    text = "Policy\n\n1. Rights\n\n{}\n\nWrite to us first.\n\n  • see your data\n  • have it deleted\n"
    for sentence, whole in (("Write to us for any of these.", True), ("Write to us for help.", False)):
        policy = AVersion(text.replace("Write to us first.", sentence).format("We like people."))
        hit = as_whole_list(policy.hit("Write to us"), policy.passages, policy.version)

        assert hit.passage.text.endswith("have it deleted") is whole


def test_an_item_of_a_few_words_only_names_something() -> None:
    """ "Golden teapots" says nothing of what is done with them; a sentence of as many words does."""
    text = "Policy\n\n1. Gifts\n\nWe accept none of these:\n\n  • Golden teapots\n  • Spoons made of silver\n\nWe refuse gifts."
    passages = passages_of(text, read_structure(text), company="acme", version="undated")

    assert [one.text for one in passages if only_names(one)] == ["Golden teapots"]
