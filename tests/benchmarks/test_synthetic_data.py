"""Synthetic conversations and requests look like those that the stores write."""

from __future__ import annotations

import random
from datetime import UTC, datetime
from itertools import repeat

from benchmarks.console import FIRST, LAST, TURNS, TURNS_EACH, conversation_rows, name_of, time_of
from benchmarks.fill import request_events, request_row

NEWEST = datetime(2026, 6, 1, tzinfo=UTC)


def test_conversations_lie_in_order_within_the_period_and_their_names_do_not_show_it() -> None:
    """Pages of older conversations are requested by time and name."""
    last = TURNS // TURNS_EACH

    assert FIRST == time_of(0) < time_of(1) < time_of(last) == LAST
    assert sorted(map(name_of, range(20))) != [name_of(number) for number in range(20)]
    assert name_of(7) == name_of(7) != name_of(8)


def test_a_conversation_has_its_turns_with_words_and_facets() -> None:
    """Every turn belongs to its conversation, and every conversation can be found by company and channel."""
    conversation = conversation_rows(random.Random(1), repeat("rare"), 3, "")

    ids = [turn["id"] for turn in conversation.turns]
    assert ids == [3 * TURNS_EACH + index for index in range(1, TURNS_EACH + 1)]
    assert {turn["conversation_id"] for turn in conversation.turns} == {conversation.row["id"]}
    assert [number for number, _ in conversation.words] == ids
    facets = {mark["mark"] for mark in conversation.marks}
    assert {f"company:{conversation.row['company']}", f"channel:{conversation.row['channel']}"} <= facets


def test_a_pending_request_is_open_and_a_closed_one_says_when_it_was_closed() -> None:
    """The reports count them apart."""
    rng = random.Random(1)

    pending = request_row(rng, 1, True, ["acme"], NEWEST)
    closed = request_row(rng, 2, False, ["acme"], NEWEST)

    assert pending["closed_at"] is None
    assert closed["received_at"] <= closed["closed_at"]
    assert [what for _, what, _ in request_events(closed, rng)][:2] == ["open", "acknowledged"]
    assert list(request_events(closed, rng))[-1][2] == closed["status"]
