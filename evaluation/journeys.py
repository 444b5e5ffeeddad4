"""Conversations of many turns with what must, and must not, be answered: `candor journeys`.

A journey is a line of JSON: id, company, turns, checks. A check names a turn (`after`, from 0; -1 is the last) and holds if its
replies have `text` and lack `no_text` (patterns), are of a `kind`, cite (`cites`) or carry an opened request (`ticket`); with
`ticket` false no request is opened, and one that is open already may be shown.
Two things hold in every journey without a check: a request is opened only in a turn that a check says must (`ticket`) or may
(`may_open`) open one, and no reply repeats one of the turn before, word for word.

evaluation/journeys/seen.jsonl was looked at while the dialogue was built; unseen.jsonl, by the same hand and about other
people, was not until its one look, and was read then. The files longer_* hold other kinds of people and of trouble, in longer
conversations, split and read in the same way. others_* were written by somebody who knew the documentation alone, and split
by a shuffle; both were read since. siblings.jsonl holds made-up siblings of what they missed. people_* were written by
somebody else who knew the documentation alone, and both were read since. strangers_* are by two more; of
strangers_unseen.jsonl only totals were looked at.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).with_name("journeys")
Replies = Sequence[Mapping[str, Any]]


@dataclass(frozen=True)
class Journey:
    """One conversation. checks: as in the file, by the turn that each is about."""

    id: str
    company: str
    turns: tuple[str, ...]
    checks: tuple[tuple[int, Mapping[str, Any]], ...]


@dataclass(frozen=True)
class Miss:
    """Where a journey does not hold: the turn, what was said in it, and why. opened: a request was opened without consent."""

    journey: str
    turn: int
    said: str
    why: str
    heard: str
    opened: bool = False

    def __str__(self) -> str:
        return f"{self.journey}: turn {self.turn} {self.said!r}: {self.why} · {self.heard}"


def read_journeys(path: Path) -> list[Journey]:
    """The journeys of a file of JSON lines. Raises: OSError, ValueError, KeyError if a line is no journey."""
    journeys = []
    for line in path.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        checks = tuple((_turn(check["after"], row["turns"]), check) for check in row["checks"])
        journeys.append(Journey(row["id"], row["company"], tuple(row["turns"]), checks))
    return journeys


def sample(journeys: Sequence[Journey], share: float) -> list[Journey]:
    """An even share of the journeys, the same each time: at share 0.25 the 4th, the 8th and so on."""
    return [one for index, one in enumerate(journeys, start=1) if int(index * share) > int((index - 1) * share)]


def walk(journey: Journey, say: Callable[[str], Replies]) -> Iterator[Miss]:
    """Say each turn, and yield where the journey does not hold. say: one turn of a fresh conversation."""
    heard = [say(turn) for turn in journey.turns]
    for turn, check in journey.checks:
        for why in failing(check, heard[turn], _numbers(heard[:turn])):
            yield _miss(journey, turn, why, heard)
    may_open = {turn for turn, check in journey.checks if check.get("ticket") is True or check.get("may_open")}
    known: set[str] = set()
    for turn, replies in enumerate(heard):
        numbers = _numbers([replies])
        if numbers - known and turn not in may_open:
            yield _miss(journey, turn, "opened a request that nobody agreed to", heard, opened=True)
        known |= numbers
        before = {reply["text"] for reply in heard[turn - 1]} if turn else set()
        if repeated := before & {reply["text"] for reply in replies}:
            yield _miss(journey, turn, f"repeats {sorted(repeated)[0][:60]!r}", heard)


def failing(check: Mapping[str, Any], replies: Replies, known: Set[str] = frozenset()) -> Iterator[str]:
    """Why a check does not hold for a turn's replies. known: the numbers of the requests that were open before it."""
    text, kinds = text_of(replies), {reply.get("kind") for reply in replies}
    cites, numbers = any(reply.get("citations") for reply in replies), _numbers([replies])
    if "text" in check and not re.search(check["text"], text):
        yield f"lacks /{check['text']}/"
    if "no_text" in check and re.search(check["no_text"], text):
        yield f"has /{check['no_text']}/"
    if "kind" in check and check["kind"] not in kinds:
        yield f"no {check['kind']}, but {sorted(map(str, kinds))}"
    if check.get("cites", cites) != cites:
        yield "cites" if cites else "no citation"
    if check.get("ticket") is True and not numbers:
        yield "no ticket"
    if check.get("ticket") is False and numbers - known:
        yield "a ticket"


def text_of(replies: Replies) -> str:
    """All that a visitor reads in a turn: texts, quotes, and what the ticket's card says."""
    parts = [str(reply.get("text", "")) for reply in replies]
    parts += [str(citation["quote"]) for reply in replies for citation in reply.get("citations") or ()]
    cards = [reply["ticket"] for reply in replies if reply.get("ticket")]
    return " ".join([*parts, *(f"{card['what_next']} {card.get('due')} {card.get('due_article')}" for card in cards)])


def _numbers(turns: Iterable[Replies]) -> set[str]:
    """The numbers of the requests whose cards some turns show."""
    return {str(reply["ticket"]["number"]) for replies in turns for reply in replies if reply.get("ticket")}


def _turn(after: int, turns: Sequence[str]) -> int:
    return after if after >= 0 else len(turns) + after


def _miss(journey: Journey, turn: int, why: str, heard: Sequence[Replies], *, opened: bool = False) -> Miss:
    return Miss(journey.id, turn, journey.turns[turn], why, text_of(heard[turn])[:200].replace("\n", " "), opened)
