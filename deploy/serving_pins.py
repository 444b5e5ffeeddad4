#!/usr/bin/env python3
"""Print requirements/service.txt without what not-serving.txt names. Standard library only: it runs while an image is built."""

from __future__ import annotations

import re
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
PIN = re.compile(r"^([A-Za-z0-9][A-Za-z0-9._-]*)(?:\[[^]]*\])?==")


def serving_pins(compiled: str, left_out: frozenset[str]) -> str:
    """The compiled pins, each with its hashes, but for those of the names. Raises: ValueError if one of them is not pinned."""
    blocks = re.findall(r"^[^\s#].*(?:\n[ \t].*)*", compiled, re.MULTILINE)
    # A package may stand there more than once, for several versions of Python.
    named = [(found[1].lower().replace("_", "-"), block) for block in blocks if (found := PIN.match(block))]
    if missing := sorted(left_out - {name for name, _ in named}):
        raise ValueError(f"not pinned, so it need not be left out: {', '.join(missing)}")
    return "\n".join(block for name, block in named if name not in left_out) + "\n"


def names_in(text: str) -> frozenset[str]:
    """The names of a list, one a line; lines that begin with # are comments."""
    return frozenset(line.strip() for line in text.splitlines() if line.strip() and not line.startswith("#"))


if __name__ == "__main__":
    pins = (HERE.parent / "requirements" / "service.txt").read_text(encoding="utf-8")
    sys.stdout.write(serving_pins(pins, names_in((HERE / "not-serving.txt").read_text(encoding="utf-8"))))
