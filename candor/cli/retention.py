"""`candor keeping`: what is kept for how long, and with --run what is over goes now."""

from __future__ import annotations

import asyncio
import getpass
from typing import TYPE_CHECKING, Annotated

import typer

from candor.cli.terminal import plainly, services

ELSEWHERE = "not known here: Rasa answers only the processes of `candor serve`; the console's page Keeping shows it"

if TYPE_CHECKING:
    from candor.retention.job import Looked, RetentionRun
    from candor.services import Services


def keeping(
    run: Annotated[bool, typer.Option("--run", help="Remove now what is over, and say what that was.")] = False,
) -> None:
    """What is kept, for how long, and what the next run removes; exit 1 if a part of --run failed."""
    with plainly():
        parts = services()
        looked, done = asyncio.run(_work(parts, run=run))
    titles = {one.kind.name: one.kind.title for one in looked}
    alone = not parts.settings.internal_secret
    typer.echo("\n".join(_told(done, titles) if done else (_line(one, alone=alone) for one in looked)))
    raise typer.Exit(1 if done and done.failed else 0)


async def _work(parts: Services, *, run: bool) -> tuple[list[Looked], RetentionRun | None]:
    from candor.app.conversations import make_assistant
    from candor.app.retention import make_keeper
    from candor.conversations.rasa import RasaClient

    given = parts.settings
    secret = given.internal_secret.get_secret_value() if given.internal_secret else ""
    rasa = RasaClient(given.rasa_port, secret, given.rasa_timeout)
    door = make_assistant(parts, rasa)
    try:
        job = make_keeper(parts, door).job
        if not run:
            return await job.look(), None
        actor = f"cli:{getpass.getuser()}"
        parts.staff.audit.record(actor, "keeping.run")
        return await job.look(), await job.run(actor)
    finally:
        await door.close()
        await rasa.close()


def _line(one: Looked, *, alone: bool) -> str:
    """`alone`: without the secret that `candor serve` made, so that Rasa does not let this process in."""
    kept = f"{one.kind.title}: {one.kind.days} days after {one.kind.since} ({one.kind.setting or 'fixed'})"
    if one.seen is None:
        return f"{kept}\n    {ELSEWHERE if alone else f'not known: {one.unknown}'}"
    oldest = f", the oldest of {one.seen.oldest:%Y-%m-%d %H:%M} UTC" if one.seen.oldest else ""
    return f"{kept}\n    {one.seen.rows:,} now{oldest}; the next run removes {one.seen.over:,}"


def _told(run: RetentionRun, titles: dict[str, str]) -> list[str]:
    lines = [f"{titles[done.kind]}: {done.failed or f'{done.removed:,} removed'}" for done in run.results]
    return [*lines, f"{run.removed:,} removed in all" + (f"; {len(run.failed)} part(s) failed" if run.failed else "")]
