"""What the knowledge modules load: every process that answers pays for it in start time and memory."""

from __future__ import annotations

import subprocess
import sys

from candor.settings import ROOT

SERVING = (
    "knowledge.answering, knowledge.catalogue, knowledge.changes, knowledge.comparing, knowledge.glance, knowledge.ingestion"
)
HEAVY = (
    "torch",
    "transformers",
    "sentence_transformers",
    "peft",
    "sklearn",
    "scipy",
    "bm25s",
    "spacy",
    "docx",
    "pypdf",
    "selectolax",
)


def test_importing_knowledge_loads_no_heavy_library() -> None:
    """Embedding, ranking and reading files import their libraries when they need them."""
    code = f"import sys, {SERVING}; print(*sorted(set(sys.modules) & {set(HEAVY)!r}))"

    loaded = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True).stdout

    assert loaded.split() == []


def test_reading_a_policy_loads_no_framework_for_models() -> None:
    """spaCy finds torch missing while it is imported, and whoever needs torch later finds it."""
    code = (
        "import sys; from knowledge.passages import sentences; from knowledge.structure import Span\n"
        "text = 'We keep it at Acme Inc. in Rome. You may ask.'\n"
        "print(len(sentences(text, Span(0, len(text)))), 'torch' in sys.modules); import torch; print(torch.__name__)"
    )

    told = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True).stdout

    assert told.split() == ["2", "False", "torch"]
