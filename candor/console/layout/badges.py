"""How much waits, for the navigation of every page: visitors, and requests whose date is over or ends today."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from candor.accounts.roles import Account
from candor.console.requests.queue import scope, worklist
from candor.services import Services


@dataclass(frozen=True)
class Badge:
    """A number beside an entry. words: what it counts, for whoever hears the page. kind: as of chips; "bad" is late."""

    count: int
    words: str
    kind: str = ""


@dataclass(frozen=True)
class NavigationCounts:
    """Badges by the paths of their entries. newest_visitor: the id of the newest visitor who waits; 0 where none does."""

    badges: Mapping[str, Badge]
    newest_visitor: int = 0
    due: int = 0

    @property
    def state(self) -> str:
        """Changes when what is shown does."""
        return "-".join(f"{badge.count}{badge.kind}" for badge in self.badges.values()) + f"-{self.newest_visitor}"


def navigation_counts(parts: Services, staff: Account, now: datetime) -> NavigationCounts:
    """What waits for this person: of their companies alone, and no visitor whom somebody talks with."""
    badges: dict[str, Badge] = {}
    newest = due = 0
    if staff.may("talk"):
        taken = {one.conversation for one in parts.conversations.live_chat_sessions.going_on()}
        waiting = [
            one for one in parts.conversations.handoff_queue.waiting()
            if staff.may("talk", one.company) and (not one.conversation or one.conversation not in taken)
        ]  # fmt: skip
        newest = max((one.id for one in waiting), default=0)
        late = any(one.answer_by <= now for one in waiting)
        badges["/waiting"] = Badge(len(waiting), "wait", "bad" if late else "caution")
    if staff.may("work_requests"):
        counts = worklist(parts).counts(scope(parts, staff, "work_requests"), staff.actor, now)
        due = counts.overdue + counts.today
        badges["/requests"] = Badge(due, "due today or overdue", "bad")
    return NavigationCounts(badges, newest, due)
