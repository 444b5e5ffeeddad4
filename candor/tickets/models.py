"""Tables of privacy requests. What happens to a request is added as events and never overwritten.

What a person wrote and who they are is encrypted in columns of its own: `ticket.email`, `ticket_text.ciphertext`,
`handoff.email`, `handoff.answer`, and of files their names and keys. Nothing else reveals to a database administrator whose
request it is.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, ForeignKey, Index, LargeBinary, String, UniqueConstraint, false, text, true
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

from candor.database.transactions import UtcTime


class TicketBase(DeclarativeBase):
    """The tickets' tables."""


class TicketRow(TicketBase):
    """One request of one data subject. `confirmation` is the yes that opened it: one yes, one ticket."""

    __tablename__ = "ticket"
    __table_args__ = (
        Index("ix_ticket_status_respond_by", "status", "respond_by"),
        # closed requests are listed newest first, filtered by any of these
        Index("ix_ticket_status_closed_at", "status", "closed_at"),
        Index("ix_ticket_company_closed_at", "company", "closed_at"),
        Index("ix_ticket_law_closed_at", "law", "closed_at"),
        Index("ix_ticket_received_at", "received_at", "company"),
        # queried each time the queue is shown, and nearly always empty
        Index(
            "ix_ticket_without_date", "id", sqlite_where=text("respond_by IS NULL"), postgresql_where=text("respond_by IS NULL")
        ),
        Index(  # for the inbox, which reads the newest; nearly always empty too
            "ix_ticket_unseen_event",
            "unseen_event",
            sqlite_where=text("unseen_event IS NOT NULL"),
            postgresql_where=text("unseen_event IS NOT NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(16), unique=True)
    confirmation: Mapped[str] = mapped_column(String(64), unique=True)
    company: Mapped[str] = mapped_column(String(40), index=True)
    request_type: Mapped[str] = mapped_column(String(24))
    status: Mapped[str] = mapped_column(String(24))
    conversation: Mapped[str] = mapped_column(String(40), index=True)
    received_at: Mapped[datetime] = mapped_column(UtcTime)

    # Who asks, encrypted; found again by the keyed hash of the address.
    email: Mapped[bytes | None] = mapped_column(LargeBinary)
    email_hash: Mapped[str | None] = mapped_column(String(64), index=True)
    verified_at: Mapped[datetime | None] = mapped_column(UtcTime)
    duplicate_of: Mapped[int | None] = mapped_column(ForeignKey("ticket.id", name="fk_ticket_duplicate_of_ticket"))

    # Which law's clock runs, and its dates. None until they have been computed.
    residence: Mapped[str] = mapped_column(String(40), default="", server_default="")
    law: Mapped[str] = mapped_column(String(40), default="", server_default="")
    time_zone: Mapped[str] = mapped_column(String(64), default="", server_default="")
    acknowledge_by: Mapped[datetime | None] = mapped_column(UtcTime)
    respond_by: Mapped[datetime | None] = mapped_column(UtcTime)
    respond_article: Mapped[str] = mapped_column(String(200), default="", server_default="")
    extended_until: Mapped[datetime | None] = mapped_column(UtcTime)
    promised_days: Mapped[int | None]

    # Who opened it, as a keyed hash (senders.py); empty a few days later. Unproven requests are counted by it.
    sender: Mapped[str] = mapped_column(String(64), default="", server_default="", index=True)

    # Whose work it is, as an actor: "account:3". Events say who assigned it; this is the current value.
    assignee: Mapped[str] = mapped_column(String(40), default="", server_default="")

    # The event with which the requester last wrote, until a person does something with the request; a note is enough.
    unseen_event: Mapped[int | None]

    closed_at: Mapped[datetime | None] = mapped_column(UtcTime, index=True)
    erased_at: Mapped[datetime | None] = mapped_column(UtcTime)
    events: Mapped[list[TicketEventRow]] = relationship(order_by="TicketEventRow.id", back_populates="ticket")


class TicketEventRow(TicketBase):
    """One event of a request: what, when, by whom, and the state after it. The database refuses to change it.

    `data` holds dates, named reasons and the like. What a person wrote is in `ticket_text`, where it can be erased.
    """

    __tablename__ = "ticket_event"

    id: Mapped[int] = mapped_column(primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"), index=True)
    at: Mapped[datetime] = mapped_column(UtcTime)
    actor: Mapped[str] = mapped_column(String(40))
    what: Mapped[str] = mapped_column(String(40))
    state: Mapped[str] = mapped_column(String(24), default="", server_default="")
    data: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict, server_default="{}")
    ticket: Mapped[TicketRow] = relationship(back_populates="events")


class TicketTextRow(TicketBase):
    """What a person wrote with an event: details, a reason, a message, a note. Encrypted."""

    __tablename__ = "ticket_text"

    id: Mapped[int] = mapped_column(primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"), index=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("ticket_event.id"), unique=True)
    ciphertext: Mapped[bytes] = mapped_column(LargeBinary)


class FileLinkRow(TicketBase):
    """A link under which a requester gets files, with a code: what a letter gave, until when, and how it ended.

    The token in the link is encrypted, so that its letter can be written whenever it is sent; links are found by its hash.
    """

    __tablename__ = "file_link"

    id: Mapped[int] = mapped_column(primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"), index=True)
    token: Mapped[bytes] = mapped_column(LargeBinary)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    made_at: Mapped[datetime] = mapped_column(UtcTime)
    until: Mapped[datetime] = mapped_column(UtcTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcTime)
    ended_by: Mapped[str] = mapped_column(String(40), default="", server_default="")  # an actor; the system: its period was over
    downloads: Mapped[int] = mapped_column(default=0, server_default="0")  # of all its files


class RequestFileRow(TicketBase):
    """A file that was put to a request. Its bytes are in the folder of files, sealed with a key of their own.

    state: arriving, until all of it is there; here. link_id: the newest link that gives it; None: it was handed over by none.
    """

    __tablename__ = "request_file"

    id: Mapped[int] = mapped_column(primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"), index=True)
    link_id: Mapped[int | None] = mapped_column(ForeignKey("file_link.id"), index=True)
    blob: Mapped[str] = mapped_column(String(32), unique=True)
    key: Mapped[bytes] = mapped_column(LargeBinary)
    name: Mapped[bytes] = mapped_column(LargeBinary)
    size: Mapped[int] = mapped_column(BigInteger, default=0)
    state: Mapped[str] = mapped_column(String(8))
    added_at: Mapped[datetime] = mapped_column(UtcTime)
    added_by: Mapped[str] = mapped_column(String(40))
    downloads: Mapped[int] = mapped_column(default=0, server_default="0")


class ChecklistPointRow(TicketBase):
    """One point of a company's own checklist for a right. kind: system or processor."""

    __tablename__ = "checklist_point"
    __table_args__ = (Index("ix_checklist_point_of", "company", "request_type"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    company: Mapped[str] = mapped_column(String(40))
    request_type: Mapped[str] = mapped_column(String(24))
    kind: Mapped[str] = mapped_column(String(10))
    text: Mapped[str] = mapped_column(String(200))
    who: Mapped[str] = mapped_column(String(80), default="", server_default="")


class RequestPointRow(TicketBase):
    """One point of a request's own copy of the checklist."""

    __tablename__ = "request_point"

    id: Mapped[int] = mapped_column(primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"), index=True)
    kind: Mapped[str] = mapped_column(String(10))
    text: Mapped[str] = mapped_column(String(200))
    who: Mapped[str] = mapped_column(String(80), default="", server_default="")
    done_at: Mapped[datetime | None] = mapped_column(UtcTime)
    done_by: Mapped[str] = mapped_column(String(40), default="", server_default="")


class AuthorizedAgentRow(TicketBase):
    """Who may make requests for other people by the Data Rights Protocol. verify_key: of Ed25519, 32 bytes.

    trusted: an address that this agent has verified counts as proven. enabled: false, and nothing is taken from it.
    """

    __tablename__ = "authorized_agent"

    id: Mapped[int] = mapped_column(primary_key=True)
    agent_id: Mapped[str] = mapped_column(String(80), unique=True)
    name: Mapped[str] = mapped_column(String(80))
    verify_key: Mapped[bytes] = mapped_column(LargeBinary)
    trusted: Mapped[bool] = mapped_column(default=False, server_default=false())
    enabled: Mapped[bool] = mapped_column(default=True, server_default=true())
    added_at: Mapped[datetime] = mapped_column(UtcTime)
    added_by: Mapped[str] = mapped_column(String(40))


class AgentTokenRow(TicketBase):
    """The token of an agent with one company, the newest alone: only its hash."""

    __tablename__ = "agent_token"
    __table_args__ = (UniqueConstraint("agent", "company"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    agent: Mapped[int] = mapped_column(ForeignKey("authorized_agent.id"))
    company: Mapped[str] = mapped_column(String(40))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    made_at: Mapped[datetime] = mapped_column(UtcTime)


class AgentMessageRow(TicketBase):
    """The digest of a signed message that was taken, as long as it would be valid: the same is not taken twice."""

    __tablename__ = "agent_message"

    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    until: Mapped[datetime] = mapped_column(UtcTime, index=True)


class AgentRequestRow(TicketBase):
    """Under which name an agent knows a request. It holds nothing about the person.

    status_callback: the address at which the agent wants to be told of each change, encrypted; gone with the person's data.
    """

    __tablename__ = "agent_request"

    request_id: Mapped[str] = mapped_column(String(36), primary_key=True)  # a UUID
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"), unique=True)
    agent: Mapped[int] = mapped_column(ForeignKey("authorized_agent.id"))
    agent_request_id: Mapped[str] = mapped_column(String(100), default="", server_default="")
    exercise: Mapped[str] = mapped_column(String(40))
    regime: Mapped[str] = mapped_column(String(40), default="", server_default="")
    status_callback: Mapped[bytes | None] = mapped_column(LargeBinary)


class IdentityCodeRow(TicketBase):
    """One one-time code. Only its keyed hash is kept; `nonce` and the secret key together make the code again for the mail.

    `state`: live, used, or over (a newer one was sent, or no attempts are left).
    """

    __tablename__ = "identity_code"

    id: Mapped[int] = mapped_column(primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"), index=True)
    nonce: Mapped[bytes] = mapped_column(LargeBinary)
    code_hash: Mapped[str] = mapped_column(String(64))
    email_hash: Mapped[str] = mapped_column(String(64), index=True)
    conversation: Mapped[str] = mapped_column(String(40), index=True)
    sender: Mapped[str] = mapped_column(String(64), default="", server_default="", index=True)
    issued_at: Mapped[datetime] = mapped_column(UtcTime, index=True)
    expires_at: Mapped[datetime] = mapped_column(UtcTime)
    tries: Mapped[int] = mapped_column(default=0)
    state: Mapped[str] = mapped_column(String(8))


class IdentityAttemptRow(TicketBase):
    """One attempt that counts for limits. what: "stranger", on a number to which the conversation has no access, whether or not
    it exists; or "wrong", a wrong code."""

    __tablename__ = "identity_try"

    id: Mapped[int] = mapped_column(primary_key=True)
    conversation: Mapped[str] = mapped_column(String(40), index=True)
    sender: Mapped[str] = mapped_column(String(64), default="", server_default="", index=True)
    what: Mapped[str] = mapped_column(String(8), default="stranger", server_default="stranger")
    at: Mapped[datetime] = mapped_column(UtcTime, index=True)


class SenderRow(TicketBase):
    """Who writes in a conversation, as a keyed hash of their network address or their name in a chat channel. Kept for days."""

    __tablename__ = "conversation_sender"

    conversation: Mapped[str] = mapped_column(String(40), primary_key=True)
    sender: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(UtcTime, index=True)


class TicketAccessRow(TicketBase):
    """A conversation in which the right code was given may see and change the request for a while."""

    __tablename__ = "ticket_access"

    id: Mapped[int] = mapped_column(primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"), index=True)
    conversation: Mapped[str] = mapped_column(String(40), index=True)
    until: Mapped[datetime] = mapped_column(UtcTime)


class HandoffRow(TicketBase):
    """A visitor wants to talk to a person."""

    __tablename__ = "handoff"
    __table_args__ = (Index("ix_handoff_asked_at", "asked_at", "company"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    conversation: Mapped[str] = mapped_column(String(40), index=True)
    company: Mapped[str] = mapped_column(String(40))
    email: Mapped[bytes | None] = mapped_column(LargeBinary)
    email_hash: Mapped[str | None] = mapped_column(String(64), index=True)  # None also if it was stored before hashes existed
    asked_at: Mapped[datetime] = mapped_column(UtcTime)
    answer_by: Mapped[datetime] = mapped_column(UtcTime)
    answered_at: Mapped[datetime | None] = mapped_column(UtcTime, index=True)
    # Who answered; before it is answered: who wrote the mail that no mail server has taken yet.
    answered_by: Mapped[str] = mapped_column(String(40), default="", server_default="")
    # What was written in the chat to somebody who was promised a mail. It keeps the promise once their page has shown it.
    said_at: Mapped[datetime | None] = mapped_column(UtcTime)
    said_by: Mapped[str] = mapped_column(String(40), default="", server_default="")
    answer: Mapped[bytes | None] = mapped_column(LargeBinary)  # the last text that was written for the address, delivered or not
    question: Mapped[bytes | None] = mapped_column(LargeBinary)  # what they want to know, masked
    # A chat that somebody has passed on: to which colleague, as an actor (any, if empty), and who did.
    meant_for: Mapped[str] = mapped_column(String(40), default="", server_default="")
    passed_by: Mapped[str] = mapped_column(String(40), default="", server_default="")
    urgent: Mapped[bool] = mapped_column(default=False, server_default=false())  # danger, or data in strange hands


class ReceivedMailRow(TicketBase):
    """A mail that was recorded, by a hash of its Message-ID: it may arrive again."""

    __tablename__ = "received_mail"

    id: Mapped[int] = mapped_column(primary_key=True)
    mail: Mapped[str] = mapped_column(String(64), unique=True)
    at: Mapped[datetime] = mapped_column(UtcTime, index=True)


class WebhookRow(TicketBase):
    """A receiver of webhooks. events: names, or beginnings such as "request.*"; companies: their ids; empty: all.

    identity: whether it is told who asked. failing_since: of the first of its failures in a row. stopped_at: when it was switched
    off because it failed for too long.
    """

    __tablename__ = "webhook"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(80))
    url: Mapped[bytes] = mapped_column(LargeBinary)  # encrypted: many receivers know their callers by nothing else
    secret: Mapped[bytes] = mapped_column(LargeBinary)  # encrypted
    events: Mapped[list[str]] = mapped_column(JSON)
    companies: Mapped[list[str]] = mapped_column(JSON)
    identity: Mapped[bool] = mapped_column(default=False, server_default=false())
    active: Mapped[bool] = mapped_column(default=True, server_default=true())
    made_by: Mapped[str] = mapped_column(String(40))
    made_at: Mapped[datetime] = mapped_column(UtcTime)
    failures: Mapped[int] = mapped_column(default=0, server_default="0")
    failing_since: Mapped[datetime | None] = mapped_column(UtcTime)
    paused_until: Mapped[datetime | None] = mapped_column(UtcTime)
    stopped_at: Mapped[datetime | None] = mapped_column(UtcTime)
    stopped_why: Mapped[str] = mapped_column(String(80), default="", server_default="")


class OutboxRow(TicketBase):
    """One message to send, stored together with the change that it is about. Its text is made only when it is sent.

    `key` is sent with every attempt, so that a receiver recognises a repetition. `state`: due, sending, sent, refused (the
    mailbox does not exist), dead (given up), lapsed (there was nothing left to say).
    """

    __tablename__ = "outbox"
    __table_args__ = (
        Index("ix_outbox_state_next_at", "state", "next_at"),
        Index("ix_outbox_webhook_id", "webhook_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(80), unique=True)
    channel: Mapped[str] = mapped_column(String(10))  # requester, staff or webhook
    what: Mapped[str] = mapped_column(String(40))  # the letter's or the webhook's name
    ticket_id: Mapped[int | None] = mapped_column(ForeignKey("ticket.id"), index=True)
    event_id: Mapped[int | None] = mapped_column(ForeignKey("ticket_event.id"))
    code_id: Mapped[int | None] = mapped_column(ForeignKey("identity_code.id", ondelete="SET NULL"))
    handoff_id: Mapped[int | None] = mapped_column(ForeignKey("handoff.id"))
    webhook_id: Mapped[int | None]  # which receiver; None: that of the settings
    answered: Mapped[int | None]  # the receiver's last HTTP status
    state: Mapped[str] = mapped_column(String(8))
    tries: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(UtcTime)
    next_at: Mapped[datetime] = mapped_column(UtcTime)
    claimed_by: Mapped[str] = mapped_column(String(40), default="", server_default="")
    last_error: Mapped[str] = mapped_column(String(80), default="", server_default="")
