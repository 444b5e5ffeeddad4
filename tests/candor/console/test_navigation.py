"""What the navigation shows at once, and what it keeps in its menu."""

from __future__ import annotations

import pytest

from candor.accounts.roles import ROLES, Account, Grant, Role
from candor.console.navigation import ENTRIES, ROOM, entries_for, places_for

EVERYBODY: list[tuple[Role, ...]] = [*((role,) for role in ROLES), ("privacy_officer", "admin"), ROLES]


@pytest.mark.parametrize("roles", EVERYBODY, ids="-".join)
def test_each_page_of_a_role_stands_once_in_the_row_or_in_the_menu(roles: tuple[Role, ...]) -> None:
    """Nothing is lost in the menu, and the row never holds more than a line."""
    account = with_roles(*roles)

    places = places_for(account)

    assert sorted(places.entries, key=ENTRIES.index) == entries_for(account)
    assert len(places.row) <= ROOM + 1


def test_a_single_entry_gets_no_menu() -> None:
    """A menu of one would only cost a click."""
    assert places_for(with_roles("agent")).menu == ()
    assert all(len(entries) for _, entries in places_for(with_roles("privacy_officer")).menu)


def test_what_is_opened_most_stays_in_the_row() -> None:
    """Requests and waiting visitors are never a click further away, whatever pages are added for an admin."""
    row = [entry.title for entry in places_for(with_roles(*ROLES)).row]

    assert row == ["Requests", "People waiting", "Conversations", "Review", "Not in the policy"]


def with_roles(*roles: Role) -> Account:
    return Account(1, "ada@example.com", "Ada", tuple(Grant(role) for role in roles))
