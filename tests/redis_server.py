"""A real Redis for tests."""

from __future__ import annotations

import asyncio
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from candor.rate_limits import check_redis


@contextmanager
def redis_server(folder: Path, port: int) -> Iterator[str]:
    """One on loopback that keeps nothing; its address."""
    program = shutil.which("redis-server")
    assert program, "the tests need Redis: make setup-dev"
    command = [program, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", str(folder)]
    running = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    url = f"redis://127.0.0.1:{port}/0"
    try:
        deadline = time.monotonic() + 30
        while not asyncio.run(check_redis(url)):
            assert running.poll() is None
            assert time.monotonic() < deadline
        yield url
    finally:
        running.terminate()
        running.wait(30)


def redis_keys(port: int) -> str:
    """The names of all that it keeps."""
    return subprocess.run(["redis-cli", "-p", str(port), "keys", "*"], capture_output=True, text=True, check=True).stdout


def free_port() -> int:
    """One where nothing listens."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        found: int = probe.getsockname()[1]
        return found
