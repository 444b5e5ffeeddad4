"""The index on disk: builds that are whole or refused."""

from __future__ import annotations

import json
import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from candor.errors import IndexUnusableError
from knowledge.companies import Company
from knowledge.index import (
    CURRENT,
    FILES,
    FORMAT,
    StoredDocument,
    current_build,
    last_documents,
    load_build,
    save_build,
    stored_report,
)
from knowledge.passages import Passage
from knowledge.structure import Mark
from knowledge.tokens import TokenVectors
from knowledge.vectors import ClusteredIndex

TEXT = "We keep invoices.\nWe sell nothing.\nПриватність – “ß”."
ACME = Company("acme", "Acme", "a@acme.example", aliases=("ac me",), laws=("gdpr",), allowed_origins=("https://acme.example",))
DOCUMENTS = [
    StoredDocument("acme", "2025-01-01", "Privacy Policy", "0" * 64, TEXT),
    StoredDocument("acme", "2026-01-15", "Privacy Policy", "1" * 64, TEXT),
]


def a_passage(version: str, start: int, end: int) -> Passage:
    return Passage("acme", version, "sentence", "1. Sale", start, end, TEXT[start:end], "", "Sale.")


PASSAGES = [a_passage("2025-01-01", 0, 17), a_passage("2026-01-15", 0, 17), a_passage("2026-01-15", 18, 34)]


def readings(count: int) -> np.ndarray:
    """Passages that read the same in all three ways."""
    return np.repeat(unit_vectors(count)[:, np.newaxis], 3, axis=1)


def tokens(count: int) -> TokenVectors:
    """Passages of one, two, three … tokens, each read in two ways."""
    return TokenVectors.of([[unit_vectors(index + 1), unit_vectors(index + 2)] for index in range(count)])


def unit_vectors(count: int, dim: int = 8) -> np.ndarray:
    vectors = np.random.default_rng(7).normal(size=(count, dim)).astype(np.float32)
    unit: np.ndarray = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    return unit


def save(folder: Path, **changed: Any) -> str:
    """Save a small build, with what the test changes."""
    arguments: dict[str, Any] = {
        "encoder_id": "fake:1", "documents": DOCUMENTS, "passages": PASSAGES, "readings": readings(3), "tokens": tokens(3),
        "companies": {"acme": ACME}, "current": {"acme": "2026-01-15"},
    }  # fmt: skip
    return save_build(folder, **{**arguments, **changed})


def assert_refused(folder: Path, reason: str, encoder_id: str = "fake:1") -> None:
    with pytest.raises(IndexUnusableError) as refused:
        load_build(folder, encoder_id=encoder_id)

    assert reason in str(refused.value)
    assert "run `candor ingest`" in str(refused.value)


# Saving and loading


def test_a_build_comes_back_as_it_was_saved(tmp_path: Path) -> None:
    """Companies, documents, passages and vectors make the round trip unchanged, whatever their alphabet."""
    name = save(tmp_path)

    build = load_build(tmp_path, encoder_id="fake:1")

    assert build.name == name == current_build(tmp_path)
    assert build.companies == {"acme": ACME}
    assert list(build.documents) == DOCUMENTS
    assert list(build.passages) == PASSAGES
    assert np.array_equal(build.vectors.vectors(), unit_vectors(3))
    assert np.array_equal(build.tokens.vectors, tokens(3).vectors)
    assert np.array_equal(build.tokens.ends, tokens(3).ends)
    assert build.manifest["current"] == {"acme": "2026-01-15"}


def test_the_manifest_names_encoder_counts_and_versions(tmp_path: Path) -> None:
    """Whoever looks into the folder sees what was built from what."""
    name = save(tmp_path)

    manifest = json.loads((tmp_path / name / "manifest.json").read_text(encoding="utf-8"))

    assert (manifest["encoder"], manifest["dim"], manifest["passages"]) == ("fake:1", 8, 3)
    assert manifest["index"] == {"kind": "flat"}
    assert [entry["version"] for entry in manifest["versions"]] == ["2025-01-01", "2026-01-15"]
    assert set(manifest["files"]) == set(FILES)


def test_a_build_with_a_clustered_index_comes_back_as_one(tmp_path: Path) -> None:
    """The manifest names the kind, and loading recognises it from the file."""
    save(tmp_path, index_of=ClusteredIndex.of)

    build = load_build(tmp_path, encoder_id="fake:1")

    assert isinstance(build.vectors, ClusteredIndex)
    assert build.manifest["index"]["kind"] == "clustered"
    assert build.vectors.search(unit_vectors(3)[2], 1)[1].tolist() == [2]


