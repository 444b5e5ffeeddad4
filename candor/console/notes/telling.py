"""Who may be told of a note, whom it names, and what is said about that."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from candor.accounts.mentions import NamedColleagues, handle_of
from candor.accounts.roles import Account, Permission
from candor.services import Services
from candor.transcripts.notes import LONGEST_NOTE

WORKS: tuple[Permission, ...] = ("work_requests",)
MAY_READ: tuple[Permission, ...] = ("read_conversations", "talk")  # of a conversation and its notes


@dataclass(frozen=True)
class NoteWriter:
    """A colleague as a note's form offers them. handle: what is typed after the @."""

    name: str
    handle: str


def colleagues(parts: Services, company: str, permissions: Sequence[Permission] = MAY_READ) -> list[Account]:
    """Everybody who may open what the note is about."""
    able = (one for one in parts.staff.accounts.all() if not one.disabled)
    return [one for one in able if any(one.may(each, company) for each in permissions)]


def offered(everybody: Sequence[Account], staff: Account) -> list[NoteWriter]:
    """The others, as a form offers them."""
    return [NoteWriter(each.name, handle_of(each, everybody)) for each in everybody if each.id != staff.id]


def tell(parts: Services, staff: Account, named: NamedColleagues, page: str, company: str) -> str:
    """Put the page into the inbox of those whom a note names, and record that. Returns what could not be told, as a part of an
    address: "bob,carl"; empty where everybody is told.

    page: as candor.accounts.mentions.UnreadMention has it.
    """
    told = [each.id for each in named.accounts if each.id != staff.id]
    if told:
        parts.staff.mentions.add(told, page, staff.id)
        parts.staff.audit.record(staff.actor, "note.tell", page, company=company, told=told)
    return ",".join(named.unknown)[:200]


def request_panel(parts: Services, staff: Account, company: str, untold: str = "") -> dict[str, Any]:
    """What the form for a note about a request shows."""
    return {"note_offers": offered(colleagues(parts, company, WORKS), staff), "note_untold": untold[:200]}


def panel(parts: Services, staff: Account, conversation: str, company: str, untold: str = "") -> dict[str, Any]:
    """What the panel with a conversation's notes shows."""
    return {
        "notes": parts.conversations.notes.of(conversation), "note_about": conversation,
        "note_writers": {each.id: each.name for each in parts.staff.accounts.all()},
        "note_offers": offered(colleagues(parts, company), staff), "note_untold": untold[:200], "longest_note": LONGEST_NOTE,
    }  # fmt: skip
