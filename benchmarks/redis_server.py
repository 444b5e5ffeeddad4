"""A temporary Redis for tests and benchmarks, on loopback only."""

from __future__ import annotations

import asyncio
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

from candor.database.rate_limits import check_redis


class RedisServer:
    """One that can be stopped and started again; it keeps nothing."""

    def __init__(self, folder: Path, port: int) -> None:
        program = shutil.which("redis-server")
        if program is None:
            raise AssertionError("there is no Redis: run `make setup-dev`, or install your system's redis-server")
        self.url = f"redis://127.0.0.1:{port}/0"
        self._command = [
            program, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", str(folder),
        ]  # fmt: skip
        self._running: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Return once it answers. Raises: AssertionError if it does not within 30 s."""
        self._running = subprocess.Popen(self._command, stdout=subprocess.DEVNULL)
        deadline = time.monotonic() + 30
        while not asyncio.run(check_redis(self.url)):
            if self._running.poll() is not None or time.monotonic() > deadline:
                raise AssertionError("Redis does not answer")

    @property
    def process(self) -> psutil.Process | None:
        """None while it is stopped."""
        return psutil.Process(self._running.pid) if self._running is not None and self._running.poll() is None else None

    def stop(self) -> None:
        if self._running is not None:
            self._running.terminate()
            self._running.wait(30)


@contextmanager
def redis_server(folder: Path, port: int) -> Iterator[str]:
    """One on loopback that keeps nothing; its address."""
    server = RedisServer(folder, port)
    server.start()
    try:
        yield server.url
    finally:
        server.stop()


def redis_keys(port: int) -> str:
    """The names of all that it keeps."""
    return subprocess.run(["redis-cli", "-p", str(port), "keys", "*"], capture_output=True, text=True, check=True).stdout


def free_port() -> int:
    """One where nothing listens."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        found: int = probe.getsockname()[1]
        return found
