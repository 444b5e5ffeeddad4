"""Whatever a file does to the process that reads it, the caller gets a refusal."""

from __future__ import annotations

import psutil
import pytest

from candor.errors import BadPolicyError
from knowledge.formats.apart import LEFT_TO_IT, ReadingProcess
from knowledge.formats.readers import read_here
from tests.knowledge.formats.samples import HTML, all_formats


@pytest.mark.parametrize("suffix", [".txt", ".md", ".html", ".pdf", ".docx"])
def test_a_file_is_read_as_in_this_process(suffix: str) -> None:
    """Text and marks arrive unchanged."""
    data = all_formats()[suffix]

    with ReadingProcess() as apart:
        assert apart.read(suffix, data) == read_here(suffix, data)


def test_one_process_reads_many_files() -> None:
    """A refused one between them changes nothing."""
    with ReadingProcess() as apart:
        first = apart.read(".html", HTML.encode())
        with pytest.raises(BadPolicyError, match="has no text of its own"):
            apart.read(".html", b"<p> </p>")
        assert apart.read(".html", HTML.encode()) == first


@pytest.mark.parametrize("inner", ["<div>", "<ul><li>a", "<b><i>", "<table><tr><td>"])
def test_elements_nested_thousands_of_times_are_refused(inner: str) -> None:
    """No page that a person wrote has more than a hundred."""
    with ReadingProcess() as apart, pytest.raises(BadPolicyError, match=r"^nests its elements too deeply: export it anew"):
        apart.read(".html", f"<html><body>{inner * 5000}We keep nothing.".encode())


def test_the_process_knows_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that takes it over finds neither keys nor the database's address in its environment."""
    monkeypatch.setenv("CANDOR_INTERNAL_SECRET", "kept-from-readers")
    monkeypatch.setenv("CANDOR_DATABASE_URL", "postgresql://kept-from-readers@localhost/candor")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "kept-from-readers")

    others = {process.pid for process in psutil.Process().children()}  # of earlier tests
    with ReadingProcess() as apart:
        apart.read(".html", HTML.encode())
        (child,) = (process for process in psutil.Process().children() if process.pid not in others)
        environment = child.environ()

    assert "kept-from-readers" not in " ".join(environment.values())
    assert set(environment) <= LEFT_TO_IT | {"PYTHONPATH"}


def test_what_takes_too_long_is_refused() -> None:
    """Nobody waits for it."""
    endless = b"<html><body>" + b"<p>We keep it.</p>" * 300_000

    with ReadingProcess(seconds=0.5) as apart, pytest.raises(BadPolicyError, match=r"^takes longer than 0\.5 seconds to read"):
        apart.read(".html", endless)


def test_what_needs_too_much_memory_is_refused() -> None:
    """Before the machine has none left."""
    page = b"<html><body>" + b"<p>We keep it.</p>" * 300_000

    with ReadingProcess(memory=150_000_000) as apart, pytest.raises(BadPolicyError, match="too much memory"):
        apart.read(".html", page)


def test_too_many_paragraphs_are_refused_by_their_number() -> None:
    """It cannot be a policy."""
    with ReadingProcess(seconds=60) as apart, pytest.raises(BadPolicyError, match=r"^has 40,000 paragraphs, more than 30,000"):
        apart.read(".html", b"<html><body>" + b"<p>We keep it.</p>" * 40_000)
