"""What every command of the terminal shares: the process's services, and errors as one line."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import typer

from errors import CandorError

if TYPE_CHECKING:
    from services import Services


def services() -> Services:
    """The process's own services; imported late, so that `candor --help` is quick and the supervisor stays small."""
    import services as joined

    return joined.services()


@contextmanager
def plainly() -> Iterator[None]:
    """Errors raised on purpose become one line and exit code 1."""
    try:
        yield
    except CandorError as error:
        typer.secho(str(error), err=True, fg="red")
        raise typer.Exit(1) from None
