"""Policies in the terminal: `candor add` puts a policy into `policies/` and serves it; how far ingestion is."""

from __future__ import annotations

import sys
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from candor.cli.terminal import actor, plainly, printable, services
from candor.errors import InvalidInputError

if TYPE_CHECKING:
    from knowledge.adding import Addition, NewVersion
    from knowledge.ingestion import IngestionReport

LONGEST_OUTLINE = 40  # headings shown


def add(
    company: Annotated[str, typer.Argument(help="The company's id: lower case letters, digits and hyphens, such as acme.")],
    files: Annotated[list[Path], typer.Argument(help="The policy: a web page, PDF, Word, Markdown or text file, several versions,"
                                                " or a folder of them.")],
    dated: Annotated[str, typer.Option("--date", metavar="YYYY-MM-DD", help="From when the policy is, if it does not say.")] = "",
    name: Annotated[str, typer.Option(help="What the company is called; found in the policy if left out.")] = "",
    contact: Annotated[str, typer.Option(help="Where people write; found in the policy if left out.")] = "",
    replace: Annotated[bool, typer.Option("--replace", help="Overwrite a version of the same date.")] = False,
    preview: Annotated[bool, typer.Option("--preview", help="Only show what is read; change nothing.")] = False,
) -> None:  # fmt: skip
    """Add a company's policy: make its folder, show what was read of it, and serve it.

    A file's date is taken from --date, from its name (2026-01-15.html), or from what the policy says.
    """
    from knowledge.adding import plan, write

    with plainly():
        settings = services().settings
        addition = plan(settings.policies_dir, company, files, dated=_day(dated), name=name, contact=contact)
        typer.echo(_shown(addition))
        if preview:
            return
        folder = write(settings.policies_dir, _completed(addition), replacing=replace)
        typer.echo(f"\n{folder.name}/ is in {settings.policies_dir}; the rest of company.toml is up to you")
        report = run_ingestion(only=[company])
    for refused in report.refused:
        typer.secho(f"refused {refused.file}: {refused.reason}", err=True, fg="red")
    served = any(one.company == company and not one.retired and not one.kept for one in report.versions)
    if not served:
        raise typer.Exit(1)
    typer.echo(f'{company} is served. Try it: candor ask "how long do you keep my data?" --company {company}')
    raise typer.Exit(1 if report.refused else 0)


def _day(text: str) -> date | None:
    if not text:
        return None
    try:
        return datetime.strptime(text, "%Y-%m-%d").date()  # noqa: DTZ007  # a day has no time zone
    except ValueError:
        raise InvalidInputError("--date is a day such as 2026-01-15") from None


def _completed(addition: Addition) -> Addition:
    """The same with what is missing, asked for in a terminal."""
    from dataclasses import replace

    if not addition.contact and sys.stdin.isatty():
        return replace(addition, contact=typer.prompt("The policy names no contact. Where do people write?").strip())
    return addition


def _shown(addition: Addition) -> str:
    """What was read, for a person to check."""
    lines = [f"{addition.company}: {addition.name}", f"  contact: {addition.contact or 'none was found: say --contact'}"]
    if addition.known:
        lines[0] += " (as its company.toml says)"
    for one in addition.versions:
        lines += _version(one)
    return "\n".join(printable(line) for line in lines)


def _version(one: NewVersion) -> list[str]:
    from knowledge.making import passages_in
    from knowledge.proofreading import proofread

    document = one.document
    sections = document.structure.sections
    dated = f"dated {document.version}, as {one.dated_by} says" if one.dated_by else "without a date"
    cure = "" if one.dated_by or one.doubt else " (none was found: say --date, or leave it so)"
    passages = len(passages_in(document))
    lines = [f"{one.source.name} \N{RIGHTWARDS ARROW} {one.name}: {dated}{cure}"]
    if one.doubt:
        lines.append(f"  {one.doubt}")
    lines.append(f"  “{document.policy}”: {len(document.text.split())} words, {len(sections)} sections, {passages} passages")
    lines += [f"  {'  ' * section.level}{section.label}" for section in sections[:LONGEST_OUTLINE]]
    if len(sections) > LONGEST_OUTLINE:
        lines.append(f"    … and {len(sections) - LONGEST_OUTLINE} more")
    if not sections:
        lines.append("    no headings were found: answers will name no section")
    warnings = (warning for warning in proofread(document) if warning.kind not in ("no_date", "dates"))
    return lines + [f"  warning: {warning.message}" for warning in warnings]


def run_ingestion(
    *, forget: Collection[str] = (), only: Collection[str] = (), to_stderr: bool = False
) -> IngestionReport:  # fmt: skip
    """Bring what is served up to date with the policies, or with those of some companies, and tell how far it is.

    Raises: EncoderError, InvalidInputError."""
    from candor.services.knowledge import encoder_id
    from knowledge.ingestion import ingest

    settings, knowledge = services().settings, services().knowledge
    with embedding_progress(to_stderr=to_stderr) as (say, tick):
        return ingest(
            settings.policies_dir, knowledge.policy_library, lambda: knowledge.passage_encoder, encoder_id(settings),
            say, knowledge.mapper, tick=tick, forget=forget, only=only, openings=knowledge.opening_judge, by=str(actor()),
        )  # fmt: skip


@contextmanager
def embedding_progress(*, to_stderr: bool) -> Iterator[tuple[Callable[[str], None], Callable[[int, int], None]]]:
    """What tells how far ingestion is: a bar in a terminal, a line now and then elsewhere."""
    if not sys.stderr.isatty():
        tenths = 0

        def say(message: str) -> None:
            typer.echo(message, err=to_stderr)

        def tick(done: int, total: int) -> None:
            nonlocal tenths
            if 10 * done // total > tenths:
                tenths = 10 * done // total
                say(f"embedded {done} of {total} texts")

        yield say, tick
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("embedding", total=None, visible=False)
        yield (
            lambda message: bar.console.print(message, markup=False, highlight=False),
            lambda done, total: bar.update(task, completed=done, total=total, visible=True),
        )
