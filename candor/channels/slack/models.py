"""Slack's tables: what was handled, who talks where, which company was chosen, where staff talk, and installations.

They hold Slack's own ids; what was written only encrypted, until it is answered. Installations are slack_sdk's own tables;
their tokens are encrypted.
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
    """One thing that Slack told us, taken on by one worker. `key` is a hash of what names it."""

    __tablename__ = "slack_handled"

    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True), index=True)


class TalkRow(SlackBase):
    """A conversation that was begun in Slack. The newest one of a place is the one that goes on."""

    __tablename__ = "slack_talk"

    conversation: Mapped[str] = mapped_column(String(40), primary_key=True)
    place: Mapped[str] = mapped_column(String(160), index=True)
    team: Mapped[str] = mapped_column(String(32), index=True)
    person: Mapped[str] = mapped_column(String(32), index=True)
    private: Mapped[bool]
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True), index=True)


class ThreadRow(SlackBase):
    """A thread that Candor is part of. `person` is who talks with it; `quiet`: people talk to each other since."""

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
    """The thread of the staff channel that tells of a visitor who wants a person, and in which the talk can be held."""

    __tablename__ = "slack_staff_thread"

    conversation: Mapped[str] = mapped_column(String(40), primary_key=True)
    channel: Mapped[str] = mapped_column(String(32))
    thread: Mapped[str] = mapped_column(String(32), index=True)
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True), index=True)


class UnansweredRow(SlackBase):
    """Something that was acknowledged to Slack and is not answered yet: Slack tells it no more. Deleted with the answer.

    `body` is what Slack sent, encrypted. `next_at`: from then on whoever took it on is taken for dead.
    """

    __tablename__ = "slack_unanswered"

    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    body: Mapped[bytes] = mapped_column(LargeBinary)
    tries: Mapped[int] = mapped_column(default=0)
    next_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), index=True)


SQLAlchemyInstallationStore.build_bots_table(SlackBase.metadata, BOTS)
SQLAlchemyInstallationStore.build_installations_table(SlackBase.metadata, INSTALLATIONS)
SQLAlchemyOAuthStateStore.build_oauth_states_table(SlackBase.metadata, STATES)
