"""Tokens of the staff API: which programs may do what, until when; making one and revoking one."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from candor.accounts.api_tokens import ABOUT, SCOPES, USUAL_DAYS, ApiToken, may_give_to
from candor.accounts.roles import Account, NotYoursError
from candor.console.api.app import STAFF_API
from candor.console.companies.choosing import companies_of
from candor.console.deps import FormText, Parts, Staff, needs
from candor.console.pages import show
from candor.console.places import FOLDER
from candor.console.requests.queue import names
from candor.errors import InvalidInputError

router = APIRouter(prefix="/tokens", dependencies=[needs("manage_people")])
HERE = f"{FOLDER}/tokens"
LASTS = {30: "30 days", 90: "90 days", 365: "one year", 730: "two years"}
Several = Annotated[list[str] | None, Form()]


@router.get("")
def tokens(request: Request, parts: Parts, staff: Staff, done: str = "") -> Response:
    """The tokens that this person may revoke, the newest first; those that work before those that are over."""
    staff.require("manage_people")
    now = datetime.now(UTC)
    theirs = [one for one in parts.staff.api_tokens.all() if may_give_to(staff, one.companies)]
    return show(request, "integrations/tokens.html", {
        "tokens": sorted(theirs, key=lambda one: not one.works(now)), "names": names(parts), "at": now,
        "done": "It is revoked: whoever still sends it is refused." if done == "revoked" else "",
    })  # fmt: skip


@router.get("/new")
def new(request: Request, parts: Parts, staff: Staff) -> Response:
    staff.require("manage_people")
    return _form(request, parts, staff)


@router.post("")
def add(
    request: Request, parts: Parts, staff: Staff, name: FormText = "", scope: Several = None, company: Several = None,
    typed: Several = None, days: Annotated[int, Form(ge=0, le=10_000)] = USUAL_DAYS,
) -> Response:  # fmt: skip
    """Make a token, and show it this once. No GET shows it again."""
    staff.require("manage_people")
    scopes, companies = scope or [], [one for one in company or [] if one]
    try:
        companies += companies_of(parts, typed or [])
        _may_give(staff, companies)
        made = parts.staff.api_tokens.make(name, scopes, companies, days, staff.actor)
    except InvalidInputError as error:
        given = {"name": name[:80], "scopes": scopes, "companies": companies, "days": days}
        return _form(request, parts, staff, given, error.public)
    parts.staff.audit.record(
        staff.actor, "token.add", f"token {made.token.id}", name=made.token.name, scopes=", ".join(made.token.scopes),
        companies=", ".join(made.token.companies),
    )  # fmt: skip
    return show(request, "integrations/token_made.html", {"token": made.token, "secret": made.secret, "address": STAFF_API})


@router.post("/{token}/revoke")
def revoke(parts: Parts, staff: Staff, token: int) -> Response:
    """It is worth nothing from now on."""
    _may_give(staff, _found(parts, staff, token).companies)
    parts.staff.api_tokens.revoke(token, staff.actor)
    parts.staff.audit.record(staff.actor, "token.revoke", f"token {token}")
    return RedirectResponse(f"{HERE}?done=revoked", 303)


def _found(parts: Parts, staff: Account, token: int) -> ApiToken:
    """Raises: NoSuchTokenError."""
    staff.require("manage_people")
    return parts.staff.api_tokens.get(token)


def _may_give(staff: Account, companies: list[str] | tuple[str, ...]) -> None:
    """Raises: NotYoursError."""
    if not may_give_to(staff, companies):
        raise NotYoursError(f"{staff.actor} may not give tokens for {', '.join(companies)[:80] or 'every company'}")


def _form(
    request: Request, parts: Parts, staff: Account, given: dict[str, Any] | None = None, wrong: str = ""
) -> Response:  # fmt: skip
    known = staff.companies("manage_people", parts.knowledge.catalogue.companies)
    given = given or {"name": "", "scopes": [], "companies": [], "days": USUAL_DAYS}
    context = {
        "scopes": [(one, ABOUT[one]) for one in SCOPES], "known": known, "every": staff.covers("manage_people"), "lasts": LASTS,
        "given": given, "wrong": wrong,
    }  # fmt: skip
    return show(request, "integrations/token_new.html", context, 422 if wrong else 200)
