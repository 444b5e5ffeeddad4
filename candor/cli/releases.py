"""Releases in the terminal: which version of each company's policy is served; release another one, go back, retire."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from candor.cli.terminal import actor, plainly, printable, services, table

if TYPE_CHECKING:
    from candor.services import Services
    from knowledge.releases import Release, VersionRecord

CompanyId = Annotated[str, typer.Argument(help="The company's id, such as clevra.")]
Preview = Annotated[bool, typer.Option("--preview", help="Only show what would change; change nothing.")]
SHOWN = 12  # answers that change


def releases(company: Annotated[str, typer.Argument(help="Of one company: what it served so far.")] = "") -> None:
    """Which version of each company's policy is served, since when, and by whose doing."""
    with plainly():
        kept = services().knowledge.catalogue.policy_library.releases
        if company:
            kept.of(company)
            rows = [[f"{one.at:%Y-%m-%d %H:%M}", one.version, one.how.replace("_", " "), one.by] for one in kept.past(company)]
            table(["when (UTC)", "version", "how", "by"], rows)
            return
        found = [_row(release) for release in kept.since()]
    table(["company", "serves", "newest", "versions", "passages", "since (UTC)", "by"], found, none="Run `candor ingest` first.")


def _row(release: Release) -> list[str]:
    since = f"{release.released_at:%Y-%m-%d %H:%M}" if release.released_at else ""
    newest = release.newest.version if release.newest.content != release.served.content else ""
    serves = "nothing: retired" if release.retired else release.current
    return [
        release.company.id, serves, newest or release.current, str(len(release.versions)), str(release.served.passages), since,
        release.released_by,
    ]  # fmt: skip


def release(
    company: CompanyId, version: Annotated[str, typer.Argument(help="The version, such as 2026-01-15.")], preview: Preview = False
) -> None:
    """Serve this version of a company's policy from now on, in every process within a second."""
    with plainly():
        parts = services()
        record = parts.knowledge.catalogue.policy_library.releases.version(company, version)
        if preview:
            _show_effect(parts, company, record)
            return
        before = parts.knowledge.catalogue.policy_library.releases.of(company)
        parts.knowledge.releasing.release(company, version, by=actor())
        parts.staff.audit.record(actor(), "policy.release", f"version {version}", company=company, before=before.current)
    typer.echo(f"{company} is answered from {version}")


def rollback(company: CompanyId, preview: Preview = False) -> None:
    """Serve again what was served before. No ingestion brings back what was taken away, until it is newer."""
    with plainly():
        parts = services()
        record = parts.knowledge.releasing.before(company)
        if preview:
            _show_effect(parts, company, record)
            return
        before = parts.knowledge.catalogue.policy_library.releases.of(company)
        now = parts.knowledge.releasing.back(company, by=actor())
        parts.staff.audit.record(actor(), "policy.rollback", f"version {now.current}", company=company, before=before.current)
    typer.echo(f"{company} is answered from {now.current} again")


def retire(company: CompanyId) -> None:
    """Answer nothing for a company any more. Its versions are kept; `candor release` brings it back."""
    with plainly():
        parts = services()
        parts.knowledge.releasing.retire(company)
        parts.staff.audit.record(actor(), "policy.retire", company=company)
    typer.echo(f"{company} is answered no more; to bring it back: candor release {company} VERSION")


def find(
    text: Annotated[str, typer.Argument(help="What a policy may say, such as “sells data”.")],
    most: Annotated[int, typer.Option(min=1, max=1000, help="How many companies.")] = 10,
) -> None:
    """Which policies come nearest to saying something: each company's nearest passage, word for word.

    What comes near need not say it: read the quote.
    """
    with plainly():
        knowledge = services().knowledge
        found = knowledge.across.find(text, knowledge.small_encoder, most)
    for one in found:
        quote = " ".join(one.passage.text.split())
        typer.echo(printable(f"{one.score:.2f}  {one.company.id} {one.version}, {one.passage.section}: “{quote}”"))


def _show_effect(parts: Services, company: str, record: VersionRecord) -> None:
    from candor.reviews.tried import questions_to_try
    from knowledge.suggestions import PLAINEST

    usual = [question for _, question in PLAINEST]
    effect = parts.knowledge.releasing.effect(company, record, [*questions_to_try(parts.engine, company), *usual])
    typer.echo(f"{company}: {effect.served.version} is served, {effect.chosen.version} would be")
    typer.echo(f"  the policy: {len(effect.policy.all)} changes; `candor changes {company}` shows them")
    typer.echo(f"  answers: {len(effect.answers)} of {effect.asked} questions would be answered differently")
    for one in effect.answers[:SHOWN]:
        typer.echo(printable(f"    {one.question}"))
        for when, answer in (("now", one.before), ("then", one.after)):
            quote = " ".join(answer.hits[0].passage.text.split()) if answer.hits else ""
            typer.echo(printable(f"      {when}: {answer.kind}{f': “{quote[:100]}”' if quote else ''}"))
