"""Markdown: CommonMark with tables."""

from __future__ import annotations

from pathlib import Path

from tests.knowledge.formats.samples import labels, passages_in, read


def test_front_matter_is_no_part_of_the_policy(tmp_path: Path) -> None:
    """Site generators put their own settings on top."""
    document = read(tmp_path, ".md", b"---\ntitle: Privacy\nlayout: page\n---\n\n# Privacy Policy\n\nWe sell nothing at all.\n")

    assert document.text == "Privacy Policy\n\nWe sell nothing at all.\n"


def test_emphasis_links_and_entities_become_their_words(tmp_path: Path) -> None:
    """What a reader of the page sees is what is quoted."""
    document = read(tmp_path, ".md", b"We *never* **sell** [your data](https://acme.example) &amp; keep `it` safe.\n")

    assert document.text == "We never sell your data & keep it safe.\n"


def test_numbered_headings_without_hashes_are_sections(tmp_path: Path) -> None:
    """Markdown takes "1. What We Collect" for a list of one item."""
    text = b"1. What We Collect\n\nWe collect your name only.\n\n2. Retention\n\nWe keep it for one year.\n"

    assert labels(read(tmp_path, ".md", text)) == [(1, "1. What We Collect"), (1, "2. Retention")]


def test_a_table_becomes_rows_that_name_their_columns(tmp_path: Path) -> None:
    """Each row can be quoted by itself."""
    document = read(tmp_path, ".md", b"# Privacy\n\n| Data | Kept for |\n|---|---|\n| Logs | 30 days |\n| Bills | 10 years |\n")

    assert [one.text for one in passages_in(document) if one.kind == "item"] == [
        "Data: Logs | Kept for: 30 days", "Data: Bills | Kept for: 10 years"
    ]  # fmt: skip


def test_html_within_markdown_is_read_as_html(tmp_path: Path) -> None:
    """And scripts in it are not read at all."""
    document = read(tmp_path, ".md", b"# Privacy\n\n<p>We keep <b>nothing</b>.</p>\n\n<script>alert('sold')</script>\n")

    assert document.text == "Privacy\n\nWe keep nothing.\n"


def test_bold_type_as_converters_write_it_is_read(tmp_path: Path) -> None:
    """CommonMark takes "**Logs: **We" for stars."""
    text = b"# Privacy\n\n- **Logs: **We keep logs.\n- **Bills:**We keep bills.\n- Name**: **We keep names.\n"
    text += b"- **Access:  \n    **You may ask.\n"

    assert [line for line in read(tmp_path, ".md", text).text.splitlines() if line][1:] == [
        "• Logs: We keep logs.",
        "• Bills: We keep bills.",
        "• Name: We keep names.",
        "• Access: You may ask.",
    ]


def test_attributes_and_joiners_are_no_text(tmp_path: Path) -> None:
    """What other Markdowns and copied pages add."""
    text = '# Privacy\n\nEffective May 4, 2026\n{: datetime="2026-05-04" }\n\n'
    text += "\u200d\n\n\u200d**Use**\n\nWe use it \u200donce only.\n"

    assert read(tmp_path, ".md", text.encode()).text == "Privacy\n\nEffective May 4, 2026\n\nUse\n\nWe use it once only.\n"


def test_headings_without_a_space_are_headings(tmp_path: Path) -> None:
    """Many editors take them; a number with a hash is none."""
    document = read(tmp_path, ".md", b"#Privacy\n\n##Sale\nWe sell nothing at all.\n\n#1 in town, we say it ourselves.\n")

    assert labels(document) == [(1, "Sale")]
    assert document.text.endswith("#1 in town, we say it ourselves.\n")


def test_what_is_struck_out_is_not_said(tmp_path: Path) -> None:
    """As a reader of the page sees it."""
    assert read(tmp_path, ".md", b"We keep it for ~~ninety~~ thirty days.\n").text == "We keep it for thirty days.\n"
