"""Who may call the API: our own pages, and clients that are no browsers; and headers over TLS."""

from __future__ import annotations

from typing import Any

import pytest
from fastapi.testclient import TestClient

from candor.app.web import make_app
from candor.services import Services
from candor.settings import Settings
from tests.candor.channels.web.test_api import assert_problem
from tests.fakes import FakeRasa


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://elsewhere.example"},
        {"Origin": "null"},
        {"Origin": "http://testserver.elsewhere.example"},
        {"Origin": "http://testserver:81"},
        {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "cors", "Origin": "https://elsewhere.example"},
        {"Sec-Fetch-Site": "same-site", "Sec-Fetch-Mode": "cors"},
        {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors"},
    ],
)
def test_another_sites_page_cannot_call(web: TestClient, headers: dict[str, str]) -> None:
    """403 before anything is done, and nothing by which a browser would let that page read it."""
    begun = web.post("/api/conversations", json={"company": "acme"}, headers=headers)
    read = web.get("/api/companies", headers=headers)

    for answer in (begun, read):
        assert_problem(answer, 403)
        assert not any(name.startswith("access-control") for name in answer.headers)


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Origin": "http://testserver"},
        {"Origin": "https://testserver"},  # a proxy ended TLS
        {"Sec-Fetch-Site": "same-origin", "Sec-Fetch-Mode": "cors", "Origin": "https://behind.a.proxy.example"},
        {"Sec-Fetch-Site": "none", "Sec-Fetch-Mode": "navigate"},
    ],
)
def test_our_own_page_can(web: TestClient, headers: dict[str, str]) -> None:
    """Also behind a proxy that changes the host, where the browser's own judgement counts; and what is no browser."""
    answer = web.post("/api/conversations", json={"company": "acme"}, headers=headers)

    assert answer.status_code == 201
    assert not any(name.startswith("access-control") for name in answer.headers)


def test_a_link_to_data_can_be_followed(web: TestClient) -> None:
    """To open an address is not to call it; posting a form is."""
    followed = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}

    assert web.get("/api/companies", headers=followed).status_code == 200
    assert_problem(web.post("/api/conversations", json={"company": "acme"}, headers=followed), 403)


def test_a_foreign_page_gets_no_answer_to_a_preflight(web: TestClient) -> None:
    """No header of ours allows it anything."""
    answer = web.options(
        "/api/conversations", headers={"Origin": "https://elsewhere.example", "Access-Control-Request-Method": "POST"}
    )

    assert_problem(answer, 403)
    assert not any(name.startswith("access-control") for name in answer.headers)


def served(parts: Services, base: str, **changed: Any) -> TestClient:
    parts.settings = Settings(**{**parts.settings.model_dump(), **changed})
    return TestClient(make_app(parts, FakeRasa()), base_url=base, client=("127.0.0.1", 1))


def test_over_tls_a_browser_is_told_to_stay_there(parts: Services) -> None:
    """For a year; over plain HTTP browsers would ignore the header, so it is not sent."""
    for base, told in (("https://testserver", True), ("http://testserver", False)):
        with served(parts, base) as web:
            assert ("strict-transport-security" in web.get("/livez").headers) == told


def test_only_a_trusted_proxy_says_that_it_was_tls(parts: Services) -> None:
    """Anybody can write the header."""
    for proxies, told in (("127.0.0.1", True), ("", False)):
        with served(parts, "http://testserver", trusted_proxies=proxies) as web:
            answer = web.get("/livez", headers={"X-Forwarded-Proto": "https", "X-Forwarded-For": "203.0.113.7"})
            assert ("strict-transport-security" in answer.headers) == told


@pytest.mark.parametrize("path", ["/", "/policies/acme/2026-01-15", "/policies/acme/changes", "/chat/acme", "/api/companies"])
def test_no_page_sets_a_cookie(web: TestClient, path: str) -> None:
    """Visitors are not followed, also not by us."""
    assert "set-cookie" not in web.get(path).headers


def test_an_expired_token_ends_the_conversation(parts: Services) -> None:
    """401 with what to do, so that the chat can begin anew."""
    with served(parts, "http://testserver") as web:
        begun = web.post("/api/conversations", json={"company": "acme"}).json()
        tokens = web.app.state.tokens  # type: ignore[attr-defined]
        tokens._lifetime = -1
        answer = web.post(
            f"/api/conversations/{begun['conversation']}/messages", json={"text": "hello"},
            headers={"Authorization": f"Bearer {begun['token']}", "Date": "Thu, 01 Jan 1970 00:00:00 GMT"},
        )  # fmt: skip

    assert "has ended" in assert_problem(answer, 401)["detail"]
    assert answer.headers["www-authenticate"] == "Bearer"
