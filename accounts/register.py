"""The register of accounts: add, find, change. What is done here by somebody is for the caller to put into the audit log."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import cast

from email_validator import EmailNotValidError, validate_email
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from accounts.models import AccountRow, GrantRow
from accounts.passwords import hashed
from accounts.roles import ROLES, Account, Grant, Role
from errors import InvalidInputError, NotFoundError
from storage import writing


class UnknownAccountError(NotFoundError):
    """There is no such account."""

    public = "There is no such account."

    def __init__(self) -> None:
        super().__init__("there is no such account: `candor user list` shows all")


class AccountTakenError(InvalidInputError):
    """Somebody has an account with this address."""

    public = "There is an account with this address already."


class Register:
    """Accounts in the database."""

    def __init__(self, engine: Engine, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._engine, self._now = engine, now

    def add(self, email: str, name: str, grants: Iterable[Grant], password: str | None = None) -> Account:
        """Raises: InvalidInputError for an address, role or password that cannot be taken; AccountTakenError."""
        email, grants = plain_address(email), checked(grants)
        kept = hashed(password, known=(email, email.split("@")[0])) if password is not None else None
        with writing(self._engine) as session:
            if session.scalar(select(AccountRow.id).where(AccountRow.email == email)) is not None:
                raise AccountTakenError("there is an account with this address already")
            row = AccountRow(
                email=email, name=name.strip()[:80] or email.split("@")[0], password_hash=kept, created_at=self._now(),
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
            row = session.scalar(select(AccountRow).where(AccountRow.email == email.strip().lower()))
            return account_of(row) if row else None

    def all(self) -> list[Account]:
        """By name."""
        with Session(self._engine) as session:
            return [account_of(row) for row in session.scalars(select(AccountRow).order_by(AccountRow.name, AccountRow.id))]


def account_of(row: AccountRow) -> Account:
    """What a row says of its person."""
    grants = tuple(Grant(cast("Role", grant.role), grant.company) for grant in row.grants)
    return Account(row.id, row.email, row.name, grants, row.totp_secret is not None, row.disabled_at is not None)


def find_account(session: Session, account: int) -> AccountRow:
    """Raises: UnknownAccountError."""
    row = session.get(AccountRow, account)
    if row is None:
        raise UnknownAccountError
    return row


def plain_address(email: str) -> str:
    """Raises: InvalidInputError if it is no address."""
    try:
        return validate_email(email.strip(), check_deliverability=False, test_environment=True).normalized.lower()
    except EmailNotValidError:
        raise InvalidInputError("that is no e-mail address") from None


def checked(grants: Iterable[Grant]) -> tuple[Grant, ...]:
    """Raises: InvalidInputError for a role that does not exist, or none at all."""
    found = tuple(dict.fromkeys(grants))
    if unknown := {grant.role for grant in found} - set(ROLES):
        raise InvalidInputError(f"{sorted(unknown)[0]} is no role; there are {', '.join(ROLES)}")
    if not found:
        raise InvalidInputError(f"an account needs a role: {', '.join(ROLES)}")
    return found
