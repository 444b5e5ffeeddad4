"""The index on disk: passages, their vectors in FAISS, the documents that they come from, and a manifest.

var/index/
  CURRENT               the name of the served build; replaced in one step
  <build>/manifest.json encoder, kind of index, counts and a hash of each file; a folder without it is no build
  <build>/companies.json  documents.json  passages.json  aspects.json  readings.npy  tokens.npy  token_ends.npy  vectors.faiss
  <build>/report.json   the report of the ingestion that made it; not needed for serving
"""

from __future__ import annotations

import json
import shutil
import uuid
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from candor.errors import IndexUnusableError
from knowledge.aspect_map import AspectMaps
from knowledge.companies import Company
from knowledge.encoder import file_sha256
from knowledge.passages import Passage
from knowledge.structure import Mark
from knowledge.tokens import TokenVectors
from knowledge.vectors import IndexMaker, VectorIndex, index_of, load_vectors

T = TypeVar("T")
FORMAT = 2
CURRENT = "CURRENT"
REPORT = "report.json"
FILES = (
    "companies.json", "documents.json", "passages.json", "aspects.json", "readings.npy", "tokens.npy", "token_ends.npy",
    "vectors.faiss",
)  # fmt: skip
MANIFEST_KEYS = ("format", "encoder", "dim", "passages", "current", "versions", "files")
KEEP_BUILDS = 2  # the served build, and the one before it for processes that have not switched yet


@dataclass(frozen=True)
class StoredDocument:
    """What citations and policy pages need of a policy version.

    A retired version no longer has a file in the policies folder: its page and citations still open, but nothing is answered
    from it.
    """

    company: str
    version: str
    policy: str
    sha256: str
    text: str
    marks: tuple[Mark, ...] = ()  # the structure that its format gave; none for plain text
    retired: bool = False


@dataclass(frozen=True)
class Build:
    """One loaded build of the index, ready to search."""

    name: str
    manifest: dict[str, Any]
    companies: dict[str, Company]
    documents: tuple[StoredDocument, ...]
    passages: tuple[Passage, ...]
    readings: np.ndarray  # float32 (n, 3, dim): a unit vector for each of Passage.readings
    tokens: TokenVectors  # of each passage, memory-mapped: read from disk when used
    vectors: VectorIndex
    aspects: AspectMaps = field(default_factory=AspectMaps)

    def rows_of(self, company: str, version: str) -> np.ndarray:
        """The rows of one policy version's passages, int64."""
        rows = [row for row, passage in enumerate(self.passages) if (passage.company, passage.version) == (company, version)]
        return np.array(rows, dtype=np.int64)

    def document(self, company: str, version: str) -> StoredDocument | None:
        """One policy version, retired or not; None if there is none."""
        for document in self.documents:
            if (document.company, document.version) == (company, version):
                return document
        return None


def save_build(
    folder: Path,
    *,
    encoder_id: str,
    documents: Sequence[StoredDocument],
    passages: Sequence[Passage],
    readings: np.ndarray,
    tokens: TokenVectors,
    companies: dict[str, Company],
    current: dict[str, str],
    report: dict[str, Any] | None = None,
    aspects: AspectMaps = AspectMaps(),
    index_of: IndexMaker = index_of,
) -> str:
    """Write a new build beside the old ones and make it the current one in a single step; return its name.

    Shapes: readings float32 (n, 3, dim) for n passages. `current` maps each company's id to its current version; `index_of`
    builds the index of the passages' vectors. A crash at any point leaves the old build in use.
    """
    name = uuid.uuid4().hex[:12]
    build = folder / name
    build.mkdir(parents=True)
    (build / "companies.json").write_text(json.dumps(companies_as_data(companies)), encoding="utf-8")
    (build / "documents.json").write_text(json.dumps([asdict(document) for document in documents]), encoding="utf-8")
    (build / "passages.json").write_text(json.dumps([asdict(passage) for passage in passages]), encoding="utf-8")
    np.save(build / "readings.npy", readings)
    np.save(build / "tokens.npy", tokens.vectors)
    np.save(build / "token_ends.npy", tokens.ends)
    vectors = index_of(search_vectors(readings))
    vectors.save(build / "vectors.faiss")
    if report is not None:
        save_report(build, report)
    (build / "aspects.json").write_text(json.dumps(aspects.as_data()), encoding="utf-8")
    manifest = {
        "format": FORMAT,
        "encoder": encoder_id,
        "dim": int(readings.shape[2]),
        "passages": len(passages),
        "index": vectors.about(),
        "current": current,
        "versions": [
            {
                "company": document.company,
                "version": document.version,
                "sha256": document.sha256,
                "retired": document.retired,
            }
            for document in documents
        ],
        "files": {file: file_sha256(build / file) for file in FILES},
    }
    (build / "manifest.json").write_text(json.dumps(manifest, indent=1) + "\n", encoding="utf-8")
    pointer = folder / f"{CURRENT}.{name}"
    pointer.write_text(name, encoding="utf-8")
    pointer.replace(folder / CURRENT)
    _drop_old_builds(folder, keep=name)
    return name


