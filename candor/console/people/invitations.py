"""Invitations: a signed link with which somebody sets their own password. It works once, for three days."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from typing import TYPE_CHECKING

from candor.accounts.roles import Account
from candor.accounts.store import UnknownAccountError
from candor.console.places import FOLDER
from candor.errors import InvalidInputError, NotFoundError
from candor.tickets.delivery.mailer import envelope
from candor.tickets.delivery.templates import Letter

if TYPE_CHECKING:
    from candor.services import Services

LASTS = timedelta(hours=72)
PURPOSE = "invitation"
TEXT = """Hello {name},

you have an account for Candor's console. Choose your password here; the link works once, for three days:

{link}

If you did not expect this, you can leave it: without a password nobody can use the account.
"""


class OldInvitationError(NotFoundError):
    """The link was used, replaced by a newer one, or is too old."""

    public = "This link does not work any more: it was used already, or it is older than three days. Ask for a new one."


def link_for(parts: Services, account: int, at: str = "") -> str:
    """A new link; earlier ones stop working. `at`: the address of this Candor, where no setting names it.

    Raises: InvalidInputError where nobody signs in with a password.
    """
    if not parts.settings.console_passwords:
        raise InvalidInputError("sign-in with a password is switched off: the person signs in at the company's provider")
    token = parts.staff.sealed_tokens.make(PURPOSE, account=account, stamp=parts.staff.accounts.new_stamp(account))
    home = parts.settings.public_url.rstrip("/") or at.rstrip("/") or own_address(parts)
    return f"{home}{FOLDER}/welcome?token={token}"


def invited(parts: Services, token: str) -> Account:
    """The account that this link is for. Raises: OldInvitationError."""
    data = parts.staff.sealed_tokens.read(PURPOSE, token, LASTS)
    try:
        account = parts.staff.accounts.get(data["account"]) if data else None
    except UnknownAccountError:
        account = None
    if (
        not parts.settings.console_passwords
        or data is None
        or account is None
        or account.stamp != data["stamp"]
        or account.disabled
    ):
        raise OldInvitationError("an invitation that was used, or is too old")
    return account


def own_address(parts: Services) -> str:
    return f"http://{parts.settings.web_host}:{parts.settings.web_port}"


def letter(parts: Services, account: Account, link: str) -> EmailMessage:
    """The mail that brings the link to its person."""
    text = TEXT.format(name=account.name, link=link)
    key = f"invitation-{account.id}-{account.stamp}-{secrets.token_hex(4)}"
    return envelope(
        Letter("Your account for Candor's console", text), to=account.email, sender=parts.settings.mail_from, name="Candor",
        key=key, at=datetime.now(UTC),
    )  # fmt: skip
