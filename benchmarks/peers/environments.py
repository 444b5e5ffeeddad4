"""A peer's own virtual environment, made under var/peers/ when it is first needed. The product's environments stay as they are.

`make lock` compiles benchmarks/peers/requirements-NAME.txt from requirements-NAME.in, as it compiles the product's pins.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

from candor.errors import UnavailableError
from candor.settings import ROOT

PEERS = ROOT / "var" / "peers"
PINS = Path(__file__).parent
# Rasa's Python is that of its product environment, whose packages lack TensorFlow and dask, which `rasa init`'s bot loads.
PYTHONS = {"rasa": ROOT / ".venv-bot" / "bin" / "python", "txtai": Path(sys.executable), "haystack": Path(sys.executable)}


class PeerMissingError(UnavailableError):
    """A peer's environment could not be made: mostly because its packages could not be downloaded."""

    def __init__(self, peer: str, why: str) -> None:
        super().__init__(f"{peer} could not be installed into var/peers/{peer}: {why}")


def python_of(peer: str) -> Path:
    """The Python of a peer's environment, which is made if its pins have changed. Raises: PeerMissingError."""
    folder, pins = PEERS / peer, PINS / f"requirements-{peer}.txt"
    python, stamp = folder / "bin" / "python", folder / "made-from"
    wanted = hashlib.sha256(pins.read_bytes()).hexdigest()
    if python.exists() and stamp.exists() and stamp.read_text() == wanted:
        return python
    print(f"installing {peer} into var/peers/{peer} (once; it downloads up to a gigabyte)", flush=True)
    uv = shutil.which("uv") or str(ROOT / ".venv-tools" / "bin" / "uv")
    links = [part for link in os.environ.get("PIP_FIND_LINKS", "").split() for part in ("--find-links", link)]
    # Rasa's own metadata refuse the Python that Candor runs it on: what its pins name is installed as it stands, nothing else.
    fill = ["sync", "--require-hashes"] if peer == "rasa" else ["install", "-r"]
    made = ([uv, "venv", "--quiet", "--clear", "--python", str(PYTHONS[peer]), str(folder)],
            [uv, "pip", *fill, str(pins), "--quiet", "--python", str(python), *links])  # fmt: skip
    try:
        for command in made:
            subprocess.run(command, check=True, capture_output=True, text=True)
    except (OSError, subprocess.CalledProcessError) as error:
        told = getattr(error, "stderr", "") or str(error)
        raise PeerMissingError(peer, told.strip().splitlines()[-1]) from error
    stamp.write_text(wanted)
    return python
