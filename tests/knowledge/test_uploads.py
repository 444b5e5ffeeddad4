"""Uploads: a policy is read and kept, and served by nobody before it is released, however often ingestion runs."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from candor.errors import UnknownVersionError
from knowledge.catalogue import PolicyCatalogue
from knowledge.ingestion import ingest, is_up_to_date
from knowledge.making import ArtefactMaker
from knowledge.policy_folder import read_policies
from knowledge.policy_library import PolicyLibrary
from knowledge.uploads import LARGEST_POLICY, PolicyUploads, UploadRefusedError
from tests.conftest import ACME
from tests.fakes import FakeEncoder, small_answers
from tests.knowledge.test_releasing import SELL, releasing_in

SELLS = ACME.replace("We never sell personal data.", "We sell whatever we have.").encode()
INITECH = b"Initech Privacy Policy\n\n1. Selling\n\nWe never sell personal data.\n\nWrite to privacy@initech.example.\n"


def uploads_in(policies: Path, library: PolicyLibrary) -> PolicyUploads:
    return PolicyUploads(policies, library, lambda: ArtefactMaker(library, FakeEncoder, FakeEncoder.id))


@pytest.fixture
def uploads(policies: Path, catalogue: PolicyCatalogue) -> PolicyUploads:
    return uploads_in(policies, catalogue.policy_library)


def again(policies: Path, library: PolicyLibrary) -> None:
    ingest(policies, library, FakeEncoder, FakeEncoder.id, lambda _: None)


def test_an_upload_is_read_and_kept_and_not_served(uploads: PolicyUploads, catalogue: PolicyCatalogue) -> None:
    """Its date is taken from the file's name."""
    taken = uploads.take("acme", "C:\\policies\\2026-03-01 new.txt", SELLS)

    assert (taken.record.version, taken.dated_by, taken.is_new) == ("2026-03-01", "the file's name", False)
    assert taken.reading.sections == ("1. What We Collect", "2. Retention", "3. Selling")
    assert catalogue.current_version("acme") == "2026-01-15"


def test_ingestion_leaves_an_upload_alone_until_it_is_released(
    uploads: PolicyUploads, policies: Path, catalogue: PolicyCatalogue
) -> None:  # fmt: skip
    """And afterwards, although no file says it."""
    library = catalogue.policy_library
    uploads.take("acme", "2026-03-01.txt", SELLS)

    again(policies, library)
    before = library.releases.of("acme").current
    releasing_in(library).release("acme", "2026-03-01", by="Ann")
    again(policies, library)
    again(policies, library)
    after = library.releases.of("acme")

    assert (before, after.current) == ("2026-01-15", "2026-03-01")
    assert not after.versions["2026-03-01"].retired
    assert is_up_to_date(read_policies(policies), library, FakeEncoder.id)
    assert small_answers(catalogue).answer(SELL, "acme").hits[0].passage.text != "We never sell personal data."


def test_something_newer_in_the_folder_is_released_all_the_same(
    uploads: PolicyUploads, policies: Path, catalogue: PolicyCatalogue
) -> None:  # fmt: skip
    """An upload that nobody released holds up nothing."""
    uploads.take("acme", "2026-03-01.txt", SELLS)
    (policies / "acme" / "2026-06-01.txt").write_text(ACME.replace("ten", "nine"), encoding="utf-8")

    again(policies, catalogue.policy_library)

    assert catalogue.policy_library.releases.of("acme").current == "2026-06-01"


def test_a_new_company_is_answered_for_once_it_is_released(
    uploads: PolicyUploads, policies: Path, catalogue: PolicyCatalogue
) -> None:  # fmt: skip
    """It has no folder, and ingestion neither retires nor releases it."""
    library = catalogue.policy_library
    taken = uploads.take("initech", "policy.txt", INITECH, name="Initech")

    again(policies, library)
    before = "initech" in PolicyCatalogue(library, FakeEncoder.id).companies
    releasing_in(library).release("initech", taken.record.version, by="Ann")
    again(policies, library)

    assert (taken.is_new, taken.company.contact, before) == (True, "privacy@initech.example", False)
    assert PolicyCatalogue(library, FakeEncoder.id).company("initech").name == "Initech"


def test_the_same_file_twice_is_one_version(uploads: PolicyUploads, catalogue: PolicyCatalogue) -> None:
    """And another text of the same date is refused."""
    first, second = (uploads.take("acme", "2026-03-01.txt", SELLS).record for _ in range(2))

    assert first == second
    with pytest.raises(UploadRefusedError, match="with another text"):
        uploads.take("acme", "2026-03-01.txt", SELLS + b"\nMore.\n")
    assert uploads.take("acme", "policy.txt", SELLS + b"\nMore.\n", dated=date(2026, 4, 1)).record.version == "2026-04-01"


def test_a_further_version_needs_a_date(uploads: PolicyUploads) -> None:
    """Nobody could tell which is the newer one."""
    with pytest.raises(UploadRefusedError, match="give the date"):
        uploads.take("acme", "policy.txt", SELLS)


@pytest.mark.parametrize(
    ("company", "file", "content"),
    [("Acme Inc", "p.txt", SELLS), ("../acme", "p.txt", SELLS), ("acme", "p.exe", SELLS), ("acme", "", SELLS),
     ("acme", "2026-03-01.txt", b""), ("acme", "2026-03-01.pdf", b"not a pdf"), ("acme", "2026-03-01.txt", bytes(5000)),
     ("acme", "2026-03-01.txt", b"\n" * (LARGEST_POLICY + 1)), ("initech", "p.txt", b"Title\n\nNo address here at all.\n")],
)  # fmt: skip
def test_what_cannot_be_taken_is_refused_in_plain_words(
    uploads: PolicyUploads, catalogue: PolicyCatalogue, company: str, file: str, content: bytes
) -> None:  # fmt: skip
    """And nothing is kept."""
    before = catalogue.policy_library.releases.stamp()

    with pytest.raises(UploadRefusedError) as refused:
        uploads.take(company, file, content)

    assert refused.value.public.endswith((".", "?"))
    assert "--" not in refused.value.public
    assert catalogue.policy_library.releases.stamp() == before


def test_an_upload_that_is_not_served_can_be_discarded(uploads: PolicyUploads, catalogue: PolicyCatalogue) -> None:
    """What is served, and what has a file, stays."""
    library = catalogue.policy_library
    uploads.take("acme", "2026-03-01.txt", SELLS)
    uploads.take("initech", "policy.txt", INITECH)

    uploads.discard("acme", "2026-03-01")
    uploads.discard("initech", "undated")

    assert set(library.releases.of("acme").versions) == {"2026-01-15"}
    assert "initech" not in {one.company.id for one in library.releases.since()}
    with pytest.raises(UploadRefusedError):
        uploads.discard("acme", "2026-01-15")
    with pytest.raises(UnknownVersionError):
        uploads.discard("acme", "2026-03-01")
    taken = uploads.take("acme", "2026-03-01.txt", SELLS)
    releasing_in(library).release("acme", taken.record.version, by="Ann")
    with pytest.raises(UploadRefusedError):
        uploads.discard("acme", taken.record.version)
