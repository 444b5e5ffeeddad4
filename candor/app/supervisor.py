"""Start web, worker, Rasa and action server, together or each by itself."""

from __future__ import annotations

import os
import secrets
import socket
import sqlite3
import sys
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import NoReturn

from candor.app.keeper import Web, become_keeper
from candor.app.key_check import opens_data
from candor.app.processes import Program
from candor.database.engine import revision
from candor.errors import UnavailableError
from candor.services import Services
from candor.settings import HOME, RASA_FILES, Settings, asked_at

LOOPBACK = "127.0.0.1"
WITH_FIGURES = ("web", "actions", "worker")
PROCESSES = ("actions", "rasa", "worker", "web")  # the last one is stopped first: the others still answer it
DIALOGUE_ACTS = "dialogue_acts.npz"  # beside Rasa's models; bot/dialogue_acts.py reads it
READER = "reader.json"  # beside the encoder; bot/reader.py reads it


class PortTakenError(UnavailableError):
    """Another process listens on a port that Candor needs."""

    def __init__(self, port: int, variable: str) -> None:
        super().__init__(f"port {port} is taken: stop what listens there, or set {variable} to another")


class InternalSecretMissingError(UnavailableError):
    """Whoever reaches Rasa's port or the action server's could talk to it: a secret of their own must keep strangers out."""

    def __init__(self, why: str) -> None:
        cure = "set it to the same long random value for all of them, such as that of: openssl rand -base64 32"
        super().__init__(f"CANDOR_INTERNAL_SECRET is not set, but {why}: {cure}")


def check_ports(settings: Settings, names: Sequence[str] = PROCESSES) -> None:
    """Raises: PortTakenError for the first port of these processes that another process listens on."""
    ports = {
        "web": (settings.web_host, settings.web_port, "CANDOR_WEB_PORT"),
        "rasa": (settings.rasa_host, settings.rasa_port, "CANDOR_RASA_PORT"),
        "actions": (settings.actions_host, settings.actions_port, "CANDOR_ACTIONS_PORT"),
    }
    for host, port, variable in (ports[name] for name in ports if name in names):
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        with socket.socket(family) as probe:
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


def check_message_models(settings: Settings) -> None:
    """Raises: UnavailableError if one of the models is missing that read messages beside Rasa's own."""
    for path, what in (
        (settings.models_dir / DIALOGUE_ACTS, "model of dialogue acts"),
        (settings.encoder_dir / READER, "message reader"),
    ):
        if not path.is_file():
            raise UnavailableError(f"there is no {what}: run `make setup`")


def commands(settings: Settings, model: Path) -> dict[str, list[str]]:
    """All PROCESSES, by the name that precedes their output."""
    python = sys.executable
    return {
        "actions": [python, "-m", "actions"],
        "rasa": [
            str(settings.rasa_python), "-m", "bot", "run", "--model", str(model), "--interface", settings.rasa_host,
            "--port", str(settings.rasa_port), "--endpoints", str(RASA_FILES / "endpoints.yml"),
            "--credentials", str(RASA_FILES / "credentials.yml"),
        ],
        "worker": [python, "-m", "candor.app.worker"],
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
        "CANDOR_TRACKER_URL": settings.tracker_url,
        "CANDOR_ACTIONS_URL": settings.actions_address,
        "CANDOR_RASA_URLS": ",".join(settings.rasa_addresses),
        "CANDOR_WEB_PORT": str(settings.web_port),
        "CANDOR_RASA_PORT": str(settings.rasa_port),
        "CANDOR_ACTIONS_PORT": str(settings.actions_port),
        "HF_HUB_OFFLINE": "1",
        # A question takes a few milliseconds: in three processes, more threads would only wait for each other.
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
        # glibc keeps a heap for each of up to sixteen threads, and gives little of them back.
        "MALLOC_ARENA_MAX": os.environ.get("MALLOC_ARENA_MAX", "2"),
        "PYTHONUNBUFFERED": "1",
        "PYTHONWARNINGS": "ignore",  # Rasa's old libraries print dozens of lines; in tests warnings are errors
        "RASA_TELEMETRY_ENABLED": "false",
        "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
        "SANIC_WORKERS": "1",
        "TF_CPP_MIN_LOG_LEVEL": "3",
    }


def check_trackers(settings: Settings) -> None:
    """Raises: UnavailableError if several Rasa processes would each have trackers of their own."""
    if len(settings.rasa_addresses) > 1 and settings.tracker_url.startswith("sqlite"):
        raise UnavailableError(
            "CANDOR_RASA_URLS names several Rasa processes, but each would keep its trackers in a file of its own: set "
            "CANDOR_DATABASE_URL to a PostgreSQL database, which they can share"
        )


