"""The kinds of replies: the one list. It stands in the lowest room that handles kinds; everybody above imports it from here
or from candor/conversations/reply.py.

Whoever handles kinds matches each of them and ends with `assert_never`, so that mypy names every place a new kind must be
added to. The widget has the same union in candor/channels/widget/src/api.ts, for which tsc does the same.
"""

from __future__ import annotations

from typing import Literal, assert_never, get_args

# A Literal, not an enumeration: the OpenAPI document lists the values in place.
ReplyKind = Literal[
    "answer", "not_in_policy", "unsure", "request", "compare", "out_of_scope", "smalltalk", "handoff", "human", "error",
]  # fmt: skip
REPLY_KINDS: tuple[ReplyKind, ...] = get_args(ReplyKind)


def asks_for_person(kind: ReplyKind) -> bool:
    """Whether a conversation in which it was said needs a person of the company."""
    match kind:
        case "handoff":
            return True
        case "answer" | "not_in_policy" | "unsure" | "request" | "compare" | "out_of_scope" | "smalltalk" | "human" | "error":
            return False
        case _:
            assert_never(kind)
