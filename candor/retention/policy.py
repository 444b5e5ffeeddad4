"""The kinds of data, for how long each is kept, and why: shown by the console and `candor retention`. Pure."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True)
class Periods:
    """Days, from the settings of the same names."""

    transcripts: int
    vault: int
    requests: int
    files: int
    handoffs: int
    sessions: int
    outbox: int
    audit: int
    backups: int


@dataclass(frozen=True)
class DataKind:
    """One kind of data. `setting`: the variable that decides; empty where the period is fixed."""

    name: str
    title: str
    what: str
    why: str
    since: str  # the event from which the days are counted
    days: int
    setting: str = ""

    def limit(self, now: datetime) -> datetime:
        """The time before which data of this kind is over its period."""
        return now - timedelta(days=self.days)


@dataclass(frozen=True)
class DataCount:
    """How much there is of a kind now. `over`: how much of it is over its period, so the next run removes it."""

    rows: int
    oldest: datetime | None
    over: int


@dataclass(frozen=True)
class RetentionTask:
    """A kind of data, with a function that counts it and one that removes what is over. Both may be slow, and may fail."""

    kind: DataKind
    count: Callable[[datetime], Awaitable[DataCount]]
    remove: Callable[[datetime], Awaitable[int]]


def kinds(periods: Periods) -> dict[str, DataKind]:
    """Name → kind, in the order in which they are shown and removed; without those of chat channels, which bring their own."""
    all_kinds = [
        DataKind(
            "transcripts", "Conversations",
            "What visitors wrote (masked) and what Candor answered, with feedback, staff's reviews and notes, the search index.",
            "To answer follow-up questions, and to see where answers were wrong.",
            "the last message", periods.transcripts, "CANDOR_TRANSCRIPT_KEEP_DAYS",
        ),
        DataKind(
            "vault", "Masked values",
            "Names, addresses and numbers behind <email_1> and the like, encrypted. Card numbers are not kept at all.",
            "So that visitors see their own words, and staff can reveal them for a reason.",
            "the conversation's last message", periods.vault, "CANDOR_VAULT_KEEP_DAYS",
        ),
        DataKind(
            "trackers", "Rasa's memory",
            "Rasa's own record of each conversation, masked like the transcript.",
            "Rasa needs it to follow a conversation. What has no conversation any more goes with the next run.",
            "its last event", periods.transcripts, "CANDOR_TRANSCRIPT_KEEP_DAYS",
        ),
        DataKind(
            "requests", "Who made a request",
            "Address and words of closed requests, encrypted. What was asked, done and when stays, without them.",
            "To be able to show how each request was answered: 11 CCR § 7101 asks for at least 24 months.",
            "closing", periods.requests, "CANDOR_REQUEST_KEEP_DAYS",
        ),
        DataKind(
            "files", "Files for requesters",
            "What was put to requests for download, encrypted. Those that were not handed over go when the request closes.",
            "So that requesters can download them, again if need be.",
            "the letter that gave them", periods.files, "CANDOR_FILE_KEEP_DAYS",
        ),
        DataKind(
            "handoffs", "Who asked for a person",
            "Their address, encrypted, and their conversation. That somebody asked and was answered stays, for the figures.",
            "To write back, and to know the case if they write again.",
            "a person's answer", periods.handoffs, "CANDOR_HANDOFF_KEEP_DAYS",
        ),
        DataKind(
            "codes", "One-time codes",
            "Keyed hashes of codes, tries, and which conversation may see which request for an hour.",
            "To count against the limits. No limit looks back further.",
            "sending", 2,
        ),
        DataKind(
            "outbox", "Sent letters and webhooks",
            "What was sent when, not its text. Without a mail server also the letters themselves, in var/outbox.",
            "So that nothing is sent twice.",
            "sending", periods.outbox, "CANDOR_OUTBOX_KEEP_DAYS",
        ),
        DataKind(
            "sessions", "Staff's sign-ins",
            "Which browser was signed in, and until when. Of its key only a hash is kept.",
            "So that people can see and end their own sessions.",
            "their end", periods.sessions, "CANDOR_SESSION_KEEP_DAYS",
        ),
        DataKind(
            "answers", "Answers to programs",
            "What calls of the staff API with an Idempotency-Key were answered, encrypted.",
            "So that a call that is repeated is done once.",
            "the call", 1,
        ),
        DataKind(
            "audit", "Audit log",
            "Who of staff signed in, read, revealed, changed or exported what. Conversations and requests stand there by id.",
            "To be able to show who saw what. After a cut the rest can still be verified.",
            "the entry", periods.audit, "CANDOR_AUDIT_KEEP_DAYS",
        ),
        DataKind(
            "forgotten", "What was forgotten",
            "Hashes of hashes and of random ids of what visitors or staff had deleted; they name nobody.",
            "So that a backup that still holds it does not bring it back.",
            "forgetting", periods.backups, "CANDOR_BACKUP_KEEP_DAYS",
        ),
        DataKind(
            "runs", "Reports of these runs",
            "What each run removed, in numbers.",
            "To show that the periods are kept.",
            "the run", 90,
        ),
    ]  # fmt: skip
    return {kind.name: kind for kind in all_kinds}
