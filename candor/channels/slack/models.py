"""Slack's tables: handled events, who talks where, chosen companies, threads of live chats, and installations.

They contain Slack's own ids. What people write is stored encrypted, and only until it is answered. The tables of
installations are slack_sdk's own; their tokens are encrypted.
"""

from __future__ import annotations

from datetime import datetime

from slack_sdk.oauth.installation_store.sqlalchemy import SQLAlchemyInstallationStore
from slack_sdk.oauth.state_store.sqlalchemy import SQLAlchemyOAuthStateStore
from sqlalchemy import DateTime, LargeBinary, String
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

BOTS, INSTALLATIONS, STATES = "slack_bots", "slack_installations", "slack_oauth_states"


class SlackBase(DeclarativeBase):
    """Slack's tables."""


class HandledRow(SlackBase):
    """One event of Slack, claimed by one worker. `key` is a hash of its ids."""

    __tablename__ = "slack_handled"

    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True), index=True)


class TalkRow(SlackBase):
    """A conversation that was begun in Slack. The newest one of a place is the current one."""

    __tablename__ = "slack_talk"

    conversation: Mapped[str] = mapped_column(String(40), primary_key=True)
    place: Mapped[str] = mapped_column(String(160), index=True)
    team: Mapped[str] = mapped_column(String(32), index=True)
    person: Mapped[str] = mapped_column(String(32), index=True)
    private: Mapped[bool]
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True), index=True)


class ThreadRow(SlackBase):
    """A thread that Candor is part of. `person` talks with it; `quiet`: people have begun to talk to each other."""

    __tablename__ = "slack_thread"

    team: Mapped[str] = mapped_column(String(32), primary_key=True)
    channel: Mapped[str] = mapped_column(String(32), primary_key=True)
    thread: Mapped[str] = mapped_column(String(32), primary_key=True)
    person: Mapped[str] = mapped_column(String(32))
    quiet: Mapped[bool]
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True), index=True)


class ChoiceRow(SlackBase):
    """The company that a person has chosen to ask about."""

    __tablename__ = "slack_choice"

    team: Mapped[str] = mapped_column(String(32), primary_key=True)
    person: Mapped[str] = mapped_column(String(32), primary_key=True)
    company: Mapped[str] = mapped_column(String(40))
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True))


class StaffThreadRow(SlackBase):
    """The thread of the staff channel that announced a visitor who wants a person, and can hold the live chat."""

    __tablename__ = "slack_staff_thread"

    conversation: Mapped[str] = mapped_column(String(40), primary_key=True)
    channel: Mapped[str] = mapped_column(String(32))
    thread: Mapped[str] = mapped_column(String(32), index=True)
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True), index=True)


class UnansweredRow(SlackBase):
    """A request of Slack that was acknowledged and is not answered yet: Slack does not send it again.

    `body` is what Slack sent, encrypted; it is emptied with the answer. After `next_at` the worker that took it is presumed
    dead.
    """

    __tablename__ = "slack_unanswered"

    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    body: Mapped[bytes] = mapped_column(LargeBinary)
    tries: Mapped[int] = mapped_column(default=0)
    next_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), index=True)


SQLAlchemyInstallationStore.build_bots_table(SlackBase.metadata, BOTS)
SQLAlchemyInstallationStore.build_installations_table(SlackBase.metadata, INSTALLATIONS)
SQLAlchemyOAuthStateStore.build_oauth_states_table(SlackBase.metadata, STATES)
