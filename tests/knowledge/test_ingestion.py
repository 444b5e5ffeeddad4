"""Ingestion: embeds what is new, refuses what is bad, and never takes the last good index away."""

from __future__ import annotations

import json
import shutil
import threading
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from candor.errors import InvalidInputError, UnknownVersionError
from knowledge import ingestion
from knowledge.aspect_map import AspectMap
from knowledge.aspect_mapper import AspectMapper
from knowledge.catalogue import PolicyCatalogue
from knowledge.documents import read_document
from knowledge.index import FILES, Build, current_build, load_build, save_build, stored_report
from knowledge.ingestion import IngestionReport, ingest, is_up_to_date
from knowledge.passages import Passage
from knowledge.policy_folder import read_policies
from tests.conftest import ACME, GLOBEX
from tests.fakes import FakeEncoder, small_mapper
from tests.knowledge.formats.samples import HTML, sample_docx, sample_pdf

GERMAN = "Wir erheben Ihren Namen und Ihre Anschrift, wenn Sie etwas bei uns bestellen, und bewahren beides ein Jahr lang auf."


class Ingesting:
    """Ingests one policies folder into one index folder, and remembers each encoder that was asked for."""

    def __init__(self, policies: Path, index: Path) -> None:
        self.policies, self.index = policies, index
        self.encoders: list[FakeEncoder] = []
        self.mentions: list[str] = []
        self.ticks: list[tuple[int, int]] = []

    def run(self, encoder_id: str = FakeEncoder.id, forget: Sequence[str] = ()) -> IngestionReport:
        return ingest(self.policies, self.index, self._encoder, encoder_id, self.mentions.append, tick=self._tick, forget=forget)

    def _tick(self, done: int, total: int) -> None:
        self.ticks.append((done, total))

    def _encoder(self) -> FakeEncoder:
        self.encoders.append(FakeEncoder())
        return self.encoders[-1]

    @property
    def encoded(self) -> list[str]:
        return [text for encoder in self.encoders for text in encoder.encoded]

    def build(self) -> Build:
        return load_build(self.index, encoder_id=FakeEncoder.id)

    def quotes(self) -> list[str]:
        return [passage.text for passage in self.build().passages]

    def catalogue(self, encoder_id: str = FakeEncoder.id) -> PolicyCatalogue:
        return PolicyCatalogue(self.index, encoder_id)

    def renew(self) -> None:
        """Acme's policy gets a new version, and the old one's file is removed."""
        (self.policies / "acme" / "2026-03-01.txt").write_text(ACME.replace("ten years", "eight years"), encoding="utf-8")
        (self.policies / "acme" / "2026-01-15.txt").unlink()
        assert self.run().changed


@pytest.fixture
def ingesting(policies: Path, tmp_path: Path) -> Ingesting:
    """Nothing ingested yet."""
    return Ingesting(policies, tmp_path / "index")


@pytest.fixture
def ingested(ingesting: Ingesting) -> Ingesting:
    """Ingested once; what happened then is forgotten."""
    assert ingesting.run().changed
    ingesting.encoders.clear()
    return ingesting


def test_the_first_run_embeds_every_passage(ingesting: Ingesting) -> None:
    """Two companies' policies become one index, each version current for its company."""
    report = ingesting.run()

    build = load_build(ingesting.index, encoder_id=FakeEncoder.id)
    assert (report.changed, report.documents, report.refused) == (True, 2, ())
    assert report.passages == report.embedded == len(build.passages) == len(build.vectors)
    assert build.manifest["current"] == {"acme": "2026-01-15", "globex": "undated"}
    assert "ten years where tax law says so" in ingesting.quotes()
    assert report.summary() == f"2 policy versions, {report.passages} passages ({report.passages} newly embedded)"


def test_a_vector_is_the_mean_of_the_two_readings(ingested: Ingesting) -> None:
    """The inner product with a query is the mean of the cosines with and without headings."""
    build = load_build(ingested.index, encoder_id=FakeEncoder.id)

    expected = np.stack([FakeEncoder().encode(passage.readings[:2]).mean(axis=0) for passage in build.passages])

    assert np.allclose(build.vectors.vectors(), expected, atol=1e-6)


