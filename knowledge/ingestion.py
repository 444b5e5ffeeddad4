"""`policies/` → a new build of the index. A bad file is refused by name, and its last good version stays in use; all other
files are taken.

A version whose file is gone is retired: its page and its citations still open, but nothing is answered from it.
"""

from __future__ import annotations

import fcntl
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from candor.errors import IndexUnusableError, InvalidInputError
from knowledge.aspect_map import AspectMap, AspectMaps
from knowledge.aspect_mapper import AspectMapper, maps_of
from knowledge.companies import Company
from knowledge.documents import PolicyDocument, newest
from knowledge.embedding import PassageEncoder
from knowledge.index import (
    StoredDocument,
    current_build,
    last_companies,
    last_documents,
    load_build,
    save_build,
    save_report,
    stored_report,
)
from knowledge.language import language_of
from knowledge.passages import READ_BY_TOKENS, Passage, passages_of
from knowledge.policy_folder import RefusedFile, read_policies, with_last_good
from knowledge.proofreading import PolicyWarning, proofread
from knowledge.structure import read_structure
from knowledge.tokens import TokenVectors

ProgressReport = Callable[[str], None]
Tick = Callable[[int, int], None]  # called with the number of texts embedded so far, and of all texts
BATCH = 256  # texts between two ticks


@dataclass(frozen=True)
class VersionReport:
    """What the index holds of one policy version, and what its author should check."""

    company: str
    version: str
    file: str  # "" for a retired version
    sections: int
    passages: int
    language: str
    retired: bool = False
    kept: bool = False  # its file was refused, and this is what was read of it before
    warnings: tuple[PolicyWarning, ...] = ()
    aspects: dict[str, bool] | None = None  # aspect id → whether the policy speaks of it; None without an aspect map

    def as_text(self) -> str:
        """The report as lines of text: one, and one for each warning."""
        if self.retired:
            return f"{self.company} {self.version}: retired; its citations open, and nothing is answered from it"
        line = f"{self.company} {self.version} ({self.file}): {self.sections} sections, {self.passages} passages"
        if self.kept:
            line += "; as read before, because its file was refused"
        if self.aspects:
            line += f", speaks of {sum(self.aspects.values())} of {len(self.aspects)} aspects"
        return "\n".join([line, *(f"  warning: {warning.message}" for warning in self.warnings)])


@dataclass(frozen=True)
class IngestionReport:
    """What one run did, and what the index holds now."""

    changed: bool
    documents: int = 0
    passages: int = 0
    embedded: int = 0  # passages that were not in the index before the run
    refused: tuple[RefusedFile, ...] = field(default=())
    versions: tuple[VersionReport, ...] = field(default=())

    def summary(self) -> str:
        """The refused files, and a line on the index."""
        lines = [f"refused {entry.file}: {entry.reason}" for entry in self.refused]
        if not self.changed:
            lines.append("nothing else changed" if self.refused and self.versions else "nothing changed")
        else:
            lines.append(f"{self.documents} policy versions, {self.passages} passages ({self.embedded} newly embedded)")
        return "\n".join(lines)

    def as_text(self) -> str:
        """The whole report as lines of text."""
        return "\n".join([*(version.as_text() for version in self.versions), self.summary()])

    def as_data(self) -> dict[str, Any]:
        """The report as --json prints it and as the build stores it."""
        return asdict(self)


