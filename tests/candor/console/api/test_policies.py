"""Policies through the staff API: uploaded, looked at, released, rolled back, retired."""

from __future__ import annotations

from pathlib import Path

import pytest

from candor.services import Services
from knowledge.making import ArtefactMaker
from knowledge.releasing import PolicyReleasing
from knowledge.uploads import PolicyUploads
from tests.candor.console.api.conftest import Connect
from tests.conftest import ACME
from tests.fakes import FakeEncoder, small_answers

SELLS = ACME.replace("We never sell personal data.", "We sell whatever we have.").encode()
INITECH = b"Initech Privacy Policy\n\n1. Selling\n\nWe never sell personal data.\n\nWrite to privacy@initech.example.\n"


@pytest.fixture(autouse=True)
def fake_encoder(parts: Services, policies: Path) -> None:
    """Policies are encoded by the fake."""
    catalogue = parts.knowledge.catalogue
    library = catalogue.policy_library
    maker = ArtefactMaker(library, FakeEncoder, FakeEncoder.id)
    parts.knowledge.answers = small_answers(catalogue)
    parts.knowledge.uploads = PolicyUploads(policies, library, lambda: maker)
    parts.knowledge.releasing = PolicyReleasing(library, lambda: maker, lambda: small_answers(catalogue), FakeEncoder.id)


def test_a_policy_is_uploaded_looked_at_released_and_rolled_back(connect: Connect, parts: Services) -> None:
    """Nothing is served before the release, and each step is audited."""
    program = connect("policies:write", company="acme")

    up = program.post("companies/acme/versions", params={"file": "2026-03-01.txt"}, content=SELLS)
    waiting = program.get("companies/acme").json()
    effect = program.get("companies/acme/versions/2026-03-01/effect").json()
    released = program.post("companies/acme/release", json={"version": "2026-03-01"}).json()
    back = program.post("companies/acme/rollback").json()
    retired = program.post("companies/acme/retire").json()

    assert (up.status_code, up.json()["version"], up.json()["reading"]["sections"][-1]) == (201, "2026-03-01", "3. Selling")
    assert (waiting["served"], waiting["all_versions"][0]["state"]) == ("2026-01-15", "held")
    assert (effect["served"], effect["places_changed"]) == ("2026-01-15", 2)
    assert any("whatever" in change["after"]["quote"] for change in effect["answers"])
    assert (released["served"], back["served"], retired["served"]) == ("2026-03-01", "2026-01-15", None)
    assert [entry.action for entry in reversed(parts.staff.audit.entries(action="policy."))] == [
        "policy.upload", "policy.release", "policy.rollback", "policy.retire",
    ]  # fmt: skip


def test_a_new_company_is_added_and_served(connect: Connect, parts: Services) -> None:
    """With how its policy would answer, before anybody sees it."""
    program = connect()
    up = program.post("companies/initech/versions", params={"file": "policy.txt", "name": "Initech"}, content=INITECH).json()

    effect = program.get(f"companies/initech/versions/{up['version']}/effect").json()
    program.post("companies/initech/release", json={"version": up["version"]})

    assert (up["new_company"], up["contact"]) == (True, "privacy@initech.example")
    assert effect["served"] is None
    assert all(one["before"] is None for one in effect["answers"])
    assert {one["id"]: one["served"] for one in program.get("companies").json()["companies"]}["initech"] == up["version"]


def test_an_upload_is_done_once_under_its_key(connect: Connect) -> None:
    """Another body is a conflict."""
    program, path = connect(), "companies/acme/versions"
    send = {"params": {"file": "2026-03-01.txt"}, "headers": {"Idempotency-Key": "up-1"}}

    first, second = (program.post(path, content=SELLS, **send) for _ in range(2))  # type: ignore[arg-type]
    other = program.post(path, content=INITECH, **send)  # type: ignore[arg-type]

    assert (first.json(), second.headers["Idempotent-Replayed"]) == (second.json(), "true")
    assert other.status_code == 409


def test_a_token_of_one_company_begins_no_other(connect: Connect) -> None:
    """Nor reads one."""
    program = connect("policies:write", company="acme")

    assert program.post("companies/initech/versions", params={"file": "p.txt"}, content=INITECH).status_code == 403
    assert program.get("companies/globex").status_code == 403
    assert [one["id"] for one in program.get("companies").json()["companies"]] == ["acme"]


def test_who_may_read_releases_nothing(connect: Connect) -> None:
    """policies:read is not policies:write."""
    program = connect("policies:read")

    assert program.get("companies/acme").status_code == 200
    assert program.post("companies/acme/release", json={"version": "2026-01-15"}).status_code == 403
    assert program.post("companies/acme/versions", params={"file": "p.txt"}, content=SELLS).status_code == 403


def test_a_bad_file_is_refused_in_words_that_help(connect: Connect) -> None:
    """As in the terminal, without its options."""
    refused = connect().post("companies/acme/versions", params={"file": "policy.pdf"}, content=b"not a pdf")

    assert (refused.status_code, refused.headers["content-type"]) == (422, "application/problem+json")
    assert "pdf" in refused.json()["detail"].lower()
    assert connect().post("companies/acme/rollback").status_code == 422
    assert connect().delete("companies/acme/versions/2026-01-15").status_code == 422
