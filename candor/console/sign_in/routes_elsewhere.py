"""Sign in at the company's own provider (OpenID Connect). A sign-in there never makes an account here."""

from __future__ import annotations

import logging
from datetime import timedelta

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from candor.accounts.group_roles import follow_groups
from candor.accounts.oidc import NotProvenError, ProviderIdentity, SignInBegun
from candor.accounts.roles import Account
from candor.accounts.sign_in import NOBODY, Authenticated
from candor.console.deps import Parts, Sender
from candor.console.pages import show
from candor.console.places import FOLDER
from candor.console.sign_in.routes_sign_in import begin, own
from candor.errors import CandorError, ConflictError, NotFoundError, UnavailableError

log = logging.getLogger("candor.console")
router = APIRouter(prefix="/elsewhere")
COOKIE, PURPOSE, LASTS = "candor_elsewhere", "sign-in elsewhere", timedelta(minutes=10)
HERE = f"{FOLDER}/elsewhere"


class NotConfiguredError(NotFoundError):
    """No provider is set."""

    public = "There is no sign-in elsewhere here."


class NoAccountError(CandorError):
    """The provider knows this person, but they have no open account here, or the provider has not verified their address."""

    public = (
        "You are signed in there, but there is no open account for you here. To be able to sign in there is not enough: "
        "ask whoever manages accounts here to add you with the e-mail address that you use there, and to see that it is verified."
    )


class NoRoleError(NoAccountError):
    """None of the person's groups has a role here."""

    public = "You are signed in there, but none of your groups there has a role here. Ask whoever manages those groups."


@router.get("")
def go(request: Request, parts: Parts, next: str = "") -> Response:
    """Lead the browser to the provider, which leads it back to `next`."""
    if parts.staff.provider is None:
        raise NotConfiguredError("no CANDOR_OIDC_ISSUER")
    try:
        url, begun = parts.staff.provider.begin(_back(request, parts))
    except CandorError as error:
        return _failed(request, error)
    token = parts.staff.sealed_tokens.make(PURPOSE, state=begun.state, nonce=begun.nonce, verifier=begun.verifier, next=own(next))
    response = RedirectResponse(url, 303)
    tls = request.url.scheme == "https"
    response.set_cookie(
        COOKIE, token, path=HERE, httponly=True, samesite="lax", secure=tls, max_age=int(LASTS.total_seconds())
    )  # fmt: skip
    return response


@router.get("/back")
def back(request: Request, parts: Parts, sender: Sender) -> Response:
    """Come back from the provider. A session begins for a verified person with an open account, in the browser that began."""
    if parts.staff.provider is None:
        raise NotConfiguredError("no CANDOR_OIDC_ISSUER")
    data = parts.staff.sealed_tokens.read(PURPOSE, request.cookies.get(COOKIE, ""), LASTS)
    try:
        if data is None:
            raise NotProvenError("no sign-in was begun in this browser")
        begun = SignInBegun(data["state"], data["nonce"], data["verifier"])
        redirect = _back(request, parts)
        person = parts.staff.provider.finish(f"{redirect}?{request.url.query}", begun, redirect)
        account = _with_roles(parts, _account(parts, person), person)
    except CandorError as error:
        parts.staff.audit.record(NOBODY, "session.refused", why=type(error).__name__.removesuffix("Error"), means="oidc")
        response = _failed(request, error)
    else:
        parts.staff.audit.record(account.actor, "session.begin", means="oidc")
        response = begin(request, Authenticated(account, "oidc"), data["next"])
    response.delete_cookie(COOKIE, path=HERE)
    return response


def _account(parts: Parts, person: ProviderIdentity) -> Account:
    """Find the account by issuer and subject; the first time, by its verified address. Raises: NoAccountError."""
    account = parts.staff.accounts.by_subject(person.subject)
    if account is None and person.email:
        account = parts.staff.accounts.find(person.email)
        if account is not None and not account.disabled:
            try:
                account = parts.staff.accounts.link(account.id, person.subject)
            except ConflictError:
                raise NoAccountError("the account belongs to another person at the provider") from None
            parts.staff.audit.record(account.actor, "account.link", f"account {account.id}")
    if account is None or account.disabled:
        raise NoAccountError("no open account for this person of the provider")
    return account


def _with_roles(parts: Parts, account: Account, person: ProviderIdentity) -> Account:
    """The account with the roles of the person's groups, where groups are read. Raises: NoRoleError."""
    if not parts.settings.oidc_groups_claim:
        return account
    grants = parts.staff.group_roles.grants_of(person.groups)
    account = follow_groups(parts.staff.accounts, parts.staff.audit, account, grants, "oidc")
    if not account.grants:
        raise NoRoleError("none of the person's groups has a role")
    return account


def _back(request: Request, parts: Parts) -> str:
    """The redirect address to register at the provider."""
    home = parts.settings.public_url.rstrip("/") or f"{request.url.scheme}://{request.url.netloc}"
    return f"{home}{HERE}/back"


def _failed(request: Request, error: CandorError) -> Response:
    log.warning("sign-in elsewhere: %s", error)
    status = 403 if isinstance(error, NoAccountError) else 503 if isinstance(error, UnavailableError) else 401
    return show(request, "sign_in/elsewhere.html", {"public": error.public, "status": status}, status)
