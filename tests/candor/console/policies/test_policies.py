"""Policies in the console: who may release what, what would change, and that it is audited."""

from __future__ import annotations

from pathlib import Path

import pytest

from candor.services import Services
from knowledge.ingestion import ingest
from tests.candor.console.conftest import SignIn
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
