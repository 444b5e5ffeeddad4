"""What an invitation opens: the page where somebody sets their own password, once."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import Response

from candor.accounts.passwords import WeakPasswordError
from candor.accounts.roles import Account
from candor.accounts.sign_in import CodeNeeded
from candor.console.deps import FormText, Parts, Sender, before_sign_in
from candor.console.pages import show
from candor.console.people.invitations import OldInvitationError, invited
from candor.console.places import FOLDER
from candor.console.sign_in.routes_sign_in import begin
from candor.errors import ConflictError

router = APIRouter(prefix="/welcome")


@router.get("")
def welcome(request: Request, parts: Parts, slip: str = "") -> Response:
    """To look at the page uses nothing up: a mail program that opens links does no harm."""
    return _page(request, invited(parts, slip), slip)


@router.post("")
@before_sign_in
def set_password(
    request: Request, parts: Parts, sender: Sender, slip: FormText = "", new_password: FormText = "",
    new_password_again: FormText = "",
) -> Response:  # fmt: skip
    """Every session of before ends; whoever has a second factor is asked for its code."""
    account = invited(parts, slip)
    if new_password != new_password_again:
        return _page(request, account, slip, "The two passwords differ.")
    try:
        parts.staff.accounts.set_password(account.id, new_password, stamp=account.stamp)
    except WeakPasswordError as error:
        return _page(request, account, slip, error.public)
    except ConflictError:
        raise OldInvitationError("used twice at the same moment") from None
    ended = parts.staff.sessions.end_all(account.id)
    parts.staff.audit.record(account.actor, "account.password", f"account {account.id}", sessions_ended=ended, by="invitation")
    found = parts.staff.authenticator.with_password(account.email, new_password, sender)
    if isinstance(found, CodeNeeded):
        return show(request, "sign_in/code.html", {"slip": found.slip, "next": f"{FOLDER}/", "kept": "", "wrong": ""})
    return begin(request, found, f"{FOLDER}/")


def _page(request: Request, account: Account, slip: str, wrong: str = "") -> Response:
    told = {"account": account, "slip": slip, "wrong": wrong}
    return show(request, "sign_in/welcome.html", told, 422 if wrong else 200)
