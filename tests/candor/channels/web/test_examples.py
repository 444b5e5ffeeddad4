"""The example sites: pages such as a customer has, with one line of Candor's on them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from pydantic import SecretStr

from candor.app.web import make_app
from candor.channels.web.examples import SCENES
from candor.services import Services
from candor.settings import ROOT, Settings
from knowledge.catalogue import PolicyCatalogue
from knowledge.ingestion import ingest
from tests.candor.channels.web.test_api import assert_problem
from tests.candor.channels.web.test_pages import Page
from tests.candor.channels.web.test_widget import build
from tests.fakes import FakeEncoder, FakeRasa

COMPANIES = ("clevra", "cleverbox", "clevio", "cleverom", "clevertap")


@pytest.fixture(scope="module")
def parts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Services]:
    """The five companies, and a widget."""
    folder = tmp_path_factory.mktemp("examples")
    made = Services(Settings(var_dir=folder, widget_dir=folder / "widget", secret_key=SecretStr("s"), database_url=""))
    build(folder / "widget")
    ingest(ROOT / "policies", folder / "index", FakeEncoder, FakeEncoder.id, lambda _: None)
    made.knowledge.catalogue = PolicyCatalogue(folder / "index", FakeEncoder.id)
    yield made
    made.engine.dispose()


@pytest.mark.parametrize("company", COMPANIES)
def test_a_page_holds_one_line_of_the_widget_and_says_what_it_is(web: TestClient, company: str) -> None:
    """As a customer would write it; everybody sees that the page is made up."""
    answer = web.get(f"/examples/{company}/")

    page = Page(answer.text)
    scripts = [told for tag, told in page.tags if tag == "script"]
    assert scripts == [{"src": "/widget.js", "data-company": company, "async": None}]
    assert "did not make this page" in page.text
    assert "make setup" not in page.text
    assert [tag for tag, _ in page.tags].count("h1") == 1
    assert not any(tag == "style" or "style" in told for tag, told in page.tags)


def test_each_company_has_a_page_of_its_own(web: TestClient) -> None:
    """In its own colour."""
    told = {company: Page(web.get(f"/examples/{company}/").text).text for company in COMPANIES}
    colours = {web.get(f"/examples/{company}/colour.css").text for company in COMPANIES}

    assert len({next(scene for scene in SCENES if scene.headline in text) for text in told.values()}) == len(COMPANIES)
    assert len(colours) == len(COMPANIES)
    assert ":root { --brand: #0f766e; }\n" in colours


def test_all_are_found_from_the_first_page(web: TestClient) -> None:
    """From / to the list, from the list to each."""
    first, listed = (
        {told.get("href") for tag, told in Page(web.get(path).text).tags if tag == "a"} for path in ("/", "/examples/")
    )

    assert "/examples/" in first
    assert {f"/examples/{company}/" for company in COMPANIES} <= listed


def test_an_unknown_company_has_none(web: TestClient) -> None:
    """404."""
    assert_problem(web.get("/examples/nosuch/"), 404)
    assert_problem(web.get("/examples/nosuch/colour.css"), 404)


OPEN = {"web_host": "0.0.0.0"}  # noqa: S104  # what this test is about


@pytest.mark.parametrize(
    ("changed", "shown"), [({}, True), (OPEN, False), ({**OPEN, "examples": True}, True), ({"examples": False}, False)]
)
def test_they_are_for_trying_out(parts: Services, tmp_path: Path, changed: dict[str, object], shown: bool) -> None:
    """Where others can see this machine, they are not there unless that is asked for; and nothing leads to them."""
    other = Services(Settings(**{**parts.settings.model_dump(), "var_dir": tmp_path, **changed}))
    other.knowledge.catalogue = parts.knowledge.catalogue

    with TestClient(make_app(other, FakeRasa())) as web:
        codes = {web.get(path).status_code for path in ("/examples/", "/examples/clevra/")}
        linked = "/examples/" in web.get("/").text
    other.engine.dispose()

    assert codes == ({200} if shown else {404})
    assert linked == shown


def test_without_a_widget_the_page_says_how_to_get_it(parts: Services, tmp_path: Path) -> None:
    """Else the corner just stays empty."""
    other = Services(Settings(**{**parts.settings.model_dump(), "var_dir": tmp_path, "widget_dir": tmp_path / "none"}))
    other.knowledge.catalogue = parts.knowledge.catalogue

    with TestClient(make_app(other, FakeRasa())) as web:
        assert "make setup" in web.get("/examples/clevra/").text
        assert "make setup" in web.get("/examples/").text
    other.engine.dispose()
