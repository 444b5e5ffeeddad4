"""Lists of conversations, on SQLite and on PostgreSQL: marks, words, pages, and nothing left after forgetting."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, text

from candor.database.engine import make_engine, upgrade
from candor.errors import InvalidInputError
from candor.transcripts import facets
from candor.transcripts.listing import BadCursorError, ConversationQuery, Listing
from candor.transcripts.search import LONGEST, SnippetPart, searched, snippet
from candor.transcripts.store import TranscriptStore, TurnOutcome
from tests.postgresql import Databases
from tests.revisions import to_revision

HOSTILE = [
    '"', "'", "*", "sell*", 'NEAR("sell" data)', "sell AND NOT data", "(sell", "words:sell", "sell\0data", "\\", "sell'--",
    "sell:*", "& | !", "^sell", "-sell", "{sell}", "%", "\N{RIGHT-TO-LEFT OVERRIDE}sell", "🦄",
]  # fmt: skip
CITED = {"company": "acme", "version": "2026-01-15", "start": 0, "end": 5}


@pytest.fixture(params=["sqlite", "postgresql"])
def engine(request: pytest.FixtureRequest, engine: Engine, databases: Databases) -> Iterator[Engine]:
    """An empty database of either kind."""
    if request.param == "sqlite":
        yield engine
        return
    made = make_engine(databases.with_tables())
    yield made
    made.dispose()


class Desk:
    """The store and its lists, with a clock of their own: each message comes a minute after the one before."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.now = datetime(2026, 1, 15, 12, tzinfo=UTC)
        self.store, self.listing = TranscriptStore(engine, self.tick), Listing(engine)
        self.messages = count(1)

    def tick(self) -> datetime:
        self.now += timedelta(minutes=1)
        return self.now

    def start(self, said: str = "hello", company: str = "acme", channel: str = "web", **answer: Any) -> str:
        known = self.store.begin(company=company, channel=channel).id
        self.say(known, said, **answer)
        return known

    def say(
        self, conversation: str, said: str, kind: str = "answer", intent: str = "ask_policy", confidence: float = 0.9,
        told: str = "This is what it says:", aspect: str | None = None, **reply: Any,
    ) -> None:  # fmt: skip
        message = f"m-{next(self.messages)}"
        self.store.ask(conversation, message, said)
        replies = [{"kind": kind, "text": told, **reply}]
        self.store.answered(conversation, message, TurnOutcome(replies, intent, confidence, [], {"aspect": aspect}), 1.0)

    def ids(self, *wanted: str, **more: Any) -> list[str]:
        return [row.id for row in self.listing.page(ConversationQuery(facets=wanted, **more)).rows]

    def found(self, words: str, *wanted: str, **more: Any) -> list[str]:
        return self.ids(*wanted, words=searched(words), **more)


@pytest.fixture
def desk(engine: Engine) -> Desk:
    return Desk(engine)


def test_the_newest_come_first_and_a_message_moves_its_conversation_up(desk: Desk) -> None:
    """A conversation without a message is in no list."""
    first, second = desk.start(), desk.start()
    desk.store.begin(company="acme", channel="web")
    desk.say(first, "and more")

    assert desk.ids() == [first, second]


def test_each_facet_lists_its_conversations(desk: Desk) -> None:
    """Kind, intent, aspect, channel, company, low confidence, request, needs a person."""
    answered = desk.start(aspect="selling.sold")
    unsure = desk.start(kind="unsure", confidence=0.3, channel="slack")
    request = desk.start(kind="request", intent="request_deletion", ticket={"number": "A-1"}, company="globex")
    person = desk.start(kind="handoff", intent="talk_to_human")

    assert desk.ids("aspect:selling.sold") == [answered]
    assert desk.ids("kind:unsure") == desk.ids(facets.LOW_CONFIDENCE) == desk.ids("channel:slack") == [unsure]
    assert desk.ids(facets.REQUEST) == desk.ids("company:globex") == desk.ids("intent:request_deletion") == [request]
    assert desk.ids(facets.NEEDS_PERSON) == [person]
    assert desk.ids("company:acme", "kind:answer") == [answered]
    assert desk.ids(without=("company:acme",)) == [request]
    assert desk.listing.values("intent:") == ["ask_policy", "request_deletion", "talk_to_human"]


def test_facets_that_no_longer_hold_are_removed(desk: Desk) -> None:
    """Failed and then answered; not helpful and then helpful; answered by a person; moved to another company."""
    conversation = desk.start(kind="handoff", answer_id="a_1")
    desk.store.feedback(conversation, "a_1", helpful=False)
    desk.store.ask(conversation, "again", "hello?")
    desk.store.failed(conversation, "again", [{"kind": "error", "text": "down"}], 1.0)
    before = [desk.ids(facet) for facet in (facets.NOT_HELPFUL, facets.FAILED, facets.NEEDS_PERSON, "company:acme")]

    desk.store.feedback(conversation, "a_1", helpful=True)
    desk.store.answered(conversation, "again", TurnOutcome([{"kind": "answer", "text": "here"}]), 1.0)
    desk.store.answered_by_person(conversation)
    desk.store.switch_company(conversation, "globex")

    assert before == [[conversation]] * 4
    assert [desk.ids(facet) for facet in (facets.NOT_HELPFUL, facets.FAILED, facets.NEEDS_PERSON, "company:acme")] == [[]] * 4
    assert desk.ids("company:globex") == [conversation]


