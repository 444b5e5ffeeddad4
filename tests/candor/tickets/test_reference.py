"""Request numbers: readable aloud, and not to be counted or guessed."""

from __future__ import annotations

import re

import pytest

from candor.tickets.reference import ALPHABET, new_number, read_number


def test_a_number_has_two_groups_of_four_after_an_r() -> None:
    """A person reads it from a letter and types it in: R-7KQ4-M2XD."""
    numbers = [new_number() for _ in range(200)]

    assert all(re.fullmatch(rf"R-[{ALPHABET}]{{4}}-[{ALPHABET}]{{4}}", number) for number in numbers)


def test_letters_that_look_like_others_are_never_used() -> None:
    """I and L look like 1, O like 0, and U like V."""
    letters = set("".join(new_number().removeprefix("R-") for _ in range(2000)))

    assert letters.isdisjoint("ILOU")
    assert letters == set(ALPHABET) | {"-"}


def test_numbers_do_not_repeat_or_count_up() -> None:
    """Who has one number learns nothing of how many there are, or of the next."""
    numbers = [new_number() for _ in range(1000)]

    assert len(set(numbers)) == len(numbers)
    assert numbers != sorted(numbers)


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("R-7KQ4-M2XD", "R-7KQ4-M2XD"), ("r7kq4m2xd", "R-7KQ4-M2XD"), ("7kq4 m2xd", "R-7KQ4-M2XD"),
        ("# R – 7KQ4 – M2XD.", "R-7KQ4-M2XD"), ("R-oIl4-M2XD", "R-0114-M2XD"), ("R-7KQ4-M2X", None), ("", None),
        ("R-7KQ4-M2XDD", None), ("R-7KQ4-M2XU", None), ("12345678901234567890", None), ("' OR 1=1 --", None),
    ],
)  # fmt: skip
def test_a_number_is_read_however_it_is_typed(typed: str, number: str | None) -> None:
    """With or without hyphens, in any case, with the letters that look like digits."""
    assert read_number(typed) == number


def test_a_number_that_begins_with_r_is_read_whole() -> None:
    """R is a letter of the alphabet too."""
    assert read_number("R-RKQ4-M2XD") == "R-RKQ4-M2XD"
    assert read_number("RKQ4 M2XD") == "R-RKQ4-M2XD"
