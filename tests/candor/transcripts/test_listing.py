"""Lists of conversations, on SQLite and on PostgreSQL: marks, words, pages, and nothing left after forgetting."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, create_engine, text

from candor.database import make_engine, upgrade
from candor.errors import InvalidInputError
from candor.transcripts import facets
from candor.transcripts.listing import BadCursorError, ConversationQuery, Listing
from candor.transcripts.search import LONGEST, SnippetPart, searched, snippet
from candor.transcripts.store import TranscriptStore, TurnOutcome
from tests.postgresql import running_server
from tests.revisions import to_revision

NAMES = count(1)
HOSTILE = [
    '"', "'", "*", "sell*", 'NEAR("sell" data)', "sell AND NOT data", "(sell", "words:sell", "sell\0data", "\\", "sell'--",
    "sell:*", "& | !", "^sell", "-sell", "{sell}", "%", "\N{RIGHT-TO-LEFT OVERRIDE}sell", "🦄",
]  # fmt: skip
CITED = {"company": "acme", "version": "2026-01-15", "start": 0, "end": 5}


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with running_server() as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def engine(request: pytest.FixtureRequest, tmp_path: Path, server: str) -> Iterator[Engine]:
    """An empty database of either kind."""
    url = f"sqlite:///{tmp_path / 'candor.db'}"
    if request.param == "postgresql":
        name = f"listing_{next(NAMES)}"
        admin = create_engine(f"{server}/postgres", isolation_level="AUTOCOMMIT")
        with admin.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {name}"))
        admin.dispose()
        url = f"{server}/{name}"
    made = make_engine(url)
    upgrade(made)
    yield made
    made.dispose()


class Desk:
    """The record, with a clock of its own: each message comes a minute after the one before."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.now = datetime(2026, 1, 15, 12, tzinfo=UTC)
        self.store, self.listing = TranscriptStore(engine, self.tick), Listing(engine)
        self.messages = count(1)

    def tick(self) -> datetime:
        self.now += timedelta(minutes=1)
        return self.now

    def talk(self, said: str = "hello", company: str = "acme", channel: str = "web", **answer: Any) -> str:
        known = self.store.begin(company=company, channel=channel).id
        self.say(known, said, **answer)
        return known

    def say(
        self, talk: str, said: str, kind: str = "answer", intent: str = "ask_policy", confidence: float = 0.9,
        told: str = "This is what it says:", aspect: str | None = None, **reply: Any,
    ) -> None:  # fmt: skip
        message = f"m-{next(self.messages)}"
        self.store.ask(talk, message, said)
        replies = [{"kind": kind, "text": told, **reply}]
        self.store.answered(talk, message, TurnOutcome(replies, intent, confidence, [], {"aspect": aspect}), 1.0)

    def ids(self, *wanted: str, **more: Any) -> list[str]:
        return [row.id for row in self.listing.page(ConversationQuery(facets=wanted, **more)).rows]

    def found(self, words: str, *wanted: str, **more: Any) -> list[str]:
        return self.ids(*wanted, words=searched(words), **more)


@pytest.fixture
def desk(engine: Engine) -> Desk:
    return Desk(engine)


def test_the_newest_comes_first_and_what_is_said_moves_up(desk: Desk) -> None:
    """A conversation in which nothing was said is in no list."""
    first, second = desk.talk(), desk.talk()
    desk.store.begin(company="acme", channel="web")
    desk.say(first, "and more")

    assert desk.ids() == [first, second]


def test_each_mark_lists_its_conversations(desk: Desk) -> None:
    """Kind, intent, aspect, channel, company, low confidence, request, needs a person."""
    answered = desk.talk(aspect="selling.sold")
    unsure = desk.talk(kind="unsure", confidence=0.3, channel="slack")
    request = desk.talk(kind="request", intent="request_deletion", ticket={"number": "A-1"}, company="globex")
    person = desk.talk(kind="handoff", intent="talk_to_human")

    assert desk.ids("aspect:selling.sold") == [answered]
    assert desk.ids("kind:unsure") == desk.ids(facets.LOW_CONFIDENCE) == desk.ids("channel:slack") == [unsure]
    assert desk.ids(facets.REQUEST) == desk.ids("company:globex") == desk.ids("intent:request_deletion") == [request]
    assert desk.ids(facets.NEEDS_PERSON) == [person]
    assert desk.ids("company:acme", "kind:answer") == [answered]
    assert desk.ids(without=("company:acme",)) == [request]
    assert desk.listing.values("intent:") == ["ask_policy", "request_deletion", "talk_to_human"]


