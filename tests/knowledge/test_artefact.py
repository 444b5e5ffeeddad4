"""Artefacts: one policy version that is whole, or refused."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import load, save

from candor.errors import IndexUnusableError
from knowledge.artefact import FORMAT, PolicyArtefact, StoredDocument, VersionMap, _checksum, artefact_name, pack, unpack
from knowledge.aspect_map import AspectMap, Mention, NamedAspect
from knowledge.passages import Passage
from knowledge.structure import Mark
from knowledge.tokens import TokenVectors
from knowledge.words import Words

TEXT = "We keep invoices.\nWe sell nothing.\nПриватність – “ß”."
MARKS = (Mark("heading", 0, 3, 9, 2), Mark("item", 11, 13, 20, 1, True))
DOCUMENT = StoredDocument("acme", "2026-01-15", "Privacy Policy", "1" * 64, TEXT, MARKS)
PASSAGES = (
    Passage("acme", "2026-01-15", "sentence", "1. Sale", 0, 17, TEXT[0:17], "", "Sale."),
    Passage("acme", "2026-01-15", "sentence", "1. Sale", 18, 34, TEXT[18:34], "", "Sale."),
)
SOLD = NamedAspect("selling.sold", "whether it is sold", "selling")
NAME = artefact_name(DOCUMENT, PASSAGES, encoder_id="fake:1")


def unit_vectors(count: int, dim: int = 8) -> np.ndarray:
    vectors = np.random.default_rng(7).normal(size=(count, dim)).astype(np.float32)
    unit: np.ndarray = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    return unit


def an_artefact(**changed: Any) -> PolicyArtefact:
    """Two passages of a few tokens each, with a map."""
    readings = np.repeat(unit_vectors(2)[:, np.newaxis], 3, axis=1)
    large = unit_vectors(2, 12).astype(np.float16)
    tokens = TokenVectors.of([[unit_vectors(1), unit_vectors(2)], [unit_vectors(3), unit_vectors(1)]])
    said = AspectMap("acme", "2026-01-15", {"selling.sold": (Mention(1, 0.9),)})
    found = VersionMap("mapper:1", (SOLD,), said, np.array([[0.1, 0.2]], np.float32), np.array([[0.0, 1 / 3]]))
    sure, words = frozenset({"Sold?"}), Words.of(PASSAGES)
    artefact = PolicyArtefact(NAME, "fake:1", DOCUMENT, PASSAGES, readings, large, tokens, found, sure, words=words)
    return replace(artefact, **changed)


def test_an_artefact_comes_back_as_it_was_packed() -> None:
    """Document, passages, vectors and map make the round trip unchanged, whatever their alphabet."""
    packed = an_artefact()

    read = unpack(NAME, pack(packed))

    assert (read.document, read.passages, read.encoder, read.sure) == (DOCUMENT, PASSAGES, "fake:1", frozenset({"Sold?"}))
    assert np.array_equal(read.readings, packed.readings)
    assert read.large.dtype == np.float16
    assert np.array_equal(read.large, packed.large)
    assert np.array_equal(read.tokens.vectors, packed.tokens.vectors)
    assert np.array_equal(read.tokens.scales, packed.tokens.scales)
    assert np.array_equal(read.tokens.ends, packed.tokens.ends)
    assert read.map is not None
    assert packed.map is not None
    assert (read.map.made_by, read.map.aspects, read.map.found) == ("mapper:1", (SOLD,), packed.map.found)
    assert np.array_equal(read.map.spoken, packed.map.spoken)
    assert read.words is not None
    assert packed.words is not None
    assert read.words.scores(["invoic"]).tolist() == packed.words.scores(["invoic"]).tolist() != [0.0, 0.0]
    assert read.size == len(pack(packed))


def test_an_artefact_without_a_map_or_questions_comes_back_so() -> None:
    """Not asked is something else than not sure."""
    read = unpack(NAME, pack(an_artefact(map=None, sure=None)))

    assert (read.map, read.sure, read.aspects, read.aspect_map) == (None, None, (), None)


def test_any_reader_of_safetensors_opens_it() -> None:
    """The format is not ours: other tools can look into what is served."""
    assert load(pack(an_artefact()))["readings"].shape == (2, 3, 8)


def test_its_arrays_are_read_where_they_lie() -> None:
    """A policy of hundreds of pages is not copied into memory to be asked one question."""
    data = pack(an_artefact())

    assert not unpack(NAME, data).tokens.vectors.flags.owndata


@pytest.mark.parametrize("kept", [0.0, 0.01, 0.3, 0.7, 0.99])
def test_one_that_was_cut_short_is_refused(kept: float) -> None:
    """A full disk leaves half a file, which must never be searched."""
    data = pack(an_artefact())

    with pytest.raises(IndexUnusableError, match=r"damaged.*run `candor ingest`"):
        unpack(NAME, data[: int(len(data) * kept)])


def test_one_with_another_byte_is_refused_or_reads_the_same() -> None:
    """Wherever a bit flips: what the length does not detect, the checksum does."""
    data, expected = pack(an_artefact()), unpack(NAME, pack(an_artefact()))

    for place in range(0, len(data), 7):
        flipped = bytearray(data)
        flipped[place] ^= 1
        try:
            read = unpack(NAME, bytes(flipped))
        except IndexUnusableError:
            continue
        same = (read.passages, read.document, read.tokens.vectors.tolist(), read.readings.tolist())
        assert same == (
            expected.passages, expected.document, expected.tokens.vectors.tolist(), expected.readings.tolist()
        )  # fmt: skip


def test_what_was_found_whole_is_not_read_through_again() -> None:
    """A file never changes, so its checksum is computed once in a process; that of another file under its name still is."""
    data, seen = pack(an_artefact()), set[bytes]()
    unpack(NAME, data, seen)
    place = data.index(an_artefact().readings.tobytes())
    damaged = data[:place] + b"#" + data[place + 1 :]

    assert unpack(NAME, damaged, seen).readings.tobytes().startswith(b"#")  # nobody looked
    with pytest.raises(IndexUnusableError, match="damaged"):
        unpack(NAME, damaged, set())
    with pytest.raises(IndexUnusableError, match="damaged"):
        unpack(NAME, data[:-1], seen)


def test_words_that_do_not_fit_their_weights_are_refused() -> None:
    """A question would be answered by the wrong passages."""
    words = Words.of(PASSAGES)

    with pytest.raises(IndexUnusableError, match="damaged"):
        unpack(NAME, pack(an_artefact(words=replace(words, stems=words.stems[1:]))))


def test_one_under_another_name_is_refused() -> None:
    """A file that was moved onto another one's name holds another policy."""
    with pytest.raises(IndexUnusableError, match="damaged"):
        unpack("0" * 40, pack(an_artefact()))


