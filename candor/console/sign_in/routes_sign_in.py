"""Sign in and out: password, then a code where the account has a second factor; what was typed meanwhile is kept."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote, urlsplit

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from candor.accounts.sign_in import CodeNeeded, LetIn, NotLetInError, TooLateError
from candor.console.deps import FormText, Parts, Sender, Who, before_enrolment, before_sign_in, must_enrol, parts, who_is
from candor.console.pages import is_part, show, show_error
from candor.console.people.routes_second_factor import enrol_page
from candor.console.places import FOLDER
from candor.console.sign_in.browsers import name_of
from candor.console.sign_in.cookies import give, key_of, take_away
from candor.console.sign_in.kept_form import KeptForm, kept_from, read_slip, slip_of
from candor.errors import CandorError, TooManyError

router = APIRouter()
WHOLE_PAGE = {"HX-Retarget": "body", "HX-Reswap": "innerHTML"}  # for htmx, which asked for a part


async def ask(request: Request) -> Response:
    """What somebody gets who is not signed in: the sign-in page, and after it the page they wanted, or what they had typed."""
    if request.method == "POST" and (form := await kept_from(request)):
        slip = slip_of(form, parts(request))
        told = {"reason": "ended", "kept": slip or "", "lost": [] if slip else form.texts}
        return _form(request, 401, told, WHOLE_PAGE if is_part(request) else None)
    page = f"{FOLDER}/sign-in?next={quote(_wanted(request))}"
    if is_part(request):
        return Response(status_code=204, headers={"HX-Redirect": page})
    return RedirectResponse(page, 303)


async def stale(request: Request, public: str) -> Response:
    """A form of an earlier session of the same person: it is shown, to be sent again. Anybody else's is refused."""
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
    """Begin a session, or ask for the code; 401 with the same form where it fails, which never tells whether there is such
    an account."""
    told = {"next": own(next), "kept": kept, "email": email[:254]}
    if not parts.settings.console_passwords:
        return _form(request, 403, told)
    try:
        found = parts.staff.authenticator.with_password(email, password, sender)
    except (NotLetInError, TooManyError) as error:
        return _refused(request, error, told)
    if isinstance(found, CodeNeeded):
        return show(request, "sign_in/code.html", told | {"slip": found.slip, "wrong": ""})
    return begin(request, found, next, kept)


@router.post("/sign-in/code")
@before_sign_in
def enter_code(
    request: Request, parts: Parts, sender: Sender, slip: FormText = "", code: FormText = "", next: FormText = "",
    kept: FormText = "",
) -> Response:  # fmt: skip
    told = {"next": own(next), "kept": kept}
    try:
        found = parts.staff.authenticator.with_code(slip, code, sender)
    except (TooLateError, TooManyError) as error:
        return _refused(request, error, told)
    except NotLetInError as error:
        return show(request, "sign_in/code.html", told | {"slip": slip, "wrong": error.public}, 401)
    return begin(request, found, next, kept)


@router.post("/again")
@before_sign_in
@before_enrolment
def again(request: Request, kept: FormText = "") -> Response:
    """What was kept, for whoever signed in meanwhile elsewhere: in another tab, or by setting up a second factor."""
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


def begin(request: Request, found: LetIn, next: str, kept: str = "") -> Response:
    """A session with a key of its own; the one that this browser had before ends."""
    sessions = parts(request).staff.sessions
    if before := key_of(request):
        sessions.end(before)
    key = sessions.begin(found.account, found.means, name_of(request.headers.get("user-agent", "")))
    request.state.who = sessions.look(key)
    response = after(request, next, kept)
    give(response, request, key)
    return response


def after(request: Request, next: str, kept: str) -> Response:
    """Where a signed-in person goes on: what they had typed, else the page they wanted."""
    who, form = who_is(request), read_slip(kept, parts(request))
    if who is not None and must_enrol(request, who):
        return enrol_page(request, who, next=own(next), kept=kept)
    if who is None or form is None:
        return RedirectResponse(own(next), 303)
    if not form.may_go_to(who.account.id):
        return show(request, "sign_in/again_not_yours.html", {})
    return _again(request, form)


def own(path: str) -> str:
    """The path if it is one of ours, else the first page: nobody is led elsewhere by a link to sign in."""
    ours = path.startswith(f"{FOLDER}/") and not any(letter in path for letter in "\\\r\n")
    return path if ours else f"{FOLDER}/"


def _again(request: Request, form: KeptForm, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    return show(request, "sign_in/again.html", {"form": form, "stale": status == 409}, status, headers)


def _refused(request: Request, error: CandorError, told: dict[str, Any]) -> Response:
    if isinstance(error, TooManyError):
        return _form(request, 429, told | {"wrong": error.public}, {"Retry-After": str(error.retry_after)})
    return _form(request, 401, told | {"wrong": error.public})


def _form(request: Request, status: int, told: dict[str, Any], headers: dict[str, str] | None = None) -> Response:
    settings = parts(request).settings
    known = {
        "next": f"{FOLDER}/", "wrong": "", "email": "", "kept": "", "lost": [], "passwords": settings.console_passwords,
        "elsewhere": settings.oidc_name if settings.oidc_issuer else "",
        "reason": "left" if "left" in request.query_params else "",
    }  # fmt: skip
    return show(request, "sign_in/sign_in.html", known | told, status, headers)


def _wanted(request: Request) -> str:
    """The page, also where htmx asked for a part of it."""
    if is_part(request):
        at = urlsplit(request.headers.get("HX-Current-URL", ""))
        return own(at.path + (f"?{at.query}" if at.query else ""))
    if request.method != "GET":
        return f"{FOLDER}/"
    return request.url.path + (f"?{request.url.query}" if request.url.query else "")
