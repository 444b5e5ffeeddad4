"""A visitor with a real browser: pick a company, ask, read the quote, open it in the policy, open a request."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from candor.settings import ROOT
from tests.browsers import screenshots
from tests.stack.conftest import Stack
from tests.stack.test_conversations import newest_code

DESKTOP, PHONE = {"width": 1200, "height": 860}, {"width": 390, "height": 844}
SLOW = 60_000  # milliseconds; two cores run a browser and the stack


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A fresh page; any error in the console fails the test."""
    context = browser.new_context(viewport={"width": DESKTOP["width"], "height": DESKTOP["height"]})
    context.set_default_timeout(SLOW)
    opened = context.new_page()
    faults: list[str] = []
    opened.on("pageerror", lambda error: faults.append(str(error)))
    opened.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
    yield opened
    context.close()
    assert faults == []


def ask(page: Page, said: str) -> None:
    """Type, send, and wait for the reply."""
    before = page.get_by_test_id("reply").count()
    page.get_by_test_id("input").fill(said)
    page.get_by_test_id("input").press("Enter")
    expect(page.get_by_test_id("reply").nth(before)).to_be_visible(timeout=SLOW)  # an offer may follow the answer


def test_a_visitor_goes_the_whole_way(stack: Stack, page: Page) -> None:
    """From the first page to a quote, into the policy, through a request and its code, to how that request stands."""
    page.goto(stack.url)
    page.get_by_test_id("company-clevra").click()
    expect(page.get_by_test_id("reply")).to_have_count(1, timeout=SLOW)

    ask(page, "how long do you keep my data?")
    answer = page.get_by_test_id("reply").nth(1)
    expect(answer).to_have_attribute("data-kind", "answer")
    expect(answer.get_by_test_id("citation").first).to_contain_text("5. Data Retention")
    expect(answer.get_by_test_id("citation").first).to_contain_text("15 January 2026")
    page.screenshot(path=screenshots() / "answer.png")
    with page.context.expect_page() as opening:
        answer.get_by_test_id("citation-link").first.click()
    expect(opening.value.locator("mark").first).to_be_in_viewport(timeout=SLOW)
    opening.value.close()

    ask(page, "delete my account")
    fill(page, "residence", "Where you live", "Germany")
    fill(page, "email", "Your e-mail address", "browser.1@example.org")
    fill(page, "details", "What you want to add, if anything", "my user name is browser")
    page.get_by_role("button", name="Yes, open the request").last.click()
    number = page.get_by_test_id("ticket-number")
    expect(number).to_have_text(re.compile(r"R-[0-9A-Z]{4}-[0-9A-Z]{4}"), timeout=SLOW)
    opened = number.inner_text()
    page.screenshot(path=screenshots() / "request.png")

    fill(page, "code", "The six-digit code", newest_code(stack.settings.var_dir / "outbox", "browser.1@example.org", 1))
    expect(page.get_by_test_id("reply").last).to_contain_text("that is the right code", timeout=SLOW)
    expect(page.get_by_test_id("ticket").last).to_contain_text("Open")
    ask(page, f"how is {opened}?")
    expect(page.get_by_test_id("reply").last).to_contain_text(opened)


def fill(page: Page, field: str, label: str, value: str) -> None:
    """Wait for a step of a request, and answer it in its field."""
    form = page.get_by_test_id("form").last
    expect(form).to_have_attribute("data-field", field, timeout=SLOW)
    control = form.get_by_role("combobox") if field == "residence" else form.get_by_label(label)
    control.fill(value)
    form.get_by_role("button", name="Continue").click()
    expect(page.get_by_test_id("form").and_(page.locator(f"[data-field={field}]"))).to_have_count(0, timeout=SLOW)


def test_a_citation_opens_the_policy_at_the_quoted_words(stack: Stack, page: Page) -> None:
    """The link leads to the version that was quoted, with the same words marked and in view."""
    page.goto(f"{stack.url}/?company=clevertap")
    expect(page.get_by_test_id("reply")).to_have_count(1, timeout=SLOW)
    ask(page, "do you sell personal data")
    citation = page.get_by_test_id("citation").first
    quote = citation.locator("blockquote").inner_text()

    with page.context.expect_page() as opening:
        citation.get_by_test_id("citation-link").click()
    policy = opening.value
    policy.wait_for_load_state()

    marks = policy.locator("mark")
    expect(marks.first).to_be_in_viewport(timeout=SLOW)
    assert " ".join(" ".join(marks.all_inner_texts()).split()) in " ".join(quote.split())
    policy.screenshot(path=screenshots() / "policy.png")


