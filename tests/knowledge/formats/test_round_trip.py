"""The same policy in every format: the same sections, the same passages, and quotes that are the stored text."""

from __future__ import annotations

from pathlib import Path

import pytest

from knowledge.formats.readers import known_suffixes
from tests.knowledge.formats.samples import TXT, all_formats, labels, passages_in, read

FORMATS = all_formats()


def test_every_format_that_is_read_has_a_sample() -> None:
    """A new row in the table needs the same policy in its format, so that the tests below cover it."""
    assert set(FORMATS) == set(known_suffixes())


@pytest.mark.parametrize("suffix", sorted(FORMATS))
def test_one_policy_is_the_same_in_every_format(tmp_path: Path, suffix: str) -> None:
    """What is asked of it is answered with the same words under the same headings, whatever it was written with."""
    plain = read(tmp_path, ".txt", TXT.encode())

    document = read(tmp_path, suffix, FORMATS[suffix])

    assert document.policy == "Privacy Policy"
    assert labels(document) == labels(plain)
    assert labels(document) == [(1, "1. What We Collect"), (2, "1.1 Server Logs"), (1, "2. Retention"), (1, "3. Contact")]
    assert [(one.kind, one.section, one.text, one.lead_in) for one in passages_in(document)] == [
        (one.kind, one.section, one.text, one.lead_in) for one in passages_in(plain)
    ]


@pytest.mark.parametrize("suffix", sorted(FORMATS))
def test_the_stored_text_is_the_same_each_time(tmp_path: Path, suffix: str) -> None:
    """Offsets in old citations depend on it."""
    first, second = (read(tmp_path, suffix, FORMATS[suffix]) for _ in range(2))

    assert (first.text, first.marks) == (second.text, second.marks)


@pytest.mark.parametrize("suffix", sorted(FORMATS))
def test_a_quote_is_the_stored_text(tmp_path: Path, suffix: str) -> None:
    """text[start:end], always."""
    document = read(tmp_path, suffix, FORMATS[suffix])

    assert all(one.text == document.text[one.start : one.end] for one in passages_in(document))


def test_plain_text_has_no_marks_and_stays_as_it_is(tmp_path: Path) -> None:
    """A text file tells its structure by its looks alone."""
    document = read(tmp_path, ".txt", TXT.encode())

    assert (document.text, document.marks) == (TXT, ())
