"""What a second node adds: `python -m benchmarks.nodes_scaling`. By calculation, where both run on the same cores.

A turn's CPU is measured, in the processes of a node and in those that nodes share (PostgreSQL, Redis), and how long turns wait
for locks that others hold, on one node and on two with twice the conversations. On a machine of its own a second node adds what
the first does, less what turns wait longer for locks, as long as the shared processes have room for both.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

import psutil
import typer
from sqlalchemy import create_engine, text

from benchmarks.nodes import KINDS, Nodes, Talk, conversations, two_nodes

LOOK_EVERY = 0.05  # seconds
WAITING = text("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()")


@dataclass(frozen=True)
class Measured:
    """A run of conversations."""

    turns: int
    seconds: float
    cpu: dict[str, float]  # milliseconds of CPU a turn, by kind of process
    waiting: float  # turns that wait for a lock, on average over time
    at_once: int

    @property
    def wait_share(self) -> float:
        """The share of its time that a turn waits for locks."""
        return self.waiting / self.at_once

    @property
    def node_cpu(self) -> float:
        return sum(self.cpu[kind] for kind in KINDS)

    @property
    def shared_cpu(self) -> float:
        return sum(self.cpu.values()) - self.node_cpu


def added_by_second(one: Measured, two: Measured) -> float:
    """The throughput that a second node adds, in those of the first, on machines with as many cores each."""
    if 2 * two.shared_cpu > two.node_cpu:
        return two.node_cpu / two.shared_cpu * (1 - two.wait_share) / (1 - one.wait_share) - 1  # the database is full before
    return 2 * (1 - two.wait_share) / (1 - one.wait_share) - 1


async def measured(nodes: Nodes, urls: Sequence[str], numbers: Sequence[int], at_once: int) -> Measured:
    """Hold conversations, and watch. Raises: whatever a conversation ends with too early."""
    before, began = cpu_of(nodes), time.monotonic()
    watching = asyncio.create_task(_watched(nodes.database))
    talks = await conversations(nodes, numbers, at_once, urls)
    seconds = time.monotonic() - began
    watching.cancel()
    seen = await asyncio.gather(watching, return_exceptions=True)
    waiting = seen[0] if isinstance(seen[0], float) else 0.0
    whole = [talk for talk in talks.values() if isinstance(talk, Talk)]
    for talk in talks.values():
        if isinstance(talk, BaseException):
            raise talk
    turns = sum(len(talk.milliseconds) for talk in whole)
    spent = {kind: 1000 * (used - before[kind]) / turns for kind, used in cpu_of(nodes).items()}
    return Measured(turns, seconds, spent, waiting, at_once)


async def _watched(database: str) -> float:
    """How many turns wait for locks, on average until this task is cancelled."""
    engine, looks, waiting = create_engine(database, isolation_level="AUTOCOMMIT"), 0, 0
    try:
        with engine.connect() as connection:
            while True:
                waiting += connection.scalar(WAITING) or 0
                looks += 1
                await asyncio.sleep(LOOK_EVERY)
    except asyncio.CancelledError:
        return waiting / max(looks, 1)
    finally:
        engine.dispose()


def cpu_of(nodes: Nodes) -> dict[str, float]:
    """Seconds of CPU so far, by kind of process."""
    found = dict.fromkeys((*KINDS, "PostgreSQL", "Redis"), 0.0)
    for node in nodes.nodes:
        for kind in KINDS:
            process = node.process(kind)
            found[kind] += _seconds(process) if process else 0.0
    for name, server in (("PostgreSQL", nodes.postgres.process), ("Redis", nodes.redis.process)):
        found[name] += _seconds(server) if server else 0.0
    return found


def _seconds(process: psutil.Process) -> float:
    """Of a process with its children, those that have ended too."""
    total = 0.0
    for one in (process, *process.children(recursive=True)):
        times = one.cpu_times()
        total += times.user + times.system
    ended = process.cpu_times()
    return total + ended.children_user + ended.children_system


def main(
    conversations: Annotated[int, typer.Option(help="On one node; twice as many on two.")] = 16,
    at_once: Annotated[int, typer.Option(help="Conversations at the same time for each node.")] = 3,
) -> None:
    """Print CPU by process, waits for locks, and what a second node adds."""
    with two_nodes() as nodes:

        async def both() -> tuple[Measured, Measured]:
            await measured(nodes, nodes.urls, range(4), 2)  # models are loaded, connections made
            one = await measured(nodes, nodes.urls[:1], range(100, 100 + conversations), at_once)
            return one, await measured(nodes, nodes.urls, range(200, 200 + 2 * conversations), 2 * at_once)

        one, two = asyncio.run(both())
    for name, found in (("one node", one), ("two nodes", two)):
        by_kind = ", ".join(f"{kind} {spent:.0f}" for kind, spent in found.cpu.items() if spent >= 0.5)
        print(f"{name}: {found.turns} turns in {found.seconds:.0f} s, {found.at_once} at once; CPU a turn, ms: {by_kind}")
        print(f"  of its time a turn waits for locks of others: {100 * found.wait_share:.2f} %")
    share = 100 * two.shared_cpu / (two.shared_cpu + two.node_cpu)
    print(f"what the nodes share takes {share:.0f} % of the CPU; a second node adds {added_by_second(one, two):.2f} of the first")


if __name__ == "__main__":
    typer.run(main)
