"""Several wishes in one message."""

from __future__ import annotations

from typing import Any

import pytest

from bot.wishes import wishes_in

RASA = {"stop selling my data": "request_opt_out_of_sale", "fix my name": "request_correction", "do you sell it": "ask_policy"}


async def parse(text: str) -> dict[str, Any]:
    return {"intent": {"name": RASA.get(text, "out_of_scope_general"), "confidence": 0.9}}


@pytest.mark.parametrize(
    ("text", "wishes"),
    [
        ("send me everything you have and then erase it", ["access", "deletion"]),
        ("erase my account, but first send me a copy", ["deletion", "access"]),
        ("can you give me my data and wipe the rest", ["access", "deletion"]),
        ("fix my name and stop selling my data", ["correction", "opt_out_of_sale"]),
        ("delete my account and remove my photos", []),
        ("delete my account and have a nice day", []),
        ("delete my account, don't send me anything", []),
        ("delete my account", []),
        ("i would like my account and everything in it removed", []),
        ("show me what you have on me, i want a copy", []),
        ("can i get a copy and have it deleted", []),
        ("delete everything you have about me and my family", []),
    ],
)
async def test_two_wishes_are_told_from_one(text: str, wishes: list[str]) -> None:
    """Each half must be a wish; a negation, a question or a second word for the same makes no second request."""
    assert await wishes_in(text, "request_deletion", parse) == wishes


async def test_a_question_holds_no_wishes_but_a_polite_one_does() -> None:
    """Who asks about rights has not used them."""
    assert await wishes_in("what happens when you copy it and then erase it", "ask_policy", parse) == []
    assert await wishes_in("can you send me a copy and erase the rest after", "ask_policy", parse) == ["access", "deletion"]
