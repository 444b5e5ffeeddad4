"""What may be handed to a requester: which kinds of file, under which names. Pure.

A file is what its first bytes say, and it is taken only if its name says the same: a program or a web page under the name of a
PDF is refused. Kinds that run code where they are opened are not on the list at all.
"""

from __future__ import annotations

import re
import unicodedata

import puremagic

from candor.errors import InvalidInputError

HEAD = 64 * 1024  # bytes of a file that are looked at
LONGEST_NAME = 120  # characters, with the ending
# What a name may end in, and what puremagic may call such a file.
BINARY: dict[str, frozenset[str]] = {
    "pdf": frozenset({"pdf"}), "zip": frozenset({"zip", "docx"}), "docx": frozenset({"docx"}), "xlsx": frozenset({"xlsx"}),
    "pptx": frozenset({"pptx"}), "odt": frozenset({"odt"}), "ods": frozenset({"ods"}),
    "png": frozenset({"png"}), "jpg": frozenset({"jpg", "jpeg"}), "jpeg": frozenset({"jpg", "jpeg"}),
    "tif": frozenset({"tif", "tiff"}),
    "tiff": frozenset({"tif", "tiff"}), "mp3": frozenset({"mp3"}), "mp4": frozenset({"mp4"}), "m4a": frozenset({"m4a"}),
    "wav": frozenset({"wav"}),
}  # fmt: skip
TEXT = ("csv", "tsv", "txt", "json", "jsonl", "xml", "ics", "vcf")
KINDS = (*BINARY, *TEXT)
NAMED = "PDF, ZIP, Word, Excel, PowerPoint and OpenDocument files, pictures, sound, film, CSV, text, JSON and XML"
BYTE_ORDER_MARKS = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
SEPARATORS = re.compile(r'[\\/:*?"<>|]+')


class FileRefusedError(InvalidInputError):
    """A file that is not taken: `public` names it and says why."""

    def __init__(self, public: str) -> None:
        super().__init__("a file was refused")  # its name is somebody's data
        self.public = public


def clean_name(given: str) -> str:
    """The name under which a file is kept: its last part, in one line, without what a system cannot store or would show reversed.

    Raises: FileRefusedError for an ending that is not taken.
    """
    last = re.split(r"[\\/]", unicodedata.normalize("NFC", given).strip())[-1]
    seen = "".join(letter for letter in last if unicodedata.category(letter)[0] != "C")
    name = " ".join(SEPARATORS.sub("_", seen).split()).strip(". ")
    stem, _, ending = name.rpartition(".")
    kind = ending.lower()
    if not stem or kind not in KINDS:
        raise FileRefusedError(f"“{name[:LONGEST_NAME] or 'a file without a name'}” cannot be handed over. Taken are {NAMED}.")
    return f"{stem[: LONGEST_NAME - len(kind) - 1].rstrip('. ')}.{kind}"


def kind_of_name(name: str) -> str:
    """The kind that a cleaned name states: "pdf"."""
    return name.rpartition(".")[2]


def check_content(name: str, head: bytes, *, whole: bool) -> None:
    """Check that a file is what its cleaned name says. head: its first bytes, HEAD of them or, where `whole`, all.

    Raises: FileRefusedError, with what it seems to be.
    """
    kind = kind_of_name(name)
    if not head:
        raise FileRefusedError(f"“{name}” is empty.")
    if kind in TEXT:
        if not _is_text(head, whole=whole):
            raise FileRefusedError(f"“{name}” is no text, though its name says so. Check the file, or give it its right name.")
        return
    found = _endings(head)
    if not found & BINARY[kind]:
        seems = f": it looks like {_named(found)}" if found else ""
        raise FileRefusedError(f"“{name}” is no {kind.upper()} file, though its name says so{seems}. Check the file.")


def _endings(head: bytes) -> set[str]:
    try:
        return {match.extension.lstrip(".").lower() for match in puremagic.magic_string(head)} - {""}
    except (puremagic.PureError, ValueError):
        return set()


def _named(endings: set[str]) -> str:
    for sign, what in (("exe", "a program"), ("html", "a web page"), ("docx", "a ZIP or Office file"), ("pdf", "a PDF")):
        if sign in endings:
            return what
    return f"a {min(endings).upper()} file"


def _is_text(head: bytes, *, whole: bool) -> bool:
    encoding = BYTE_ORDER_MARKS.get(head[:2], "utf-8")
    for cut in range(1 if whole else 4):  # the head may end within a letter
        try:
            text = head[: len(head) - cut].decode(encoding)
        except UnicodeDecodeError:
            continue
        return not any(unicodedata.category(letter) == "Cc" and letter not in "\t\r\n\f" for letter in text)
    return encoding == "utf-8" and _is_latin_1(head)


def _is_latin_1(head: bytes) -> bool:
    """Old systems export CSV in an encoding of one byte a letter: no byte of it is a control character."""
    return not any(byte < 0x20 and byte not in b"\t\r\n\f" for byte in head)