@pytest.mark.parametrize("company", ["clevra", "cleverbox", "clevio", "cleverom", "clevertap"])
def test_a_policy_page_marks_exactly_the_asked_characters(stack: Stack, page: Page, company: str) -> None:
    """Offsets in the address are offsets into the stored text, in every policy, also across list items."""
    stored = next((ROOT / "policies" / company).glob("*.txt"))
    policy = stored.read_text(encoding="utf-8")
    start = policy.index("person", len(policy) // 3)
    end = start + 220

    page.goto(f"{stack.url}/policies/{company}/{stored.stem}#c{start}-{end}")

    expect(page.locator("mark").first).to_be_in_viewport(timeout=SLOW)
    marked = "".join(page.evaluate("[...document.querySelectorAll('mark')].map(mark => mark.textContent)"))
    kept = re.sub(r"[\s•\-]|\b\d+\.", "", policy[start:end])
    assert re.sub(r"[\s•\-]|\b\d+\.", "", marked) == kept


def test_a_reload_keeps_the_conversation_and_forgetting_ends_it(stack: Stack, page: Page) -> None:
    """What was said is there after a reload; forgotten, it is not, here nor after another reload."""
    page.goto(f"{stack.url}/?company=cleverom")
    expect(page.get_by_test_id("reply")).to_have_count(1, timeout=SLOW)
    ask(page, "where is it hosted?")

    page.reload()
    expect(page.get_by_test_id("log")).to_contain_text("where is it hosted?")
    page.get_by_test_id("menu").click()
    page.get_by_test_id("forget").click()
    page.get_by_test_id("forget-yes").click()

    expect(page.get_by_test_id("log")).not_to_contain_text("where is it hosted?", timeout=SLOW)
    page.reload()
    expect(page.get_by_test_id("reply")).to_have_count(1, timeout=SLOW)
    expect(page.get_by_test_id("log")).not_to_contain_text("where is it hosted?")


def test_what_a_visitor_types_is_never_html(stack: Stack, page: Page) -> None:
    """Markup in a message is shown as the letters it is."""
    page.goto(f"{stack.url}/?company=clevra")
    expect(page.get_by_test_id("reply")).to_have_count(1, timeout=SLOW)

    ask(page, "<img src=x onerror=\"document.title='broken'\"> do you sell data?")

    expect(page.get_by_test_id("log")).to_contain_text("<img src=x")
    assert page.title() != "broken"
    assert page.locator("[data-testid=log] img").count() == 0


def test_the_keyboard_alone_is_enough(stack: Stack, page: Page) -> None:
    """Tab and Enter pick a company; the input then has the focus, and keeps it after a reply."""
    page.goto(stack.url)
    for _ in range(12):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.dataset.testid") == "company-clevio":
            break
    page.keyboard.press("Enter")
    expect(page.get_by_test_id("reply")).to_have_count(1, timeout=SLOW)
    expect(page.get_by_test_id("input")).to_be_focused()

    page.keyboard.type("what is the age limit")
    page.keyboard.press("Enter")

    expect(page.get_by_test_id("reply")).to_have_count(2, timeout=SLOW)
    expect(page.get_by_test_id("input")).to_be_focused()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_phone_shows_everything_without_sideways_scrolling(stack: Stack, browser: Browser, scheme: str) -> None:
    """390 pixels wide, light and dark: nothing sticks out, and no page loads anything from elsewhere."""
    context = browser.new_context(
        viewport={"width": PHONE["width"], "height": PHONE["height"]}, has_touch=True,
        color_scheme="dark" if scheme == "dark" else "light",
    )  # fmt: skip
    page = context.new_page()
    asked: set[str] = set()
    page.on("request", lambda request: asked.add(request.url))

    page.goto(f"{stack.url}/?company=cleverbox")
    expect(page.get_by_test_id("reply")).to_have_count(1, timeout=SLOW)
    ask(page, "who gets my information")
    page.screenshot(path=screenshots() / f"phone-{scheme}.png")
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    context.close()

    assert wide <= 0
    assert all(url.startswith((stack.url, "data:")) for url in asked)
