"""Steps: messages that only answer what Candor had asked, such as a yes, a country or a code.

A step is no question: it is left out of review, of what policies are silent about, of topics, and of every share of questions.
Which messages are steps is decided where the conversation is known (candor/conversations/steps.py) and kept in the turn's trace.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

STEP: Final = "step"  # the kind of a turn that is one, and the name in its trace
QUESTION_KINDS = ("answer", "unsure", "not_in_policy", "compare", "out_of_scope")  # how a question is answered


def step_in(trace: Mapping[str, Any]) -> str:
    """What a turn answers if it is a step: "yes", "residence" (see candor/conversations/steps.py); empty if it is none."""
    return str(trace.get(STEP) or "")
