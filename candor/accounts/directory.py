"""Accounts and groups as the company's directory keeps them (SCIM): made, changed, closed, and given the roles of groups.

An account that was made here by hand is the directory's too, once it is found by its address. Nothing is deleted: a deleted user
is a closed account, because the audit log and requests name it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from sqlalchemy import Engine, delete, select
from sqlalchemy.orm import Session

from candor.accounts.actors import SYSTEM
from candor.accounts.audit import AuditLog
from candor.accounts.group_roles import GroupRoles, follow_groups
from candor.accounts.models import AccountRow, ScimGroupRow, ScimMemberRow, ScimUserRow
from candor.accounts.sessions import Sessions
from candor.accounts.store import AccountStore, AccountTakenError, find_account, plain_address, plain_name
from candor.database.transactions import writing
from candor.errors import InvalidInputError, NotFoundError

SOURCE = "scim"
LONGEST_NAME = 200


class UnknownGroupError(NotFoundError):
    """There is no such group."""

    public = "There is no such group."


class GroupTakenError(InvalidInputError):
    """There is a group of this name."""

    public = "There is a group of this name already."


class UnknownMemberError(InvalidInputError):
    """A member is no account here."""

    public = "A member is no user that is known here."


@dataclass(frozen=True)
class DirectoryUser:
    """One person, as the directory and Candor agree on them. id: the account's. groups: (id, name) of those they are in."""

    email: str
    name: str = ""
    active: bool = True
    external_id: str = ""
    given_name: str = ""
    family_name: str = ""
    id: int = 0
    made_at: datetime | None = None
    changed_at: datetime | None = None
    groups: tuple[tuple[int, str], ...] = ()


@dataclass(frozen=True)
class DirectoryGroup:
    """One group. members: ids of accounts, with the names of those people."""

    name: str
    external_id: str = ""
    members: dict[int, str] = field(default_factory=dict)
    id: int = 0
    made_at: datetime | None = None
    changed_at: datetime | None = None


