"""A policy's document → its artefact: cut into passages, encoded, mapped, and asked the opening questions.

What the company's other versions have in common is not encoded again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Protocol

import numpy as np

from candor.errors import IndexUnusableError
from knowledge.artefact import PolicyArtefact, ServedPolicy, StoredDocument, VersionMap, artefact_name
from knowledge.aspect_mapper import AspectMapper
from knowledge.companies import Company
from knowledge.documents import PolicyDocument
from knowledge.embedding import PassageEncoder
from knowledge.encoder import encoding_once
from knowledge.passages import READ_BY_TOKENS, Passage, passages_of
from knowledge.policy_library import PolicyLibrary
from knowledge.ranking import nearness
from knowledge.tokens import TokenVectors
from knowledge.words import Words

BATCH, LARGE_BATCH = 256, 64  # texts that each encoder gets between two ticks
AT_ONCE = 2000  # passages that are held in memory until they are stored
Tick = Callable[[int, int], None]  # called with the number of texts embedded so far, and of all texts
ArtefactNames = Callable[[str], Sequence[str]]  # company → the names of its artefacts
Readings = tuple[str, str, str]


@dataclass(frozen=True)
class Vectors:
    """Those of one passage."""

    readings: np.ndarray  # float32 (3, dim)
    large: np.ndarray  # float16 (large dim,)
    tokens: TokenVectors


class OpeningJudge(Protocol):
    """Tells which of the opening questions a policy surely answers."""

    id: str  # changes with all that the answers depend on, except the encoder and the mapper

    def sure(self, policy: ServedPolicy) -> frozenset[str]: ...


@dataclass(frozen=True)
class WantedArtefact:
    """An artefact that is to be there."""

    company: Company
    document: StoredDocument
    passages: tuple[Passage, ...]
    name: str


class ArtefactMaker:
    """Makes artefacts and keeps them in the library."""

    def __init__(
        self, library: PolicyLibrary, encoder: Callable[[], PassageEncoder], encoder_id: str, mapper: AspectMapper | None = None,
        openings: OpeningJudge | None = None,
    ) -> None:  # fmt: skip
        """encoder: called only if something must be encoded, because loading it takes seconds. Without a mapper artefacts have no
        aspect maps, and without `openings` the opening questions are asked when they are shown."""
        self._library, self._encoder, self.encoder_id = library, encoder, encoder_id
        self._mapper, self._openings = mapper, openings

    def wanted(self, company: Company, document: PolicyDocument) -> WantedArtefact:
        """What a document's artefact holds, and its name."""
        stored = as_stored(document)
        passages = tuple(passages_in(document))
        name = artefact_name(
            stored, passages, encoder_id=self.encoder_id, mapper_id=self._mapper.id if self._mapper else "",
            openings_id=self._openings.id if self._openings else "",
        )  # fmt: skip
        return WantedArtefact(company, stored, passages, name)

    def is_kept(self, wanted: WantedArtefact) -> bool:
        """Whether the library has it, whole."""
        try:
            return self._library.store.has(wanted.name) and bool(self._library.artefact(wanted.name).passages)
        except IndexUnusableError:
            return False

    def make(
        self,
        wanted: Sequence[WantedArtefact],
        known: ArtefactNames,
        say: Callable[[str], None],
        tick: Tick | None = None,
    ) -> int:
        """Make and keep the artefacts; returns how many passages were encoded.

        They are made and kept some at a time: memory stays bounded, and a run that is broken off has lost little.
        """
        groups = list(grouped(wanted))
        fresh = [sorted(readings_in(group) - self._vectors(group, known).keys()) for group in groups]
        total, done = sum(sum(map(len, texts_of_readings(some))) + len(first_texts(some)) for some in fresh), 0
        if total:
            say(f"embedding {sum(map(len, fresh))} passages")

        def told(texts: Sequence[str]) -> Sequence[str]:
            nonlocal done
            done += len(texts)
            if tick is not None:
                tick(done, total)
            return texts

        for group, readings_of_group in zip(groups, fresh, strict=True):
            small: dict[str, np.ndarray] = {}
            tokens: dict[str, TokenVectors] = {}
            read_by_tokens, others = texts_of_readings(readings_of_group)
            for batch in batched(others, BATCH):
                small.update(zip(told(batch), self._loaded.encode(batch), strict=True))
            for batch in batched(read_by_tokens, BATCH):
                vectors, of_tokens = self._loaded.encode_passages(batch)
                small.update(zip(told(batch), vectors, strict=True))
                tokens.update((text, TokenVectors.of([[own]])) for text, own in zip(batch, of_tokens, strict=True))
            large: dict[str, np.ndarray] = {}
            for batch in batched(first_texts(readings_of_group), LARGE_BATCH):
                vectors = self._loaded.encode_large(batch).astype(np.float16)
                large.update(zip(told(batch), vectors, strict=True))
            have = self._vectors(group, known)
            have |= {
                readings: Vectors(
                    np.stack([small[text] for text in readings]),
                    large[readings[0]],
                    joined_tokens([tokens[readings[way]] for way in READ_BY_TOKENS]),
                )
                for readings in readings_of_group
            }
            with encoding_once():  # the same opening questions are put to all of them
                for one in group:
                    self._library.keep(self.made(one, [have[passage.readings] for passage in one.passages]))
        return sum(map(len, fresh))

    def made(self, wanted: WantedArtefact, vectors: Sequence[Vectors]) -> PolicyArtefact:
        """The artefact, from the vectors of its passages."""
        document, passages = wanted.document, wanted.passages
        readings, large = np.stack([own.readings for own in vectors]), np.stack([own.large for own in vectors])
        tokens = TokenVectors.joined([own.tokens for own in vectors])
        artefact = PolicyArtefact(
            wanted.name, self.encoder_id, document, passages, readings, large, tokens, words=Words.of(passages)
        )  # fmt: skip
        if self._mapper is not None:
            artefact = replace(artefact, map=version_map(self._mapper, document, passages, readings))
        if self._openings is not None:
            artefact = replace(artefact, sure=self._openings.sure(ServedPolicy(wanted.company, artefact)))
        return artefact

    @cached_property
    def _loaded(self) -> PassageEncoder:
        return self._encoder()

    def _vectors(self, group: Sequence[WantedArtefact], known: ArtefactNames) -> dict[Readings, Vectors]:
        """The vectors that the companies' other artefacts have, of the passages that are wanted."""
        needed = readings_in(group)
        found: dict[Readings, Vectors] = {}
        for company in sorted({one.company.id for one in group}):
            for name in known(company):
                try:
                    artefact = self._library.artefact(name)
                except IndexUnusableError:
                    continue
                if artefact.encoder != self.encoder_id:
                    continue
                for row, passage in enumerate(artefact.passages):
                    if passage.readings in needed and passage.readings not in found:
                        tokens = artefact.tokens.of_rows(np.array([row]))
                        found[passage.readings] = Vectors(artefact.readings[row], artefact.large[row], tokens)
        return found


