"""The company of a form or an address: chosen from a short list, or typed as an id or a name where there are too many to list."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Annotated

from fastapi import Depends, Request

from candor.accounts.roles import Account, Permission
from candor.console.deps import FormText, parts
from candor.errors import InvalidInputError
from candor.services import Services
from knowledge.catalogue import folded

LISTED = 30  # companies that a form lists; beyond, a field finds them
FOUND = 20  # companies that one look-up offers


class NoSuchCompanyError(InvalidInputError):
    """Something was typed that is no company's id or name."""

    public = "There is no such company. Type a part of its name, and choose it from what is offered."


def company_of(services: Services, typed: str) -> str:
    """The id of the served company whose id or name this is; anything else as it was typed."""
    return services.knowledge.catalogue.named(typed) or typed


def companies_of(services: Services, typed: Iterable[str]) -> list[str]:
    """The ids of the companies that were typed; empty fields count for nothing. Raises: NoSuchCompanyError."""
    found = [services.knowledge.catalogue.named(one) for one in typed if one.strip()]
    if None in found:
        raise NoSuchCompanyError("a company that is not served")
    return [one for one in found if one]


def offered(services: Services, staff: Account, permission: Permission, known: Collection[str], words: str) -> list[str]:
    """The first of the known companies whose id, name or alias contains the words, and for which they may do this."""
    served = {one.id for one in services.knowledge.catalogue.found(words, most=len(known))}
    return [one for one in staff.companies(permission, known) if one in served or folded(words) in one.casefold()][:FOUND]


def written(services: Services, company: str) -> str:
    """How a field shows a company: its name, where no other has the same."""
    catalogue = services.knowledge.catalogue
    name = catalogue.names.get(company, company)
    return name if catalogue.named(name) == company else company


def _asked(request: Request, company: str = "") -> str:
    return company_of(parts(request), company)


def _typed(request: Request, company: FormText = "") -> str:
    return company_of(parts(request), company)


CompanyAsked = Annotated[str, Depends(_asked)]  # in an address
CompanyTyped = Annotated[str, Depends(_typed)]  # in a form
