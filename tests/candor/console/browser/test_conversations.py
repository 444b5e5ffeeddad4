"""Conversations in a real browser: the list, and reading one."""

from __future__ import annotations

import socket
from contextlib import suppress
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, expect

from tests.browsers import faults_of
from tests.candor.console.browser.conftest import SignedIn, Site, faults_in_looks, pictures
from tests.candor.console.live_chats import a_question, begin, passage, quote_of, say


@pytest.fixture(scope="module")
def conversation(site: Site) -> str:
    """A conversation of several kinds of turns."""
    parts = site.parts
    known = begin(parts)
    a_question(parts, known)
    parts.conversations.transcripts.feedback(
        known, "a_1", helpful=False, reason="wrong_passage", comment="I meant renting, not selling"
    )
    looked = [passage(parts, "We keep invoices for:", -1.25, cited=False)]
    say(
        parts, known, "how old must i be", {"kind": "not_in_policy", "text": "I looked and found nothing."},
        confidence=0.41,
        evidence={"version": "2026-01-15", "probability": 0.07, "aspect": "children.minimum_age", "passages": looked},
        trace={"actions": ["action_answer_question"], "slots": {}, "rasa": 44.0},
    )  # fmt: skip
    card = {"number": "ACME-7K2M", "request_type": "deletion", "status": "open", "company": "acme", "due": "2026-12-22",
            "due_article": "Art. 12(3) GDPR"}  # fmt: skip
    say(parts, known, "yes", {"kind": "request", "text": "It is opened.", "request_type": "deletion", "ticket": card},
        intent="affirm", confidence=0.99)  # fmt: skip
    quote = quote_of(parts, "We never sell personal data.")
    sides = [{"company": "acme", "name": "Acme", "version": "2026-01-15", "silent": False, "citations": [1]},
             {"company": "globex", "name": "Globex", "version": "undated", "silent": True}]  # fmt: skip
    say(
        parts, known, "who sells data, acme or globex?",
        {"kind": "compare", "text": "Side by side:", "citations": [quote], "comparison": sides},
        evidence={"aspect": "selling.sold", "sides": [
            {"company": "acme", "version": "2026-01-15", "probability": 0.9,
             "passages": [passage(parts, quote["quote"], 1.5, cited=True)]},
            {"company": "globex", "version": "undated", "probability": 0.1, "passages": []}]},
    )  # fmt: skip
    parts.conversations.transcripts.ask(known, "m-last", "anybody there?")
    return known


def test_a_conversation_can_be_read_on_every_screen(page_of: SignedIn, site: Site, conversation: str) -> None:
    """What was said and why, without anything sticking out or keeping somebody out."""
    page = page_of("agent")

    page.goto(f"{site.console}/conversations/{conversation}")
    expect(page.get_by_text("Found and not cited (1)")).to_be_hidden()  # the reasons are folded until somebody wants them
    page.locator("details.because > summary").first.click()
    page.reload()
    expect(page.get_by_text("Found and not cited (1)")).to_be_visible()  # and then stay so
    assert faults_in_looks(page, "reader") == {}


def test_revealing_is_a_form_that_shows_values_in_place(page_of: SignedIn, site: Site, conversation: str) -> None:
    """Chosen reason, one button; afterwards the value stands where its token stood."""
    page = page_of("agent")
    page.goto(f"{site.console}/conversations/{conversation}")

    page.get_by_role("link", name="Show what is masked").click()
    page.get_by_label("Why do you need it?").select_option("answer")
    page.get_by_role("button", name="Show it and record why").click()

    expect(page.get_by_text("ada@example.com").first).to_be_visible()
    expect(page.get_by_role("status").first).to_contain_text("recorded")
    assert faults_of(page) == []
    pictures(page, "reader-revealed")


@pytest.fixture(scope="module")
def many(site: Site, conversation: str) -> str:
    """More conversations, of several kinds; the name of one that nobody has answered yet."""
    parts = site.parts
    asked = {"how long do you keep invoices?": "answer", "do you rent my data out to advertisers": "unsure",
             "<script>alert(1)</script>": "not_in_policy"}  # fmt: skip
    for number, (text, kind) in enumerate(asked.items()):
        known = begin(parts, channel="slack" if number else "web")
        say(parts, known, text, {"kind": kind, "text": "This is what it says:"}, confidence=0.4 if number else 0.9)
        say(parts, known, "thanks", intent="thanks")
    person = begin(parts, company="globex")
    say(parts, person, "I want to talk to a human", {"kind": "handoff", "text": "A person will answer."}, intent="talk_to_human")
    return person


