"""`candor serve`, which runs everything, and the commands that run one process of it: on several machines, or in containers."""

from __future__ import annotations

import typer

from candor.cli.terminal import plainly
from candor.settings import Settings


def serve() -> None:
    """Start web, worker, Rasa and action server, and stop them all on Ctrl-C."""
    from candor.app.supervisor import serve as run

    with plainly():
        raise typer.Exit(run(Settings()))


def web() -> None:
    """Run the web alone: chat API, widget, policy pages, console."""
    _become("web")


def worker() -> None:
    """Run the worker alone: mail, webhooks, reminders, bounces, retention, sockets of chat channels. Several may run."""
    _become("worker")


def rasa() -> None:
    """Run Rasa alone. The web finds it by CANDOR_RASA_URLS."""
    _become("rasa")


def actions() -> None:
    """Run the action server alone. Rasa finds it by CANDOR_ACTIONS_URL."""
    _become("actions")


def migrate() -> None:
    """Bring the database's schema to the newest revision. Each process does so at its start; a deployment may do it before."""
    from candor.app.supervisor import migrate as run

    with plainly():
        typer.echo(f"the schema is at revision {run(Settings())}")


def _become(name: str) -> None:
    from candor.app.supervisor import become

    with plainly():
        become(Settings(), name)
