"""Saved replies, on SQLite and on a real PostgreSQL: what is kept, what is refused, and that no change is lost."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import Engine, inspect

from candor.accounts.models import SavedReplyRow
from candor.accounts.saved_replies import (
    LONGEST_TEXT,
    MOST,
    PLACEHOLDERS,
    ReplyChangedError,
    ReplyRefusedError,
    SavedReplies,
    UnknownReplyError,
)
from candor.database.engine import make_engine
from tests.postgresql import Databases

HOSTILE = ["<script>alert(1)</script>", "\u202egnp.exe", "=HYPERLINK(1)", "'; DROP TABLE saved_reply; --", "{ alone", "} {"]


@pytest.fixture(params=["SQLite", "PostgreSQL"])
def database(request: pytest.FixtureRequest, engine: Engine, databases: Databases) -> Iterator[Engine]:
    """The same tables in each database."""
    if request.param == "SQLite":
        yield engine
        return
    made = make_engine(databases.with_tables())
    yield made
    made.dispose()


@pytest.fixture
def replies(database: Engine) -> SavedReplies:
    return SavedReplies(database)


def test_the_migration_makes_the_table_that_the_model_describes(database: Engine) -> None:
    """The same columns, and one title once a company."""
    found = inspect(database)

    columns = {column["name"]: column["nullable"] for column in found.get_columns("saved_reply")}
    assert columns == {column.name: column.nullable for column in SavedReplyRow.__table__.columns}
    assert [rule["column_names"] for rule in found.get_unique_constraints("saved_reply")] == [["company", "title"]]


def test_a_reply_is_saved_changed_and_removed(replies: SavedReplies) -> None:
    """With who made it; each change is an edition."""
    made = replies.add("acme", "  Where  invoices are ", "\nIn your account.\n", "account:1")
    changed = replies.change(made.id, "acme", "Invoices", "Under Bills.", edition=1)

    assert (made.title, made.text, made.made_by, made.edition) == ("Where invoices are", "In your account.", "account:1", 1)
    assert (changed.title, changed.text, changed.made_by, changed.edition) == ("Invoices", "Under Bills.", "account:1", 2)
    assert replies.get(made.id) == changed
    assert changed.made_at == made.made_at
    replies.remove(made.id)
    assert replies.of(None) == []


def test_a_company_has_its_own_and_those_of_everybody(replies: SavedReplies) -> None:
    """By title, and never another company's."""
    for company, title in [("acme", "b"), ("globex", "a"), ("", "C"), ("acme", "d")]:
        replies.add(company, title, "text", "account:1")

    assert [one.title for one in replies.of(["acme"])] == ["b", "C", "d"]
    assert [one.title for one in replies.of([])] == ["C"]
    assert [one.title for one in replies.of(None)] == ["a", "b", "C", "d"]


@pytest.mark.parametrize(
    "text", ["Dear {name}", "{}", "{{7*7}}", "{Company}", "{company }", "{due} and {0}", "{company.__class__}"]
)
def test_a_placeholder_that_nobody_fills_is_refused_with_those_that_there_are(replies: SavedReplies, text: str) -> None:
    """Better now than as a gap in a letter; the error's own words hold nothing of the text."""
    with pytest.raises(ReplyRefusedError) as refused:
        replies.add("", "Hello", text, "account:1")

    assert all(f"{{{name}}}" in refused.value.public for name in PLACEHOLDERS)
    assert str(refused.value) == "saved reply refused"
    assert replies.of(None) == []


@pytest.mark.parametrize(
    ("title", "text"), [("", "x"), (" \n", "x"), ("x", ""), ("x", "\0 "), ("x" * 81, "x"), ("x", "x" * (LONGEST_TEXT + 1))]
)
def test_a_title_and_words_are_needed_and_both_are_short_enough(replies: SavedReplies, title: str, text: str) -> None:
    """Also when one is changed: the old one stays."""
    made = replies.add("", "Hello", "Good day.", "account:1")

    with pytest.raises(ReplyRefusedError):
        replies.add("", title, text, "account:1")
    with pytest.raises(ReplyRefusedError):
        replies.change(made.id, "", title, text, edition=1)

    assert replies.of(None) == [made]


@pytest.mark.parametrize("hostile", HOSTILE)
def test_hostile_text_comes_back_as_it_went(replies: SavedReplies, hostile: str) -> None:
    """It is text; filling it in changes nothing of it."""
    made = replies.add("", hostile, f"{hostile}\0", "account:1")

    assert (made.title, made.text) == (hostile, hostile)
    assert replies.get(made.id).filled({}) == hostile


def test_a_text_is_filled_where_all_of_it_is_known(replies: SavedReplies) -> None:
    """And what is put in is not read as a placeholder again."""
    made = replies.add("", "Due", "{company} answers {number} by {due}. {company}!", "account:1")

    assert made.needs == {"company", "number", "due"}
    assert made.filled({"company": "{due}", "number": "R-1", "due": "1 May 2026"}) == "{due} answers R-1 by 1 May 2026. {due}!"
    assert made.filled({"company": "Acme", "number": "R-1"}) is None


def test_a_title_stands_once_for_a_company(replies: SavedReplies) -> None:
    """Two of one name could not be told apart; another company may have the same."""
    replies.add("acme", "Hello", "x", "account:1")
    other = replies.add("globex", "Hello", "x", "account:1")

    with pytest.raises(ReplyRefusedError, match="refused"):
        replies.add("acme", "Hello", "y", "account:2")
    with pytest.raises(ReplyRefusedError, match="refused"):
        replies.change(other.id, "acme", "Hello", "y", edition=1)


def test_what_is_gone_is_not_changed_or_removed(replies: SavedReplies) -> None:
    """Each says so."""
    with pytest.raises(UnknownReplyError):
        replies.get(7)
    with pytest.raises(UnknownReplyError):
        replies.change(7, "", "x", "x", edition=1)
    with pytest.raises(UnknownReplyError):
        replies.remove(7)


def test_there_is_a_most(replies: SavedReplies) -> None:
    """A list that nobody can read helps nobody."""
    for number in range(MOST):
        replies.add("", f"{number}", "x", "account:1")

    with pytest.raises(ReplyRefusedError):
        replies.add("", "one more", "x", "account:1")


def test_of_two_changes_at_once_one_is_told(replies: SavedReplies) -> None:
    """No lost update, whoever is first; and of two new ones under one title one is refused."""
    made, barrier = replies.add("", "Hello", "x", "account:1"), Barrier(2)

    def tried(text: str) -> str:
        barrier.wait()
        try:
            return replies.change(made.id, "", "Hello", text, edition=1).text
        except ReplyChangedError:
            return "told"

    def added(text: str) -> str:
        barrier.wait()
        try:
            return replies.add("", "New", text, "account:1").text
        except ReplyRefusedError:
            return "told"

    with ThreadPoolExecutor(2) as threads:
        changes, news = sorted(threads.map(tried, ["a", "b"])), sorted(threads.map(added, ["a", "b"]))

    assert replies.get(made.id).text in {"a", "b"}
    assert [changes[1], news[1]] == ["told", "told"]
