"""Start what is measured, wait until it is ready, and read what it uses."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import httpx
import psutil

from candor.app.supervisor import environment
from candor.errors import UnavailableError
from candor.settings import ROOT, Settings

LONGEST_START = 240  # seconds that a process may take to start
LOOKED_EVERY = 0.1  # seconds


@contextmanager
def serving(settings: Settings) -> Iterator[tuple[str, psutil.Process]]:
    """`candor serve`, once it is ready: its address, and the process that started the others."""
    url = f"http://{settings.web_host}:{settings.web_port}"
    command = [sys.executable, "-m", "candor", "serve"]
    with running_process(command, ROOT, settings, lambda: ready(f"{url}/readyz")) as supervisor:
        yield url, psutil.Process(supervisor.pid)


@contextmanager
def running_process(
    command: Sequence[str], folder: Path, settings: Settings, up: Callable[[], bool]
) -> Iterator[subprocess.Popen[bytes]]:
    """Start a process, wait until `up` returns true, and terminate it at the end.

    Raises: UnavailableError if it ends or is not up in LONGEST_START seconds.
    """
    running = subprocess.Popen(
        command, cwd=folder, env=environment(settings), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        deadline = time.monotonic() + LONGEST_START
        while True:
            if running.poll() is not None or time.monotonic() > deadline:
                raise UnavailableError(f"{command[2]} {command[3]} did not start")
            try:
                if up():
                    break
            except (httpx.HTTPError, ValueError):
                pass
            time.sleep(LOOKED_EVERY)
        yield running
    finally:
        running.terminate()
        running.wait(60)


def ready(url: str) -> bool:
    """Whether Candor answers that it is ready."""
    return httpx.get(url, timeout=5, trust_env=False).status_code == 200


def family(process: psutil.Process) -> list[psutil.Process]:
    """A process and all that it has started."""
    return [process, *process.children(recursive=True)]


def cpu_seconds(process: psutil.Process) -> float:
    """The CPU time that a process and all that it has started have had. The kernel counts it in hundredths of a second."""
    return sum(sum(each.cpu_times()[:2]) for each in family(process))


def timed(call: Callable[[], object], clock: Callable[[], float] = time.perf_counter) -> float:
    """Seconds that a call takes, by a clock, or those of CPU by time.process_time."""
    started = clock()
    call()
    return clock() - started


def report(what: str, figure: str) -> None:
    """Print one line of the result."""
    print(f"{what:52} {figure}", flush=True)


def only_this_core() -> bool:
    """Whether this process may use one core alone, so that nobody takes its figures for those of the machine."""
    return len(os.sched_getaffinity(0)) == 1
