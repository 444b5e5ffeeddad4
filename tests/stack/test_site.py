"""What a website's visitors meet around the chat, on the real stack: first questions, policy pages, limits."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browsers import screenshots
from tests.stack.conftest import Stack

COMPANIES = ("clevra", "cleverbox", "clevio", "cleverom", "clevertap")
SLOW = 30_000  # milliseconds; two cores run a browser and the stack


@pytest.fixture
def http(stack: Stack) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=stack.url, timeout=60, trust_env=False) as client:
        yield client


def begin(http: httpx.Client, company: str, **headers: str) -> tuple[str, dict[str, str]]:
    """Begin a conversation; where its messages go, and the headers that they need."""
    begun = http.post("/api/conversations", json={"company": company}, headers=headers).json()
    return f"/api/conversations/{begun['conversation']}/messages", {"Authorization": f"Bearer {begun['token']}", **headers}


@pytest.mark.parametrize("company", COMPANIES)
def test_what_is_suggested_is_not_met_with_silence(http: httpx.Client, company: str) -> None:
    """Four to six first questions, and for each the policy is quoted, or a request for it is offered."""
    suggested = http.get(f"/api/companies/{company}").json()["suggestions"]
    kinds = {}
    for question in suggested:
        place, headers = begin(http, company)
        kinds[question] = http.post(place, json={"text": question}, headers=headers).json()["replies"][0]["kind"]

    assert 4 <= len(suggested) <= 6
    assert {question: kind for question, kind in kinds.items() if kind not in {"answer", "request"}} == {}


def test_a_script_behind_a_proxy_is_slowed_down_and_this_machine_is_not(http: httpx.Client) -> None:
    """The same forty messages: from here all are answered, passed on by a proxy they meet the limit of one conversation."""
    from_here, own = begin(http, "clevra")
    passed_on, theirs = begin(http, "clevra", **{"X-Forwarded-For": "203.0.113.7"})

    codes = [http.post(from_here, json={"text": "hello"}, headers=own).status_code for _ in range(40)]
    limited = [http.post(passed_on, json={"text": "hello"}, headers=theirs).status_code for _ in range(40)]

    assert set(codes) == {200}
    assert 429 in limited


@pytest.mark.parametrize(("name", "width", "scheme"), [("desktop", 1200, "light"), ("phone", 390, "dark")])
def test_the_summary_of_a_policy_leads_to_its_words(stack: Stack, browser: Browser, name: str, width: int, scheme: str) -> None:
    """By keyboard: the topic's link marks the quoted passage on the same page and brings it into view."""
    context = browser.new_context(viewport={"width": width, "height": 844}, color_scheme="dark" if scheme == "dark" else "light")
    context.set_default_timeout(SLOW)
    page: Page = context.new_page()
    page.goto(f"{stack.url}/policies/cleverbox/undated")
    page.screenshot(path=screenshots() / f"policy-glance-{name}.png")
    row = page.locator(".glimpse dl > div").first
    quote = row.locator("dd").inner_text()

    row.locator("a").focus()
    page.keyboard.press("Enter")

    expect(page.locator("mark").first).to_be_in_viewport(timeout=SLOW)
    assert page.locator("mark").first.inner_text() == quote
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0
    context.close()
