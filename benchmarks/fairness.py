"""`python -m benchmarks.fairness`: what a visitor notices of six who send long messages without a pause.

A Candor of its own is started. The visitor asks questions at a person's pace, first alone, then beside the six, then alone
again; each of the six begins a new conversation whenever the limits turn it away. All have addresses of their own, as a
trusted proxy would tell them. Printed are the medians of the visitor's turns and their ratio.
"""

from __future__ import annotations

import os
import shutil
import statistics
import sys
import tempfile
import threading
import time
import uuid
from pathlib import Path

import httpx

from benchmarks.run import COMPANY, QUESTIONS
from benchmarks.running import ready, report, running_process
from candor.app.supervisor import free_port
from candor.settings import ROOT, Settings

ATTACKERS = 6
TURNS = 24  # of the visitor, in each part
PAUSE = 0.5  # seconds between two of them
# As long as is allowed, and full of what a masker has to look at.
LONG = (
    "Pursuant to 45 CFR 164.524 and article 15, I, John A. Smith of 12 High Street, call 020 7946 0958 or write to j.s at x. "
    * 40
)[:3800]


class Visitor:
    """Somebody at an address of their own, in one conversation after another."""

    def __init__(self, url: str, address: str) -> None:
        self._http = httpx.Client(base_url=url, timeout=60.0, trust_env=False, headers={"X-Forwarded-For": address})
        self._begun: tuple[str, str] | None = None

    def say(self, text: str) -> int:
        """Say it, in a new conversation if there is none. Returns the status."""
        if self._begun is None:
            answer = self._http.post("/api/conversations", json={"company": COMPANY})
            if answer.is_error:
                return answer.status_code
            self._begun = (answer.json()["conversation"], answer.json()["token"])
        conversation, token = self._begun
        answer = self._http.post(
            f"/api/conversations/{conversation}/messages", json={"text": text, "message_id": uuid.uuid4().hex},
            headers={"Authorization": f"Bearer {token}"},
        )  # fmt: skip
        if answer.is_error:
            self._begun = None
        return answer.status_code

    def close(self) -> None:
        """Close the connection."""
        self._http.close()


def main() -> int:
    """Print the figures."""
    with tempfile.TemporaryDirectory() as folder:
        var = Path(folder) / "var"
        for made in ("encoder", "large_encoder", "index", "models"):
            shutil.copytree(ROOT / "var" / made, var / made)
        os.environ["CANDOR_TRUSTED_PROXIES"] = "127.0.0.1"  # the processes read it
        settings = Settings(var_dir=var, web_port=free_port(), rasa_port=free_port(), actions_port=free_port())
        url = f"http://{settings.web_host}:{settings.web_port}"
        with running_process([sys.executable, "-m", "candor", "serve"], ROOT, settings, lambda: ready(f"{url}/readyz")):
            turns_of(url, TURNS)  # warm
            alone = turns_of(url, TURNS)
            stop = threading.Event()
            counts: list[dict[int, int]] = [{} for _ in range(ATTACKERS)]
            threads = [
                threading.Thread(target=attack, args=(url, f"198.51.100.{n + 1}", stop, counts[n])) for n in range(ATTACKERS)
            ]
            for thread in threads:
                thread.start()
            time.sleep(1.0)
            began = time.monotonic()
            beside = turns_of(url, TURNS)
            took = time.monotonic() - began
            stop.set()
            for thread in threads:
                thread.join()
            alone += turns_of(url, TURNS)
    answered = sum(count.get(200, 0) for count in counts)
    refused = sum(n for count in counts for status, n in count.items() if status != 200)
    report("a visitor's turn, alone", f"{1000 * statistics.median(alone):.0f} ms, median of {len(alone)}")
    ratio = statistics.median(beside) / statistics.median(alone)
    report(f"… beside {ATTACKERS} who never pause", f"{1000 * statistics.median(beside):.0f} ms = {ratio:.2f} × alone")
    report("… the slowest of them", f"{1000 * max(beside):.0f} ms")
    report("the six were answered and turned away", f"{answered} and {refused} times in {took:.0f} s")
    return 0


def turns_of(url: str, turns: int) -> list[float]:
    """How long each turn of the visitor took, in seconds. Raises: RuntimeError if one was not answered."""
    visitor, took = Visitor(url, "192.0.2.1"), []
    visitor.say(QUESTIONS[0])  # begins the conversation
    for n in range(turns):
        started = time.perf_counter()
        status = visitor.say(QUESTIONS[n % len(QUESTIONS)])
        took.append(time.perf_counter() - started)
        if status != 200:
            raise RuntimeError(f"the visitor got {status}")
        time.sleep(PAUSE)
    visitor.close()
    return took


def attack(url: str, address: str, stop: threading.Event, count: dict[int, int]) -> None:
    """Send long messages one after the other until told to stop."""
    attacker = Visitor(url, address)
    while not stop.is_set():
        status = attacker.say(LONG)
        count[status] = count.get(status, 0) + 1
    attacker.close()


if __name__ == "__main__":
    raise SystemExit(main())
