"""The page that an invitation opens: somebody sets their own password there, once."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from candor.accounts.passwords import WeakPasswordError
from candor.accounts.roles import Account
from candor.accounts.sign_in import CodeNeeded
from candor.console.deps import FormText, Parts, Sender, before_sign_in
from candor.console.pages import show
from candor.console.people.invitations import OldInvitationError, invited
from candor.console.places import FOLDER
from candor.console.sign_in.cookies import device_of
from candor.console.sign_in.routes_sign_in import begin
from candor.errors import ConflictError

router = APIRouter(prefix="/welcome")


@router.get("")
def welcome(request: Request, parts: Parts, token: str = "", earlier: Annotated[str, Query(alias="slip")] = "") -> Response:
    """Looking at the page uses nothing up, so a mail program that opens links does no harm.

    earlier: the token in invitations that were sent before its name in links changed.
    """
    token = token or earlier
    return _page(request, invited(parts, token), token)


@router.post("")
@before_sign_in
def set_password(
    request: Request, parts: Parts, sender: Sender, token: FormText = "", new_password: FormText = "",
    new_password_again: FormText = "",
) -> Response:  # fmt: skip
    """Set the password. Every earlier session ends; whoever has a second factor is asked for its code."""
    account = invited(parts, token)
    if new_password != new_password_again:
        return _page(request, account, token, "The two passwords differ.")
    try:
        parts.staff.accounts.set_password(account.id, new_password, stamp=account.stamp)
    except WeakPasswordError as error:
        return _page(request, account, token, error.public)
    except ConflictError:
        raise OldInvitationError("used twice at the same moment") from None
    ended = parts.staff.sessions.end_all(account.id)
    parts.staff.audit.record(account.actor, "account.password", f"account {account.id}", sessions_ended=ended, by="invitation")
    result = parts.staff.authenticator.with_password(account.email, new_password, sender, device_of(request))
    if isinstance(result, CodeNeeded):
        return show(request, "sign_in/code.html", {"token": result.token, "next": f"{FOLDER}/", "kept": "", "wrong": ""})
    return begin(request, result, f"{FOLDER}/")


def _page(request: Request, account: Account, token: str, wrong: str = "") -> Response:
    context = {"account": account, "token": token, "wrong": wrong}
    return show(request, "sign_in/welcome.html", context, 422 if wrong else 200)
