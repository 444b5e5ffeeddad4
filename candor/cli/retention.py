"""`candor retention`: what is kept for how long, and with --run, remove now what is over."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Annotated

import typer

from candor.cli.terminal import actor, plainly, services

ELSEWHERE = "not known here: Rasa answers only the processes of `candor serve`; the console's page Keeping shows it"

if TYPE_CHECKING:
    from candor.retention.job import DataStatus, RetentionRun
    from candor.services import Services


def retention(
    run: Annotated[bool, typer.Option("--run", help="Remove now what is over, and say what that was.")] = False,
) -> None:
    """What is kept, for how long, and what the next run removes; exit 1 if a part of --run failed."""
    with plainly():
        parts = services()
        statuses, finished = asyncio.run(_work(parts, run=run))
    titles = {status.kind.name: status.kind.title for status in statuses}
    has_secret = parts.settings.internal_secret is not None
    lines = _report(finished, titles) if finished else [_line(status, has_secret=has_secret) for status in statuses]
    typer.echo("\n".join(lines))
    raise typer.Exit(1 if finished and finished.failed else 0)


async def _work(parts: Services, *, run: bool) -> tuple[list[DataStatus], RetentionRun | None]:
    """The status of every kind before the run, and the run if there was one."""
    from candor.app.conversations import make_assistant
    from candor.app.retention import make_retention
    from candor.conversations.rasa import client_of

    rasa = client_of(parts.settings)
    assistant = make_assistant(parts, rasa)
    try:
        job = make_retention(parts, assistant).job
        if not run:
            return await job.status(), None
        parts.staff.audit.record(actor(), "keeping.run")
        return await job.status(), await job.run(actor())
    finally:
        await assistant.close()
        await rasa.close()


def _line(status: DataStatus, *, has_secret: bool) -> str:
    """`has_secret`: whether this process has the secret that `candor serve` makes; without it, Rasa refuses to answer."""
    kept = f"{status.kind.title}: {status.kind.days} days after {status.kind.since} ({status.kind.setting or 'fixed'})"
    if status.count is None:
        return f"{kept}\n    {f'not known: {status.error}' if has_secret else ELSEWHERE}"
    oldest = f", the oldest of {status.count.oldest:%Y-%m-%d %H:%M} UTC" if status.count.oldest else ""
    return f"{kept}\n    {status.count.rows:,} now{oldest}; the next run removes {status.count.over:,}"


def _report(run: RetentionRun, titles: dict[str, str]) -> list[str]:
    lines = [f"{titles[result.kind]}: {result.failed or f'{result.removed:,} removed'}" for result in run.results]
    return [*lines, f"{run.removed:,} removed in all" + (f"; {len(run.failed)} part(s) failed" if run.failed else "")]
