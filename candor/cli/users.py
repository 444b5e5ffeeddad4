"""Accounts of staff and the audit log in the terminal: `candor user …` and `candor audit …`."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from candor.cli.terminal import actor, plainly, services, table
from candor.errors import InvalidInputError

if TYPE_CHECKING:
    from candor.accounts.roles import Account, Grant

user = typer.Typer(help="Accounts of staff: who may open the console, and what for.", no_args_is_help=True)
audit = typer.Typer(help="The audit log: what staff did.", no_args_is_help=True)

NOBODY_YET = "Nobody has an account yet. Make the first one: candor user add ada@example.org --name Ada --role admin"
Email = Annotated[str, typer.Argument(help="The person's e-mail address.")]
Roles = Annotated[
    list[str] | None,
    typer.Option("--role", help="reviewer, agent, privacy_officer or admin; agent:acme is for one company. May be given again."),
]
CompanyOption = Annotated[str, typer.Option(help="For roles that name no company of their own; empty: every company.")]
FromStdin = Annotated[bool, typer.Option("--password-stdin", help="Read the password from standard input, for scripts.")]


@user.command()
def add(
    email: Email, role: Roles = None, name: Annotated[str, typer.Option(help="How the person is called.")] = "",
    company: CompanyOption = "", password_stdin: FromStdin = False,
    invite: Annotated[bool, typer.Option("--invite", help="No password: print a link with which the person sets one.")] = False,
) -> None:  # fmt: skip
    """Make an account; the first admin is made this way. The password is asked for twice, and is never an argument."""
    with plainly():
        grants = _grants(role, company)
        parts = services()
        if parts.staff.accounts.find(email) is not None:
            raise InvalidInputError("there is an account with this address already: see `candor user list`")
        secret = None if invite else _password(from_stdin=password_stdin)
        made = parts.staff.accounts.add(email, name, grants, secret)
        parts.staff.audit.record(actor(), "account.add", f"account {made.id}", roles=_written(made))
        typer.echo(f"{made.email} can sign in at /console as {_written(made)}" if secret else f"{made.email} is {_written(made)}")
        if invite:
            _invite(made)


@user.command("invite")
def invite_again(email: Email) -> None:
    """Print a link with which the person sets a new password. It works once, for 72 hours."""
    with plainly():
        _invite(_find(email))


@user.command("list")
def list_users() -> None:
    """All accounts, with their roles."""
    with plainly():
        accounts = services().staff.accounts.all()
    rows = [[one.email, one.name, _written(one), "yes" if one.has_second_factor else "no", _state(one)] for one in accounts]
    table(["address", "name", "roles", "second factor", "state"], rows, none=NOBODY_YET)


@user.command()
def password(email: Email, password_stdin: FromStdin = False) -> None:
    """Set a new password. The person is signed out everywhere."""
    with plainly():
        found, parts = _find(email), services()
        parts.staff.accounts.set_password(found.id, _password(from_stdin=password_stdin))
        _sign_out(found, "account.password")
    typer.echo(f"{found.email} has a new password, and was signed out everywhere")


@user.command()
def disable(email: Email) -> None:
    """Close the account: the person is signed out at once and cannot sign in any more."""
    with plainly():
        found, parts = _find(email), services()
        parts.staff.accounts.disable(found.id)
        _sign_out(found, "account.disable")
    typer.echo(f"{found.email} is disabled")


@user.command()
def enable(email: Email) -> None:
    """Open a closed account again, and end a wait after wrong passwords."""
    with plainly():
        found, parts = _find(email), services()
        parts.staff.accounts.enable(found.id)
        parts.staff.accounts.unlock(found.id)
        parts.staff.audit.record(actor(), "account.enable", f"account {found.id}")
    typer.echo(f"{found.email} can sign in")


@user.command()
def roles(email: Email, role: Roles = None, company: CompanyOption = "") -> None:
    """Give exactly these roles, in place of those before."""
    with plainly():
        found, parts = _find(email), services()
        changed = parts.staff.accounts.set_grants(found.id, _grants(role, company))
        parts.staff.audit.record(
            actor(), "account.roles", f"account {found.id}", roles=_written(changed), before=_written(found)
        )  # fmt: skip
    typer.echo(f"{found.email} is {_written(changed)}")


@user.command("reset-second-factor")
def reset_second_factor(email: Email) -> None:
    """Remove the second factor of somebody who has lost phone and paper. They are signed out everywhere."""
    with plainly():
        found, parts = _find(email), services()
        had = parts.staff.second_factor.remove(found.id)
        _sign_out(found, "account.second_factor.reset")
    typer.echo(f"{found.email} has no second factor now" if had else f"{found.email} had none")


@user.command("scim-token")
def scim_token() -> None:
    """Make a token with which the company's directory manages accounts at /scim/v2. It is shown once, and kept nowhere."""
    import hashlib
    import secrets

    token = secrets.token_urlsafe(32)
    with plainly():
        services().staff.audit.record(actor(), "scim.token")
        site = services().settings.site
    typer.echo(f"For the directory, with the address {site}/scim/v2:\n{token}\n")
    typer.echo(f"For Candor's settings:\nCANDOR_SCIM_TOKEN_SHA256={hashlib.sha256(token.encode()).hexdigest()}")