def test_one_of_another_format_is_refused() -> None:
    """Another Candor wrote other fields."""
    data = pack(an_artefact()).replace(f'"format":"{FORMAT}"'.encode(), b'"format":"0"')

    with pytest.raises(IndexUnusableError, match="another version of Candor"):
        unpack(NAME, data)


def as_of_format_3(packed: bytes) -> bytes:
    """The file as the Candor before the large encoder wrote it."""
    arrays = {name: array for name, array in load(packed).items() if name != "large"}
    written: bytes = save(arrays, metadata={"format": "3", "name": NAME, "encoder": "fake:0", "sha256": _checksum(arrays)})
    return written


def test_one_from_before_the_large_encoder_is_read_without_its_vectors() -> None:
    """Its page and its citations still open. Another encoder's id tells that nothing can be answered from it."""
    read = unpack(NAME, as_of_format_3(pack(an_artefact())))

    assert (read.document, read.passages, read.large.shape) == (DOCUMENT, PASSAGES, (2, 0))


@pytest.mark.parametrize("rows", [0, 1, 3])
def test_vectors_of_the_large_encoder_that_differ_in_number_are_refused(rows: int) -> None:
    """As all other vectors."""
    with pytest.raises(IndexUnusableError, match="damaged"):
        unpack(NAME, pack(an_artefact(large=np.zeros((rows, 4), dtype=np.float16))))


def test_passages_and_vectors_that_differ_in_number_are_refused() -> None:
    """Each row needs its passage, or quotes would be another sentence's."""
    with pytest.raises(IndexUnusableError, match="damaged"):
        unpack(NAME, pack(an_artefact(passages=PASSAGES[:1])))


def test_the_name_changes_with_all_that_an_artefact_is_made_of() -> None:
    """And with nothing else."""
    other_text = replace(DOCUMENT, text=TEXT + " More.")
    names = {
        NAME,
        artefact_name(other_text, PASSAGES, encoder_id="fake:1"),
        artefact_name(DOCUMENT, PASSAGES[:1], encoder_id="fake:1"),
        artefact_name(DOCUMENT, PASSAGES, encoder_id="fake:2"),
        artefact_name(DOCUMENT, PASSAGES, encoder_id="fake:1", mapper_id="mapper:1"),
        artefact_name(DOCUMENT, PASSAGES, encoder_id="fake:1", openings_id="judge:1"),
    }

    assert len(names) == 6
    assert artefact_name(json_round_trip(DOCUMENT), PASSAGES, encoder_id="fake:1") == NAME


def json_round_trip(document: StoredDocument) -> StoredDocument:
    """As an artefact's file gives it back."""
    assert json.dumps(document.text)
    return unpack(NAME, pack(an_artefact())).document
