"""Trackers that several Rasa processes share in a PostgreSQL, and turns that are asked for twice. Runs in Rasa's environment."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from typing import Any

import pytest

from candor.settings import ROOT, Settings
from tests.bot.conftest import BOT, QUIET
from tests.postgresql import running_server

PROGRAM = """
import asyncio, json, os, sys
from pathlib import Path
from bot.kept_out import keep_out_unused

keep_out_unused(Path("config.yml"))  # before anything of Rasa is imported
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, ActiveLoop, BotUttered, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from bot.channel import _forget, turn_of_message
from bot.tracker_store import RecentTurnsTrackerStore
from bot.turns import TurnLocks

domain = Domain.load("domain.yml")
# As Rasa makes it from endpoints.yml.
one, two = (RecentTurnsTrackerStore(host=os.environ["TRACKERS"], domain=domain, event_broker=None) for _ in range(2))
asks = {"name": "ask", "confidence": 0.9}
understood = {"intent": asks, "intent_ranking": [asks], "entities": []}
buttons = [{"title": "Yes", "payload": "yes"}]


def say(store, text, *replies, message_id, slots=()):
    tracker = asyncio.run(store.get_or_create_tracker("c_1"))
    tracker.update(ActionExecuted("action_listen"), domain)
    tracker.update(UserUttered(text, parse_data={**understood, "text": text}, message_id=message_id), domain)
    tracker.update(ActionExecuted("action_say"), domain)
    for slot, value in slots:
        tracker.update(SlotSet(slot, value), domain)
    for reply in replies:
        tracker.update(reply, domain)
    asyncio.run(store.save(tracker))


def kept(store):
    tracker = asyncio.run(store.retrieve("c_1"))
    return [event.text for event in tracker.events if isinstance(event, (UserUttered, BotUttered))]


found = {}
say(one, "hello", BotUttered("Hi!"), message_id="m_1", slots=[("residence", "DE")])
no = BotUttered("No.", data={"buttons": buttons, "custom": {"kind": "answer"}})
say(two, "sell?", no, BotUttered("More?"), message_id="m_2")
found["alternating"] = kept(one)
found["slot"] = asyncio.run(two.retrieve("c_1")).get_slot("residence")
newest = one.newest_first("c_1")
found["again"] = turn_of_message(newest, "m_2")
found["others"] = [turn_of_message(newest, name) for name in ("m_1", "m_3", None)]

say(one, "nobody answers this", message_id="m_3", slots=[("residence", "FR")])
found["unanswered"] = turn_of_message(two.newest_first("c_1"), "m_3")
two.discard_unanswered("c_1")
two.discard_unanswered("c_2")
found["discarded"] = [kept(one), asyncio.run(one.retrieve("c_1")).get_slot("residence")]
one.discard_unanswered("c_1")
found["answered_stays"] = kept(two)


async def turns():
    # Two processes' locks; the first one's connection is cut while it holds a turn.
    order, locks = [], [TurnLocks(store.engine) for store in (one, two)]
    began, until = asyncio.Event(), asyncio.Event()

    async def take(name, which, sender, wait=None):
        async with locks[which].turn(sender):
            order.append(f"{name} began")
            if wait:
                began.set()
                await wait.wait()
            order.append(f"{name} ended")

    first = asyncio.create_task(take("a", 0, "c_1", until))
    await began.wait()
    second = asyncio.create_task(take("b", 1, "c_1"))
    await take("other", 1, "c_2")
    until.set()
    await asyncio.gather(first, second)

    began.clear(), until.clear()
    first = asyncio.create_task(take("c", 0, "c_1", until))
    await began.wait()
    with one.engine.connect() as connection:
        others = "FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND state IS NOT NULL"
        connection.exec_driver_sql(f"SELECT pg_terminate_backend(pid) {others}")
    await take("d", 1, "c_1")
    until.set()
    await first
    await take("e", 0, "c_1")
    return order


found["order"] = asyncio.run(turns())
say(one, "after the restart", BotUttered("Here."), message_id="m_4")
found["after_restart"] = kept(two)[-1]
_forget(two, ["c_1"])
found["forgotten"] = [asyncio.run(one.retrieve("c_1")) is None, one.newest_first("c_1")]
print(json.dumps(found))
"""


@pytest.fixture(scope="module")
def found() -> Iterator[dict[str, Any]]:
    """What two of our stores found in one PostgreSQL."""
    with running_server() as url:
        settings = Settings(database_url=f"{url}/postgres", _env_file=None)  # type: ignore[call-arg]  # pydantic-settings' own
        ran = subprocess.run(
            [BOT, "-W", "ignore", "-c", PROGRAM], cwd=ROOT, capture_output=True, text=True, check=False,
            env={**os.environ, **QUIET, "TRACKERS": settings.tracker_url, "PYTHONPATH": str(ROOT)},
        )  # fmt: skip
        assert ran.returncode == 0, ran.stderr[-3000:]
        yield json.loads(ran.stdout.splitlines()[-1])


def test_a_conversation_goes_on_in_whichever_rasa_is_asked(found: dict[str, Any]) -> None:
    """With what was said, and with the values of its slots."""
    assert found["alternating"] == ["hello", "Hi!", "sell?", "No.", "More?"]
    assert found["slot"] == "DE"


def test_a_message_that_comes_again_is_answered_as_before(found: dict[str, Any]) -> None:
    """Whoever asked first may have died with the answer; what was understood and done comes along."""
    ranking = [{"name": "ask", "confidence": 0.9}]
    assert found["again"] == {
        "messages": [
            {"text": "No.", "buttons": [{"title": "Yes", "payload": "yes"}], "custom": {"kind": "answer"}},
            {"text": "More?"},
        ],
        "intent": ranking[0], "intent_ranking": ranking, "actions": ["action_say"], "slots": {},
    }  # fmt: skip


def test_any_other_message_is_a_turn_of_its_own(found: dict[str, Any]) -> None:
    """Also one without an id, and one to which nothing was said."""
    assert found["others"] == [None, None, None]
    assert found["unanswered"] is None


def test_a_turn_without_an_answer_is_taken_back(found: dict[str, Any]) -> None:
    """With the slots that it set; else the message would stand there twice once it is sent again."""
    before = ["hello", "Hi!", "sell?", "No.", "More?"]
    assert found["discarded"] == [before, "DE"]
    assert found["answered_stays"] == before


def test_one_turn_of_a_conversation_at_a_time(found: dict[str, Any]) -> None:
    """Over processes; and one whose connection was cut holds nothing."""
    assert found["order"] == [
        "a began", "other began", "other ended", "a ended", "b began", "b ended",
        "c began", "d began", "d ended", "c ended", "e began", "e ended",
    ]  # fmt: skip


def test_a_restart_of_the_database_costs_no_turn(found: dict[str, Any]) -> None:
    """Connections that were cut are replaced."""
    assert found["after_restart"] == "Here."


def test_what_one_forgets_the_other_has_not(found: dict[str, Any]) -> None:
    """There is one copy."""
    assert found["forgotten"] == [True, []]
