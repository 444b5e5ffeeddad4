"""CSV files: no text is run by a spreadsheet, and nothing else about a cell changes."""

from __future__ import annotations

import csv
import io
import math
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from candor.tickets.csv_safe import csv_lines, csv_text, guarded

SIGNS = "=+-@＝＋－＠﹢﹣﹦﹫"
# Space, tab, line ends, NUL, no-break space, soft hyphen, zero-width space and joiner, direction marks, line separator,
# variation selector, grapheme joiner, byte order mark, ideographic space, Hangul filler, empty Braille pattern.
UNSEEN = " \t\r\n\v\f\0\x1b\x85\xa0\xad\u034f\u200b\u200d\u200e\u202e\u2028\u2060\ufe0f\ufeff\u3000\u3164\u2800"
unseen = st.text(st.sampled_from(UNSEEN), max_size=5)
texts = st.text(st.one_of(st.characters(exclude_categories=["Cs"]), st.sampled_from(SIGNS + UNSEEN)), max_size=20)


def read(written: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(written, newline="")))


@given(before=unseen, sign=st.sampled_from(SIGNS), after=st.text(max_size=10))
def test_a_sign_is_guarded_whatever_stands_before_it(before: str, sign: str, after: str) -> None:
    """A reader sees the sign first, and so may a spreadsheet."""
    assert str(guarded(before + sign + after)).startswith("'")


@given(texts)
def test_a_guard_is_all_that_is_added(text: str) -> None:
    """Only NUL is dropped, which no CSV can hold."""
    kept = text.replace("\0", "")

    assert guarded(text) in {kept, f"'{kept}"}
    assert guarded(guarded(text)) == guarded(text)


@given(st.lists(st.lists(texts, min_size=2, max_size=4), min_size=1, max_size=4))
def test_what_is_written_is_read_back(rows: list[list[str]]) -> None:
    """Commas, quotes and line ends within cells included."""
    assert read("".join(csv_lines(rows))) == [[str(guarded(cell)) for cell in row] for row in rows]


@given(st.one_of(st.integers(), st.floats(allow_nan=False, allow_infinity=False)))
def test_a_number_stays_a_number(number: float) -> None:
    """Negative ones too: what decides is the type, so a text of digits with a sign is guarded."""
    ((cell,),) = read(csv_text([number], []))

    assert type(number)(cell) == number
    assert guarded(f"-{abs(number)}") == f"'-{abs(number)}"


@pytest.mark.parametrize(
    "cell", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", " =1", "  =1", "＝1", "\x00=1", "\ttext"]
)
def test_no_cell_is_a_formula(cell: str) -> None:
    """Whatever it begins with, and however it is hidden."""
    assert str(guarded(cell)).startswith("'")


@pytest.mark.parametrize(
    ("cell", "written"),
    [
        ("plain", "plain"), ("a=b", "a=b"), (" padded", " padded"), ("'=1", "'=1"), ("ünï", "ünï"), ("", ""), (None, ""),
        (-5, -5), (-2.5, -2.5), (True, True), (date(2026, 2, 16), "2026-02-16"), (-math.inf, "'-inf"),
    ],
)  # fmt: skip
def test_other_cells_stay_as_they_are(cell: object, written: object) -> None:
    """A date is written as ISO 8601; infinity is no number that a spreadsheet knows."""
    assert guarded(cell) == written


def test_titles_are_guarded_and_lines_end_as_the_standard_says() -> None:
    """The byte order mark comes first, where it is wanted."""
    assert csv_text(["=a", "b"], [['x"y', "p,q"]]) == '\'=a,b\r\n"x""y","p,q"\r\n'
    assert csv_text(["a"], [[1]], byte_order_mark=True) == "\ufeffa\r\n1\r\n"
