"""Clients that talk as visitors do, and wait for each answer."""

from __future__ import annotations

import time
from itertools import islice

import httpx

from benchmarks.load import TALKS, Load, messages, talk


def test_a_client_begins_anew_with_each_talk_unless_it_is_the_long_one() -> None:
    """The first of them stays in one conversation for ever."""
    first, second = TALKS[1], TALKS[2]
    shown = len(first) + 1

    assert list(islice(messages(1, long=False), shown)) == [
        *((place == 0, text) for place, text in enumerate(first)), (True, second[0]),
    ]  # fmt: skip
    assert [begins for begins, _ in islice(messages(0, long=True), 30)] == [True] + [False] * 29


async def test_an_answer_is_waited_for_and_want_of_room_counted() -> None:
    """A client that finds no room comes again when it was told to, and that is no answer."""
    said: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/api/conversations":
            return httpx.Response(201, json={"conversation": "c_1", "token": "t"})
        said.append(request.headers["authorization"])
        return httpx.Response(503, headers={"Retry-After": "0"}) if len(said) == 2 else httpx.Response(200, json={})

    seconds: list[float] = []
    async with httpx.AsyncClient(transport=httpx.MockTransport(answer), base_url="http://candor") as http:
        refused = await talk(http, "acme", 0, time.monotonic() + 0.2, seconds)

    assert refused == 1
    assert len(seconds) == len(said) - 1
    assert set(said) == {"Bearer t"}


def test_a_row_has_turns_a_second_and_two_percentiles() -> None:
    """In milliseconds, of answered turns."""
    row = Load(4, 2.0, [0.1] * 99 + [1.0], 3).as_row()

    assert row.split() == ["4", "50.0", "100", "100", "3"]
