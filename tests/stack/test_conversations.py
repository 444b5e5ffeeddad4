"""The conversations of tests/conversations/, word by word through the running stack: real Rasa, real actions, real mail files.

A conversation has a name, perhaps a company, and steps. A step says something and tells what must come back:
say        what is typed; {number} is the newest request's number, {code} the digits of the newest mail to `mail`
           (with `nth`: at least so many codes were sent there), {other_code} six other digits
kind, type the first reply's; kind_not: any but this one
hears      stands in the replies, taken together; hears_not: does not
buttons    what the last reply's buttons would say
tickets    the states of the conversation's requests
mailed     wait until a code has been mailed to this address
open       a whole request of this type in one step, for `email`
later      so much time passes; elsewhere: from here on it is another conversation
"""

from __future__ import annotations

import email
import json
import re
import sqlite3
import time
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
import yaml

from candor.settings import ROOT
from tests.stack.conftest import Stack
from tests.stack.test_path import Talk, rows

FOLDER = ROOT / "tests" / "conversations"
WISHES = {"deletion": "delete my account", "access": "send me a copy of my data"}
LONGEST_MAIL = 30  # seconds until a mail has left
CONVERSATIONS = [
    (path.stem, script) for path in sorted(FOLDER.glob("*.yml")) for script in yaml.safe_load(path.read_text("utf-8"))
]


class Conversation:
    """One script on its way through the stack."""

    def __init__(self, stack: Stack, company: str) -> None:
        self._stack, self._company = stack, company
        self._talks = [Talk(stack, company)]

    def take(self, step: dict[str, Any]) -> None:
        """Do a step and check what comes back."""
        if "later" in step:
            self._age(int(step["later"].split()[0]))
        elif "mailed" in step:
            newest_code(self._stack.settings.var_dir / "outbox", step["mailed"], 1)
        elif "elsewhere" in step:
            self._talks.append(Talk(self._stack, self._company))
        elif "open" in step:
            for said in (WISHES[step["open"]], "Germany", step["email"], "no details", "yes"):
                self._say(said)
        else:
            self._check(step, self._say(self._filled(step["say"], step)))
        if "tickets" in step:
            assert [row.status for row in self._tickets()] == step["tickets"]

    def _check(self, step: dict[str, Any], replies: list[dict[str, Any]]) -> None:
        heard = "\n".join(reply["text"] for reply in replies)
        context = f"said {step['say']!r}, heard: {heard}"
        for words in step.get("hears", ()):
            assert self._filled(words, step) in heard, context
        for words in step.get("hears_not", ()):
            assert words not in heard, context
        assert step.get("kind", replies[0]["kind"]) == replies[0]["kind"], context
        assert step.get("type", replies[0]["request_type"]) == replies[0]["request_type"], context
        assert replies[0]["kind"] != step.get("kind_not"), context
        buttons = [button["payload"] for button in replies[-1]["buttons"]]
        assert step.get("buttons", buttons) == buttons, context

    def _say(self, said: str) -> list[dict[str, Any]]:
        answered = self._talks[-1].post(said)
        assert answered.status_code == 200, answered.text
        replies: list[dict[str, Any]] = answered.json()["replies"]
        return replies

    def _filled(self, words: str, step: dict[str, Any]) -> str:
        if "{number}" in words:
            words = words.replace("{number}", self._tickets()[-1].number)
        if "code}" in words:
            code = newest_code(self._stack.settings.var_dir / "outbox", step["mail"], step.get("nth", 1))
            words = words.replace("{code}", code).replace("{other_code}", str(1_000_000 - int(code) - 1).zfill(6))
        return words

    def _tickets(self) -> list[Any]:
        return rows(self._stack, "SELECT number, status FROM ticket WHERE conversation = :id ORDER BY id", id=self._talks[0].id)

    def _age(self, hours: int) -> None:
        """Move all that Rasa remembers of the conversation into the past."""
        with sqlite3.connect(self._stack.settings.tracker_db) as database:
            found = database.execute(
                "SELECT id, timestamp, data FROM events WHERE sender_id = ?", (self._talks[-1].id,)
            ).fetchall()
            for row, at, data in found:
                event = json.loads(data)
                event["timestamp"] = at - 3600 * hours
                database.execute(
                    "UPDATE events SET timestamp = ?, data = ? WHERE id = ?", (at - 3600 * hours, json.dumps(event), row)
                )
        database.close()


def newest_code(outbox: Path, address: str, nth: int) -> str:
    """The digits of the newest mail of a code to an address, as soon as `nth` of them have left."""
    deadline = time.monotonic() + LONGEST_MAIL
    while time.monotonic() < deadline:
        codes = []
        for path in sorted(outbox.glob("*.eml"), key=lambda path: path.stat().st_mtime_ns):
            mail = email.message_from_bytes(path.read_bytes(), policy=default)
            digits = re.search(r"Your code is (\d{6})", mail.get_content())
            if mail["To"] == address and digits:
                codes.append(digits[1])
        if len(codes) >= nth:
            return codes[-1]
        time.sleep(0.2)
    raise AssertionError(f"no mail with a code has left within {LONGEST_MAIL} s")


@pytest.mark.parametrize("script", [pytest.param(script, id=f"{stem}: {script['name']}") for stem, script in CONVERSATIONS])
def test_a_conversation_goes_as_written(stack: Stack, script: dict[str, Any]) -> None:
    """Each step is answered as the script says, and the requests stand as it says."""
    conversation = Conversation(stack, script.get("company", "clevra"))

    for step in script["steps"]:
        conversation.take(step)
