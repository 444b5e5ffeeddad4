"""Every spelling of a value has one form, by which it is found."""

from __future__ import annotations

import pytest

from candor.transcripts.normal_forms import normal_form, search_forms


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("JO@Example.com", "jo@example.com"),
        ("jo (at) example (dot) com", "jo@example.com"),
        ("+44 20 7946 0958", "0044 (0)20 7946 0958"),
        ("de89 3704 0044 0532 0130 00", "DE89370400440532013000"),
        ("AB 12 34 56 C", "ab123456c"),
        ("José  Martínez", "jose martinez"),
        ("12 High Street, London", "12 high street london"),
        ("00:1A:2B:3C:4D:5E", "00-1a-2b-3c-4d-5e"),
        ("１２３４５６７８", "12345678"),
    ],
)
def test_spellings_of_a_value_share_their_form(one: str, other: str) -> None:
    """Case, blanks and separators mean nothing."""
    assert normal_form(one) == normal_form(other) != ""


def test_a_number_is_found_however_it_was_dialled() -> None:
    """Who erases types it with its country, who wrote it did not, or the other way round."""
    assert normal_form("020 7946 0958") in search_forms("+44 20 7946 0958")
    assert normal_form("+44 20 7946 0958") in search_forms("020 7946 0958")


@pytest.mark.parametrize(("one", "other"), [("Ada Byron", "Ada Lovelace"), ("+44 20 7946 0958", "+44 20 7946 0959")])
def test_values_of_two_people_differ(one: str, other: str) -> None:
    """Erasing one must not erase the other."""
    assert search_forms(one).isdisjoint(search_forms(other))
