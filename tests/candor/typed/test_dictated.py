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
    ],
)
def test_spoken_signs_are_read_as_signs(typed: str, read: str) -> None:
    """Only where the message ends with one."""
    assert without_dictated_signs(typed) == read
