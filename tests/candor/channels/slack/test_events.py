"""What Candor hears of a Slack event, and whether it was meant for it."""

from __future__ import annotations

import pytest

from candor.channels.slack.events import Attention, attention, message_of, plain_text
from candor.channels.slack.threads import Thread
from tests.candor.channels.slack.fake import ADA, BOB, BOT_USER, TEAM, mention, message


@pytest.mark.parametrize(
    ("slack", "plain"),
    [
        (f"<@{BOT_USER}> do you sell <mailto:jane@x.org|jane@x.org>?", "do you sell jane@x.org?"),
        ("see <https://a.example/b|the page> &amp; <https://c.example>", "see the page & https://c.example"),
        ("<@U0BOB|bob> in <#C1|news> <!here> <!subteam^S1|@team>", "@bob in #news  @team"),
        ("<tel:+4930123|030 123> 1 &lt; 2", "030 123 1 < 2"),
        ("&amp;lt;", "&lt;"),
    ],
)
def test_slacks_marks_become_what_their_writer_saw(slack: str, plain: str) -> None:
    """The assistant masks addresses: it has to see them as they were typed."""
    assert plain_text(slack, BOT_USER) == plain


def test_a_message_of_no_person_or_without_text_is_not_heard() -> None:
    """Bots, edits, joins, and Candor itself."""
    silent = [message("a", bot_id="B1"), message("a", user=BOT_USER), message("a", subtype="message_deleted"), message(""), {}]

    assert [message_of(event, TEAM, BOT_USER) for event in silent] == [None] * 5


def test_a_direct_message_needs_no_thread_and_a_mention_makes_one() -> None:
    """Where the answer goes."""
    direct, mentioned = message_of(message("hi"), TEAM, BOT_USER), message_of(mention("hi", ts="1.5"), TEAM, BOT_USER)

    assert direct
    assert (direct.surface, direct.thread) == ("dm", "")
    assert mentioned
    assert (mentioned.surface, mentioned.thread, mentioned.mentioned, mentioned.to_others) == ("thread", "1.5", True, False)


@pytest.mark.parametrize(
    ("said", "by", "thread", "answers", "quiet"),
    [
        ("hi", ADA, None, False, None),
        ("hi", ADA, Thread(ADA, quiet=False), True, None),
        ("hi", BOB, Thread(ADA, quiet=False), False, True),
        (f"<@{BOB}> hi", ADA, Thread(ADA, quiet=False), False, True),
        ("hi", ADA, Thread(ADA, quiet=True), False, None),
        (f"<@{BOT_USER}> hi", BOB, Thread(ADA, quiet=True), True, False),
        (f"<@{BOT_USER}> ask <@{BOB}>", ADA, None, True, False),
    ],
)
def test_who_is_meant_in_a_thread(said: str, by: str, thread: Thread | None, answers: bool, quiet: bool | None) -> None:
    """A mention always; a follow-up only while nobody else speaks or is spoken to."""
    heard = message_of(message(said, user=by, channel="C1", ts="1.2", thread_ts="1.1"), TEAM, BOT_USER)
    assert heard

    found = attention(heard, thread, in_thread=True)

    assert found.answer == answers
    assert (found.thread.quiet if found.thread else None) == quiet


def test_outside_of_threads_only_a_mention_is_meant() -> None:
    """A channel is where people talk."""
    heard = message_of(message("hi", channel="C1"), TEAM, BOT_USER)
    assert heard

    assert attention(heard, Thread(ADA, quiet=False), in_thread=False) == Attention(False)
