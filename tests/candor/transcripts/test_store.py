"""The record of conversations: stored, answered again from it, and deleted."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import count

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from candor.errors import UnknownConversationError
from candor.tickets.cipher import FieldCipher
from candor.tickets.company import RequestCompany
from candor.tickets.events import RequestEvents
from candor.tickets.requester import Confirmed, Opened, RequestDesk
from candor.transcripts.models import ConversationRow, FeedbackRow, TurnRow, VaultRow
from candor.transcripts.store import TranscriptStore, TurnOutcome
from candor.transcripts.vault import Vault

NOON = datetime(2026, 1, 15, 12, 0, tzinfo=UTC)
REPLIES = [{"kind": "answer", "text": "This is what it says:"}]


class Clock:
    """A clock that stands still until a test moves it."""

    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        return self.now

    def pass_days(self, days: float) -> None:
        self.now += timedelta(days=days)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def store(engine: Engine, clock: Clock) -> TranscriptStore:
    return TranscriptStore(engine, clock)


@pytest.fixture
def conversation(store: TranscriptStore) -> str:
    """A conversation's id."""
    return store.begin(company="acme", channel="web").id


@pytest.fixture
def message_ids() -> Iterator[str]:
    return (f"message-{number}" for number in count(1))


def rows(engine: Engine) -> dict[str, int]:
    """How many rows each of the transcripts' tables has."""
    tables = (ConversationRow, TurnRow, FeedbackRow, VaultRow)
    with Session(engine) as session:
        return {table.__tablename__: len(session.scalars(select(table)).all()) for table in tables}


def test_a_conversation_can_be_found_again(store: TranscriptStore) -> None:
    """With company and channel; its id cannot be guessed."""
    begun, other = store.begin(company="acme", channel="web"), store.begin(company="acme", channel="web")

    assert store.get(begun.id) == begun
    assert (begun.company, begun.channel) == ("acme", "web")
    assert begun.id != other.id
    assert len(begun.id) >= 24


def test_a_message_is_stored_before_anyone_answers(store: TranscriptStore, conversation: str) -> None:
    """A crash in the middle of an answer loses no message."""
    known = store.ask(conversation, "message-1", "do you sell my data")

    assert known is None
    (turn,) = store.turns(conversation)
    assert (turn.text, turn.state, turn.company, turn.replies) == ("do you sell my data", "asked", "acme", [])


def test_a_turn_is_recorded_with_its_evidence(store: TranscriptStore, conversation: str) -> None:
    """Staff can see later why the assistant said what it said."""
    ranking = [{"name": "ask_selling", "confidence": 0.91}]
    evidence = {"version": "2026-01-15", "passages": [{"start": 1, "end": 9, "score": 0.7, "cited": True}]}
    store.ask(conversation, "message-1", "do you sell my data")

    store.answered(conversation, "message-1", TurnOutcome(REPLIES, "ask_selling", 0.91, ranking, evidence), 12.5)

    (turn,) = store.turns(conversation)
    assert (turn.state, turn.intent, turn.confidence, turn.milliseconds) == ("answered", "ask_selling", 0.91, 12.5)
    assert (turn.replies, turn.intent_ranking, turn.evidence) == (REPLIES, ranking, evidence)


def test_a_repeated_message_gets_the_same_replies(store: TranscriptStore, conversation: str) -> None:
    """A client that lost the answer sends the message again under the same id, and nothing happens twice."""
    store.ask(conversation, "message-1", "do you sell my data")
    store.answered(conversation, "message-1", TurnOutcome(REPLIES), 1.0)

    known = store.ask(conversation, "message-1", "do you sell my data")

    assert known == REPLIES
    assert len(store.turns(conversation)) == 1


def test_a_message_id_means_nothing_in_another_conversation(store: TranscriptStore, conversation: str) -> None:
    """Nobody gets another visitor's replies by using their message's id."""
    store.ask(conversation, "message-1", "do you sell my data")
    store.answered(conversation, "message-1", TurnOutcome(REPLIES), 1.0)
    other = store.begin(company="acme", channel="web").id

    assert store.ask(other, "message-1", "hello") is None


def test_a_turn_that_failed_can_be_asked_again(store: TranscriptStore, conversation: str) -> None:
    """The message was stored; once the assistant is back, it is answered as the same turn."""
    store.ask(conversation, "message-1", "do you sell my data")
    store.failed(conversation, "message-1", [{"kind": "error", "text": "I cannot answer just now"}], 3.0)
    assert store.turns(conversation)[0].state == "failed"

    again = store.ask(conversation, "message-1", "do you sell my data")
    store.answered(conversation, "message-1", TurnOutcome(REPLIES), 1.0)

    assert again is None
    assert [(turn.state, turn.replies) for turn in store.turns(conversation)] == [("answered", REPLIES)]


