"""Masking needs Presidio's patterns, and none of the machine-learning libraries that Presidio brings along."""

from __future__ import annotations

import importlib
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from candor.settings import ROOT
from candor.transcripts.recognizers import hidden

HEAVY = ("presidio_analyzer", "sentence_transformers", "spacy", "torch", "transformers")
LOADED = f"print([name for name in {HEAVY} if name in sys.modules])"


def run(code: str, folder: Path) -> list[str]:
    """The lines that a fresh interpreter prints, with its own database in `folder`."""
    ran = subprocess.run(
        [sys.executable, "-c", f"import sys\n{code}"], cwd=ROOT, capture_output=True, text=True, check=True, timeout=300,
        env=os.environ | {"CANDOR_VAR_DIR": str(folder), "CANDOR_POLICIES_DIR": str(folder), "CANDOR_DATABASE_URL": ""},
    )  # fmt: skip
    return ran.stdout.splitlines()


def test_importing_masking_imports_none_of_it(tmp_path: Path) -> None:
    """Every command of the terminal imports masking, and few of them mask anything."""
    code = f"import candor.transcripts.masking, candor.transcripts.vault, candor.reviews.corrections\n{LOADED}"

    assert run(code, tmp_path) == ["[]"]


def test_the_serving_processes_mask_without_torch(tmp_path: Path) -> None:
    """Web and action server answer from an exported encoder; torch would cost each of them seconds and half a gigabyte."""
    code = f"""
import candor.app.web, actions.server
from candor.services import services
{LOADED}
conversations = services().conversations
conversation = conversations.transcripts.begin(company="acme", channel="web").id
print(conversations.vault.mask(conversation, "I am jo@localhost, call +44 20 7946 0958"))
{LOADED}
"""

    assert run(code, tmp_path) == ["[]", "I am <email_1>, call <phone_1>", "['presidio_analyzer', 'spacy']"]


def test_a_hidden_package_cannot_be_imported_until_afterwards(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if it were not installed, which is what optional imports are written for."""
    monkeypatch.delitem(sys.modules, "colorsys", raising=False)

    with hidden("colorsys"), pytest.raises(ModuleNotFoundError, match="colorsys is hidden"):
        importlib.import_module("colorsys")

    assert importlib.import_module("colorsys").rgb_to_hsv(0, 0, 0) == (0.0, 0.0, 0)


def test_other_threads_import_it_meanwhile(monkeypatch: pytest.MonkeyPatch) -> None:
    """One thread may mask its first text while another loads an encoder."""
    monkeypatch.delitem(sys.modules, "colorsys", raising=False)
    names: list[str] = []

    with hidden("colorsys"):
        other = threading.Thread(target=lambda: names.append(importlib.import_module("colorsys").__name__))
        other.start()
        other.join()

    assert names == ["colorsys"]
