"""Groups of the company's own directory → roles here. The settings have the table; sign-in and SCIM apply it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from candor.accounts.actors import SYSTEM
from candor.accounts.audit import AuditLog
from candor.accounts.roles import Account, AccountRefusedError, Grant, read_grant
from candor.accounts.store import AccountStore


@dataclass(frozen=True)
class GroupRoles:
    """The roles of each group, by the group's name as the directory writes it."""

    table: Mapping[str, tuple[Grant, ...]] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.table)

    def grants_of(self, groups: Iterable[str]) -> tuple[Grant, ...]:
        """The roles of somebody who is in these groups; those that the table does not name give none."""
        return tuple(dict.fromkeys(grant for group in groups for grant in self.table.get(group, ())))


def read_group_roles(text: str) -> GroupRoles:
    """privacy-team=privacy_officer; support=agent:acme, reviewer:acme. A group's name may hold = and commas.

    Raises: AccountRefusedError naming the part that cannot be read.
    """
    table: dict[str, tuple[Grant, ...]] = {}
    for part in filter(None, (part.strip() for part in text.split(";"))):
        group, _, roles = part.rpartition("=")
        if not group.strip() or group.strip() in table:
            raise AccountRefusedError(f"{part[:60]!r} in CANDOR_GROUP_ROLES is not written like group=role, role:company")
        table[group.strip()] = tuple(read_grant(role) for role in roles.split(","))
    return GroupRoles(table)


def follow_groups(accounts: AccountStore, audit: AuditLog, account: Account, grants: Iterable[Grant], source: str) -> Account:
    """Give an account exactly the roles of its groups, and record what changed. source: "oidc" or "scim".

    Whoever is the last admin stays one, whatever their groups say; the audit log says so.
    """
    after, kept = accounts.follow(account.id, grants)
    if set(after.grants) != set(account.grants) or kept:
        written = {"roles": _written(after), "before": _written(account), "source": source}
        kept_as = {"kept": "the last admin"} if kept else {}
        audit.record(SYSTEM, "account.roles", f"account {account.id}", **written, **kept_as)
    return after


def _written(account: Account) -> str:
    return ", ".join(str(grant) for grant in account.grants)
