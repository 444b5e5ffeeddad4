"""Policies in the console: who may release what, what would change, and that it is audited."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from candor.services import Services
from knowledge.ingestion import ingest
from knowledge.making import ArtefactMaker
from knowledge.releasing import PolicyReleasing
from knowledge.uploads import PolicyUploads
from tests.candor.console.conftest import Desk, SignIn
from tests.conftest import ACME
from tests.fakes import FakeEncoder, small_answers


@pytest.fixture
def parts(parts: Services, policies: Path) -> Services:
    """Acme in two versions, of which the newer one sells."""
    sells = ACME.replace("We never sell personal data.", "We sell whatever we have.")
    (policies / "acme" / "2026-03-01.txt").write_text(sells, encoding="utf-8")
    ingest(policies, parts.knowledge.catalogue.policy_library, FakeEncoder, FakeEncoder.id, lambda _: None)
    parts.knowledge.answers = small_answers(parts.knowledge.catalogue)
    return parts


def served(parts: Services) -> str:
    return parts.knowledge.catalogue.current_version("acme")


def test_the_list_says_what_each_company_is_answered_from(sign_in: SignIn, parts: Services) -> None:
    """Of the companies that this person may release for."""
    everywhere = sign_in("admin").get("policies").text
    here = sign_in("privacy_officer", company="acme").get("policies").text

    assert "2026-03-01" in everywhere
    assert "Globex" in everywhere
    assert "Globex" not in here


def test_of_many_companies_some_are_listed_and_the_others_found(
    sign_in: SignIn, parts: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever runs thousands looks for one."""
    monkeypatch.setattr("candor.console.policies.routes.MOST_LISTED", 1)
    monkeypatch.setattr("candor.console.policies.routes.FEW", 1)
    desk = sign_in("admin")

    whole, found, nothing = (desk.get(f"policies{query}").text for query in ("", "?text=GLOB", "?text=initech"))

    assert "These are 1 of 2 companies" in whole
    assert "Globex" not in whole
    assert "Globex" in found
    assert "No such company" in nothing


def test_what_would_change_is_shown_before(sign_in: SignIn, parts: Services) -> None:
    """With both answers; nothing is released by looking."""
    page = sign_in("privacy_officer").get("policies/acme/effect?version=2026-01-15").text

    assert "Release 2026-01-15?" in page
    assert "places of the policy differ" in page
    assert served(parts) == "2026-03-01"


def test_a_version_is_released_and_rolled_back(sign_in: SignIn, parts: Services) -> None:
    """At once, with an entry in the audit log for each."""
    desk = sign_in("privacy_officer", company="acme")

    moved = desk.submit("policies/acme/release", version="2026-01-15")
    released = served(parts)
    page = desk.get("policies/acme?done=released").text
    desk.submit("policies/acme/rollback")

    assert moved.headers["location"] == "/console/policies/acme?done=released"
    assert (released, served(parts)) == ("2026-01-15", "2026-03-01")
    assert "Held back" in page
    actions = [(entry.action, entry.details) for entry in parts.staff.audit.entries(action="policy.")]
    assert actions == [("policy.rollback", {"before": "2026-01-15"}), ("policy.release", {"before": "2026-03-01"})]


def test_a_company_is_retired_and_brought_back(sign_in: SignIn, parts: Services) -> None:
    """Its page stays, with the way back."""
    desk = sign_in("admin")

    desk.submit("policies/globex/retire")
    page = desk.get("policies/globex")
    desk.submit("policies/globex/release", version="undated")

    assert "Release a version to bring it back" in page.text
    assert "globex" in parts.knowledge.catalogue.companies


@pytest.mark.parametrize("path", ["policies", "policies/acme", "policies/acme/effect?version=2026-01-15"])
def test_who_may_not_release_sees_nothing_of_it(sign_in: SignIn, path: str) -> None:
    """Nor do they find it in the navigation."""
    desk = sign_in("agent")

    assert desk.get(path).status_code == 403
    assert "/console/policies" not in desk.get("conversations").text


@pytest.mark.parametrize("deed", ["release", "rollback", "retire"])
def test_another_companys_policy_is_not_theirs_to_change(sign_in: SignIn, parts: Services, deed: str) -> None:
    """A role for one company is for that one."""
    desk = sign_in("privacy_officer", company="globex")

    assert desk.submit(f"policies/acme/{deed}", version="2026-01-15").status_code == 403
    assert served(parts) == "2026-03-01"


def test_what_is_not_there_is_refused(sign_in: SignIn, parts: Services) -> None:
    """A version nobody has, a company nobody knows, and a way back that does not exist."""
    desk = sign_in("admin")

    assert desk.submit("policies/acme/release", version="1999-01-01").status_code == 404
    assert desk.get("policies/initech").status_code == 404
    assert desk.get("policies/globex/effect").status_code == 422


