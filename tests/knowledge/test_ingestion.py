"""Ingestion: embeds what is new, refuses what is bad, and never takes the last good index away."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from candor.errors import EncoderError, InvalidInputError, UnknownVersionError
from knowledge import ingestion, making
from knowledge.artefact import PolicyArtefact, search_vectors
from knowledge.aspect_map import AspectMap
from knowledge.aspect_mapper import AspectMapper
from knowledge.catalogue import PolicyCatalogue
from knowledge.documents import read_document
from knowledge.ingestion import IngestionReport, ingest, is_up_to_date
from knowledge.making import passages_in as all_passages
from knowledge.passages import Passage
from knowledge.policy_folder import read_policies
from knowledge.policy_library import PolicyLibrary, library_in
from knowledge.releases import Release, VersionRecord
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

    @property
    def policy_library(self) -> PolicyLibrary:
        return library_in(self.index)

    def release(self, company: str = "acme") -> Release:
        return self.policy_library.releases.of(company)

    def artefact(self, company: str = "acme", version: str = "") -> PolicyArtefact:
        """A version of a company, by default the current one."""
        release = self.release(company)
        return self.policy_library.artefact(release.versions[version or release.current].artefact)

    def live(self) -> list[PolicyArtefact]:
        """All that files say, and what is kept of refused ones."""
        return [
            self.policy_library.artefact(record.artefact)
            for release in self.policy_library.releases.since() if not release.retired
            for record in release.versions.values() if not record.retired
        ]  # fmt: skip

    def current(self) -> dict[str, str]:
        return {release.company.id: release.current for release in self.policy_library.releases.since() if not release.retired}

    def passages(self) -> list[Passage]:
        return [passage for artefact in self.live() for passage in artefact.passages]

    def quotes(self) -> list[str]:
        return [passage.text for passage in self.passages()]

    def damage(self, company: str = "acme", version: str = "") -> None:
        """Cut an artefact short."""
        release = self.release(company)
        name = release.versions[version or release.current].artefact
        path = self.index / "artefacts" / name[:2] / f"{name}.safetensors"
        path.write_bytes(path.read_bytes()[:-7])

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
    """Two companies' policies are released, each version current for its company."""
    report = ingesting.run()

    assert (report.changed, report.documents, report.refused) == (True, 2, ())
    assert report.passages == report.embedded == len(ingesting.passages())
    assert ingesting.current() == {"acme": "2026-01-15", "globex": "undated"}
    assert "ten years where tax law says so" in ingesting.quotes()
    assert report.summary() == f"2 policy versions, {report.passages} passages ({report.passages} newly embedded)"


def test_a_vector_is_the_mean_of_the_two_readings(ingested: Ingesting) -> None:
    """The inner product with a query is the mean of the cosines with and without headings."""
    artefact = ingested.artefact()

    expected = np.stack([FakeEncoder().encode(passage.readings[:2]).mean(axis=0) for passage in artefact.passages])

    assert np.allclose(search_vectors(artefact.readings), expected, atol=1e-6)


def test_the_encoder_is_not_loaded_if_nothing_changed(ingested: Ingesting) -> None:
    """Loading takes seconds; a second run builds nothing."""
    before = ingested.policy_library.releases.stamp()

    report = ingested.run()

    assert (report.changed, report.embedded, ingested.encoders) == (False, 0, [])
    assert ingested.policy_library.releases.stamp() == before
    assert report.summary() == "nothing changed"


