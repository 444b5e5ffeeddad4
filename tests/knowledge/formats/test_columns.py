"""Two columns are read one after the other; a table stays a table."""

from __future__ import annotations

from pathlib import Path

import pytest
from fpdf import FPDF

from tests.knowledge.formats.samples import read, saved

LEFT = (
    "We use what you tell us to send your",
    "order, to answer your questions, and",
    "to keep the books that the law asks",
    "us to keep. You may object to that at",
    "any time. We never sell your data to",
    "anybody, and we do not rent it. What",
)
RIGHT = (
    "others send us we keep for a year and",
    "log files for fourteen days. After this",
    "they are deleted from all the servers",
    "and from the backups, too. You may ask",
    "us for a copy of your data or have it",
    "corrected at any time, without a fee.",
)
SENTENCES = " ".join((*LEFT, *RIGHT))


def a_page(pdf: FPDF, left: tuple[str, ...], right: tuple[str, ...], *, row_by_row: bool, top: float = 60) -> None:
    """Two columns, written one after the other or line by line across."""
    pdf.set_font("Helvetica", "", 11)
    pieces = [
        (15 + 85 * column, top + 5 * row, text) for column, texts in enumerate((left, right)) for row, text in enumerate(texts)
    ]
    for x, y, text in sorted(pieces, key=lambda piece: piece[1]) if row_by_row else pieces:
        pdf.text(x, y, text)


@pytest.mark.parametrize("row_by_row", [True, False])
def test_the_left_column_is_read_before_the_right_one(tmp_path: Path, *, row_by_row: bool) -> None:
    """In whatever order the program wrote them; a sentence may continue in the next column and on the next page."""
    pdf = FPDF()
    for _ in range(2):
        pdf.add_page()
        a_page(pdf, LEFT, RIGHT, row_by_row=row_by_row)

    assert read(tmp_path, ".pdf", saved(pdf)).text == f"{SENTENCES}\n\n{SENTENCES}\n"


def test_text_across_both_columns_keeps_its_position(tmp_path: Path) -> None:
    """A title above them, and a paragraph below."""
    pdf = FPDF()
    pdf.add_page()
    pdf.set_font("Helvetica", "B", 18)
    pdf.text(15, 20, "The Privacy Policy of Acme Limited and its Shops")
    a_page(pdf, LEFT, RIGHT, row_by_row=True)
    pdf.text(15, 120, "This policy was last changed in spring, when we opened our second shop in the old town.")

    text = read(tmp_path, ".pdf", saved(pdf)).text

    assert text.split("\n\n") == [
        "The Privacy Policy of Acme Limited and its Shops",
        SENTENCES,
        "This policy was last changed in spring, when we opened our second shop in the old town.\n",
    ]


def test_a_table_is_not_taken_for_columns(tmp_path: Path) -> None:
    """The cells of a row belong together."""
    pdf = FPDF()
    pdf.add_page()
    rows = [(f"Data of kind {n} you gave us", f"We keep it for {n} years and no longer") for n in range(2, 12)]
    a_page(pdf, tuple(row[0] for row in rows), tuple(row[1] for row in rows), row_by_row=True)

    text = read(tmp_path, ".pdf", saved(pdf)).text

    assert "Data of kind 2 you gave us | We keep it for 2 years and no longer\n" in text
    assert text.count(" | ") == len(rows)
