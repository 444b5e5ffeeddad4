"""What Candor itself holds about who made a request, as a file for them: in JSON and in CSV (GDPR Art. 15(3) and 20).

Only what is surely theirs: requests of the same company and address whose requester has proven who they are, and the
conversations in which those were opened or asked about with a right code. Whoever has merely typed the same address may be
somebody else. Notes that staff write for each other are left out; whoever answers decides about them.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from candor.errors import InvalidInputError, UnknownConversationError
from candor.tickets.agent_authority import AUTHORITY
from candor.tickets.events import RequestEvents, find_row
from candor.tickets.export import sheet
from candor.tickets.models import TicketAccessRow, TicketEventRow, TicketRow
from candor.tickets.request_types import REQUEST_TYPES
from candor.tickets.standing import is_proven
from candor.transcripts.store import TranscriptStore
from candor.transcripts.vault import Vault

# Events whose words the requester wrote or has read.
TOLD = {"received", "details_added", "answer", "ask_requester", "extend", "complete", "refuse", "reopen", "mail_received"}
BY_REQUESTER = {"received", "details_added", "answer", "mail_received"}
BYTE_ORDER_MARK = b"\xef\xbb\xbf"  # without it, spreadsheets guess the encoding
COLUMNS = ("what", "in", "at", "who", "text")


class NobodyToCopyForError(InvalidInputError):
    """Nobody has proven who asks, so nothing is surely theirs."""

    public = "Nobody has proven yet who asks here: what Candor holds could be somebody else's. Record a proof first."


@dataclass(frozen=True)
class PersonalCopy:
    """The data, ready to be written in either form."""

    company: str
    address: str
    made_at: datetime
    requests: tuple[dict[str, Any], ...]
    conversations: tuple[dict[str, Any], ...]

    def as_json(self) -> bytes:
        """One object, readable by people too."""
        held = {
            "company": self.company, "about": self.address, "made_at": self.made_at.isoformat(timespec="seconds"),
            "requests": self.requests, "conversations": self.conversations,
        }  # fmt: skip
        return json.dumps(held, ensure_ascii=False, indent=2).encode()

    def as_csv(self) -> bytes:
        """One line for each thing that was said or done; no cell runs as a formula."""
        rows = [
            _line("request", one["number"], event["at"], event["who"], event["text"] or event["what"])
            for one in self.requests
            for event in one["events"]
        ]
        for number, one in enumerate(self.conversations, start=1):
            for turn in one["turns"]:
                said = [("you", turn["you"]), *(("Candor, or a person", text) for text in turn["answers"])]
                rows += [_line("conversation", str(number), turn["at"], who, text) for who, text in said if text]
        return BYTE_ORDER_MARK + sheet(rows, COLUMNS).encode()


class PersonalCopies:
    """Makes such copies."""

    def __init__(
        self, engine: Engine, events: RequestEvents, transcripts: TranscriptStore, vault: Vault,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:  # fmt: skip
        self._engine, self._events, self._transcripts, self._vault, self._now = engine, events, transcripts, vault, now

    def of(self, number: str) -> PersonalCopy:
        """The copy for the requester of a request. Raises: UnknownRequestError; NobodyToCopyForError; LostKeyError."""
        with Session(self._engine) as session:
            row = find_row(session, number)
            if row.email is None or not is_proven(session, row):
                raise NobodyToCopyForError("nobody has proven who asks")
            address = self._events.cipher.decrypt(row.email)
            theirs = self._theirs(session, row)
            requests = tuple(self._request(session, one) for one in theirs)
            admitted = select(TicketAccessRow.conversation).where(TicketAccessRow.ticket_id.in_([one.id for one in theirs]))
            conversations = dict.fromkeys([*(one.conversation for one in theirs), *session.scalars(admitted)])
        found = [self._conversation(one, row.company) for one in conversations if one]
        return PersonalCopy(row.company, address, self._now(), requests, tuple(one for one in found if one))

    def _theirs(self, session: Session, row: TicketRow) -> Sequence[TicketRow]:
        same = [TicketRow.email_hash == row.email_hash, TicketRow.company == row.company, TicketRow.erased_at.is_(None)]
        rows = session.scalars(select(TicketRow).where(*same).order_by(TicketRow.id))
        return [one for one in rows if one.id == row.id or is_proven(session, one)]

    def _request(self, session: Session, row: TicketRow) -> dict[str, Any]:
        events = session.scalars(select(TicketEventRow).where(TicketEventRow.ticket_id == row.id).order_by(TicketEventRow.id))
        return {
            "number": row.number, "right": REQUEST_TYPES[row.request_type].label, "received_at": _at(row.received_at),
            "state": row.status.replace("_", " "), "lives_in": row.residence, "law": row.law,
            "events": [
                {
                    "at": _at(event.at), "what": event.what.replace("_", " "),
                    "who": _who(event),
                    "text": self._events.words_of(session, event.id) if event.what in TOLD else "",
                }
                for event in events
                if event.what not in {"note", "assigned"}
            ],
        }  # fmt: skip

    def _conversation(self, conversation: str, company: str) -> dict[str, Any] | None:
        with suppress(UnknownConversationError):
            about = self._transcripts.get(conversation)
            turns = [turn for turn in self._transcripts.turns(conversation) if turn.company == company]
            texts = self._vault.unmask_all(conversation, [turn.text for turn in turns])
            replies = [[str(reply.get("text", "")) for reply in turn.replies] for turn in turns]
            answers = [self._vault.unmask_all(conversation, said) for said in replies]
            return {
                "channel": about.channel,
                **({"global_privacy_control": True} if about.gpc else {}),
                "turns": [
                    {"at": _at(turn.at), "you": text, "answers": said}
                    for turn, text, said in zip(turns, texts, answers, strict=True)
                ],
            }
        return None  # it was forgotten


def _who(event: TicketEventRow) -> str:
    if event.what == AUTHORITY:
        return f"{event.data.get('agent')}, an agent that acts for you"
    return "you" if event.what in BY_REQUESTER or event.actor == "requester" else "the company"


def _line(what: str, within: str, at: str, who: str, text: str) -> dict[str, str]:
    return dict(zip(COLUMNS, (what, within, at, who, text), strict=True))


def _at(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds")
