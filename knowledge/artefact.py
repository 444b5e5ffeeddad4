"""One policy version, ready to answer from: the unit that is stored and released.

An artefact never changes. Its name is a hash of all that it is made of: the document and how it was cut into passages, the
encoder, the mapper and what judged its opening questions. So the same version is never made twice, and whatever would make
it another one gives it another name.

It is one file in the format of safetensors: arrays that are read where they lie, and a JSON part for the rest. Its header holds
a checksum of the arrays, so that a file that was cut short is refused instead of searched.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from candor.errors import IndexUnusableError
from knowledge.aspect_map import AspectMap, Mention, NamedAspect
from knowledge.companies import Company
from knowledge.passages import Passage
from knowledge.structure import Mark
from knowledge.tokens import TokenVectors
from knowledge.words import Words

FORMAT = 4  # of an artefact; 2 was that of the index of all companies
READABLE = {
    "3",
    "4",
}  # 3 had no vectors of the large encoder: it can be read and cited, and must be made anew to be answered from
NAME_LENGTH = 40  # hexadecimal digits of a name
REST = "rest"  # the JSON part
ARRAYS = {"readings": "F32", "large": "F16", "tokens": "I16", "token_scales": "F32", "token_ends": "I64"}
MAP_ARRAYS = {"near": "F32", "spoken": "F64"}
WORD_ARRAYS = {"word_starts": "I64", "word_places": "I64", "word_weights": "F32"}  # an earlier Candor reads a file with them too
TYPES = {"F16": np.float16, "F32": np.float32, "F64": np.float64, "I16": np.int16, "I64": np.int64, "U8": np.uint8}


@dataclass(frozen=True)
class StoredDocument:
    """What citations and policy pages need of a policy version."""

    company: str
    version: str
    policy: str
    sha256: str
    text: str
    marks: tuple[Mark, ...] = ()  # the structure that its format gave; none for plain text


@dataclass(frozen=True, eq=False)
class VersionMap:
    """What a policy version says, aspect by aspect, and who found it."""

    made_by: str  # AspectMapper.id
    aspects: tuple[NamedAspect, ...]
    found: AspectMap
    near: np.ndarray  # float32 (aspects, n): how near each passage is to each aspect
    spoken: np.ndarray  # float64 (aspects, n): the probability that each passage speaks of each aspect


@dataclass(frozen=True, eq=False)
class PolicyArtefact:
    """One policy version with n passages. Two are the same if they are one object; their names tell whether they are alike."""

    name: str
    encoder: str  # TwoEncoders.id
    document: StoredDocument
    passages: tuple[Passage, ...]
    readings: np.ndarray  # float32 (n, 3, dim): a unit vector for each of Passage.readings
    large: np.ndarray  # float16 (n, large dim): what the large encoder makes of the passages with their headings
    tokens: TokenVectors
    map: VersionMap | None = None  # None: made without a mapper
    sure: frozenset[str] | None = None  # the opening questions that it surely answers; None: nobody asked
    size: int = 0  # bytes of its file
    words: Words | None = None  # None: made by a Candor that weighed them at the first question

    @property
    def company(self) -> str:
        return self.document.company

    @property
    def version(self) -> str:
        return self.document.version

    @property
    def aspects(self) -> tuple[NamedAspect, ...]:
        return self.map.aspects if self.map else ()

    @property
    def aspect_map(self) -> AspectMap | None:
        return self.map.found if self.map else None


@dataclass(frozen=True)
class ServedPolicy:
    """A company, and the policy version that it is answered from."""

    company: Company
    artefact: PolicyArtefact


def artefact_name(
    document: StoredDocument, passages: Sequence[Passage], *, encoder_id: str, mapper_id: str = "", openings_id: str = ""
) -> str:
    """The name of what will be made of these."""
    made_of = [FORMAT, encoder_id, mapper_id, openings_id, asdict(document), [asdict(passage) for passage in passages]]
    written = json.dumps(made_of, ensure_ascii=False, sort_keys=True, default=list)
    return hashlib.sha256(written.encode(errors="surrogatepass")).hexdigest()[:NAME_LENGTH]


def search_vectors(readings: np.ndarray) -> np.ndarray:
    """The vectors that FAISS searches: the mean of a passage's readings with and without headings; (n, 3, dim) → (n, dim).

    The inner product with a query is the mean of two cosines. Headings help if a list item says little by itself, and mislead
    if they promise more than the passage says; the mean does better than either.
    """
    mean: np.ndarray = readings[:, :2].mean(axis=1)
    return mean


def pack(artefact: PolicyArtefact) -> bytes:
    """The content of an artefact's file."""
    from safetensors.numpy import save

    arrays = {
        "readings": artefact.readings, "large": artefact.large, "tokens": artefact.tokens.vectors,
        "token_scales": artefact.tokens.scales, "token_ends": artefact.tokens.ends,
    }  # fmt: skip
    rest: dict[str, Any] = {
        "document": asdict(artefact.document),
        "passages": [asdict(passage) for passage in artefact.passages],
        "sure": None if artefact.sure is None else sorted(artefact.sure),
    }
    if artefact.map is not None:
        arrays |= {"near": artefact.map.near, "spoken": artefact.map.spoken}
        rest["map"] = {
            "made_by": artefact.map.made_by,
            "aspects": [[aspect.id, aspect.label, aspect.topic] for aspect in artefact.map.aspects],
            "said": {
                name: [[mention.passage, mention.probability] for mention in mentions]
                for name, mentions in artefact.map.found.mentions.items()
            },
        }
    if artefact.words is not None:
        words = artefact.words
        arrays |= {"word_starts": words.starts, "word_places": words.places, "word_weights": words.weights}
        rest["stems"] = words.stems
    kinds = {**ARRAYS, **MAP_ARRAYS, **WORD_ARRAYS}
    arrays = {name: np.ascontiguousarray(array, dtype=TYPES[kinds[name]]) for name, array in arrays.items()}
    arrays[REST] = np.frombuffer(json.dumps(rest, ensure_ascii=False).encode(errors="surrogatepass"), dtype=np.uint8)
    about = {"format": str(FORMAT), "name": artefact.name, "encoder": artefact.encoder, "sha256": _checksum(arrays)}
    packed: bytes = save(arrays, metadata=about)
    return packed


