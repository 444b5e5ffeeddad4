"""The second factor of one's own account: set up with a QR code, confirmed by a code, with recovery codes for paper."""

from __future__ import annotations

from base64 import b64encode
from datetime import timedelta
from io import BytesIO

import segno
from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from candor.accounts.sessions import SignedIn
from candor.console.deps import FormText, Parts, Who, before_enrolment, must_enrol, parts
from candor.console.pages import show
from candor.console.places import FOLDER
from candor.console.sign_in.cookies import device_of, key_of
from candor.errors import ConflictError

router = APIRouter(prefix="/me/second-factor")
PURPOSE, LASTS = "second factor to be confirmed", timedelta(minutes=30)


class ProveItError(ConflictError):
    """Only somebody who has the second factor, or a recovery code, may change it."""

    public = "That code did not work. Nothing was changed: go back and try the next code of your app."


@router.get("")
@before_enrolment
def enrol(request: Request, who: Who) -> Response:
    if who.account.has_second_factor:
        return RedirectResponse(f"{FOLDER}/me", 303)
    return enrol_page(request, who)


@router.post("")
@before_enrolment
def confirm(
    request: Request, parts: Parts, who: Who, token: FormText = "", code: FormText = "", next: FormText = "",
    kept: FormText = "",
) -> Response:  # fmt: skip
    """Set it up if the code belongs to the secret that was shown; every other browser is signed out."""
    data = parts.staff.sealed_tokens.read(PURPOSE, token, LASTS)
    if data is None or data["account"] != who.account.id:
        return enrol_page(request, who, "That took too long. Please scan the new code.", next=next, kept=kept)
    codes = parts.staff.second_factor.confirm(who.account.id, data["secret"], code)
    if codes is None:
        wrong = "That is not the code that belongs to this picture. Is your phone's clock right?"
        return enrol_page(request, who, wrong, data["secret"], next=next, kept=kept)
    ended = parts.staff.sessions.end_all(who.account.id, but=who.session)
    if who.means == "password":
        parts.staff.sessions.strengthen(who.session, "password+code")
        request.state.who = parts.staff.sessions.look(key_of(request))
    parts.staff.audit.record(who.account.actor, "second_factor.add", f"account {who.account.id}", sessions_ended=ended)
    return codes_page(request, codes, next=next, kept=kept, fresh=True)


@router.post("/codes")
def renew(request: Request, parts: Parts, who: Who, code: FormText = "") -> Response:
    """Make new recovery codes, for whoever has the phone."""
    _prove(request, parts, who, code)
    codes = parts.staff.second_factor.renew(who.account.id)
    parts.staff.audit.record(who.account.actor, "second_factor.codes", f"account {who.account.id}")
    return codes_page(request, codes)


@router.post("/remove")
def remove(request: Request, parts: Parts, who: Who, code: FormText = "") -> Response:
    """Remove it, to set up another phone; every other browser is signed out."""
    _prove(request, parts, who, code)
    parts.staff.second_factor.remove(who.account.id)
    ended = parts.staff.sessions.end_all(who.account.id, but=who.session)
    if who.means.startswith("password"):
        parts.staff.sessions.strengthen(who.session, "password")
    parts.staff.audit.record(who.account.actor, "second_factor.remove", f"account {who.account.id}", sessions_ended=ended)
    return RedirectResponse(f"{FOLDER}/me/second-factor", 303)


def enrol_page(
    request: Request, who: SignedIn, wrong: str = "", secret: str = "", *, next: str = "", kept: str = ""
) -> Response:  # fmt: skip
    """The page with the QR code. The secret travels sealed in the form, and is stored only once it is confirmed."""
    services = parts(request)
    secret = secret or services.staff.second_factor.new_secret()
    context = {
        "token": services.staff.sealed_tokens.make(PURPOSE, account=who.account.id, secret=secret), "secret": secret,
        "wrong": wrong,
        "picture": picture(services.staff.second_factor.address(secret, who.account.email)), "next": next or f"{FOLDER}/me",
        "kept": kept, "must": must_enrol(request, who),
    }  # fmt: skip
    return show(request, "people/enrol.html", context, 422 if wrong else 200)


def codes_page(request: Request, codes: list[str], *, next: str = "", kept: str = "", fresh: bool = False) -> Response:
    """The page with the recovery codes, which are shown only this once."""
    context = {"codes": codes, "next": next or f"{FOLDER}/me", "kept": kept, "fresh": fresh}
    return show(request, "people/codes.html", context)


def picture(text: str) -> str:
    """A QR code as a data: address of an SVG file, dark on white also where the page is dark."""
    out = BytesIO()
    segno.make(text, error="m").save(out, kind="svg", scale=5, border=4, light="#ffffff", dark="#000000")
    return f"data:image/svg+xml;base64,{b64encode(out.getvalue()).decode()}"


def _prove(request: Request, parts: Parts, who: SignedIn, code: str) -> None:
    """Raises: ProveItError, also while the account waits."""
    if not parts.staff.authenticator.proves(who.account.id, code=code, cookie=device_of(request)):
        raise ProveItError("a wrong code")
