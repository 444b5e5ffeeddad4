"""Sign in and out."""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from console.deps import COOKIE, Parts, Who
from console.pages import is_part, show
from console.places import FOLDER
from errors import CandorError

router = APIRouter()
WRONG = "The address or the password is not right."


def before_sign_in(route: Any) -> Any:
    """Marks a change that needs no session, because it begins one."""
    route.before_sign_in = True
    return route


def ask(request: Request) -> Response:
    """What somebody gets who is not signed in: the sign-in page, and after it the page they wanted."""
    page = f"{FOLDER}/sign-in?next={quote(_wanted(request))}"
    if is_part(request):
        return Response(status_code=204, headers={"HX-Redirect": page})
    return RedirectResponse(page, 303)


@router.get("/sign-in")
def form(request: Request, next: str = "") -> Response:
    return show(request, "sign_in.html", {"next": own(next), "wrong": "", "email": ""})


@router.post("/sign-in")
@before_sign_in
def enter(
    request: Request, parts: Parts, email: Annotated[str, Form()] = "", password: Annotated[str, Form()] = "",
    next: Annotated[str, Form()] = "",
) -> Response:  # fmt: skip
    """Begin a session; 401 with the same form where it fails, which never tells whether there is such an account."""
    try:
        account = parts.entrance.with_password(email, password)
    except CandorError as error:
        return show(request, "sign_in.html", {"next": own(next), "wrong": error.public, "email": email[:254]}, 401)
    key = parts.sessions.begin(account, "password", request.headers.get("user-agent", ""))
    parts.audit.record(account.actor, "session.begin", means="password")
    response = RedirectResponse(own(next), 303)
    response.set_cookie(
        COOKIE, key, path=FOLDER, httponly=True, samesite="lax", secure=request.url.scheme == "https",
    )  # fmt: skip
    return response


@router.post("/sign-out")
def leave(request: Request, parts: Parts, who: Who) -> Response:
    parts.sessions.end(request.cookies[COOKIE])
    parts.audit.record(who.account.actor, "session.end")
    response = RedirectResponse(f"{FOLDER}/sign-in", 303)
    response.delete_cookie(COOKIE, path=FOLDER)
    return response


def own(path: str) -> str:
    """The path if it is one of ours, else the first page: nobody is led elsewhere by a link to sign in."""
    ours = path.startswith(f"{FOLDER}/") and not any(letter in path for letter in "\\\r\n")
    return path if ours else f"{FOLDER}/"


def _wanted(request: Request) -> str:
    if request.method != "GET":
        return f"{FOLDER}/"
    return request.url.path + (f"?{request.url.query}" if request.url.query else "")
