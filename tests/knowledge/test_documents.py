"""Documents: what is taken as a policy's text, and what is refused by name, reason and cure."""

from __future__ import annotations

import hashlib
import re
from datetime import date
from pathlib import Path

import pytest

from candor.errors import BadPolicyError
from knowledge.documents import PolicyDocument, newest, read_document
from knowledge.formats.readers import LARGEST_TEXT, known_suffixes

TEXT = "1. Sale\nWe sell nothing.\n"
ARCHIVE = b"From: <Saved by Blink>\r\nSubject: Privacy\r\n at Acme\r\nMIME-Version: 1.0\r\n\r\n<html><p>We sell"
OPEN_DOCUMENT = b"PK\x03\x04" + bytes(26) + b"mimetypeapplication/vnd.oasis.opendocument.text"


def written(folder: Path, name: str, data: bytes) -> Path:
    path = folder / name
    path.write_bytes(data)
    return path


def read(path: Path) -> PolicyDocument:
    return read_document(path, company="acme", policy="Privacy Notice")


@pytest.mark.parametrize(
    ("data", "reason", "cure"),
    [
        (b"", "is empty", "put the policy's text into it"),
        (b" \n\t\xc2\xa0\n...", "is empty", "put the policy's text into it"),
        ("Gesch\xe4ft".encode("latin-1"), "is not UTF-8 (byte 5)", "save it as plain text in UTF-8"),
        (TEXT.encode("utf-16-le"), "is binary", "save it as plain text in UTF-8"),
        (b"%PDF-1.7\nstream", "is binary, not text (it looks like a PDF)", "name it 2026-01-15.pdf"),
        (b"PK\x03\x04mimetype", "is binary, not text (it looks like a Word document)", "name it 2026-01-15.docx"),
        (b" <!DOCTYPE html><p>We sell", "is no plain text (it looks like a web page)", "name it 2026-01-15.html"),
        (b"%PDF-1.7\x00\x01\x02", "is binary", "save it as plain text in UTF-8"),
        (b"We sell nothing.\n" * 300_000, "has 5,100,000 bytes, more than 2,000,000", "is it really a policy's text?"),
    ],
    ids=["empty", "blank", "latin-1", "utf-16", "a PDF", "a zip", "a page", "binary", "5 MB"],
)
def test_a_file_without_policy_text_is_refused(tmp_path: Path, data: bytes, reason: str, cure: str) -> None:
    """The message names the file, the reason and the cure."""
    path = written(tmp_path, "2026-01-15.txt", data)

    with pytest.raises(BadPolicyError) as refused:
        read(path)

    assert str(refused.value).startswith("acme/2026-01-15.txt")
    assert reason in str(refused.value)
    assert cure in str(refused.value)


@pytest.mark.parametrize(
    "name",
    [
        "policy.txt",
        "15-01-2026.txt",
        "2026-1-5.txt",
        "2026-13-45.txt",
        "2026-02-30.txt",
        "2026-01-15 final.txt",
        "Undated.txt",
        "20260115.txt",
    ],
)
def test_a_name_that_is_no_version_is_refused(tmp_path: Path, name: str) -> None:
    """A version is a real date, or undated: newer and older depend on it."""
    path = written(tmp_path, name, TEXT.encode())

    with pytest.raises(BadPolicyError) as refused:
        read(path)

    assert str(refused.value) == f"acme/{name}: name the file after the policy's date, 2026-01-15.txt, or undated.txt"


@pytest.mark.parametrize("name", ["2026-01-15.txt", "2026-01-15-b2b.txt", "2024-02-29b.txt", "undated.txt", "undated-2.txt"])
def test_a_version_may_have_a_suffix(tmp_path: Path, name: str) -> None:
    """It distinguishes two texts of one day, or two undated ones."""
    document = read(written(tmp_path, name, TEXT.encode()))

    assert document.version == name.removesuffix(".txt")


@pytest.mark.parametrize("suffix", [".txt", ".md"])
def test_text_that_says_it_is_in_utf_16_is_read(tmp_path: Path, suffix: str) -> None:
    """Windows calls it "Unicode"."""
    assert read(written(tmp_path, f"2026-01-15{suffix}", "We sell “nothing”.\n".encode("utf-16"))).text == "We sell “nothing”.\n"


@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [
        ("2026-01-15.pdf", b"PK\x03\x04...", "is no .pdf file (it looks like a Word document): name it 2026-01-15.docx"),
        ("2026-01-15.docx", b"<html><p>We sell", "is no .docx file (it looks like a web page): name it 2026-01-15.html"),
        ("2026-01-15.docx", b"%PDF-1.4", "is no .docx file (it looks like a PDF): name it 2026-01-15.pdf"),
        ("2026-01-15.html", b"%PDF-1.4", "is no .html file (it looks like a PDF): name it 2026-01-15.pdf"),
        ("2026-01-15.docx", b"\xd0\xcf\x11\xe0\xa1\xb1", "is an old Word file, or one locked with a password: save it as .docx"),
        ("2026-01-15.pdf", b"We sell nothing.", "is no PDF: export the PDF anew, or name the file after what it is"),
        ("2026-01-15.docx", b"We sell nothing.", "is no Word document: save it as .docx, or name the file after what it is"),
        ("2026-01-15.md", b"\x93Acme\x94", "is not UTF-8 (byte 0): save it as plain text in UTF-8"),
        (
            "2026-01-15.txt",
            b"{\\rtf1\\ansi We sell nothing.}",
            "is a rich text file (RTF): open it in Word or LibreOffice and save it",
        ),
        (
            "2026-01-15.txt",
            b"\n<div><p>We sell",
            "is no plain text (it looks like a part of a web page): name it 2026-01-15.html",
        ),
        ("2026-01-15.html", ARCHIVE, "is a web archive (MHTML): open it in a browser and save it as “web page, HTML only”"),
        ("2026-01-15.docx", OPEN_DOCUMENT, "is an OpenDocument file: open it in LibreOffice and save it as .docx"),
        ("2026-01-15.md", b"\n---\n", "is empty: put the policy's text into it, or remove it"),
    ],
)
def test_a_file_of_another_kind_than_its_name_says_is_refused(tmp_path: Path, name: str, data: bytes, reason: str) -> None:
    """The message says what it looks like, and how to name it."""
    with pytest.raises(BadPolicyError) as refused:
        read(written(tmp_path, name, data))

    assert str(refused.value).startswith(f"acme/{name} {reason}")


