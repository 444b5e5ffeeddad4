"""The inbox: what waits for somebody, by urgency, each line with its next step. Pure: the lines are handed in."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import IntEnum
from itertools import groupby

from candor.accounts.roles import Account
from candor.services import Services

MOST = 6  # lines of one kind; the rest are one line that leads to their list


class Urgency(IntEnum):
    """How soon somebody should look; the smaller, the earlier it is shown."""

    NOW = 0  # somebody waits, or a date is over or ends today
    NEXT = 1  # there are a few days yet
    LATER = 2  # nobody waits for it: what can be made better


TITLES = {Urgency.NOW: "Now", Urgency.NEXT: "Next", Urgency.LATER: "When there is time"}


@dataclass(frozen=True)
class InboxAction:
    """The next step. post: a form that is sent at once, for a step that needs no page of its own."""

    title: str
    url: str
    post: bool = False


@dataclass(frozen=True)
class InboxChip:
    """A short word about a line. kind and sign: as layout/parts.html and requests/parts.html draw them."""

    text: str
    kind: str = ""
    sign: str = ""


@dataclass(frozen=True)
class InboxItem:
    """One line. id: stays the same while it waits. words: what somebody wrote, masked. since: from when on it waits; due: until
    when, as an instant; day: or as a day where a law applies. order: among those of its urgency, the smallest first."""

    id: str
    urgency: Urgency
    title: str
    url: str
    action: InboxAction
    company: str = ""
    words: str = ""
    about: str = ""
    since: datetime | None = None
    due: datetime | None = None
    day: date | None = None
    chips: tuple[InboxChip, ...] = ()
    order: tuple[int, float] = field(default=(9, 0.0))


@dataclass(frozen=True)
class InboxGroup:
    """The lines of one urgency."""

    urgency: Urgency
    items: tuple[InboxItem, ...]

    @property
    def title(self) -> str:
        return TITLES[self.urgency]


@dataclass(frozen=True)
class Inbox:
    """Everything that waits for one person. state: changes when what is shown does."""

    groups: tuple[InboxGroup, ...]
    state: str


Gather = Callable[[Services, Account, datetime], Iterable[InboxItem]]


def inbox_of(items: Iterable[InboxItem]) -> Inbox:
    """Grouped by urgency, in order."""
    ordered = sorted(items, key=lambda item: (item.urgency, item.order))
    groups = tuple(InboxGroup(urgency, tuple(some)) for urgency, some in groupby(ordered, key=lambda item: item.urgency))
    return Inbox(groups, hashlib.sha256(repr(groups).encode()).hexdigest()[:16])


def with_rest(items: Sequence[InboxItem], in_all: int, title: Callable[[int], str], url: str) -> list[InboxItem]:
    """The first MOST, and one line for the rest. in_all: how many there are, also those that were not read."""
    shown = list(items[:MOST])
    left = in_all - len(shown)
    if shown and left > 0:
        last = shown[-1]
        order = (last.order[0], last.order[1] + 0.5)
        shown.append(InboxItem(f"{last.id}-rest", last.urgency, title(left), url, InboxAction("Show all", url), order=order))
    return shown
