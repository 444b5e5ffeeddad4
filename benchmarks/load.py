"""How much a running Candor carries: clients that each wait for an answer before they send the next message (a closed loop).

They talk as visitors do: questions, small talk, a request that is taken down step by step, and one of them in a single long
conversation. `python -m benchmarks.load http://127.0.0.1:8000 clevra` measures one that runs already.
"""

from __future__ import annotations

import asyncio
import itertools
import sys
import time
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import httpx
import numpy as np

CLIENTS = (1, 2, 4, 16, 32)
SECONDS = 12.0  # that each number of clients talks
TALKS: tuple[tuple[str, ...], ...] = (
    ("hello", "how long do you keep my data?", "is my info sold", "who gets to see what I write", "thanks, bye"),
    ("delete my account please", "Germany", "ada@example.org", "no", "never mind"),
    ("what about cookies", "and how do i turn them off?", "can i delete my account", "how are you?"),
    ("how old must i be", "send me a copy of my data", "what happens with it?", "stop"),
    ("where are your servers", "tell me a joke", "whom do i write to", "do you use my data to train ai"),
)


@dataclass(frozen=True)
class Load:
    """What so many clients got. seconds: of each answered turn; refused: how often there was no room (503)."""

    clients: int
    took: float
    seconds: list[float]
    refused: int

    def as_row(self) -> str:
        median, late = 1000 * np.percentile(self.seconds, [50, 95])
        return f"{self.clients:7} {len(self.seconds) / self.took:8.1f} {median:8.0f} {late:8.0f} {self.refused:8}"


def messages(first: int, *, long: bool) -> Iterator[tuple[bool, str]]:
    """Without end: whether a new conversation begins with it, and the message."""
    talks = itertools.islice(itertools.cycle(TALKS), first, None)
    for number, talk in enumerate(talks):
        for place, text in enumerate(talk):
            yield place == 0 and (number == 0 or not long), text


async def talk(http: httpx.AsyncClient, company: str, number: int, until: float, seconds: list[float]) -> int:
    """One client: talk until that time, and write down how long each answer took; return how often there was no room."""
    place, headers, refused = "", {}, 0
    for begins, text in messages(number, long=number == 0):
        if begins:
            begun = (await http.post("/api/conversations", json={"company": company})).raise_for_status().json()
            place, headers = f"/api/conversations/{begun['conversation']}", {"Authorization": f"Bearer {begun['token']}"}
        if time.monotonic() >= until:
            break
        started = time.monotonic()
        answer = await http.post(f"{place}/messages", json={"text": text, "message_id": uuid.uuid4().hex}, headers=headers)
        if answer.status_code == 503:
            refused += 1
            await asyncio.sleep(float(answer.headers.get("Retry-After", "1")))
            continue
        answer.raise_for_status()
        seconds.append(time.monotonic() - started)
    return refused


async def measure(url: str, company: str, clients: int, seconds: float = SECONDS) -> Load:
    """So many clients for so many seconds. Raises: httpx.HTTPError if one of them is refused for anything but want of room."""
    took: list[float] = []
    limits = httpx.Limits(max_connections=clients, max_keepalive_connections=clients)
    async with httpx.AsyncClient(base_url=url, timeout=60, trust_env=False, limits=limits) as http:
        started = time.monotonic()
        refused = await asyncio.gather(*(talk(http, company, number, started + seconds, took) for number in range(clients)))
        return Load(clients, time.monotonic() - started, took, sum(refused))


def report(url: str, company: str, clients: Sequence[int] = CLIENTS) -> list[Load]:
    """Measure each number of clients, and print a table."""
    print("\nclients  turns/s   p50 ms   p95 ms  no room", flush=True)
    loads = []
    for count in clients:
        loads.append(asyncio.run(measure(url, company, count)))
        print(loads[-1].as_row(), flush=True)
    return loads


if __name__ == "__main__":
    report(sys.argv[1], sys.argv[2])