def test_the_encoder_is_not_loaded_if_nothing_changed(ingested: Ingesting) -> None:
    """Loading takes seconds; a second run builds nothing."""
    before = current_build(ingested.index)

    report = ingested.run()

    assert (report.changed, report.embedded, ingested.encoders) == (False, 0, [])
    assert current_build(ingested.index) == before
    assert report.summary() == "nothing changed"


def test_only_changed_passages_are_embedded(ingested: Ingesting) -> None:
    """One new sentence is one new passage; all others keep the vectors they have."""
    path = ingested.policies / "acme" / "2026-01-15.txt"
    path.write_text(
        ACME.replace("We never sell personal data.", "We never sell personal data. We rent it to nobody."), encoding="utf-8"
    )

    report = ingested.run()

    assert (report.changed, report.embedded) == (True, 1)
    assert set(ingested.encoded) == {"Selling. We rent it to nobody.", "We rent it to nobody."}
    assert "We rent it to nobody." in ingested.quotes()


def test_reused_vectors_stay_with_their_passages(ingested: Ingesting) -> None:
    """Each passage still has its own vector after rows have moved."""
    text = ACME.replace("1. What We Collect\n", "1. What We Collect\n\nWe collect as little as we can.\n")
    (ingested.policies / "acme" / "2026-01-15.txt").write_text(text, encoding="utf-8")

    ingested.run()

    build = load_build(ingested.index, encoder_id=FakeEncoder.id)
    expected = np.stack([FakeEncoder().encode(passage.readings[:2]).mean(axis=0) for passage in build.passages])
    assert np.allclose(build.vectors.vectors(), expected, atol=1e-6)


def test_a_change_that_only_moves_text_embeds_nothing(ingested: Ingesting) -> None:
    """Blank lines change every offset and no sentence: a new build, without the encoder."""
    (ingested.policies / "acme" / "2026-01-15.txt").write_text("\n\n" + ACME, encoding="utf-8")

    report = ingested.run()

    assert (report.changed, report.embedded, ingested.encoders) == (True, 0, [])


def test_a_new_version_becomes_current_and_the_old_one_stays(ingested: Ingesting) -> None:
    """A version is a file; the latest date is served, the others can be looked up."""
    (ingested.policies / "acme" / "2026-03-01.txt").write_text(ACME.replace("ten years", "eight years"), encoding="utf-8")

    report = ingested.run()

    build = load_build(ingested.index, encoder_id=FakeEncoder.id)
    assert report.documents == 3
    assert build.manifest["current"]["acme"] == "2026-03-01"
    assert build.document("acme", "2026-01-15") is not None


def test_a_company_that_was_removed_is_gone(ingested: Ingesting) -> None:
    """The index holds what the folder holds, and no more."""
    shutil.rmtree(ingested.policies / "globex")

    report = ingested.run()

    assert (report.changed, report.embedded) == (True, 0)
    assert set(load_build(ingested.index, encoder_id=FakeEncoder.id).companies) == {"acme"}


def test_a_changed_company_toml_is_picked_up(ingested: Ingesting) -> None:
    """A new contact address is served although no policy changed, and nothing is embedded for it."""
    (ingested.policies / "acme" / "company.toml").write_text('name = "Acme"\ncontact = "dpo@acme.example"\n', encoding="utf-8")

    report = ingested.run()

    assert (report.changed, report.embedded) == (True, 0)
    assert load_build(ingested.index, encoder_id=FakeEncoder.id).companies["acme"].contact == "dpo@acme.example"


def test_passages_that_an_older_candor_split_differently_are_split_again(ingested: Ingesting) -> None:
    """The files are the same, but a newer Candor reads them better: the index follows."""
    old = load_build(ingested.index, encoder_id=FakeEncoder.id)
    save_build(
        ingested.index, encoder_id=FakeEncoder.id, documents=old.documents, passages=old.passages[1:],
        readings=old.readings[1:], tokens=old.tokens.of_rows(np.arange(1, len(old.passages))),
        companies=old.companies, current=old.manifest["current"],
    )  # fmt: skip

    report = ingested.run()

    assert (report.changed, report.embedded) == (True, 1)
    assert ingested.quotes() == [passage.text for passage in old.passages]


