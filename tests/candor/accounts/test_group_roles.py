"""Groups of a directory give roles and take them away, and never the last admin's."""

from __future__ import annotations

from typing import Any

import pytest

from candor.accounts.group_roles import follow_groups, read_group_roles
from candor.accounts.oidc import GroupsUnreadableError, groups_in
from candor.accounts.roles import AccountRefusedError, Grant
from candor.services import Services

TABLE = "privacy-team = privacy_officer ; support=agent:acme, reviewer:acme; CN=IT,DC=acme=admin"


def test_the_table_is_read_with_roles_by_company() -> None:
    """The names of a directory may hold = and commas."""
    roles = read_group_roles(TABLE)

    assert roles.grants_of(["support", "nobody-knows", "privacy-team"]) == (
        Grant("agent", "acme"), Grant("reviewer", "acme"), Grant("privacy_officer"),
    )  # fmt: skip
    assert roles.grants_of(["CN=IT,DC=acme"]) == (Grant("admin"),)
    assert roles.grants_of([]) == ()
    assert not read_group_roles("")


@pytest.mark.parametrize("wrong", ["privacy-team", "=admin", "support=boss", "a=admin; a=agent", "a="])
def test_a_table_that_cannot_be_read_is_refused(wrong: str) -> None:
    """Before anybody gets a role by it."""
    with pytest.raises(AccountRefusedError):
        read_group_roles(wrong)


@pytest.mark.parametrize(
    ("said", "groups"),
    [({"groups": ["a", 7, "b"]}, ("a", "b")), ({"groups": "a"}, ("a",)), ({}, ()), ({"groups": {"a": 1}}, ())],
)
def test_groups_are_read_from_the_claim(said: dict[str, Any], groups: tuple[str, ...]) -> None:
    """A list, a single name, or none."""
    assert groups_in(said, "groups") == groups


@pytest.mark.parametrize("said", [{"_claim_names": {"groups": "src1"}}, {"hasgroups": True}])
def test_too_many_groups_for_a_token_are_not_read_as_none(said: dict[str, Any]) -> None:
    """Else everybody in more than two hundred groups would lose their roles."""
    with pytest.raises(GroupsUnreadableError):
        groups_in(said, "groups")


def test_an_account_follows_its_groups_and_the_last_admin_stays(parts: Services) -> None:
    """Each change is in the audit log, with where it came from; no change is not."""
    accounts, audit = parts.staff.accounts, parts.staff.audit
    ada = accounts.add("ada@acme.example", "Ada", [Grant("admin")], "a sentence that only she writes")
    bea = accounts.add("bea@acme.example", "Bea", [Grant("agent")])

    bea = follow_groups(accounts, audit, bea, [Grant("reviewer", "acme")], "oidc")
    bea = follow_groups(accounts, audit, bea, [Grant("reviewer", "acme")], "oidc")
    bea = follow_groups(accounts, audit, bea, [], "oidc")
    ada = follow_groups(accounts, audit, ada, [Grant("agent")], "oidc")

    assert bea.grants == ()
    assert set(ada.grants) == {Grant("agent"), Grant("admin")}
    noted = [entry.details for entry in reversed(audit.entries(action="account.roles"))]
    assert [one["roles"] for one in noted[:2]] == ["reviewer:acme", ""]
    assert (noted[2]["kept"], noted[2]["source"], len(noted)) == ("the last admin", "oidc", 3)
