"""Tokens of the staff API: made by administrators, shown once, kept as hashes, limited to scopes, companies and a time.

A token is a random text of 256 bits, so a plain SHA-256 keeps it as well as any slower hash would. It begins with `candor_`, so
that scanners of published code recognize it.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal, get_args

from sqlalchemy import Engine, select, update
from sqlalchemy.orm import Session

from candor.accounts.actors import token_actor
from candor.accounts.models import ApiTokenRow
from candor.accounts.roles import Account, NotYoursError
from candor.accounts.store import plain_name
from candor.database.transactions import writing
from candor.errors import InvalidInputError, NotAllowedError, NotFoundError

Scope = Literal[
    "requests:read", "requests:write", "requests:reveal", "conversations:read", "conversations:reveal", "conversations:forget",
    "figures:read", "policies:read", "policies:write", "webhooks:read", "webhooks:write",
]  # fmt: skip
SCOPES: tuple[Scope, ...] = get_args(Scope)
# What each scope lets a program do, for people who choose.
ABOUT: dict[Scope, str] = {
    "requests:read": "list requests, read one with its events, what was written and its files; addresses stay masked",
    "requests:write": "take every step that staff take, put files to requests and tick their checklists",
    "requests:reveal": "read a requester's address, each time with a reason that the audit log keeps",
    "conversations:read": "list and search conversations, and read them with personal data masked",
    "conversations:reveal": "read what is masked in a conversation, each time with a reason that the audit log keeps",
    "conversations:forget": "delete a conversation for good",
    "figures:read": "read the numbers of the reports",
    "policies:read": "see which versions there are, what was read of them, and what a release would change",
    "policies:write": "upload, release, roll back and retire policies",
    "webhooks:read": "see the webhooks and their last deliveries",
    "webhooks:write": "make, change, test and replay webhooks; their secrets are shown when they are made",
}
PREFIX = "candor_"
LONGEST_DAYS, USUAL_DAYS = 730, 365
SEEN_EVERY = timedelta(minutes=1)  # between two notes that a token is in use


class TokenRefusedError(NotAllowedError):
    """No token, or one that is unknown, revoked or expired."""

    public = "This needs a token of the staff API that is neither revoked nor expired: Authorization: Bearer candor_…"


class ScopeMissingError(NotYoursError):
    """The token does not include this, or not for this company."""

    def __init__(self, scope: Scope, company: str | None) -> None:
        super().__init__(f"a token without {scope}" + (f" for {company[:40]!r}" if company else ""))
        self.public = f"This token does not have the scope {scope}" + (" for this company." if company is not None else ".")


class BadTokenWishError(InvalidInputError):
    """A token that cannot be made; `public` says why."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.public = f"{message[:1].upper()}{message[1:]}."


class NoSuchTokenError(NotFoundError):
    """There is no such token."""

    public = "There is no such token."


@dataclass(frozen=True)
class ApiToken:
    """A token without its secret. companies: empty: every one, also future ones."""

    id: int
    name: str
    hint: str
    scopes: tuple[Scope, ...]
    companies: tuple[str, ...]
    made_by: str
    made_at: datetime
    expires_at: datetime
    used_at: datetime | None = None
    revoked_at: datetime | None = None

    @property
    def actor(self) -> str:
        """How the audit log and the events of requests name it."""
        return token_actor(self.id)

    def works(self, now: datetime) -> bool:
        return self.revoked_at is None and now < self.expires_at

    def may(self, scope: Scope, company: str | None = None) -> bool:
        """Whether it includes this: for a company, or (None) for any at all. Who may change something may read it."""
        has = scope in self.scopes or (scope.endswith(":read") and scope.replace(":read", ":write") in self.scopes)
        return has and (company is None or not self.companies or company in self.companies)

    def require(self, scope: Scope, company: str | None = None) -> None:
        """Raises: ScopeMissingError."""
        if not self.may(scope, company):
            raise ScopeMissingError(scope, company)