@pytest.mark.parametrize(
    ("file", "data", "reason"),
    [
        ("acme/2026-02-01.txt", b"", "is empty"),
        ("acme/2026-02-01.txt", b"\xff\xfe", "is not UTF-8"),
        ("acme/2026-02-01.txt", b"MZ\x00", "is binary"),
        ("acme/2026-02-01.txt", b"Privacy Policy\n", "has no sentence to quote"),
        ("acme/newest.txt", b"We sell nothing.", "name the file after the policy's date"),
        ("acme/2026-02-01.pdf", b"%PDF", "is no PDF"),
        ("acme/2026-02-01.pdf", b"%PDF-1.7", "is damaged"),
        ("acme/2026-02-01.odt", b"PK", ".odt files are not read here"),
        ("acme/2026-01-15.md", b"We sell nothing at all.", "acme/2026-01-15.md are both version 2026-01-15: keep one of them"),
        ("acme/2026-02-01.txt", GERMAN.encode(), "is in German, and Candor answers from English texts only"),
        ("acme/company.toml", b"name = ", "is not valid TOML"),
        ("globex/company.toml", b'name = "G"', "contact must be a text"),
    ],
)
def test_a_bad_file_keeps_its_last_good_version(ingested: Ingesting, file: str, data: bytes, reason: str) -> None:
    """The file is named with the reason, and what is served stays as it was."""
    before, quotes = current_build(ingested.index), ingested.quotes()
    (ingested.policies / file).write_bytes(data)

    report = ingested.run()

    assert [entry.file for entry in report.refused] == [file.replace("2026-01-15.md", "2026-01-15.txt")]
    assert reason in report.refused[0].reason
    assert (report.changed, ingested.encoders) == (False, [])
    assert (current_build(ingested.index), ingested.quotes()) == (before, quotes)
    assert report.summary().endswith("nothing else changed")


@pytest.mark.parametrize("file", ["2026-01-15.txt", "2026-02-01.txt", "company.toml"])
def test_a_bad_file_keeps_no_other_company_waiting(ingested: Ingesting, file: str) -> None:
    """The other company's change is served at once, and the bad one's last good version beside it."""
    acme = {one.text for one in ingested.build().passages if one.company == "acme"}
    (ingested.policies / "acme" / file).write_bytes(b"")
    (ingested.policies / "globex" / "undated.txt").write_text("We changed this good file as well.", encoding="utf-8")

    report = ingested.run()

    assert (report.changed, [entry.file for entry in report.refused]) == (True, [f"acme/{file}"])
    assert set(ingested.quotes()) == acme | {"We changed this good file as well."}
    assert ingested.build().manifest["current"] == {"acme": "2026-01-15", "globex": "undated"}
    assert [version.kept for version in report.versions if version.company == "acme"] == [file != "2026-02-01.txt"]


def test_a_bad_file_keeps_no_other_version_of_its_company_waiting(ingested: Ingesting) -> None:
    """An old version that cannot be read any more stays as it was read, and the new one is taken."""
    (ingested.policies / "acme" / "2026-01-15.txt").write_bytes(b"")
    (ingested.policies / "acme" / "2026-03-01.txt").write_text("From now on we keep nothing at all.", encoding="utf-8")

    ingested.run()

    assert ingested.catalogue().versions("acme") == ["2026-03-01", "2026-01-15"]
    assert "ten years where tax law says so" in ingested.quotes()


def test_a_new_company_with_a_bad_file_is_not_served(ingested: Ingesting) -> None:
    """There is nothing of it to keep; the others stay."""
    (ingested.policies / "initech").mkdir()
    (ingested.policies / "initech" / "company.toml").write_text('name = "I"\ncontact = "i"', encoding="utf-8")
    (ingested.policies / "initech" / "2026-01-15.html").write_bytes(b"<html>")

    report = ingested.run()

    assert [entry.file for entry in report.refused] == ["initech/2026-01-15.html"]
    assert set(ingested.build().companies) == {"acme", "globex"}


