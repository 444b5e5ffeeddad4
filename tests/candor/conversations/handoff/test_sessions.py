"""A person talks with a visitor: one at a time, each message once, and never both the person and Candor."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from candor.conversations.handoff.sessions import (
    BY_PERSON,
    TO_PERSON,
    LiveChatSession,
    LiveChatSessions,
    SessionEvent,
    SessionOverError,
    SessionTakenError,
)
from candor.database.engine import make_engine, upgrade
from candor.errors import UnknownConversationError
from candor.transcripts.store import TranscriptStore, TurnOutcome
from tests.revisions import to_revision

JOINS, LEAVES, YES = {"kind": "human", "text": "here"}, {"kind": "human", "text": "gone"}, {"kind": "human", "text": "Yes."}


def leaves(chat: LiveChatSession) -> dict[str, str]:
    return LEAVES


@pytest.fixture
def store(engine: Engine) -> TranscriptStore:
    return TranscriptStore(engine)


@pytest.fixture
def conversation(store: TranscriptStore) -> str:
    return store.begin(company="acme", channel="web").id


def take(sessions: LiveChatSessions, conversation: str, actor: str = "account:1", name: str = "Ada") -> LiveChatSession:
    return sessions.take(conversation, "acme", actor, name, JOINS)[0]


def test_who_is_first_takes_it_and_the_other_is_told_who_was(engine: Engine, conversation: str) -> None:
    """Two people at once would contradict each other."""
    sessions, barrier = LiveChatSessions(engine), threading.Barrier(2)

    def one(actor: str) -> str:
        barrier.wait()
        try:
            return take(sessions, conversation, actor, name=f"Person {actor}").actor
        except SessionTakenError as error:
            return error.public

    with ThreadPoolExecutor(2) as pool:
        told = sorted(pool.map(one, ["account:1", "slack:U1"]), key=len)

    assert told[0] in {"account:1", "slack:U1"}
    assert told[1].startswith(f"Person {told[0]} was first")
    assert len(sessions.turns_by_people(conversation)) == 1


def test_taking_it_again_changes_nothing(engine: Engine, conversation: str) -> None:
    """A double click, or a page that was open twice."""
    sessions = LiveChatSessions(engine)

    assert take(sessions, conversation) == take(sessions, conversation)
    assert len(sessions.turns_by_people(conversation)) == 1


def test_what_a_visitor_writes_goes_to_the_person_until_it_is_handed_back(
    engine: Engine, store: TranscriptStore, conversation: str
) -> None:
    """Before and after, it is Candor's to answer."""
    sessions = LiveChatSessions(engine)

    before = sessions.hear(conversation, "m1", "one")
    take(sessions, conversation)
    meanwhile = sessions.hear(conversation, "m2", "two")
    sessions.end(conversation, "account:1", leaves)
    after = sessions.hear(conversation, "m3", "three")

    assert (before, meanwhile and meanwhile.name, after) == (None, "Ada", None)
    assert [(turn.text, turn.state) for turn in store.turns(conversation)] == [
        ("", BY_PERSON), ("two", TO_PERSON), ("", BY_PERSON),
    ]  # fmt: skip


def test_a_retry_goes_where_the_message_went(engine: Engine, store: TranscriptStore, conversation: str) -> None:
    """Also when the conversation was handed back or taken meanwhile."""
    sessions = LiveChatSessions(engine)
    store.ask(conversation, "answered", "to Candor")
    store.answered(conversation, "answered", TurnOutcome([{"kind": "answer"}]), 1.0)
    take(sessions, conversation)
    sessions.hear(conversation, "heard", "to Ada")

    again = sessions.hear(conversation, "answered", "to Candor")
    sessions.end(conversation, "account:1", leaves)
    twice = sessions.hear(conversation, "heard", "to Ada")

    assert again is None
    assert twice is not None
    assert [turn.text for turn in store.turns(conversation)].count("to Ada") == 1


def test_what_candor_could_not_answer_goes_to_the_person_when_it_is_sent_again(
    engine: Engine, store: TranscriptStore, conversation: str
) -> None:
    """It was never answered, so nobody answers it twice."""
    sessions = LiveChatSessions(engine)
    store.ask(conversation, "m1", "hello?")
    store.failed(conversation, "m1", [{"kind": "error", "text": "down"}], 1.0)
    take(sessions, conversation)

    assert sessions.hear(conversation, "m1", "hello?") is not None
    [turn] = [turn for turn in store.turns(conversation) if turn.message_id == "m1"]
    assert (turn.state, turn.replies) == (TO_PERSON, [])


def test_a_persons_word_is_recorded_once(engine: Engine, conversation: str) -> None:
    """A page that lost its answer sends it again."""
    sessions = LiveChatSessions(engine)
    chat = take(sessions, conversation)

    told = [sessions.say(chat.id, "p1", YES) for _ in range(2)]

    assert told == [True, False]
    assert [turn.replies for turn in sessions.turns_by_people(conversation)] == [[JOINS], [YES]]


