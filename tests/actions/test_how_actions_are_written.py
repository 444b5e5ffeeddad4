"""What holds for the text of all actions."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from candor.settings import ROOT

ACTIONS = sorted((ROOT / "actions").glob("*.py"))


@pytest.mark.parametrize("path", ACTIONS, ids=lambda path: path.stem)
def test_an_action_builds_its_payload_through_the_type(path: Path) -> None:
    """`json_message` is always what Payload.encoded() returns: a key that is mistyped in a raw dict would be lost in silence."""
    calls = [node for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.Call)]

    payloads = [ast.unparse(word.value) for call in calls for word in call.keywords if word.arg == "json_message"]

    assert [payload for payload in payloads if not (payload.startswith("Payload(") and payload.endswith(").encoded()"))] == []


@pytest.mark.parametrize("path", ACTIONS, ids=lambda path: path.stem)
def test_an_action_is_followed_by_the_form_alone(path: Path) -> None:
    """No rule says what comes after another action that is asked for so: Rasa's fallback would run it again and again."""
    calls = [node for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.Call)]

    followed = [ast.unparse(call.args[0]) for call in calls if ast.unparse(call.func) == "FollowupAction"]

    assert [name for name in followed if name != "FORM"] == []
