"""One thing at a time is done to a conversation: within a process, on one machine, and over machines that share a PostgreSQL."""

from __future__ import annotations

import asyncio
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import psycopg
import pytest

from candor.conversations.locks import AdvisoryGate, ConversationLocks, FileGate, gate_of
from candor.errors import UnavailableError
from candor.settings import Settings
from tests.postgresql import running_server

HOLDER = """
import asyncio, sys
from pathlib import Path
from candor.conversations.locks import FileGate

async def hold():
    async with FileGate(Path(sys.argv[1])).held("c_1"):
        print("held", flush=True)
        await asyncio.sleep(3600)

asyncio.run(hold())
"""


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with running_server() as url:
        yield f"{url}/postgres"


@pytest.fixture
async def machines(server: str) -> AsyncIterator[tuple[ConversationLocks, ConversationLocks]]:
    """Two processes' locks, so to speak: what one connection holds, another cannot have, wherever it comes from."""
    one, two = ConversationLocks(AdvisoryGate(server)), ConversationLocks(AdvisoryGate(server))
    yield one, two
    await one.close()
    await two.close()


class Told:
    """What happened, in order."""

    def __init__(self) -> None:
        self.order: list[str] = []

    async def at(
        self, locks: ConversationLocks, name: str, conversation: str = "c_1", until: asyncio.Event | None = None
    ) -> None:
        async with locks.holding(conversation):
            self.order.append(f"{name} began")
            await (until.wait() if until else asyncio.sleep(0))
            self.order.append(f"{name} ended")


async def waiting(server: str, count: int) -> None:
    """Return once so many connections wait for a lock in the database."""
    connection = await psycopg.AsyncConnection.connect(server.replace("+psycopg", ""), autocommit=True)
    async with connection:
        for _ in range(2000):
            row = await (await connection.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")).fetchone()
            if row and row[0] == count:
                return
            await asyncio.sleep(0.01)
    raise AssertionError(f"nobody waits: {row}")


async def cut(server: str) -> None:
    """End every connection of the gates, as a restart of the database does."""
    connection = await psycopg.AsyncConnection.connect(server.replace("+psycopg", ""), autocommit=True)
    async with connection:
        await connection.execute(
            "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE application_name = 'candor-locks'"
        )


async def test_within_a_process_who_asks_first_is_served_first() -> None:
    """And nobody else's conversation waits."""
    locks, told, until = ConversationLocks(), Told(), asyncio.Event()

    async with asyncio.TaskGroup() as group:
        for name, conversation, wait in (("a", "c_1", until), ("b", "c_1", None), ("c", "c_1", None), ("other", "c_2", None)):
            group.create_task(told.at(locks, name, conversation, wait))
        while "other ended" not in told.order:  # noqa: ASYNC110  # a list has no event
            await asyncio.sleep(0)
        until.set()

    assert [what for what in told.order if "other" not in what] == [
        "a began", "a ended", "b began", "b ended", "c began", "c ended"
    ]  # fmt: skip


async def test_over_machines_who_asks_first_is_served_first(
    server: str, machines: tuple[ConversationLocks, ConversationLocks]
) -> None:
    """Also where the process that has just let go asks again: it joins the queue."""
    one, two = machines
    told, until = Told(), asyncio.Event()

    async with asyncio.TaskGroup() as group:
        group.create_task(told.at(one, "a", until=until))
        while not told.order:  # noqa: ASYNC110
            await asyncio.sleep(0)
        group.create_task(told.at(two, "b"))
        await waiting(server, 1)
        group.create_task(told.at(one, "c"))
        await asyncio.sleep(0)
        until.set()

    assert told.order == ["a began", "a ended", "b began", "b ended", "c began", "c ended"]


async def test_other_conversations_wait_for_nobody(machines: tuple[ConversationLocks, ConversationLocks]) -> None:
    """One connection holds many."""
    one, two = machines
    told = Told()

    async with one.holding("c_1"), two.holding("c_2"), one.holding("c_3"):
        await told.at(two, "d", "c_4")

    assert told.order == ["d began", "d ended"]


async def test_a_machine_that_is_gone_holds_nothing(server: str, machines: tuple[ConversationLocks, ConversationLocks]) -> None:
    """Its connection is gone with it. The locks of those who are there are found anew."""
    one, two = machines
    told = Told()

    async with one.holding("c_1"):
        await cut(server)
        await told.at(two, "b")
        await told.at(one, "c", "c_2")
    await told.at(two, "d")

    assert told.order == ["b began", "b ended", "c began", "c ended", "d began", "d ended"]


async def test_who_is_called_off_while_it_waits_holds_nothing(
    server: str, machines: tuple[ConversationLocks, ConversationLocks]
) -> None:
    """Such as a call whose visitor has closed the page."""
    one, two = machines
    told = Told()
    async with one.holding("c_1"):
        called_off = asyncio.create_task(told.at(two, "b"))
        await waiting(server, 1)
        called_off.cancel()
        await asyncio.wait([called_off])

    await told.at(one, "c")
    await told.at(two, "d")

    assert told.order == ["c began", "c ended", "d began", "d ended"]


async def test_a_database_that_is_away_is_said_to_be() -> None:
    """Nothing is done to a conversation that cannot be held."""
    locks = ConversationLocks(AdvisoryGate("postgresql+psycopg://nobody@127.0.0.1:1/none"))

    with pytest.raises(UnavailableError, match="does not answer"):
        async with locks.holding("c_1"):
            raise AssertionError("it was held")


async def test_processes_of_one_machine_wait_for_each_other(tmp_path: Path) -> None:
    """Until the holder ends, however it ends."""
    path = tmp_path / "conversations.lock"
    holder = subprocess.Popen([sys.executable, "-c", HOLDER, str(path)], stdout=subprocess.PIPE, text=True)  # noqa: ASYNC220
    assert holder.stdout
    assert await asyncio.to_thread(holder.stdout.readline) == "held\n"
    locks, told = ConversationLocks(FileGate(path)), Told()

    asking = asyncio.create_task(told.at(locks, "b"))
    await told.at(locks, "other", "c_2")
    assert told.order == ["other began", "other ended"]
    holder.send_signal(signal.SIGKILL)
    await asyncio.to_thread(holder.wait)
    await asking

    assert told.order[2:] == ["b began", "b ended"]
    holder.stdout.close()
    await locks.close()


def test_the_configured_database_decides(tmp_path: Path) -> None:
    """Whoever shares it must agree on the locks."""
    alone = Settings(var_dir=tmp_path, database_url="", _env_file=None)  # type: ignore[call-arg]  # pydantic-settings' own
    shared = alone.model_copy(update={"database_url": "postgresql+psycopg://candor@db/candor"})

    assert isinstance(gate_of(alone), FileGate)
    assert isinstance(gate_of(shared), AdvisoryGate)