def prepare_trackers(settings: Settings) -> None:
    """Make the file of Rasa's trackers ready; where a database server has them, remove the file with what it says of people."""
    if settings.tracker_url.startswith("sqlite"):
        write_ahead(settings.tracker_db)
        return
    for file in settings.var_dir.glob(f"{settings.tracker_db.name}*"):  # with its write-ahead log
        file.unlink()


def own_environment(settings: Settings, process: str) -> dict[str, str]:
    """What one process alone has. Rasa runs on another Python: it sees only the modules that are made for it."""
    return {"PYTHONPATH": str(RASA_FILES)} if process == "rasa" else {}


def own_figures(settings: Settings, process: str) -> dict[str, str]:
    """Where processes that run together tell their figures: the web at CANDOR_METRICS_PORT, the others at the next ports."""
    if not settings.metrics_port or process not in WITH_FIGURES:
        return {}
    return {"CANDOR_METRICS_PORT": str(settings.metrics_port + WITH_FIGURES.index(process))}


def served_together(settings: Settings) -> tuple[str, ...]:
    """The processes that `candor serve` starts."""
    return tuple(name for name in PROCESSES if name != "worker" or settings.worker_in_web is False)


def own_work(settings: Settings, process: str) -> dict[str, str]:
    """Whether the web does the worker's work too, where no worker is started beside it."""
    alone = "worker" in served_together(settings)
    return {"CANDOR_WORKER_IN_WEB": str(not alone).lower()} if process == "web" else {}


def write_ahead(database: Path) -> None:
    """Switch Rasa's tracker database to a write-ahead log: the file remembers it, and Rasa has no setting for it."""
    database.parent.mkdir(parents=True, exist_ok=True)
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("PRAGMA journal_mode=WAL")


def serve(settings: Settings) -> NoReturn:
    """Run everything until Ctrl-C or SIGTERM, in the place of this process. A process that dies is started again. The exit code
    is 0 if it was told to stop.

    Raises: PortTakenError; UnavailableError if a trained model is missing; SecretKeyMissingError; WrongSecretKeyError;
        InternalSecretMissingError.
    """
    if settings.is_spread:
        _require_secret(settings, "Rasa or the action server is reached beyond this machine's loopback")
    shared = environment(settings)
    programs = [
        replace(each, environment={**each.environment, **own_figures(settings, each.name), **own_work(settings, each.name)})
        for each in _prepared(settings, served_together(settings), shared)
    ]
    host = asked_at(settings.web_host)
    examples = f"http://{host}:{settings.web_port}/examples/" if settings.shows_examples else ""
    become_keeper(programs, shared, Web(host, settings.web_port, examples), settings.drain_seconds)


def become(settings: Settings, name: str) -> NoReturn:
    """Run one of PROCESSES in the place of this one: signals reach it, and its exit code is ours.

    Raises: as serve().
    """
    _require_secret(settings, "processes that are started apart must know the same secret")
    (program,) = _prepared(settings, (name,), environment(settings))
    os.chdir(program.folder)
    os.execvpe(program.command[0], list(program.command), program.environment)  # noqa: S606  # it is to take our place


def migrate(settings: Settings) -> str:
    """Bring the database's schema to the newest revision, and return that. Raises: SQLAlchemyError if it does not answer."""
    services = Services(settings)
    try:
        return revision(services.engine)  # the engine upgrades when it is first asked for
    finally:
        services.engine.dispose()


def _require_secret(settings: Settings, why: str) -> None:
    if settings.internal_secret is None:
        raise InternalSecretMissingError(why)


def _prepared(settings: Settings, names: Sequence[str], shared: Mapping[str, str]) -> list[Program]:
    """The processes of these names, once everything that they need is there. shared: the environment of all."""
    check_ports(settings, names)
    check_trackers(settings)
    model = Path()
    if "rasa" in names:
        model = newest_model(settings)
        check_message_models(settings)
        prepare_trackers(settings)
    if set(names) - {"rasa"}:  # Rasa alone needs neither our tables nor the key
        services = Services(settings)
        _ = services.secret_key  # each process would find out by itself that it is missing
        opens_data(services)
        services.engine.dispose()
    return [
        Program(name, command, {**shared, **own_environment(settings, name)}, HOME)
        for name, command in commands(settings, model).items()
        if name in names
    ]
