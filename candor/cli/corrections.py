"""What staff have corrected, on disk: `candor export-training`, and `candor eval --corrections`."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import typer

from candor.errors import CandorError, ConflictError, InvalidInputError
from candor.reviews.export.build import BANK, TrainingExport, learnt_from, lessons_of
from candor.services import Services
from candor.settings import ROOT
from knowledge.answering import Answers
from knowledge.aspect_mapper import AspectMapper
from knowledge.aspects import AspectBank, read_aspects
from knowledge.catalogue import PolicyCatalogue
from knowledge.retrieval import Retrieval

NLU = "bot/data/nlu"
GOLD, TAUGHT = "gold.jsonl", "taught.jsonl"
COUNSEL = (
    "Read the patch, then `git apply` it, or run this again with --apply. Put gold.jsonl beside the questions of "
    "evaluation/gold; taught.jsonl holds questions that are taught word for word: they only show that it takes effect.\n"
    "Before you apply it: candor eval --corrections {folder}"
)  # fmt: skip


@dataclass(frozen=True)
class ServedPolicies:
    """The served policies, as exporting asks for them."""

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
    """Write what the accepted corrections come to, and say so; with `apply` change the project's own files as well."""
    made = make_lessons(parts, ROOT)
    for refused in made.refused:
        typer.echo(f"left out correction {refused.correction}: {refused.reason}")
    if not made.taken:
        typer.echo("nothing to export: there is no accepted correction that can be taken")
        return
    write_lessons(made, folder)
    typer.echo(
        f"{len(made.taken)} corrections: {len(made.after)} files changed, {len(made.gold)} measuring questions, "
        f"{len(made.taught)} taught word for word; in {folder}"
    )
    taken = [correction.id for correction in made.taken]
    if apply:
        apply_lessons(made, ROOT)
        parts.staff.corrections.exported(taken)
        typer.echo(f"changed {', '.join(made.after) or 'no file'}; now: make setup, so that Rasa and the index learn it")
    else:
        typer.echo(COUNSEL.format(folder=folder))
    parts.staff.audit.record(by, "correction.export", corrections=taken, applied=apply)


def apply_lessons(made: TrainingExport, root: Path) -> None:
    """Change the project's files. Raises: ConflictError, and changes none, where one of them is not what it was read as."""
    if changed := [path for path in made.after if (root / path).read_text(encoding="utf-8") != made.before[path]]:
        raise ConflictError(f"{changed[0]} was changed meanwhile: run this again")
    for path, text in made.after.items():
        fresh = (root / path).with_suffix(".new")
        fresh.write_text(text, encoding="utf-8")
        fresh.replace(root / path)


def make_lessons(parts: Services, root: Path, gold: Sequence[str] | None = None) -> TrainingExport:
    """What all accepted corrections come to, in the project at `root`. `gold`: the measuring questions, read where not given."""
    from evaluation.questions import read_gold

    files = {path: (root / path).read_text(encoding="utf-8") for path in (BANK, *_nlu_files(root))}
    learnt = learnt_from(
        [question for aspect in read_aspects(root / BANK) for question in aspect.questions],
        [text for path, text in files.items() if path != BANK],
    )
    asked = [question["question"] for question in read_gold()] if gold is None else gold
    accepted = parts.staff.corrections.listed("accepted", most=100_000)
    return lessons_of(accepted, files, asked, learnt, ServedPolicies(parts.knowledge.catalogue))


def write_lessons(made: TrainingExport, folder: Path) -> None:
    """The patch, the changed files in full, the questions, and which correction became what."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "corrections.patch").write_text(made.patch, encoding="utf-8")
    for path in (BANK, *made.after):
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(made.after.get(path, made.before[path]), encoding="utf-8")
    taken = [
        {"id": each.id, "kind": each.proposal.kind, "target": each.proposal.target, "proposed_by": each.proposed_by,
         "accepted_by": each.decided_by}
        for each in made.taken
    ]  # fmt: skip
    for name, lines in ((GOLD, made.gold), (TAUGHT, made.taught), ("corrections.jsonl", taken)):
        written = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
        (folder / name).write_text(written, encoding="utf-8")


def evaluate_lessons(parts: Services, folder: Path, *, with_gold: bool = True) -> None:
    """Print how Candor does on the corrected questions, before and after. Raises: InvalidInputError, IndexUnusableError."""
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
            found = compare(
                questions,
                lambda question, company: before.ask(question, company).model_dump(),
                lambda question, company: after.ask(question, company).model_dump(),
                texts,
            )
            if name != "gold":
                for line in found.moved:
                    typer.echo(line)
            typer.echo(json.dumps({name: found.as_data()}))
    typer.echo(AFTER)


def answers_with(parts: Services, bank_file: Path, scratch: Path) -> Answers:
    """Answers from the served index, but with another aspect bank: embedded anew into `scratch`, seconds for the whole bank."""
    bank = AspectBank.load(scratch / "bank.npz", parts.knowledge.encoder, bank_file)
    mapper = AspectMapper.load(lambda: bank, bank_file=bank_file)
    return Answers(
        parts.knowledge.catalogue,
        Retrieval(parts.knowledge.encoder, mapper, parts.knowledge.scope, parts.knowledge.ranker),
        parts.knowledge.ranker,
    )


def _nlu_files(root: Path) -> list[str]:
    return [f"{NLU}/{path.name}" for path in sorted((root / NLU).glob("*.yml"))]