@dataclass(frozen=True)
class NewToken:
    """A token that was just made, with the secret text that is shown this once."""

    token: ApiToken
    secret: str


class ApiTokens:
    """The tokens in the database. The caller records in the audit log who made or revoked one."""

    def __init__(self, engine: Engine, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._engine, self._now = engine, now

    def make(self, name: str, scopes: Iterable[str], companies: Iterable[str], days: int, by: str) -> NewToken:
        """companies: empty: every one. days: until it expires. Raises: BadTokenWishError."""
        called, chosen = plain_name(name), tuple(one for one in SCOPES if one in set(scopes))
        if not called:
            raise BadTokenWishError("a token needs a name, such as that of the program that will use it")
        if unknown := sorted(set(scopes) - set(SCOPES)):
            raise BadTokenWishError(f"{unknown[0][:40]!r} is no scope; there are {', '.join(SCOPES)}")
        if not chosen:
            raise BadTokenWishError("a token needs at least one scope")
        if not 1 <= days <= LONGEST_DAYS:
            raise BadTokenWishError(f"a token lasts between 1 and {LONGEST_DAYS} days")
        secret, now = PREFIX + secrets.token_urlsafe(32), self._now()
        row = ApiTokenRow(
            name=called, token_hash=_hash(secret), hint=secret[-4:], scopes=list(chosen), companies=sorted(set(companies)),
            made_by=by[:40], made_at=now, expires_at=now + timedelta(days=days), revoked_by="",
        )  # fmt: skip
        with writing(self._engine, "api tokens") as session:
            session.add(row)
            session.flush()
            return NewToken(_token(row), secret)

    def check(self, secret: str) -> ApiToken:
        """The token that this is the secret of. Raises: TokenRefusedError."""
        now = self._now()
        with Session(self._engine) as session:
            row = session.scalar(select(ApiTokenRow).where(ApiTokenRow.token_hash == _hash(secret)))
            found = _token(row) if row else None
        if found is None or not found.works(now):
            raise TokenRefusedError("a token that is unknown, revoked or expired")
        if found.used_at is None or now - found.used_at >= SEEN_EVERY:
            with writing(self._engine, "api tokens") as session:
                session.execute(update(ApiTokenRow).where(ApiTokenRow.id == found.id).values(used_at=now))
        return found

    def all(self) -> list[ApiToken]:
        """The newest first, revoked ones too: events go on to name them."""
        with Session(self._engine) as session:
            return [_token(row) for row in session.scalars(select(ApiTokenRow).order_by(ApiTokenRow.id.desc()))]

    def get(self, token: int) -> ApiToken:
        """Raises: NoSuchTokenError."""
        with Session(self._engine) as session:
            row = session.get(ApiTokenRow, token)
            if row is None:
                raise NoSuchTokenError(f"there is no token {token}: `candor token list` shows all")
            return _token(row)

    def revoke(self, token: int, by: str) -> ApiToken:
        """It is worth nothing from now on. Raises: NoSuchTokenError."""
        with writing(self._engine, "api tokens") as session:
            row = session.get(ApiTokenRow, token)
            if row is None:
                raise NoSuchTokenError(f"there is no token {token}: `candor token list` shows all")
            if row.revoked_at is None:
                row.revoked_at, row.revoked_by = self._now(), by[:40]
            return _token(row)


def may_give_to(staff: Account, companies: Sequence[str]) -> bool:
    """Whether somebody may make or revoke a token for these companies: only where they manage people themselves."""
    if not companies:
        return staff.covers("manage_people")
    return all(staff.may("manage_people", company) for company in companies)


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode(errors="surrogatepass")).hexdigest()


def _token(row: ApiTokenRow) -> ApiToken:
    scopes = tuple(one for one in SCOPES if one in row.scopes)
    return ApiToken(
        row.id, row.name, row.hint, scopes, tuple(row.companies), row.made_by, row.made_at, row.expires_at, row.used_at,
        row.revoked_at,
    )  # fmt: skip
