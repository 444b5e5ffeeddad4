"""How much an answer is worth a reviewer's time. Pure. The levels are stored with turns and order the review queue."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from enum import IntEnum
from typing import Any

from candor.transcripts.steps import QUESTION_KINDS

LOW_CONFIDENCE = 0.5  # of the intent: below it is rather a guess
LOW_PROBABILITY = 0.5  # that the first quote answers the question: below it, rather not
SAMPLED = 10  # of the answers that nothing speaks against, one in so many is looked at


class Risk(IntEnum):
    """Why a turn stands in the review queue; the greater, the earlier it is shown."""

    NONE = 0  # it does not stand there
    SAMPLE = 1  # chosen at random, so that the answers that look right are looked at too
    SILENT = 2  # Candor says that the policy does not answer
    NARROW = 3  # an answer whose intent or quote was close to another choice
    UNSURE = 4
    UNHELPFUL = 5  # the visitor said so


def risk_of(
    kind: str | None, confidence: float | None, evidence: Mapping[str, Any], *, helpful: bool | None, message: str
) -> Risk:  # fmt: skip
    """The risk of one answered turn. kind: of the reply that answers. message: the message's id, by which the sample is drawn."""
    if kind not in QUESTION_KINDS:
        return Risk.NONE
    if helpful is False:
        return Risk.UNHELPFUL
    if kind == "unsure":
        return Risk.UNSURE
    probability = evidence.get("probability")
    guessed = confidence is not None and confidence < LOW_CONFIDENCE
    if guessed or (kind == "answer" and isinstance(probability, int | float) and probability < LOW_PROBABILITY):
        return Risk.NARROW
    if kind == "not_in_policy":
        return Risk.SILENT
    drawn = hashlib.sha256(message.encode(errors="replace")).digest()[0] % SAMPLED == 0
    return Risk.SAMPLE if drawn else Risk.NONE