def test_all_policies_are_searched_at_once(sign_in: SignIn, parts: Services) -> None:
    """The nearest first, each with its quote; those whose policies somebody may not release are left out."""
    parts.knowledge.encoder = FakeEncoder()  # type: ignore[assignment]
    words = "across?text=we+use+cookies+to+remember+your+language"

    form = sign_in("admin").get("across").text
    everywhere = sign_in("admin").get(words).text
    here = sign_in("privacy_officer", company="acme", name="Bea").get(words).text

    assert "What a policy may say" in form
    assert everywhere.index("Globex") < everywhere.index("Acme")
    assert "We use cookies to remember your language." in everywhere
    assert "/policies/globex/undated#c" in everywhere
    assert ("Globex" in here, "Acme" in here) == (False, True)


SELLS_LATER = ACME.replace("We never sell personal data.", "We sell whatever we have, and more.").encode()
INITECH = b"Initech Privacy Policy\n\n1. Selling\n\nWe never sell personal data.\n\nWrite to privacy@initech.example.\n"


@pytest.fixture
def taking(parts: Services, policies: Path) -> Services:
    """Uploads are encoded by the fake."""
    catalogue = parts.knowledge.catalogue
    library = catalogue.policy_library
    maker = ArtefactMaker(library, FakeEncoder, FakeEncoder.id)
    parts.knowledge.uploads = PolicyUploads(policies, library, lambda: maker)
    parts.knowledge.releasing = PolicyReleasing(library, lambda: maker, lambda: small_answers(catalogue), FakeEncoder.id)
    return parts


def send(desk: Desk, path: str, name: str, content: bytes, **fields: str) -> Any:
    return desk.post(path, data={"csrf": desk.csrf, **fields}, files={"file": (name, content)})


def test_a_version_is_uploaded_looked_at_and_released(sign_in: SignIn, taking: Services) -> None:
    """Nothing is answered from it before."""
    desk = sign_in("privacy_officer", company="acme")

    moved = send(desk, "policies/acme/upload", "2026-06-01.txt", SELLS_LATER)
    page = desk.get(moved.headers["location"].removeprefix("/console/")).text
    before = served(taking)
    effect = desk.get("policies/acme/effect?version=2026-06-01").text
    desk.submit("policies/acme/release", version="2026-06-01")

    assert moved.status_code == 303
    assert "3. Selling" in page
    assert "Uploaded, not released" in page
    assert "places of the policy differ" in effect
    assert (before, served(taking)) == ("2026-03-01", "2026-06-01")
    assert taking.staff.audit.entries(action="policy.upload")[0].actor == desk.account.actor


def test_a_company_is_added_with_its_first_policy(sign_in: SignIn, taking: Services) -> None:
    """By whoever may release for every company; its answers are shown first."""
    desk = sign_in("admin")

    moved = send(desk, "policies/upload", "policy.txt", INITECH, company="initech")
    waiting = desk.get("policies").text
    effect = desk.get("policies/initech/effect?version=undated").text
    desk.submit("policies/initech/release", version="undated")

    assert moved.headers["location"].startswith("/console/policies/initech/reading?version=undated")
    assert "Waits for its first release" in waiting
    assert "Nothing is served for this company yet" in effect
    assert taking.knowledge.catalogue.company("initech").contact == "privacy@initech.example"


def test_an_upload_can_be_discarded(sign_in: SignIn, taking: Services) -> None:
    """A wrong file leaves nothing behind."""
    desk = sign_in("admin")
    send(desk, "policies/acme/upload", "2026-06-01.txt", SELLS_LATER)

    desk.submit("policies/acme/discard", version="2026-06-01")

    assert "2026-06-01" not in desk.get("policies/acme").text


@pytest.mark.parametrize(("name", "content"), [("", b""), ("policy.exe", b"MZ"), ("policy.pdf", b"no pdf"), ("p.txt", b"")])
def test_a_bad_file_comes_back_with_what_is_wrong(sign_in: SignIn, taking: Services, name: str, content: bytes) -> None:
    """On the page on which it can be mended."""
    desk = sign_in("admin")

    again = send(desk, "policies/acme/upload", name, content) if name else desk.submit("policies/acme/upload")
    new = send(desk, "policies/upload", name, content, company="initech") if name else desk.submit("policies/upload")

    assert (again.status_code, new.status_code) == (422, 422)
    assert 'role="alert"' in again.text
    assert 'role="alert"' in new.text


def test_who_releases_for_one_company_adds_none(sign_in: SignIn, taking: Services) -> None:
    """Nor uploads for another."""
    desk = sign_in("privacy_officer", company="acme")

    assert send(desk, "policies/upload", "policy.txt", INITECH, company="initech").status_code == 403
    assert send(desk, "policies/globex/upload", "2026-06-01.txt", SELLS_LATER).status_code == 403
    assert desk.get("policies/new").status_code == 403
    assert "Add a company" not in desk.get("policies").text