def test_rows_and_documents_are_found_by_company_and_version(tmp_path: Path) -> None:
    """Rows of another version are not mixed in, and what does not exist is empty."""
    save(tmp_path)

    build = load_build(tmp_path, encoder_id="fake:1")

    assert build.rows_of("acme", "2026-01-15").tolist() == [1, 2]
    assert build.rows_of("acme", "1999-01-01").tolist() == []
    assert build.document("acme", "2025-01-01") == DOCUMENTS[0]
    assert build.document("globex", "2025-01-01") is None


# What is refused


def test_a_missing_index_is_refused(tmp_path: Path) -> None:
    """Before the first ingestion there is nothing to serve."""
    assert_refused(tmp_path, "there is no index yet")


@pytest.mark.parametrize("file", [*FILES, "manifest.json"])
@pytest.mark.parametrize("kept", [0, 0.5, 0.99])
def test_a_file_that_was_cut_short_is_refused(tmp_path: Path, file: str, kept: float) -> None:
    """A full disk leaves half a file, which must never be searched."""
    path = tmp_path / save(tmp_path) / file
    data = path.read_bytes().rstrip()

    path.write_bytes(data[: int(len(data) * kept)])

    assert_refused(tmp_path, "the index is damaged")


@pytest.mark.parametrize("file", [*FILES, "manifest.json"])
def test_a_file_that_is_gone_is_refused(tmp_path: Path, file: str) -> None:
    """Every file of a build is needed."""
    (tmp_path / save(tmp_path) / file).unlink()

    assert_refused(tmp_path, "manifest" if file == "manifest.json" else file)


@pytest.mark.parametrize("file", FILES)
def test_a_file_of_the_same_length_but_with_other_bytes_is_refused(tmp_path: Path, file: str) -> None:
    """The hash detects what the length does not."""
    path = tmp_path / save(tmp_path) / file
    data = bytearray(path.read_bytes())
    data[-2] ^= 1

    path.write_bytes(data)

    assert_refused(tmp_path, f"{file} is missing or cut short")


@pytest.mark.parametrize("pointer", [b"", b"nowhere", b"\xff\xfe", b"a\x00b"])
def test_a_damaged_pointer_is_refused(tmp_path: Path, pointer: bytes) -> None:
    """CURRENT may be cut short as well."""
    save(tmp_path)

    (tmp_path / CURRENT).write_bytes(pointer)

    assert_refused(tmp_path, "the index is damaged")


@pytest.mark.parametrize(
    "manifest", ["[]", "{}", "null", f'{{"format": {FORMAT}}}', f'{{"format": {FORMAT}, "encoder": "fake:1"}}']
)
def test_a_manifest_that_lacks_a_part_is_refused(tmp_path: Path, manifest: str) -> None:
    """JSON that is valid but not a manifest is no manifest."""
    (tmp_path / save(tmp_path) / "manifest.json").write_text(manifest, encoding="utf-8")

    assert_refused(tmp_path, "the index is damaged")


def test_an_index_of_another_encoder_is_refused(tmp_path: Path) -> None:
    """Vectors of two encoders cannot be compared."""
    save(tmp_path)

    assert_refused(tmp_path, "built by another encoder", encoder_id="other:2")


def test_an_index_of_another_format_is_refused(tmp_path: Path) -> None:
    """An older Candor wrote other fields."""
    path = tmp_path / save(tmp_path) / "manifest.json"
    manifest = json.loads(path.read_text(encoding="utf-8"))

    path.write_text(json.dumps({**manifest, "format": 0}), encoding="utf-8")

    assert_refused(tmp_path, "written by another version of Candor")


def test_vectors_and_passages_that_differ_in_number_are_refused(tmp_path: Path) -> None:
    """Each row needs its passage, or quotes would be another sentence's."""
    save(tmp_path, readings=readings(4))

    assert_refused(tmp_path, "differ in number")


@pytest.mark.parametrize(
    "wrong", [tokens(2), tokens(4), TokenVectors(tokens(3).vectors[:-1], tokens(3).ends)], ids=["fewer", "more", "cut short"]
)
def test_tokens_and_passages_that_differ_in_number_are_refused(tmp_path: Path, wrong: TokenVectors) -> None:
    """Or a passage would be found by another one's words."""
    save(tmp_path, tokens=wrong)

    assert_refused(tmp_path, "differ in number")


# Replacing


class PowerCutError(RuntimeError):
    """The machine stops in the middle."""


class CrashingPassages(list[Passage]):
    """Breaks off after the first passage: documents.json is written by then, passages.json is not."""

    def __iter__(self) -> Any:
        yield self[0]
        raise PowerCutError


