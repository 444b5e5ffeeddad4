"""The encoder's export and the message reader's, loaded once for all of Rasa's process."""

from __future__ import annotations

import os
from functools import lru_cache
from pathlib import Path
from typing import Optional

from bot.reader import Reader
from knowledge.encoder import OnnxEncoder


def shared_encoder(otherwise: Optional[str] = None) -> OnnxEncoder:
    """The encoder in CANDOR_ENCODER_DIR, or in the folder `otherwise`. Raises: EncoderMissingError."""
    return _loaded(encoder_folder(otherwise))


def shared_reader(otherwise: Optional[str] = None) -> Reader:
    """The message reader in the same folder. Raises: EncoderMissingError."""
    return _reader(encoder_folder(otherwise))


def encoder_folder(otherwise: Optional[str] = None) -> Path:
    """Where the exports are: CANDOR_ENCODER_DIR, or the folder `otherwise`."""
    return Path(os.environ.get("CANDOR_ENCODER_DIR") or otherwise or "var/encoder")


@lru_cache(maxsize=2)
def _loaded(folder: Path) -> OnnxEncoder:
    return OnnxEncoder(folder)


@lru_cache(maxsize=2)
def _reader(folder: Path) -> Reader:
    return Reader(folder, _loaded(folder))
