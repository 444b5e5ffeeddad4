"""What routes of the console are handed: the parts, who is signed in, and forms that were checked."""

from __future__ import annotations

import hmac
from typing import Annotated, Protocol

from fastapi import Depends, Request

from accounts.roles import Account
from accounts.sessions import SignedIn
from errors import CandorError
from services import Services
from transcripts.talks import PersonTalk

COOKIE = "candor_staff"
SAFE = {"GET", "HEAD", "OPTIONS"}
CSRF_FIELD, CSRF_HEADER = "csrf", "X-CSRF-Token"


class Persons(Protocol):
    """The door's side for people of the company. `actor` and `name`: who acts, for the record, and for the visitor."""

    def take(self, conversation: str, actor: str, name: str) -> PersonTalk:
        """Raises: UnknownConversationError; ConflictError where nobody waits, or somebody else was first."""
        ...

    def say(self, talk: PersonTalk, actor: str, name: str, text: str, message_id: str) -> bool:
        """False where it was said already. Raises: BadMessageError; UnknownConversationError; ConflictError."""
        ...

    def hand_back(self, conversation: str, actor: str, *, answered: bool = False) -> PersonTalk | None:
        """Raises: UnknownConversationError."""
        ...


class Door(Protocol):
    """What the console needs of the one door."""

    @property
    def persons(self) -> Persons: ...

    async def forget(self, conversation: str) -> None:
        """Delete a conversation everywhere. Raises: UnknownConversationError, AssistantDownError."""


class SignInNeededError(CandorError):
    """Nobody is signed in, or not any more. Answered with the sign-in page."""

    public = "Please sign in."


class StaleFormError(CandorError):
    """The form does not carry this session's token: another site sent it, or it is from an earlier session."""

    public = "This form is from an earlier session. Nothing was done: please go back, reload the page and send it again."


def parts(request: Request) -> Services:
    found: Services = request.app.state.parts
    return found


def door(request: Request) -> Door:
    found: Door = request.app.state.door
    return found


def who_is(request: Request) -> SignedIn | None:
    """Who is signed in at this browser; looked up once a request."""
    if not hasattr(request.state, "who"):
        key = request.cookies.get(COOKIE, "")
        request.state.who = parts(request).sessions.look(key) if key else None
    found: SignedIn | None = request.state.who
    return found


def signed_in(request: Request) -> SignedIn:
    """Raises: SignInNeededError."""
    found = who_is(request)
    if found is None:
        raise SignInNeededError("nobody is signed in")
    return found


def account(who: Annotated[SignedIn, Depends(signed_in)]) -> Account:
    return who.account


async def check_form(request: Request) -> None:
    """Every change carries the session's token, in the form or in a header. Raises: SignInNeededError; StaleFormError.

    Signing in itself has no session yet; the guard lets no other site call it.
    """
    if request.method in SAFE or getattr(request.scope.get("endpoint"), "before_sign_in", False):
        return
    who = signed_in(request)
    given = request.headers.get(CSRF_HEADER) or (await request.form()).get(CSRF_FIELD)
    if not isinstance(given, str) or not hmac.compare_digest(given.encode(), who.csrf.encode()):
        raise StaleFormError("a form without this session's token")


Parts = Annotated[Services, Depends(parts)]
TheDoor = Annotated[Door, Depends(door)]
Who = Annotated[SignedIn, Depends(signed_in)]
Staff = Annotated[Account, Depends(account)]