def test_marks_that_stop_to_hold_go(desk: Desk) -> None:
    """Failed and then answered; not helpful and then helpful; answered by a person; moved to another company."""
    talk = desk.talk(kind="handoff", answer_id="a_1")
    desk.store.feedback(talk, "a_1", helpful=False)
    desk.store.ask(talk, "again", "hello?")
    desk.store.failed(talk, "again", [{"kind": "error", "text": "down"}], 1.0)
    before = [desk.ids(mark) for mark in (facets.NOT_HELPFUL, facets.FAILED, facets.NEEDS_PERSON, "company:acme")]

    desk.store.feedback(talk, "a_1", helpful=True)
    desk.store.answered(talk, "again", TurnOutcome([{"kind": "answer", "text": "here"}]), 1.0)
    desk.store.answered_by_person(talk)
    desk.store.switch_company(talk, "globex")

    assert before == [[talk]] * 4
    assert [desk.ids(mark) for mark in (facets.NOT_HELPFUL, facets.FAILED, facets.NEEDS_PERSON, "company:acme")] == [[]] * 4
    assert desk.ids("company:globex") == [talk]


def test_a_message_that_was_never_answered_is_listed_as_failed(desk: Desk) -> None:
    """Whoever stopped the process did not mean to leave a visitor alone."""
    talk = desk.store.begin(company="acme", channel="web").id
    desk.store.ask(talk, "m", "anybody?")

    assert desk.ids(facets.FAILED) == [talk]


def test_all_marks_move_with_their_conversation(desk: Desk) -> None:
    """Lists walk two marks side by side, in the order of time: a mark that stayed behind would be missed."""
    old = desk.talk(kind="unsure", channel="slack")
    new = desk.talk(kind="unsure", channel="slack")
    desk.say(old, "more", kind="answer")

    assert desk.ids("kind:unsure", "channel:slack") == [old, new]
    assert desk.ids("kind:unsure", "kind:answer", "channel:slack") == [old]


@pytest.mark.parametrize("words", ["", "sell"])
def test_pages_are_stable_while_conversations_arrive(desk: Desk, words: str) -> None:
    """Older, then newer again: the same rows, nothing twice, nothing skipped; the newest are on the first page."""
    talks = [desk.talk(f"do you sell {number}") for number in range(7)][::-1]
    wanted = ConversationQuery(words=searched(words))
    first = desk.listing.page(wanted, limit=3)
    arrived = desk.talk("do you sell it too")

    second = desk.listing.page(wanted, older=str(first.older), limit=3)
    third = desk.listing.page(wanted, older=str(second.older), limit=3)
    back = desk.listing.page(wanted, newer=str(second.newer), limit=3)
    top = desk.listing.page(wanted, newer=str(back.newer), limit=3)

    assert [row.id for page in (first, second, third) for row in page.rows] == talks
    assert (first.newer, third.older) == (None, None)
    assert [row.id for row in back.rows] == talks[:3]
    assert ([row.id for row in top.rows], top.newer) == ([arrived], None)


def test_a_conversation_is_found_once_however_often_it_says_it(desk: Desk) -> None:
    """It stands where its newest such turn does, on one page only."""
    often = desk.talk("sell")
    other = desk.talk("sell")
    for _ in range(5):
        desk.say(often, "sell")
    wanted = ConversationQuery(words=("sell",))

    first = desk.listing.page(wanted, limit=1)
    second = desk.listing.page(wanted, older=str(first.older), limit=1)

    assert [row.id for row in (*first.rows, *second.rows)] == [often, other]
    assert second.older is None


def test_words_are_found_in_what_was_asked_said_and_quoted(desk: Desk) -> None:
    """All of them, in one turn; case, accents and endings do not matter; a part of a word is not the word."""
    talk = desk.talk("Do you SELL Äpfel?", told="Yes, says the policy.", citations=[{**CITED, "quote": "We rented them out."}])
    desk.talk("something else")

    for words in ("sell", "äpfel", "APFEL", "policy", "policies", "selling", "rent", "rents sells apfel", "sell, rent!"):
        assert desk.found(words) == [talk]
    for words in ("sel", "seller", "sell else", "rental"):
        assert desk.found(words) == []


def test_search_and_filters_go_together(desk: Desk) -> None:
    """By mark, without a mark, company and time."""
    acme, globex = desk.talk("do you sell"), desk.talk("do you sell", company="globex", kind="unsure")

    assert desk.found("sell", "kind:unsure") == desk.found("sell", companies=("globex",)) == [globex]
    assert desk.found("sell", without=("kind:unsure",)) == desk.found("sell", until=desk.now) == [acme]
    assert desk.found("sell", companies=("acme", "globex")) == [globex, acme]
    assert desk.found("sell", companies=()) == desk.found("sell", since=desk.now + timedelta(1)) == []


