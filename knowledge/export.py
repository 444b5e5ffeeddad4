"""`python -m knowledge.export FOLDER [PACKAGES]`: export the encoder for queries and for Rasa; or, with a folder that holds the
packages of its weights, the large encoder. Set-up runs both."""

from __future__ import annotations

import sys
from pathlib import Path

from candor.errors import EncoderError
from knowledge.embedding import SentenceTransformerEncoder
from knowledge.large_export import export_large


def main(folder: Path, packages: Path | None = None) -> int:
    """Export into `folder`; return 1 if the weights are missing or wrong."""
    try:
        if packages is None:
            SentenceTransformerEncoder().export(folder)
        else:
            export_large(packages, folder)
    except EncoderError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(*map(Path, sys.argv[1:])))
