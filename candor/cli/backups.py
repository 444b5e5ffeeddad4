"""`candor backup` and `candor restore`: everything in one sealed file, and back."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from candor.cli.terminal import actor, plainly, services

if TYPE_CHECKING:
    from candor.app.restore import RestoreReport


def backup(
    folder: Annotated[Path, typer.Argument(help="Where the file goes: best on another machine or disk.")],
) -> None:
    """Write everything that cannot be made again into one sealed file, while Candor runs; remove backups that are too old."""
    from candor.app.backup import make_backup

    with plainly():
        parts = services()
        made = make_backup(parts, folder)
        parts.staff.audit.record(actor(), "backup.make", made.file.name, files=made.files, bytes=made.size)
    typer.echo(f"{made.file}: {made.size / 1e6:.1f} MB, {made.files} files, schema {made.revision}")
    if made.removed:
        typer.echo(f"{made.removed} older than CANDOR_BACKUP_KEEP_DAYS removed")
    typer.echo("The secret key opens it and is not in it: keep var/secret.key, or CANDOR_SECRET_KEY, apart from it.")


def restore(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="What `candor backup` made.")],
    check: Annotated[bool, typer.Option("--check", help="Only unseal it and check every file; change nothing.")] = False,
    replace: Annotated[bool, typer.Option("--replace", help="Set aside what is there, and put the backup in its place.")] = False,
    even_if_old: Annotated[bool, typer.Option("--even-if-old", help="Also one older than CANDOR_BACKUP_KEEP_DAYS.")] = False,
    forgotten: Annotated[
        list[Path] | None,
        typer.Option(
            exists=True, dir_okay=False, help="A copy of forgotten.jsonl, or a newer backup: what it names is forgotten too."
        ),
    ] = None,
) -> None:
    """Put a backup into place, while Candor is stopped, and forget again what had been forgotten since it was made."""
    from candor.app.restore import check_backup
    from candor.app.restore import restore as put_back
    from candor.settings import Settings

    with plainly():
        if check:
            contents = check_backup(Settings(), file)
            typer.echo(
                f"{file.name} is whole: {len(contents.files)} files of {contents.made_at:%Y-%m-%d %H:%M} UTC, {contents.database}"
            )
            return
        done = put_back(Settings(), file, actor(), replace=replace, even_if_old=even_if_old, lists=forgotten or ())
    for line in told(done):
        typer.echo(line)


def told(done: RestoreReport) -> list[str]:
    """What a restore did, and what is left to do."""
    again = done.again
    lines = [
        f"Restored: {done.files} files, as of {done.made_at:%Y-%m-%d %H:%M} UTC.",
        f"Forgotten again: {again.conversations} conversations, and who made {again.requests} requests.",
    ]
    if again.reopened:
        lines.append(
            f"Had been answered, and stand open again without a name: {', '.join(again.reopened)}. Close them in the console."
        )
    if done.due:
        lines.append(
            f"{done.due} messages are due, and may have been sent already after the backup was made: they are sent at the start."
        )
    if done.aside:
        lines.append(f"What was there lies in {' and '.join(done.aside)}. It holds people's data: delete it once all is well.")
    return [
        *lines,
        "Staff sign in anew. Accounts that were closed since then are open again: look at them first. Then `candor doctor`.",
    ]
