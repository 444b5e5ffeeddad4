"""What people and programs get where something is not there or does not work: a page, or a problem document."""

from __future__ import annotations

from typing import Any

import pytest
from fastapi.testclient import TestClient

from candor.channels.web.headers import HEADERS
from candor.services import Services
from candor.settings import Settings
from tests.candor.channels.web.test_api import assert_problem
from tests.candor.channels.web.test_pages import Page

BROWSER = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}


def assert_page(answer: Any, status: int) -> str:
    """A whole page with a way on, as safe as any other; returns its text."""
    assert (answer.status_code, answer.headers["content-type"]) == (status, "text/html; charset=utf-8")
    assert HEADERS.items() <= {name: answer.headers[name] for name in HEADERS}.items()
    assert answer.headers["cache-control"] == "no-store"
    assert 'href="/"' in answer.text
    Page(answer.text)
    text: str = answer.text
    return text


@pytest.mark.parametrize(
    "path",
    ["/nosuchpage", "/chat/nosuchcompany", "/policies/acme/nosuchversion", "/policies/nosuchcompany/glance", "/static/no.css"],
)
def test_an_unknown_address_is_a_page_in_a_browser(web: TestClient, path: str) -> None:
    """Whoever mistyped it reads a sentence, not JSON; what was typed is not repeated."""
    text = assert_page(web.get(path, headers=BROWSER), 404)

    assert "There is no such page" in text
    assert "nosuch" not in text


@pytest.mark.parametrize("accept", ["application/json", "*/*", ""])
def test_a_program_gets_a_problem_document(web: TestClient, accept: str) -> None:
    """It would have to guess at a page."""
    assert_problem(web.get("/chat/nosuchcompany", headers={"Accept": accept}), 404)


@pytest.mark.parametrize(("method", "path"), [("GET", "/api/companies/nosuch"), ("GET", "/api/nosuch"), ("POST", "/nosuchpage")])
def test_the_api_answers_as_an_api_in_a_browser_too(web: TestClient, method: str, path: str) -> None:
    """Scripts of a page call it, whatever they say that they accept."""
    answer = web.request(method, path, headers=BROWSER, content=b"")

    assert answer.headers["content-type"] == "application/problem+json"


def test_a_page_that_is_not_built_says_so(web: TestClient, parts: Services, tmp_path: Any) -> None:
    """Its operator reads what to do."""
    parts.settings = Settings(**{**parts.settings.model_dump(), "widget_dir": tmp_path / "none"})
    web.app.state.widget.folder = tmp_path / "none"  # type: ignore[attr-defined]

    assert "make setup" in assert_page(web.get("/chat/acme", headers=BROWSER), 503)
