"""PDF: letters on a page, from which headings, paragraphs and lists are told by size, weight, gap and indent."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from fpdf import FPDF
from pypdf import PdfReader, PdfWriter

from candor.errors import BadPolicyError
from tests.knowledge.formats.samples import add_line, labels, new_pdf, passages_in, read, sample_pdf, saved

LONG = "We use what you tell us to send your order, to answer your questions, and to keep the books that the law asks us to keep."


class WithFurniture(FPDF):
    """A document with a running header, a footer and page numbers."""

    def header(self) -> None:
        self.set_font("Helvetica", "", 9)
        self.cell(0, 5, "Acme Limited - Privacy Policy", new_x="LMARGIN", new_y="NEXT")
        self.ln(5)

    def footer(self) -> None:
        self.set_y(-15)
        self.set_font("Helvetica", "", 8)
        self.cell(0, 5, f"Page {self.page_no()} of 3", align="C")


def test_wrapped_lines_are_one_paragraph(tmp_path: Path) -> None:
    """The end of a line means nothing in a PDF; a gap does."""
    pdf = new_pdf()
    add_line(pdf, LONG)
    add_line(pdf, LONG)

    assert read(tmp_path, ".pdf", saved(pdf)).text == f"{LONG}\n\n{LONG}\n"


def test_paragraphs_without_a_gap_end_where_the_next_word_had_room(tmp_path: Path) -> None:
    """A short last line that ends a sentence ends the paragraph, too."""
    pdf = new_pdf()
    other = LONG.replace("order", "bicycle")
    add_line(pdf, LONG, gap=0)
    add_line(pdf, other, gap=0)

    assert [one.text for one in passages_in(read(tmp_path, ".pdf", saved(pdf)))] == [LONG, other]


def test_running_headers_footers_and_page_numbers_are_left_out(tmp_path: Path) -> None:
    """They would split sentences, and be quoted as if they were part of them."""
    pdf = WithFurniture()
    paragraphs = [f"In year {number} of our shop, w{LONG[1:]}" for number in range(12)]
    for start in (0, 4, 8):
        pdf.add_page()
        for text in paragraphs[start : start + 4]:
            add_line(pdf, text)

    assert read(tmp_path, ".pdf", saved(pdf)).text == "\n\n".join(paragraphs) + "\n"


def test_a_sentence_continues_on_the_next_page(tmp_path: Path) -> None:
    """Below a footer and above a header."""
    pdf = WithFurniture()
    pdf.add_page()
    add_line(pdf, "We keep what you tell us for as long as the law of the country", gap=0)
    pdf.add_page()
    add_line(pdf, "where you live asks us to keep it.")
    pdf.add_page()
    add_line(pdf, LONG)

    assert "the law of the country where you live asks us to keep it.\n" in read(tmp_path, ".pdf", saved(pdf)).text


def test_words_hyphenated_at_the_end_of_a_line_are_joined(tmp_path: Path) -> None:
    """ "third-party", which occurs elsewhere like this, keeps its hyphen."""
    pdf = new_pdf()
    add_line(pdf, "We share your infor-\nmation with no third-\nparty company, and a third-party company is every other one.")

    text = read(tmp_path, ".pdf", saved(pdf)).text

    assert "your information with no third-party company, and" in text


def test_a_bold_line_of_the_same_size_is_a_heading_below_the_larger_ones(tmp_path: Path) -> None:
    """Size and weight give the levels; bold words within a line mean nothing."""
    pdf = new_pdf()
    add_line(pdf, "Your Rights", size=16, bold=True)
    add_line(pdf, "Right of access", bold=True)
    add_line(pdf, LONG)
    pdf.write(6, "And ")
    pdf.set_font("Helvetica", "B", 11)
    pdf.write(6, "bold words")
    pdf.set_font("Helvetica", "", 11)
    pdf.write(6, " in the middle of it.")
    pdf.ln(10)
    add_line(pdf, "Selling", size=16, bold=True)
    add_line(pdf, LONG)

    document = read(tmp_path, ".pdf", saved(pdf))

    assert labels(document) == [(1, "Your Rights"), (2, "Right of access"), (1, "Selling")]
    assert "And bold words in the middle of it." in document.text


def test_a_heading_that_is_broken_over_two_lines_is_one(tmp_path: Path) -> None:
    """Large letters fill a line quickly."""
    pdf = new_pdf()
    title = "What we do with what you tell us when you open an account in one of our shops"
    add_line(pdf, title, size=18, bold=True)
    add_line(pdf, LONG)
    add_line(pdf, "Sale", size=18, bold=True)
    add_line(pdf, LONG)

    assert labels(read(tmp_path, ".pdf", saved(pdf))) == [(1, title), (1, "Sale")]


def test_items_keep_their_lines_and_their_depth(tmp_path: Path) -> None:
    """The position of the bullets gives the depth; a hanging line belongs to its item."""
    pdf = new_pdf()
    add_line(pdf, "Data", size=16, bold=True)
    add_line(pdf, "We never share:")
    for x, text in ((15, "contact data:"), (25, f"what you wrote to us. {LONG}"), (25, "your name"), (15, "usage data")):
        pdf.set_x(x)
        pdf.cell(5, 5.5, chr(149))
        pdf.multi_cell(0, 5.5, text, new_x="LMARGIN", new_y="NEXT", align="L")

    items = {one.text: one.lead_in for one in passages_in(read(tmp_path, ".pdf", saved(pdf))) if one.kind == "item"}

    assert items["your name"] == "contact data:"
    assert items["usage data"] == "We never share:"
    assert items[LONG] == "contact data:"


def test_items_with_drawn_bullets_are_recognised_by_their_indent(tmp_path: Path) -> None:
    """Browsers draw a disc instead of writing one."""
    pdf = new_pdf()
    add_line(pdf, LONG)
    add_line(pdf, "We keep:")
    for text in ("your name", "your address"):
        pdf.set_x(20)
        pdf.multi_cell(0, 5.5, text, new_x="LMARGIN", new_y="NEXT")
    pdf.ln(3)
    add_line(pdf, LONG)

    document = read(tmp_path, ".pdf", saved(pdf))

    assert document.text == f"{LONG}\n\nWe keep:\n\n• your name\n• your address\n\n{LONG}\n"


def test_cells_of_a_row_are_kept_apart(tmp_path: Path) -> None:
    """Wide gaps on one line are columns."""
    pdf = new_pdf()
    add_line(pdf, LONG)
    for row in (("Account data", "ten years"), ("Server logs", "thirty days")):
        for cell in row:
            pdf.cell(80, 6, cell)
        pdf.ln(6)

    assert read(tmp_path, ".pdf", saved(pdf)).text.endswith("\n\nAccount data | ten years\nServer logs | thirty days\n")


def test_a_locked_pdf_is_refused(tmp_path: Path) -> None:
    """By name, reason and cure."""
    pdf = new_pdf()
    pdf.set_encryption(owner_password="owner", user_password="user")
    add_line(pdf, LONG)

    with pytest.raises(BadPolicyError, match=r"^acme/2026-01-15\.pdf is locked with a password: save a copy without one$"):
        read(tmp_path, ".pdf", saved(pdf))


def test_a_pdf_that_is_only_protected_against_changes_is_read(tmp_path: Path) -> None:
    """Everybody can open it."""
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(sample_pdf())))
    writer.encrypt(user_password="", owner_password="owner", algorithm="AES-256")
    stream = io.BytesIO()
    writer.write(stream)

    assert len(labels(read(tmp_path, ".pdf", stream.getvalue()))) == 4


def test_a_scanned_pdf_is_refused(tmp_path: Path) -> None:
    """Pictures of text hold no text, even if the cover has a title."""
    pdf = new_pdf()
    add_line(pdf, "Privacy Policy", size=20)
    for _ in range(2):
        pdf.add_page()
        pdf.rect(20, 20, 160, 200, style="F")

    with pytest.raises(BadPolicyError) as refused:
        read(tmp_path, ".pdf", saved(pdf))

    assert "has no text on 2 of 3 pages, so it is probably scanned" in str(refused.value)
    assert "text recognition (OCR)" in str(refused.value)


def test_a_stamp_on_each_page_of_a_scan_is_no_text(tmp_path: Path) -> None:
    """Scanning programs print their name below the picture."""
    pdf = new_pdf()
    for page in range(3):
        pdf.rect(20, 20, 160, 200, style="F")
        pdf.set_font("Helvetica", "", 8)
        pdf.text(20, 290, "Scanned with Acme Scan")
        if page < 2:
            pdf.add_page()

    with pytest.raises(BadPolicyError, match="has no text on 3 of 3 pages, so it is probably scanned"):
        read(tmp_path, ".pdf", saved(pdf))


@pytest.mark.parametrize("keep", [30, 200, 700])
def test_a_pdf_that_is_cut_short_is_refused_or_has_no_text(tmp_path: Path, keep: int) -> None:
    """Never a crash, and never half a policy."""
    with pytest.raises(BadPolicyError, match=r"^acme/2026-01-15\.pdf (is damaged|has no text)"):
        read(tmp_path, ".pdf", sample_pdf()[:keep])


def test_noise_behind_a_pdfs_first_bytes_is_refused(tmp_path: Path) -> None:
    """Whatever pypdf makes of it."""
    with pytest.raises(BadPolicyError, match=r"^acme/2026-01-15\.pdf is damaged \(\w+\): export the PDF anew"):
        read(tmp_path, ".pdf", b"%PDF-1.7\n" + bytes(range(256)) * 20)


def raw_pdf(content: str) -> bytes:
    """A page with this content stream; F1 is Helvetica, F2 is bold."""
    stream = content.encode("latin-1")
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents 4 0 R/Resources<</Font<</F1 5 0 R/F2 6 0 R>>>>>>",
        b"<</Length %d>>stream\n%s\nendstream" % (len(stream), stream),
        *(b"<</Type/Font/Subtype/Type1/Encoding/WinAnsiEncoding/BaseFont/Helvetica%s>>" % name for name in (b"", b"-Bold")),
    ]
    data = b"%PDF-1.4\n"
    places = []
    for number, one in enumerate(objects, start=1):
        places.append(len(data))
        data += b"%d 0 obj\n%s\nendobj\n" % (number, one)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    head = b"xref\n0 7\n0000000000 65535 f \n" + table
    return data + head + b"trailer<</Size 7/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % len(data)


def width_of(text: str, size: float = 12) -> float:
    pdf = FPDF(unit="pt")
    pdf.set_font("Helvetica", "", size)
    return float(pdf.get_string_width(text))


def test_words_that_are_text_objects_of_their_own_are_apart(tmp_path: Path) -> None:
    """As browsers print: no space is written, and the gap between two words is the only sign."""
    words, x, drawn = ["We", "keep", "parcels", "for", "nine", "days", "and", "send", "them", "back."], 72.0, []
    for word in words:
        drawn.append(f"q 1 0 0 1 {x:.2f} 700 cm BT /F1 12 Tf 1 0 0 1 0 0 Tm ({word}) Tj ET Q")
        x += width_of(f"{word} ")

    assert read(tmp_path, ".pdf", raw_pdf("\n".join(drawn))).text == " ".join(words) + "\n"


def test_parts_of_a_word_are_not_taken_apart(tmp_path: Path) -> None:
    """Word breaks a line into text objects anywhere, and sets letters closer in one of them."""
    first, rest = "Your account is de", "leted after nine days."
    squeezed = width_of(first) - 0.2 * len(first)
    drawn = (
        f"q BT /F1 12 Tf -0.2 Tc 1 0 0 1 72 700 Tm ({first}) Tj ET Q "
        f"q BT /F1 12 Tf 1 0 0 1 {72 + squeezed:.2f} 700 Tm ({rest}) Tj ET Q"
    )

    assert read(tmp_path, ".pdf", raw_pdf(drawn)).text == f"{first}{rest}\n"


def test_each_size_of_type_has_its_own_pitch(tmp_path: Path) -> None:
    """A tight appendix does not cut the lines of the body apart."""
    body = [
        "Parcels are kept for as long as the depot has room for them, and then they go back to",
        "whoever has sent them, unless a neighbour has paid what was due, which we write down in",
        "the ledger together with the day and the hour at which the parcel was handed over then,",
        "and which we keep for nine years, because the tax office may want to see it at any time.",
    ]
    notes = [f"Tool {number} is used in the depot by people who sort parcels and by nobody else at all." for number in range(12)]
    drawn = [f"BT /F1 12 Tf 1 0 0 1 60 {700 - 15 * index} Tm ({line}) Tj ET" for index, line in enumerate(body)]
    drawn += [f"BT /F1 9 Tf 1 0 0 1 60 {560 - 11 * index} Tm ({line}) Tj ET" for index, line in enumerate(notes)]

    assert read(tmp_path, ".pdf", raw_pdf("\n".join(drawn))).text.startswith(" ".join(body) + "\n")


def test_items_with_roman_numbers_keep_their_lines(tmp_path: Path) -> None:
    """The second line begins below the text, not below the number."""
    lines = [("II.", "We keep what you have told us for as long as you are a member of the"), ("", "club, and for one year.")]
    drawn = ["BT /F2 16 Tf 1 0 0 1 60 740 Tm (Your data) Tj ET"]
    for index, (mark, text) in enumerate(lines):
        y = 700 - 14 * index
        drawn += [f"BT /F1 12 Tf 1 0 0 1 60 {y} Tm ({mark}) Tj ET"] if mark else []
        drawn.append(f"BT /F1 12 Tf 1 0 0 1 90 {y} Tm ({text}) Tj ET")

    document = read(tmp_path, ".pdf", raw_pdf("\n".join(drawn)))

    assert document.text == f"Your data\n\nII. {lines[0][1]} {lines[1][1]}\n"
