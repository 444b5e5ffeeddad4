"""One running stack for all full-stack tests: the real processes, on ports and a var/ of their own."""

from __future__ import annotations

import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser

from candor.app.supervisor import commands, environment, free_port, newest_model
from candor.settings import ROOT, Settings
from tests.browsers import chromium

LONGEST_START = 600  # seconds, on two cores that are busy with other work


def own_var(folder: Path) -> Path:
    """A var/ with the encoders, the index and Rasa's model that set-up made, and nothing else."""
    for made in ("encoder", "large_encoder"):  # half a gigabyte that is only read
        (folder / made).symlink_to(ROOT / "var" / made)
    for made in ("index", "models"):
        shutil.copytree(ROOT / "var" / made, folder / made)
    return folder


class Stack:
    """Web, Rasa and action server as `candor serve` starts them, each of which a test may stop and start."""

    def __init__(self, var: Path) -> None:
        self.settings = Settings(
            var_dir=var, web_port=free_port(), rasa_port=free_port(), actions_port=free_port(), rasa_timeout=20, _env_file=None
        )  # type: ignore[call-arg]  # pydantic-settings' own parameter
        self.url = f"http://127.0.0.1:{self.settings.web_port}"
        self.log = var / "stack.log"
        self._environment = environment(self.settings)
        self._commands = commands(self.settings, newest_model(self.settings))
        self.processes: dict[str, subprocess.Popen[bytes]] = {}

    @property
    def secret(self) -> str:
        return self._environment["CANDOR_INTERNAL_SECRET"]

    def start(self, *names: str) -> None:
        with self.log.open("ab") as log:
            for name in names or tuple(self._commands):
                self.processes[name] = subprocess.Popen(
                    self._commands[name], cwd=ROOT, env=self._environment, stdout=log, stderr=subprocess.STDOUT
                )

    def wait(self) -> None:
        """Until /readyz says 200."""
        deadline = time.monotonic() + LONGEST_START
        said = "nothing"
        while time.monotonic() < deadline:
            for name, process in self.processes.items():
                assert process.poll() is None, f"{name} ended with {process.returncode}:\n{self.log.read_text()[-2000:]}"
            try:
                answer = httpx.get(f"{self.url}/readyz", timeout=10)
                if answer.status_code == 200:
                    return
                said = answer.text
            except httpx.HTTPError:
                pass
            time.sleep(0.3)
        raise AssertionError(f"the stack was not ready after {LONGEST_START} s: {said}\n{self.log.read_text()[-2000:]}")

    def kill(self, name: str) -> None:
        process = self.processes.pop(name)
        process.send_signal(signal.SIGKILL)
        process.wait(30)

    def stop(self) -> None:
        for process in self.processes.values():
            process.terminate()
        for process in self.processes.values():
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait(30)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A module's own: asynchronous tests come after it."""
    with chromium() as launched:
        yield launched


@pytest.fixture(scope="package")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """The running stack."""
    running = Stack(own_var(tmp_path_factory.mktemp("var")))
    running.start()
    try:
        running.wait()
        yield running
    finally:
        running.stop()
