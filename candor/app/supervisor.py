"""Start web, Rasa and action server, say when they are ready, and stop all on Ctrl-C."""

from __future__ import annotations

import asyncio
import os
import secrets
import socket
import sqlite3
import sys
import threading
import time
from contextlib import closing
from pathlib import Path

import httpx

from candor.app.processes import Processes, Program
from candor.errors import UnavailableError
from candor.services import Services
from candor.settings import HOME, RASA_FILES, Settings

LONGEST_START = 180  # seconds
LOOPBACK = "127.0.0.1"
DIALOGUE_ACTS = "dialogue_acts.npz"  # beside Rasa's models; bot/dialogue_acts.py reads it


class PortTakenError(UnavailableError):
    """Another process listens on a port that Candor needs."""

    def __init__(self, port: int, variable: str) -> None:
        super().__init__(f"port {port} is taken: stop what listens there, or set {variable} to another")


def check_ports(settings: Settings) -> None:
    """Raises: PortTakenError for the first port that another process listens on."""
    for host, port, variable in (
        (settings.web_host, settings.web_port, "CANDOR_WEB_PORT"),
        (LOOPBACK, settings.rasa_port, "CANDOR_RASA_PORT"),
        (LOOPBACK, settings.actions_port, "CANDOR_ACTIONS_PORT"),
    ):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except OSError as error:
                raise PortTakenError(port, variable) from error


def free_port() -> int:
    """A free port of this machine, for a benchmark or a test."""
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        port: int = probe.getsockname()[1]
        return port


def newest_model(settings: Settings) -> Path:
    """Rasa's newest trained model. Raises: UnavailableError if there is none."""
    models = sorted(settings.models_dir.glob("*.tar.gz"), key=lambda path: path.stat().st_mtime)
    if not models:
        raise UnavailableError("Rasa has no trained model: run `make setup`")
    return models[-1]


def dialogue_acts(settings: Settings) -> Path:
    """The model that reads messages in context. Raises: UnavailableError if there is none."""
    path = settings.models_dir / DIALOGUE_ACTS
    if not path.is_file():
        raise UnavailableError("there is no model of dialogue acts: run `make setup`")
    return path


def commands(settings: Settings, model: Path) -> dict[str, list[str]]:
    """The three processes, by the name that precedes their output. The last one is stopped first: the others still answer it."""
    python = sys.executable
    return {
        "actions": [python, "-m", "actions"],
        "rasa": [
            str(settings.rasa_python), "-m", "bot", "run", "--model", str(model), "--interface", LOOPBACK,
            "--port", str(settings.rasa_port), "--endpoints", str(RASA_FILES / "endpoints.yml"),
            "--credentials", str(RASA_FILES / "credentials.yml"),
        ],
        "web": [python, "-m", "candor.app.web"],
    }  # fmt: skip


def environment(settings: Settings) -> dict[str, str]:
    """The processes' environment: the same settings for all, and one secret for as long as they run."""
    secret = settings.internal_secret.get_secret_value() if settings.internal_secret else secrets.token_urlsafe(32)
    return {
        **os.environ,
        "CANDOR_INTERNAL_SECRET": secret,
        "CANDOR_POLICIES_DIR": str(settings.policies_dir.absolute()),
        "CANDOR_VAR_DIR": str(settings.var_dir.absolute()),
        "CANDOR_ENCODER_DIR": str(settings.encoder_dir.absolute()),
        "CANDOR_DIALOGUE_ACTS": str((settings.models_dir / DIALOGUE_ACTS).absolute()),
        "CANDOR_TRACKER_DB": str(settings.tracker_db.absolute()),
        "CANDOR_ACTIONS_URL": f"http://{LOOPBACK}:{settings.actions_port}/webhook",
        "CANDOR_WEB_PORT": str(settings.web_port),
        "CANDOR_RASA_PORT": str(settings.rasa_port),
        "CANDOR_ACTIONS_PORT": str(settings.actions_port),
        "HF_HUB_OFFLINE": "1",
        # A question takes a few milliseconds: in three processes, more threads would only wait for each other.
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "PYTHONUNBUFFERED": "1",
        "PYTHONWARNINGS": "ignore",  # Rasa's old libraries print dozens of lines; in tests warnings are errors
        "RASA_TELEMETRY_ENABLED": "false",
        "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
        "SANIC_WORKERS": "1",
        "TF_CPP_MIN_LOG_LEVEL": "3",
    }


def own_environment(settings: Settings, process: str) -> dict[str, str]:
    """What one process alone has. The figures of the web are at CANDOR_METRICS_PORT, those of the action server at the next."""
    own = {"PYTHONPATH": str(RASA_FILES)} if process == "rasa" else {}
    if settings.metrics_port and process == "actions":
        own["CANDOR_METRICS_PORT"] = str(settings.metrics_port + 1)
    return own


def write_ahead(database: Path) -> None:
    """Switch Rasa's tracker database to a write-ahead log: the file remembers it, and Rasa has no setting for it."""
    database.parent.mkdir(parents=True, exist_ok=True)
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("PRAGMA journal_mode=WAL")


def serve(settings: Settings) -> int:
    """Run everything until Ctrl-C or SIGTERM. A process that dies is started again. Returns the exit code: 0 if told to stop.

    Raises: PortTakenError; UnavailableError if a trained model is missing; SecretKeyMissingError.
    """
    check_ports(settings)
    model = newest_model(settings)
    dialogue_acts(settings)
    services = Services(settings)
    _ = services.secret_key  # each process would find out by itself that it is missing
    services.engine.dispose()
    write_ahead(settings.tracker_db)
    shared = environment(settings)
    programs = [
        # Rasa runs on another Python: it sees only the modules that are made for it.
        Program(name, command, shared | own_environment(settings, name), HOME)
        for name, command in commands(settings, model).items()
    ]
    threading.Thread(target=announce, args=(settings,), daemon=True).start()
    return asyncio.run(Processes(programs).run())


def announce(settings: Settings, longest: float = LONGEST_START, pause: float = 0.3) -> None:
    """Print when everything is ready. After `longest` seconds, print once which part is not, and go on waiting: a busy machine
    only takes longer.
    """
    address = f"http://{settings.web_host}:{settings.web_port}"
    deadline: float | None = time.monotonic() + longest
    state = "nothing answers yet"
    with httpx.Client(timeout=5, trust_env=False) as http:
        while True:
            try:
                answer = http.get(f"{address}/readyz")
            except httpx.HTTPError:
                pass
            else:
                if answer.status_code == 200:
                    examples = f"Example pages with the widget on them: {address}/examples/\n" if settings.shows_examples else ""
                    print(f"\nCandor is ready: {address}\n{examples}Ctrl-C stops it.\n", flush=True)
                    return
                state = "; ".join(f"{part}: {what}" for part, what in answer.json()["parts"].items() if what != "ready")
            if deadline is not None and time.monotonic() >= deadline:
                print(f"\nCandor is not ready after {longest:.0f} s, and goes on waiting: {state}\n", flush=True)
                deadline = None
            time.sleep(pause)
