"""The aspect map: what of it is shown."""

from __future__ import annotations

from knowledge.aspect_map import SHOWN, Mention, passages_to_show
from knowledge.passages import Passage, PassageKind


def a_passage(start: int, end: int, kind: PassageKind = "sentence") -> Passage:
    return Passage("acme", "2026-01-15", kind, "1. Selling", start, end, "x" * (end - start), "", "")


def mentions(*places: int) -> list[Mention]:
    return [Mention(index, 0.9 - 0.01 * rank) for rank, index in enumerate(places)]


def test_the_best_few_are_shown() -> None:
    """Further mentions serve the comparison of versions."""
    passages = [a_passage(100 * index, 100 * index + 50) for index in range(6)]

    assert passages_to_show(mentions(4, 2, 0, 1), passages) == [passages[4], passages[2], passages[0]]
    assert SHOWN == 3


def test_no_words_are_shown_twice() -> None:
    """If a list and one of its items overlap, only the better one is shown."""
    passages = [a_passage(0, 100, "list"), a_passage(10, 30, "item"), a_passage(200, 230)]

    assert passages_to_show(mentions(1, 0, 2), passages) == [passages[1], passages[2]]


def test_two_items_of_a_list_are_shown_as_the_list() -> None:
    """If the list itself speaks of the aspect, it replaces the better item."""
    passages = [a_passage(0, 100, "list"), a_passage(10, 30, "item"), a_passage(40, 60, "item"), a_passage(200, 230)]

    assert passages_to_show(mentions(1, 3, 2, 0), passages) == [passages[0], passages[3]]
    assert passages_to_show(mentions(1, 3, 2), passages) == [passages[1], passages[3], passages[2]]
