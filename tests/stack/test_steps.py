"""Forty people open a request, each in their own words: what only answers Candor is counted as a question nowhere."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import yaml

from candor.settings import ROOT
from candor.transcripts.steps import QUESTION_KINDS
from tests.stack.conftest import Stack
from tests.stack.test_path import Talk, rows

CONVERSATIONS = yaml.safe_load((ROOT / "tests" / "stack" / "steps.yml").read_text("utf-8"))
MOST_ANSWERS = 8  # to a form; where one is not understood, it asks again
PLAIN = {"residence": "Germany", "email": "plain@example.org", "details": "no details", "agreed": "yes"}


def played(stack: Stack, script: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Talk as the script says; what was said and as what: a question or a step."""
    talk, answered, asked = Talk(stack, "clevra"), set[str](), dict(script.get("at", {}))
    for question in script["asks"]:
        talk.post(question)
        yield "question", question
    replies = talk.post(script["wish"]).json()["replies"]
    for _ in range(MOST_ANSWERS):
        field = (replies[-1].get("form") or {}).get("field")
        if field in {None, "code"}:  # the request is open; what is said to that stands under `then`
            break
        if field in asked:
            said = asked.pop(field)
            yield "question", said
        else:
            said = PLAIN[field] if field in answered else script[field]
            answered.add(field)
            yield "step", said
        replies = talk.post(said).json()["replies"]
    for said in script.get("then", ()):
        talk.post(said)
        yield "step", said


@pytest.mark.parametrize("half", [slice(0, 20), slice(20, 40)], ids=["seen", "unseen"])
def test_no_step_is_counted_as_a_question(stack: Stack, half: slice) -> None:
    """Not in shares, not in review, not among silences or topics; and what asks something is no step."""
    before = max((row.id for row in rows(stack, "SELECT id FROM turn")), default=0)

    said = [each for script in CONVERSATIONS[half] for each in played(stack, script)]

    turns = rows(stack, "SELECT text, kind, risk, aspect, state FROM turn WHERE id > :id ORDER BY id", id=str(before))
    kinds = {turn.text: turn for turn in turns}
    assert len([what for what, _ in said if what == "step"]) > 70
    assert [text for what, text in said if what == "question" and kinds[text].kind == "step"] == []
    steps = [turn for turn in turns if turn.text not in {text for what, text in said if what == "question"}]
    wishes = {script["wish"] for script in CONVERSATIONS[half]}
    counted = [(turn.text, turn.kind) for turn in steps if turn.text not in wishes and turn.kind in QUESTION_KINDS]
    assert counted == []
    assert [(turn.text, turn.risk, turn.aspect) for turn in steps if turn.text not in wishes and (turn.risk or turn.aspect)] == []