def test_turns_come_in_the_order_of_their_messages(store: TranscriptStore, conversation: str, message_ids: Iterator[str]) -> None:
    """Also messages of the same instant."""
    for text in ("one", "two", "three"):
        store.ask(conversation, next(message_ids), text)

    assert [turn.text for turn in store.turns(conversation)] == ["one", "two", "three"]


def test_a_turn_keeps_the_company_it_was_about(store: TranscriptStore, conversation: str) -> None:
    """Switching the company affects later turns only."""
    store.ask(conversation, "message-1", "hello")
    store.switch_company(conversation, "globex")
    store.ask(conversation, "message-2", "hello again")

    assert store.get(conversation).company == "globex"
    assert [turn.company for turn in store.turns(conversation)] == ["acme", "globex"]


def test_later_feedback_replaces_earlier(store: TranscriptStore, engine: Engine, conversation: str) -> None:
    """Of several verdicts on one answer, the last one counts."""
    store.feedback(conversation, "a_1", helpful=True, comment="")
    store.feedback(conversation, "a_1", helpful=False, comment="it was about cookies")
    store.feedback(conversation, "a_2", helpful=True, comment="")

    with Session(engine) as session:
        kept = {row.answer_id: (row.helpful, row.comment) for row in session.scalars(select(FeedbackRow))}
    assert kept == {"a_1": (False, "it was about cookies"), "a_2": (True, "")}
    assert store.verdicts(conversation) == {"a_1": False, "a_2": True}


def test_deleting_removes_turns_feedback_and_vault(store: TranscriptStore, engine: Engine, conversation: str) -> None:
    """And leaves every other conversation alone."""
    other = store.begin(company="acme", channel="web").id
    for each in (conversation, other):
        masked = Vault(engine, "a secret").mask(each, "I am jo@example.com")
        store.ask(each, "message-1", masked)
        store.feedback(each, "a_1", helpful=True, comment="")

    store.forget(conversation)

    assert rows(engine) == {"conversation": 1, "turn": 1, "feedback": 1, "vault": 1}
    assert [turn.text for turn in store.turns(other)] == ["I am <email_1>"]
    assert store.turns(conversation) == []


def test_deleting_a_conversation_leaves_its_requests_open(store: TranscriptStore, engine: Engine, conversation: str) -> None:
    """A request is the company's legal record; the conversation around it is not."""
    desk = RequestDesk(engine, RequestEvents(FieldCipher("a secret"), lambda company: RequestCompany(company, company)))
    opened = desk.open(Confirmed("yes-1", "acme", "deletion", conversation))

    store.forget(conversation)

    assert isinstance(opened, Opened)
    assert desk.of_conversation(conversation) == [opened.ticket]


def test_a_deleted_conversation_is_unknown_everywhere(store: TranscriptStore, conversation: str) -> None:
    """Whatever is tried with it, and also if it is deleted while it is being answered."""
    store.ask(conversation, "message-1", "hello")
    store.forget(conversation)

    for attempt in (
        lambda: store.get(conversation),
        lambda: store.ask(conversation, "message-2", "hello"),
        lambda: store.answered(conversation, "message-1", TurnOutcome(REPLIES), 1.0),
        lambda: store.failed(conversation, "message-1", REPLIES, 1.0),
        lambda: store.feedback(conversation, "a_1", helpful=True, comment=""),
        lambda: store.switch_company(conversation, "globex"),
        lambda: store.forget(conversation),
    ):
        with pytest.raises(UnknownConversationError):
            attempt()


def test_conversations_age_from_their_last_message(store: TranscriptStore, clock: Clock) -> None:
    """Retention counts from the last message, not from the first."""
    silent, lively = store.begin(company="acme", channel="web").id, store.begin(company="acme", channel="web").id
    clock.pass_days(20)
    store.ask(lively, "message-1", "still here")
    clock.pass_days(20)

    assert store.older_than(30) == [silent]
    assert set(store.older_than(10)) == {silent, lively}
    assert store.older_than(50) == []


def test_a_conversation_is_kept_to_the_end_of_its_last_day(store: TranscriptStore, clock: Clock, conversation: str) -> None:
    """Thirty days are thirty days: not a moment less."""
    clock.pass_days(30)
    assert store.older_than(30) == []

    clock.pass_days(0.001)
    assert store.older_than(30) == [conversation]
