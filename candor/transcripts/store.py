"""The record of conversations: begin one, record its turns with their evidence and feedback, delete it."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Engine, bindparam, delete, func, select, update
from sqlalchemy.orm import Session

from candor.database.transactions import scrub
from candor.errors import UnknownConversationError
from candor.transcripts import facets, search
from candor.transcripts.counters import count_turn, count_verdict, named
from candor.transcripts.models import ConversationRow, FeedbackRow, PendingDeletionRow, QuoteRow, TurnRow
from candor.transcripts.risk import risk_of
from candor.transcripts.steps import STEP, step_in

ASKED, ANSWERED, FAILED = "asked", "answered", "failed"
PURGE_STEPS = 40  # of the search index after each forgetting: ten thousand pages, a fifth of a second at most
# Each turn runs these: built once, because building takes longer than running.
_TURN = select(TurnRow).where(TurnRow.conversation_id == bindparam("conversation"), TurnRow.message_id == bindparam("message"))
_EARLIER = select(TurnRow.replies).where(TurnRow.conversation_id == bindparam("conversation"), TurnRow.id < bindparam("turn"))
_EARLIER_REPLIES = _EARLIER.order_by(TurnRow.id.desc()).limit(1)


@dataclass(frozen=True)
class Conversation:
    """One visitor's conversation."""

    id: str
    company: str
    channel: str
    gpc: bool = False  # the browser sent Global Privacy Control when it began


@dataclass(frozen=True)
class TurnOutcome:
    """The replies to a message, and why they were given."""

    replies: list[dict[str, Any]]
    intent: str | None = None
    confidence: float | None = None
    intent_ranking: list[Any] = field(default_factory=list)
    evidence: dict[str, Any] = field(default_factory=dict)  # policy version, and each passage considered with its score
    trace: dict[str, Any] = field(default_factory=dict)  # what Rasa did: actions, slots, and its milliseconds as "rasa"


@dataclass(frozen=True)
class ConversationSummary:
    """How much is stored of a conversation: how many messages of the visitor, and ratings of answers."""

    messages: int
    ratings: int
    since: datetime
    last_at: datetime