def readings_in(group: Sequence[WantedArtefact]) -> set[Readings]:
    """What must have vectors."""
    return {passage.readings for one in group for passage in one.passages}


def version_map(
    mapper: AspectMapper, document: StoredDocument, passages: Sequence[Passage], readings: np.ndarray
) -> VersionMap:  # fmt: skip
    """What a policy version says, aspect by aspect, and what ranking needs of it."""
    near = nearness(readings, mapper.bank)
    spoken = mapper.mention_probabilities(passages, readings)
    found = mapper.map(document.company, document.version, passages, spoken)
    return VersionMap(mapper.id, mapper.aspects, found, near, spoken)


def texts_of_readings(readings: Collection[Readings]) -> tuple[list[str], list[str]]:
    """The texts whose tokens are kept, and the others: each once, the shortest first, so that those of like length are encoded
    together."""
    every = {text for own in readings for text in own}
    by_tokens = {own[way] for own in readings for way in READ_BY_TOKENS}
    first, others = (sorted(texts, key=lambda text: (len(text), text)) for texts in (by_tokens, every - by_tokens))
    return first, others


def first_texts(readings: Sequence[Readings]) -> list[str]:
    """Those that the large encoder reads: the passages with their headings."""
    return sorted({own[0] for own in readings})


def batched(texts: Sequence[str], size: int) -> Iterator[list[str]]:
    """So many at a time."""
    yield from (list(texts[start : start + size]) for start in range(0, len(texts), size))


def joined_tokens(tokens: Sequence[TokenVectors]) -> TokenVectors:
    """Those of one passage, from those of its texts."""
    ends = np.cumsum([len(own.vectors) for own in tokens], dtype=np.int64)[None, :]
    return TokenVectors(np.concatenate([own.vectors for own in tokens]), np.concatenate([own.scales for own in tokens]), ends)


def grouped(wanted: Sequence[WantedArtefact]) -> Iterator[list[WantedArtefact]]:
    """So many at a time that their passages are about AT_ONCE; a company is never divided."""
    group: list[WantedArtefact] = []
    size = 0
    for one in wanted:
        if group and size >= AT_ONCE and one.company.id != group[-1].company.id:
            yield group
            group, size = [], 0
        group.append(one)
        size += len(one.passages)
    if group:
        yield group


def as_stored(document: PolicyDocument) -> StoredDocument:
    """What an artefact holds of a document."""
    return StoredDocument(
        document.company, document.version, document.policy, document.sha256, document.text, document.marks
    )  # fmt: skip


def passages_in(document: PolicyDocument) -> list[Passage]:
    """A document's passages, in reading order."""
    return passages_of(document.text, document.structure, company=document.company, version=document.version)


def content_of(text: str) -> str:
    """What tells one text from another: VersionRecord.content."""
    return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()[:40]
