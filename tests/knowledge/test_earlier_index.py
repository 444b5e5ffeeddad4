"""What an earlier Candor left is taken over: no text is lost."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import pytest

from candor.errors import IndexUnusableError
from knowledge.artefact import PolicyArtefact
from knowledge.catalogue import PolicyCatalogue
from knowledge.encoder import file_sha256
from knowledge.ingestion import ingest
from knowledge.policy_library import PolicyLibrary, library_in
from tests.fakes import FakeEncoder

GONE = "2025-01-15"  # a version of acme whose file was gone then


@pytest.fixture
def earlier(policies: Path, tmp_path: Path) -> Path:
    """A folder as the Candor before wrote it: one build of all companies."""
    ingest(policies, tmp_path / "made", FakeEncoder, FakeEncoder.id, lambda _: None)
    library = library_in(tmp_path / "made")
    artefacts = [library.artefact(release.served.artefact) for release in library.releases.since()]
    write_build(tmp_path / "index", library, artefacts)
    return tmp_path / "index"


def write_build(folder: Path, library: PolicyLibrary, artefacts: list[PolicyArtefact]) -> None:
    build = folder / "0123456789ab"
    build.mkdir(parents=True)
    passages = [passage for artefact in artefacts for passage in artefact.passages]
    tokens = [artefact.tokens[row] for artefact in artefacts for row in range(len(artefact.passages))]
    lengths = np.cumsum([len(reading) for readings in tokens for reading in readings]).reshape(len(passages), -1)
    documents = [{**asdict(artefact.document), "retired": False} for artefact in artefacts]
    documents.append({**asdict(replace(artefacts[0].document, version=GONE)), "retired": True})
    content = {
        "companies.json": [asdict(release.company) for release in library.releases.since()],
        "documents.json": documents,
        "passages.json": [asdict(passage) for passage in passages],
    }
    for name, data in content.items():
        (build / name).write_text(json.dumps(data), encoding="utf-8")
    np.save(build / "readings.npy", np.concatenate([artefact.readings for artefact in artefacts]))
    np.save(build / "tokens.npy", np.concatenate([one for both in tokens for one in both]).astype(np.float16))
    np.save(build / "token_ends.npy", lengths)
    files = {path.name: file_sha256(path) for path in build.iterdir()}
    manifest = {"format": 2, "encoder": "fake:1", "files": files}
    (build / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    (folder / "CURRENT").write_text(build.name, encoding="utf-8")


def test_until_it_is_taken_over_the_cure_is_named(earlier: Path) -> None:
    """One sentence, and no traceback."""
    with pytest.raises(IndexUnusableError, match="written by an earlier Candor: run `candor ingest`"):
        _ = PolicyCatalogue(earlier, FakeEncoder.id).companies


def test_the_policies_are_encoded_anew(earlier: Path, policies: Path) -> None:
    """The large encoder had read none of them; the earlier files are removed once they are taken over."""
    report = ingest(policies, earlier, FakeEncoder, FakeEncoder.id, lambda _: None)

    assert report.embedded == report.passages > 0
    assert report.documents == 2
    assert set(PolicyCatalogue(earlier, FakeEncoder.id).companies) == {"acme", "globex"}
    assert not (earlier / "CURRENT").exists()
    assert not (earlier / "0123456789ab").exists()


def test_a_version_whose_file_was_gone_still_opens(earlier: Path, policies: Path) -> None:
    """It existed nowhere else."""
    ingest(policies, earlier, FakeEncoder, FakeEncoder.id, lambda _: None)

    catalogue = PolicyCatalogue(earlier, FakeEncoder.id)
    assert catalogue.versions("acme") == ["2026-01-15", GONE]
    assert "We never sell personal data." in catalogue.document("acme", GONE).text


def test_a_damaged_build_is_made_anew(earlier: Path, policies: Path) -> None:
    """The policies are read again, as if there had been nothing."""
    (earlier / "0123456789ab" / "documents.json").write_text("[", encoding="utf-8")

    report = ingest(policies, earlier, FakeEncoder, FakeEncoder.id, lambda _: None)

    assert report.embedded == report.passages > 0
    assert set(PolicyCatalogue(earlier, FakeEncoder.id).companies) == {"acme", "globex"}