class TranscriptStore:
    """Conversations in the database. Callers pass texts that are masked already."""

    def __init__(self, engine: Engine, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._engine = engine
        self._now = now

    def begin(self, *, company: str, channel: str, gpc: bool = False) -> Conversation:
        now, name = self._now(), f"c_{secrets.token_hex(12)}"
        row = ConversationRow(id=name, company=company, channel=channel, started_at=now, last_at=now, gpc=gpc)
        with Session(self._engine) as session, session.begin():
            session.add(row)
            return Conversation(row.id, company, channel, gpc)

    def get(self, conversation: str) -> Conversation:
        """Raises: UnknownConversationError if it never existed or was forgotten."""
        with Session(self._engine) as session:
            row = _conversation(session, conversation)
            return Conversation(row.id, row.company, row.channel, row.gpc)

    def switch_company(self, conversation: str, company: str) -> None:
        """From here on the conversation is about this company. Raises: UnknownConversationError."""
        with Session(self._engine) as session, session.begin():
            self.switch_company_in(session, facets.lock(session, conversation), company)

    def switch_company_in(self, session: Session, row: ConversationRow, company: str) -> None:
        """The same in the transaction of a caller who holds the conversation."""
        facets.drop(session, row.id, f"company:{row.company}")
        row.company = company
        session.flush()
        facets.add(session, row.id, (f"company:{company}",))

    def ask(self, conversation: str, message_id: str, text: str) -> list[dict[str, Any]] | None:
        """Record a message before anyone is asked; return the replies if it was already answered, else None.

        Raises: UnknownConversationError.
        """
        with Session(self._engine) as session, session.begin():
            row = facets.lock(session, conversation)
            return self.ask_in(session, row, turn_of(session, conversation, message_id), message_id, text)

    def ask_in(
        self, session: Session, row: ConversationRow, turn: TurnRow | None, message_id: str, text: str
    ) -> list[dict[str, Any]] | None:  # fmt: skip
        """The same in the transaction of a caller who holds the conversation. turn: of that message, if it came before."""
        if turn is not None:
            return turn.replies if turn.state == ANSWERED else None
        row.last_at = self._now()
        turn = TurnRow(
            conversation_id=row.id, message_id=message_id, at=row.last_at, company=row.company,
            text=text, state=ASKED, intent_ranking=[], replies=[], evidence={}, trace={},
        )  # fmt: skip
        session.add(turn)
        facets.touch(session, row.id, row.last_at)
        # It counts as failed until it is answered.
        facets.add(session, row.id, (facets.SAID, facets.FAILED, f"company:{row.company}", f"channel:{row.channel}"))
        search.index(session, turn)
        return None

    def answered(self, conversation: str, message_id: str, outcome: TurnOutcome, milliseconds: float) -> None:
        """Record what was answered, and why. Raises: UnknownConversationError."""
        with Session(self._engine) as session, session.begin():
            row = facets.lock(session, conversation)
            self.answered_in(session, row, known_turn(session, conversation, message_id), outcome, milliseconds)

    def answered_in(
        self, session: Session, row: ConversationRow, turn: TurnRow, outcome: TurnOutcome, milliseconds: float
    ) -> None:  # fmt: skip
        """The same in the transaction of a caller who holds the conversation."""
        again = turn.state == ANSWERED
        others = facets.others_of(session, turn)
        with session.no_autoflush:  # one statement changes the turn, once all is known
            turn.state = ANSWERED
            turn.intent, turn.confidence = outcome.intent, outcome.confidence
            turn.intent_ranking, turn.evidence = outcome.intent_ranking, outcome.evidence
            turn.replies, turn.trace, turn.milliseconds = outcome.replies, outcome.trace, milliseconds
            count_turn(session, turn, row.channel, first=not others.settled)  # compares with the row in the database
            turn.kind, turn.answer_id = _main_reply(outcome.replies)
            turn.aspect = named(outcome.evidence.get("aspect")) or None
            step = bool(step_in(outcome.trace))
            if step:
                turn.kind, turn.aspect = STEP, None
            turn.risk = _risk(turn)
            if again:
                session.execute(delete(QuoteRow).where(QuoteRow.turn_id == turn.id))
            session.add_all(_quotes(turn))
        new = facets.facets_of_answer(outcome.intent, outcome.confidence, outcome.replies, outcome.evidence)
        search.index(session, turn)  # flushes
        facets.set_open(session, row.id, others, facets.of_step(new) if step else new)

    def before(self, session: Session, turn: TurnRow) -> list[dict[str, Any]]:
        """The replies to the message before a turn."""
        return session.scalar(_EARLIER_REPLIES, {"conversation": turn.conversation_id, "turn": turn.id}) or []

    def failed(self, conversation: str, message_id: str, replies: list[dict[str, Any]], milliseconds: float) -> None:
        """Record that nobody could answer; the message may be sent again."""
        with Session(self._engine) as session, session.begin():
            turn = known_turn(session, conversation, message_id)
            others = facets.others_of(session, turn)
            channel = _conversation(session, conversation).channel
            with session.no_autoflush:
                turn.state, turn.replies, turn.milliseconds = FAILED, replies, milliseconds
                count_turn(session, turn, channel, first=not others.settled)

    def answered_by_person(self, conversation: str) -> None:
        """A person has answered, so the visitor waits for nobody any more. Raises: UnknownConversationError."""
        with Session(self._engine) as session, session.begin():
            facets.lock(session, conversation)
            facets.drop(session, conversation, facets.NEEDS_PERSON)

    def turns(self, conversation: str) -> list[TurnRow]:
        """All turns of a conversation, oldest first."""
        with Session(self._engine, expire_on_commit=False) as session:
            return list(session.scalars(select(TurnRow).filter_by(conversation_id=conversation).order_by(TurnRow.id)))

    def feedback(self, conversation: str, answer_id: str, *, helpful: bool, reason: str = "", comment: str = "") -> None:
        """Record a visitor's verdict on an answer; a later one replaces an earlier one. Raises: UnknownConversationError."""
        with Session(self._engine) as session, session.begin():
            facets.lock(session, conversation)
            row = session.scalar(select(FeedbackRow).filter_by(conversation_id=conversation, answer_id=answer_id))
            if row is None:
                row = FeedbackRow(conversation_id=conversation, answer_id=answer_id)
                session.add(row)
            row.helpful, row.reason, row.comment, row.at = helpful, reason, comment, self._now()
            count_verdict(session, row)
            of_answer = (TurnRow.conversation_id == conversation, TurnRow.answer_id == answer_id)
            session.execute(update(TurnRow).where(*of_answer).values(helpful=helpful))
            for turn in session.scalars(select(TurnRow).where(*of_answer).execution_options(populate_existing=True)):
                turn.risk = _risk(turn)
            facets.refresh(session, conversation)

    def feedback_of(self, conversation: str) -> list[FeedbackRow]:
        """All verdicts of its visitor on its answers."""
        with Session(self._engine, expire_on_commit=False) as session:
            return list(session.scalars(select(FeedbackRow).filter_by(conversation_id=conversation)))

    def verdicts(self, conversation: str) -> dict[str, bool]:
        """Answer id → whether the visitor called the answer helpful."""
        with Session(self._engine) as session:
            rows = session.scalars(select(FeedbackRow).filter_by(conversation_id=conversation))
            return {row.answer_id: row.helpful for row in rows}

    def summary(self, conversation: str) -> ConversationSummary:
        """How much is stored of a conversation. Raises: UnknownConversationError."""
        with Session(self._engine) as session:
            row = _conversation(session, conversation)
            counts = [
                session.scalar(select(func.count()).select_from(table).where(table.conversation_id == conversation)) or 0
                for table in (TurnRow, FeedbackRow)
            ]
            return ConversationSummary(counts[0], counts[1], _aware(row.started_at), _aware(row.last_at))

    def forget(self, conversation: str) -> None:
        """Delete a conversation with its turns, feedback and vault. Tickets stay: they are the company's legal record."""
        with Session(self._engine) as session, session.begin():
            session.delete(_conversation(session, conversation))

    def scrub(self) -> None:
        """Remove what was deleted from the search index and from the database's files, at once.

        An index too large for PURGE_STEPS, and a log that a reader keeps open, are finished by the retention job.
        """
        search.purge(self._engine, steps=PURGE_STEPS)
        scrub(self._engine)

    def purge(self) -> None:
        """Remove from the search index what is left there of deleted conversations, in small steps."""
        search.purge(self._engine)

    def add_pending_deletions(self, conversations: Iterable[str], session: Session | None = None) -> None:
        """Record that these must be deleted here and in Rasa's tracker store, so that a crash cannot lose it.

        session: of the caller's transaction; None: in one of its own.
        """
        if session is None:
            with Session(self._engine) as own, own.begin():
                self.add_pending_deletions(conversations, own)
            return
        for conversation in conversations:
            session.merge(PendingDeletionRow(conversation=conversation, at=self._now()))

    def known(self, conversations: Collection[str]) -> set[str]:
        """Those of these conversations that exist."""
        with Session(self._engine) as session:
            return set(session.scalars(select(ConversationRow.id).where(ConversationRow.id.in_(conversations))))

    def all_ids(self) -> set[str]:
        """The id of every conversation that is stored. Reads the whole table."""
        with Session(self._engine) as session:
            return set(session.scalars(select(ConversationRow.id)))

    def of_companies(self, conversations: Collection[str], companies: Collection[str]) -> set[str]:
        """Those of these conversations that exist and belong to one of the companies."""
        conditions = [ConversationRow.id.in_(conversations), ConversationRow.company.in_(companies)]
        with Session(self._engine) as session:
            return set(session.scalars(select(ConversationRow.id).where(*conditions)))

    def end_pending_deletion(self, conversation: str) -> None:
        """Rasa has deleted the conversation too."""
        with Session(self._engine) as session, session.begin():
            session.execute(delete(PendingDeletionRow).where(PendingDeletionRow.conversation == conversation))

    def pending_deletions(self) -> list[str]:
        """The conversations that Rasa still has to delete, the oldest first."""
        with Session(self._engine) as session:
            return list(session.scalars(select(PendingDeletionRow.conversation).order_by(PendingDeletionRow.at)))

    def older_than(self, days: int) -> list[str]:
        """The conversations without a message for so many days."""
        oldest = self._now() - timedelta(days=days)
        with Session(self._engine) as session:
            return list(session.scalars(select(ConversationRow.id).where(ConversationRow.last_at < oldest)))


def turn_of(session: Session, conversation: str, message_id: str) -> TurnRow | None:
    """The turn of a message; None if it never came, or was deleted."""
    return session.scalar(_TURN, {"conversation": conversation, "message": message_id})


def known_turn(session: Session, conversation: str, message_id: str) -> TurnRow:
    """The same. Raises: UnknownConversationError if it was deleted while it was being answered."""
    row = turn_of(session, conversation, message_id)
    if row is None:
        raise UnknownConversationError("unknown turn")
    return row


def _aware(moment: datetime) -> datetime:
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def _conversation(session: Session, conversation: str) -> ConversationRow:
    row = session.get(ConversationRow, conversation)
    if row is None:
        raise UnknownConversationError("unknown conversation")
    return row


def _quotes(turn: TurnRow) -> list[QuoteRow]:
    """The quotes in the turn's replies, each by its position in the policy's text."""
    citations = [citation for reply in turn.replies for citation in reply.get("citations") or []]
    return [
        QuoteRow(
            turn_id=turn.id, place=place, company=citation["company"], version=citation["version"], start=citation["start"],
            end=citation["end"],
        )
        for place, citation in enumerate(citations, start=1)
    ]  # fmt: skip


def _risk(turn: TurnRow) -> int:
    return risk_of(turn.kind, turn.confidence, turn.evidence, helpful=turn.helpful, message=turn.message_id)


def _main_reply(replies: list[dict[str, Any]]) -> tuple[str | None, str | None]:
    """Kind and answer id of the reply that answers: the first that is not small talk, else the first."""
    if not replies:
        return None, None
    main = next((reply for reply in replies if reply.get("kind") != "smalltalk"), replies[0])
    return named(main.get("kind")) or None, main.get("answer_id")
