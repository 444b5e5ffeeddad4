"""The accounts: add, find, change. The caller records in the audit log who did it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import cast

from email_validator import EmailNotValidError, validate_email
from sqlalchemy import Engine, or_, select
from sqlalchemy.orm import Session

from candor.accounts.models import AccountRow, GrantRow
from candor.accounts.passwords import hashed
from candor.accounts.roles import EVERY_COMPANY, ROLES, Account, AccountRefusedError, Grant, Role
from candor.database.transactions import writing
from candor.errors import ConflictError, InvalidInputError, NotFoundError


class UnknownAccountError(NotFoundError):
    """There is no such account."""

    public = "There is no such account."

    def __init__(self) -> None:
        super().__init__("there is no such account: `candor user list` shows all")


class AccountTakenError(InvalidInputError):
    """Somebody has an account with this address."""

    public = "There is an account with this address already."


class LastAdminError(ConflictError):
    """The change would leave nobody who can manage accounts."""

    public = "There must be an admin for every company who can sign in. Make somebody else one first."


class AccountStore:
    """Accounts in the database."""

    def __init__(self, engine: Engine, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._engine, self._now = engine, now

    def add(self, email: str, name: str, grants: Iterable[Grant], password: str | None = None) -> Account:
        """Raises: AccountRefusedError for an address or role that cannot be taken; WeakPasswordError; AccountTakenError."""
        email, grants = plain_address(email), checked(grants)
        kept = hashed(password, known=(email, email.split("@")[0])) if password is not None else None
        with writing(self._engine, "accounts") as session:
            if session.scalar(select(AccountRow.id).where(AccountRow.email == email)) is not None:
                raise AccountTakenError("there is an account with this address already")
            row = AccountRow(
                email=email, name=plain_name(name) or email.split("@")[0], password_hash=kept, created_at=self._now(),
                grants=[GrantRow(role=grant.role, company=grant.company) for grant in grants],
            )  # fmt: skip
            session.add(row)
            session.flush()
            return account_of(row)

    def get(self, account: int) -> Account:
        """Raises: UnknownAccountError."""
        with Session(self._engine) as session:
            return account_of(find_account(session, account))

    def find(self, email: str) -> Account | None:
        with Session(self._engine) as session:
            row = session.scalar(select(AccountRow).where(AccountRow.email == as_kept(email)))
            return account_of(row) if row else None

    def all(self) -> list[Account]:
        """By name."""
        with Session(self._engine) as session:
            return [account_of(row) for row in session.scalars(select(AccountRow).order_by(AccountRow.name, AccountRow.id))]

    def by_subject(self, subject: str) -> Account | None:
        """The account with this issuer and subject of OpenID Connect."""
        with Session(self._engine) as session:
            row = session.scalar(select(AccountRow).where(AccountRow.subject == subject))
            return account_of(row) if row else None

    def link(self, account: int, subject: str) -> Account:
        """Record who this person is at the provider. Raises: ConflictError where the account is linked to somebody else there."""
        with writing(self._engine, "accounts") as session:
            row = find_account(session, account)
            if row.subject not in {None, subject}:
                raise ConflictError("the account is another person's at the provider")
            row.subject = subject
            return account_of(row)

    def set_password(self, account: int, password: str, *, stamp: int | None = None) -> Account:
        """Set the password, and reset the failures. `stamp`: only if the account still has it.

        Raises: WeakPasswordError; UnknownAccountError; ConflictError.
        """
        found = self.get(account)
        kept = hashed(password, known=(found.email, found.email.split("@")[0]))
        with writing(self._engine, "accounts") as session:
            row = find_account(session, account)
            if stamp is not None and row.stamp != stamp:
                raise ConflictError("how this account signs in was changed meanwhile")
            row.password_hash, row.stamp, row.failures, row.locked_until = kept, row.stamp + 1, 0, None
            return account_of(row)

    def new_stamp(self, account: int) -> int:
        """Make earlier sealed tokens of the account worthless: a new invitation replaces the one before it."""
        with writing(self._engine, "accounts") as session:
            row = find_account(session, account)
            row.stamp += 1
            return row.stamp

    def set_grants(self, account: int, grants: Iterable[Grant]) -> Account:
        """Raises: AccountRefusedError; LastAdminError; UnknownAccountError."""
        wanted = checked(grants)
        with writing(self._engine, "accounts") as session:
            row = find_account(session, account)
            had = {(grant.role, grant.company): grant for grant in row.grants}
            row.grants = [
                had.get((grant.role, grant.company)) or GrantRow(role=grant.role, company=grant.company) for grant in wanted
            ]
            session.flush()
            _check_admin_left(session)
            return account_of(row)

    def follow(self, account: int, grants: Iterable[Grant]) -> tuple[Account, bool]:
        """Give it exactly these roles, or none, as a directory says; True where it had to stay admin, because nobody else is.

        Raises: UnknownAccountError.
        """
        wanted = tuple(dict.fromkeys(grants))
        with writing(self._engine, "accounts") as session:
            row = find_account(session, account)
            had = {(grant.role, grant.company): grant for grant in row.grants}
            row.grants = [
                had.get((grant.role, grant.company)) or GrantRow(role=grant.role, company=grant.company) for grant in wanted
            ]
            session.flush()
            stays = ("admin", EVERY_COMPANY) in had and not _admin_is_left(session)
            if stays:
                row.grants.append(GrantRow(role="admin", company=EVERY_COMPANY))
                session.flush()
            return account_of(row), stays

    def disable(self, account: int) -> Account:
        """Raises: LastAdminError; UnknownAccountError."""
        with writing(self._engine, "accounts") as session:
            row = find_account(session, account)
            row.disabled_at, row.stamp = row.disabled_at or self._now(), row.stamp + 1
            session.flush()
            if any(grant.role == "admin" for grant in row.grants):  # closing anybody else takes no admin away
                _check_admin_left(session)
            return account_of(row)

    def enable(self, account: int) -> Account:
        with writing(self._engine, "accounts") as session:
            row = find_account(session, account)
            row.disabled_at = None
            return account_of(row)

    def set_news(self, account: int, *, sound: bool, notification: bool) -> Account:
        """Set how news make themselves noticed. Raises: UnknownAccountError."""
        with writing(self._engine, "accounts") as session:
            row = find_account(session, account)
            row.news_sound, row.news_notification = sound, notification
            return account_of(row)

    def unlock(self, account: int) -> Account:
        """Reset the failures, and end the wait after them."""
        with writing(self._engine, "accounts") as session:
            row = find_account(session, account)
            row.failures, row.locked_until = 0, None
            return account_of(row)


def _check_admin_left(session: Session) -> None:
    """Raises: LastAdminError unless there is an admin for every company who can sign in."""
    if not _admin_is_left(session):
        raise LastAdminError("there must be an admin for every company who can sign in: make somebody else one first")


def _admin_is_left(session: Session) -> bool:
    admins = select(AccountRow.id).join(GrantRow).where(
        GrantRow.role == "admin", GrantRow.company == EVERY_COMPANY, AccountRow.disabled_at.is_(None),
        or_(AccountRow.password_hash.is_not(None), AccountRow.subject.is_not(None)),
    )  # fmt: skip
    return session.scalar(admins.limit(1)) is not None


def account_of(row: AccountRow) -> Account:
    """The account of a row."""
    grants = tuple(Grant(cast("Role", grant.role), grant.company) for grant in row.grants)
    return Account(
        row.id, row.email, row.name, grants, row.totp_secret is not None, row.disabled_at is not None,
        row.password_hash is not None, row.subject is not None, row.locked_until, row.stamp,
        row.news_sound, row.news_notification,
    )  # fmt: skip


def find_account(session: Session, account: int) -> AccountRow:
    """Raises: UnknownAccountError."""
    row = session.get(AccountRow, account)
    if row is None:
        raise UnknownAccountError
    return row


def as_kept(email: str) -> str:
    """An address as the table holds it, without NUL, which PostgreSQL does not accept."""
    return email.replace("\0", " ").strip().lower()


def plain_name(name: str) -> str:
    """One line of at most 80 characters that can be shown."""
    return " ".join("".join(letter if letter.isprintable() else " " for letter in name).split())[:80]


def plain_address(email: str) -> str:
    """Raises: AccountRefusedError if it is no address."""
    try:
        return validate_email(email.strip(), check_deliverability=False, test_environment=True).normalized.lower()
    except EmailNotValidError:
        raise AccountRefusedError("that is no e-mail address") from None


def checked(grants: Iterable[Grant]) -> tuple[Grant, ...]:
    """Raises: AccountRefusedError for a role that does not exist, or none at all."""
    found = tuple(dict.fromkeys(grants))
    if unknown := {grant.role for grant in found} - set(ROLES):
        raise AccountRefusedError(f"{sorted(unknown)[0]} is no role; there are {', '.join(ROLES)}")
    if not found:
        raise AccountRefusedError(f"an account needs a role: {', '.join(ROLES)}")
    return found
