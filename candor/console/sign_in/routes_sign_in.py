"""Sign in and out: password, then a code where the account has a second factor. What was typed in a form survives it."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote, urlsplit

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from candor.accounts.devices import LASTS
from candor.accounts.sign_in import Authenticated, CodeNeeded, CodeTooLateError, SignInRefusedError
from candor.console.deps import (
    FormText,
    Parts,
    Sender,
    Who,
    before_enrolment,
    before_sign_in,
    must_enrol,
    parts,
    who_is,
)
from candor.console.pages import is_part, show, show_error
from candor.console.people.routes_second_factor import enrol_page
from candor.console.places import FOLDER
from candor.console.sign_in.browsers import name_of
from candor.console.sign_in.cookies import device_of, give, give_device, key_of, take_away
from candor.console.sign_in.kept_form import KeptForm, kept_from, opened_form, sealed_form
from candor.errors import CandorError, TooManyError

router = APIRouter()
WHOLE_PAGE = {"HX-Retarget": "body", "HX-Reswap": "innerHTML"}  # where htmx asked for a part of a page


async def ask(request: Request) -> Response:
    """Answer somebody who is not signed in with the sign-in page; it leads on to the page they wanted, or to what they typed."""
    if request.method == "POST" and (form := await kept_from(request)):
        token = sealed_form(form, parts(request))
        context = {"reason": "ended", "kept": token or "", "lost": [] if token else form.texts}
        return _form(request, 401, context, WHOLE_PAGE if is_part(request) else None)
    page = f"{FOLDER}/sign-in?next={quote(_wanted(request))}"
    if is_part(request):
        return Response(status_code=204, headers={"HX-Redirect": page})
    return RedirectResponse(page, 303)


async def stale(request: Request, public: str) -> Response:
    """Show a form of an earlier session of the same person, to be sent again; refuse anybody else's."""
    form, who = await kept_from(request), who_is(request)
    if form is None or who is None or form.whose != who.account.id:
        return show_error(request, 403, public, title="Nothing was done")
    return _again(request, form, 409, WHOLE_PAGE if is_part(request) else None)


@router.get("/sign-in")
def form(request: Request, next: str = "") -> Response:
    return _form(request, 200, {"next": own(next)})


@router.post("/sign-in")
@before_sign_in
def enter(
    request: Request, parts: Parts, sender: Sender, email: FormText = "", password: FormText = "", next: FormText = "",
    kept: FormText = "",
) -> Response:  # fmt: skip
    """Begin a session, or ask for the code; 401 with the same form where it fails, whether or not there is such an account."""
    context = {"next": own(next), "kept": kept, "email": email[:254]}
    if not parts.settings.console_passwords:
        return _form(request, 403, context)
    try:
        result = parts.staff.authenticator.with_password(email, password, sender, device_of(request))
    except (SignInRefusedError, TooManyError) as error:
        return _refused(request, error, context)
    if isinstance(result, CodeNeeded):
        return show(request, "sign_in/code.html", context | {"token": result.token, "wrong": ""})
    return begin(request, result, next, kept)


@router.post("/sign-in/code")
@before_sign_in
def enter_code(
    request: Request, parts: Parts, sender: Sender, token: FormText = "", code: FormText = "", next: FormText = "",
    kept: FormText = "",
) -> Response:  # fmt: skip
    context = {"next": own(next), "kept": kept}
    try:
        result = parts.staff.authenticator.with_code(token, code, sender, device_of(request))
    except (CodeTooLateError, TooManyError) as error:
        return _refused(request, error, context)
    except SignInRefusedError as error:
        return show(request, "sign_in/code.html", context | {"token": token, "wrong": error.public}, 401)
    return begin(request, result, next, kept)


@router.post("/again")
@before_sign_in
@before_enrolment
def again(request: Request, kept: FormText = "") -> Response:
    """Show the kept form to whoever signed in meanwhile in another tab, or by setting up a second factor."""
    who = who_is(request)
    if who is None or must_enrol(request, who):
        return _form(request, 401, {"kept": kept, "reason": "still"})
    return after(request, f"{FOLDER}/", kept)


@router.post("/sign-out")
@before_enrolment
def leave(request: Request, parts: Parts, who: Who) -> Response:
    parts.staff.sessions.end(key_of(request))
    parts.staff.audit.record(who.account.actor, "session.end")
    response = RedirectResponse(f"{FOLDER}/sign-in?left=1", 303)
    take_away(response, request)
    return response


def begin(request: Request, person: Authenticated, next: str, kept: str = "") -> Response:
    """Begin a session with a new key; the session that this browser had before ends."""
    sessions = parts(request).staff.sessions
    if before := key_of(request):
        sessions.end(before)
    key = sessions.begin(person.account, person.means, name_of(request.headers.get("user-agent", "")))
    request.state.who = sessions.look(key)
    response = after(request, next, kept)
    give(response, request, key)
    give_device(response, request, parts(request).staff.known_devices.remember(person.account.id), LASTS)
    return response


def after(request: Request, next: str, kept: str) -> Response:
    """Lead a signed-in person on: to the form they had typed, else to the page they wanted."""
    who, form = who_is(request), opened_form(kept, parts(request).staff.sealed_tokens)
    if who is not None and must_enrol(request, who):
        return enrol_page(request, who, next=own(next), kept=kept)
    if who is None or form is None:
        return RedirectResponse(own(next), 303)
    if not form.may_go_to(who.account.id):
        return show(request, "sign_in/again_not_yours.html", {})
    return _again(request, form)


def own(path: str) -> str:
    """The path if it is one of the console's, else the first page: a link to sign in must not lead to another site."""
    ours = path.startswith(f"{FOLDER}/") and not any(letter in path for letter in "\\\r\n")
    return path if ours else f"{FOLDER}/"


def _again(request: Request, form: KeptForm, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    return show(request, "sign_in/again.html", {"form": form, "stale": status == 409}, status, headers)


def _refused(request: Request, error: CandorError, context: dict[str, Any]) -> Response:
    if isinstance(error, TooManyError):
        return _form(request, 429, context | {"wrong": error.public}, {"Retry-After": str(error.retry_after)})
    return _form(request, 401, context | {"wrong": error.public})


def _form(request: Request, status: int, context: dict[str, Any], headers: dict[str, str] | None = None) -> Response:
    settings = parts(request).settings
    known = {
        "next": f"{FOLDER}/", "wrong": "", "email": "", "kept": "", "lost": [], "passwords": settings.console_passwords,
        "elsewhere": settings.oidc_name if settings.oidc_issuer else "",
        "reason": "left" if "left" in request.query_params else "",
    }  # fmt: skip
    return show(request, "sign_in/sign_in.html", known | context, status, headers)


def _wanted(request: Request) -> str:
    """The page that was asked for, also where htmx asked for a part of it."""
    if is_part(request):
        at = urlsplit(request.headers.get("HX-Current-URL", ""))
        return own(at.path + (f"?{at.query}" if at.query else ""))
    if request.method != "GET":
        return f"{FOLDER}/"
    return request.url.path + (f"?{request.url.query}" if request.url.query else "")