def test_the_encoder_is_loaded_while_the_files_of_a_new_company_are_read(
    ingesting: Ingesting, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    """Who adds a policy waits for both, and one of them can be done beside the other."""
    loaded = threading.Event()
    loading = ingesting._encoder

    def encoder() -> FakeEncoder:
        loaded.set()
        return loading()

    def read_late(*args: object) -> object:
        assert loaded.wait(10)
        return read_policies(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(ingesting, "_encoder", encoder)
    monkeypatch.setattr(ingestion, "read_policies", read_late)

    report = ingesting.run()

    assert report.changed
    assert len(ingesting.encoders) == 1


def test_an_encoder_that_cannot_be_loaded_beside_is_reported(ingesting: Ingesting, monkeypatch: pytest.MonkeyPatch) -> None:
    """As it is where it is loaded later."""

    def encoder() -> FakeEncoder:
        raise EncoderError("damaged")

    monkeypatch.setattr(ingesting, "_encoder", encoder)

    with pytest.raises(EncoderError, match="damaged"):
        ingesting.run()


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

    artefact = ingested.artefact()
    expected = np.stack([FakeEncoder().encode(passage.readings[:2]).mean(axis=0) for passage in artefact.passages])
    assert np.allclose(search_vectors(artefact.readings), expected, atol=1e-6)


def test_a_change_that_only_moves_text_embeds_nothing(ingested: Ingesting) -> None:
    """Blank lines change every offset and no sentence: a new build, without the encoder."""
    (ingested.policies / "acme" / "2026-01-15.txt").write_text("\n\n" + ACME, encoding="utf-8")

    report = ingested.run()

    assert (report.changed, report.embedded, ingested.encoders) == (True, 0, [])


def test_a_new_version_becomes_current_and_the_old_one_stays(ingested: Ingesting) -> None:
    """A version is a file; the latest date is served, the others can be looked up."""
    (ingested.policies / "acme" / "2026-03-01.txt").write_text(ACME.replace("ten years", "eight years"), encoding="utf-8")

    report = ingested.run()

    assert report.documents == 3
    assert ingested.release().current == "2026-03-01"
    assert ingested.artefact("acme", "2026-01-15").document.text == ACME


def test_a_company_that_was_removed_is_gone(ingested: Ingesting) -> None:
    """The index holds what the folder holds, and no more."""
    shutil.rmtree(ingested.policies / "globex")

    report = ingested.run()

    assert (report.changed, report.embedded) == (True, 0)
    assert set(ingested.catalogue().companies) == {"acme"}


def test_a_changed_company_toml_is_picked_up(ingested: Ingesting) -> None:
    """A new contact address is served although no policy changed, and nothing is embedded for it."""
    (ingested.policies / "acme" / "company.toml").write_text('name = "Acme"\ncontact = "dpo@acme.example"\n', encoding="utf-8")

    report = ingested.run()

    assert (report.changed, report.embedded) == (True, 0)
    assert ingested.catalogue().company("acme").contact == "dpo@acme.example"


def test_passages_that_an_older_candor_split_differently_are_split_again(
    ingesting: Ingesting, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The files are the same, but a newer Candor reads them better: what is served follows."""
    with monkeypatch.context() as older:
        older.setattr(making, "passages_in", lambda document: all_passages(document)[1:] or all_passages(document))
        ingesting.run()

    report = ingesting.run()

    assert (report.changed, report.embedded) == (True, 1)
    assert [report.versions[0].passages, report.versions[1].passages] == [len(one.passages) for one in ingesting.live()]


@pytest.mark.parametrize(
    ("file", "data", "reason"),
    [
        ("acme/2026-02-01.txt", b"", "is empty"),
        ("acme/2026-02-01.txt", b"\xc3(", "is not UTF-8"),
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
    before, quotes = ingested.policy_library.releases.stamp(), ingested.quotes()
    (ingested.policies / file).write_bytes(data)

    report = ingested.run()

    assert [entry.file for entry in report.refused] == [file.replace("2026-01-15.md", "2026-01-15.txt")]
    assert reason in report.refused[0].reason
    assert (report.changed, ingested.encoders) == (False, [])
    assert (ingested.policy_library.releases.stamp(), ingested.quotes()) == (before, quotes)
    assert report.summary().endswith("nothing else changed")


@pytest.mark.parametrize("file", ["2026-01-15.txt", "2026-02-01.txt", "company.toml"])
def test_a_bad_file_keeps_no_other_company_waiting(ingested: Ingesting, file: str) -> None:
    """The other company's change is served at once, and the bad one's last good version beside it."""
    acme = {one.text for one in ingested.passages() if one.company == "acme"}
    (ingested.policies / "acme" / file).write_bytes(b"")
    (ingested.policies / "globex" / "undated.txt").write_text("We changed this good file as well.", encoding="utf-8")

    report = ingested.run()

    assert (report.changed, [entry.file for entry in report.refused]) == (True, [f"acme/{file}"])
    assert set(ingested.quotes()) == acme | {"We changed this good file as well."}
    assert ingested.current() == {"acme": "2026-01-15", "globex": "undated"}
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
    assert set(ingested.catalogue().companies) == {"acme", "globex"}


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
    before = ingested.policy_library.releases.stamp()
    shutil.rmtree(ingested.policies)

    report = ingested.run()

    assert [entry.reason for entry in report.refused] == ["there is no folder policies/ with policies"]
    assert ingested.policy_library.releases.stamp() == before


def test_a_folder_without_companies_is_refused(ingested: Ingesting) -> None:
    """An empty folder is a mistake, and no reason to serve nothing."""
    before = ingested.policy_library.releases.stamp()
    for company in ("acme", "globex"):
        shutil.rmtree(ingested.policies / company)

    report = ingested.run()

    assert [entry.reason for entry in report.refused] == ["holds no company: add a folder with a company.toml and a policy"]
    assert ingested.policy_library.releases.stamp() == before


def test_a_damaged_artefact_is_made_again(ingested: Ingesting) -> None:
    """Its vectors are not trusted either; the other company's are as good as before."""
    quotes, acme = ingested.quotes(), len(ingested.artefact("acme").passages)
    ingested.damage("acme")

    report = ingested.run()

    assert (report.changed, report.embedded) == (True, acme)
    assert ingested.quotes() == quotes


def test_a_missing_artefact_is_made_again(ingested: Ingesting) -> None:
    """Somebody removed the folder: releases alone are not enough to serve."""
    quotes = ingested.quotes()
    shutil.rmtree(ingested.index / "artefacts")

    assert ingested.run().changed

    assert ingested.quotes() == quotes


def test_lost_releases_are_made_again_without_encoding(ingested: Ingesting) -> None:
    """The artefacts are still there, by the names that they get again."""
    (ingested.index / "releases.db").unlink()

    report = ingested.run()

    assert (report.changed, report.embedded, ingested.encoded) == (True, 0, [])
    assert ingested.current() == {"acme": "2026-01-15", "globex": "undated"}


def test_one_company_can_be_ingested_alone(ingested: Ingesting) -> None:
    """It costs what that company costs: no other folder is even read."""
    (ingested.policies / "acme" / "2026-03-01.txt").write_text(ACME.replace("ten", "nine"), encoding="utf-8")
    (ingested.policies / "globex" / "undated.txt").write_bytes(b"")

    report = ingest(ingested.policies, ingested.index, FakeEncoder, FakeEncoder.id, lambda _: None, only=["acme"])

    assert (report.changed, report.refused, report.documents) == (True, (), 2)
    assert ingested.current() == {"acme": "2026-03-01", "globex": "undated"}


def test_another_encoder_embeds_everything_anew(ingested: Ingesting) -> None:
    """Vectors of another encoder are never reused."""
    total = len(ingested.quotes())

    report = ingested.run(encoder_id="fake:2")

    assert (report.changed, report.embedded) == (True, total)
    assert {artefact.encoder for artefact in ingested.live()} == {"fake:2"}


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
    assert len(ingesting.policy_library.releases.past("acme")) == 1
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
            ingested.damage()
    found = read_policies(ingested.policies)

    assert is_up_to_date(found, ingested.index, FakeEncoder.id) is expected


# Versions whose file is gone


def test_a_version_whose_file_was_removed_still_opens(ingested: Ingesting) -> None:
    """A citation that was given last year opens this year; nothing is answered from it any more."""
    before = ingested.catalogue().document("acme", "2026-01-15")

    ingested.renew()

    catalogue = ingested.catalogue()
    assert catalogue.document("acme", "2026-01-15").text == before.text
    assert catalogue.document("acme", "2026-01-15").structure == before.structure
    assert (catalogue.current_version("acme"), catalogue.versions("acme")) == ("2026-03-01", ["2026-03-01", "2026-01-15"])
    assert ingested.release().versions["2026-01-15"].retired
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
    assert not ingested.release().versions["2026-01-15"].retired


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


def test_a_retired_version_is_reported_last(ingested: Ingesting) -> None:
    """Of it there is nothing to check; it is named, so that nobody wonders where it is."""
    ingested.renew()

    report = ingested.run()

    assert [(one.version, one.retired, one.aspects) for one in report.versions] == [
        ("2026-03-01", False, None), ("undated", False, None), ("2026-01-15", True, None)
    ]  # fmt: skip


def test_a_text_changed_under_the_same_name_is_reported(ingested: Ingesting) -> None:
    """Citations point into the old text; a later run without changes reports it again."""
    (ingested.policies / "acme" / "2026-01-15.txt").write_text(ACME.replace("ten", "eleven"), encoding="utf-8")

    kinds = [[one.kind for one in ingested.run().versions[0].warnings] for _ in range(3)]

    assert kinds == [["changed", "no_contact"]] * 3


def test_progress_is_reported_batch_by_batch(ingesting: Ingesting, monkeypatch: pytest.MonkeyPatch) -> None:
    """A long policy takes minutes to embed."""
    monkeypatch.setattr(making, "BATCH", 5)
    monkeypatch.setattr(making, "LARGE_BATCH", 3)

    ingesting.run()

    done, totals = zip(*ingesting.ticks, strict=True)
    steps = [after - before for before, after in pairwise((0, *done))]
    assert set(totals) == {done[-1]}
    assert done[-1] > 10
    assert all(1 <= step <= 5 for step in steps)
    assert {3, 5} <= set(steps)


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
    maps = [artefact.aspect_map for artefact in ingesting.live() if artefact.aspect_map]
    return {result.company: {aspect: len(mentions) for aspect, mentions in result.mentions.items()} for result in maps}


def with_mapper(ingesting: Ingesting, mapper: AspectMapper) -> IngestionReport:
    return ingest(ingesting.policies, ingesting.index, FakeEncoder, FakeEncoder.id, ingesting.mentions.append, mapper)


def test_every_version_is_mapped_at_ingestion(ingesting: Ingesting) -> None:
    """The map is kept with the artefact; silence is an aspect that is not in it."""
    with_mapper(ingesting, small_mapper())

    assert maps_in(ingesting) == {"acme": {"selling.sold": 1, "retention.general": 1}, "globex": {}}
    assert {artefact.map.made_by for artefact in ingesting.live() if artefact.map} == {"mapper:1"}


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
    assert all(artefact.map for artefact in ingesting.live())
    assert len(ingesting.live()) == 3


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

    def map(self, company: str, version: str, passages: Sequence[Passage], spoken: np.ndarray) -> AspectMap:
        self.mapped.append((company, version))
        return super().map(company, version, passages, spoken)


# What somebody released or rolled back


def test_what_was_rolled_back_stays_back(ingested: Ingesting) -> None:
    """An ingestion of other things must not bring back what somebody took away; something newer is released."""
    acme = ingested.policies / "acme"
    (acme / "2026-03-01.txt").write_text(ACME.replace("ten", "nine"), encoding="utf-8")
    ingested.run()
    ingested.policy_library.releases.release("acme", "2026-01-15", how="rolled_back")

    unchanged = ingested.run()
    (acme / "company.toml").write_text('name = "Acme Ltd"\ncontact = "a@acme.example"\n', encoding="utf-8")
    ingested.run()
    held = ingested.current()["acme"]
    (acme / "2026-04-01.txt").write_text(ACME.replace("ten", "eight"), encoding="utf-8")
    ingested.run()

    assert (unchanged.changed, held, ingested.current()["acme"]) == (False, "2026-01-15", "2026-04-01")
    assert not ingested.run().changed


def test_a_text_of_the_same_date_can_be_rolled_back(ingested: Ingesting) -> None:
    """The file still holds what was taken back: it waits until it says something else."""
    path = ingested.policies / "acme" / "2026-01-15.txt"
    path.write_text(ACME.replace("ten", "nine"), encoding="utf-8")
    ingested.run()
    before = ingested.policy_library.releases.before("acme")
    record = VersionRecord(before.version, before.artefact, FakeEncoder.id, 9, content=before.content)
    ingested.policy_library.releases.release("acme", before.version, how="rolled_back", record=record)

    ingested.run()
    held = ingested.artefact().document.text
    path.write_text(ACME.replace("ten", "eight"), encoding="utf-8")
    ingested.run()

    assert held == ACME
    assert "eight years" in ingested.artefact().document.text


def test_a_version_that_somebody_chose_stays_although_its_file_is_gone(ingested: Ingesting) -> None:
    """It is what is answered from; it is not retired beneath it."""
    ingested.renew()
    ingested.policy_library.releases.release("acme", "2026-01-15", how="rolled_back")

    ingested.run()

    assert ingested.release().current == "2026-01-15"
    assert not ingested.release().versions["2026-01-15"].retired


def test_a_company_that_somebody_retired_stays_retired(ingested: Ingesting) -> None:
    """Its folder is still there; only a release brings it back."""
    ingested.policy_library.releases.retire("globex", withdrawn=True)
    (ingested.policies / "globex" / "2026-03-01.txt").write_text(GLOBEX, encoding="utf-8")

    ingested.run()
    retired = set(ingested.catalogue().companies)
    ingested.policy_library.releases.release("globex", "2026-03-01")

    assert retired == {"acme"}
    assert set(ingested.catalogue().companies) == {"acme", "globex"}
