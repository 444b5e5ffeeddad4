"""Which companies a call is about, and the request that it names."""

from __future__ import annotations

from datetime import UTC, datetime

from candor.accounts.api_tokens import ApiToken, Scope
from candor.services import Services
from candor.tickets.reference import read_number
from candor.tickets.ticket import Ticket


def now() -> datetime:
    return datetime.now(UTC)


def companies_of(token: ApiToken, scope: Scope, company: str = "") -> tuple[str, ...] | None:
    """The companies that are wanted: the given one, else all of the token's; None: every one. Raises: ScopeMissingError."""
    token.require(scope, company or None)
    if company:
        return (company,)
    return token.companies or None


def find(parts: Services, token: ApiToken, number: str, scope: Scope) -> Ticket:
    """The request, if the token is for its company. Raises: UnknownRequestError; ScopeMissingError."""
    token.require(scope)
    ticket = parts.requests.staff_desk.ticket(read_number(number) or number)
    token.require(scope, ticket.company)
    return ticket
