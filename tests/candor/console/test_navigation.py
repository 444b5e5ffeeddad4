"""What the navigation shows at once, on a desk and on a phone, and what it keeps in its menu."""

from __future__ import annotations

import pytest

from candor.accounts.roles import ROLES, Account, Grant, Role
from candor.console.navigation import ENTRIES, ROOM, ROOM_ON_PHONE, entries_for, places_for

EVERYBODY: list[tuple[Role, ...]] = [*((role,) for role in ROLES), ("privacy_officer", "admin"), ROLES]


@pytest.mark.parametrize("roles", EVERYBODY, ids="-".join)
def test_each_page_of_a_role_stands_once_in_the_row_or_in_the_menu(roles: tuple[Role, ...]) -> None:
    """On a desk and on a phone nothing is lost in the menu, and the row never holds more than a line."""
    account = with_roles(*roles)

    places = places_for(account)

    on_desk = [*places.row, *(entry for _, some in places.menu for entry in some if entry not in places.row)]
    assert sorted(on_desk, key=ENTRIES.index) == sorted(places.entries, key=ENTRIES.index) == entries_for(account)
    assert len(places.row) <= ROOM + 1
    assert places.on_phone <= ROOM_ON_PHONE + 1


def test_a_single_entry_gets_no_menu() -> None:
    """A menu of one would only cost a click; an agent needs one on a phone."""
    for roles in EVERYBODY:
        places = places_for(with_roles(*roles))
        assert sum(len(some) for _, some in places.menu) != 1
    assert places_for(with_roles("agent")).only_on_phone
    assert not places_for(with_roles("privacy_officer")).only_on_phone


def test_what_is_opened_most_stays_in_the_row() -> None:
    """Requests and waiting visitors are never a click further away, whatever pages are added for an admin."""
    row = [entry.title for entry in places_for(with_roles(*ROLES)).row]

    assert row == ["Requests", "People waiting", "Conversations", "Review", "Not in the policy"]


def with_roles(*roles: Role) -> Account:
    return Account(1, "ada@example.com", "Ada", tuple(Grant(role) for role in roles))
