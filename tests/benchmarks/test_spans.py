"""What a turn's parts took adds up to the turn."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest

from benchmarks.spans import PARTS, TimedSpan, install, read, shares, timed


def test_what_lies_within_another_is_taken_off_it() -> None:
    """Also across processes: only the time decides. What lies outside does not count, and the shares add up to the whole."""
    spans = [
        TimedSpan("before", 0.0, 0.9),
        TimedSpan("assistant", 1.1, 4.9),
        TimedSpan("Rasa", 2.0, 4.0),
        TimedSpan("encode", 2.1, 2.5),
        TimedSpan("encode", 2.6, 2.7),
        TimedSpan("record", 4.5, 4.9),
        TimedSpan("after", 5.1, 6.0),
    ]

    took = shares(TimedSpan("HTTP", 1.0, 5.0), spans)

    assert took == pytest.approx({"HTTP": 0.2, "assistant": 1.4, "Rasa": 1.5, "encode": 0.5, "record": 0.4})
    assert sum(took.values()) == pytest.approx(4.0)


def test_what_outlasts_its_parent_counts_only_within_it() -> None:
    """A reply may be on its way before the function that sent it has ended."""
    took = shares(TimedSpan("whole", 0.0, 10.0), [TimedSpan("parent", 1.0, 3.0), TimedSpan("child", 2.0, 4.0)])

    assert took == pytest.approx({"whole": 8.0, "parent": 1.0, "child": 1.0})


def test_a_timed_function_does_what_it_did(tmp_path: Path) -> None:
    """Awaited or not, and also where it fails; each run is one line."""
    file = tmp_path / "spans"

    def half(number: int) -> float:
        return number / 2

    async def third(number: int) -> float:
        return number / (number - number)

    with file.open("w") as lines:
        write = lambda span: print(json.dumps(span), file=lines)  # noqa: E731
        assert timed(half, "half", write)(4) == 2
        with pytest.raises(ZeroDivisionError):
            asyncio.run(timed(third, "third", write)(3))

    assert [span.name for span in read([file])] == ["half", "third"]


@pytest.mark.parametrize("part", ["web", "actions", "ingestion"])
def test_everything_that_is_timed_is_there(part: str) -> None:
    """A name that is gone would go to what it lay within, unseen. Rasa has its own Python."""
    for path in PARTS[part]:
        module, _, dotted = path.partition(":")
        owner = __import__(module, fromlist=["x"])
        for name in dotted.split("."):
            owner = getattr(owner, name)
        assert callable(owner)


def test_a_function_that_needs_no_instance_is_still_given_none(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whether it is called on the class or on an instance."""

    class Owner:
        @staticmethod
        def plain(number: int) -> int:
            return number

        @classmethod
        def made(cls, number: int) -> tuple[type, int]:
            return cls, number

        def own(self, number: int) -> tuple[Owner, int]:
            return self, number

    monkeypatch.setattr("benchmarks.spans.Owner", Owner, raising=False)
    monkeypatch.setitem(PARTS, "one", {f"benchmarks.spans:Owner.{name}": name for name in ("plain", "made", "own")})
    spans: list[TimedSpan] = []
    install("one", spans.append)
    owner = Owner()

    assert [owner.plain(1), Owner.plain(2)] == [1, 2]
    assert [owner.made(1), Owner.made(2)] == [(Owner, 1), (Owner, 2)]
    assert owner.own(1) == (owner, 1)
    assert [span.name for span in spans] == ["plain", "plain", "made", "made", "own"]
