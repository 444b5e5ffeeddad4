"""The console's navigation, by permission. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from candor.accounts.roles import Account, Permission
from candor.console.places import FOLDER


@dataclass(frozen=True)
class NavigationEntry:
    """A link to one area of the console."""

    title: str
    path: str  # below FOLDER
    permission: Permission

    @property
    def url(self) -> str:
        return f"{FOLDER}{self.path}"


ENTRIES = (
    NavigationEntry("Conversations", "/conversations", "read_conversations"),
    NavigationEntry("Review", "/review", "review"),
    NavigationEntry("People waiting", "/waiting", "talk"),
    NavigationEntry("Requests", "/requests", "work_requests"),
    NavigationEntry("Not in the policy", "/silence", "read_reports"),
    NavigationEntry("Figures", "/figures", "read_reports"),
    NavigationEntry("Policies", "/policies", "release"),
    NavigationEntry("Retention", "/keeping", "see_settings"),
    NavigationEntry("Audit log", "/audit", "read_audit"),
    NavigationEntry("Accounts", "/accounts", "manage_people"),
)


def entries_for(account: Account) -> list[NavigationEntry]:
    """The entries that this person may open."""
    return [entry for entry in ENTRIES if account.may(entry.permission)]
