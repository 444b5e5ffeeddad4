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


# Pages that the navigation does not name, and other words for those that it does, for the command palette.
FURTHER = (
    NavigationEntry("Samples for review", "/review/samples", "review"),
    NavigationEntry("Corrections", "/review/corrections", "review"),
    NavigationEntry("Closed requests", "/requests?closed=1", "work_requests"),
    NavigationEntry("Overdue requests", "/requests?due=overdue", "work_requests"),
    NavigationEntry("Requests of mine", "/requests?whose=me", "work_requests"),
    NavigationEntry("Find a person", "/find", "work_requests"),
    NavigationEntry("Yearly figures of requests", "/requests/figures", "work_requests"),
    NavigationEntry("Export requests", "/requests/export", "export"),
    NavigationEntry("Saved replies", "/replies", "talk"),
    NavigationEntry("Answers called not helpful", "/conversations?is=not_helpful", "read_conversations"),
    NavigationEntry("Quotes that have changed", "/silence/changed", "read_reports"),
    NavigationEntry("Settled silences", "/silence/settled", "read_reports"),
    NavigationEntry("Search all policies", "/across", "release"),
    NavigationEntry("Forget a person", "/keeping/erase", "forget"),
    NavigationEntry("Invite somebody", "/accounts/new", "manage_people"),
)
ALSO = {
    "/conversations": "chats messages", "/review": "judge verdicts answers", "/waiting": "visitors live chat talk",
    "/requests": "tickets rights deletion access", "/silence": "silences gaps unanswered", "/figures": "reports charts numbers",
    "/policies": "versions releases documents",
    "/keeping": "retention delete periods", "/audit": "log history", "/accounts": "people staff roles users",
    "/replies": "texts templates snippets", "/me": "account password second factor sound notification",
}  # fmt: skip


def palette_for(account: Account) -> list[tuple[str, str, str]]:
    """The pages that this person may open, as (title, path below FOLDER, other words for it)."""
    entries = [*entries_for(account), *(entry for entry in FURTHER if account.may(entry.permission))]
    found = [(entry.title, entry.path, ALSO.get(entry.path, "")) for entry in entries]
    return [("Inbox", "/", "home start"), *found, ("Your account", "/me", ALSO["/me"])]
