"""News of a request, written into the conversation that opened it: that its letter did not arrive, or that it waits for a code.

They are turns of their own, which answer no message. A page shows them as it shows what people of the company write, and a chat
channel gets them through the outbox, as it gets those.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from candor.conversations.handoff.sessions import BY_CANDOR, holding
from candor.conversations.reply import AskedField, Choice, Reply
from candor.conversations.request_text import RequestText
from candor.conversations.responses import Responses
from candor.errors import UnknownConversationError
from candor.tickets.request_types import REQUEST_TYPES
from candor.tickets.states import CLOSED
from candor.tickets.ticket import Ticket
from candor.transcripts.models import TurnRow

OnTurn = Callable[[Session, int, str], None]  # called in the turn's transaction, with its id and the conversation's channel


class RequestNotices:
    """Implements ConversationNews."""

    def __init__(
        self, engine: Engine, request_text: RequestText, responses: Responses, on_turn: OnTurn,
        now: Callable[[], datetime] = lambda: datetime.now(UTC), *, on_answered: Callable[[str], None] = lambda _: None,
    ) -> None:  # fmt: skip
        """on_answered: called with the conversation whose visitor a person has answered by mail."""
        self._on_answered = on_answered
        self._engine, self._request_text, self._responses, self._on_turn = engine, request_text, responses, on_turn
        self._now = now

    def tell(self, key: str, what: str, conversation: str, ticket: Ticket) -> bool:
        """Write the news named `what`, once for each key. False if the conversation was forgotten, or the news are not true
        any more because something happened meanwhile."""
        return still_true(what, ticket) and self._write(key, conversation, ticket.company, self._reply(what, ticket))

    def tell_waiting(self, key: str, what: str, conversation: str, company: str) -> bool:
        """The same for news of no request, for a visitor who waits for a person of the company."""
        text = self._responses.say(f"utter_notice_{what}", company_name=self._request_text.name_of(company))
        reply = Reply(kind="handoff", text=text, company=company, unprompted=True, form=AskedField(field="email"))
        return self._write(key, conversation, company, reply)

    def answered(self, conversation: str) -> None:
        """A person's answer went out by mail: nobody waits there any more."""
        with suppress(UnknownConversationError):  # forgotten meanwhile
            self._on_answered(conversation)

    def _write(self, key: str, conversation: str, company: str, reply: Reply) -> bool:
        try:
            with holding(self._engine, conversation) as (session, row):
                if session.scalar(select(TurnRow.id).filter_by(conversation_id=conversation, message_id=key)) is None:
                    turn = TurnRow(
                        conversation_id=conversation, message_id=key, at=self._now(), company=company, text="", state=BY_CANDOR,
                        intent_ranking=[], replies=[reply.model_dump()], evidence={},
                    )  # fmt: skip
                    session.add(turn)
                    session.flush()
                    self._on_turn(session, turn.id, row.channel)
        except UnknownConversationError:
            return False
        return True

    def _reply(self, what: str, ticket: Ticket) -> Reply:
        contact = self._request_text.company(ticket).contact
        text = self._responses.say(f"utter_notice_{what}", contact=contact, **self._request_text.values(ticket))
        request_type = REQUEST_TYPES[ticket.request_type].name
        return Reply(
            kind="request", text=text, company=ticket.company, request_type=request_type, unprompted=True,
            ticket=self._request_text.card(ticket), form=self._field(what),
        )  # fmt: skip

    def _field(self, what: str) -> AskedField | None:
        """What the news ask for."""
        match what:
            case "address_refused" | "code_not_sent":
                return AskedField(field="email")
            case "code_reminder":
                buttons = self._responses.buttons("utter_buttons_new_code")
                return AskedField(field="code", options=[Choice(value=one["payload"], label=one["title"]) for one in buttons])
        return None


def still_true(what: str, ticket: Ticket) -> bool:
    """Whether the news named `what` are still true of a request, and still of use to its requester."""
    match what:
        case "address_refused":
            return ticket.unreached and not ticket.verified and ticket.status not in CLOSED
        case "code_not_sent":
            return ticket.code is not None and ticket.code.letter == "not_sent"
        case "code_reminder":
            return ticket.status == "awaiting_identity"
        case "letter_refused":
            return ticket.unreached
    return False
