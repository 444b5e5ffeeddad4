"""`candor serve`, as `make run` starts it."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import httpx
import psutil
import pytest

from candor.app.supervisor import free_port
from candor.settings import ROOT
from tests.stack.conftest import LONGEST_START, own_var


class Served:
    """One `candor serve`, and what it has printed."""

    def __init__(self, var: Path, **ports: int) -> None:
        self.ports = {"WEB": free_port(), "RASA": free_port(), "ACTIONS": free_port()} | ports
        told = {f"CANDOR_{name}_PORT": str(port) for name, port in self.ports.items()}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "candor", "serve"], cwd=ROOT, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            env={**os.environ, **told, "CANDOR_VAR_DIR": str(var), "PYTHONUNBUFFERED": "1"}, start_new_session=True,
        )  # fmt: skip
        self.lines: list[str] = []
        self._seen = threading.Condition()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout
        for line in self.process.stdout:
            with self._seen:
                self.lines.append(line)
                self._seen.notify_all()

    def wait_for(self, wanted: str, after: int = 0) -> None:
        """Until a line holds the wanted words. after: how many lines do not count."""
        with self._seen:
            found = self._seen.wait_for(lambda: any(wanted in line for line in self.lines[after:]), LONGEST_START)
        assert found, f"{wanted!r} was not printed:\n" + "".join(self.lines[-20:])

    def wait_until_ready(self) -> None:
        """Until /readyz says 200."""
        deadline = time.monotonic() + LONGEST_START
        while True:
            with suppress(httpx.HTTPError):
                if httpx.get(f"http://127.0.0.1:{self.ports['WEB']}/readyz", timeout=10).status_code == 200:
                    return
            assert time.monotonic() < deadline, "".join(self.lines[-20:])
            time.sleep(0.5)

    def end(self) -> None:
        """Leave nothing behind, whatever the test found."""
        left = psutil.Process(self.process.pid).children(recursive=True) if self.process.poll() is None else []
        for member in left:
            with suppress(psutil.NoSuchProcess):
                member.kill()
        self.process.kill()
        self.process.wait(30)
        self._reader.join(30)
        assert self.process.stdout
        self.process.stdout.close()

    def members(self) -> list[psutil.Process]:
        return psutil.Process(self.process.pid).children(recursive=True)


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Callable[..., Served]]:
    """Start `candor serve`; it is ended after the test."""
    started: list[Served] = []

    def start(**ports: int) -> Served:
        started.append(Served(own_var(tmp_path), **ports))
        return started[-1]

    yield start
    for served in started:
        served.end()


def gone(processes: list[psutil.Process]) -> bool:
    _, alive = psutil.wait_procs(processes, timeout=20)
    return not alive


def test_a_process_that_dies_is_started_again_and_ctrl_c_ends_them_all(serve: Callable[..., Served]) -> None:
    """It says where it listens once it is ready. Whichever dies, a visitor hears for some seconds that it does not answer, and
    nobody has to come at night. Ctrl-C leaves nothing behind, and is no failure.
    """
    served = serve()
    served.wait_for(f"Candor is ready: http://127.0.0.1:{served.ports['WEB']}")

    for dying in ("actions", "bot", "candor.app.web"):
        victim = next(member for member in served.members() if dying in member.cmdline()[1:3])
        said = len(served.lines)
        victim.kill()
        served.wait_for("it is started again", said)
        served.wait_until_ready()
        assert victim.pid not in {member.pid for member in served.members()}

    members = served.members()
    served.process.send_signal(signal.SIGINT)

    assert served.process.wait(60) == 0
    assert len(members) >= 3
    assert gone(members)


def test_a_taken_port_is_one_clear_line(serve: Callable[..., Served]) -> None:
    """The line names the port and the setting that moves it; nothing is started."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]

        served = serve(ACTIONS=port)
        code = served.process.wait(60)

    served.wait_for("port")
    assert code == 1
    assert [line.strip() for line in served.lines] == [
        f"port {port} is taken: stop what listens there, or set CANDOR_ACTIONS_PORT to another"
    ]
