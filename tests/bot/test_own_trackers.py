"""Trackers in a file of SQLite, which one Rasa alone has. Runs in Rasa's environment."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from candor.settings import ROOT
from tests.bot.conftest import BOT, QUIET

PROGRAM = """
import asyncio, json, os
from pathlib import Path
from bot.kept_out import keep_out_unused

keep_out_unused(Path("config.yml"))  # before anything of Rasa is imported
import sqlalchemy as sa
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, BotUttered, UserUttered

from bot.tracker_store import RecentTurnsTrackerStore, reading_once

domain = Domain.load("domain.yml")
store = RecentTurnsTrackerStore(host=os.environ["TRACKERS"], domain=domain, event_broker=None)
opened, asked = [], []
sa.event.listen(store.engine, "connect", lambda *_: opened.append(1))
sa.event.listen(store.engine, "before_cursor_execute", lambda _, __, statement, *___: asked.append(statement.split()[0]))


def say(text):
    tracker = asyncio.run(store.get_or_create_tracker("c_1"))
    tracker.update(ActionExecuted("action_listen"), domain)
    tracker.update(UserUttered(text, message_id=text), domain)
    tracker.update(BotUttered(f"to {text}"), domain)
    asyncio.run(store.save(tracker))


def texts():
    return [event["text"] for event in reversed(store.newest_first("c_1")) if event["event"] == "bot"]


say("first")
found = {"opened": len(opened)}
with reading_once():
    asked.clear()
    before = texts()
    say("second")
    found["statements"] = list(asked)
    found["texts"] = [before, texts()]
    tracker = asyncio.run(store.get_or_create_tracker("c_1"))
    tracker.update(ActionExecuted("action_listen"), domain)
    tracker.update(UserUttered("nobody answers", message_id="m"), domain)
    asyncio.run(store.save(tracker))
    found["discarded"] = store.discard_unanswered("c_1")
    found["after"] = texts()
found["opened in the end"] = len(opened)
print(json.dumps(found))
"""


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What one store found in its own file."""
    file: Path = tmp_path_factory.mktemp("trackers") / "rasa.db"
    ran = subprocess.run(
        [BOT, "-W", "ignore", "-c", PROGRAM], cwd=ROOT, capture_output=True, text=True, check=False,
        env={**os.environ, **QUIET, "TRACKERS": f"sqlite:///{file}", "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr[-3000:]
    result: dict[str, Any] = json.loads(ran.stdout.splitlines()[-1])
    return result


def test_the_file_is_opened_once(found: dict[str, Any]) -> None:
    """To open it for each statement took a tenth of a turn, and at each close SQLite waited for the disk."""
    assert found["opened"] <= 1
    assert found["opened in the end"] <= 1


def test_a_turn_reads_its_conversation_once(found: dict[str, Any]) -> None:
    """The channel looks at it, and then Rasa does; what is written is read anew."""
    assert found["statements"].count("SELECT") == 1
    assert found["texts"] == [["to first"], ["to first", "to second"]]


def test_what_nobody_answered_is_not_read_again(found: dict[str, Any]) -> None:
    """Also within the same turn."""
    assert found["discarded"] is True
    assert found["after"] == ["to first", "to second"]