def test_all_bad_files_are_named_at_once(ingested: Ingesting) -> None:
    """Nobody wants to run it again for each."""
    (ingested.policies / "acme" / "2026-02-01.txt").write_bytes(b"")
    (ingested.policies / "globex" / "old").mkdir()
    (ingested.policies / "Initech").mkdir()

    report = ingested.run()

    assert [entry.file for entry in report.refused] == ["Initech/company.toml", "acme/2026-02-01.txt", "globex/old"]


def test_a_company_without_a_policy_is_refused(ingested: Ingesting) -> None:
    """It would be offered, and could answer nothing."""
    (ingested.policies / "globex" / "undated.txt").unlink()

    report = ingested.run()

    assert [entry.reason for entry in report.refused] == ["globex has no policy: add one, such as globex/2026-01-15.txt"]


def test_hidden_files_and_files_beside_the_folders_are_no_policies(ingested: Ingesting) -> None:
    """A README, .DS_Store or .git are left alone."""
    (ingested.policies / "README.md").write_text("notes", encoding="utf-8")
    (ingested.policies / "acme" / ".DS_Store").write_bytes(b"\x00")
    (ingested.policies / ".git").mkdir()

    report = ingested.run()

    assert (report.changed, report.documents, report.refused) == (False, 2, ())


def test_a_run_succeeds_once_the_bad_file_is_corrected(ingested: Ingesting) -> None:
    """A refusal leaves nothing behind."""
    path = ingested.policies / "acme" / "2026-02-01.txt"
    path.write_bytes(b"")
    ingested.run()
    path.write_text(ACME, encoding="utf-8")

    report = ingested.run()

    assert (report.changed, report.refused) == (True, ())


def test_a_missing_policies_folder_is_refused(ingested: Ingesting) -> None:
    """The message names the folder; the index stays."""
    before = current_build(ingested.index)
    shutil.rmtree(ingested.policies)

    report = ingested.run()

    assert [entry.reason for entry in report.refused] == ["there is no folder policies/ with policies"]
    assert current_build(ingested.index) == before


def test_a_folder_without_companies_is_refused(ingested: Ingesting) -> None:
    """An empty folder is a mistake, and no reason to serve nothing."""
    before = current_build(ingested.index)
    for company in ("acme", "globex"):
        shutil.rmtree(ingested.policies / company)

    report = ingested.run()

    assert [entry.reason for entry in report.refused] == ["holds no company: add a folder with a company.toml and a policy"]
    assert current_build(ingested.index) == before


@pytest.mark.parametrize("file", [*FILES, "manifest.json"])
def test_a_damaged_index_is_rebuilt(ingested: Ingesting, file: str) -> None:
    """Its vectors are not trusted either: every passage is embedded again."""
    quotes = ingested.quotes()
    path = ingested.index / current_build(ingested.index) / file
    path.write_bytes(path.read_bytes()[:-7])

    report = ingested.run()

    assert (report.changed, report.embedded) == (True, len(quotes))
    assert ingested.quotes() == quotes


def test_another_encoder_embeds_everything_anew(ingested: Ingesting) -> None:
    """Vectors of another encoder are never reused."""
    total = len(ingested.quotes())

    report = ingested.run(encoder_id="fake:2")

    assert (report.changed, report.embedded) == (True, total)
    assert load_build(ingested.index, encoder_id="fake:2").manifest["encoder"] == "fake:2"


def test_runs_at_the_same_time_do_no_harm(ingesting: Ingesting) -> None:
    """They wait for each other: one builds, the others find nothing to do."""
    start = threading.Barrier(4)
    reports: list[IngestionReport] = []

    def run() -> None:
        start.wait(timeout=10)
        reports.append(ingesting.run())

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)

    assert sorted(report.changed for report in reports) == [False, False, False, True]
    assert len(ingesting.encoders) == 1
    assert len([path for path in ingesting.index.iterdir() if path.is_dir()]) == 1
    assert ingesting.quotes()