def test_a_crash_while_writing_leaves_the_old_build_served(tmp_path: Path) -> None:
    """The pointer is replaced last, so that half a build is never served; the next one succeeds."""
    first = save(tmp_path)

    with pytest.raises(PowerCutError):
        save(tmp_path, passages=CrashingPassages(PASSAGES))
    after_the_crash = load_build(tmp_path, encoder_id="fake:1").name
    next_one = save(tmp_path)

    assert after_the_crash == first
    assert load_build(tmp_path, encoder_id="fake:1").name == next_one


def test_a_crash_just_before_the_pointer_is_replaced_leaves_the_old_build_served(tmp_path: Path) -> None:
    """A pointer written beside CURRENT has no effect until it replaces it."""
    first = save(tmp_path)
    second = save(tmp_path)

    (tmp_path / CURRENT).rename(tmp_path / f"{CURRENT}.{second}")
    (tmp_path / CURRENT).write_text(first, encoding="utf-8")

    assert load_build(tmp_path, encoder_id="fake:1").name == first


def test_there_is_a_current_build_at_every_moment(tmp_path: Path) -> None:
    """The pointer is replaced in one step, so a reader always finds a complete build."""
    names, builds = [save(tmp_path)], set()
    done = threading.Event()
    failed: list[IndexUnusableError] = []

    def look() -> None:
        while not done.is_set():
            try:
                builds.add(current_build(tmp_path))
            except IndexUnusableError as error:
                failed.append(error)

    reader = threading.Thread(target=look)
    reader.start()
    names += [save(tmp_path) for _ in range(40)]
    done.set()
    reader.join(timeout=30)

    assert failed == []
    assert builds <= set(names)


def test_the_newest_build_is_served(tmp_path: Path) -> None:
    """Saving makes current, in one step, with no pointer left beside."""
    save(tmp_path)
    changed = replace(DOCUMENTS[1], version="2026-02-02")

    name = save(tmp_path, documents=[changed])

    assert load_build(tmp_path, encoder_id="fake:1").documents == (changed,)
    assert current_build(tmp_path) == name
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == [CURRENT]


def test_old_builds_are_dropped_except_the_last(tmp_path: Path) -> None:
    """The previous build stays for a process that still reads it; the disk does not fill up."""
    names = [save(tmp_path) for _ in range(4)]

    left = {path.name for path in tmp_path.iterdir() if path.is_dir()}

    assert len(left) == 2
    assert names[-1] in left


def test_marks_and_retirement_survive_saving(tmp_path: Path) -> None:
    """The structure of a retired version cannot be reconstructed otherwise."""
    marked = replace(DOCUMENTS[0], marks=(Mark("heading", 0, 3, 9, 2), Mark("item", 11, 13, 20, 1, True)), retired=True)

    name = save(tmp_path, documents=[marked, DOCUMENTS[1]])

    build = load_build(tmp_path, encoder_id="fake:1")
    assert build.documents == (marked, DOCUMENTS[1])
    assert [entry["retired"] for entry in json.loads((tmp_path / name / "manifest.json").read_bytes())["versions"]] == [
        True,
        False,
    ]


def test_documents_are_found_in_a_damaged_build(tmp_path: Path) -> None:
    """In the served build; if its own are damaged, in the one before; nowhere in an empty folder."""
    assert last_documents(tmp_path) == []
    save(tmp_path, documents=DOCUMENTS[:1], passages=PASSAGES[:1])
    name = save(tmp_path)
    (tmp_path / name / "readings.npy").unlink()
    assert last_documents(tmp_path) == DOCUMENTS

    (tmp_path / name / "documents.json").write_text("[", encoding="utf-8")

    assert last_documents(tmp_path) == DOCUMENTS[:1]


def test_documents_of_an_older_format_are_found(tmp_path: Path) -> None:
    """An update of Candor loses no retired version."""
    name = save(tmp_path)
    path = tmp_path / name / "manifest.json"
    path.write_text(json.dumps({**json.loads(path.read_bytes()), "format": FORMAT - 1}), encoding="utf-8")

    assert last_documents(tmp_path) == DOCUMENTS


def test_a_report_that_cannot_be_read_is_none(tmp_path: Path) -> None:
    """The report is only shown; serving does not depend on it."""
    name = save(tmp_path)
    assert stored_report(tmp_path) is None
    (tmp_path / name / "report.json").write_text("{", encoding="utf-8")

    assert stored_report(tmp_path) is None
    assert load_build(tmp_path, encoder_id="fake:1").name == name