def ingest(
    policies: Path,
    index_folder: Path,
    encoder: Callable[[], PassageEncoder],
    encoder_id: str,
    say: ProgressReport,
    mapper: AspectMapper | None = None,
    *,
    tick: Tick | None = None,
    forget: Collection[str] = (),
) -> IngestionReport:
    """Bring the index up to date with `policies`.

    A refused file keeps its last good version, if it had one, and no other file waits for it. `encoder` is called only if
    something must be embedded, because loading it takes seconds. Concurrent runs wait for each other. `forget` names retired
    versions to drop for good, each as "company/version". Without a `mapper` the build has no aspect maps.

    Raises: InvalidInputError if a version to forget is not a retired one.
    """
    index_folder.mkdir(parents=True, exist_ok=True)
    with _one_at_a_time(index_folder / ".lock"):
        if not policies.is_dir():
            return IngestionReport(
                False, refused=(RefusedFile(str(policies.name), f"there is no folder {policies.name}/ with policies"),)
            )
        last = last_documents(index_folder)
        found = with_last_good(read_policies(policies), last_companies(index_folder), last)
        companies, documents, refused, kept = found.companies, found.documents, found.refused, found.kept
        if not documents:
            nothing = (RefusedFile(policies.name, "holds no company: add a folder with a company.toml and a policy"),)
            return IngestionReport(False, refused=tuple(refused) or nothing)
        retired = _retired(documents, last, forget)
        passages = all_passages(documents)
        if not forget and is_up_to_date(companies, documents, index_folder, encoder_id, passages, mapper.id if mapper else None):
            build = load_build(index_folder, encoder_id=encoder_id)
            versions = _versions(documents, retired, passages, _stored_change_warnings(index_folder), build.aspects, kept)
            report = IngestionReport(False, len(documents), len(passages), refused=tuple(refused), versions=versions)
            save_report(index_folder / current_build(index_folder), _build_report(report))
            return report
        say(f"{len(documents)} policy versions, {len(passages)} passages")
        readings, tokens, embedded = _embed(passages, index_folder, encoder, encoder_id, say, tick)
        maps = _map(passages, readings, index_folder, encoder_id, mapper)
        report = IngestionReport(
            True,
            len(documents),
            len(passages),
            embedded,
            refused=tuple(refused),
            versions=_versions(documents, retired, passages, _change_warnings(documents, last), maps, kept),
        )
        save_build(
            index_folder,
            encoder_id=encoder_id,
            companies=companies,
            current={company: newest([d.version for d in documents if d.company == company]) for company in companies},
            documents=[*as_stored(documents), *retired],
            passages=passages,
            readings=readings,
            tokens=tokens,
            report=_build_report(report),
            aspects=maps,
        )
        return report


def is_up_to_date(
    companies: dict[str, Company],
    documents: list[PolicyDocument],
    index_folder: Path,
    encoder_id: str,
    passages: list[Passage] | None = None,
    mapper_id: str | None = None,
) -> bool:
    """Whether the served build holds exactly these documents, cut as today, embedded by this encoder, and can be loaded.

    With a `mapper_id`, also whether its aspect maps are that mapper's.
    """
    try:
        build = load_build(index_folder, encoder_id=encoder_id)
    except IndexUnusableError:
        return False
    return (
        build.companies == companies
        and [document for document in build.documents if not document.retired] == as_stored(documents)
        and list(build.passages) == (passages or all_passages(documents))  # a newer Candor may split texts differently
        and mapper_id in (None, build.aspects.made_by)
    )


def _retired(documents: list[PolicyDocument], last: Sequence[StoredDocument], forget: Collection[str]) -> list[StoredDocument]:
    """The versions that were ingested once and no longer have a file.

    Those of a company whose folder is gone are kept too, and open again if it returns.
    """
    present = {f"{document.company}/{document.version}" for document in documents}
    gone = {f"{document.company}/{document.version}": replace(document, retired=True) for document in last}
    gone = {name: document for name, document in sorted(gone.items()) if name not in present}
    for name in forget:
        if name in present:
            raise InvalidInputError(f"{name[:80]} still has its file: remove the file first, then forget the version")
        if name not in gone:
            known = ", ".join(gone) or "none"
            raise InvalidInputError(f"{name[:80]} is no retired version; retired are: {known}")
    return [document for name, document in gone.items() if name not in forget]


def _versions(
    documents: list[PolicyDocument],
    retired: list[StoredDocument],
    passages: list[Passage],
    further: Sequence[PolicyWarning],
    maps: AspectMaps,
    kept: Collection[tuple[str, str]],
) -> tuple[VersionReport, ...]:
    """A report on each version: first those that are answered from, then the retired ones."""
    counts = Counter((passage.company, passage.version) for passage in passages)
    reports = [
        VersionReport(
            document.company,
            document.version,
            document.file,
            len(document.structure.sections),
            counts[document.company, document.version],
            language_of(document.text).name,
            kept=(document.company, document.version) in kept,
            warnings=(
                *(warning for warning in further if (warning.company, warning.version) == (document.company, document.version)),
                *proofread(document),
            ),
            aspects=_covered_aspects(maps, document),
        )
        for document in documents
    ]
    for document in retired:
        sections = len(read_structure(document.text, document.marks).sections)
        reports.append(VersionReport(document.company, document.version, "", sections, 0, language_of(document.text).name, True))
    return tuple(reports)


def _covered_aspects(maps: AspectMaps, document: PolicyDocument) -> dict[str, bool] | None:
    """Aspect id → whether the version speaks of it; None without an aspect map."""
    aspect_map = maps.of(document.company, document.version)
    spoken_of = aspect_map.spoken_of() if aspect_map else frozenset()
    return {aspect.id: aspect.id in spoken_of for aspect in maps.aspects} if aspect_map else None


