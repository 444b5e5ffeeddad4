"""What was typed in plain characters, with the way back to where each of them stood."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from candor.typed.folding import INVISIBLE, fold


@pytest.mark.parametrize(
    ("typed", "plain"),
    [
        ("sean.o’brien", "sean.o'brien"), ("o´brien", "o'brien"), ("“hi”", '"hi"'), ("１２３", "123"),
        ("ａ＠ｂ．ｏｒｇ", "a@b.org"),
        ("١٢٣ ۴۵۶", "123 456"), ("a\u3000b\u00a0c", "a b c"), ("12–34‑56", "12-34-56"), ("de\u200bla\u00adte", "delate"),
        ("1️⃣2️⃣", "12"), ("ﬁne", "fine"), ("cafe\u0301", "café"), ("plain", "plain"), ("例。org", "例.org"), ("", ""),
    ],
)  # fmt: skip
def test_signs_and_digits_become_plain(typed: str, plain: str) -> None:
    """Phones curl apostrophes, input methods write wide digits, and pasted text hides characters."""
    assert fold(typed).text == plain


def test_a_span_of_the_plain_text_is_found_in_what_was_typed() -> None:
    """The value that is masked or highlighted is what stands in the message."""
    folded = fold("x\u200b ﬁ１２　o’b")
    start = folded.text.index("12")

    assert folded.typed[slice(*folded.span(start, start + 2))] == "１２"
    assert folded.typed[slice(*folded.span(folded.text.index("o'b"), len(folded.text)))] == "o’b"


@given(st.text(max_size=200))
def test_offsets_hold_for_any_text(typed: str) -> None:
    """They never run backwards nor beyond the text, and each plain character comes from the characters that it names."""
    folded = fold(typed)

    assert len(folded.text) == len(folded.starts) == len(folded.ends)
    assert list(folded.starts) == sorted(folded.starts)
    assert list(folded.ends) == sorted(folded.ends)
    assert all(0 <= start < end <= len(typed) for start, end in zip(folded.starts, folded.ends, strict=True))
    assert all(
        letter in fold(typed[start:end]).text for letter, start, end in zip(folded.text, folded.starts, folded.ends, strict=True)
    )


@given(st.text(max_size=200))
def test_what_is_folded_stays_as_it_is(typed: str) -> None:
    """Nothing invisible remains, and every digit is one of 0 to 9."""
    plain = fold(typed).text

    assert not INVISIBLE & set(plain)
    assert all(letter in "0123456789" for letter in plain if unicodedata.category(letter) == "Nd")
    assert fold(unicodedata.normalize("NFC", plain)).text == fold(plain).text
