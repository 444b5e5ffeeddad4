"""What waits for somebody, as the first page counts it. The functions that count stand in a list in home/routes.py."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from candor.accounts.roles import Account
from candor.services import Services


@dataclass(frozen=True)
class WaitingCount:
    """How many of something wait, and the address of their list. kind: as of chips; "bad" is late."""

    title: str
    count: int
    url: str
    kind: str = ""


Gather = Callable[[Services, Account], Iterable[WaitingCount]]
