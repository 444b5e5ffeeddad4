"""Requests as the desk opens them, for actions that work on one; and the code that its mail brings."""

from __future__ import annotations

import re
from email import message_from_bytes
from email.policy import default
from typing import Any

from candor.services import Services
from candor.tickets.requester import Confirmed, Opened
from candor.tickets.states import TicketState


def a_conversation(parts: Services) -> str:
    return parts.conversations.transcripts.begin(company="acme", channel="test").id


def a_request(parts: Services, conversation: str, confirmation: str = "yes-1", **others: Any) -> str:
    """Its number; it waits for a code, unless it is said otherwise."""
    asked = {"company": "acme", "request_type": "deletion", "email": "ada@example.org", "residence": "DE"} | others
    opened = parts.requests.desk.open(Confirmed(confirmation=confirmation, conversation=conversation, **asked))
    assert isinstance(opened, Opened)
    return opened.ticket.number


async def mailed_code(parts: Services, address: str = "ada@example.org") -> str:
    """The digits of the newest mail to an address."""
    await parts.requests.outbox_worker.deliver()
    found = []
    for path in sorted((parts.settings.var_dir / "outbox").glob("*.eml"), key=lambda path: path.stat().st_mtime_ns):
        mail = message_from_bytes(path.read_bytes(), policy=default)
        digits = re.search(r"Your code is (\d{6})", mail.get_content())
        if mail["To"] == address and digits:
            found.append(digits[1])
    return found[-1]


def another(code: str) -> str:
    """Six other digits."""
    return str(1_000_000 - int(code) - 1).zfill(6)


def state_of(parts: Services, number: str) -> TicketState:
    state: Any = parts.requests.staff_desk.details(number).ticket.status
    found: TicketState = state
    return found
