"""What a field for a company offers while somebody types."""

from __future__ import annotations

from typing import Annotated, cast, get_args

from fastapi import APIRouter, Depends, Query, Request, Response

from candor.accounts.roles import Permission
from candor.console.companies.choosing import offered
from candor.console.deps import Parts, Staff, with_a_role
from candor.console.pages import show
from candor.console.requests.queue import known_companies
from candor.errors import InvalidInputError

router = APIRouter(dependencies=[Depends(with_a_role)])
Words = Annotated[str, Query(max_length=100)]


@router.get("/companies")
def found(
    request: Request, parts: Parts, staff: Staff, may: str = "", company: Words = "", typed: Words = ""
) -> Response:  # fmt: skip
    """The first companies of theirs that fit, as options. company, typed: the field's name is one of these."""
    if may not in get_args(Permission):
        raise InvalidInputError("no such permission")
    permission = cast("Permission", may)
    staff.require(permission)
    fitting = offered(parts, staff, permission, known_companies(parts, staff), company or typed)
    return show(request, "companies/offered.html", {"found": fitting})
