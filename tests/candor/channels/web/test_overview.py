"""The glance and the changes as pages and as JSON: the policy's own words at their places, readable without JavaScript."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from pydantic import SecretStr

from candor.app.web import make_app
from candor.services import Services
from candor.settings import Settings
from knowledge.catalogue import PolicyCatalogue
from knowledge.ingestion import ingest
from tests.candor.channels.web.test_pages import Page
from tests.conftest import ACME_LATER
from tests.fakes import FakeEncoder, FakeRasa, small_mapper

SCRIPTS = {"/static/policy.js"}


@pytest.fixture
def parts(tmp_path: Path, mapped: PolicyCatalogue) -> Iterator[Services]:
    """Acme in two versions and globex in one, with their aspect maps."""
    made = Services(Settings(var_dir=tmp_path / "var", secret_key=SecretStr("a secret"), database_url=""))
    made.knowledge.catalogue = mapped
    yield made
    made.engine.dispose()


def links(page: Page) -> set[str]:
    return {told.get("href") or "" for tag, told in page.tags if tag == "a"}


def assert_nothing_runs_inline(page: Page) -> None:
    """The content security policy would stop it anyway."""
    assert {told.get("src") for tag, told in page.tags if tag == "script"} <= SCRIPTS
    assert not any(tag == "style" or "style" in told or any(name.startswith("on") for name in told) for tag, told in page.tags)


def test_a_glance_quotes_with_place_and_address(web: TestClient) -> None:
    """Found aspects with the policy's words, linked to where they stand; the others are folded away, without a count."""
    answer = web.get("/policies/acme/glance")

    page = Page(answer.text)
    start = ACME_LATER.index("We never sell")
    end = start + len("We never sell personal data to advertisers.")
    assert answer.status_code == 200
    assert "We never sell personal data to advertisers." in page.text
    assert f"/policies/acme/2026-06-01#c{start}-{end}" in links(page)
    assert "Candor found no passage on other points" in page.text
    assert "Not certain: these come closest" in page.text
    assert not re.search(r"found (words )?(for|on) \d+|\d+ points?", page.text)
    assert "How old people must be" in page.text
    assert "details" in {tag for tag, _ in page.tags}
    assert_nothing_runs_inline(page)


@pytest.mark.parametrize("path", ["/policies/acme/glance", "/policies/acme/changes", "/policies/globex/changes"])
def test_a_page_has_landmarks_and_one_first_heading(web: TestClient, path: str) -> None:
    """Who listens to a page finds its way by them; no level of heading is left out."""
    page = Page(web.get(path).text)

    tags = [tag for tag, _ in page.tags]
    levels = [int(tag[1]) for tag, _ in page.tags if tag in {"h1", "h2", "h3", "h4"}]
    content = levels[levels.index(1) :]
    assert (tags.count("main"), tags.count("h1")) == (1, 1)
    assert "nav" in tags
    assert all(after <= before + 1 for before, after in pairwise(content))
    assert any(told.get("class") == "skip" for _, told in page.tags)
    assert_nothing_runs_inline(page)


def test_the_glance_is_there_as_data(web: TestClient) -> None:
    """Each quote is the stored text at its offsets; silence is an aspect without quotes."""
    data = web.get("/api/companies/acme/glance").json()

    aspects = {aspect["id"]: aspect for topic in data["topics"] for aspect in topic["aspects"]}
    assert (data["company"], data["version"], data["found"], data["silent"]) == ("acme", "2026-06-01", 1, 1)
    assert aspects["children.minimum_age"] == {
        "id": "children.minimum_age", "label": "how old people must be", "found": False, "standing": "not_found", "quotes": [],
    }  # fmt: skip
    (quote,) = aspects["selling.sold"]["quotes"]
    assert ACME_LATER[quote["start"] : quote["end"]] == quote["quote"]


def test_an_older_version_can_be_asked_for(web: TestClient) -> None:
    """As data and as a page."""
    assert web.get("/api/companies/acme/glance", params={"version": "2026-01-15"}).json()["version"] == "2026-01-15"
    assert "version of 15 January 2026" in web.get("/policies/acme/glance", params={"version": "2026-01-15"}).text


def test_the_api_document_describes_the_glance(web: TestClient) -> None:
    """With the shape of what comes back."""
    document = web.get("/openapi.json").json()

    assert "GlanceData" in str(document["paths"]["/api/companies/{company}/glance"]["get"]["responses"]["200"])
    assert "quotes" in document["components"]["schemas"]["AspectData"]["properties"]


def test_changes_show_both_quotes_with_their_words_marked(web: TestClient) -> None:
    """Marked by elements that say what they mean, and in words for those who do not see them."""
    page = Page(web.get("/policies/acme/changes").text)

    tags = [tag for tag, _ in page.tags]
    assert {"ins", "del"} <= set(tags)
    assert "[added:  to advertisers]" in page.text
    assert "[removed: We collect your name and your email address.]" in page.text
    assert "Not in this version." in page.text
    assert "Passages changed: 1. Added: 1. Removed: 1." in page.text
    assert sum("/policies/acme/2026-01-15#c" in link for link in links(page)) == 2


def test_any_two_versions_can_be_chosen_without_javascript(web: TestClient) -> None:
    """By a form that sends the two names."""
    same = web.get("/policies/acme/changes", params={"old": "2026-01-15", "new": "2026-01-15"})

    page = Page(same.text)
    assert "Both versions say the same in the same words." in page.text
    (form,) = (told for tag, told in page.tags if tag == "form")
    assert (form["action"], form["method"]) == ("/policies/acme/changes", "get")
    assert {told["name"] for tag, told in page.tags if tag == "select"} == {"old", "new"}


