"""What the pages of review show: verdicts and their keys, filters as addresses, the turns around a turn. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any
from urllib.parse import urlencode

from candor.console.conversations.view import TurnSeen
from candor.reviews.queue import ALL, BY_RISK, QueueFilter
from candor.reviews.verdicts import VERDICTS
from candor.transcripts.risk import Risk

VERDICT_NAMES = {
    "right": "Right", "wrong_passage": "Wrong passage", "should_have_refused": "Should have refused",
    "should_have_answered": "Should have answered", "wrong_intent": "Wrong intent", "tone": "Tone",
}  # fmt: skip
VERDICT_HINTS = {
    "right": "It answers what was asked, or is rightly silent", "wrong_passage": "Another passage answers it",
    "should_have_refused": "The policy does not say it", "should_have_answered": "The policy does say it",
    "wrong_intent": "It took the message for something else", "tone": "What it says is right, how it says it is not",
}  # fmt: skip
KEYED = [
    (str(number), verdict, VERDICT_NAMES[verdict], VERDICT_HINTS[verdict]) for number, verdict in enumerate(VERDICTS, start=1)
]
QUEUES = {
    BY_RISK: "By risk", ALL: "All questions",
    "answer": "Answered", "unsure": "Answered with doubt", "not_in_policy": "Nothing found in the policy",
    "out_of_scope": "Not about the policy", "request": "Requests", "compare": "Comparisons", "handoff": "Asked for a person",
    "smalltalk": "Small talk",
}  # fmt: skip
RISKS = {  # why a turn stands in the queue: the chip's colour, and its text
    Risk.UNHELPFUL: ("bad", "The visitor called it not helpful"), Risk.UNSURE: ("caution", "Answered with doubt"),
    Risk.NARROW: ("caution", "A close call between two readings"), Risk.SILENT: ("info", "Candor says that the policy is silent"),
    Risk.SAMPLE: ("", "One in ten, chosen at random"),
}  # fmt: skip
BEFORE, AFTER = 2, 1  # turns shown around the one that is judged


def query_of(wanted: QueueFilter, **more: Any) -> str:
    """The filter as the query of an address, without its empty fields."""
    given = {name: int(value) if isinstance(value, bool) else value for name, value in asdict(wanted).items()}
    return urlencode({name: value for name, value in {**given, **more}.items() if value})


def around(turns: Sequence[TurnSeen], turn: int) -> tuple[list[TurnSeen], TurnSeen, list[TurnSeen]]:
    """The turns just before, the turn itself, and those just after. Raises: StopIteration if it is not among them."""
    index = next(index for index, each in enumerate(turns) if each.id == turn)
    return list(turns[max(0, index - BEFORE) : index]), turns[index], list(turns[index + 1 : index + 1 + AFTER])
