"""What an earlier Candor left: one index for all companies. It is read once, so that no text is lost.

var/index/
  CURRENT               the name of the served build
  <build>/manifest.json encoder, counts and a hash of each file; a folder without it is no build
  <build>/companies.json  documents.json  passages.json  readings.npy  tokens.npy  token_ends.npy  …
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from knowledge.artefact import PolicyArtefact, StoredDocument, artefact_name, document_of
from knowledge.companies import Company
from knowledge.documents import newest
from knowledge.encoder import file_sha256
from knowledge.making import content_of
from knowledge.policy_library import EARLIER, PolicyLibrary
from knowledge.releases import PolicyPlan, VersionRecord, company_of
from knowledge.tokens import TokenVectors


def take_over(library: PolicyLibrary) -> None:
    """Make artefacts and releases of what an earlier Candor left, and remove that; nothing happens if it left nothing.

    Its versions keep their text alone, which for retired ones exists nowhere else: the large encoder had read none of them.
    """
    if not library.has_earlier:
        return
    if not library.releases.since():
        companies, documents = _companies(library.folder), _documents(library.folder)
        by_company: dict[str, list[tuple[StoredDocument, bool]]] = {}
        for document, retired in documents:
            by_company.setdefault(document.company, []).append((document, retired))
        for company, versions in sorted(by_company.items()):
            facts = companies.get(company) or Company(company, company, "")
            records = [_kept(library, document, retired) for document, retired in versions]
            live = [record.version for record in records if not record.retired]
            current = newest(live or [record.version for record in records])
            library.releases.put(PolicyPlan(facts, records, current))
            if not live or company not in companies:
                library.releases.retire(company, withdrawn=False)
    builds = list(_builds(library.folder))
    (library.folder / EARLIER).unlink(missing_ok=True)
    for build in builds:
        shutil.rmtree(build, ignore_errors=True)


def _kept(library: PolicyLibrary, document: StoredDocument, retired: bool) -> VersionRecord:
    name = artefact_name(document, (), encoder_id="")
    no_tokens = TokenVectors(np.zeros((0, 1), np.int16), np.zeros(0, np.float32), np.zeros((0, 2), np.int64))
    library.keep(PolicyArtefact(name, "", document, (), np.zeros((0, 3, 1), np.float32), np.zeros((0, 1), np.float16), no_tokens))
    return VersionRecord(document.version, name, "", 0, retired=retired, content=content_of(document.text))


def _documents(folder: Path) -> list[tuple[StoredDocument, bool]]:
    """All policy versions of the newest build whose documents are intact, and whether each one's file was gone."""
    for build in _builds(folder):
        if (data := _intact(build, "documents.json")) is not None:
            return [(document_of(entry), bool(entry.get("retired"))) for entry in data]
    return []


def _companies(folder: Path) -> dict[str, Company]:
    """The companies of the newest build whose list of them is intact."""
    for build in _builds(folder):
        if (data := _intact(build, "companies.json")) is not None:
            return {entry["id"]: company_of(entry) for entry in data}
    return {}


def _builds(folder: Path) -> Iterator[Path]:
    """The served one, then the others, the newest first."""
    try:
        served = (folder / EARLIER).read_text(encoding="utf-8").strip()
    except (OSError, ValueError):
        return
    others = [path.parent for path in folder.glob("*/manifest.json") if path.parent.name != served]
    for build in (folder / served, *sorted(others, key=lambda path: path.stat().st_mtime, reverse=True)):
        if (build / "manifest.json").is_file():
            yield build


def _intact(build: Path, file: str) -> list[dict[str, Any]] | None:
    try:
        manifest = json.loads((build / "manifest.json").read_text(encoding="utf-8"))
        if file_sha256(build / file) != manifest["files"][file]:
            return None
        data: list[dict[str, Any]] = json.loads((build / file).read_bytes())
        return data
    except (OSError, ValueError, KeyError, TypeError):
        return None
