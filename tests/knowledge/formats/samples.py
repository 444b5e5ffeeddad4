"""One small policy in each format, and what the format tests share."""

from __future__ import annotations

import io
from pathlib import Path

import docx
from fpdf import FPDF

from knowledge.documents import PolicyDocument, read_document
from knowledge.passages import Passage, passages_of

COLLECT = "We collect your name and your e-mail address when you open an account. We do not ask for more than we need."
AUTOMATIC = "Our servers write down the pages that you open, and delete these notes after thirty days without looking at them."
YEARS, YEAR = "ten years where tax law says so", "one year in all other cases"
SALE = "We never sell personal data to anybody, and we do not rent it out either."
CONTACT = "Write to privacy@acme.example if you want to know more about how we handle what you gave us."

TXT = f"""Privacy Policy

Last updated: January 15, 2026

1. What We Collect

{COLLECT}

1.1 Server Logs

{AUTOMATIC}

2. Retention

We keep invoices for:

• {YEARS}
• {YEAR}

{SALE}

3. Contact

{CONTACT}
"""
MARKDOWN = f"""# Privacy Policy

Last updated: January 15, 2026

## 1. What We Collect

{COLLECT}

### 1.1 Server Logs

{AUTOMATIC}

## 2. Retention

We keep invoices for:

- {YEARS}
- {YEAR}

{SALE}

## 3. Contact

{CONTACT}
"""
HTML = f"""<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Acme</title><style>p {{ color: red }}</style></head>
<body><header><a href="/">Acme</a></header><nav><ul><li>Home</li><li>Shop</li></ul></nav>
<main><h1>Privacy Policy</h1><p>Last updated: <time>January 15, 2026</time></p>
<h2>1. What We Collect</h2><p>{COLLECT}</p><h3>1.1 Server Logs</h3><p>{AUTOMATIC}</p>
<h2>2. Retention</h2><p>We keep invoices for:</p><ul><li>{YEARS}</li><li>{YEAR}</li></ul><p>{SALE}</p>
<h2>3. Contact</h2><p>{CONTACT}</p></main>
<footer>© Acme</footer><script>track()</script></body></html>"""


def new_pdf() -> FPDF:
    pdf = FPDF()
    pdf.add_page()
    return pdf


def add_line(pdf: FPDF, text: str, *, size: float = 11, bold: bool = False, bullet: bool = False, gap: float = 3) -> None:
    """One paragraph, broken into lines as fpdf sees fit."""
    pdf.set_font("Helvetica", "B" if bold else "", size)
    if bullet:
        pdf.set_x(15)
        pdf.cell(5, size / 2, chr(149))
    pdf.multi_cell(0, size / 2, text, new_x="LMARGIN", new_y="NEXT", align="L")
    pdf.ln(gap)


def saved(pdf: FPDF) -> bytes:
    return bytes(pdf.output())


def sample_pdf() -> bytes:
    pdf = new_pdf()
    add_line(pdf, "Privacy Policy", size=20, bold=True)
    add_line(pdf, "Last updated: January 15, 2026")
    add_line(pdf, "1. What We Collect", size=15, bold=True)
    add_line(pdf, COLLECT)
    add_line(pdf, "1.1 Server Logs", size=12.5, bold=True)
    add_line(pdf, AUTOMATIC)
    add_line(pdf, "2. Retention", size=15, bold=True)
    add_line(pdf, "We keep invoices for:")
    add_line(pdf, YEARS, bullet=True, gap=0)
    add_line(pdf, YEAR, bullet=True)
    add_line(pdf, SALE)
    add_line(pdf, "3. Contact", size=15, bold=True)
    add_line(pdf, CONTACT)
    return saved(pdf)


def sample_docx() -> bytes:
    document = docx.Document()
    document.add_heading("Privacy Policy", 0)
    document.add_paragraph("Last updated: January 15, 2026")
    document.add_heading("1. What We Collect", 1)
    document.add_paragraph(COLLECT)
    document.add_heading("1.1 Server Logs", 2)
    document.add_paragraph(AUTOMATIC)
    document.add_heading("2. Retention", 1)
    document.add_paragraph("We keep invoices for:")
    document.add_paragraph(YEARS, style="List Bullet")
    document.add_paragraph(YEAR, style="List Bullet")
    document.add_paragraph(SALE)
    document.add_heading("3. Contact", 1)
    document.add_paragraph(CONTACT)
    return packed(document)


def packed(document: object) -> bytes:
    stream = io.BytesIO()
    document.save(stream)  # type: ignore[attr-defined]
    return stream.getvalue()


def all_formats() -> dict[str, bytes]:
    """The small policy: suffix → file."""
    return {
        ".txt": TXT.encode(), ".md": MARKDOWN.encode(), ".html": HTML.encode(), ".htm": HTML.encode(),
        ".pdf": sample_pdf(), ".docx": sample_docx(),
    }  # fmt: skip


def read(folder: Path, suffix: str, data: bytes) -> PolicyDocument:
    """As ingestion reads a file of this kind."""
    path = folder / f"2026-01-15{suffix}"
    path.write_bytes(data)
    return read_document(path, company="acme", policy="Policy")


def passages_in(document: PolicyDocument) -> list[Passage]:
    return passages_of(document.text, document.structure, company=document.company, version=document.version)


def labels(document: PolicyDocument) -> list[tuple[int, str]]:
    return [(section.level, section.label) for section in document.structure.sections]
