"""What a phone wrote out as words."""

from __future__ import annotations

import pytest

from candor.typed.dictated import without_dictated_signs


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("new zealand full stop", "new zealand."),
        ("hello comma do you sell my data question mark", "hello, do you sell my data?"),
        ("Delete it Exclamation mark", "Delete it!"),
        ("what is a comma", "what is a comma"),
        ("full stop", "full stop"),
        ("germany", "germany"),
        ("nothing comma thanks", "nothing, thanks"),
        ("comma hello question mark a copy of it period", "hello? a copy of it."),
        ("what is your trial period", "what is your trial period"),
    ],
)
def test_spoken_signs_are_read_as_signs(typed: str, read: str) -> None:
    """But not where a sign is named, and nothing else is said."""
    assert without_dictated_signs(typed) == read
