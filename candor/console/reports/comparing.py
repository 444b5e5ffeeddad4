"""A figure beside the earlier one, in words that also fit small numbers. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from candor.console.reports.sheets import as_text
from candor.transcripts.counters import FAILED_KIND
from candor.transcripts.figures import TurnCounts, TurnFigures

FEW = 20  # fewer than that are shown as counts, "12 of 14", not as a percentage
ALARMING = 5  # fewer than that, such as one failure in 250 messages, are no trend
Tone = Literal["", "good", "bad"]


@dataclass(frozen=True)
class Tile:
    """One figure at the top of the page. tone: whether its change is an improvement; "" where that is unknown."""

    label: str
    value: str
    note: str  # of how many
    change: str
    direction: Literal["", "up", "down"] = ""
    tone: Tone = ""


def tiles_of(found: TurnFigures, before_name: str) -> list[Tile]:
    """The page's first row. `before_name`: the name of the earlier time, such as "the 30 days before"."""
    now, before = found.total, found.before

    def share(label: str, kind: str) -> Tile:
        of_questions = ((now.kind(kind), now.questions), (before.kind(kind), before.questions))
        return _share(label, *of_questions, before_name, of="questions")

    failed = ((now.kind(FAILED_KIND), now.messages), (before.kind(FAILED_KIND), before.messages))

    return [
        count_tile("Conversations", now.conversations, before.conversations, before_name),
        share("Answered", "answer"),
        share("Not in the policy", "not_in_policy"),
        _share("Called helpful", (now.helpful, now.rated), (before.helpful, before.rated), before_name, better="up", of="rated"),
        _time("Median response", now, before, before_name),
        count_tile("Messages", now.messages, before.messages, before_name),
        count_tile("Questions", now.questions, before.questions, before_name),
        _share("Failed", *failed, before_name, better="down"),
    ]


def count_tile(label: str, now: int, before: int, name: str) -> Tile:
    """A number beside the earlier one."""
    if now == before:
        return Tile(label, f"{now:,}", "", f"as many as in {name}" if now else f"none in {name} either")
    direction: Literal["up", "down"] = "up" if now > before else "down"
    if before < FEW:
        return Tile(label, f"{now:,}", "", f"{before or 'none'} in {name}", direction)
    change, word = abs(now - before) / before, "more" if now > before else "fewer"
    times = f"{now / before:.1f} times as many as" if now >= 3 * before else f"{_percents(100 * change)} {word} than"
    return Tile(label, f"{now:,}", "", f"{times} in {name} ({before:,})", direction)


def _share(
    label: str, now: tuple[int, int], before: tuple[int, int], name: str, *, better: str = "", of: str = "messages"
) -> Tile:  # fmt: skip
    (part, whole), (part_then, whole_then) = now, before
    if not whole:
        return Tile(label, "–", f"no {of}", _then(part_then, whole_then, name))
    value = f"{part:,} of {whole:,}" if whole < FEW else _percents(100 * part / whole)
    note = of if whole < FEW else f"{part:,} of {whole:,} {of}"
    if whole < FEW or whole_then < FEW:
        return Tile(label, value, note, _then(part_then, whole_then, name))
    points = round(100 * part / whole - 100 * part_then / whole_then, 1)
    if not points:
        return Tile(label, value, note, f"as in {name}")
    direction: Literal["up", "down"] = "up" if points > 0 else "down"
    change = f"{abs(points):g} points {'more' if points > 0 else 'less'} than in {name}"
    tone = _tone(direction, better) if max(part, part_then) >= ALARMING else ""
    return Tile(label, value, note, change, direction, tone)


def _time(label: str, now: TurnCounts, before: TurnCounts, name: str) -> Tile:
    median, then = now.quantile(0.5), before.quantile(0.5)
    if median is None:
        return Tile(label, "–", "nothing answered", "")
    slowest = now.quantile(0.95)
    value, note = as_text(median, "ms"), f"95 in 100 within {as_text(slowest, 'ms')}"
    few = min(now.answered, before.answered) < FEW
    if then is None or few:
        return Tile(
            label, value, note, f"nothing to compare in {name}" if then is None else f"{as_text(then, 'ms')} in {name}, of few"
        )
    if median == then:
        return Tile(label, value, note, f"as in {name}")
    slower = median > then
    change = f"{'slower' if slower else 'faster'} than in {name} ({as_text(then, 'ms')})"
    return Tile(label, value, note, change, "up" if slower else "down", "bad" if slower else "good")


def _then(part: int, whole: int, name: str) -> str:
    if not whole:
        return f"none in {name}"
    return f"{part:,} of {whole:,} in {name}" if whole < FEW else f"{_percents(100 * part / whole)} in {name}"


def _percents(value: float) -> str:
    return f"{value:.0f}%" if value >= 10 or value == 0 else f"{value:.1f}%"


def _tone(direction: str, better: str) -> Tone:
    return "" if not better else "good" if direction == better else "bad"
