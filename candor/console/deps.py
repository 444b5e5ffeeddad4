"""What routes of the console are given: the services, who is signed in, and forms that were checked."""

from __future__ import annotations

import hmac
from collections.abc import Callable
from typing import Annotated, Any, Protocol

from fastapi import Depends, Form, Request

from candor.accounts.roles import Account, NotYoursError, Permission
from candor.accounts.sessions import SignedIn
from candor.console.sign_in.cookies import COOKIE, key_of
from candor.conversations.handoff.sessions import LiveChatSession
from candor.errors import CandorError
from candor.retention.erasure import Erasure
from candor.retention.job import RetentionJob
from candor.retention.personal_copy import PersonalCopies
from candor.services import Services

__all__ = ["COOKIE"]  # imported from here by others
SAFE = {"GET", "HEAD", "OPTIONS"}
UNATTENDED = "X-Unattended"  # of what a page asks for by itself, without a click (hx-headers in templates)
CSRF_FIELD, CSRF_HEADER = "csrf", "X-CSRF-Token"


class LiveChatAccess(Protocol):
    """Live chat, from the side of the company. `actor` and `name`: who acts, for the record and for the visitor."""

    def take(self, conversation: str, actor: str, name: str) -> LiveChatSession:
        """Begin a session. Raises: UnknownConversationError; ConflictError where nobody waits, or somebody else was first."""
        ...

    def say(self, session: LiveChatSession, /, actor: str, name: str, text: str, message_id: str) -> bool:
        """False where this message was said already. Raises: BadMessageError; UnknownConversationError; ConflictError."""
        ...

    def write(self, waiting: int, actor: str, text: str, message_id: str) -> bool:
        """Answer by mail; False where this message was sent already. Raises: BadMessageError; NobodyWaitsError; AnsweredError."""
        ...

    def settle(self, waiting: int, actor: str) -> None:
        """Nobody waits any more: it was answered some other way. Raises: NobodyWaitsError."""
        ...

    def pass_on(self, chat: LiveChatSession, /, actor: str, to: str) -> LiveChatSession:
        """Pass one's own session on, to an actor or ("") to anybody. Raises: UnknownConversationError; ConflictError."""
        ...

    def hand_back(self, conversation: str, actor: str, *, answered: bool = False) -> LiveChatSession | None:
        """Let Candor answer again; the session that ended, if there was one. Raises: UnknownConversationError."""
        ...


class AssistantAccess(Protocol):
    """What the console needs of the assistant."""

    @property
    def live_chat(self) -> LiveChatAccess: ...

    async def forget(self, conversation: str) -> None:
        """Delete a conversation everywhere. Raises: UnknownConversationError, AssistantDownError."""

    async def forget_now(self, conversation: str) -> bool:
        """The same at once here; False where Rasa is down and forgets it later. Raises: UnknownConversationError."""


class RetentionAccess(Protocol):
    """The job that removes what is over its period, the erasure of a person, and copies of what is held about one."""

    @property
    def job(self) -> RetentionJob: ...

    @property
    def erasing(self) -> Erasure: ...

    @property
    def copies(self) -> PersonalCopies: ...


class SignInNeededError(CandorError):
    """Nobody is signed in, or their session has ended. Answered with the sign-in page."""

    public = "Please sign in."


class EnrolFirstError(CandorError):
    """Every account must have a second factor here, and this one has none yet. Answered with the page that sets one up."""

    public = "Please set up your second factor first."


class StaleFormError(CandorError):
    """The form does not carry this session's token: another site sent it, or it is from an earlier session."""

    public = "This form is from an earlier session. Nothing was done: please go back, reload the page and send it again."


def parts(request: Request) -> Services:
    given: Services = request.app.state.parts
    return given


def assistant(request: Request) -> AssistantAccess:
    given: AssistantAccess = request.app.state.assistant
    return given


def retention(request: Request) -> RetentionAccess:
    given: RetentionAccess = request.app.state.retention
    return given


def sender(request: Request) -> str:
    """The network address that failures are counted under; empty for this machine itself."""
    of: Callable[[Request], str | None] = request.app.state.sender_of
    return of(request) or ""


def who_is(request: Request) -> SignedIn | None:
    """Who is signed in at this browser; looked up once per request."""
    if not hasattr(request.state, "who"):
        key = key_of(request)
        by_itself = UNATTENDED in request.headers
        request.state.who = parts(request).staff.sessions.look(key, unattended=by_itself) if key else None
    who: SignedIn | None = request.state.who
    return who


def must_enrol(request: Request, who: SignedIn) -> bool:
    """Whether only the page that sets up a second factor may be opened yet. A provider's sign-in has its own second factor."""
    return parts(request).settings.console_second_factor == "required" and who.means == "password"


def signed_in(request: Request) -> SignedIn:
    """Raises: SignInNeededError; EnrolFirstError."""
    who = who_is(request)
    if who is None:
        raise SignInNeededError("nobody is signed in")
    if must_enrol(request, who) and not _is_decorated(request, "before_enrolment"):
        raise EnrolFirstError("no second factor yet")
    return who


def account(who: Annotated[SignedIn, Depends(signed_in)]) -> Account:
    return who.account


def before_sign_in(route: Any) -> Any:
    """Decorate a POST that needs no session, because it begins one or changes nothing."""
    route.before_sign_in = True
    return route


def before_enrolment(route: Any) -> Any:
    """Decorate a route that is open to somebody who must still set up a second factor."""
    route.before_enrolment = True
    return route


def reads_its_form(route: Any) -> Any:
    """Decorate a POST that checks the session's token itself, because it reads its form while files of it arrive."""
    route.reads_its_form = True
    return route


def needs(permission: Permission) -> Any:
    """A dependency that refuses whoever has this permission for no company, before anything is looked up."""

    def check(staff: Annotated[Account, Depends(account)]) -> None:
        staff.require(permission)

    return Depends(check)


def with_a_role(staff: Annotated[Account, Depends(account)]) -> None:
    """Raises: NotYoursError for whom every role was taken from."""
    if not staff.grants:
        raise NotYoursError(f"{staff.actor} has no role")


async def check_form(request: Request) -> None:
    """Check that a change carries the session's token, in the form or in a header. Raises: SignInNeededError; StaleFormError.

    Signing in has no session yet; the guard refuses calls from other sites.
    """
    if request.method in SAFE or _is_decorated(request, "before_sign_in") or _is_decorated(request, "reads_its_form"):
        return
    who = signed_in(request)
    given = request.headers.get(CSRF_HEADER) or (await request.form()).get(CSRF_FIELD)
    if not isinstance(given, str) or not hmac.compare_digest(given.encode(), who.csrf.encode()):
        raise StaleFormError("a form without this session's token")


def _is_decorated(request: Request, by: str) -> bool:
    return getattr(request.scope.get("endpoint"), by, False)


Parts = Annotated[Services, Depends(parts)]
FormText = Annotated[str, Form()]
TheRetention = Annotated[RetentionAccess, Depends(retention)]
TheAssistant = Annotated[AssistantAccess, Depends(assistant)]
Who = Annotated[SignedIn, Depends(signed_in)]
Staff = Annotated[Account, Depends(account)]
Sender = Annotated[str, Depends(sender)]