def test_a_message_that_was_never_answered_is_listed_as_failed(desk: Desk) -> None:
    """Its process may have been stopped, and the visitor still waits."""
    conversation = desk.store.begin(company="acme", channel="web").id
    desk.store.ask(conversation, "m", "anybody?")

    assert desk.ids(facets.FAILED) == [conversation]


def test_all_facets_move_with_their_conversation(desk: Desk) -> None:
    """Lists walk two facets side by side in the order of time; one that stayed behind would be missed."""
    old = desk.start(kind="unsure", channel="slack")
    new = desk.start(kind="unsure", channel="slack")
    desk.say(old, "more", kind="answer")

    assert desk.ids("kind:unsure", "channel:slack") == [old, new]
    assert desk.ids("kind:unsure", "kind:answer", "channel:slack") == [old]


@pytest.mark.parametrize("words", ["", "sell"])
def test_pages_are_stable_while_conversations_arrive(desk: Desk, words: str) -> None:
    """Older, then newer again: the same rows, nothing twice, nothing skipped; the newest are on the first page."""
    conversations = [desk.start(f"do you sell {number}") for number in range(7)][::-1]
    wanted = ConversationQuery(words=searched(words))
    first = desk.listing.page(wanted, limit=3)
    arrived = desk.start("do you sell it too")

    second = desk.listing.page(wanted, older=str(first.older), limit=3)
    third = desk.listing.page(wanted, older=str(second.older), limit=3)
    back = desk.listing.page(wanted, newer=str(second.newer), limit=3)
    top = desk.listing.page(wanted, newer=str(back.newer), limit=3)

    assert [row.id for page in (first, second, third) for row in page.rows] == conversations
    assert (first.newer, third.older) == (None, None)
    assert [row.id for row in back.rows] == conversations[:3]
    assert ([row.id for row in top.rows], top.newer) == ([arrived], None)


def test_a_conversation_is_found_once_however_many_turns_match(desk: Desk) -> None:
    """It has the position of its newest matching turn, on one page only."""
    often = desk.start("sell")
    other = desk.start("sell")
    for _ in range(5):
        desk.say(often, "sell")
    wanted = ConversationQuery(words=("sell",))

    first = desk.listing.page(wanted, limit=1)
    second = desk.listing.page(wanted, older=str(first.older), limit=1)

    assert [row.id for row in (*first.rows, *second.rows)] == [often, other]
    assert second.older is None


def test_words_are_found_in_messages_replies_and_quotes(desk: Desk) -> None:
    """One turn must have all words; case, accents and endings do not matter; a part of a word does not match."""
    conversation = desk.start(
        "Do you SELL Äpfel?", told="Yes, says the policy.", citations=[{**CITED, "quote": "We rented them out."}]
    )
    desk.start("something else")

    for words in ("sell", "äpfel", "APFEL", "policy", "policies", "selling", "rent", "rents sells apfel", "sell, rent!"):
        assert desk.found(words) == [conversation]
    for words in ("sel", "seller", "sell else", "rental"):
        assert desk.found(words) == []


def test_search_and_filters_go_together(desk: Desk) -> None:
    """By facet, without a facet, by company and by time."""
    acme, globex = desk.start("do you sell"), desk.start("do you sell", company="globex", kind="unsure")

    assert desk.found("sell", "kind:unsure") == desk.found("sell", companies=("globex",)) == [globex]
    assert desk.found("sell", without=("kind:unsure",)) == desk.found("sell", until=desk.now) == [acme]
    assert desk.found("sell", companies=("acme", "globex")) == [globex, acme]
    assert desk.found("sell", companies=()) == desk.found("sell", since=desk.now + timedelta(1)) == []


