"""A policy file → PolicyDocument: its stored text, its version, its structure."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from errors import BadPolicyError
from knowledge.structure import Structure, read_structure

LARGEST_FILE = 2_000_000  # bytes; a 300-page policy has about one million
UNDATED = "undated"
VERSION = re.compile(r"\d{4}-\d{2}-\d{2}[a-z0-9-]{0,20}|undated[a-z0-9-]{0,20}")


@dataclass(frozen=True)
class PolicyDocument:
    """One version of one company's policy. `text` is the file, decoded and otherwise untouched."""

    company: str
    version: str
    policy: str  # what the document is called, "Privacy Policy"
    text: str
    sha256: str  # of the file's bytes
    structure: Structure

    @property
    def dated(self) -> date | None:
        """The version's date, None for an undated one."""
        return _date_of(self.version)


def read_document(path: Path, *, company: str, policy: str) -> PolicyDocument:
    """Read one version; its name is the file's stem: 2026-01-15.txt, or undated.txt.

    Raises: BadPolicyError with the file's name, the reason and the cure.
    """
    place = f"{company}/{path.name}"
    if not VERSION.fullmatch(path.stem) or not (path.stem.startswith(UNDATED) or _date_of(path.stem)):
        raise BadPolicyError(f"{place}: name the file after the policy's date, 2026-01-15.txt, or undated.txt")
    try:
        size = path.stat().st_size
        if size > LARGEST_FILE:
            raise BadPolicyError(f"{place} has {size:,} bytes, more than {LARGEST_FILE:,}: is it really a policy's text?")
        data = path.read_bytes()
    except OSError as error:
        raise BadPolicyError(f"{place} cannot be read ({error.strerror}): put a readable file there, or remove it") from error
    if b"\x00" in data:
        raise BadPolicyError(f"{place} is binary, not text: save it as plain text in UTF-8")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadPolicyError(f"{place} is not UTF-8 (byte {error.start}): save it as plain text in UTF-8") from error
    if not re.search(r"\w", text):
        raise BadPolicyError(f"{place} is empty: put the policy's text into it, or remove it")
    structure = read_structure(text)
    digest = hashlib.sha256(data).hexdigest()
    return PolicyDocument(company, path.stem, structure.title or policy, text, digest, structure)


def _date_of(version: str) -> date | None:
    try:
        return date.fromisoformat(version[:10])
    except ValueError:
        return None


def newest(versions: list[str]) -> str:
    """The current one among a company's versions: the latest date; an undated one only where there is no other."""
    return max(versions, key=lambda version: (not version.startswith(UNDATED), version))
