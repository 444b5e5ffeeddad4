"""`python -m candor.app.keeper KEPT`: keep Candor's processes running, and say once when all of them are ready.

It runs for as long as Candor does and mostly waits, so it imports nothing but the standard library: `candor serve` prepares
everything and then becomes this program (candor/app/supervisor.py).
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import NoReturn

from candor.app.processes import Patience, Processes, Program

LONGEST_START = 180  # seconds
ASKED_EVERY = 0.3  # seconds
LONGEST_REPLY = 5  # seconds


@dataclass(frozen=True)
class Web:
    """Where the web answers, and where people see the widget on example pages; "" where nobody does."""

    host: str  # as one asks for it
    port: int
    examples: str = ""

    @property
    def address(self) -> str:
        return f"http://{self.host}:{self.port}"


def become_keeper(programs: Sequence[Program], shared: Mapping[str, str], web: Web, drain_seconds: float) -> NoReturn:
    """Keep the programs running from here on, in the place of this process. shared: the part of their environment that is the
    same for all; it is the keeper's own, so that no secret in it stands on a command line.
    """
    kept = {
        "programs": [
            {
                "name": each.name, "command": list(each.command), "folder": str(each.folder),
                "environment": {name: value for name, value in each.environment.items() if shared.get(name) != value},
            }
            for each in programs
        ],
        "web": [web.host, web.port, web.examples],
        "drain_seconds": drain_seconds,
    }  # fmt: skip
    os.chdir(programs[0].folder)
    command = [sys.executable, "-m", "candor.app.keeper", json.dumps(kept)]
    sys.stdout.flush()
    os.execve(command[0], command, dict(shared))  # noqa: S606  # it is to take our place


def announce(web: Web, longest: float = LONGEST_START, pause: float = ASKED_EVERY) -> None:
    """Print when everything is ready. After `longest` seconds, print once which part is not, and go on waiting: a busy machine
    only takes longer.
    """
    deadline: float | None = time.monotonic() + longest
    state = "nothing answers yet"
    while True:
        missing = _missing(web)
        if missing is not None and not missing:
            examples = f"Example pages with the widget on them: {web.examples}\n" if web.examples else ""
            print(f"\nCandor is ready: {web.address}\n{examples}Ctrl-C stops it.\n", flush=True)
            return
        if missing:
            state = "; ".join(f"{part}: {what}" for part, what in missing.items())
        if deadline is not None and time.monotonic() >= deadline:
            print(f"\nCandor is not ready after {longest:.0f} s, and goes on waiting: {state}\n", flush=True)
            deadline = None
        time.sleep(pause)


def _missing(web: Web) -> dict[str, str] | None:
    """The parts that are not ready, and why; None while the web itself does not answer."""
    connection = HTTPConnection(web.host.strip("[]"), web.port, timeout=LONGEST_REPLY)
    try:
        connection.request("GET", "/readyz", headers={"Accept": "application/json"})
        answer = connection.getresponse()
        if answer.status == 200:
            return {}
        parts: dict[str, str] = json.loads(answer.read())["parts"]
        return {part: what for part, what in parts.items() if what != "ready"}
    except (OSError, HTTPException, ValueError, KeyError):
        return None
    finally:
        connection.close()


def main(kept: str) -> int:
    """Keep what `become_keeper` has handed over. Returns the exit code: 0 if told to stop."""
    told = json.loads(kept)
    programs = [
        Program(each["name"], each["command"], {**os.environ, **each["environment"]}, Path(each["folder"]))
        for each in told["programs"]
    ]
    threading.Thread(target=announce, args=(Web(*told["web"]),), daemon=True).start()
    patience = Patience(ending=Patience.ending + told["drain_seconds"])
    return asyncio.run(Processes(programs, patience=patience).run())


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