def unpack(name: str, data: bytes | memoryview, whole_before: set[bytes] | None = None) -> PolicyArtefact:
    """The artefact in a file's content; its arrays stay where they lie.

    whole_before: checksums that were found right before, in this process. Those are not computed again, and new ones are added:
    a file never changes, and reading all of it to open it takes as long as all else that opening does.

    Raises: IndexUnusableError if the file is damaged, or of another version of Candor.
    """
    whole = memoryview(data)
    try:
        length = int.from_bytes(whole[:8], "little")
        header = json.loads(bytes(whole[8 : 8 + length]))
        about = header.pop("__metadata__")
        if about["format"] not in READABLE:
            raise IndexUnusableError("the policy was stored by another version of Candor: run `candor ingest`")
        inside = whole[8 + length :]
        arrays = {key: _array(inside, entry) for key, entry in header.items()}
        checksum = bytes.fromhex(about["sha256"])
        seen = whole_before is not None and checksum in whole_before
        if about["name"] != name or not (seen or about["sha256"] == _checksum(arrays)):
            raise ValueError("another content than when it was written")
        if whole_before is not None:
            whole_before.add(checksum)
        return _artefact(name, about["encoder"], arrays, len(whole))
    except (ValueError, KeyError, TypeError, IndexError, AttributeError) as error:
        raise IndexUnusableError(
            f"the stored policy {name[:12]} is damaged (missing a part or cut short): run `candor ingest`"
        ) from error


def _artefact(name: str, encoder: str, arrays: dict[str, np.ndarray], size: int) -> PolicyArtefact:
    rest = json.loads(arrays[REST].tobytes().decode(errors="surrogatepass"))
    document = document_of(rest["document"])
    passages = tuple(Passage(**entry) for entry in rest["passages"])
    tokens = TokenVectors(arrays["tokens"], arrays["token_scales"], arrays["token_ends"])
    readings, count = arrays["readings"], len(passages)
    large = arrays.get("large", np.zeros((count, 0), dtype=np.float16))
    if not len(readings) == len(large) == len(tokens) == count or int(tokens.ends.max(initial=0)) != len(tokens.vectors):
        raise ValueError("passages and vectors differ in number")
    found = None
    if kept := rest.get("map"):
        said = {
            aspect: tuple(Mention(int(place), float(probability)) for place, probability in mentions)
            for aspect, mentions in kept["said"].items()
        }
        named = tuple(NamedAspect(*aspect) for aspect in kept["aspects"])
        aspect_map = AspectMap(document.company, document.version, said)
        found = VersionMap(kept["made_by"], named, aspect_map, arrays["near"], arrays["spoken"])
        if not found.near.shape == found.spoken.shape == (len(named), count):
            raise ValueError("passages and aspects differ in number")
    words = None
    if "stems" in rest:
        stems = tuple(rest["stems"])
        words = Words(stems, arrays["word_starts"], arrays["word_places"], arrays["word_weights"], count)
        if not len(words.starts) == len(stems) + 1 or not len(words.places) == len(words.weights) == int(words.starts[-1]):
            raise ValueError("stems and weights differ in number")
    sure = None if rest["sure"] is None else frozenset(rest["sure"])
    return PolicyArtefact(name, encoder, document, passages, readings, large, tokens, found, sure, size, words)


def document_of(entry: dict[str, Any]) -> StoredDocument:
    """A document as JSON holds it. Raises: KeyError or TypeError if the data have another form."""
    marks = tuple(Mark(**mark) for mark in entry.get("marks", ()))
    return StoredDocument(entry["company"], entry["version"], entry["policy"], entry["sha256"], entry["text"], marks)


def _array(inside: memoryview, entry: dict[str, Any]) -> np.ndarray:
    first, last = entry["data_offsets"]
    read: np.ndarray = np.frombuffer(inside[first:last], dtype=TYPES[entry["dtype"]]).reshape(entry["shape"])
    return read


def _checksum(arrays: dict[str, np.ndarray]) -> str:
    digest = hashlib.sha256()
    for name in sorted(arrays):
        digest.update(f"{name} {arrays[name].shape} ".encode())
        digest.update(np.ascontiguousarray(arrays[name]).data.cast("B") if arrays[name].size else b"")
    return digest.hexdigest()