@pytest.mark.parametrize("name", ["2026-01-15.doc", "2026-01-15.odt", "2026-01-15.png", "2026-01-15"])
def test_an_unsupported_format_is_refused(tmp_path: Path, name: str) -> None:
    """The message lists the supported ones."""
    supported = re.escape(", ".join(known_suffixes()))

    with pytest.raises(BadPolicyError, match=f"are not read here: save the policy as one of {supported}"):
        read(written(tmp_path, name, TEXT.encode()))


def test_the_suffix_may_be_in_capitals(tmp_path: Path) -> None:
    """Some programs write it like this."""
    assert read(written(tmp_path, "undated.TXT", TEXT.encode())).version == "undated"


def test_a_page_may_be_larger_than_its_text(tmp_path: Path) -> None:
    """Scripts and pictures do not count; the text does."""
    padded = b"<script>" + b"x" * 3_000_000 + b"</script><p>We sell nothing.</p>"
    endless = b"<p>" + b"We sell nothing. " * 150_000 + b"</p>"

    assert read(written(tmp_path, "undated.html", padded)).text == "We sell nothing.\n"
    with pytest.raises(BadPolicyError, match=r"has 2,550,000 characters, more than 2,000,000: is it really a policy's text"):
        read(written(tmp_path, "undated-2.html", endless))


def test_a_folder_instead_of_a_file_is_refused(tmp_path: Path) -> None:
    """It is refused like any unreadable file, without a crash."""
    path = tmp_path / "undated.txt"
    path.mkdir()

    with pytest.raises(BadPolicyError, match=r"^acme/undated\.txt cannot be read \(Is a directory\): put a readable file there"):
        read(path)


def test_a_dangling_link_is_refused(tmp_path: Path) -> None:
    """The message names the link, not its target."""
    path = tmp_path / "undated.txt"
    path.symlink_to(tmp_path / "gone.txt")

    with pytest.raises(BadPolicyError, match=r"^acme/undated\.txt cannot be read"):
        read(path)


def test_a_file_of_exactly_the_largest_size_is_read(tmp_path: Path) -> None:
    """The limit itself is allowed."""
    data = b"We sell nothing.".ljust(LARGEST_TEXT)

    assert len(read(written(tmp_path, "undated.txt", data)).text) == LARGEST_TEXT


def test_a_byte_order_mark_is_no_part_of_the_text(tmp_path: Path) -> None:
    """Windows editors write one; offsets count from the first letter, and the first heading is found."""
    data = b"\xef\xbb\xbf" + TEXT.encode()

    document = read(written(tmp_path, "undated.txt", data))

    assert document.text == TEXT
    assert document.structure.sections[0].heading.of(document.text) == "1. Sale"
    assert document.sha256 == hashlib.sha256(data).hexdigest()


def test_the_text_is_kept_as_it_is(tmp_path: Path) -> None:
    """Line ends, trailing spaces and a missing last newline stay: a quote is verbatim."""
    text = "1. Sale \r\nWe sell\u00a0nothing.\n\n\n  End"

    assert read(written(tmp_path, "undated.txt", text.encode())).text == text


def test_the_documents_own_title_is_preferred(tmp_path: Path) -> None:
    """A policy is called what it calls itself; without a title, what its company.toml says."""
    titled = read(written(tmp_path, "undated.txt", f"Acme Privacy Statement\n\n{TEXT}".encode()))
    untitled = read(written(tmp_path, "2026-01-15.txt", TEXT.encode()))

    assert (titled.policy, untitled.policy) == ("Acme Privacy Statement", "Privacy Notice")


def test_a_dated_version_knows_its_date(tmp_path: Path) -> None:
    """The date is read from the name, with or without a suffix; an undated version has none."""
    names = ("2026-01-15.txt", "2026-01-15-b2b.txt", "undated.txt")

    dates = [read(written(tmp_path, name, TEXT.encode())).dated for name in names]

    assert dates == [date(2026, 1, 15), date(2026, 1, 15), None]


@pytest.mark.parametrize(
    ("versions", "expected"),
    [
        (["2025-12-31", "2026-01-15", "2019-05-05"], "2026-01-15"),
        (["2019-05-05", "undated", "undated-2"], "2019-05-05"),
        (["undated"], "undated"),
        (["2026-01-15", "2026-01-15-b"], "2026-01-15-b"),
    ],
)
def test_the_newest_version_is_the_latest_date(versions: list[str], expected: str) -> None:
    """An undated text is current only if there is no dated one, in whatever order they come."""
    assert newest(versions) == expected
    assert newest(versions[::-1]) == expected
