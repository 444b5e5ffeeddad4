"""What may be handed to a requester, by name and by content."""

from __future__ import annotations

import io
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from candor.tickets.delivery.file_kinds import HEAD, KINDS, LONGEST_NAME, FileRefusedError, check_content, clean_name


def zipped(*names: str) -> bytes:
    """A ZIP archive with files of these names."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in names:
            archive.writestr(name, "content " * 50)
    return made.getvalue()


GOOD = {
    "copy.pdf": b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", "copy.csv": "Größe;Wert\n1;2\n".encode(), "old.csv": b"M\xfcller;1\n",
    "wide.csv": b"\xff\xfea\x00;\x00b\x00", "copy.json": b'{"a": 1}', "all.zip": zipped("a.csv"),
    "letter.docx": zipped("[Content_Types].xml", "word/document.xml"), "face.jpg": b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01",
    "face.png": b"\x89PNG\r\n\x1a\n" + bytes(20), "call.wav": b"RIFF\x24\x00\x00\x00WAVEfmt ",
}  # fmt: skip
BAD = {
    "invoice.pdf": b"MZ\x90\x00" + bytes(60), "page.pdf": b"<!DOCTYPE html><html><script>", "empty.pdf": b"",
    "text.pdf": b"just some words", "face.png": b"\xff\xd8\xff\xe0\x00\x10JFIF\x00", "copy.csv": b"\x7fELF\x02\x01\x01\x00",
    "copy.json": b"\x00\x01\x02", "letter.docx": b"%PDF-1.7\n",
}  # fmt: skip


@pytest.mark.parametrize(("name", "head"), GOOD.items())
def test_a_file_that_is_what_its_name_says_is_taken(name: str, head: bytes) -> None:
    """Also text of old systems."""
    check_content(clean_name(name), head, whole=True)


@pytest.mark.parametrize(("name", "head"), BAD.items())
def test_a_file_that_is_something_else_is_refused_by_name(name: str, head: bytes) -> None:
    """Who has chosen ten files must know which it was."""
    with pytest.raises(FileRefusedError) as refused:
        check_content(name, head, whole=True)

    assert f"“{name}”" in refused.value.public
    assert name not in str(refused.value)


def test_a_letter_that_the_first_bytes_cut_is_no_fault() -> None:
    """A long text of letters with several bytes."""
    check_content("copy.txt", ("a" + "ü" * HEAD).encode()[:HEAD], whole=False)


@pytest.mark.parametrize(
    ("given_name", "kept"),
    [
        ("../../etc/passwd.txt", "passwd.txt"), ("C:\\Users\\bo\\Copy of data.PDF", "Copy of data.pdf"), ("a\r\nb.csv", "ab.csv"),
        ('b: "c"?.csv', "b_ _c_.csv"), ("größe – 中.csv", "größe – 中.csv"),
        ("x" * 300 + ".csv", "x" * (LONGEST_NAME - 4) + ".csv"),
    ],
)  # fmt: skip
def test_names_are_cleaned(given_name: str, kept: str) -> None:
    """Paths, control characters and what no system can store."""
    assert clean_name(given_name) == kept


@pytest.mark.parametrize(
    "name", ["run.exe", "page.html", "pic.svg", "macro.docm", "evil\u202efdp.exe", ".pdf", "pdf", "", "a.pdf.js"]
)
def test_what_could_run_is_not_taken_under_any_name(name: str) -> None:
    """The ending that counts is the last one, without characters that turn it round."""
    with pytest.raises(FileRefusedError):
        clean_name(name)


@given(st.text(max_size=200), st.sampled_from(KINDS))
def test_a_cleaned_name_is_clean(stem: str, kind: str) -> None:
    """Whatever is typed: one line, no path, and the same when it is cleaned again."""
    try:
        kept = clean_name(f"{stem}.{kind}")
    except FileRefusedError:
        return

    assert clean_name(kept) == kept
    assert len(kept) <= LONGEST_NAME
    assert not set(kept) & set('/\\:*?"<>|\r\n\0\u202e')
