"""Processes are kept running, and ended in order. Real ones, which do little."""

from __future__ import annotations

import asyncio
import io
import os
import sys
from pathlib import Path

from candor.app.processes import Patience, Processes, Program

QUICK = Patience(pause=0.01, longest_pause=0.02, steady=60, attempts=3, ending=5)
WAITS = "import signal, sys, time; signal.signal(signal.SIGTERM, lambda *_: sys.exit(0)); print('up', flush=True); time.sleep(60)"


def program(name: str, code: str, folder: Path) -> Program:
    return Program(name, [sys.executable, "-c", code], os.environ, folder)


def lines_of(out: io.StringIO) -> list[str]:
    return [line.partition("| ")[2] for line in out.getvalue().splitlines()]


async def until(out: io.StringIO, wanted: str, times: int = 1) -> None:
    """Until this was printed so many times."""
    async with asyncio.timeout(30):
        while out.getvalue().count(wanted) < times:  # noqa: ASYNC110  # text has no event
            await asyncio.sleep(0.01)


async def test_what_has_died_is_started_again(tmp_path: Path) -> None:
    """The first time it dies, the second time it stays."""
    out = io.StringIO()
    once = f"import pathlib; first = pathlib.Path('died'); died = first.exists(); first.touch(); died or exit(7); {WAITS}"
    processes = Processes([program("web", once, tmp_path)], out, QUICK)
    running = asyncio.create_task(processes.run())

    await until(out, "up")
    processes.stop()

    assert await running == 0
    assert "web has ended (exit 7); it is started again in 0.01 s" in lines_of(out)


async def test_what_dies_again_and_again_stops_everything(tmp_path: Path) -> None:
    """A fault that no new start mends must be seen: the exit code is that of the program, and nothing is left running."""
    out = io.StringIO()
    well, ill = program("rasa", WAITS, tmp_path), program("web", "print('no key'); exit(3)", tmp_path)

    code = await Processes([well, ill], out, QUICK).run()

    assert code == 3
    assert lines_of(out).count("no key") == 3
    assert "web has ended 3 times in a row: the lines above say why. Everything stops." in lines_of(out)


async def test_the_last_program_ends_first(tmp_path: Path) -> None:
    """It is what people talk to: while it finishes, the others still answer it."""
    out = io.StringIO()
    ends = WAITS.replace("sys.exit(0)", "(print('ended', flush=True), sys.exit(0))")
    processes = Processes([program("rasa", ends, tmp_path), program("web", ends, tmp_path)], out, QUICK)
    running = asyncio.create_task(processes.run())
    await until(out, "| up", 2)

    processes.stop()
    await running

    ended = [line.split()[1] for line in out.getvalue().splitlines() if line.endswith("| ended")]
    assert ended == ["web", "rasa"]


async def test_what_does_not_end_is_killed(tmp_path: Path) -> None:
    """After the time that it has to finish."""
    out = io.StringIO()
    stubborn = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True); time.sleep(60)"
    processes = Processes([program("web", stubborn, tmp_path)], out, Patience(ending=0.1))
    running = asyncio.create_task(processes.run())
    await until(out, "up")

    processes.stop()

    assert await running == 0
    assert "web has not ended within 0.1 s and is killed" in lines_of(out)


async def test_long_lines_and_last_words_are_printed(tmp_path: Path) -> None:
    """Also without an end of line, and longer than a pipe's buffer."""
    out = io.StringIO()
    code = "import sys; sys.stdout.write('x' * 3_000_000 + chr(10) + 'last words'); sys.exit(1)"

    await Processes([program("web", code, tmp_path)], out, Patience(attempts=1)).run()

    said = "".join(lines_of(out))
    assert said.count("x") >= 3_000_000
    assert "last words" in said