def test_the_list_can_be_worked_from_on_every_screen(page_of: SignedIn, site: Site, many: str) -> None:
    """Rows, views and an open filter form."""
    page = page_of("agent")

    page.goto(f"{site.console}/conversations?channel=slack")
    filtered = faults_in_looks(page, "list-filtered")
    page.goto(f"{site.console}/conversations")

    assert page.locator(".talk").count() == 5
    assert (filtered, faults_in_looks(page, "list")) == ({}, {})


def test_search_as_you_type_swaps_the_rows_and_the_address(page_of: SignedIn, site: Site, many: str) -> None:
    """Marked, linkable, and as quick as it is typed."""
    page = page_of("agent")
    page.goto(f"{site.console}/conversations")

    page.get_by_role("searchbox").press_sequentially("rent data")

    expect(page.locator(".talk mark")).to_have_text(["rent", "data"])
    expect(page).to_have_url(f"{site.console}/conversations?q=rent+data")
    pictures(page, "list-search")
    assert faults_of(page) == []


def test_the_list_and_a_conversation_work_by_keys_alone(page_of: SignedIn, site: Site, many: str) -> None:
    """j and k between rows, Enter, u, slash, and the question mark that tells of them."""
    page = page_of("agent")
    page.goto(f"{site.console}/conversations")
    rows = page.locator(".talk-link")

    page.keyboard.press("j")
    page.keyboard.press("j")
    expect(rows.nth(1)).to_be_focused()
    page.keyboard.press("k")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Conversation about Globex")
    page.keyboard.press("u")
    expect(page.get_by_role("heading", level=1)).to_have_text("Conversations")
    page.keyboard.press("/")
    expect(page.get_by_role("searchbox")).to_be_focused()
    page.keyboard.type("?j")
    expect(page.get_by_role("dialog")).to_be_hidden()
    page.get_by_role("heading", level=1).click()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_contain_text("back to the list")
    assert faults_of(page) == []


def test_everything_works_without_javascript(browser: Browser, page_of: SignedIn, site: Site, many: str) -> None:
    """A form, links, a page for each."""
    cookies = page_of("agent").context.cookies()
    context = browser.new_context(java_script_enabled=False)
    context.add_cookies(cookies)  # type: ignore[arg-type]  # what Playwright gives is what it takes
    page = context.new_page()
    page.goto(f"{site.console}/conversations")

    page.get_by_role("searchbox").fill("rent data")
    page.get_by_role("button", name="Search").click()
    expect(page.locator(".talk mark")).to_have_text(["rent", "data"])
    page.get_by_role("link", name="“rent data”").click()
    page.get_by_role("navigation", name="Views").get_by_role("link", name="Needs a person").click()
    expect(page.locator(".talk")).to_have_count(1)
    page.get_by_text("Save these filters").click()
    page.get_by_label("Name").fill("Waiting")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("link", name="Waiting", exact=True)).to_have_attribute("aria-current", "page")
    context.close()


def test_ten_megabytes_of_search_words_are_refused_by_the_server(page_of: SignedIn, site: Site) -> None:
    """Before anything reads them; whoever works beside it notices nothing."""
    page, at, answer = page_of("reviewer"), urlsplit(site.url), b""
    page.goto(site.console)
    cookies = "; ".join(f"{cookie.get('name')}={cookie.get('value')}" for cookie in page.context.cookies())
    asked = f"GET /console/conversations?q={'sell%20' * 1_500_000} HTTP/1.1\r\nHost: {at.netloc}\r\nCookie: {cookies}\r\n\r\n"

    with socket.create_connection((str(at.hostname), at.port or 80), timeout=30) as line, suppress(ConnectionError):
        with suppress(ConnectionError):  # it hangs up before all is sent
            line.sendall(asked.encode())
        while part := line.recv(65_536):
            answer += part

    assert answer[:12] in {b"HTTP/1.1 400", b""}  # nothing where hanging up was faster than the answer
    page.goto(f"{site.console}/conversations")
    expect(page.get_by_role("heading", level=1)).to_have_text("Conversations")
