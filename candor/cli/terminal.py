"""What every command of the terminal shares: the process's services, and errors as one line."""

from __future__ import annotations

import errno
import getpass
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeVar

import typer

from candor.accounts.actors import command_line_actor
from candor.errors import CandorError

if TYPE_CHECKING:
    from candor.services import Services

T = TypeVar("T")
PROGRESS_EVERY = 50
NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT})


def services() -> Services:
    """The process's own services; imported late, so that `candor --help` is quick and the supervisor stays small."""
    import candor.services as joined

    return joined.services()


def actor() -> str:
    """Who works here, for events and the audit log: the operating system's user."""
    return command_line_actor(getpass.getuser())


@contextmanager
def plainly() -> Iterator[None]:
    """Errors raised on purpose become one line and exit code 1, and so does a disk without room or a database that is locked."""
    try:
        yield
    except CandorError as error:
        said = str(error)
    except OSError as error:
        if error.errno not in NO_ROOM:
            raise
        said = f"there is no room for {error.filename2 or error.filename or 'a file'}: make room on its disk, and try again"
    except Exception as error:
        from sqlalchemy.exc import OperationalError  # loaded already by whatever raised it

        if not isinstance(error, OperationalError):
            raise
        said = f"the database cannot be used now: {error.orig}"
    else:
        return
    typer.secho(said, err=True, fg="red")
    raise typer.Exit(1)


def with_progress(items: Sequence[T]) -> Iterator[T]:
    """The items one by one, with what is done of them on standard error: a bar in a terminal, else a line now and then."""
    if sys.stderr.isatty():
        from rich.console import Console
        from rich.progress import track

        yield from track(items, description="", console=Console(stderr=True), transient=True)
        return
    for done, item in enumerate(items, start=1):
        yield item
        if done % PROGRESS_EVERY == 0 or done == len(items):
            typer.echo(f"{done} of {len(items)}", err=True)


def printable(text: str) -> str:
    """What a stranger wrote must not move the cursor or colour the terminal."""
    return "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in text)


def table(names: list[str], rows: list[list[str]], none: str = "There are none.") -> None:
    """Rows below their names, or that there are `none`, and what to do then."""
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(*names, box=box.SIMPLE_HEAD)
    for row in rows:
        table.add_row(*(Text(printable(cell)) for cell in row))  # Text: brackets in a cell are no markup
    if not rows:
        typer.echo(none)  # whole, so that a command in it can be copied
        return
    wide = Console()
    Console(width=wide.width if wide.is_terminal else 160).print(table)
