"""Accounts: who may do what in the console, by company; invitations, and everything that ends somebody's access."""

from __future__ import annotations

import logging
from typing import Annotated, Any

from anyio import from_thread
from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from candor.accounts.roles import EVERY_COMPANY, MAY, ROLES, Account, AccountRefusedError, Grant, NotYoursError, read_grant
from candor.accounts.store import AccountTakenError, UnknownAccountError
from candor.console.companies.choosing import LISTED, companies_of
from candor.console.deps import FormText, Parts, Staff
from candor.console.pages import show
from candor.console.people import invitations
from candor.console.places import FOLDER
from candor.errors import CandorError, ConflictError, InvalidInputError

log = logging.getLogger("candor.console")
router = APIRouter(prefix="/accounts")
Several = Annotated[list[str] | None, Form()]
DONE = {
    "roles": "The roles are changed. They apply from the next click.",
    "disable": "The account is closed, and was signed out everywhere.",
    "enable": "The account is open again.",
    "second-factor": "The second factor is removed, and the account was signed out everywhere.",
    "unlock": "The account can sign in again at once.",
    "sessions": "The account was signed out everywhere.",
    "session": "That browser was signed out.",
}
ABOUT = {
    "reviewer": "reads conversations with personal data masked, reviews answers, sees the reports",
    "agent": "reads conversations, talks with visitors, works on requests, reveals what is masked with a reason",
    "privacy_officer": "all of that, and exports, forgets, and reads the audit log",
    "admin": "manages accounts, reads the audit log, sees the settings; reads no conversations",
}


class NotYourselfError(ConflictError):
    """Nobody may close their own account, or remove their own second factor, here."""

    public = "This is your own account: ask another admin, or use your own page."


@router.get("")
def accounts(request: Request, staff: Staff, parts: Parts) -> Response:
    staff.require("manage_people")
    shown = [one for one in parts.staff.accounts.all() if staff.may_manage(one)]
    return show(request, "people/accounts.html", {"accounts": shown})


@router.get("/new")
def new(request: Request, staff: Staff, parts: Parts) -> Response:
    staff.require("manage_people")
    return _new_page(request, parts, staff)


@router.post("")
def add(
    request: Request, staff: Staff, parts: Parts, email: FormText = "", name: FormText = "", grant: Several = None,
    typed: FormText = "", role: Several = None,
) -> Response:  # fmt: skip
    """Make an account, and a link with which its person sets a password. The link is sent by mail, and shown."""
    staff.require("manage_people")
    try:
        made = parts.staff.accounts.add(email, name, _grants(staff, parts, [*(grant or []), *_typed_grants(parts, typed, role)]))
    except (InvalidInputError, AccountTakenError) as error:
        return _new_page(request, parts, staff, email=email, name=name, given=grant or [], wrong=error.public)
    parts.staff.audit.record(staff.actor, "account.add", f"account {made.id}", roles=_written(made))
    return _invite(request, staff, parts, made)


@router.get("/{account}")
def one(request: Request, staff: Staff, parts: Parts, account: int, done: str = "") -> Response:
    found = _theirs(staff, parts, account)
    context = {
        "account": found, "sessions": parts.staff.sessions.of(found.id), **_table(staff, parts, found.grants),
        "given": [str(grant) for grant in found.grants], "done": DONE.get(done, ""), "about": ABOUT,
    }  # fmt: skip
    return show(request, "people/account.html", context)


@router.post("/{account}/invite")
def invite(request: Request, staff: Staff, parts: Parts, account: int) -> Response:
    return _invite(request, staff, parts, _theirs(staff, parts, account))


@router.post("/{account}/roles")
def roles(
    request: Request, staff: Staff, parts: Parts, account: int, grant: Several = None, typed: FormText = "", role: Several = None
) -> Response:  # fmt: skip
    before = _theirs(staff, parts, account)
    wanted = [*(grant or []), *_typed_grants(parts, typed, role)]
    changed = parts.staff.accounts.set_grants(account, _grants(staff, parts, wanted, before.grants))
    parts.staff.audit.record(staff.actor, "account.roles", f"account {account}", roles=_written(changed), before=_written(before))
    return _done(account if staff.may_manage(changed) and changed.id != staff.id else None, "roles")


@router.post("/{account}/disable")
def disable(staff: Staff, parts: Parts, account: int) -> Response:
    _not_oneself(staff, _theirs(staff, parts, account))
    parts.staff.accounts.disable(account)
    return _ended(staff, parts, account, "account.disable", "disable")


@router.post("/{account}/enable")
def enable(staff: Staff, parts: Parts, account: int) -> Response:
    _theirs(staff, parts, account)
    parts.staff.accounts.enable(account)
    parts.staff.audit.record(staff.actor, "account.enable", f"account {account}")
    return _done(account, "enable")


@router.post("/{account}/second-factor")
def reset_second_factor(staff: Staff, parts: Parts, account: int) -> Response:
    _not_oneself(staff, _theirs(staff, parts, account))
    parts.staff.second_factor.remove(account)
    return _ended(staff, parts, account, "account.second_factor.reset", "second-factor")


