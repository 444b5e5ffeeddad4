"""Where somebody lives and their address are not asked again, if they have said so."""

from __future__ import annotations

from typing import Any

import pytest

from actions.told_before import place_alone, told_before, wrong_told
from actions.tracker import as_typed
from tests.actions.trackers import a_tracker, slots_of

ANSWER: dict[str, Any] = {"kind": "answer"}


@pytest.mark.parametrize(
    ("before", "text", "residence"),
    [
        ("i live in france, do you sell data?", "then delete it", "FR"),
        ("do you sell data?", "i'm from spain, delete my data", "ES"),
        ("do you sell data in france?", "then delete it", None),
        ("do you sell data?", "delete all of it. Finland. <email_1>", "FI"),
        ("do you sell data?", "Name: <name_1> Country: Spain E-mail: <email_1> Request: delete it all", "ES"),
        ("do you sell data?", "1) delete it 2) belgium 3) <email_1>", "BE"),
        ("do you sell data?", "delete it, belgium", None),  # in no list, and with no address
    ],
)
def test_a_place_counts_where_it_is_said_to_be_home(before: str, text: str, residence: str | None) -> None:
    """In this message or an earlier one; a question about a country says nothing of who asks."""
    assert slots_of(told_before(a_tracker(text, before=((before, ANSWER),)))).get("residence") == residence


def test_a_place_that_is_only_named_is_asked_back() -> None:
    """It may be that of the person who is written for."""
    slots = slots_of(told_before(a_tracker("I act for a client of Austin, Texas. Delete everything.")))

    assert slots["unclear"] == {"slot": "residence", "why": "told", "options": ["US-TX"], "times": 0}
    assert "residence" not in slots


def test_capitals_in_a_sentence_name_no_place() -> None:
    """HR is Croatia's code."""
    assert "unclear" not in slots_of(told_before(a_tracker("I am the HR manager of a firm. A copy of my data please.")))


def test_nothing_that_the_form_has_is_overwritten_by_what_was_said_long_ago() -> None:
    """The newest answer counts."""
    tracker = a_tracker("a copy as well", before=(("i live in france", ANSWER),), residence="DE")

    assert "residence" not in slots_of(told_before(tracker))


@pytest.mark.parametrize(
    ("text", "code"), [("Lisbon", "PT"), ("south africa", "ZA"), ("germany?", None), ("the retention period", None)]
)
def test_a_place_alone(text: str, code: str | None) -> None:
    assert place_alone(text) == code


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("please correct my name, it should be Thora", True),
        ("my address is now 12 Main Street, fix it", True),
        ("it is Hansen, not Hanson", True),
        ("i want my data corrected", False),
        ("can you correct it, and what should be said?", False),
    ],
)
def test_what_is_wrong_is_not_asked_for_twice(text: str, *, told: bool) -> None:
    """A wish for a correction that says how it should be is a detail already."""
    assert wrong_told(a_tracker(text), "correction") == (text if told else "")
    assert wrong_told(a_tracker(text), "deletion") == ""


def test_a_form_letter_leaves_nothing_to_ask() -> None:
    """With place and address, what helps to find somebody is a detail; without them the form asks for it."""
    whole = slots_of(told_before(a_tracker("Delete it all. Country: Spain, mail: <email_1>, customer no: 5512.")))
    part = slots_of(told_before(a_tracker("Delete it all. Country: Spain, customer no: 5512.")))

    assert (whole["residence"], whole["email"], whole["details"]) == ("ES", "<email_1>", "customer no: 5512")
    assert "details" not in part


def test_what_is_kept_stays_as_it_was_typed() -> None:
    """What is read has its slips mended."""
    tracker = a_tracker("my adress is wrong, it shuold be Elmm Strete")
    tracker.latest_message["text"] = "my address is wrong, it should be Elm Street"

    assert wrong_told(tracker, "correction") == "my adress is wrong, it shuold be Elmm Strete"
    assert as_typed(tracker, "should be Elm Street") == "shuold be Elmm Strete"
