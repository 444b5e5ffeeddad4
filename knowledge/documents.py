"""A policy file → PolicyDocument: its stored text, version and structure."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from candor.errors import BadPolicyError
from knowledge.formats.readers import DocumentFormat, Reading, format_of, known_suffixes, read_here, recognised
from knowledge.letters import check_letters
from knowledge.spacing import check_spacing
from knowledge.structure import Mark, Structure, read_structure

LONGEST_TEXT = 2_000_000  # characters
MOST_LINES = 60_000  # a 300-page policy has about 20,000
# Formats that are not read, by their first bytes, and the refusal of each.
UNREAD = (
    (
        re.compile(rb"\xd0\xcf\x11\xe0"),  # what Word wrote until 2003, and how it locks a newer file
        "is an old Word file, or one locked with a password: save it as .docx without a password",
    ),
    (re.compile(rb"\s*\{\\rtf"), "is a rich text file (RTF): open it in Word or LibreOffice and save it as .docx"),
    (
        re.compile(rb"(?:[\w-]+:[^\n]*\n(?:[ \t][^\n]*\n)*){0,20}?MIME-Version:", re.IGNORECASE),
        "is a web archive (MHTML): open it in a browser and save it as “web page, HTML only”",
    ),
    (
        re.compile(rb"PK\x03\x04.{26}mimetypeapplication/vnd\.oasis", re.DOTALL),
        "is an OpenDocument file: open it in LibreOffice and save it as .docx",
    ),
)
FRAGMENT_START = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*<(?:body|main|article|section|div|p|h[1-6]|ul|ol|table)\b[^>]*>", re.IGNORECASE
)
UNDATED = "undated"
VERSION = re.compile(r"\d{4}-\d{2}-\d{2}[a-z0-9-]{0,20}|undated[a-z0-9-]{0,20}")


@dataclass(frozen=True)
class PolicyDocument:
    """One version of one company's policy.

    `text` is what a plain text file holds, only decoded; for other formats it is the text that `knowledge.formats` made.
    """

    company: str
    version: str
    policy: str  # what the document is called, "Privacy Policy"
    text: str
    sha256: str  # of the file's bytes
    structure: Structure
    marks: tuple[Mark, ...] = ()  # what the format says about the text's lines; none for plain text
    file: str = ""  # the file's name

    @property
    def dated(self) -> date | None:
        """The version's date, None for an undated one."""
        return _date_of(self.version)


def read_document(path: Path, *, company: str, policy: str, reading: Reading = read_here) -> PolicyDocument:
    """Read one version; its name is the file's stem: 2026-01-15.pdf, or undated.txt.

    `policy` is what the document is called if it has no title of its own; `reading` reads the file's content.
    Raises: BadPolicyError with the file's name, the reason and the cure.
    """
    name = f"{company}/{path.name}"
    _format_of(path, name)
    if not VERSION.fullmatch(path.stem) or not (path.stem.startswith(UNDATED) or _date_of(path.stem)):
        raise BadPolicyError(f"{name}: name the file after the policy's date, 2026-01-15{path.suffix}, or {UNDATED}{path.suffix}")
    return read_version(path, path.stem, company=company, policy=policy, reading=reading)


def read_version(path: Path, version: str, *, company: str, policy: str, reading: Reading = read_here) -> PolicyDocument:
    """Read a file of any name as this version. Raises: BadPolicyError with the file's name, the reason and the cure."""
    name = f"{company}/{path.name}"
    document_format = _format_of(path, name)
    data = _bytes_of(path, name, document_format.largest)
    suffix = path.suffix.lower()
    try:
        _check_content(data, document_format, suffix, path.stem)
        text, marks = reading(suffix, data)
    except BadPolicyError as error:
        raise BadPolicyError(f"{name} {error}") from error
    if not re.search(r"\w", text):
        raise BadPolicyError(f"{name} is empty: put the policy's text into it, or remove it")
    if len(text) > LONGEST_TEXT:
        raise BadPolicyError(f"{name} has {len(text):,} characters, more than {LONGEST_TEXT:,}: is it really a policy's text?")
    if (lines := text.count("\n")) > MOST_LINES:
        raise BadPolicyError(f"{name} has {lines:,} lines, more than {MOST_LINES:,}: is it really a policy's text?")
    try:
        check_letters(text)
        check_spacing(text)
    except BadPolicyError as error:
        raise BadPolicyError(f"{name} {error}") from error
    structure = read_structure(text, marks)
    digest = hashlib.sha256(data).hexdigest()
    return PolicyDocument(company, version, structure.title or policy, text, digest, structure, marks, path.name)


def _format_of(path: Path, name: str) -> DocumentFormat:
    suffix = path.suffix.lower()
    document_format = format_of(suffix)
    if document_format is None:
        what = f"{suffix} files" if suffix else "folders" if path.is_dir() else "files without an ending"
        raise BadPolicyError(f"{name}: {what} are not read here: save the policy as one of {', '.join(known_suffixes())}")
    return document_format


def _bytes_of(path: Path, name: str, largest: int) -> bytes:
    try:
        size = path.stat().st_size
        if size > largest:
            raise BadPolicyError(f"{name} has {size:,} bytes, more than {largest:,}: is it really a policy's text?")
        return path.read_bytes()
    except OSError as error:
        raise BadPolicyError(f"{name} cannot be read ({error.strerror}): put a readable file there, or remove it") from error


def _check_content(data: bytes, named: DocumentFormat, suffix: str, stem: str) -> None:
    """Refuse a file whose content is of another format than its suffix says. Raises: BadPolicyError without the file's name."""
    actual = recognised(data)
    if actual is not None and actual is not named:
        looks = f"(it looks like {actual.looks_like})"
        better_name = f"{stem}{actual.suffixes[0]}"
        if named.plain:
            kind = "is binary, not text" if actual.binary else "is no plain text"
            raise BadPolicyError(f"{kind} {looks}: name it {better_name}, or save it as plain text in UTF-8")
        raise BadPolicyError(f"is no {suffix} file {looks}: name it {better_name}")
    for start, what in UNREAD:
        if start.match(data):
            raise BadPolicyError(what)
    if suffix == ".txt" and FRAGMENT_START.match(data):
        raise BadPolicyError(f"is no plain text (it looks like a part of a web page): name it {stem}.html")
    if actual is None and named.unrecognised:
        raise BadPolicyError(named.unrecognised)


def _date_of(version: str) -> date | None:
    try:
        return date.fromisoformat(version[:10])
    except ValueError:
        return None


def newest(versions: list[str]) -> str:
    """The current version among a company's: the latest date, or an undated one if there is no other."""
    return max(versions, key=lambda version: (not version.startswith(UNDATED), version))