def test_a_day_is_searched_however_many_turns_other_days_have(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """The walk starts and ends near that day, with a margin for ids that are out of the order of time."""
    monkeypatch.setattr("candor.transcripts.listing.OUT_OF_ORDER", 2)
    conversations, moments = [], []
    for _ in range(9):
        conversations.append(desk.start("do you sell"))
        moments.append(desk.now)
    tangled = text("UPDATE turn SET at = :at WHERE conversation_id = :known")
    with desk.engine.begin() as connection:  # two processes: the later turn got the earlier id
        for mine, other in ((3, 4), (4, 3)):
            written = moments[other] if connection.dialect.name != "sqlite" else f"{moments[other]:%F %T.%f}"
            connection.execute(tangled, {"at": written, "known": conversations[mine]})

    assert desk.found("sell", since=moments[4], until=moments[6]) == [conversations[5], conversations[3]]
    assert desk.found("sell", since=moments[4]) == [*conversations[:4:-1], conversations[3]]
    assert desk.found("sell", until=moments[4]) == [conversations[4], *conversations[2::-1]]


def test_turns_from_before_words_were_stems_are_found_by_them(tmp_path: Path) -> None:
    """The migration indexes them again."""
    engine = make_engine(f"sqlite:///{tmp_path / 'candor.db'}")
    upgrade(engine)
    desk = Desk(engine)
    conversation = desk.start("do you keep cookies")
    to_revision(engine, "0012", down=True)
    with engine.begin() as connection:
        connection.execute(text("UPDATE turn_words SET words = 'do you keep cookies'"))

    upgrade(engine)

    assert desk.found("cookie") == desk.found("cookies") == [conversation]
    engine.dispose()


def test_turns_about_another_company_are_neither_found_nor_shown(desk: Desk) -> None:
    """A conversation that moved to another company keeps its earlier turns; the new company's staff do not see those."""
    conversation = desk.start("the secret of globex", company="globex")
    desk.store.switch_company(conversation, "acme")
    desk.say(conversation, "now about acme")

    (row,) = desk.listing.page(ConversationQuery(companies=("acme",))).rows

    assert (row.first, row.last, row.messages) == ("now about acme", "now about acme", 1)
    assert desk.found("secret", companies=("acme",)) == []
    assert desk.found("secret") == desk.found("acme", companies=("acme",)) == [conversation]


@pytest.mark.parametrize("typed", HOSTILE)
def test_whatever_is_typed_is_words(desk: Desk, typed: str) -> None:
    """No operator of a query language has any effect."""
    conversation = desk.start("do you sell data")
    words = searched(typed)

    found = desk.ids(words=words) if words else []

    assert found == ([conversation] if words and set(words) <= {"do", "you", "sell", "data"} else [])


@pytest.mark.parametrize("typed", ["x" * (LONGEST + 1), "x" * 10_000, "a b c d e f g h i j k l m"])
def test_a_search_that_is_too_long_is_refused(typed: str) -> None:
    """With a message that says what is allowed."""
    with pytest.raises(InvalidInputError) as refused:
        searched(typed)

    assert "A few telling words" in refused.value.public


def test_a_turn_of_hostile_text_is_stored_and_found(desk: Desk) -> None:
    """Ten kilobytes of one word, letters of all scripts, a zero byte in a quote."""
    conversation = desk.start("x" * 10_000 + " ½ ﬁ İstanbul हिन्दी 中文 it's", citations=[{**CITED, "quote": "zero\0byte"}])

    for words in ("x" * 100, "istanbul", "zero byte", "it's", "fi"):
        assert desk.found(words) == [conversation]


@pytest.mark.parametrize("cursor", ["x", "_", "20260115T120000.000000", "-1", "1" * 40, "20260115T120000.0_c\0", "²"])
@pytest.mark.parametrize("words", [(), ("sell",)])
def test_a_damaged_cursor_is_refused_or_harmless(desk: Desk, cursor: str, words: tuple[str, ...]) -> None:
    """People edit links, or copy half of them."""
    found: tuple[object, ...] = ()
    with suppress(BadCursorError):
        found = desk.listing.page(ConversationQuery(words=words), older=cursor).rows

    assert found == ()


def test_counting_stops_where_it_would_cost_too_much(desk: Desk) -> None:
    """At `most`, and where a company's conversations would have to be picked out of too many others."""
    for number in range(12):
        desk.start(kind="unsure", company="acme" if number < 2 else "globex")

    assert desk.listing.count("kind:unsure", most=5) == 5
    assert desk.listing.count("kind:unsure", most=100) == 12
    assert desk.listing.count("kind:unsure", ["acme"], most=100) == 2
    assert desk.listing.count("kind:unsure", ["acme"], most=1) is None


def test_a_deleted_conversation_is_in_no_list_and_no_index(desk: Desk, engine: Engine, tmp_path: Path) -> None:
    """Not even as a word in the index's own pages: the vacuumed file holds nothing of it."""
    for number in range(40):
        desk.start(f"do you sell {number}")
    conversation = desk.start("the sentinelword is mine", told="sentinelquote")
    desk.say(conversation, "more of sentinelword")

    desk.store.forget(conversation)
    desk.store.purge()

    assert desk.found("sentinelword") == []
    assert len(desk.ids()) == 40
    if engine.dialect.name == "sqlite":
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM"))
            connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))
            connection.execute(text("INSERT INTO turn_search (turn_search) VALUES ('integrity-check')"))
        kept = b"".join(path.read_bytes() for path in tmp_path.glob("candor.db*"))
        assert b"sentinel" not in kept
        assert b"sell" in kept


def test_a_snippet_shows_the_words_in_their_context() -> None:
    """Cut at a blank, marked, never changed."""
    said = "well " * 60 + "do you Sell, or are you selling again? " + "and " * 80

    pieces = snippet(("sell",), ["nothing here", said])

    assert [piece.text for piece in pieces if piece.marked] == ["Sell", "selling"]
    assert pieces[0] == SnippetPart("… ")
    assert pieces[-1] == SnippetPart(" …")
    assert "".join(piece.text for piece in pieces[1:-1]) in said
    assert snippet(("sell",), ["nothing"]) == ()
