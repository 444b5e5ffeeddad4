"""What stands in the console's navigation, for whom. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from candor.accounts.roles import Account, Permission
from candor.console.places import FOLDER


@dataclass(frozen=True)
class NavigationEntry:
    """One part of the console."""

    title: str
    path: str  # below FOLDER
    permission: Permission

    @property
    def url(self) -> str:
        return f"{FOLDER}{self.path}"


PLACES = (
    NavigationEntry("Conversations", "/conversations", "read_conversations"),
    NavigationEntry("Review", "/review", "review"),
    NavigationEntry("People waiting", "/waiting", "talk"),
    NavigationEntry("Requests", "/requests", "work_requests"),
    NavigationEntry("Not in the policy", "/silence", "read_reports"),
    NavigationEntry("Figures", "/figures", "read_reports"),
    NavigationEntry("Keeping", "/keeping", "see_settings"),
    NavigationEntry("Audit log", "/audit", "read_audit"),
    NavigationEntry("Accounts", "/accounts", "manage_people"),
)


def places_for(account: Account) -> list[NavigationEntry]:
    """Only what this person may open: what they may not do is not there."""
    return [place for place in PLACES if account.may(place.permission)]