def test_nothing_is_said_in_a_talk_that_is_over(engine: Engine, conversation: str) -> None:
    """The visitor reads Candor again, and would not know who speaks."""
    sessions = LiveChatSessions(engine)
    chat = take(sessions, conversation)
    sessions.end(conversation, "account:2", leaves)

    with pytest.raises(SessionOverError):
        sessions.say(chat.id, "p1", YES)

    assert sessions.end(conversation, "account:2", leaves) is None


def test_a_forgotten_conversation_ends_its_talk(engine: Engine, store: TranscriptStore, conversation: str) -> None:
    """Nothing of it stays, and who still writes is told."""
    sessions = LiveChatSessions(engine)
    chat = take(sessions, conversation)
    sessions.seen(conversation)

    store.forget(conversation)

    assert (sessions.going_on(), sessions.last_seen(conversation)) == ([], None)
    for call in (
        lambda: sessions.say(chat.id, "p1", YES), lambda: sessions.end(conversation, "account:1", leaves),
        lambda: take(sessions, conversation), lambda: sessions.seen(conversation),
        lambda: sessions.hear(conversation, "m1", "hello"),
    ):  # fmt: skip
        with pytest.raises(UnknownConversationError):
            call()


def test_a_message_at_the_moment_of_handing_back_goes_one_way(engine: Engine, store: TranscriptStore) -> None:
    """Either the person's page shows it, before the talk ends, or Candor answers it."""
    sessions, ways = LiveChatSessions(engine), []
    for _ in range(12):
        conversation, barrier = store.begin(company="acme", channel="web").id, threading.Barrier(2)
        take(sessions, conversation)

        def both(work: Callable[[], object], barrier: threading.Barrier = barrier) -> object:
            barrier.wait()
            return work()

        def hear(conversation: str = conversation) -> object:
            return sessions.hear(conversation, "m1", "now?")

        def end(conversation: str = conversation) -> object:
            return sessions.end(conversation, "account:1", leaves)

        with ThreadPoolExecutor(2) as pool:
            heard, _ = pool.map(both, [hear, end])

        said = [turn.message_id for turn in store.turns(conversation)]
        ways.append(said)
        assert ("m1" in said) == (heard is not None)
        if heard is not None:
            assert said.index("m1") < next(number for number, name in enumerate(said) if name.endswith("leaves"))
    assert len(ways) == 12


def test_whoever_passes_it_on_hears_of_each_turn_once(engine: Engine, conversation: str) -> None:
    """In the turn's own transaction, so that neither is kept without the other."""
    heard: list[str] = []

    def told(session: Session, turn: int, *, channel: str, chat: LiveChatSession, what: SessionEvent) -> None:
        assert (channel, chat.actor) == ("web", "account:1")
        assert session.in_transaction()
        assert turn
        heard.append(what)

    sessions = LiveChatSessions(engine, told)
    chat = take(sessions, conversation)
    for _ in range(2):
        sessions.hear(conversation, "m1", "hello")
        sessions.say(chat.id, "p1", YES)
    sessions.end(conversation, "account:1", leaves)

    assert heard == ["joins", "asks", "says", "leaves"]


def test_who_cannot_pass_it_on_keeps_nothing(engine: Engine, conversation: str) -> None:
    """The person sends it again."""

    def fails(*_: object, **__: object) -> None:
        raise RuntimeError

    chat = take(LiveChatSessions(engine), conversation)

    with pytest.raises(RuntimeError):
        LiveChatSessions(engine, fails).say(chat.id, "p1", YES)

    assert LiveChatSessions(engine).say(chat.id, "p1", YES) is True


def test_an_unknown_conversation_cannot_be_taken(engine: Engine) -> None:
    """It was mistyped, or forgotten."""
    with pytest.raises(UnknownConversationError):
        take(LiveChatSessions(engine), "c_none")


def test_talks_that_went_on_in_slack_before_go_on(tmp_path: Path) -> None:
    """They were a table of Slack's own; those that had ended are over."""
    engine = make_engine(f"sqlite:///{tmp_path / 'candor.db'}")
    to_revision(engine, "0005")
    with engine.begin() as connection:
        begun = text("INSERT INTO conversation VALUES (:id, 'acme', 'slack', '2026-01-15', '2026-01-15')")
        connection.execute(begun, [{"id": "c_1"}, {"id": "c_2"}])
        taken = text("INSERT INTO slack_handover VALUES (:n, :id, 'C1', :thread, 'U0BOB', :ended)")
        connection.execute(
            taken,
            [
                {"n": 1, "id": "c_1", "thread": "1.1", "ended": None},
                {"n": 2, "id": "c_2", "thread": "1.2", "ended": "2026-01-15"},
            ],
        )

    upgrade(engine)

    assert [(chat.conversation, chat.actor) for chat in LiveChatSessions(engine).going_on()] == [("c_1", "slack:U0BOB")]
    with engine.connect() as connection:
        assert connection.execute(text("SELECT conversation, thread FROM slack_staff_thread")).all() == [("c_1", "1.1")]
    engine.dispose()
