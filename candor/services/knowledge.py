"""The parts that know what policies say."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from dataclasses import replace
from functools import cached_property
from pathlib import Path

from sqlalchemy import Engine

from candor.conversations.openings import Openings
from candor.errors import CandorError, EncoderError
from candor.settings import RASA_FILES, Settings
from candor.tickets.company import RequestCompany
from knowledge.answering import Answers
from knowledge.artefact_stores import FOLDER, store_at
from knowledge.aspect_mapper import AspectMapper
from knowledge.aspects import AspectBank
from knowledge.catalogue import PolicyCatalogue
from knowledge.company_names import names_of
from knowledge.embedding import PassageEncoder
from knowledge.encoder import CARD_FILE, EncoderMissingError, LargeEncoder, OnnxEncoder, file_sha256
from knowledge.finding import AcrossCompanies, FaissPassages, NearestPassages
from knowledge.known_vectors import KNOWN_FILE
from knowledge.making import ArtefactMaker
from knowledge.passage_table import PassageTable, VectorsUnavailableError
from knowledge.policy_library import PolicyLibrary, library_in
from knowledge.ranker import AGREEMENT, JUDGE, LEARNT, ORDER, RANKER, Ranker
from knowledge.releases import Releases
from knowledge.releasing import PolicyReleasing
from knowledge.retrieval import Retrieval
from knowledge.scope import Scope
from knowledge.settling import SettlementSource, nothing_settled
from knowledge.suggestions import SureOpenings
from knowledge.two_encoders import TwoEncoders, joined_id
from knowledge.uploads import PolicyUploads

NLU = RASA_FILES / "bot" / "data" / "nlu"  # what people say that is not about privacy stands among Rasa's examples
log = logging.getLogger("candor.knowledge")
LOOK_EVERY = 0.5  # seconds between two looks for new releases, so that every process serves them within one


class KnowledgeServices:
    """Policies, and what answers questions about them."""

    def __init__(
        self, settings: Settings, engine: Callable[[], Engine], settlements: SettlementSource = nothing_settled
    ) -> None:  # fmt: skip
        self._settings, self._engine, self._settlements = settings, engine, settlements

    @cached_property
    def encoder(self) -> TwoEncoders:
        """Raises: EncoderError if an export misses or is damaged."""
        return TwoEncoders(self.small_encoder, self._large_encoder)

    @cached_property
    def small_encoder(self) -> OnnxEncoder:
        """The one that Rasa shares, alone. Raises: EncoderError if the export misses or is damaged."""
        return load_encoder(self._settings.encoder_dir)

    @cached_property
    def passage_encoder(self) -> PassageEncoder:
        """Both, for many texts at once: they take every core. Raises: EncoderError."""
        known = self._settings.large_encoder_dir / KNOWN_FILE
        return TwoEncoders.for_passages(self.small_encoder, self._large_encoder, known)

    @cached_property
    def _large_encoder(self) -> LargeEncoder:
        try:
            return LargeEncoder(self._settings.large_encoder_dir)
        except EncoderMissingError as error:
            raise EncoderError(str(error)) from error

    @cached_property
    def catalogue(self) -> PolicyCatalogue:
        return PolicyCatalogue(
            self.policy_library, encoder_id(self._settings), self._settlements, look_every=LOOK_EVERY,
            cached=self._settings.index_cache_mb * 2**20,
        )  # fmt: skip

    @cached_property
    def policy_library(self) -> PolicyLibrary:
        """Artefacts and releases: in the shared database where there is one, else all in one folder, which can be copied.

        Raises: InvalidInputError if CANDOR_INDEX_STORE is no address.
        """
        folder, address = self._settings.index_dir, self._settings.index_store
        if not self._settings.database_url:
            own = library_in(folder)
            return replace(own, store=store_at(address, folder / FOLDER, own.releases.engine))
        engine = self._engine()
        store = store_at(address, folder / FOLDER, engine)
        return PolicyLibrary(folder, store, Releases(engine), on_release=self._keep_passages_in_step)

    @cached_property
    def answers(self) -> Answers:
        return Answers(self.catalogue, self.retrieval, self.ranker)

    @cached_property
    def openings(self) -> Callable[[str], list[str]]:
        """The questions that a chat opens with, for a process that has no encoder."""
        secret = self._settings.internal_secret.get_secret_value() if self._settings.internal_secret else ""
        return Openings(self.catalogue, self._settings.actions_address, secret)

    @cached_property
    def retrieval(self) -> Retrieval:
        return Retrieval(self.encoder, self.mapper, self.scope, self.ranker)

    @cached_property
    def bank(self) -> AspectBank:
        return AspectBank.load(self._settings.encoder_dir / "bank.npz", self.small_encoder)

    @cached_property
    def scope(self) -> Scope:
        return Scope.load(self._settings.encoder_dir / "chatter.npz", self.small_encoder, NLU)

    @cached_property
    def mapper(self) -> AspectMapper:
        """Makes the aspect maps at ingestion; loads the bank when it makes the first one."""
        return AspectMapper.load(lambda: self.bank)

    @cached_property
    def ranker(self) -> Ranker:
        return Ranker.load()

    @cached_property
    def opening_judge(self) -> SureOpenings:
        """Asks a new version the opening questions; loads what answers when it asks the first one."""
        models = (file_sha256(path) for path in (RANKER, *map(RANKER.with_name, (ORDER, AGREEMENT, JUDGE, LEARNT))))
        return SureOpenings(lambda: self.answers, " ".join(models))

    @cached_property
    def releasing(self) -> PolicyReleasing:
        """What people change of what is served."""
        served = self.catalogue
        return PolicyReleasing(served.policy_library, self._maker, lambda: self.answers, served.encoder_id)

    @cached_property
    def uploads(self) -> PolicyUploads:
        """Takes policies that people upload."""
        return PolicyUploads(self._settings.policies_dir, self.catalogue.policy_library, self._maker)

    @cached_property
    def passage_table(self) -> PassageTable | None:
        """Where PostgreSQL searches across companies; None where the database is another."""
        library = self.policy_library
        if library.releases.engine.dialect.name != "postgresql":
            return None
        return PassageTable(library, encoder_id(self._settings))

    def _keep_passages_in_step(self) -> None:
        if self.passage_table is not None:
            self.passage_table.follow()

    @cached_property
    def across(self) -> AcrossCompanies:
        """Searches every policy that is served: by PostgreSQL where it can, else by FAISS."""
        index: NearestPassages = FaissPassages(self.catalogue, self._settings.index_dir)
        table = self.passage_table
        if table is not None:
            try:
                table.catch_up()
                index = table
            except VectorsUnavailableError as error:
                log.info("FAISS searches across companies: %s", error)
        return AcrossCompanies(self.catalogue, index)

    def _maker(self) -> ArtefactMaker:
        served = self.catalogue
        return ArtefactMaker(
            served.policy_library, lambda: self.passage_encoder, served.encoder_id, self.mapper, self.opening_judge
        )  # fmt: skip

    def company_names_in(self, text: str) -> frozenset[str]:
        """What the companies are called that a text names; nothing where no index is served."""
        try:
            return names_of(self.catalogue.companies).written_in(text)
        except CandorError:
            return frozenset()

    def company_of(self, company: str) -> RequestCompany:
        """A company as its requesters meet it; only its id where it is not served, because it must answer all the same."""
        try:
            known = self.catalogue.company(company)
        except CandorError:
            return RequestCompany(company, company)
        return RequestCompany(
            known.id, known.name, known.contact, known.laws, known.country or None, known.time_zone or None, known.promised_days
        )


def load_encoder(folder: Path) -> OnnxEncoder:
    """An exported encoder. Raises: EncoderError if it misses or is damaged."""
    try:
        return OnnxEncoder(folder)
    except EncoderMissingError as error:
        raise EncoderError(str(error)) from error


def encoder_id(settings: Settings) -> str:
    """TwoEncoders.id, from the cards of the exports. Raises: EncoderError if one is missing."""
    return joined_id(_id_on_card(settings.encoder_dir), _id_on_card(settings.large_encoder_dir))


def _id_on_card(folder: Path) -> str:
    try:
        found: str = json.loads((folder / CARD_FILE).read_text(encoding="utf-8"))["id"]
        return found
    except (OSError, ValueError, KeyError) as error:
        raise EncoderError(f"there is no exported encoder in {folder.name}/: run `make setup`") from error