@pytest.mark.parametrize(
    ("change", "expected"), [("nothing", True), ("policy", False), ("company", False), ("version", False), ("index", False)]
)
def test_whether_the_index_is_up_to_date(ingested: Ingesting, change: str, expected: bool) -> None:
    """Asked by `candor doctor`: any change in the folder or damage to the index makes it stale."""
    acme = ingested.policies / "acme"
    match change:
        case "policy":
            (acme / "2026-01-15.txt").write_text("We sell all of it.", encoding="utf-8")
        case "company":
            (acme / "company.toml").write_text('name = "A"\ncontact = "b"', encoding="utf-8")
        case "version":
            (acme / "2025-01-15.txt").write_text(ACME, encoding="utf-8")
        case "index":
            (ingested.index / "CURRENT").unlink()
    found = read_policies(ingested.policies)

    assert is_up_to_date(found.companies, found.documents, ingested.index, FakeEncoder.id) is expected


# Versions whose file is gone


def test_a_version_whose_file_was_removed_still_opens(ingested: Ingesting) -> None:
    """A citation that was given last year opens this year; nothing is answered from it any more."""
    before = ingested.catalogue().document("acme", "2026-01-15")

    ingested.renew()

    catalogue = ingested.catalogue()
    build = catalogue.build()
    assert catalogue.document("acme", "2026-01-15").text == before.text
    assert catalogue.document("acme", "2026-01-15").structure == before.structure
    assert (catalogue.current_version("acme"), catalogue.versions("acme")) == ("2026-03-01", ["2026-03-01", "2026-01-15"])
    assert len(build.rows_of("acme", "2026-01-15")) == 0
    assert "ten years where tax law says so" not in ingested.quotes()


def test_a_retired_version_opens_after_many_runs(ingested: Ingesting) -> None:
    """Runs that change something, runs that change nothing, and runs that refuse."""
    ingested.renew()
    toml = ingested.policies / "acme" / "company.toml"

    for name in ("A", "A", "B", "C"):
        toml.write_text(f'name = "{name}"\ncontact = "b"', encoding="utf-8")
        ingested.run()
    (ingested.policies / "globex" / "undated.txt").write_bytes(b"")
    ingested.run()

    assert ingested.catalogue().document("acme", "2026-01-15").text == ACME


@pytest.mark.parametrize("file", ["readings.npy", "passages.json", "vectors.faiss", "documents.json"])
def test_a_retired_version_survives_a_damaged_index(ingested: Ingesting, file: str) -> None:
    """It lives nowhere else; where its own file is damaged, the build before has it."""
    ingested.renew()
    (ingested.policies / "acme" / "company.toml").write_text('name = "A"\ncontact = "b"', encoding="utf-8")
    ingested.run()
    path = ingested.index / current_build(ingested.index) / file
    path.write_bytes(path.read_bytes()[:-7])

    assert ingested.run().changed

    assert ingested.catalogue().document("acme", "2026-01-15").text == ACME


def test_a_retired_version_survives_another_encoder(ingested: Ingesting) -> None:
    """Its vectors are gone anyway."""
    ingested.renew()

    ingested.run("fake:2")

    assert ingested.catalogue("fake:2").document("acme", "2026-01-15").text == ACME


def test_a_version_whose_file_comes_back_is_no_longer_retired(ingested: Ingesting) -> None:
    """It was moved by mistake."""
    ingested.renew()
    (ingested.policies / "acme" / "2026-01-15.txt").write_text(ACME, encoding="utf-8")

    report = ingested.run()

    assert [version.retired for version in report.versions] == [False, False, False]
    assert len(ingested.catalogue().build().rows_of("acme", "2026-01-15")) > 0


def test_versions_of_a_company_that_comes_back_open_again(ingested: Ingesting, tmp_path: Path) -> None:
    """While its folder is gone nothing of it is served; nothing of it is lost either."""
    ingested.renew()
    shutil.move(ingested.policies / "acme", tmp_path / "away")
    ingested.run()
    assert set(ingested.catalogue().companies) == {"globex"}
    shutil.move(tmp_path / "away", ingested.policies / "acme")

    ingested.run()

    assert ingested.catalogue().versions("acme") == ["2026-03-01", "2026-01-15"]


