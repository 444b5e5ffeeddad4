"""Join the retention job and the erasure of persons from every room's own forgetting, the assistant and the chat channels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from candor.app.channels import CHATS
from candor.channels.chat import ChatChannel
from candor.conversations.assistant import Assistant
from candor.retention import tasks
from candor.retention.erasure import Erasure
from candor.retention.forgotten import ForgottenList
from candor.retention.job import RetentionJob
from candor.retention.personal_copy import PersonalCopies
from candor.retention.policy import Periods, kinds
from candor.services import Services
from candor.settings import Settings


@dataclass(frozen=True)
class RetentionService:
    """The job that enforces the periods, the erasure of a person, and copies of what is held about one."""

    job: RetentionJob
    erasing: Erasure
    copies: PersonalCopies


def make_retention(parts: Services, assistant: Assistant, chats: Sequence[ChatChannel] = CHATS) -> RetentionService:
    """On the given parts; everything that concerns a conversation goes through the assistant."""
    engine, of = parts.engine, kinds(periods_of(parts.settings))
    longest = timedelta(hours=parts.settings.console_longest_hours)
    job = RetentionJob(
        engine,
        (
            tasks.transcripts(of["transcripts"], engine, assistant),
            tasks.vault(of["vault"], engine, parts.conversations.vault),
            tasks.trackers(of["trackers"], engine, parts.conversations.transcripts, assistant),
            tasks.requests(of["requests"], engine, parts.requests.retention),
            tasks.files(of["files"], engine, parts.requests.files),
            tasks.handoffs(of["handoffs"], engine, parts.requests.retention),
            tasks.codes(of["codes"], engine, parts.requests.retention),
            tasks.outbox(of["outbox"], engine, parts.requests.retention, parts.requests.mailer),
            *(chat.retention(parts) for chat in chats),
            tasks.sessions(of["sessions"], engine, longest),
            tasks.answers(of["answers"], engine, parts.staff.kept_answers),
            tasks.audit(of["audit"], engine, parts.staff.audit),
            tasks.forgotten(of["forgotten"], engine, forgotten_list(parts)),
            tasks.runs(of["runs"], engine),
        ),
    )
    copies = PersonalCopies(engine, parts.requests.events, parts.conversations.transcripts, parts.conversations.vault)
    return RetentionService(job, make_erasure(parts, chats), copies)


def make_erasure(parts: Services, chats: Sequence[ChatChannel] = CHATS) -> Erasure:
    """What finds and erases a person, on the given parts."""
    return Erasure(
        parts.engine,
        parts.conversations.vault,
        parts.conversations.transcripts,
        parts.requests.erasure,
        {chat.name: chat.members(parts) for chat in chats},
        parts.requests.mailer,
        parts.requests.links.remove,
        forgotten_list(parts),
        beside=(parts.staff.kept_answers.forget, parts.staff.saved_filters.forget),
    )


def forgotten_list(parts: Services) -> ForgottenList:
    """What was forgotten, in the database and in the file that the settings name."""
    return ForgottenList(parts.engine, parts.settings.forgotten)


def periods_of(given: Settings) -> Periods:
    """No part of a conversation outlives its transcript."""
    transcripts = given.transcript_keep_days
    return Periods(
        transcripts=transcripts, vault=min(given.vault_keep_days or transcripts, transcripts), requests=given.request_keep_days,
        files=given.file_keep_days,
        handoffs=given.handoff_keep_days, sessions=given.session_keep_days, outbox=given.outbox_keep_days,
        audit=given.audit_keep_days, backups=given.backup_keep_days,
    )  # fmt: skip
