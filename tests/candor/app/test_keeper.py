"""What `candor serve` becomes: it keeps the processes running and says when they are ready."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from candor.app.keeper import Web, announce
from candor.settings import ROOT

KEPT = """
import json, os, pathlib, sys
command = pathlib.Path(f"/proc/{os.getppid()}/cmdline").read_text()
seen = [command, os.environ["SECRET"], os.environ["OWN"], os.getppid()]
pathlib.Path(sys.argv[1]).write_text(json.dumps(seen))
os.kill(os.getppid(), 15)
"""
BECOMES = """
import os, pathlib, sys
from candor.app.keeper import Web, become_keeper
from candor.app.processes import Program
kept, seen, port = sys.argv[1:]
shared = {**os.environ, "SECRET": "s3cret"}
web = Program("web", [sys.executable, "-c", kept, seen], {**shared, "OWN": "of its own"}, pathlib.Path.cwd())
become_keeper([web], shared, Web("127.0.0.1", int(port)), 0)
"""


@pytest.fixture
def port() -> int:
    """One that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        found: int = probe.getsockname()[1]
    return found


class _Readiness(BaseHTTPRequestHandler):
    """Not ready twice, ready from then on."""

    asked = 0

    def do_GET(self) -> None:
        """As /readyz answers."""
        type(self).asked += 1
        body = b'{"ready": false, "parts": {"index": "ready", "rasa": "Rasa does not answer"}}'
        self.send_response(503 if self.asked <= 2 else 200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Nothing."""


def test_a_start_that_takes_long_is_announced_all_the_same(port: int, capsys: pytest.CaptureFixture[str]) -> None:
    """It prints once which part is missing, and in the end that everything is ready."""
    with HTTPServer(("127.0.0.1", port), _Readiness) as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        announce(Web("127.0.0.1", port, "http://127.0.0.1/examples/"), longest=0, pause=0)
        server.shutdown()

    said = capsys.readouterr().out
    assert said.count("not ready") == 1
    assert "rasa: Rasa does not answer" in said
    assert "index" not in said
    assert said.index("goes on waiting") < said.index(f"Candor is ready: http://127.0.0.1:{port}")
    assert said.count("http://127.0.0.1/examples/") == 1


def test_nothing_but_the_standard_library_is_loaded() -> None:
    """It lives as long as Candor does: what it loads stays in memory."""
    names = "import candor.app.keeper, sys; print(*{name.partition('.')[0] for name in sys.modules})"

    found = subprocess.run([sys.executable, "-I", "-S", "-c", f"import sys; sys.path.insert(0, {str(ROOT)!r}); {names}"],
                           capture_output=True, text=True, check=True)  # fmt: skip

    assert set(found.stdout.split()) - sys.stdlib_module_names - {"__main__"} == {"candor"}


def test_the_process_becomes_the_keeper_and_no_secret_stands_on_its_command_line(tmp_path: Path, port: int) -> None:
    """Whoever lists the machine's processes sees command lines. The exit code is that of the program that cannot be kept."""
    seen = tmp_path / "seen.json"

    started = subprocess.Popen(
        [sys.executable, "-c", BECOMES, KEPT, str(seen), str(port)], cwd=ROOT, stdout=subprocess.DEVNULL, env=os.environ
    )

    assert started.wait(60) == 0
    command, secret, of_its_own, parent = json.loads(seen.read_text())
    assert (secret, of_its_own, parent) == ("s3cret", "of its own", started.pid)
    assert "candor.app.keeper" in command
    assert "s3cret" not in command
