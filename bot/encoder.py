"""The encoder's export, loaded once for all of Rasa's process: it takes 90 MB."""

from __future__ import annotations

import os
from functools import lru_cache
from pathlib import Path
from typing import Optional

from knowledge.encoder import OnnxEncoder


def shared_encoder(otherwise: Optional[str] = None) -> OnnxEncoder:
    """The encoder in CANDOR_ENCODER_DIR, or in the folder `otherwise`. Raises: EncoderMissingError."""
    return _loaded(encoder_folder(otherwise))


def encoder_folder(otherwise: Optional[str] = None) -> Path:
    """Where the export is: CANDOR_ENCODER_DIR, or the folder `otherwise`."""
    return Path(os.environ.get("CANDOR_ENCODER_DIR") or otherwise or "var/encoder")


@lru_cache(maxsize=2)
def _loaded(folder: Path) -> OnnxEncoder:
    return OnnxEncoder(folder)
