"""What is said to be otherwise takes the place of what was told; what names nothing in it leaves it alone."""

from __future__ import annotations

import pytest

from actions.put_right import put_right


@pytest.mark.parametrize(
    ("told", "said", "right"),
    [
        ("customer number 5518", "not 18 but 81", "customer number 5581"),
        ("order 310, Mill Lane 14", "not 14 but 41", "order 310, Mill Lane 41"),
        ("my street is Mill Lane 14", "street is wrong, should be Hill Lane 14", "my street is Hill Lane 14"),
        ("my name is Novaak", "the new name is Novak", "my name is Novak"),
        ("my name is <name_1>", "the name is <name_2>", "my name is <name_2>"),
        ("user name finch22", "it is finch23", "user name finch23"),
        ("account from 2014", "the year is 2015", "account from 2015"),
        ("flat 3b", "flat is 3c", "flat 3c"),
        ("invoice of may", "june sorry", "invoice of june"),
        ("invoice of may", "it was june not may", "invoice of june"),
        ("it is with my work account", "private account actually", "it is with my private account"),
    ],
)
def test_what_is_otherwise_takes_its_place(told: str, said: str, right: str) -> None:
    """Named by what is wrong, or like the one thing that stands there."""
    assert put_right(told, said) == right


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ("account from 2014", "wrong year"),
        ("order 771 and order 772", "773"),  # either may be meant
        ("user name finch22", "also i had finch23"),
        ("user name finch22", "is it finch23?"),
        ("order 310", "i live in Graz"),
        ("it says Novaak", "that's not right"),
        ("order 310", "yes"),
        ("please dont call the house", "yes please open"),
        ("could you please add my number", "please proceed"),
        ("they wrote to my brother", "send it to my sister"),
    ],
)
def test_what_names_nothing_changes_nothing(told: str, said: str) -> None:
    """It is asked back, or added, by other rules."""
    assert put_right(told, said) is None