@router.post("/{account}/unlock")
def unlock(staff: Staff, parts: Parts, account: int) -> Response:
    _theirs(staff, parts, account)
    parts.staff.accounts.unlock(account)
    parts.staff.audit.record(staff.actor, "account.unlock", f"account {account}")
    return _done(account, "unlock")


@router.post("/{account}/sessions/end")
def end_sessions(staff: Staff, parts: Parts, account: int, session: Annotated[int, Form()] = 0) -> Response:
    """Sign the account out in one browser, or in all."""
    _theirs(staff, parts, account)
    if not session:
        return _ended(staff, parts, account, "session.end.all", "sessions")
    parts.staff.sessions.end_one(account, session)
    parts.staff.audit.record(staff.actor, "session.end.one", f"account {account}")
    return _done(account, "session")


def _theirs(staff: Account, parts: Parts, account: int) -> Account:
    """The account, if it is theirs to manage. Raises: NotYoursError; UnknownAccountError, only for who manages all accounts."""
    staff.require("manage_people")
    try:
        found = parts.staff.accounts.get(account)
    except UnknownAccountError:
        if staff.covers("manage_people"):
            raise
        found = None
    if found is None or not staff.may_manage(found):
        raise NotYoursError(f"{staff.actor} may not manage account {account}")
    return found


def _not_oneself(staff: Account, other: Account) -> None:
    """Raises: NotYourselfError."""
    if staff.id == other.id:
        raise NotYourselfError("one's own account")


def _typed_grants(parts: Parts, company: str, roles: list[str] | None) -> list[str]:
    """Roles for the company that was typed, as the form writes them. Raises: NoSuchCompanyError."""
    return [f"{role}:{one}" for one in companies_of(parts, [company]) for role in roles or []]


def _grants(staff: Account, parts: Parts, given: list[str], had: tuple[Grant, ...] = ()) -> list[Grant]:
    """The roles in a form. Raises: NotYoursError for a role that this admin may not give; AccountRefusedError."""
    grants = [read_grant(one) for one in given]
    companies = {EVERY_COMPANY, *parts.knowledge.catalogue.companies, *(grant.company for grant in had)}
    if any(grant.company not in companies for grant in grants):
        raise AccountRefusedError("there is no such company")
    if not all(staff.may_give(grant) for grant in grants):
        raise NotYoursError(f"{staff.actor} may not give such a role")
    return grants


def _table(staff: Account, parts: Parts, had: tuple[Grant, ...] = ()) -> dict[str, Any]:
    """The form's roles: rows of company, its name, and the roles as the form writes them. Of many companies it has those for
    which the person has a role (`had`), and a field for one more."""
    known = parts.knowledge.catalogue.names
    companies = staff.companies("manage_people", known)
    many = len(companies) > LISTED
    if many:
        companies = tuple(dict.fromkeys(grant.company for grant in had if grant.company in known))
    rows = [(EVERY_COMPANY, "Every company")] if staff.covers("manage_people") else []
    rows += [(company, known[company]) for company in companies]
    written = [(company, name, [f"{role}:{company}" if company else role for role in ROLES]) for company, name in rows]
    return {"roles": written, "one_more": ROLES if many else ()}


def _invite(request: Request, staff: Account, parts: Parts, account: Account) -> Response:
    if not parts.settings.console_passwords:  # they sign in at the provider, by this address
        return show(request, "people/invited.html", {"account": account, "link": "", "sent": False})
    link = invitations.link_for(parts, account.id, str(request.base_url).split(FOLDER)[0])
    parts.staff.audit.record(staff.actor, "account.invite", f"account {account.id}")
    sent = False
    if parts.settings.sends_mail:
        try:
            from_thread.run(parts.requests.mailer.send, invitations.letter(parts, account, link))
            sent = True
        except CandorError as error:
            log.warning("an invitation could not be sent: %s", error)
    return show(request, "people/invited.html", {"account": account, "link": link, "sent": sent})


def _new_page(
    request: Request, parts: Parts, staff: Account, *, email: str = "", name: str = "", given: list[str] | None = None,
    wrong: str = "",
) -> Response:  # fmt: skip
    context = {**_table(staff, parts), "given": given or [], "email": email[:254], "name": name[:80], "wrong": wrong,
            "about": ABOUT}  # fmt: skip
    return show(request, "people/new.html", context, 422 if wrong else 200)


def _ended(staff: Account, parts: Parts, account: int, action: str, done: str) -> Response:
    ended = parts.staff.sessions.end_all(account)
    parts.staff.audit.record(staff.actor, action, f"account {account}", sessions_ended=ended)
    return _done(account, done)


def _done(account: int | None, done: str) -> Response:
    return RedirectResponse(f"{FOLDER}/accounts/{account}?done={done}" if account else f"{FOLDER}/", 303)


def _written(account: Account) -> str:
    return ", ".join(str(grant) for grant in account.grants)


assert set(ABOUT) == set(MAY)  # noqa: S101  (each role is described)
