"""The only place where parts are built and joined. Reads the settings once and hands plain values on."""

from __future__ import annotations

import json
import os
import secrets
from functools import cache, cached_property
from pathlib import Path

from sqlalchemy import Engine

from database import make_engine, upgrade
from encoder import CARD_FILE, EncoderMissingError, OnnxEncoder
from errors import EncoderError
from knowledge.answering import Answers
from knowledge.aspect_mapper import AspectMapper
from knowledge.aspects import AspectBank
from knowledge.catalogue import PolicyCatalogue
from knowledge.ranking import Ranker
from knowledge.retrieval import Retrieval
from knowledge.scope import Scope
from settings import Settings
from tickets.store import TicketStore
from transcripts.store import TranscriptStore
from transcripts.vault import Vault
from wording import Wording


class Services:
    """Each part is made when it is first asked for, so that no process loads what it does not need."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings

    @cached_property
    def engine(self) -> Engine:
        self.settings.var_dir.mkdir(parents=True, exist_ok=True)
        engine = make_engine(self.settings.database)
        upgrade(engine)
        return engine

    @cached_property
    def encoder(self) -> OnnxEncoder:
        """Raises: EncoderError if the export misses or is damaged."""
        try:
            return OnnxEncoder(self.settings.encoder_dir)
        except EncoderMissingError as error:
            raise EncoderError(str(error)) from error

    @cached_property
    def catalogue(self) -> PolicyCatalogue:
        return PolicyCatalogue(self.settings.index_dir, encoder_id(self.settings.encoder_dir))

    @cached_property
    def answers(self) -> Answers:
        return Answers(self.catalogue, self.retrieval, self.ranker)

    @cached_property
    def retrieval(self) -> Retrieval:
        return Retrieval(self.encoder, self.bank, self.scope, self.ranker)

    @cached_property
    def bank(self) -> AspectBank:
        return AspectBank.load(self.settings.encoder_dir / "bank.npz", self.encoder)

    @cached_property
    def scope(self) -> Scope:
        return Scope.load()

    @cached_property
    def mapper(self) -> AspectMapper:
        """Makes the aspect maps at ingestion; loads the bank when it makes the first one."""
        return AspectMapper.load(lambda: self.bank)

    @cached_property
    def ranker(self) -> Ranker:
        return Ranker.load()

    @cached_property
    def tickets(self) -> TicketStore:
        return TicketStore(self.engine)

    @cached_property
    def transcripts(self) -> TranscriptStore:
        return TranscriptStore(self.engine)

    @cached_property
    def vault(self) -> Vault:
        return Vault(self.engine, self.secret_key)

    @cached_property
    def wording(self) -> Wording:
        return Wording()

    @cached_property
    def secret_key(self) -> str:
        """From the settings, else made once and kept where only this user can read it."""
        if self.settings.secret_key:
            return self.settings.secret_key.get_secret_value()
        return _kept_secret(self.settings.var_dir / "secret.key")


def encoder_id(folder: Path) -> str:
    """The id on an exported encoder's card. Raises: EncoderError if there is none."""
    try:
        found: str = json.loads((folder / CARD_FILE).read_text(encoding="utf-8"))["id"]
        return found
    except (OSError, ValueError, KeyError) as error:
        raise EncoderError("there is no exported encoder: run `make setup`") from error


def _kept_secret(path: Path) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(secrets.token_urlsafe(48))
    try:
        os.link(fresh, path)  # fails where another process was first: then its secret is the one
    except FileExistsError:
        pass
    finally:
        fresh.unlink()
    return path.read_text(encoding="utf-8")


@cache
def services() -> Services:
    """The process's own services."""
    return Services(Settings())