def test_a_retired_version_keeps_the_structure_that_its_format_gave(ingested: Ingesting) -> None:
    """The file is gone, and with it the marks of headings and lists."""
    page = ingested.policies / "acme" / "2025-01-15.html"
    page.write_text(HTML.replace("2. Retention", "how long we keep it."), encoding="utf-8")  # no guess makes that a heading
    ingested.run()
    before = read_document(page, company="acme", policy="").structure
    page.unlink()

    ingested.run()

    assert ingested.catalogue().document("acme", "2025-01-15").structure == before
    assert [section.title for section in before.sections] == ["What We Collect", "Server Logs", "how long we keep it", "Contact"]


def test_a_retired_version_can_be_forgotten(ingested: Ingesting) -> None:
    """A draft that was never meant to be seen; only that version goes, without the encoder."""
    ingested.renew()
    ingested.encoders.clear()

    report = ingested.run(forget=["acme/2026-01-15"])

    assert (report.changed, report.embedded, ingested.encoders) == (True, 0, [])
    assert ingested.catalogue().versions("acme") == ["2026-03-01"]
    with pytest.raises(UnknownVersionError):
        ingested.catalogue().document("acme", "2026-01-15")
    assert not ingested.run().changed


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("acme/2026-03-01", "acme/2026-03-01 still has its file: remove the file first, then forget the version"),
        ("acme/1999-01-01", "acme/1999-01-01 is no retired version; retired are: acme/2026-01-15"),
    ],
)
def test_only_a_retired_version_can_be_forgotten(ingested: Ingesting, name: str, reason: str) -> None:
    """One with a file would be back with the next run."""
    ingested.renew()

    with pytest.raises(InvalidInputError) as refused:
        ingested.run(forget=[name])

    assert str(refused.value) == reason


# The report


def test_the_report_describes_each_version(ingesting: Ingesting) -> None:
    """Its sections, passages and language, and what its author should check."""
    report = ingesting.run()

    acme, globex = report.versions
    assert (acme.company, acme.version, acme.file, acme.sections, acme.language) == (
        "acme",
        "2026-01-15",
        "2026-01-15.txt",
        3,
        "English",
    )
    assert acme.passages + globex.passages == report.passages
    assert [one.kind for one in acme.warnings] == ["no_contact"]
    assert [one.kind for one in globex.warnings] == ["no_date", "no_contact"]
    assert report.as_text().splitlines()[:2] == [
        f"acme 2026-01-15 (2026-01-15.txt): 3 sections, {acme.passages} passages",
        f"  warning: {acme.warnings[0].message}",
    ]
    assert report.as_text().endswith(report.summary())


def test_a_run_that_changes_nothing_reports_as_much(ingested: Ingesting) -> None:
    """Whoever runs it again sees the warnings again."""
    first = ingested.run()

    assert [version.warnings for version in first.versions] == [version.warnings for version in ingested.run().versions]
    assert first.versions[0].warnings


def test_the_report_is_stored_with_the_build(ingested: Ingesting) -> None:
    """Pages show it, also after a later run that found nothing to do."""
    ingested.renew()
    first = stored_report(ingested.index)

    report = ingested.run()

    assert first is not None
    assert stored_report(ingested.index) == first
    assert first["versions"] == json.loads(json.dumps(report.as_data()))["versions"]
    assert [(one["version"], one["retired"], one["aspects"]) for one in first["versions"]] == [
        ("2026-03-01", False, None), ("undated", False, None), ("2026-01-15", True, None)
    ]  # fmt: skip


def test_a_missing_report_is_written_again(ingested: Ingesting) -> None:
    """Serving does not need it, so the index is not rebuilt."""
    (ingested.index / current_build(ingested.index) / "report.json").unlink()
    assert stored_report(ingested.index) is None

    assert not ingested.run().changed

    assert stored_report(ingested.index) is not None


def test_a_text_changed_under_the_same_name_is_reported(ingested: Ingesting) -> None:
    """Citations point into the old text; a later run without changes reports it again."""
    (ingested.policies / "acme" / "2026-01-15.txt").write_text(ACME.replace("ten", "eleven"), encoding="utf-8")

    kinds = [[one.kind for one in ingested.run().versions[0].warnings] for _ in range(3)]

    assert kinds == [["changed", "no_contact"]] * 3


