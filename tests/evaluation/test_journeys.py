"""Journeys: what holds, what does not, and what holds in each of them."""

from __future__ import annotations

from typing import Any

import pytest

from evaluation.journeys import FOLDER, Journey, failing, read_journeys, sample, walk

TICKET = {"number": "R-7KQ4-M2XD", "what_next": "Type the code.", "due": "2026-12-30", "due_article": "Art. 12(3) GDPR"}

QUOTE = {"quote": "We keep logs for five years."}


def reply(text: str, **others: Any) -> dict[str, Any]:
    return {"text": text, "kind": "smalltalk", **others}


@pytest.mark.parametrize(
    ("check", "replies", "why"),
    [
        ({"text": "Fra.ce"}, [reply("You live: France")], []),
        ({"text": "2026-12-30"}, [reply("Done", ticket=TICKET)], []),
        ({"text": "Spain"}, [reply("You live: France")], ["lacks /Spain/"]),
        ({"no_text": "found nothing"}, [reply("I found nothing")], ["has /found nothing/"]),
        ({"kind": "handoff"}, [reply("Hello")], ["no handoff, but ['smalltalk']"]),
        ({"cites": True}, [reply("Hello")], ["no citation"]),
        ({"text": "five years"}, [reply("It says:", citations=[QUOTE])], []),
        ({"ticket": True}, [reply("Hello")], ["no ticket"]),
        ({"ticket": False}, [reply("Done", ticket=TICKET)], ["a ticket"]),
    ],
)
def test_a_check_says_what_is_missing(check: dict[str, Any], replies: list[dict[str, Any]], why: list[str]) -> None:
    """Texts, cards and quotes are read together."""
    assert list(failing(check, replies)) == why


def test_a_request_that_is_open_may_be_shown_where_none_may_be_opened() -> None:
    """Its status is no new request."""
    assert list(failing({"ticket": False}, [reply("It is open.", ticket=TICKET)], {TICKET["number"]})) == []


def test_a_request_that_no_check_allows_was_opened_without_consent() -> None:
    """It counts even where every check holds."""
    journey = Journey("j", "acme", ("delete my data", "ok continue"), ((0, {"text": "live"}),))
    said = iter([[reply("Where do you live?")], [reply("Done.", ticket=TICKET)]])

    (miss,) = walk(journey, lambda _: next(said))

    assert (miss.turn, miss.opened) == (1, True)


def test_a_reply_that_repeats_the_one_before_is_a_miss() -> None:
    """Word for word, one turn later."""
    journey = Journey("j", "acme", ("hi", "hi"), ())

    (miss,) = walk(journey, lambda _: [reply("Hello!")])

    assert miss.why == "repeats 'Hello!'"


@pytest.mark.parametrize(
    ("half", "fewest"),
    [
        ("seen", 150),
        ("unseen", 150),
        ("longer_seen", 50),
        ("longer_unseen", 50),
        ("people_seen", 50),
        ("people_unseen", 50),
        ("strangers_seen", 70),
        ("strangers_unseen", 70),
        ("siblings", 10),
    ],
)
def test_the_journeys_are_well_formed(half: str, fewest: int) -> None:
    """Each has a name of its own, and checks that name its turns."""
    journeys = read_journeys(FOLDER / f"{half}.jsonl")

    assert len({journey.id for journey in journeys}) == len(journeys) >= fewest
    assert all(0 <= turn < len(journey.turns) for journey in journeys for turn, _ in journey.checks)


def test_a_turn_that_may_open_a_request_need_not() -> None:
    """A doubtful yes may be taken, or asked for again."""
    checks = ((0, {"may_open": True}),)

    assert list(walk(Journey("j", "acme", ("ok",), checks), lambda _: [reply("Just to be sure")])) == []
    assert list(walk(Journey("j", "acme", ("ok",), checks), lambda _: [reply("Done.", ticket=TICKET)])) == []


def test_a_share_is_spread_evenly_and_always_the_same() -> None:
    """So that kinds that stand together are all among them."""
    journeys = [Journey(str(number), "acme", (), ()) for number in range(8)]

    assert [one.id for one in sample(journeys, 0.25)] == ["3", "7"]
    assert sample(journeys, 1.0) == journeys
