"""Quotes: each can be understood where it stands alone, and keeps the sentence that limits it."""

from __future__ import annotations

from itertools import combinations

import pytest

from knowledge.documents import PolicyDocument
from knowledge.passages import Passage, passages_of
from knowledge.quoting import LONGEST, Version, extended, quotes_of
from knowledge.retrieval import Hit
from knowledge.structure import read_structure


def a_version(text: str) -> Version:
    return Version.of(text, passages_of(text, read_structure(text), company="acme", version="undated"))


def version_of(document: PolicyDocument) -> Version:
    passages = passages_of(document.text, document.structure, company=document.company, version=document.version)
    return Version.of(document.text, passages)


def the_one(version: Version, starting: str) -> Passage:
    (matches,) = [passage for passage in version.passages if passage.text.startswith(starting)]
    return matches


def quoted(text: str, starting: str) -> str:
    version = a_version(text)
    return extended(the_one(version, starting), version).text


@pytest.mark.parametrize(
    "limit",
    [
        "However, some features may not work then.",
        "But some features may not work then.",
        "If you do so, however, some features may not work.",
        "This does not apply to necessary cookies.",
        "Unless they are necessary ones.",
    ],
)
def test_a_sentence_that_limits_the_one_before_is_quoted_with_it(limit: str) -> None:
    """Half the truth about a right is worse than a longer quote."""
    text = f"Cookies\n\nWe set some cookies. You may disable cookies. {limit} Ask us how.\n"

    assert quoted(text, "You may") == f"You may disable cookies. {limit}"


@pytest.mark.parametrize("next_one", ["You can also ask us.", "Butter is kept apart.", "These cookies are small."])
def test_a_sentence_that_only_follows_is_not_quoted(next_one: str) -> None:
    """Short quotes are easier to read, on a phone most of all."""
    assert quoted(f"Cookies\n\nYou may disable cookies. {next_one}\n", "You may") == "You may disable cookies."


def test_a_limit_under_another_heading_stays_there() -> None:
    """It limits something else."""
    assert quoted("1. Cookies\n\nYou may disable cookies.\n\n2. Rights\n\nHowever, laws differ.\n", "You may") == (
        "You may disable cookies."
    )


@pytest.mark.parametrize(
    "word",
    [
        "However, this",
        "It",
        "They",
        "These",
        "Such data",
        "In this case it",
        "Otherwise data",
        "All such data",
        "When this ends it",
    ],
)
def test_a_sentence_that_refers_back_is_quoted_with_the_one_before(word: str) -> None:
    """ "It is deleted then" says neither what nor when."""
    leaning = f"{word} is deleted after a year."

    assert quoted(f"Logs\n\nWe run servers. Each writes logs.  {leaning}\n", word).endswith(f"Each writes logs.  {leaning}")


def test_a_quote_is_not_extended_across_a_paragraph() -> None:
    """A sentence two lines above belongs to another thought."""
    assert quoted("Logs\n\nWe write logs.\n\nThey are small and of no use to others.\n", "They") == (
        "They are small and of no use to others."
    )


def test_a_later_sentence_of_an_item_is_quoted_from_the_items_beginning(real: dict[str, PolicyDocument]) -> None:
    """The list's lead-in runs into the first sentence: "we can: You can opt out" would be nonsense."""
    version = version_of(real["clevio"])

    quote = extended(the_one(version, "You can opt out of these notifications"), version)

    assert quote.lead_in == "Thanks to this information, we can:"
    assert quote.text.startswith("Send you Clevio updates")
    assert quote.text.endswith("by changing your settings.")


def test_a_limit_behind_a_list_is_quoted_with_the_list(real: dict[str, PolicyDocument]) -> None:
    """No security measures without "absolute security cannot be guaranteed"."""
    document = real["clevra"]
    passages = passages_of(document.text, document.structure, company="clevra", version=document.version)
    (measures,) = [one for one in passages if one.kind == "list" and "security measures" in one.text]

    quote = extended(measures, Version.of(document.text, passages))

    assert quote.text.startswith("Clevra implements")
    assert quote.text.endswith("absolute security cannot be guaranteed.")


def test_a_limit_in_the_next_numbered_paragraph_is_quoted_too(real: dict[str, PolicyDocument]) -> None:
    """An outline may number its sentences: 9.2 tells of encryption, 9.3 that no transmission is wholly safe."""
    version = version_of(real["clevertap"])

    assert "However, no data transmission" in extended(the_one(version, "We encrypt certain"), version).text


def test_a_quote_is_not_extended_beyond_the_longest_length() -> None:
    """The matching sentence stays; the rest is behind the link."""
    before, leaning = f"We keep {'very ' * 140}long logs.", "They are deleted after a year."

    assert quoted(f"Logs\n\n{before} {leaning}\n", "They") == leaning


def test_a_quote_is_the_stored_text_and_no_two_overlap(each: PolicyDocument) -> None:
    """This holds for extended quotes too."""
    version = version_of(each)
    for index in range(0, len(version.passages) - 4, 3):
        hits = [Hit(passage, 1.0) for passage in version.passages[index : index + 4]]

        quotes = quotes_of(hits, version, 3)

        assert all(each.text[one.passage.start : one.passage.end] == one.passage.text for one in quotes)
        assert not any(one.overlaps(other) for one, other in combinations(quotes, 2))
        assert all(len(one.passage.text) <= LONGEST or one in hits for one in quotes)
        assert quotes[0].overlaps(hits[0])


def test_a_lead_in_without_its_list_is_not_quoted(real: dict[str, PolicyDocument]) -> None:
    """After "please contact:" and the next heading a reader would look for the rest."""
    assert not any(passage.text.startswith("To exercise any") for passage in version_of(real["cleverbox"]).passages)