def save_report(build: Path, report: dict[str, Any]) -> None:
    """Write an ingestion report into its build's folder in one step."""
    fresh = build / f"{REPORT}.{uuid.uuid4().hex[:8]}"
    fresh.write_text(json.dumps(report, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    fresh.replace(build / REPORT)


def stored_report(folder: Path) -> dict[str, Any] | None:
    """The report of the served build; None if there is none or it cannot be read."""
    try:
        report: dict[str, Any] = json.loads((folder / current_build(folder) / REPORT).read_text(encoding="utf-8"))
    except (IndexUnusableError, OSError, ValueError):
        return None
    return report


def search_vectors(readings: np.ndarray) -> np.ndarray:
    """The vectors that FAISS searches: the mean of a passage's readings with and without headings; (n, 3, dim) → (n, dim).

    The inner product with a query is the mean of two cosines. Headings help if a list item says little by itself, and mislead
    if they promise more than the passage says; the mean does better than either.
    """
    mean: np.ndarray = readings[:, :2].mean(axis=1)
    return mean


def companies_as_data(companies: dict[str, Company]) -> list[dict[str, Any]]:
    """The content of companies.json."""
    return [json.loads(json.dumps(asdict(company))) for _, company in sorted(companies.items())]


def company_of(entry: dict[str, Any]) -> Company:
    """One company of companies.json: JSON has lists where a Company has tuples."""
    values: dict[str, Any] = {key: tuple(value) if isinstance(value, list) else value for key, value in entry.items()}
    return Company(**values)


def stored_companies(data: bytes) -> dict[str, Company]:
    """The companies in companies.json. Raises: ValueError, KeyError or TypeError if the data have another form."""
    return {entry["id"]: company_of(entry) for entry in json.loads(data)}


def stored_documents(data: bytes) -> list[StoredDocument]:
    """The documents in documents.json. Raises: ValueError, KeyError or TypeError if the data have another form."""
    return [
        StoredDocument(**{**entry, "marks": tuple(Mark(**mark) for mark in entry.get("marks", ()))}) for entry in json.loads(data)
    ]


def last_documents(folder: Path) -> list[StoredDocument]:
    """All policy versions of the newest build whose documents are intact, whatever the state of its other files.

    A retired version exists only here, so it must survive a change of encoder or format and a damaged build.
    """
    return _last(folder, "documents.json", stored_documents) or []


def last_companies(folder: Path) -> dict[str, Company]:
    """The companies of the newest build whose list of them is intact, whatever the state of its other files."""
    return _last(folder, "companies.json", stored_companies) or {}


def _last(folder: Path, file: str, parse: Callable[[bytes], T]) -> T | None:
    try:
        served = [current_build(folder)]
    except IndexUnusableError:
        served = []
    builds = (path for path in folder.iterdir() if path.is_dir() and path.name not in served)
    others = sorted(builds, key=lambda path: path.stat().st_mtime, reverse=True)
    for name in (*served, *(path.name for path in others)):
        path = folder / name / file
        try:
            manifest = json.loads((folder / name / "manifest.json").read_text(encoding="utf-8"))
            if file_sha256(path) == manifest["files"][file]:
                return parse(path.read_bytes())
        except (OSError, ValueError, KeyError, TypeError):
            continue
    return None


def _drop_old_builds(folder: Path, *, keep: str) -> None:
    builds = sorted(
        (path for path in folder.iterdir() if path.is_dir() and path.name != keep),
        key=lambda path: path.stat().st_mtime,
        reverse=True,
    )
    for old in builds[KEEP_BUILDS - 1 :]:
        shutil.rmtree(old, ignore_errors=True)


def current_build(folder: Path) -> str:
    """The name of the served build. Raises: IndexUnusableError if there is none."""
    try:
        return (folder / CURRENT).read_text(encoding="utf-8").strip()
    except FileNotFoundError:
        raise IndexUnusableError("there is no index yet: run `candor ingest`") from None
    except (OSError, ValueError) as error:
        raise IndexUnusableError(f"the index is damaged ({CURRENT} cannot be read): run `candor ingest`") from error


def read_manifest(folder: Path, name: str) -> dict[str, Any]:
    """The manifest of a build. Raises: IndexUnusableError if it is missing, truncated or of another format."""
    try:
        manifest: dict[str, Any] = json.loads((folder / name / "manifest.json").read_text(encoding="utf-8"))
        format_ = manifest["format"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise IndexUnusableError("the index is damaged (its manifest cannot be read): run `candor ingest`") from error
    if format_ != FORMAT:
        raise IndexUnusableError("the index was written by another version of Candor: run `candor ingest`")
    if not set(MANIFEST_KEYS) <= set(manifest):
        raise IndexUnusableError("the index is damaged (its manifest lacks a part): run `candor ingest`")
    return manifest


def load_build(folder: Path, *, encoder_id: str) -> Build:
    """Load and check the current build.

    Raises: IndexUnusableError if it is missing, truncated, or was built by another encoder.
    """
    name = current_build(folder)
    manifest = read_manifest(folder, name)
    if manifest["encoder"] != encoder_id:
        raise IndexUnusableError("the index was built by another encoder: run `candor ingest`")
    for file in FILES:
        path = folder / name / file
        if not path.is_file() or file_sha256(path) != manifest["files"].get(file):
            raise IndexUnusableError(f"the index is damaged ({file} is missing or cut short): run `candor ingest`")
    companies = stored_companies((folder / name / "companies.json").read_bytes())
    documents = stored_documents((folder / name / "documents.json").read_bytes())
    passages = [Passage(**entry) for entry in json.loads((folder / name / "passages.json").read_bytes())]
    vectors = load_vectors(folder / name / "vectors.faiss")
    readings: np.ndarray = np.load(folder / name / "readings.npy")
    ends: np.ndarray = np.load(folder / name / "token_ends.npy")
    tokens = TokenVectors(np.load(folder / name / "tokens.npy", mmap_mode="r"), ends)
    if not len(vectors) == len(readings) == len(tokens) == len(passages) or ends[-1, -1] != len(tokens.vectors):
        raise IndexUnusableError("index and passages differ in number: run `candor ingest`")
    aspects = AspectMaps.of_data(json.loads((folder / name / "aspects.json").read_bytes()))
    return Build(name, manifest, companies, tuple(documents), tuple(passages), readings, tokens, vectors, aspects)
