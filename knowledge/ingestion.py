"""`policies/` → a new build of the index. Bad files are refused by name; the last good index stays served."""

from __future__ import annotations

import fcntl
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from errors import BadPolicyError, IndexUnusableError
from knowledge.aspect_map import AspectMap, AspectMaps
from knowledge.aspect_mapper import AspectMapper, maps_of
from knowledge.companies import Company, read_company
from knowledge.documents import PolicyDocument, newest, read_document
from knowledge.embedding import Encoder
from knowledge.index import StoredDocument, load_build, save_build
from knowledge.passages import Passage, passages_of

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
    policies: Path, index_folder: Path, encoder: Callable[[], Encoder], encoder_id: str, say: Progress,
    mapper: AspectMapper | None = None,
) -> IngestionReport:  # fmt: skip
    """Bring the index up to date with `policies`.

    Where a file is refused, nothing is swapped and the last good index stays served. `encoder` is only called
    where something must be embedded, because loading it takes seconds. Two runs at once wait for each other.
    Without a `mapper` the build has no aspect maps.
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
        if is_up_to_date(companies, documents, index_folder, encoder_id, mapper.id if mapper else None):
            return IngestionReport(False, documents=len(documents))
        passages = cut(documents)
        say(f"{len(documents)} policy versions, {len(passages)} passages")
        readings, embedded = _embed(passages, index_folder, encoder, encoder_id, say)
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
            aspects=_map(passages, readings, index_folder, encoder_id, mapper),
        )
        return IngestionReport(True, len(documents), len(passages), embedded)


def is_up_to_date(
    companies: dict[str, Company], documents: list[PolicyDocument], index_folder: Path, encoder_id: str,
    mapper_id: str | None = None,
) -> bool:  # fmt: skip
    """Whether the served build holds exactly these documents, cut as today, embedded by this encoder, and can be loaded.

    With a `mapper_id`, also whether its aspect maps are that mapper's.
    """
    try:
        build = load_build(index_folder, encoder_id=encoder_id)
    except IndexUnusableError:
        return False
    return (
        build.companies == companies
        and list(build.documents) == as_stored(documents)
        and list(build.passages) == cut(documents)  # Candor itself may have learnt to cut better
        and mapper_id in (None, build.aspects.made_by)
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
    passages: list[Passage], index_folder: Path, encoder: Callable[[], Encoder], encoder_id: str, say: Progress
) -> tuple[np.ndarray, int]:
    """The vectors of each passage's readings, float32 (n, 3, dim), and how many passages were not known from the last build."""
    known: dict[tuple[str, str, str], np.ndarray] = {}
    try:
        last = load_build(index_folder, encoder_id=encoder_id)
        known = {passage.readings: vectors for passage, vectors in zip(last.passages, last.readings, strict=True)}
    except IndexUnusableError:
        pass
    fresh = sorted({passage.readings for passage in passages} - set(known))
    if fresh:
        say(f"embedding {len(fresh)} passages")
        texts = sorted({text for readings in fresh for text in readings})
        vectors = dict(zip(texts, encoder().encode(texts), strict=True))
        known.update({readings: np.stack([vectors[text] for text in readings]) for readings in fresh})
    return np.stack([known[passage.readings] for passage in passages]), len(fresh)


def _map(
    passages: list[Passage], readings: np.ndarray, index_folder: Path, encoder_id: str, mapper: AspectMapper | None
) -> AspectMaps:
    """The aspect map of every version; those whose passages did not change are taken from the last build."""
    if mapper is None:
        return AspectMaps()
    rows: dict[tuple[str, str], list[int]] = {}
    for row, passage in enumerate(passages):
        rows.setdefault((passage.company, passage.version), []).append(row)
    kept: list[AspectMap] = []
    with suppress(IndexUnusableError):
        last = load_build(index_folder, encoder_id=encoder_id)
        kept = [
            found for found in last.aspects.maps
            if last.aspects.made_by == mapper.id
            and [last.passages[row] for row in last.rows_of(found.company, found.version)]
            == [passages[row] for row in rows.get((found.company, found.version), [])]
        ]  # fmt: skip
    return maps_of(mapper, [(*key, [passages[row] for row in at], readings[at]) for key, at in rows.items()], kept)


@contextmanager
def _one_at_a_time(path: Path) -> Iterator[None]:
    with path.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
