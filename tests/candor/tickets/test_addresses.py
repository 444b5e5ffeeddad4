"""What people type for an e-mail address."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from candor.tickets.addresses import Address, NotAnAddress, guess_address, read_address


@pytest.mark.parametrize(
    ("typed", "written", "same"),
    [
        ("ada@example.com", "ada@example.com", "ada@example.com"),
        ("  Ada.B+x@EXAMPLE.com ", "Ada.B+x@example.com", "ada.b+x@example.com"),
        ("<ada@example.com>", "ada@example.com", "ada@example.com"),
        ("mailto:ada@example.com", "ada@example.com", "ada@example.com"),
        ("ada @example.com", "ada@example.com", "ada@example.com"),
        ("Ada at example dot com", "Ada@example.com", "ada@example.com"),
        ("sean.o’brien@example.com", "sean.o'brien@example.com", "sean.o'brien@example.com"),
        ("ada@münchen.example", "ada@xn--mnchen-3ya.example", "ada@xn--mnchen-3ya.example"),
    ],
)
def test_spellings_of_one_address_are_one(typed: str, written: str, same: str) -> None:
    """It is written to as typed, and found again whatever its case."""
    assert read_address(typed) == Address(written, same)


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("", "none"), ("ada", "none"), ("no thanks", "none"), ("@", "malformed"), ("ada@", "malformed"),
        ("@example.com", "malformed"), ("ada@localhost", "malformed"), ("ada@[127.0.0.1]", "malformed"),
        ("ada@example..com", "malformed"), ("ada@exa\nmple.com", "malformed"),
        ("a@example.com b@example.com", "several"), ("a@example.com;b@example.com", "several"),
        (f"{'a' * 250}@example.com", "malformed"),
    ],
)  # fmt: skip
def test_what_is_no_address_says_why(typed: str, why: str) -> None:
    """So that the question can be asked again in the right words."""
    assert read_address(typed) == NotAnAddress(why)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("typed", "guess"),
    [
        ("ada@example.com.my name", "ada@example.com"), ("ada@gmail", "ada@gmail.com"), ("ada@gmial.com", "ada@gmail.com"),
        ("ada@example.com", None), ("ada", None), ("ada@gmail bob@gmail", None),
    ],
)  # fmt: skip
def test_what_may_be_cut_or_mistyped_is_asked_back(typed: str, guess: str | None) -> None:
    """Mail to a wrong guess reaches a stranger."""
    assert guess_address(typed) == guess


@given(st.text())
def test_whatever_is_typed_gives_a_value(typed: str) -> None:
    """An address of one line, or why there is none; never an error."""
    found = read_address(typed)

    if isinstance(found, Address):
        assert found.written.count("@") == 1
        assert found.written.isprintable()
        assert read_address(found.written) == found
