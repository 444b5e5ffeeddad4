"""The table of document formats: suffixes, readers, size limits, and how a file's first bytes are recognised.

A new format is a module in this folder and a row in `FORMATS`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from candor.errors import BadPolicyError
from knowledge.formats.parts import UTF_16, rendered
from knowledge.lines import Mark

LARGEST_TEXT = 2_000_000  # bytes of a text file; a 300-page policy has about one million
LARGEST_PACKED = 20_000_000  # bytes of a file that also holds pictures, fonts or scripts
FIRST_BYTES = 1024  # of a file, by which its format is recognised
HTML_START = re.compile(rb"(\xef\xbb\xbf)?\s*(<\?xml[^>]*>\s*)?<(!doctype\s+html|html)\b", re.IGNORECASE)

Reading = Callable[[str, bytes], "DocumentText"]  # a file's suffix and content → what is stored of it
DocumentText = tuple[str, tuple[Mark, ...]]  # the text to store, and marks for its lines where the format gives any


@dataclass(frozen=True)
class DocumentFormat:
    """How files of one format are recognised and read.

    `read` raises BadPolicyError without the file's name. It imports its reader when called: serving processes read no files.
    """

    suffixes: tuple[str, ...]  # lower case; the first is the one that a refusal suggests
    read: Callable[[bytes], DocumentText]
    largest: int  # bytes
    looks_like: str = ""  # as a refusal names a file that is recognised: "a PDF"
    starts: Callable[[bytes], bool] | None = None  # whether a file's first bytes are of this format; None for plain text
    binary: bool = True  # whether a text editor shows nothing readable
    unrecognised: str = ""  # the refusal of a file with such a suffix that is not recognised; "" where it is read all the same

    @property
    def plain(self) -> bool:
        """Whether any text is a file of this format."""
        return self.starts is None


def _read_text(data: bytes) -> DocumentText:
    return decoded(data), ()


def _read_markdown(data: bytes) -> DocumentText:
    from knowledge.formats.markdown import read_markdown

    return rendered(read_markdown(decoded(data)))


def _read_html(data: bytes) -> DocumentText:
    from knowledge.formats.html import read_html

    return rendered(read_html(data))


def _read_pdf(data: bytes) -> DocumentText:
    from knowledge.formats.pdf import read_pdf

    return rendered(read_pdf(data))


def _read_docx(data: bytes) -> DocumentText:
    from knowledge.formats.word import read_docx

    return rendered(read_docx(data))


# A file is of the first format here that recognises it: a narrow test stands before a wider one.
FORMATS = (
    DocumentFormat((".txt",), _read_text, LARGEST_TEXT),
    DocumentFormat((".md",), _read_markdown, LARGEST_TEXT),
    DocumentFormat(
        (".html", ".htm"), _read_html, LARGEST_PACKED, "a web page", lambda first: bool(HTML_START.match(first)), binary=False
    ),
    DocumentFormat(
        (".pdf",), _read_pdf, LARGEST_PACKED, "a PDF", lambda first: b"%PDF-" in first,
        unrecognised="is no PDF: export the PDF anew, or name the file after what it is",
    ),
    DocumentFormat(
        (".docx",), _read_docx, LARGEST_PACKED, "a Word document", lambda first: first.startswith(b"PK\x03\x04"),
        unrecognised="is no Word document: save it as .docx, or name the file after what it is",
    ),
)  # fmt: skip


def known_suffixes() -> tuple[str, ...]:
    """The suffixes of all formats, in the table's order."""
    return tuple(suffix for entry in FORMATS for suffix in entry.suffixes)


def format_of(suffix: str) -> DocumentFormat | None:
    """The format of files with this suffix, ".pdf"; None if it is not read."""
    return next((entry for entry in FORMATS if suffix in entry.suffixes), None)


def read_here(suffix: str, data: bytes) -> DocumentText:
    """Read a file's content by its suffix, one of `known_suffixes()`, in this process.

    Raises: BadPolicyError without the file's name.
    """
    return next(entry for entry in FORMATS if suffix in entry.suffixes).read(data)


def recognised(data: bytes) -> DocumentFormat | None:
    """The format that a file's first bytes show; None for plain text and for what is not read."""
    first = data[:FIRST_BYTES]
    return next((entry for entry in FORMATS if entry.starts is not None and entry.starts(first)), None)


def decoded(data: bytes) -> str:
    """Text in UTF-8, or in UTF-16 if its first bytes say so. Raises: BadPolicyError without the file's name."""
    if data.startswith(UTF_16):
        return data.decode("utf-16", "replace")
    if b"\x00" in data:
        raise BadPolicyError("is binary, not text: save it as plain text in UTF-8")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadPolicyError(f"is not UTF-8 (byte {error.start}): save it as plain text in UTF-8") from error