@audit.command()
def verify(
    expect: Annotated[str, typer.Option(help="A head noted earlier: it must still stand in the chain.")] = "",
) -> None:
    """Check every chain and print their length and the head; exit 1 where an entry was changed, removed or put in."""
    with plainly():
        log = services().staff.audit
        log.note_heads()  # so that the head that is printed stands for all chains
        found = log.verify()
        missing = bool(expect) and found.broken_at is None and not log.holds(expect)
    if found.broken_at is not None:
        typer.secho(f"The chain breaks at entry {found.place}; the {found.entries} before it hold.", err=True, fg="red")
        typer.echo("If the secret key was changed, the older one must stand in CANDOR_OLD_SECRET_KEYS.", err=True)
        raise typer.Exit(1)
    chains = f" in {found.chains} chains" if found.chains > 1 else ""
    typer.echo(f"{found.entries} entries{chains} hold. Head: {found.head}")
    if missing:
        typer.secho("The head that was noted earlier is not in it: the newest entries of then were cut off.", err=True, fg="red")
        raise typer.Exit(1)


@audit.command("list")
def list_entries(
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="How many, the newest first.")] = 50,
    action: Annotated[str, typer.Option(help='Only this action, or its beginning with a dot: "account."')] = "",
    who: Annotated[str, typer.Option("--actor", help='Only of this actor, such as "account:3" or "cli:ada".')] = "",
    subject: Annotated[str, typer.Option(help='Only about this, such as "request R-7KQ4-M2XD".')] = "",
) -> None:
    """What staff did, the newest first."""
    with plainly():
        parts = services()
        names = {one.actor: one.email for one in parts.staff.accounts.all()}
        entries = parts.staff.audit.entries(limit=limit, action=action, actor=who, subject=subject)
    rows = [
        [
            one.place, f"{one.at.astimezone(UTC):%Y-%m-%d %H:%M:%S}", names.get(one.actor, one.actor), one.action, one.subject,
            one.company, ", ".join(f"{name}: {value}" for name, value in one.details.items()),
        ]
        for one in entries
    ]  # fmt: skip
    table(["entry", "at (UTC)", "who", "what", "about", "company", "details"], rows)


def _invite(account: Account) -> None:
    from candor.console.people.invitations import link_for

    parts = services()
    parts.staff.audit.record(actor(), "account.invite", f"account {account.id}")
    typer.echo(f"Hand this link over; it works once, for 72 hours:\n{link_for(parts, account.id)}")


def _sign_out(account: Account, because: str) -> None:
    """End all sessions of the account, and record the action with how many there were."""
    parts = services()
    parts.staff.audit.record(actor(), because, f"account {account.id}", sessions_ended=parts.staff.sessions.end_all(account.id))


def _find(email: str) -> Account:
    from candor.accounts.store import UnknownAccountError

    found = services().staff.accounts.find(email)
    if found is None:
        raise UnknownAccountError
    return found


def _grants(given: list[str] | None, company: str) -> list[Grant]:
    """Raises: InvalidInputError for a role or company that does not exist."""
    from candor.accounts.roles import read_grant

    grants = [read_grant(one, company) for one in given or []]
    known = _known_companies()
    if unknown := {grant.company for grant in grants if grant.company} - known:
        raise InvalidInputError(f"there is no company {sorted(unknown)[0]!r}; there are {', '.join(sorted(known)) or 'none'}")
    return grants


def _known_companies() -> set[str]:
    """The companies by their folders, because an account can be made before the first `candor ingest`."""
    return {path.parent.name for path in services().settings.policies_dir.glob("*/company.toml")}


def _password(*, from_stdin: bool) -> str:
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    given: str = typer.prompt("Password (at least 12 characters)", hide_input=True, confirmation_prompt="The same again")
    return given


def _written(account: Account) -> str:
    return ", ".join(str(grant) for grant in account.grants)


def _state(account: Account) -> str:
    if account.disabled:
        return "disabled"
    if account.locked_until and account.locked_until > datetime.now(UTC):
        return f"waits until {account.locked_until:%H:%M} UTC"
    return "invited" if account.invited else "open"