def test_one_version_alone_is_said_to_be_one(web: TestClient) -> None:
    """And offers nothing to choose from."""
    page = Page(web.get("/policies/globex/changes").text)

    assert "only one version of this policy" in page.text
    assert "form" not in {tag for tag, _ in page.tags}


def test_the_other_pages_lead_there(web: TestClient) -> None:
    """From the first page to each glance, from the policy to its glance and its changes."""
    assert {"/policies/acme/glance", "/policies/globex/glance"} <= links(Page(web.get("/").text))
    assert {"/policies/acme/glance", "/policies/acme/changes"} <= links(Page(web.get("/policies/acme/2026-06-01").text))


@pytest.mark.parametrize(
    "path",
    [
        "/policies/nosuch/glance", "/policies/nosuch/changes", "/api/companies/nosuch/glance",
        "/policies/acme/glance?version=nosuch", "/policies/acme/changes?old=nosuch",
    ],
)  # fmt: skip
def test_what_is_not_there_is_not_found(web: TestClient, path: str) -> None:
    """404 as everywhere, without repeating what was asked for."""
    answer = web.get(path)

    assert (answer.status_code, answer.headers["content-type"]) == (404, "application/problem+json")
    assert "nosuch" not in answer.text


def test_a_hostile_policy_is_text_and_nothing_else(tmp_path: Path) -> None:
    """Also where its words are cut up to be marked."""
    folder = tmp_path / "bad" / "mallory"
    folder.mkdir(parents=True)
    (folder / "company.toml").write_text('name = "<script>alert(4)</script>"\ncontact = "c"\n')
    text = "Policy\n\n1. Selling <b>\n\nWe never sell personal data <script>.\n"
    (folder / "2026-01-15.txt").write_text(text)
    (folder / "2026-02-15.txt").write_text(text.replace("<script>", "<script> {{ 7 * 7 }}"))
    ingest(tmp_path / "bad", tmp_path / "bad-index", FakeEncoder, FakeEncoder.id, lambda _: None, small_mapper())
    parts = Services(Settings(var_dir=tmp_path / "var", secret_key=SecretStr("a secret"), database_url=""))
    parts.knowledge.catalogue = PolicyCatalogue(tmp_path / "bad-index", FakeEncoder.id)

    with TestClient(make_app(parts, FakeRasa())) as web:
        pages = [Page(web.get(f"/policies/mallory/{page}").text) for page in ("glance", "changes")]
    parts.engine.dispose()

    for page in pages:
        assert_nothing_runs_inline(page)
        assert "b" not in {tag for tag, _ in page.tags}
        assert "49" not in page.text
    assert "{{ 7 * 7 }}" in pages[0].text


def test_the_policy_begins_with_what_people_look_for(web: TestClient) -> None:
    """A quote a topic, linked to its place on the same page, and what was not found; then what changed before all that."""
    page = Page(web.get("/policies/acme/2026-06-01").text)

    start = ACME_LATER.index("We never sell")
    end = start + len("We never sell personal data to advertisers.")
    words = " ".join(page.text.split())
    assert f"#c{start}-{end}" in links(page)
    assert "Selling: selling personal data We never sell personal data to advertisers." in words
    assert "Candor found no passage on other subjects Children." in words
    assert "Compared with the version of 15 January 2026: 1 changed, 1 added, 1 removed." in words
    assert "/policies/acme/changes?old=2026-01-15&new=2026-06-01" in links(page)
    assert words.index("At a glance", words.index("Privacy Policy")) < words.index(
        "2. Retention", words.index("Candor found no passage")
    )


def test_an_older_version_is_summed_up_by_itself(web: TestClient) -> None:
    """Its own words, and links that stay with it; there was nothing before it to compare it with."""
    page = Page(web.get("/policies/acme/2026-01-15").text)

    assert "Compared with" not in page.text
    assert {"/policies/acme/glance?version=2026-01-15", "/policies/acme/changes?new=2026-01-15"} <= links(page)
    assert "to advertisers" not in page.text


@pytest.mark.parametrize("path", ["/policies/acme/2026-01-15", "/policies/acme/glance?version=2026-01-15"])
def test_an_older_version_leads_to_the_current_one(web: TestClient, path: str) -> None:
    """On the policy's page and on its overview."""
    page = Page(web.get(path).text)

    assert "This is not the current version of the policy." in page.text
    assert path.split("?", maxsplit=1)[0].replace("2026-01-15", "2026-06-01") in links(page)


@pytest.mark.parametrize(("path", "here"), [("2026-06-01", "Whole text"), ("glance", "At a glance"), ("changes", "What changed")])
def test_a_page_says_which_of_the_three_it_is(web: TestClient, path: str, here: str) -> None:
    """To those who listen too."""
    html = web.get(f"/policies/acme/{path}").text
    current = [told["href"] for tag, told in Page(html).tags if tag == "a" and told.get("aria-current")]

    assert f"/policies/acme/{path}" in current
    assert f'aria-current="page">{here}</a>' in html
    assert "not the current version" not in html


def test_a_page_loads_nothing_from_elsewhere(web: TestClient) -> None:
    """Every script, style, picture and frame of every page is ours; a link may lead away, but only when it is followed."""
    policy = [f"/policies/acme/{page}" for page in ("2026-06-01", "glance", "changes")]
    for path in ("/", *policy, "/examples/", "/examples/acme/"):
        answer = web.get(path)
        loaded = [told.get("src") or told.get("href") or "" for tag, told in Page(answer.text).tags if tag not in {"a", "html"}]
        assert [one for one in loaded if one and not re.match(r"/(?!/)|data:,$", one)] == []
        assert "set-cookie" not in answer.headers