def _change_warnings(documents: list[PolicyDocument], last: Sequence[StoredDocument]) -> list[PolicyWarning]:
    """Warnings on versions whose text changed under the same name: earlier citations hold offsets into the old text."""
    texts = {(document.company, document.version): document.text for document in last}
    message = (
        "its text changed under the same name, so that citations given before may open at the wrong place: name a changed policy"
        " after its new date"
    )
    return [
        PolicyWarning(document.company, document.version, "changed", message)
        for document in documents
        if texts.get((document.company, document.version), document.text) != document.text
    ]


def _stored_change_warnings(index_folder: Path) -> list[PolicyWarning]:
    """The same warnings from the served build's report."""
    versions = (stored_report(index_folder) or {}).get("versions", [])
    return [
        PolicyWarning(one["company"], one["version"], "changed", one["message"])
        for version in versions
        for one in version.get("warnings", [])
        if one.get("kind") == "changed"
    ]


def _build_report(report: IngestionReport) -> dict[str, Any]:
    """The report to store with a build; it stays the same when later runs find the build up to date."""
    return replace(report, changed=True, embedded=0).as_data()


def as_stored(documents: list[PolicyDocument]) -> list[StoredDocument]:
    """What the index stores of the documents."""
    return [StoredDocument(d.company, d.version, d.policy, d.sha256, d.text, d.marks) for d in documents]


def all_passages(documents: list[PolicyDocument]) -> list[Passage]:
    """The passages of all documents, in order."""
    return [
        passage
        for document in documents
        for passage in passages_of(document.text, document.structure, company=document.company, version=document.version)
    ]


def _embed(
    passages: list[Passage],
    index_folder: Path,
    encoder: Callable[[], PassageEncoder],
    encoder_id: str,
    say: ProgressReport,
    tick: Tick | None,
) -> tuple[np.ndarray, TokenVectors, int]:
    """The vectors of each passage's readings, float32 (n, 3, dim), their tokens' vectors, and how many passages were embedded."""
    known: dict[tuple[str, str, str], tuple[np.ndarray, list[np.ndarray]]] = {}
    try:
        last = load_build(index_folder, encoder_id=encoder_id)
        known = {passage.readings: (last.readings[row], last.tokens[row]) for row, passage in enumerate(last.passages)}
    except IndexUnusableError:
        pass
    fresh = sorted({passage.readings for passage in passages} - set(known))
    if fresh:
        say(f"embedding {len(fresh)} passages")
        texts = sorted({text for readings in fresh for text in readings}, key=lambda text: (len(text), text))
        loaded = encoder()
        encoded: dict[str, tuple[np.ndarray, np.ndarray]] = {}
        for start in range(0, len(texts), BATCH):
            batch = texts[start : start + BATCH]
            encoded.update(zip(batch, zip(*loaded.encode_passages(batch), strict=True), strict=True))
            if tick is not None:
                tick(len(encoded), len(texts))
        for readings in fresh:
            vectors = np.stack([encoded[text][0] for text in readings])
            known[readings] = vectors, [encoded[readings[way]][1] for way in READ_BY_TOKENS]
    kept = [known[passage.readings] for passage in passages]
    return np.stack([vectors for vectors, _ in kept]), TokenVectors.of([tokens for _, tokens in kept]), len(fresh)


def _map(
    passages: list[Passage], readings: np.ndarray, index_folder: Path, encoder_id: str, mapper: AspectMapper | None
) -> AspectMaps:
    """The aspect map of every version; maps of versions whose passages did not change are reused from the last build."""
    if mapper is None:
        return AspectMaps()
    rows: dict[tuple[str, str], list[int]] = {}
    for row, passage in enumerate(passages):
        rows.setdefault((passage.company, passage.version), []).append(row)
    kept: list[AspectMap] = []
    with suppress(IndexUnusableError):
        last = load_build(index_folder, encoder_id=encoder_id)
        kept = [
            aspect_map for aspect_map in last.aspects.maps
            if last.aspects.made_by == mapper.id
            and [last.passages[row] for row in last.rows_of(aspect_map.company, aspect_map.version)]
            == [passages[row] for row in rows.get((aspect_map.company, aspect_map.version), [])]
        ]  # fmt: skip
    return maps_of(mapper, [(*key, [passages[row] for row in indices], readings[indices]) for key, indices in rows.items()], kept)


@contextmanager
def _one_at_a_time(path: Path) -> Iterator[None]:
    with path.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
