"""One's own account: where it is signed in, its password, and its second factor."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from candor.accounts.passwords import WeakPasswordError
from candor.console.deps import FormText, Parts, Who
from candor.console.pages import show
from candor.console.places import FOLDER
from candor.console.sign_in.cookies import device_of
from candor.errors import NotFoundError

router = APIRouter(prefix="/me")
DONE = {
    "password": "Your password is changed. Every other browser was signed out.",
    "others": "Every other browser was signed out.",
    "session": "That browser was signed out.",
    "news": "Kept. It holds from the next page that you open.",
}


class NoSuchSessionError(NotFoundError):
    """The session has ended, or is another person's."""

    public = "There is no such session any more."


@router.get("")
def me(request: Request, who: Who, parts: Parts, done: str = "") -> Response:
    return _page(request, parts, who, done=DONE.get(done, ""))


@router.post("/password")
def change_password(
    request: Request, parts: Parts, who: Who, old_password: FormText = "", new_password: FormText = "",
    new_password_again: FormText = "",
) -> Response:  # fmt: skip
    """Change the password. It takes the old one, and ends every other session."""
    if new_password != new_password_again:
        return _page(request, parts, who, wrong="The two new passwords differ. Nothing was changed.")
    proves, cookie = parts.staff.authenticator.proves, device_of(request)
    if not who.account.has_password or not proves(who.account.id, password=old_password, cookie=cookie):
        return _page(request, parts, who, wrong="The present password is not right. Nothing was changed.")
    try:
        parts.staff.accounts.set_password(who.account.id, new_password)
    except WeakPasswordError as error:
        return _page(request, parts, who, wrong=error.public)
    ended = parts.staff.sessions.end_all(who.account.id, but=who.session)
    parts.staff.audit.record(who.account.actor, "account.password", f"account {who.account.id}", sessions_ended=ended)
    return RedirectResponse(f"{FOLDER}/me?done=password", 303)


@router.post("/news")
def change_news(parts: Parts, who: Who, sound: FormText = "", notification: FormText = "") -> Response:
    """Whether news make a sound or a notification. Each browser asks for itself whether notifications are allowed."""
    parts.staff.accounts.set_news(who.account.id, sound=bool(sound), notification=bool(notification))
    return RedirectResponse(f"{FOLDER}/me?done=news", 303)


@router.post("/sessions/others")
def end_others(parts: Parts, who: Who) -> Response:
    ended = parts.staff.sessions.end_all(who.account.id, but=who.session)
    parts.staff.audit.record(who.account.actor, "session.end.others", f"account {who.account.id}", sessions_ended=ended)
    return RedirectResponse(f"{FOLDER}/me?done=others", 303)


@router.post("/sessions/{session}/end")
def end_one(parts: Parts, who: Who, session: int) -> Response:
    if not parts.staff.sessions.end_one(who.account.id, session):
        raise NoSuchSessionError("no such session")
    parts.staff.audit.record(who.account.actor, "session.end.one", f"account {who.account.id}")
    return RedirectResponse(f"{FOLDER}/me?done=session", 303)


def _page(request: Request, parts: Parts, who: Who, *, done: str = "", wrong: str = "") -> Response:
    sessions = parts.staff.sessions.of(who.account.id)
    left = parts.staff.second_factor.left(who.account.id) if who.account.has_second_factor else 0
    context = {
        "done": done, "wrong": wrong, "sessions": sessions, "left": left,
        "must": parts.settings.console_second_factor == "required",
    }  # fmt: skip
    return show(request, "people/me.html", context, 422 if wrong else 200)
