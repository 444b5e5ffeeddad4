"""Parts: rendered as plain text whose marks cover every word of it."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.characters import INVISIBLE
from knowledge.formats.parts import TextPart, rendered, settled, table_parts, tidy
from knowledge.passages import passages_of
from knowledge.structure import read_structure

WORDS = st.sampled_from(
    ["We", "data:", "for", "e.g.", "12", "months.", "Contact", "(see", "a@b.example", "\u200b", "\u00a0", "3.1", "•", "|", "Дані"]
)  # fmt: skip
TEXT = st.lists(WORDS, min_size=1, max_size=9).map(" ".join)
PART = st.builds(
    TextPart,
    st.sampled_from(["heading", "paragraph", "paragraph", "item", "item", "row", "navigation"]),
    TEXT | st.tuples(TEXT, TEXT).map("\n".join),
    st.integers(1, 4),
    st.sampled_from(["•", "1.", "a)", ""]),
    st.booleans(),
    st.booleans(),
)


@given(parts=st.lists(PART, max_size=14))
@settings(max_examples=150, deadline=None)
def test_whatever_the_parts_every_word_is_in_a_heading_or_a_block(parts: list[TextPart]) -> None:
    """Nothing a company wrote gets lost or counted twice: only bullet marks stand outside."""
    text, marks = rendered(settled([part for part in parts if tidy(part.text)]))

    structure = read_structure(text, marks)

    spans = [section.heading for section in structure.sections] + [block.span for block in structure.blocks]
    times = [0] * len(text)
    for span in spans:
        assert 0 <= span.start < span.end <= len(text)
        for index in range(span.start, span.end):
            times[index] += 1
    bullets = {index for mark in marks for index in range(mark.start, mark.body)}
    left_out = [index for index, count in enumerate(times) if not count and not text[index].isspace()]
    assert max(times, default=0) <= 1
    assert all(index in bullets or INVISIBLE.match(text[index]) for index in left_out)
    for one in passages_of(text, structure, company="acme", version="undated"):
        assert one.text == text[one.start : one.end]
        assert one.lead_in in text[: one.start]


def test_parts_become_lines_that_a_person_can_read() -> None:
    """A heading is alone on its line, an item has a bullet, and a nested list is indented."""
    parts = [
        TextPart("heading", "1. Use"), TextPart("paragraph", "We use  it:"), TextPart("item", "to bill,"),
        TextPart("item", "by post", 2), TextPart("item", "to ship", mark="2."), TextPart("row", "a | b"),
        TextPart("paragraph", "End", tight=True),
    ]  # fmt: skip

    text, _ = rendered(parts)

    assert text == "1. Use\n\nWe use it:\n\n• to bill,\n  • by post\n2. to ship\n\na | b\nEnd\n"


@pytest.mark.parametrize(
    ("rows", "headed", "expected"),
    [
        (
            [["Purpose", "Basis"], ["Security", "Interest"], ["Ads", ""]],
            True,
            ["Purpose: Security | Basis: Interest", "Purpose: Ads"],
        ),
        ([["Name", "a day"], ["Logs", "a year"]], False, ["Name | a day", "Logs | a year"]),
        ([["Only", "headers"]], True, ["Only | headers"]),
        ([["A", "B"], ["spans both"]], True, ["spans both"]),
        ([["", "Basis"], ["Security", "Basis"]], True, ["Security | Basis"]),
    ],
)
def test_a_row_is_understood_without_its_table(rows: list[list[str]], headed: bool, expected: list[str]) -> None:
    """A quoted row names its columns."""
    assert [part.text for part in table_parts(rows, headed=headed)] == expected


def test_characters_that_only_serve_the_layout_are_removed() -> None:
    """Soft hyphens, optional line breaks, ligatures and unusual spaces."""
    assert tidy("per\u00adsonal\u200b data\u00a0 \ufeffin our ﬁles\r\n\r\n now") == "personal data in our files\nnow"


def test_a_bold_line_over_a_text_is_a_heading() -> None:
    """Many editors have no other headings. A bold line that ends like a sentence, or is the last, stays text."""
    parts = [
        TextPart("paragraph", "What we keep", bold=True), TextPart("paragraph", "Nothing is sold.", bold=True),
        TextPart("paragraph", "Data."), TextPart("paragraph", "The end", bold=True),
    ]  # fmt: skip

    assert [part.kind for part in settled(parts)] == ["heading", "paragraph", "paragraph", "paragraph"]


@pytest.mark.parametrize("bullet", ["• ", "- ", "\uf0b7 ", "– ", "●"])
def test_a_paragraph_with_a_bullet_is_an_item(bullet: str) -> None:
    """Pasted lists are often paragraphs that begin with a sign, Word's own included."""
    (part,) = settled([TextPart("paragraph", f"{bullet}your name")])

    assert (part.kind, part.text) == ("item", "your name")


def test_a_list_of_one_number_over_a_text_is_a_heading() -> None:
    """ "1. What We Collect" was taken for a list of one item; items of a longer list stay items."""
    heading = [TextPart("item", "What We Collect", mark="1."), TextPart("paragraph", "Your name.")]
    items = [TextPart("item", "First", mark="1."), TextPart("item", "Second", mark="2."), TextPart("paragraph", "After.")]

    assert settled(heading)[0] == TextPart("heading", "1. What We Collect", 7)
    assert [part.kind for part in settled(items)] == ["item", "item", "paragraph"]
