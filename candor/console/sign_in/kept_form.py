"""Forms that were posted without a live session: what was typed is carried through the sign-in, to be sent again after it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from fastapi import Request
from starlette.exceptions import HTTPException

from candor.accounts.sealed_tokens import SealedTokens
from candor.console.deps import CSRF_FIELD, CSRF_HEADER, parts
from candor.console.places import FOLDER

if TYPE_CHECKING:
    from candor.services import Services

FIELD = "kept"  # the form field that carries it through sign-in
PURPOSE = "form kept over a sign-in"
LASTS = timedelta(hours=12)
ROOM = 4000  # bytes that the rest of the sign-in form needs
SECRET = re.compile(r"passw|secret|token|^code$", re.IGNORECASE)
NEVER = {CSRF_FIELD, FIELD, "next"}
WORDY = 24  # characters; a longer value is shown as a text


@dataclass(frozen=True)
class KeptForm:
    """A form that was refused. `whose`: the account in whose session the page was made; None: unknown."""

    path: str
    fields: tuple[tuple[str, str], ...]
    whose: int | None

    @property
    def texts(self) -> list[tuple[str, str]]:
        """The fields that somebody wrote, rather than chose."""
        return [(name, value) for name, value in self.fields if len(value) >= WORDY or len(value.split()) > 1]

    @property
    def rest(self) -> list[tuple[str, str]]:
        return [field for field in self.fields if field[1] and field not in self.texts]

    def may_go_to(self, account: int) -> bool:
        """Whether this account may see it: its author, or anybody where the author is unknown."""
        return self.whose in {None, account}


async def kept_from(request: Request) -> KeptForm | None:
    """The form of this request; None where there is nothing to send again: no form, no text, or one with a password in it."""
    path = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    if request.headers.get("content-type", "").startswith("multipart/"):  # files, which are read by nobody else but their route
        return None
    if request.method != "POST" or not path.startswith(f"{FOLDER}/") or path.startswith(f"{FOLDER}/sign-"):
        return None
    try:
        form = await request.form()
    except HTTPException:  # no form that can be read
        return None
    fields = tuple((name, value) for name, value in form.multi_items() if isinstance(value, str) and name not in NEVER)
    if not any(value for _, value in fields) or any(SECRET.search(name) for name, _ in fields):
        return None
    return KeptForm(path, fields, parts(request).staff.sessions.whose_form(await token_of(request)))


async def token_of(request: Request) -> str:
    """The token that came with a form, in a field or in a header; empty where none did."""
    given = request.headers.get(CSRF_HEADER) or (await request.form()).get(CSRF_FIELD)
    return given if isinstance(given, str) else ""


def sealed_form(form: KeptForm, services: Services) -> str | None:
    """The form as a sealed token, which nobody at this browser can read. None where it is too long for a form field."""
    token = services.staff.sealed_tokens.make(PURPOSE, path=form.path, fields=form.fields, whose=form.whose)
    return token if len(token) < services.settings.largest_body - ROOM else None


def opened_form(token: str, tokens: SealedTokens) -> KeptForm | None:
    """None where there is no token, or it is too old."""
    data = tokens.read(PURPOSE, token, LASTS) if token else None
    if data is None:
        return None
    return KeptForm(data["path"], tuple((name, value) for name, value in data["fields"]), data["whose"])
