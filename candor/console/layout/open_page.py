"""What somebody has open, by the address of the page. Pure."""

from __future__ import annotations

import re

from candor.console.places import FOLDER

_KINDS = (
    ("request", re.compile(rf"{FOLDER}/requests/(R-[0-9A-Z]{{4}}-[0-9A-Z]{{4}})(?:/\w+)?")),
    ("conversation", re.compile(rf"{FOLDER}/(?:waiting|conversations)/(c_\w{{1,40}})(?:/\w+)?")),
    ("mail", re.compile(rf"{FOLDER}/waiting/mail/(\d{{1,18}})(?:/\w+)?")),
)


def open_page_of(path: str) -> str:
    """ "request R-7KQ4-M2XD" or "conversation c_…" for their pages and the forms below them; empty for pages that are nobody's.

    "mail 17" is an answer by mail; which conversation that is about, the database knows.
    """
    return next((f"{kind} {found[1]}" for kind, pattern in _KINDS if (found := pattern.fullmatch(path))), "")