class Directory:
    """What SCIM does with accounts. Each change is in the audit log."""

    def __init__(
        self, engine: Engine, accounts: AccountStore, sessions: Sessions, audit: AuditLog, roles: GroupRoles,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:  # fmt: skip
        self._engine, self._accounts, self._sessions, self._audit = engine, accounts, sessions, audit
        self._roles, self._now = roles, now

    def users(self) -> list[DirectoryUser]:
        """Every account, by its id."""
        with Session(self._engine) as session:
            return _users(session, session.scalars(select(AccountRow).order_by(AccountRow.id)).all())

    def user(self, account: int) -> DirectoryUser:
        """Raises: UnknownAccountError."""
        with Session(self._engine) as session:
            return _users(session, [find_account(session, account)])[0]

    def add(self, given: DirectoryUser) -> DirectoryUser:
        """Make an account, without a way to sign in and without a role. Raises: AccountRefusedError; AccountTakenError."""
        email = plain_address(given.email)
        with writing(self._engine, "accounts") as session:
            if session.scalar(select(AccountRow.id).where(AccountRow.email == email)) is not None:
                raise AccountTakenError("there is an account with this address already")
            name, now = plain_name(given.name) or email.split("@")[0], self._now()
            row = AccountRow(email=email, name=name, created_at=now, disabled_at=None if given.active else now)
            session.add(row)
            session.flush()
            session.merge(_kept(row.id, given, now))
            made = row.id
        self._audit.record(SYSTEM, "account.add", f"account {made}", source=SOURCE, active=given.active)
        return self.user(made)

    def change(self, account: int, given: DirectoryUser) -> DirectoryUser:
        """Make an account what the directory says. Who is closed is signed out everywhere.

        Raises: UnknownAccountError; AccountRefusedError; AccountTakenError; LastAdminError.
        """
        email = plain_address(given.email)
        with writing(self._engine, "accounts") as session:
            row = find_account(session, account)
            taken = select(AccountRow.id).where(AccountRow.email == email, AccountRow.id != account)
            if session.scalar(taken) is not None:
                raise AccountTakenError("there is an account with this address already")
            before = (row.email, row.name, row.disabled_at is None)
            row.email, row.name = email, plain_name(given.name) or row.name
            session.merge(_kept(account, given, self._now()))
            changed = [what for what, was, now in (("email", before[0], row.email), ("name", before[1], row.name)) if was != now]
        if changed:
            self._audit.record(SYSTEM, "account.change", f"account {account}", source=SOURCE, what=", ".join(changed))
        if before[2] != given.active:
            self._open(account) if given.active else self.close(account)
        return self.user(account)

    def close(self, account: int) -> None:
        """Raises: UnknownAccountError; LastAdminError."""
        self._accounts.disable(account)
        ended = self._sessions.end_all(account)
        self._audit.record(SYSTEM, "account.disable", f"account {account}", source=SOURCE, sessions_ended=ended)

    def groups(self) -> list[DirectoryGroup]:
        """By their ids."""
        with Session(self._engine) as session:
            return [_group(session, row) for row in session.scalars(select(ScimGroupRow).order_by(ScimGroupRow.id))]

    def group(self, group: int) -> DirectoryGroup:
        """Raises: UnknownGroupError."""
        with Session(self._engine) as session:
            return _group(session, _find_group(session, group))

    def add_group(self, given: DirectoryGroup) -> DirectoryGroup:
        """Raises: GroupTakenError; UnknownMemberError."""
        with writing(self._engine, "accounts") as session:
            _check_name(session, given.name, 0)
            now = self._now()
            row = ScimGroupRow(name=given.name[:LONGEST_NAME], external_id=given.external_id[:200], made_at=now, changed_at=now)
            session.add(row)
            session.flush()
            _set_members(session, row.id, given.members)
            made = row.id
        self._audit.record(SYSTEM, "group.add", f"group {made}", source=SOURCE, group=given.name)
        self._follow(given.members)
        return self.group(made)

    def change_group(self, group: int, given: DirectoryGroup) -> DirectoryGroup:
        """Make a group what the directory says; whoever comes or goes gets or loses its roles.

        Raises: UnknownGroupError; GroupTakenError; UnknownMemberError.
        """
        with writing(self._engine, "accounts") as session:
            row = _find_group(session, group)
            _check_name(session, given.name, group)
            before, was = _members(session, group), row.name
            row.name, row.external_id, row.changed_at = given.name[:LONGEST_NAME], given.external_id[:200], self._now()
            _set_members(session, group, given.members)
        concerned = set(before) | set(given.members) if was != given.name else set(before) ^ set(given.members)
        came, left = sorted(set(given.members) - set(before)), sorted(set(before) - set(given.members))
        if concerned or was != given.name:
            self._audit.record(
                SYSTEM, "group.change", f"group {group}", source=SOURCE, group=given.name, came=came, left=left
            )  # fmt: skip
        self._follow(concerned)
        return self.group(group)

    def remove_group(self, group: int) -> None:
        """Raises: UnknownGroupError."""
        with writing(self._engine, "accounts") as session:
            row = _find_group(session, group)
            name, members = row.name, _members(session, group)
            session.execute(delete(ScimMemberRow).where(ScimMemberRow.group_id == group))
            session.delete(row)
        self._audit.record(SYSTEM, "group.remove", f"group {group}", source=SOURCE, group=name)
        self._follow(members)

    def _open(self, account: int) -> None:
        self._accounts.enable(account)
        self._audit.record(SYSTEM, "account.enable", f"account {account}", source=SOURCE)

    def _follow(self, accounts: Collection[int]) -> None:
        """Give these accounts the roles of their groups, where groups have any."""
        if not self._roles:
            return
        for account in sorted(accounts):
            groups = [name for _, name in self.user(account).groups]
            follow_groups(self._accounts, self._audit, self._accounts.get(account), self._roles.grants_of(groups), SOURCE)


def _users(session: Session, accounts: Sequence[AccountRow]) -> list[DirectoryUser]:
    """These accounts, with three look-ups however many they are: a directory asks for one by its address, often."""
    numbers = [row.id for row in accounts]
    kept = {row.account_id: row for row in session.scalars(select(ScimUserRow).where(ScimUserRow.account_id.in_(numbers)))}
    query = (
        select(ScimMemberRow.account_id, ScimGroupRow.id, ScimGroupRow.name)
        .join(ScimGroupRow, ScimGroupRow.id == ScimMemberRow.group_id)
        .where(ScimMemberRow.account_id.in_(numbers))
        .order_by(ScimGroupRow.id)
    )
    groups: dict[int, list[tuple[int, str]]] = defaultdict(list)
    for account, number, name in session.execute(query):
        groups[account].append((number, name))
    return [_user(row, kept.get(row.id), groups[row.id]) for row in accounts]


def _user(row: AccountRow, kept: ScimUserRow | None, groups: Sequence[tuple[int, str]]) -> DirectoryUser:
    return DirectoryUser(
        email=row.email, name=row.name, active=row.disabled_at is None, id=row.id, made_at=row.created_at,
        external_id=kept.external_id if kept else "", given_name=kept.given_name if kept else "",
        family_name=kept.family_name if kept else "", changed_at=kept.changed_at if kept else row.created_at,
        groups=tuple(groups),
    )  # fmt: skip


def _kept(account: int, given: DirectoryUser, now: datetime) -> ScimUserRow:
    return ScimUserRow(
        account_id=account, external_id=given.external_id[:200], given_name=plain_name(given.given_name),
        family_name=plain_name(given.family_name), changed_at=now,
    )  # fmt: skip


def _group(session: Session, row: ScimGroupRow) -> DirectoryGroup:
    return DirectoryGroup(row.name, row.external_id, _members(session, row.id), row.id, row.made_at, row.changed_at)


def _members(session: Session, group: int) -> dict[int, str]:
    query = select(AccountRow.id, AccountRow.name).join(ScimMemberRow, ScimMemberRow.account_id == AccountRow.id)
    found = session.execute(query.where(ScimMemberRow.group_id == group).order_by(AccountRow.id))
    return {row[0]: row[1] for row in found}


def _set_members(session: Session, group: int, members: Collection[int]) -> None:
    """Raises: UnknownMemberError."""
    known = set(session.scalars(select(AccountRow.id).where(AccountRow.id.in_(members))))
    if set(members) - known:
        raise UnknownMemberError("a member is no account")
    session.execute(delete(ScimMemberRow).where(ScimMemberRow.group_id == group))
    session.add_all([ScimMemberRow(group_id=group, account_id=account) for account in sorted(known)])


def _find_group(session: Session, group: int) -> ScimGroupRow:
    row = session.get(ScimGroupRow, group)
    if row is None:
        raise UnknownGroupError("no such group of the directory")
    return row


def _check_name(session: Session, name: str, group: int) -> None:
    """Raises: GroupTakenError."""
    if session.scalar(select(ScimGroupRow.id).where(ScimGroupRow.name == name, ScimGroupRow.id != group)) is not None:
        raise GroupTakenError("there is a group of this name")
