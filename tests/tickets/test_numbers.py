"""Request numbers: readable aloud, and not to be counted or guessed."""

from __future__ import annotations

import re

from tickets.numbers import ALPHABET, new_number


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
