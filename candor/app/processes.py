"""Keep processes running: start them, print what they say, start again what has died, and let each end in peace."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TextIO

LONGEST_LINE = 1 << 20  # bytes; a longer one is printed in parts
COLOURS = (36, 33, 32, 35)  # ANSI, where a terminal reads it


@dataclass(frozen=True)
class Program:
    """One process that is to run all the time."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    folder: Path


@dataclass(frozen=True)
class Patience:
    """How long to wait, in seconds, and how often to try."""

    pause: float = 1.0  # before a process that has died is started again; doubled each time
    longest_pause: float = 30.0
    steady: float = 60.0  # a process that has run for so long counts as well again
    attempts: int = 6  # in a row; after these the fault is not one that a new start mends
    ending: float = 30.0  # for a process to end what it is doing, before it is killed


@dataclass
class Processes:
    """Runs the programs until it is told to stop. The last one is stopped first: it is what people talk to."""

    programs: Sequence[Program]
    out: TextIO = field(default_factory=lambda: sys.stdout)
    patience: Patience = field(default_factory=Patience)
    _running: dict[str, asyncio.subprocess.Process] = field(default_factory=dict, init=False)
    _stopping: asyncio.Event = field(default_factory=asyncio.Event, init=False)
    _code: int = field(default=0, init=False)

    async def run(self) -> int:
        """The exit code: 0 if SIGINT, SIGTERM or `stop` ended it; else that of the program that could not be kept running."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            with suppress(NotImplementedError, ValueError, RuntimeError):  # in a thread, such as a test's
                loop.add_signal_handler(number, self.stop)
        keepers = [asyncio.create_task(self._keep(program)) for program in self.programs]
        await self._stopping.wait()
        for program in reversed(self.programs):
            await self._end(program.name)
        await asyncio.gather(*keepers)
        return self._code

    def stop(self) -> None:
        """End everything, in order. What is being done is done to its end."""
        self._stopping.set()

    async def _keep(self, program: Program) -> None:
        failures = 0
        while not self._stopping.is_set():
            began = asyncio.get_running_loop().time()
            code = await self._run_once(program)
            if self._stopping.is_set():
                return
            steady = asyncio.get_running_loop().time() - began >= self.patience.steady
            failures = 1 if steady else failures + 1
            if failures >= self.patience.attempts:
                self._say(
                    "candor", f"{program.name} has ended {failures} times in a row: the lines above say why. Everything stops."
                )
                self._code = abs(code) or 1
                self.stop()
                return
            pause = min(self.patience.longest_pause, self.patience.pause * 2 ** (failures - 1))
            self._say("candor", f"{program.name} has ended (exit {code}); it is started again in {pause:g} s")
            with suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), pause)

    async def _run_once(self, program: Program) -> int:
        # A session of its own: Ctrl-C reaches us alone, and what it starts itself can be ended with it.
        process = await asyncio.create_subprocess_exec(
            *program.command, env=dict(program.environment), cwd=program.folder, stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT, start_new_session=True, limit=LONGEST_LINE,
        )  # fmt: skip
        self._running[program.name] = process
        self._say("candor", f"{program.name} started (pid {process.pid})")
        printing = asyncio.create_task(self._print(program.name, process))
        code = await process.wait()
        del self._running[program.name]
        with suppress(TimeoutError):  # something that it started may keep its output open
            await asyncio.wait_for(printing, 1.0)
        return code

    async def _print(self, name: str, process: asyncio.subprocess.Process) -> None:
        output = process.stdout
        while output is not None:
            try:
                line = await output.readuntil(b"\n")
            except asyncio.IncompleteReadError as error:  # its last words
                line = error.partial
            except asyncio.LimitOverrunError as error:
                line = await output.readexactly(error.consumed)
            if not line:
                return
            self._say(name, line.decode(errors="replace").rstrip("\n"))

    async def _end(self, name: str) -> None:
        process = self._running.get(name)
        if process is None:
            return
        self._signal(process, signal.SIGTERM)
        try:
            await asyncio.wait_for(process.wait(), self.patience.ending)
        except TimeoutError:
            self._say("candor", f"{name} has not ended within {self.patience.ending:g} s and is killed")
            self._signal(process, signal.SIGKILL)

    @staticmethod
    def _signal(process: asyncio.subprocess.Process, number: int) -> None:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, number)

    def _say(self, name: str, line: str) -> None:
        width = max(len(each) for each in ("candor", *(program.name for program in self.programs)))
        prefix = f"{datetime.now().astimezone():%H:%M:%S} {name:<{width}} | "
        if self.out.isatty():
            names = [program.name for program in self.programs]
            colour = COLOURS[names.index(name) % len(COLOURS)] if name in names else 37
            prefix = f"\x1b[{colour}m{prefix}\x1b[0m"
        self.out.write(f"{prefix}{line}\n")
        self.out.flush()