def test_a_day_is_searched_however_many_turns_stand_around_it(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """The walk begins and ends near that day, with room for ids that are out of the order of time."""
    monkeypatch.setattr("candor.transcripts.listing.OUT_OF_ORDER", 2)
    talks, moments = [], []
    for _ in range(9):
        talks.append(desk.talk("do you sell"))
        moments.append(desk.now)
    tangled = text("UPDATE turn SET at = :at WHERE conversation_id = :known")
    with desk.engine.begin() as connection:  # two processes: the later turn got the earlier id
        for mine, other in ((3, 4), (4, 3)):
            written = moments[other] if connection.dialect.name != "sqlite" else f"{moments[other]:%F %T.%f}"
            connection.execute(tangled, {"at": written, "known": talks[mine]})

    assert desk.found("sell", since=moments[4], until=moments[6]) == [talks[5], talks[3]]
    assert desk.found("sell", since=moments[4]) == [*talks[:4:-1], talks[3]]
    assert desk.found("sell", until=moments[4]) == [talks[4], *talks[2::-1]]


def test_turns_from_before_words_were_stems_are_found_by_them(tmp_path: Path) -> None:
    """The migration writes their words anew."""
    engine = make_engine(f"sqlite:///{tmp_path / 'candor.db'}")
    upgrade(engine)
    desk = Desk(engine)
    talk = desk.talk("do you keep cookies")
    to_revision(engine, "0012", down=True)
    with engine.begin() as connection:
        connection.execute(text("UPDATE turn_words SET words = 'do you keep cookies'"))
    assert desk.found("cookies") == []

    upgrade(engine)

    assert desk.found("cookie") == desk.found("cookies") == [talk]
    engine.dispose()


def test_what_was_said_of_another_company_is_neither_found_nor_shown(desk: Desk) -> None:
    """A conversation that moved on keeps the turns about the company before; its staff do not read those."""
    talk = desk.talk("the secret of globex", company="globex")
    desk.store.switch_company(talk, "acme")
    desk.say(talk, "now about acme")

    (row,) = desk.listing.page(ConversationQuery(companies=("acme",))).rows

    assert (row.first, row.last, row.messages) == ("now about acme", "now about acme", 1)
    assert desk.found("secret", companies=("acme",)) == []
    assert desk.found("secret") == desk.found("acme", companies=("acme",)) == [talk]


@pytest.mark.parametrize("typed", HOSTILE)
def test_whatever_is_typed_is_words(desk: Desk, typed: str) -> None:
    """No operator of any query language means anything."""
    talk = desk.talk("do you sell data")
    words = searched(typed)

    found = desk.ids(words=words) if words else []

    assert found == ([talk] if words and set(words) <= {"do", "you", "sell", "data"} else [])


@pytest.mark.parametrize("typed", ["x" * (LONGEST + 1), "x" * 10_000, "a b c d e f g h i j k l m"])
def test_what_nobody_types_by_hand_is_refused(typed: str) -> None:
    """With words that say what is allowed."""
    with pytest.raises(InvalidInputError) as refused:
        searched(typed)

    assert "A few telling words" in refused.value.public


def test_a_turn_of_hostile_text_is_kept_and_found(desk: Desk) -> None:
    """Ten kilobytes of one word, letters of all scripts, a zero byte in a quote."""
    talk = desk.talk("x" * 10_000 + " ½ ﬁ İstanbul हिन्दी 中文 it's", citations=[{**CITED, "quote": "zero\0byte"}])

    for words in ("x" * 100, "istanbul", "zero byte", "it's", "fi"):
        assert desk.found(words) == [talk]


@pytest.mark.parametrize("place", ["x", "_", "20260115T120000.000000", "-1", "1" * 40, "20260115T120000.0_c\0", "²"])
@pytest.mark.parametrize("words", [(), ("sell",)])
def test_a_damaged_place_is_refused_or_harmless(desk: Desk, place: str, words: tuple[str, ...]) -> None:
    """Links are edited and cut off."""
    found: tuple[object, ...] = ()
    with suppress(BadCursorError):
        found = desk.listing.page(ConversationQuery(words=words), older=place).rows

    assert found == ()


def test_counts_stop_where_they_would_cost(desk: Desk) -> None:
    """At `most`, and where a company's own would have to be looked for among too many others."""
    for number in range(12):
        desk.talk(kind="unsure", company="acme" if number < 2 else "globex")

    assert desk.listing.count("kind:unsure", most=5) == 5
    assert desk.listing.count("kind:unsure", most=100) == 12
    assert desk.listing.count("kind:unsure", ["acme"], most=100) == 2
    assert desk.listing.count("kind:unsure", ["acme"], most=1) is None


def test_a_forgotten_conversation_is_in_no_list_and_no_index(desk: Desk, engine: Engine, tmp_path: Path) -> None:
    """Also not as a word in the index's own pages: the vacuumed file holds nothing of it."""
    for number in range(40):
        desk.talk(f"do you sell {number}")
    talk = desk.talk("the sentinelword is mine", told="sentinelquote")
    desk.say(talk, "more of sentinelword")

    desk.store.forget(talk)
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


def test_a_snippet_shows_the_words_where_they_stand() -> None:
    """Cut at a blank, marked, never changed."""
    said = "well " * 60 + "do you Sell, or are you selling again? " + "and " * 80

    pieces = snippet(("sell",), ["nothing here", said])

    assert [piece.text for piece in pieces if piece.marked] == ["Sell", "selling"]
    assert pieces[0] == SnippetPart("… ")
    assert pieces[-1] == SnippetPart(" …")
    assert "".join(piece.text for piece in pieces[1:-1]) in said
    assert snippet(("sell",), ["nothing"]) == ()
