"""The states of a request and the actions that lead from one to another: the only table of them.

docs/requests.md contains its diagram; a test compares the two.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from candor.errors import InvalidInputError

TicketState = Literal[
    "received", "awaiting_identity", "open", "waiting_for_requester", "extended", "appealed", "completed", "refused",
    "withdrawn", "duplicate",
]  # fmt: skip
Action = Literal[
    "ask_identity", "accept", "verify", "start", "ask_requester", "answer", "extend", "complete", "refuse", "withdraw",
    "mark_duplicate", "reopen", "appeal",
]  # fmt: skip
Party = Literal["requester", "staff", "system"]
Fact = Literal["", "the same request is open already", "the time was extended"]
Need = Literal["", "words"]

FIRST: TicketState = "received"
OPEN: tuple[TicketState, ...] = ("received", "awaiting_identity", "open", "waiting_for_requester", "extended", "appealed")
CLOSED: tuple[TicketState, ...] = ("completed", "refused", "withdrawn", "duplicate")
STATES: tuple[TicketState, ...] = OPEN + CLOSED


@dataclass(frozen=True)
class Transition:
    """From one state to the next. A row with `when` applies if that fact holds; the row without it applies otherwise."""

    state: TicketState
    action: Action
    to: TicketState
    who: tuple[Party, ...]
    needs: Need = ""  # "words": a reason or message, in plain words
    when: Fact = ""


def _from(
    states: tuple[TicketState, ...], action: Action, to: TicketState, who: tuple[Party, ...], needs: Need = ""
) -> list[Transition]:
    return [Transition(state, action, to, who, needs) for state in states]


IN_WORK: tuple[TicketState, ...] = ("open", "waiting_for_requester", "extended")
TRANSITIONS: tuple[Transition, ...] = (
    Transition("received", "ask_identity", "awaiting_identity", ("system", "requester")),
    Transition("received", "accept", "open", ("system",)),  # requests that need no proof of identity
    Transition("received", "mark_duplicate", "duplicate", ("system", "staff")),
    Transition("awaiting_identity", "verify", "open", ("requester",)),
    Transition("awaiting_identity", "verify", "duplicate", ("requester",), when="the same request is open already"),
    Transition("awaiting_identity", "mark_duplicate", "duplicate", ("system", "staff")),
    *_from(("received", "awaiting_identity"), "start", "open", ("staff",), "words"),  # the words: how staff know who it is
    *_from(("open", "extended"), "ask_requester", "waiting_for_requester", ("staff",), "words"),
    Transition("waiting_for_requester", "answer", "open", ("requester", "staff")),
    Transition("waiting_for_requester", "answer", "extended", ("requester", "staff"), when="the time was extended"),
    *_from(("open", "waiting_for_requester"), "extend", "extended", ("staff",), "words"),
    *_from(IN_WORK, "complete", "completed", ("staff",), "words"),
    *_from(OPEN, "refuse", "refused", ("staff",), "words"),
    *_from(OPEN, "withdraw", "withdrawn", ("requester", "staff")),
    *_from(IN_WORK, "mark_duplicate", "duplicate", ("staff",)),
    *_from(CLOSED, "reopen", "open", ("staff",), "words"),
    Transition("refused", "appeal", "appealed", ("staff",)),  # where the law gives one; refused again, or reopened
    Transition("appealed", "reopen", "open", ("staff",), "words"),
)


class NotNowError(InvalidInputError):
    """The request's state does not allow this. The message names the state and the possible actions."""

    public = "That is not possible with this request any more."

    def __init__(self, state: str, action: str, can: list[str]) -> None:
        super().__init__(f"a request that is {state} cannot be changed by {action!r}; possible: {', '.join(can) or 'nothing'}")


def transition(state: str, action: Action, who: Party, facts: frozenset[Fact] = frozenset()) -> Transition:
    """The row of the table that applies.

    Raises: NotNowError if there is none for this state, action and party.
    """
    rows = [row for row in TRANSITIONS if row.state == state and row.action == action and who in row.who]
    for row in sorted(rows, key=lambda row: not row.when):  # rows with a condition come before the row without one
        if not row.when or row.when in facts:
            return row
    raise NotNowError(state, action, actions_in(state, who))


def actions_in(state: str, who: Party) -> list[str]:
    """What this party can do with a request in this state, in the table's order."""
    return list(dict.fromkeys(row.action for row in TRANSITIONS if row.state == state and who in row.who))


def diagram() -> str:
    """The table as a mermaid state diagram: one arrow for each pair of states, with its actions and parties."""
    arrows: dict[tuple[str, str], list[str]] = {}
    for row in TRANSITIONS:
        label = f"{row.action} ({', '.join(row.who)})" + (f", if {row.when}" if row.when else "")
        arrows.setdefault((row.state, row.to), []).append(label)
    lines = ["stateDiagram-v2", f"    [*] --> {FIRST}: a clear yes (requester)"]
    lines += [f"    {state} --> {to}: {' / '.join(labels)}" for (state, to), labels in arrows.items()]
    return "\n".join(lines)
