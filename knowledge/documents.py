"""A policy file → PolicyDocument: its stored text, its version, its structure."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from candor.errors import BadPolicyError
from knowledge.formats.parts import TextPart, rendered
from knowledge.structure import Mark, Structure, read_structure

LARGEST_FILE = 2_000_000  # bytes of text; a 300-page policy has about one million
LARGEST_PACKED = 20_000_000  # bytes of a file that also holds pictures, fonts or scripts
SUFFIXES = (".txt", ".md", ".html", ".htm", ".pdf", ".docx")
PAGES = (".html", ".htm")
UNDATED = "undated"
VERSION = re.compile(r"\d{4}-\d{2}-\d{2}[a-z0-9-]{0,20}|undated[a-z0-9-]{0,20}")


@dataclass(frozen=True)
class PolicyDocument:
    """One version of one company's policy.

    `text` is a plain text file as it is, only decoded; of other formats the text that `knowledge.formats` made of it.
    """

    company: str
    version: str
    policy: str  # what the document is called, "Privacy Policy"
    text: str
    sha256: str  # of the file's bytes
    structure: Structure
    marks: tuple[Mark, ...] = ()  # what the format told of the text's lines; none for plain text
    file: str = ""  # the file's name

    @property
    def dated(self) -> date | None:
        """The version's date, None for an undated one."""
        return _date_of(self.version)


def read_document(path: Path, *, company: str, policy: str) -> PolicyDocument:
    """Read one version; its name is the file's stem: 2026-01-15.pdf, or undated.txt.

    Raises: BadPolicyError with the file's name, the reason and the cure.
    """
    place = f"{company}/{path.name}"
    suffix = path.suffix.lower()
    if suffix not in SUFFIXES:
        what = f"{suffix} files" if suffix else "folders" if path.is_dir() else "files without an ending"
        raise BadPolicyError(f"{place}: {what} are not read here: save the policy as one of {', '.join(SUFFIXES)}")
    if not VERSION.fullmatch(path.stem) or not (path.stem.startswith(UNDATED) or _date_of(path.stem)):
        raise BadPolicyError(
            f"{place}: name the file after the policy's date, 2026-01-15{path.suffix}, or {UNDATED}{path.suffix}"
        )
    data = _bytes_of(path, place, LARGEST_FILE if suffix in (".txt", ".md") else LARGEST_PACKED)
    try:
        _check_content(data, suffix, path.stem)
        text, marks = _plain_text(data, suffix)
    except BadPolicyError as error:
        raise BadPolicyError(f"{place} {error}") from error
    if not re.search(r"\w", text):
        raise BadPolicyError(f"{place} is empty: put the policy's text into it, or remove it")
    if len(text) > LARGEST_FILE:
        raise BadPolicyError(f"{place} has {len(text):,} characters, more than {LARGEST_FILE:,}: is it really a policy's text?")
    structure = read_structure(text, marks)
    digest = hashlib.sha256(data).hexdigest()
    return PolicyDocument(company, path.stem, structure.title or policy, text, digest, structure, marks, path.name)


def _bytes_of(path: Path, place: str, most: int) -> bytes:
    try:
        size = path.stat().st_size
        if size > most:
            raise BadPolicyError(f"{place} has {size:,} bytes, more than {most:,}: is it really a policy's text?")
        return path.read_bytes()
    except OSError as error:
        raise BadPolicyError(f"{place} cannot be read ({error.strerror}): put a readable file there, or remove it") from error


def _check_content(data: bytes, suffix: str, stem: str) -> None:
    """Refuse a file whose content is of another kind than its name says. Raises: BadPolicyError without the file's name."""
    found = ""
    if b"%PDF-" in data[:1024]:
        found = ".pdf"
    elif data.startswith(b"PK\x03\x04"):
        found = ".docx"
    elif re.match(rb"(\xef\xbb\xbf)?\s*(<\?xml[^>]*>\s*)?<(!doctype\s+html|html)\b", data[:1024], re.IGNORECASE):
        found = ".html"
    kinds = {".pdf": "a PDF", ".docx": "a Word document", ".html": "a web page"}
    if found and found != suffix and not (found == ".html" and suffix in PAGES):
        looks = f"(it looks like {kinds[found]})"
        if suffix in (".txt", ".md"):
            kind = "is no plain text" if found == ".html" else "is binary, not text"
            raise BadPolicyError(f"{kind} {looks}: name it {stem}{found}, or save it as plain text in UTF-8")
        raise BadPolicyError(f"is no {suffix} file {looks}: name it {stem}{found}")
    if data.startswith(b"\xd0\xcf\x11\xe0"):  # an OLE file: what Word wrote until 2003, and how it locks a newer one
        raise BadPolicyError("is an old Word file, or one locked with a password: save it as .docx without a password")
    if suffix == ".pdf" and not found:
        raise BadPolicyError("is no PDF: export the PDF anew, or name the file after what it is")
    if suffix == ".docx" and not found:
        raise BadPolicyError("is no Word document: save it as .docx, or name the file after what it is")


def _plain_text(data: bytes, suffix: str) -> tuple[str, tuple[Mark, ...]]:
    """The text to store, and marks where the format gives any. Raises: BadPolicyError without the file's name."""
    if suffix == ".txt":
        return _decoded(data), ()
    text, marks = rendered(_parts_of(data, suffix))
    return text, marks


def _parts_of(data: bytes, suffix: str) -> list[TextPart]:
    """Each reader is imported where it is needed: no running process reads files."""
    if suffix == ".md":
        from knowledge.formats.markdown import read_markdown

        return read_markdown(_decoded(data))
    if suffix == ".pdf":
        from knowledge.formats.pdf import read_pdf

        return read_pdf(data)
    if suffix == ".docx":
        from knowledge.formats.word import read_docx

        return read_docx(data)
    from knowledge.formats.html import read_html

    return read_html(data)


def _decoded(data: bytes) -> str:
    if b"\x00" in data:
        raise BadPolicyError("is binary, not text: save it as plain text in UTF-8")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadPolicyError(f"is not UTF-8 (byte {error.start}): save it as plain text in UTF-8") from error


def _date_of(version: str) -> date | None:
    try:
        return date.fromisoformat(version[:10])
    except ValueError:
        return None


def newest(versions: list[str]) -> str:
    """The current one among a company's versions: the latest date; an undated one only where there is no other."""
    return max(versions, key=lambda version: (not version.startswith(UNDATED), version))
