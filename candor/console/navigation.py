"""What stands in the console's navigation, for whom. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from candor.accounts.roles import Account, Permission
from candor.console.places import FOLDER


@dataclass(frozen=True)
class Place:
    """One part of the console."""

    title: str
    path: str  # below FOLDER
    permission: Permission

    @property
    def url(self) -> str:
        return f"{FOLDER}{self.path}"


PLACES = (
    Place("Conversations", "/conversations", "read_conversations"),
    Place("Review", "/review", "review"),
    Place("People waiting", "/waiting", "talk"),
    Place("Requests", "/requests", "work_requests"),
    Place("Not in the policy", "/silence", "read_reports"),
    Place("Figures", "/figures", "read_reports"),
    Place("Keeping", "/keeping", "see_settings"),
    Place("Audit log", "/audit", "read_audit"),
    Place("Accounts", "/accounts", "manage_people"),
)


def places_for(account: Account) -> list[Place]:
    """Only what this person may open: what they may not do is not there."""
    return [place for place in PLACES if account.may(place.permission)]
