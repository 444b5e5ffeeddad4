"""`python -m knowledge.export FOLDER`: export the encoder for queries and for Rasa. Set-up runs it."""

from __future__ import annotations

import sys
from pathlib import Path

from candor.errors import EncoderError
from knowledge.embedding import SentenceTransformerEncoder


def main(folder: Path) -> int:
    """Export into `folder`; return 1 if the weights are missing or wrong."""
    try:
        SentenceTransformerEncoder().export(folder)
    except EncoderError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
