"""`policies/` → a new build of the index. Bad files are refused by name; the last good index stays served."""

from __future__ import annotations

import fcntl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from errors import BadPolicyError, IndexUnusableError
from knowledge.companies import Company, read_company
from knowledge.documents import PolicyDocument, newest, read_document
from knowledge.embedding import PassageEncoder
from knowledge.index import StoredDocument, load_build, save_build
from knowledge.passages import READ_BY_TOKENS, Passage, passages_of
from knowledge.tokens import TokenVectors

POLICY_SUFFIX = ".txt"
Progress = Callable[[str], None]


@dataclass(frozen=True)
class Refused:
    """A file that was not taken, and why."""

    file: str
    reason: str


@dataclass(frozen=True)
class IngestionReport:
    """What one run did."""

    changed: bool
    documents: int = 0
    passages: int = 0
    embedded: int = 0  # passages that were not in the index before
    refused: tuple[Refused, ...] = field(default=())

    def summary(self) -> str:
        lines = [f"refused {entry.file}: {entry.reason}" for entry in self.refused]
        if not self.changed:
            lines.append("the last good index stays in use" if self.refused else "nothing changed")
        else:
            lines.append(f"{self.documents} policy versions, {self.passages} passages ({self.embedded} newly embedded)")
        return "\n".join(lines)


def read_policies(folder: Path) -> tuple[dict[str, Company], list[PolicyDocument], list[Refused]]:
    """Read every company and every policy version under `folder`; what cannot be read is refused, with the reason."""
    companies: dict[str, Company] = {}
    documents: list[PolicyDocument] = []
    refused: list[Refused] = []
    for place in sorted(path for path in folder.iterdir() if path.is_dir() and not path.name.startswith(".")):
        try:
            company = read_company(place)
        except BadPolicyError as error:
            refused.append(Refused(f"{place.name}/company.toml", str(error)))
            continue
        found: list[PolicyDocument] = []
        for path in sorted(place.iterdir()):
            if path.name == "company.toml" or path.name.startswith("."):
                continue
            try:
                if path.suffix != POLICY_SUFFIX:
                    raise BadPolicyError(
                        f"{place.name}/{path.name}: only {POLICY_SUFFIX} files are read so far: save it as plain text"
                    )
                document = read_document(path, company=company.id, policy=company.policy_title)
                if not cut([document]):
                    raise BadPolicyError(f"{place.name}/{path.name} has no sentence to quote: put the policy's text into it")
                found.append(document)
            except BadPolicyError as error:
                refused.append(Refused(f"{place.name}/{path.name}", str(error)))
        if found:
            companies[company.id] = company
            documents.extend(found)
        elif not any(entry.file.startswith(f"{place.name}/") for entry in refused):
            refused.append(Refused(place.name, f"{place.name} has no policy: add one, such as {place.name}/2026-01-15.txt"))
    return companies, documents, refused


def ingest(
    policies: Path, index_folder: Path, encoder: Callable[[], PassageEncoder], encoder_id: str, say: Progress
) -> IngestionReport:
    """Bring the index up to date with `policies`.

    Where a file is refused, nothing is swapped and the last good index stays served. `encoder` is only called
    where something must be embedded, because loading it takes seconds. Two runs at once wait for each other.
    """
    index_folder.mkdir(parents=True, exist_ok=True)
    with _one_at_a_time(index_folder / ".lock"):
        if not policies.is_dir():
            return IngestionReport(
                False, refused=(Refused(str(policies.name), f"there is no folder {policies.name}/ with policies"),)
            )
        companies, documents, refused = read_policies(policies)
        if refused or not documents:
            nothing = (Refused(policies.name, "holds no company: add a folder with a company.toml and a policy"),)
            return IngestionReport(False, refused=tuple(refused) or nothing)
        if is_up_to_date(companies, documents, index_folder, encoder_id):
            return IngestionReport(False, documents=len(documents))
        passages = cut(documents)
        say(f"{len(documents)} policy versions, {len(passages)} passages")
        readings, tokens, embedded = _embed(passages, index_folder, encoder, encoder_id, say)
        current = {company: newest([d.version for d in documents if d.company == company]) for company in companies}
        stored = as_stored(documents)
        save_build(
            index_folder,
            encoder_id=encoder_id,
            companies=companies,
            current=current,
            documents=stored,
            passages=passages,
            readings=readings,
            tokens=tokens,
        )
        return IngestionReport(True, len(documents), len(passages), embedded)


def is_up_to_date(companies: dict[str, Company], documents: list[PolicyDocument], index_folder: Path, encoder_id: str) -> bool:
    """Whether the served build holds exactly these documents, cut as today, embedded by this encoder, and can be loaded."""
    try:
        build = load_build(index_folder, encoder_id=encoder_id)
    except IndexUnusableError:
        return False
    return (
        build.companies == companies
        and list(build.documents) == as_stored(documents)
        and list(build.passages) == cut(documents)  # Candor itself may have learnt to cut better
    )


def as_stored(documents: list[PolicyDocument]) -> list[StoredDocument]:
    """What the index keeps of them."""
    return [StoredDocument(d.company, d.version, d.policy, d.sha256, d.text) for d in documents]


def cut(documents: list[PolicyDocument]) -> list[Passage]:
    """All their passages, in order."""
    return [
        passage
        for document in documents
        for passage in passages_of(document.text, document.structure, company=document.company, version=document.version)
    ]


def _embed(
    passages: list[Passage], index_folder: Path, encoder: Callable[[], PassageEncoder], encoder_id: str, say: Progress
) -> tuple[np.ndarray, TokenVectors, int]:
    """The vectors of each passage's readings, float32 (n, 3, dim), their tokens', and how many were not known before."""
    known: dict[tuple[str, str, str], tuple[np.ndarray, list[np.ndarray]]] = {}
    try:
        last = load_build(index_folder, encoder_id=encoder_id)
        known = {passage.readings: (last.readings[row], last.tokens[row]) for row, passage in enumerate(last.passages)}
    except IndexUnusableError:
        pass
    fresh = sorted({passage.readings for passage in passages} - set(known))
    if fresh:
        say(f"embedding {len(fresh)} passages")
        texts = sorted({text for readings in fresh for text in readings})
        vectors, tokens = encoder().encode_passages(texts)
        place = {text: row for row, text in enumerate(texts)}
        for readings in fresh:
            known[readings] = (
                vectors[[place[text] for text in readings]],
                [tokens[place[readings[way]]] for way in READ_BY_TOKENS],
            )
    kept = [known[passage.readings] for passage in passages]
    return np.stack([vectors for vectors, _ in kept]), TokenVectors.of([tokens for _, tokens in kept]), len(fresh)


@contextmanager
def _one_at_a_time(path: Path) -> Iterator[None]:
    with path.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
