"""Notes in the inbox: those in which a colleague names the reader, until they have looked."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime

from candor.accounts.mentions import UnreadMention
from candor.accounts.roles import Account, NotYoursError
from candor.console.home.inbox import InboxAction, InboxItem, Urgency, with_rest
from candor.console.notes.telling import MAY_READ
from candor.console.places import FOLDER
from candor.console.requests.queue import REQUESTS, find
from candor.errors import NotFoundError
from candor.services import Services


def mentioned(parts: Services, staff: Account, now: datetime) -> Iterator[InboxItem]:
    """The newest first. What was forgotten since, or belongs to a company that is theirs no more, is left out."""
    unread = parts.staff.mentions.unread(staff.id)
    names = {account.id: account.name for account in parts.staff.accounts.all()} if unread else {}
    items: list[InboxItem] = []
    for one in unread:
        with suppress(NotFoundError, NotYoursError):
            items.append(_item(parts, staff, one, names.get(one.by, "A colleague"), len(items)))
    yield from with_rest(items, len(items), lambda left: f"{left} more notes name you", items[0].url if items else "")


def _item(parts: Services, staff: Account, mention: UnreadMention, by: str, place: int) -> InboxItem:
    """Raises: NotFoundError; NotYoursError."""
    kind, _, name = mention.page.partition(" ")
    if kind == "request":
        ticket = find(parts, staff, name)
        url, company, about = f"{REQUESTS}/{name}", ticket.company, f"In request {name}"
    else:
        company = parts.conversations.transcripts.get(name).company
        reads = staff.may("read_conversations", company)
        if not any(staff.may(each, company) for each in MAY_READ):
            raise NotYoursError(f"{staff.actor} may not read this conversation")
        url, about = f"{FOLDER}/{'conversations' if reads else 'waiting'}/{name}#notes", "In a conversation"
    return InboxItem(
        f"mention-{mention.id}", Urgency.NEXT, f"{by} wants you to see a note", url, InboxAction("Read the note", url), company,
        about=about, since=mention.at, order=(0, float(place)),
    )  # fmt: skip
