"""Accepted corrections on disk: `candor export-training`, and `candor eval --corrections`."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import typer

from candor.errors import CandorError, ConflictError, InvalidInputError
from candor.reviews.export.build import BANK, TrainingExport, build_export, learnt_from
from candor.services import Services
from candor.settings import ROOT
from knowledge.answering import Answers
from knowledge.aspect_mapper import AspectMapper
from knowledge.aspects import AspectBank, read_aspects
from knowledge.catalogue import PolicyCatalogue
from knowledge.retrieval import Retrieval

NLU = "bot/data/nlu"
GOLD, TAUGHT = "gold.jsonl", "taught.jsonl"
NEXT_STEPS = (
    "Read the patch, then `git apply` it, or run this again with --apply. Put gold.jsonl beside the questions of "
    "evaluation/gold; taught.jsonl holds questions that are taught word for word: they only show that it takes effect.\n"
    "Before you apply it: candor eval --corrections {folder}"
)  # fmt: skip


@dataclass(frozen=True)
class ServedPolicies:
    """The served policies, as the export reads them."""

    catalogue: PolicyCatalogue

    def current(self, company: str) -> str | None:
        try:
            return self.catalogue.current_version(company)
        except CandorError:
            return None

    def text(self, company: str, version: str) -> str | None:
        try:
            return self.catalogue.document(company, version).text
        except CandorError:
            return None


def export_training(parts: Services, folder: Path, *, apply: bool, by: str) -> None:
    """Write the export of all accepted corrections and report it; with `apply`, also change the project's own files."""
    export = make_export(parts, ROOT)
    for refused in export.refused:
        typer.echo(f"left out correction {refused.correction}: {refused.reason}")
    if not export.exported:
        typer.echo("nothing to export: there is no accepted correction that can be taken")
        return
    write_export(export, folder)
    typer.echo(
        f"{len(export.exported)} corrections: {len(export.after)} files changed, {len(export.gold)} measuring questions, "
        f"{len(export.taught)} taught word for word; in {folder}"
    )
    exported = [correction.id for correction in export.exported]
    if apply:
        apply_export(export, ROOT)
        parts.staff.corrections.mark_exported(exported)
        typer.echo(f"changed {', '.join(export.after) or 'no file'}; now: make setup, so that Rasa and the index learn it")
    else:
        typer.echo(NEXT_STEPS.format(folder=folder))
    parts.staff.audit.record(by, "correction.export", corrections=exported, applied=apply)


def apply_export(export: TrainingExport, root: Path) -> None:
    """Change the project's files. Raises: ConflictError, without changing any, if one of them was changed since it was read."""
    if changed := [path for path in export.after if (root / path).read_text(encoding="utf-8") != export.before[path]]:
        raise ConflictError(f"{changed[0]} was changed meanwhile: run this again")
    for path, text in export.after.items():
        fresh = (root / path).with_suffix(".new")
        fresh.write_text(text, encoding="utf-8")
        fresh.replace(root / path)


def make_export(parts: Services, root: Path, gold: Sequence[str] | None = None) -> TrainingExport:
    """The export of all accepted corrections, for the project at `root`. `gold`: the measuring questions; None: read them."""
    from evaluation.questions import read_gold

    files = {path: (root / path).read_text(encoding="utf-8") for path in (BANK, *_nlu_files(root))}
    learnt = learnt_from(
        [question for aspect in read_aspects(root / BANK) for question in aspect.questions],
        [text for path, text in files.items() if path != BANK],
    )
    gold = [question["question"] for question in read_gold()] if gold is None else gold
    accepted = parts.staff.corrections.listed("accepted", most=100_000)
    return build_export(accepted, files, gold, learnt, ServedPolicies(parts.knowledge.catalogue))


def write_export(export: TrainingExport, folder: Path) -> None:
    """Write the patch, the changed files in full, the questions, and the list of exported corrections."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "corrections.patch").write_text(export.patch, encoding="utf-8")
    for path in (BANK, *export.after):
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(export.after.get(path, export.before[path]), encoding="utf-8")
    exported = [
        {"id": each.id, "kind": each.proposal.kind, "target": each.proposal.target, "proposed_by": each.proposed_by,
         "accepted_by": each.decided_by}
        for each in export.exported
    ]  # fmt: skip
    for name, lines in ((GOLD, export.gold), (TAUGHT, export.taught), ("corrections.jsonl", exported)):
        written = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
        (folder / name).write_text(written, encoding="utf-8")


def evaluate_corrections(parts: Services, folder: Path, *, with_gold: bool = True) -> None:
    """Print Candor's figures on the corrected questions, before and after. Raises: InvalidInputError, IndexUnusableError."""
    from candor.conversations.ask import KnowledgeReplies
    from candor.conversations.responses import Responses
    from candor.reviews.export.evaluate import AFTER, compare
    from evaluation.questions import read_gold, read_questions

    bank = folder / BANK
    if not bank.is_file():
        raise InvalidInputError(f"{folder} holds no {BANK}: make it with `candor export-training --out {folder}`")
    groups = [("corrected", read_questions(folder / GOLD)), ("taught_word_for_word", read_questions(folder / TAUGHT))]
    groups += [("gold", read_gold())] if with_gold else []
    catalogue = parts.knowledge.catalogue
    texts = {c: catalogue.document(c, catalogue.current_version(c)).text for c in catalogue.companies}
    if bank.read_bytes() == (ROOT / BANK).read_bytes():
        typer.echo(f"{BANK} here is the corrected one, or nothing was taught: before and after are the same")
    with TemporaryDirectory() as scratch:
        responses = Responses()
        before = KnowledgeReplies(parts.knowledge.answers, responses, catalogue)
        after = KnowledgeReplies(answers_with(parts, bank, Path(scratch)), responses, catalogue)
        for name, questions in groups:
            compared = compare(
                questions,
                lambda question, company: before.ask(question, company).model_dump(),
                lambda question, company: after.ask(question, company).model_dump(),
                texts,
            )
            if name != "gold":
                for line in compared.changes:
                    typer.echo(line)
            typer.echo(json.dumps({name: compared.as_data()}))
    typer.echo(AFTER)


def answers_with(parts: Services, bank_file: Path, scratch: Path) -> Answers:
    """Answers from the served index with another aspect bank, which is embedded into `scratch` (some seconds)."""
    bank = AspectBank.load(scratch / "bank.npz", parts.knowledge.small_encoder, bank_file)
    mapper = AspectMapper.load(lambda: bank, bank_file=bank_file)
    return Answers(
        parts.knowledge.catalogue,
        Retrieval(parts.knowledge.encoder, mapper, parts.knowledge.scope, parts.knowledge.ranker),
        parts.knowledge.ranker,
    )


def _nlu_files(root: Path) -> list[str]:
    return [f"{NLU}/{path.name}" for path in sorted((root / NLU).glob("*.yml"))]
