"""What routes of the console are handed: the parts, who is signed in, and forms that were checked."""

from __future__ import annotations

import hmac
from collections.abc import Callable
from typing import Annotated, Any, Protocol

from fastapi import Depends, Form, Request

from candor.accounts.roles import Account, Permission
from candor.accounts.sessions import SignedIn
from candor.console.sign_in.cookies import COOKIE, key_of
from candor.conversations.handoff.sessions import LiveChatSession
from candor.errors import CandorError
from candor.retention.erasure import Erasure
from candor.retention.job import RetentionJob
from candor.services import Services

__all__ = ["COOKIE"]  # others take it from here
SAFE = {"GET", "HEAD", "OPTIONS"}
CSRF_FIELD, CSRF_HEADER = "csrf", "X-CSRF-Token"


class LiveChatAccess(Protocol):
    """The door's side for people of the company. `actor` and `name`: who acts, for the record, and for the visitor."""

    def take(self, conversation: str, actor: str, name: str) -> LiveChatSession:
        """Raises: UnknownConversationError; ConflictError where nobody waits, or somebody else was first."""
        ...

    def say(self, talk: LiveChatSession, actor: str, name: str, text: str, message_id: str) -> bool:
        """False where it was said already. Raises: BadMessageError; UnknownConversationError; ConflictError."""
        ...

    def write(self, waiting: int, actor: str, text: str, message_id: str) -> bool:
        """False where it was sent already. Raises: BadMessageError; NobodyWaitsError; AnsweredError."""
        ...

    def settle(self, waiting: int, actor: str) -> None:
        """Raises: NobodyWaitsError."""
        ...

    def hand_back(self, conversation: str, actor: str, *, answered: bool = False) -> LiveChatSession | None:
        """Raises: UnknownConversationError."""
        ...


class AssistantAccess(Protocol):
    """What the console needs of the assistant."""

    @property
    def live_chat(self) -> LiveChatAccess: ...

    async def forget(self, conversation: str) -> None:
        """Delete a conversation everywhere. Raises: UnknownConversationError, AssistantDownError."""

    async def forget_now(self, conversation: str) -> bool:
        """The same, here at once: False where Rasa is down, and forgets it later. Raises: UnknownConversationError."""


class RetentionAccess(Protocol):
    """What keeps to the periods, and what erases a person."""

    @property
    def job(self) -> RetentionJob: ...

    @property
    def erasing(self) -> Erasure: ...


class SignInNeededError(CandorError):
    """Nobody is signed in, or not any more. Answered with the sign-in page."""

    public = "Please sign in."


class EnrolFirstError(CandorError):
    """Every account must have a second factor here, and this one has none yet. Answered with the page that sets one up."""

    public = "Please set up your second factor first."


class StaleFormError(CandorError):
    """The form does not carry this session's token: another site sent it, or it is from an earlier session."""

    public = "This form is from an earlier session. Nothing was done: please go back, reload the page and send it again."


def parts(request: Request) -> Services:
    found: Services = request.app.state.parts
    return found


def door(request: Request) -> AssistantAccess:
    found: AssistantAccess = request.app.state.door
    return found


def keeper(request: Request) -> RetentionAccess:
    found: RetentionAccess = request.app.state.keeper
    return found


def sender(request: Request) -> str:
    """The network address that failures are counted under; empty for this machine itself."""
    of: Callable[[Request], str | None] = request.app.state.sender_of
    return of(request) or ""


def who_is(request: Request) -> SignedIn | None:
    """Who is signed in at this browser; looked up once a request."""
    if not hasattr(request.state, "who"):
        key = key_of(request)
        request.state.who = parts(request).staff.sessions.look(key) if key else None
    found: SignedIn | None = request.state.who
    return found


def must_enrol(request: Request, who: SignedIn) -> bool:
    """Whether nothing may be opened yet but the page that sets up a second factor. A provider's sign-in has its own."""
    return parts(request).settings.console_second_factor == "required" and who.means == "password"


def signed_in(request: Request) -> SignedIn:
    """Raises: SignInNeededError; EnrolFirstError."""
    found = who_is(request)
    if found is None:
        raise SignInNeededError("nobody is signed in")
    if must_enrol(request, found) and not _marked(request, "before_enrolment"):
        raise EnrolFirstError("no second factor yet")
    return found


def account(who: Annotated[SignedIn, Depends(signed_in)]) -> Account:
    return who.account


def before_sign_in(route: Any) -> Any:
    """Marks a change that needs no session, because it begins one or changes nothing."""
    route.before_sign_in = True
    return route


def before_enrolment(route: Any) -> Any:
    """Marks what is open to somebody who must set up a second factor first."""
    route.before_enrolment = True
    return route


def needs(permission: Permission) -> Any:
    """For a router or a route: refuse early, before anything is read or looked up, who has no such role for any company."""

    def check(staff: Annotated[Account, Depends(account)]) -> None:
        staff.require(permission)

    return Depends(check)


async def check_form(request: Request) -> None:
    """Every change carries the session's token, in the form or in a header. Raises: SignInNeededError; StaleFormError.

    Signing in itself has no session yet; the guard lets no other site call it.
    """
    if request.method in SAFE or _marked(request, "before_sign_in"):
        return
    who = signed_in(request)
    given = request.headers.get(CSRF_HEADER) or (await request.form()).get(CSRF_FIELD)
    if not isinstance(given, str) or not hmac.compare_digest(given.encode(), who.csrf.encode()):
        raise StaleFormError("a form without this session's token")


def _marked(request: Request, mark: str) -> bool:
    return getattr(request.scope.get("endpoint"), mark, False)


Parts = Annotated[Services, Depends(parts)]
FormText = Annotated[str, Form()]
TheRetention = Annotated[RetentionAccess, Depends(keeper)]
TheAssistant = Annotated[AssistantAccess, Depends(door)]
Who = Annotated[SignedIn, Depends(signed_in)]
Staff = Annotated[Account, Depends(account)]
Sender = Annotated[str, Depends(sender)]
