"""What people type is cleaned in one place: messages strictly, notes of staff leniently."""

from __future__ import annotations

import pytest

from candor.errors import BadMessageError
from candor.typed.cleaning import read_line, read_message, read_note


@pytest.mark.parametrize("text", ["", "   ", "\n\t ", "\u200b\u200d\ufeff", "\u00ad \u2060"])
def test_a_message_without_anything_to_see_is_refused(text: str) -> None:
    """Also one that only seems to have letters."""
    with pytest.raises(BadMessageError, match="empty"):
        read_message(text, longest=4000)


@pytest.mark.parametrize(
    "text", ["\x00\x01\x02\x03", "PK\x03\x04\x14\x00\x08\x00\x08\x00", "\ue000\ue001\ue002", "\x1b[31m\x1b\x1b\x00"]
)
def test_a_message_that_is_not_text_is_refused(text: str) -> None:
    """Somebody pasted a file."""
    with pytest.raises(BadMessageError, match="does not look like text"):
        read_message(text, longest=4000)


def test_a_message_is_refused_for_its_length_with_the_limit() -> None:
    """The error says how long it is and what would do; the longest that fits is taken whole."""
    assert read_message("x" * 4000, longest=4000) == "x" * 4000
    with pytest.raises(BadMessageError, match=r"10,000 characters; at most 4,000") as refused:
        read_message("x" * 10_000, longest=4000)
    assert "x" * 5 not in refused.value.public


@pytest.mark.parametrize("text", ["👍", "😀😀😀", "👩‍👩‍👧", "❤️", "🇫🇮"])
def test_emoji_are_a_message(text: str) -> None:
    """They say something, and an answer is due."""
    assert read_message(text, longest=4000)


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("  hello \n", "hello"),
        ("two\nlines\tand a tab", "two\nlines\tand a tab"),
        ("cafe\u0301", "café"),
        ("de\u200blete my da\u00adta", "delete my data"),
        ("delete my data please\x00, now", "delete my data please, now"),
        ("שלום мир 你好", "שלום мир 你好"),
    ],
)
def test_a_message_is_read_as_it_looks(typed: str, read: str) -> None:
    """Composed letters, no invisible ones, no control characters; line breaks and other scripts stay."""
    assert read_message(typed, longest=4000) == read


def test_a_note_is_cut_off_and_never_refused() -> None:
    """Staff lose nothing that they could not see; a database cannot hold NUL or half a surrogate pair."""
    assert read_note(" cafe\u0301\x00\ud800\nsecond line ", longest=100) == "café\nsecond line"
    assert read_note("x" * 50, longest=10) == "x" * 10
    assert read_note("\x00", longest=10) == ""


def test_a_line_has_no_breaks_and_single_blanks() -> None:
    """A name or a label."""
    assert read_line("  Ada \n\t Lovelace\x00 ", longest=80) == "Ada Lovelace"