def test_progress_is_reported_batch_by_batch(ingesting: Ingesting, monkeypatch: pytest.MonkeyPatch) -> None:
    """A long policy takes minutes to embed."""
    monkeypatch.setattr(ingestion, "BATCH", 5)

    ingesting.run()

    total = ingesting.ticks[-1][1]
    assert total > 10
    assert ingesting.ticks == [(min(done, total), total) for done in range(5, total + 5, 5)]


@pytest.mark.parametrize(
    ("name", "data"), [("2026-02-01.pdf", sample_pdf()), ("2026-02-01.docx", sample_docx()), ("2026-02-01.html", HTML.encode())]
)
def test_other_formats_are_ingested_like_text(ingested: Ingesting, name: str, data: bytes) -> None:
    """And found unchanged with the next run."""
    (ingested.policies / "acme" / name).write_bytes(data)

    report = ingested.run()

    assert (report.changed, report.refused) == (True, ())
    assert ingested.catalogue().current_version("acme") == "2026-02-01"
    assert "one year in all other cases" in ingested.quotes()
    assert not ingested.run().changed


# Aspect maps


def maps_in(ingesting: Ingesting) -> dict[str, dict[str, int]]:
    """Company → aspect → how many passages speak of it."""
    maps = load_build(ingesting.index, encoder_id=FakeEncoder.id).aspects.maps
    return {result.company: {aspect: len(mentions) for aspect, mentions in result.mentions.items()} for result in maps}


def with_mapper(ingesting: Ingesting, mapper: AspectMapper) -> IngestionReport:
    return ingest(ingesting.policies, ingesting.index, FakeEncoder, FakeEncoder.id, ingesting.mentions.append, mapper)


def test_every_version_is_mapped_at_ingestion(ingesting: Ingesting) -> None:
    """The map is kept with the build; silence is an aspect that is not in it."""
    with_mapper(ingesting, small_mapper())

    assert maps_in(ingesting) == {"acme": {"selling.sold": 1, "retention.general": 1}, "globex": {}}
    assert load_build(ingesting.index, encoder_id=FakeEncoder.id).aspects.made_by == "mapper:1"


def test_an_index_without_maps_or_with_those_of_another_mapper_is_not_up_to_date(ingested: Ingesting) -> None:
    """Nothing is embedded for it; the same mapper again finds nothing to do."""
    reports = [with_mapper(ingested, mapper) for mapper in (small_mapper(), small_mapper(), small_mapper("mapper:2"))]

    assert [(report.changed, report.embedded) for report in reports] == [(True, 0), (False, 0), (True, 0)]


def test_a_version_that_did_not_change_keeps_its_map(ingesting: Ingesting) -> None:
    """Only the new version is mapped."""
    with_mapper(ingesting, small_mapper())
    (ingesting.policies / "globex" / "2026-03-01.txt").write_text(GLOBEX, encoding="utf-8")
    mapper = CountingMapper()

    with_mapper(ingesting, mapper)

    assert mapper.mapped == [("globex", "2026-03-01")]
    assert set(maps_in(ingesting)) == {"acme", "globex"}
    assert len(load_build(ingesting.index, encoder_id=FakeEncoder.id).aspects.maps) == 3


def test_another_mapper_makes_every_map_again(ingesting: Ingesting) -> None:
    """Also for versions that did not change, because it may map them better."""
    with_mapper(ingesting, small_mapper())
    mapper = CountingMapper("mapper:2")

    with_mapper(ingesting, mapper)

    assert mapper.mapped == [("acme", "2026-01-15"), ("globex", "undated")]


class CountingMapper(AspectMapper):
    """The small mapper; remembers which versions it has mapped."""

    def __init__(self, id_: str = "mapper:1") -> None:
        small = small_mapper(id_)
        super().__init__(lambda: small.bank, small._weights, small.id)
        self.mapped: list[tuple[str, str]] = []

    def map(self, company: str, version: str, passages: Sequence[Passage], readings: np.ndarray) -> AspectMap:
        self.mapped.append((company, version))
        return super().map(company, version, passages, readings)
