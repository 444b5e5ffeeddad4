"""The console's navigation, by permission. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from candor.accounts.roles import Account, Permission
from candor.console.places import FOLDER


@dataclass(frozen=True)
class NavigationEntry:
    """A link to one area of the console. group: the heading under which the menu lists it, where the row has no room for it.
    short: what a phone calls it."""

    title: str
    path: str  # below FOLDER
    permission: Permission
    group: str = "Daily work"
    short: str = ""

    @property
    def url(self) -> str:
        return f"{FOLDER}{self.path}"


@dataclass(frozen=True)
class Places:
    """The navigation of one person. row: what is seen; on_phone: how much of it a phone shows.

    menu: by the headings of its groups, in order, what the row has no room for, there or on a phone.
    """

    row: tuple[NavigationEntry, ...] = ()
    on_phone: int = 0
    menu: tuple[tuple[str, tuple[NavigationEntry, ...]], ...] = ()

    @property
    def entries(self) -> tuple[NavigationEntry, ...]:
        """All of them."""
        return (*self.row[: self.on_phone], *(entry for _, some in self.menu for entry in some))

    @property
    def only_on_phone(self) -> bool:
        """Whether a desk needs no menu."""
        return all(entry in self.row for _, some in self.menu for entry in some)


ROOM = 5  # entries of the row, beside the inbox: so many stand in one line of 1280 pixels, with their numbers
ROOM_ON_PHONE = 2  # and so many in one of 360
# By how often they are opened: where there is no room for all, the last ones move into the menu.
ENTRIES = (
    NavigationEntry("Requests", "/requests", "work_requests"),
    NavigationEntry("People waiting", "/waiting", "talk", short="Waiting"),
    NavigationEntry("Conversations", "/conversations", "read_conversations"),
    NavigationEntry("Review", "/review", "review"),
    NavigationEntry("Not in the policy", "/silence", "read_reports"),
    NavigationEntry("Figures", "/figures", "read_reports"),
    NavigationEntry("Saved replies", "/replies", "talk"),
    NavigationEntry("Policies", "/policies", "release", "Policies and data"),
    NavigationEntry("Retention", "/keeping", "see_settings", "Policies and data"),
    NavigationEntry("Accounts", "/accounts", "manage_people", "Administration"),
    NavigationEntry("Audit log", "/audit", "read_audit", "Administration"),
    NavigationEntry("API tokens", "/tokens", "manage_people", "Other programs"),
    NavigationEntry("Webhooks", "/webhooks", "manage_people", "Other programs"),
    NavigationEntry("Authorized agents", "/agents", "manage_people", "Other programs"),
)


def entries_for(account: Account) -> list[NavigationEntry]:
    """The entries that this person may open."""
    return [entry for entry in ENTRIES if account.may(entry.permission)]


def places_for(account: Account) -> Places:
    """What this person may open: in the row as far as there is room, the rest in the menu. No menu for a single entry."""
    entries = entries_for(account)
    row = entries if len(entries) <= ROOM + 1 else entries[:ROOM]
    on_phone = len(entries) if len(entries) <= ROOM_ON_PHONE + 1 else ROOM_ON_PHONE
    groups: dict[str, list[NavigationEntry]] = {}
    for entry in entries[on_phone:]:
        groups.setdefault(entry.group, []).append(entry)
    return Places(tuple(row), on_phone, tuple((title, tuple(some)) for title, some in groups.items()))


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
    "/tokens": "programs integrations jira zendesk n8n keys", "/webhooks": "integrations receivers events",
    "/replies": "texts templates snippets", "/me": "account password second factor sound notification",
}  # fmt: skip


def palette_for(account: Account) -> list[tuple[str, str, str]]:
    """The pages that this person may open, as (title, path below FOLDER, other words for it)."""
    entries = [*entries_for(account), *(entry for entry in FURTHER if account.may(entry.permission))]
    found = [(entry.title, entry.path, ALSO.get(entry.path, "")) for entry in entries]
    return [("Inbox", "/", "home start"), *found, ("Your account", "/me", ALSO["/me"])]
