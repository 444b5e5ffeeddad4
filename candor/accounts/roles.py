"""Roles and what each may do. This table is the only place that says so; docs/console.md shows it. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, get_args

from candor.accounts.actors import account_actor
from candor.errors import CandorError, InvalidInputError

Role = Literal["reviewer", "agent", "privacy_officer", "admin"]
Permission = Literal[
    "read_conversations",  # masked
    "review",  # verdicts, notes, labels, corrections
    "read_reports",  # silence report, dashboard
    "settle",  # what the policy says on an aspect, or that it is silent: every answer follows at once
    "release",  # which version of a policy answers come from
    "talk",  # as a person, with visitors who asked for one
    "work_requests",  # see and work on requests
    "reveal",  # masked values, for a reason
    "export",  # files that leave the console; and what leaves it by others: corrections, saved replies
    "forget",  # conversations, and whole persons
    "read_audit",
    "manage_people",  # accounts, roles, sessions
    "see_settings",
]
ROLES: tuple[Role, ...] = get_args(Role)
MAY: dict[Role, tuple[Permission, ...]] = {
    "reviewer": ("read_conversations", "review", "read_reports"),
    "agent": ("read_conversations", "read_reports", "talk", "work_requests", "reveal"),
    "privacy_officer": (
        "read_conversations", "review", "read_reports", "settle", "release", "talk", "work_requests", "reveal", "export",
        "forget", "read_audit", "see_settings",
    ),
    "admin": ("release", "read_audit", "manage_people", "see_settings"),  # who runs Candor need not read what people write
}  # fmt: skip
EVERY_COMPANY = ""


class NotYoursError(CandorError):
    """The signed-in person may not do this, or not for this company. The console answers 403."""

    public = "Your role does not include this. Ask whoever manages accounts here, if you need it for your work."


class AccountRefusedError(InvalidInputError):
    """An address, a role or a company that no account can have; `public` is the message as a sentence."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.public = f"{message[:1].upper()}{message[1:]}."


@dataclass(frozen=True)
class Grant:
    """A role, for one company or for every one ('')."""

    role: Role
    company: str = EVERY_COMPANY

    def __str__(self) -> str:
        """As it is written on the command line: agent, agent:acme."""
        return f"{self.role}:{self.company}" if self.company else self.role


@dataclass(frozen=True)
class Account:
    """One person of the company, as the console knows them."""

    id: int
    email: str
    name: str
    grants: tuple[Grant, ...]
    has_second_factor: bool = False
    disabled: bool = False
    has_password: bool = True
    elsewhere: bool = False  # signs in at the company's own provider (OpenID Connect)
    locked_until: datetime | None = None  # after wrong passwords or codes; may lie in the past
    stamp: int = 0  # of how they sign in; a sealed token with an earlier one is worth nothing
    news_sound: bool = False  # whether new visitors and requests that come due make a sound, or a notification of the browser
    news_notification: bool = False

    @property
    def invited(self) -> bool:
        """Whether they have never had a way to sign in."""
        return not (self.has_password or self.elsewhere)

    @property
    def actor(self) -> str:
        """How the audit log and the events of requests name them."""
        return account_actor(self.id)

    def may(self, permission: Permission, company: str | None = None) -> bool:
        """Whether they may do this: for a company, or (None) for any at all."""
        return any(
            permission in MAY[grant.role] and (company is None or grant.company in {EVERY_COMPANY, company})
            for grant in self.grants
        )

    def require(self, permission: Permission, company: str | None = None) -> None:
        """Raises: NotYoursError."""
        if not self.may(permission, company):
            raise NotYoursError(f"{self.actor} may not {permission}" + (f" for {company[:40]!r}" if company else ""))

    def companies(self, permission: Permission, known: Iterable[str]) -> tuple[str, ...]:
        """The known companies for which they may do this, in the given order."""
        return tuple(company for company in known if self.may(permission, company))

    def covers(self, permission: Permission) -> bool:
        """Whether they may do this for every company, also for future ones."""
        return any(permission in MAY[grant.role] and grant.company == EVERY_COMPANY for grant in self.grants)

    def may_give(self, grant: Grant) -> bool:
        """Whether they may give this role to somebody, or take it away: only where they manage people themselves."""
        return self.covers("manage_people") if grant.company == EVERY_COMPANY else self.may("manage_people", grant.company)

    def may_manage(self, other: Account) -> bool:
        """Whether they may change the account: they must be able to give each of its roles."""
        return self.may("manage_people") and all(self.may_give(grant) for grant in other.grants)


def read_grant(text: str, company: str = EVERY_COMPANY) -> Grant:
    """The grant that `str` wrote; `company`: for a text that names none. Raises: AccountRefusedError for an unknown role."""
    role, _, named = text.strip().partition(":")
    if role not in ROLES:
        raise AccountRefusedError(f"{role[:40]!r} is no role; there are {', '.join(ROLES)}")
    return Grant(role, named or company)
