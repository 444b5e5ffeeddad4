"""What stands beside a waiting visitor is what they asked, not their last "skip"."""

from __future__ import annotations

import pytest

from candor.console.handoff.presence import last_words_of, shortened
from candor.transcripts.models import TurnRow


def turn(text: str, kind: str | None, state: str = "answered") -> TurnRow:
    return TurnRow(text=text, kind=kind, state=state, company="acme")


@pytest.mark.parametrize(
    ("turns", "shown"),
    [
        (
            [turn("who sees my file", "not_in_policy"), turn("a person please", "handoff"), turn("skip", "step")],
            "who sees my file",
        ),
        ([turn("a person please", "handoff"), turn("<email_1>", "step")], "a person please"),
        ([turn("who sees it", "answer"), turn("are you there", None, "to_person"), turn("yes", "step")], "are you there"),
        ([turn("yes", "step")], "yes"),
        ([], ""),
    ],
)
def test_the_question_is_shown(turns: list[TurnRow], shown: str) -> None:
    """A yes, an address or a skip tells nobody why somebody waits."""
    assert last_words_of(turns, lambda _: True) == shown


def test_a_question_about_another_company_stays_hidden() -> None:
    """Who may not read it does not see it here either."""
    assert last_words_of([turn("who sees my file", "answer")], lambda _: False) == ""


def test_several_messages_are_told_apart_in_one_line() -> None:
    """Run together they would read as one sentence that nobody wrote."""
    assert shortened("who sees my file\n\nand my photos") == "who sees my file · and my photos"
