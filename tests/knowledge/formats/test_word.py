"""DOCX: headings by style, numbers as Word prints them, and no word lost to where it is kept."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Any

import docx
import pytest
from docx.enum.style import WD_STYLE_TYPE
from docx.oxml import parse_xml

from candor.errors import BadPolicyError
from knowledge.formats import word
from tests.knowledge.formats.samples import labels, packed, passages_in, read, sample_docx

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
SENTENCE = "We keep what you tell us for one year."


def xml(body: str) -> Any:
    return parse_xml(f'<w:p xmlns:w="{W}">{body}</w:p>')


def text_of(folder: Path, document: Any) -> str:
    return read(folder, ".docx", packed(document)).text


def add_numbering(document: Any, levels: list[tuple[str, str]]) -> str:
    """A list whose levels are numbered like this, each (format, text); its id."""
    root = document.part.numbering_part.element
    inner = "".join(
        f'<w:lvl w:ilvl="{index}"><w:start w:val="1"/><w:numFmt w:val="{form}"/><w:lvlText w:val="{text}"/></w:lvl>'
        for index, (form, text) in enumerate(levels)
    )
    root.insert(0, parse_xml(f'<w:abstractNum xmlns:w="{W}" w:abstractNumId="77">{inner}</w:abstractNum>'))
    root.append(parse_xml(f'<w:num xmlns:w="{W}" w:numId="77"><w:abstractNumId w:val="77"/></w:num>'))
    return "77"


def numbered(paragraph: Any, list_id: str, level: int) -> None:
    properties = paragraph._p.get_or_add_pPr()
    properties.append(parse_xml(f'<w:numPr xmlns:w="{W}"><w:ilvl w:val="{level}"/><w:numId w:val="{list_id}"/></w:numPr>'))


def test_numbers_that_word_computes_are_in_the_text(tmp_path: Path) -> None:
    """The file does not contain "Section 2" or "2.1": Word counts them when it shows the document."""
    document = docx.Document()
    headings = add_numbering(document, [("decimal", "%1."), ("decimal", "%1.%2")])
    for text, level in (("Collection", 0), ("Retention", 0), ("Logs", 1), ("Bills", 1), ("Sale", 0)):
        numbered(document.add_heading(text, level + 1), headings, level)
        document.add_paragraph(SENTENCE)

    assert labels(read(tmp_path, ".docx", packed(document))) == [
        (1, "1. Collection"), (1, "2. Retention"), (2, "2.1 Logs"), (2, "2.2 Bills"), (1, "3. Sale")
    ]  # fmt: skip


def test_items_are_marked_as_word_marks_them(tmp_path: Path) -> None:
    """Letters and roman numbers start over with each outer item."""
    document = docx.Document()
    items = add_numbering(document, [("lowerLetter", "(%1)"), ("lowerRoman", "%2.")])
    document.add_paragraph("We keep:")
    for text, level in (("bills", 0), ("paid", 1), ("open", 1), ("logs", 0), ("of servers", 1)):
        numbered(document.add_paragraph(text), items, level)

    assert text_of(tmp_path, document).splitlines()[2:] == ["(a) bills", "  i. paid", "  ii. open", "(b) logs", "  i. of servers"]


def test_a_list_within_a_list_belongs_to_its_item(tmp_path: Path) -> None:
    """Also if styles, and not numbers, give the depth."""
    document = docx.Document()
    document.add_paragraph("We never share:")
    for text, style in (("contact data:", "List Bullet"), ("your name", "List Bullet 2"), ("usage data", "List Bullet")):
        document.add_paragraph(text, style=style)

    items = {one.text: one.lead_in for one in passages_in(read(tmp_path, ".docx", packed(document))) if one.kind == "item"}

    assert items == {"your name": "contact data:", "usage data": "We never share:"}


def test_a_style_that_is_based_on_a_heading_is_one(tmp_path: Path) -> None:
    """Companies have styles of their own."""
    document = docx.Document()
    document.styles.add_style("Acme Section", WD_STYLE_TYPE.PARAGRAPH).base_style = document.styles["Heading 2"]
    document.add_paragraph("Selling", style="Acme Section")
    document.add_paragraph(SENTENCE)

    assert labels(read(tmp_path, ".docx", packed(document))) == [(1, "Selling")]


def test_a_bold_line_is_a_heading(tmp_path: Path) -> None:
    """Most people use no styles; a bold sentence is not a heading."""
    document = docx.Document()
    for text, bold in (("Selling", True), (SENTENCE, False), ("We never sell it.", True), (SENTENCE, False)):
        document.add_paragraph().add_run(text).bold = bold

    assert labels(read(tmp_path, ".docx", packed(document))) == [(1, "Selling")]


def test_tracked_insertions_are_read_and_tracked_deletions_are_not(tmp_path: Path) -> None:
    """As Word shows the document once the changes are accepted."""
    document = docx.Document()
    document.element.body.insert(
        0,
        xml(
            '<w:r><w:t xml:space="preserve">We </w:t></w:r><w:del><w:r><w:delText>never </w:delText></w:r></w:del>'
            '<w:ins><w:r><w:t xml:space="preserve">rarely </w:t></w:r></w:ins><w:r><w:t>share it.</w:t></w:r>'
        ),
    )

    assert text_of(tmp_path, document) == "We rarely share it.\n"


def test_text_in_content_controls_links_and_fields_is_read(tmp_path: Path) -> None:
    """The instructions of a field are not."""
    document = docx.Document()
    inner = (
        '<w:r><w:t xml:space="preserve">Write to </w:t></w:r><w:hyperlink><w:r><w:t>us</w:t></w:r></w:hyperlink>'
        "<w:r><w:instrText>DATE</w:instrText></w:r><w:sdt><w:sdtContent><w:r><w:t>, please.</w:t></w:r></w:sdtContent></w:sdt>"
    )
    control = f'<w:sdt xmlns:w="{W}"><w:sdtContent><w:p>{inner}</w:p></w:sdtContent></w:sdt>'
    document.element.body.insert(0, parse_xml(control))

    assert text_of(tmp_path, document) == "Write to us, please.\n"


def test_a_table_of_contents_is_navigation(tmp_path: Path) -> None:
    """Its lines repeat the headings, with page numbers."""
    document = docx.Document()
    document.styles.add_style("toc 1", WD_STYLE_TYPE.PARAGRAPH)
    document.add_paragraph("Selling\t3", style="toc 1")
    document.add_heading("Selling", 1)
    document.add_paragraph(SENTENCE)

    result = read(tmp_path, ".docx", packed(document))

    assert [one.text for one in passages_in(result)] == [SENTENCE]
    assert labels(result) == [(1, "Selling")]


def test_a_row_of_a_table_names_its_columns(tmp_path: Path) -> None:
    """If the first row is marked as the head or set in bold."""
    document = docx.Document()
    document.add_paragraph(SENTENCE)
    table = document.add_table(2, 2)
    for index, text in enumerate(("Data", "Kept for", "Logs", "30 days")):
        run = table.cell(index // 2, index % 2).paragraphs[0].add_run(text)
        run.bold = index < 2

    assert text_of(tmp_path, document) == f"{SENTENCE}\n\nData: Logs | Kept for: 30 days\n"


def test_a_table_of_one_column_is_text(tmp_path: Path) -> None:
    """A frame around a notice."""
    document = docx.Document()
    document.add_table(1, 1).cell(0, 0).text = SENTENCE

    assert text_of(tmp_path, document) == f"{SENTENCE}\n"


def test_a_line_break_separates_lines(tmp_path: Path) -> None:
    """As in an address."""
    document = docx.Document()
    document.add_paragraph("Acme Limited\n1 High Street")

    assert text_of(tmp_path, document) == "Acme Limited\n1 High Street\n"


@pytest.mark.parametrize("cut", [60, 5000])
def test_a_damaged_document_is_refused(tmp_path: Path, cut: int) -> None:
    """By name, reason and cure."""
    with pytest.raises(BadPolicyError, match=r"^acme/2026-01-15\.docx is damaged \(\w+\): open it in Word and save it anew"):
        read(tmp_path, ".docx", sample_docx()[:cut])


def test_a_zip_that_is_no_word_document_is_refused(tmp_path: Path) -> None:
    """Such as a spreadsheet under another name."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as packing:
        packing.writestr("content.xml", "<a/>")

    with pytest.raises(BadPolicyError, match=r"^acme/2026-01-15\.docx is damaged"):
        read(tmp_path, ".docx", stream.getvalue())


