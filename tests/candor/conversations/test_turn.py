"""A turn begins in one transaction: the message goes one way, and all of it is recorded or nothing."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from candor.conversations.handoff.sessions import LiveChatSession, LiveChatSessions
from candor.conversations.turn import AnsweredBefore, ForCandor, ForPerson, Turns
from candor.errors import UnknownConversationError
from candor.transcripts.store import TranscriptStore, TurnOutcome
from candor.transcripts.vault import Vault

JOINS = {"kind": "human", "text": "here"}
REPLY = {"kind": "smalltalk", "text": "Hello!"}


@pytest.fixture
def store(engine: Engine) -> TranscriptStore:
    return TranscriptStore(engine)


@pytest.fixture
def vault(engine: Engine) -> Vault:
    return Vault(engine, "a secret")


@pytest.fixture
def sessions(engine: Engine) -> LiveChatSessions:
    return LiveChatSessions(engine)


@pytest.fixture
def turns(engine: Engine, store: TranscriptStore, sessions: LiveChatSessions, vault: Vault) -> Turns:
    return Turns(engine, store, sessions, vault)


@pytest.fixture
def conversation(store: TranscriptStore) -> str:
    return store.begin(company="acme", channel="web").id


def test_a_message_that_nobody_has_taken_is_for_candor(turns: Turns, store: TranscriptStore, conversation: str) -> None:
    """Recorded masked, before anyone is asked."""
    begun = turns.begin(conversation, "m1", "I am ada@example.org")

    assert begun == ForCandor("I am <email_1>", "acme")
    assert [(turn.text, turn.state) for turn in store.turns(conversation)] == [("I am <email_1>", "asked")]


def test_a_message_that_was_answered_comes_with_its_replies(turns: Turns, conversation: str) -> None:
    """Whoever lost them sends it again."""
    turns.begin(conversation, "m1", "hello")
    turns.end(conversation, "m1", "acme", TurnOutcome([REPLY]), 1.0)

    assert turns.begin(conversation, "m1", "hello") == AnsweredBefore([REPLY])


def test_a_message_that_was_not_answered_is_for_candor_again(turns: Turns, store: TranscriptStore, conversation: str) -> None:
    """The process may have been killed while Rasa was asked: the one turn is answered when the message is sent again."""
    first = turns.begin(conversation, "m1", "hello")

    assert turns.begin(conversation, "m1", "hello") == first
    assert len(store.turns(conversation)) == 1


def test_a_message_in_a_conversation_that_a_person_has_taken_is_theirs(
    turns: Turns, sessions: LiveChatSessions, conversation: str
) -> None:
    """And stays theirs when it is sent again after they have left."""
    session, _ = sessions.take(conversation, "acme", "account:1", "Ada", JOINS)

    assert turns.begin(conversation, "m1", "hello") == ForPerson(session)
    sessions.end(conversation, "account:1", lambda _: JOINS)
    again = turns.begin(conversation, "m1", "hello")
    assert isinstance(again, ForPerson)
    assert again.session.id == session.id


def test_an_unknown_conversation_begins_no_turn(turns: Turns, engine: Engine) -> None:
    """Nothing gets into the vault either."""
    with pytest.raises(UnknownConversationError):
        turns.begin("c_none", "m1", "I am ada@example.org")

    with engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM vault")).scalar() == 0


def test_a_beginning_that_fails_leaves_nothing_behind(
    engine: Engine, store: TranscriptStore, sessions: LiveChatSessions, vault: Vault, conversation: str
) -> None:
    """A crash after the message was masked and recorded takes all of it back; sent again it is a new message."""
    sessions.take(conversation, "acme", "account:1", "Ada", JOINS)

    def crash(*_: object, **__: object) -> None:
        raise SystemExit

    with pytest.raises(SystemExit):
        Turns(engine, store, LiveChatSessions(engine, crash), vault).begin(conversation, "m1", "I am ada@example.org")

    assert [turn.message_id for turn in store.turns(conversation)] == ["person-1-joins"]
    assert vault.values(conversation) == {}


def test_an_end_that_fails_leaves_the_turn_open(
    engine: Engine, turns: Turns, sessions: LiveChatSessions, vault: Vault, conversation: str
) -> None:
    """The company is not switched without the answer that says so."""
    turns.begin(conversation, "m1", "switch to Globex")

    class Crashing(TranscriptStore):
        def answered_in(self, *_: object, **__: object) -> None:
            raise SystemExit

    with pytest.raises(SystemExit):
        Turns(engine, Crashing(engine), sessions, vault).end(conversation, "m1", "globex", TurnOutcome([REPLY]), 1.0)

    assert turns.begin(conversation, "m1", "switch to Globex") == ForCandor("switch to Globex", "acme")


def test_the_end_switches_the_company(turns: Turns, store: TranscriptStore, conversation: str) -> None:
    """Together with the answer."""
    turns.begin(conversation, "m1", "switch to Globex")

    turns.end(conversation, "m1", "globex", TurnOutcome([REPLY]), 1.0)

    assert store.get(conversation).company == "globex"
    assert store.turns(conversation)[0].state == "answered"


def test_a_message_at_the_moment_of_taking_goes_one_way(turns: Turns, store: TranscriptStore, sessions: LiveChatSessions) -> None:
    """Candor answers what came before the person joined, the person what came after; never both, never neither."""
    for _ in range(12):
        conversation, barrier = store.begin(company="acme", channel="web").id, threading.Barrier(2)

        def begin(conversation: str = conversation, barrier: threading.Barrier = barrier) -> object:
            barrier.wait()
            return turns.begin(conversation, "m1", "now?")

        def take(conversation: str = conversation, barrier: threading.Barrier = barrier) -> LiveChatSession:
            barrier.wait()
            return sessions.take(conversation, "acme", "account:1", "Ada", JOINS)[0]

        with ThreadPoolExecutor(2) as pool:
            begins, takes = pool.submit(begin), pool.submit(take)
            begun, session = begins.result(), takes.result()

        recorded = [turn.message_id for turn in store.turns(conversation)]
        joins = f"person-{session.id}-joins"
        if isinstance(begun, ForPerson):
            assert recorded == [joins, "m1"]
        else:
            assert begun == ForCandor("now?", "acme")
            assert recorded == ["m1", joins]


def test_the_same_message_begun_twice_at_once_is_recorded_once(turns: Turns, store: TranscriptStore, conversation: str) -> None:
    """Two workers may hold it at the same time."""
    with ThreadPoolExecutor(2) as pool:
        both = list(pool.map(lambda _: turns.begin(conversation, "m1", "I am ada@example.org"), range(2)))

    assert both == [ForCandor("I am <email_1>", "acme")] * 2
    assert len(store.turns(conversation)) == 1


def test_listeners_work_in_the_transaction_of_the_beginning(
    engine: Engine, store: TranscriptStore, vault: Vault, conversation: str
) -> None:
    """So that nobody hears of a message that is not kept."""
    seen: list[bool] = []

    def listen(session: Session, turn: int, **_: object) -> None:
        seen.append(session.in_transaction() and turn > 0)

    sessions = LiveChatSessions(engine, listen)
    sessions.take(conversation, "acme", "account:1", "Ada", JOINS)
    Turns(engine, store, sessions, vault).begin(conversation, "m1", "hello")

    assert seen == [True, True]
