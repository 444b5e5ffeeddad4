"""What our channel in Rasa reports of a turn. Rasa has an environment of its own, so its Python runs the function."""

from __future__ import annotations

import json
import subprocess

from candor.settings import ROOT

ASK = "import json, sys; from bot.channel import done_since_message; print(json.dumps(done_since_message(json.load(sys.stdin))))"


def test_actions_and_slots_since_the_last_message_are_told() -> None:
    """In order; a slot with its last value; nothing of the turn before, and not that Rasa listens again."""
    oldest_first = [
        {"event": "action", "name": "action_of_the_turn_before"},
        {"event": "slot", "name": "old", "value": 1},
        {"event": "user", "text": "delete my data"},
        {"event": "slot", "name": "proposal", "value": None},
        {"event": "action", "name": "action_propose_request"},
        {"event": "bot", "text": "Shall I?"},
        {"event": "slot", "name": "proposal", "value": {"id": "p_1"}},
        {"event": "action", "name": "action_say"},
        {"event": "action", "name": "action_listen"},
    ]

    ended = subprocess.run(
        [ROOT / ".venv-bot/bin/python", "-W", "ignore", "-c", ASK], input=json.dumps(oldest_first[::-1]), cwd=ROOT,
        capture_output=True, text=True, check=True,
    )  # fmt: skip

    assert json.loads(ended.stdout.splitlines()[-1]) == {
        "actions": ["action_propose_request", "action_say"], "slots": {"proposal": {"id": "p_1"}},
    }  # fmt: skip
