"""What waits for somebody, as the first page counts it. Each part adds its function to WAITING in routes/home.py."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from candor.accounts.roles import Account
from candor.services import Services


@dataclass(frozen=True)
class WaitingCount:
    """So many of something, and where they are. kind: as of chips; "bad" is late."""

    title: str
    count: int
    url: str
    kind: str = ""


Gather = Callable[[Services, Account], Iterable[WaitingCount]]
