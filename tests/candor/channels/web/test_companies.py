"""Companies as the widget meets them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from pydantic import SecretStr

from candor.channels.web.companies import card, shortcuts
from candor.conversations.responses import Responses
from candor.services import Services
from candor.settings import Settings
from candor.tickets.request_types import REQUEST_TYPES
from knowledge.catalogue import PolicyCatalogue
from knowledge.ingestion import ingest
from knowledge.suggestions import sure_suggestions
from tests.candor.channels.web.test_api import assert_problem
from tests.fakes import FakeEncoder, small_answers, small_mapper


@pytest.fixture
def parts(tmp_path: Path, mapped: PolicyCatalogue) -> Iterator[Services]:
    """Acme in two versions and globex in one, with their aspect maps."""
    made = Services(Settings(var_dir=tmp_path / "var", secret_key=SecretStr("a secret"), database_url=""))
    made.knowledge.catalogue = mapped
    made.knowledge.openings = lambda company: sure_suggestions(mapped, lambda: small_answers(mapped), company)
    yield made
    made.engine.dispose()


def test_all_companies_are_listed(web: TestClient) -> None:
    """By id, name and colour."""
    listed = web.get("/api/companies").json()

    assert listed == [
        {"id": "acme", "name": "Acme", "accent": "#334155"},
        {"id": "globex", "name": "Globex", "accent": "#334155"},
    ]


def test_companies_are_searched_and_listed_page_by_page(web: TestClient) -> None:
    """Who serves ten thousand must not send all of them to everybody who asks."""
    first = web.get("/api/companies", params={"limit": 1})
    second = web.get(first.links["next"]["url"])
    found = web.get("/api/companies", params={"q": "  GLOB "})

    assert [[one["id"] for one in answer.json()] for answer in (first, second, found)] == [["acme"], ["globex"], ["globex"]]
    assert second.links == found.links == {}
    assert web.get("/api/companies", params={"limit": 100_000}).status_code == 422


def test_a_company_says_all_that_the_chat_needs(web: TestClient) -> None:
    """With addresses of its current version, and what one could ask of it."""
    told = web.get("/api/companies/acme").json()

    shortcuts = told.pop("shortcuts")
    assert [request["request_type"] for request in shortcuts["requests"]] == list(REQUEST_TYPES)
    assert {request["says"] for request in shortcuts["requests"]} == {row.phrase for row in REQUEST_TYPES.values()}
    assert (shortcuts["own_requests"], shortcuts["person"]) == ("how is my request?", "I want to talk to a human")
    assert told == {
        "id": "acme", "name": "Acme", "accent": "#334155", "contact": "privacy@acme.example", "website": "",
        "policy_url": "/policies/acme/2026-06-01", "glance_url": "/policies/acme/glance", "website_policy": None,
        "version": "2026-06-01", "suggestions": ["Do you sell my data?"], "gpc": False,
        "opt_out": next(one for one in shortcuts["requests"] if one["request_type"] == "opt_out_of_sale"),
    }  # fmt: skip


@pytest.mark.parametrize(("header", "seen"), [("1", True), ("0", False), ("true", False)])
def test_a_browser_that_sends_global_privacy_control_is_told_that_it_was_seen(web: TestClient, header: str, seen: bool) -> None:
    """Only by the value 1; and no cache mixes the two up."""
    answer = web.get("/api/companies/acme", headers={"Sec-GPC": header})

    assert answer.json()["gpc"] is seen
    assert "Sec-GPC" in answer.headers["vary"]


@pytest.mark.parametrize(("laws", "offered"), [('["gdpr"]', False), ('["gdpr", "ccpa"]', True), ('["vcdpa"]', True)])
def test_the_opt_out_is_offered_where_a_law_of_the_company_gives_it(
    policies: Path, tmp_path: Path, laws: str, offered: bool
) -> None:
    """The GDPR knows objections, and no opt-out of sale."""
    toml = policies / "globex" / "company.toml"
    toml.write_text(toml.read_text() + f"laws = {laws}\n")
    ingest(policies, tmp_path / "index", FakeEncoder, FakeEncoder.id, lambda _: None, small_mapper())
    served = PolicyCatalogue(tmp_path / "index", FakeEncoder.id)

    shown = card(served, served.company("globex"), shortcuts(Responses()), [])

    assert (shown.opt_out is not None) is offered


def test_nothing_is_suggested_where_the_policy_is_silent(web: TestClient) -> None:
    """A first question whose answer is silence would put people off."""
    assert web.get("/api/companies/globex").json()["suggestions"] == []


def test_a_company_can_name_its_own_page(policies: Path, tmp_path: Path) -> None:
    """So that a quote can be found on the company's site too."""
    toml = policies / "globex" / "company.toml"
    toml.write_text(toml.read_text() + 'policy_url = "https://globex.example/privacy"\n')
    ingest(policies, tmp_path / "index", FakeEncoder, FakeEncoder.id, lambda _: None, small_mapper())
    policies_served = PolicyCatalogue(tmp_path / "index", FakeEncoder.id)

    told = card(policies_served, policies_served.company("globex"), shortcuts(Responses()), [])

    assert told.website_policy == "https://globex.example/privacy"


def test_an_unknown_company_is_not_found(web: TestClient) -> None:
    """404, without repeating the name."""
    assert "nosuch" not in str(assert_problem(web.get("/api/companies/nosuch"), 404))