def test_a_document_that_unpacks_to_too_much_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Before it is unpacked, because a small file can hold gigabytes of nothing."""
    monkeypatch.setattr(word, "LARGEST_UNPACKED", 1_000_000)
    stream = io.BytesIO(sample_docx())
    with zipfile.ZipFile(stream, "a", zipfile.ZIP_DEFLATED) as packing:
        packing.writestr("word/media/image1.bin", bytes(2_000_000))
    assert len(stream.getvalue()) < 100_000

    with pytest.raises(BadPolicyError, match=r"2026-01-15\.docx unpacks to 2,[\d,]+ bytes, more than 1,000,000: save it without"):
        read(tmp_path, ".docx", stream.getvalue())


def test_what_is_hidden_or_struck_out_is_not_said(tmp_path: Path) -> None:
    """A note to the lawyer, and what an older draft said."""
    document = docx.Document()
    hidden = "".join(f"<w:r><w:rPr><w:{name}/></w:rPr><w:t>{name}</w:t></w:r>" for name in ("vanish", "strike", "dstrike"))
    shown = '<w:r><w:rPr><w:strike w:val="0"/></w:rPr><w:t>We sell nothing.</w:t></w:r>'
    document.element.body.insert(0, xml(shown + hidden))

    assert text_of(tmp_path, document) == "We sell nothing.\n"


def test_a_cell_of_several_rows_belongs_to_each(tmp_path: Path) -> None:
    """A row is quoted alone; the items of a list in a cell are set apart."""
    document = docx.Document()
    table = document.add_table(rows=3, cols=3)
    for row, cells in enumerate([("Kind", "Data", "Kept"), ("Account", "name", "a year"), ("", "e-mail", "a day")]):
        for column, cell in enumerate(cells):
            table.cell(row, column).text = cell
    for cell in table.rows[0].cells:
        cell.paragraphs[0].runs[0].bold = True
    table.cell(1, 0).merge(table.cell(2, 0))
    table.cell(1, 1).paragraphs[0].style = "List Bullet"
    table.cell(1, 1).add_paragraph("address", style="List Bullet")

    assert text_of(tmp_path, document).splitlines() == [
        "Kind: Account | Data: name; address | Kept: a year", "Kind: Account | Data: e-mail | Kept: a day"
    ]  # fmt: skip
