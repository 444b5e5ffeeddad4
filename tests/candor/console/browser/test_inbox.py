"""The inbox, the palette and the keys in a real browser: few clicks, no mouse, nothing to reload."""

from __future__ import annotations

import re
from itertools import count

import pytest
from playwright.sync_api import Page, expect

from tests.browsers import faults_of
from tests.candor.console.browser.conftest import PHONE, SignedIn, Site, pictures
from tests.candor.console.browser.test_review import silent
from tests.candor.console.live_chats import a_question, begin
from tests.candor.console.opened_requests import opened

MOST_STEPS = 80  # presses of a key until something must have the focus
NUMBERS = count(1)
COUNT_CLICKS = """document.addEventListener("click", () => {
    sessionStorage.setItem("clicks", Number(sessionStorage.getItem("clicks") ?? 0) + 1); }, true);"""
FOCUSED = """() => { const at = document.activeElement;
    if (at === document.body) return "";
    return [at.textContent, ...[...(at.labels ?? [])].map(label => label.textContent)].join(" "); }"""
NOTED = """window.noted = []; window.Notification = class { constructor(title, more) { window.noted.push([title, more.body]); } };
    window.Notification.permission = "granted";"""


@pytest.fixture(autouse=True)
def nobody_waits(site: Site) -> None:
    """Whom the tests before left waiting is answered: the inbox shows six, and the order of tests is not fixed."""
    queue = site.parts.conversations.handoff_queue
    for one in queue.waiting():
        queue.answered(one.id, "staff:bo")


def home(page: Page, site: Site) -> Page:
    """The first page, once its script has run."""
    page.goto(f"{site.console}/")
    expect(page.locator("[data-palette-open]")).to_be_visible()
    return page


def waits(site: Site, question: str = "may I see who read my file?") -> str:
    """A visitor who waits with the chat open."""
    conversation = begin(site.parts)
    a_question(site.parts, conversation, question)
    site.parts.conversations.handoff_queue.wanted(conversation, "acme")
    site.parts.conversations.live_chat_sessions.seen(conversation)
    return conversation


def press_until(page: Page, key: str, words: str) -> None:
    """Press a key until what has the focus says these words."""
    for _ in range(MOST_STEPS):
        page.keyboard.press(key)
        if words in page.evaluate(FOCUSED):
            return
    raise AssertionError(f"{key} does not lead to {words!r}")


def clicks(page: Page) -> int:
    return int(page.evaluate("sessionStorage.getItem('clicks') ?? 0"))


def test_a_waiting_visitor_is_answered_two_clicks_from_home(page_of: SignedIn, site: Site) -> None:
    """One opens the conversation, one takes it; the box has the focus, and Enter sends."""
    conversation, page = waits(site), page_of("agent")
    page.context.add_init_script(COUNT_CLICKS)
    home(page, site)

    page.get_by_role("link", name=re.compile(r"Answer\s*: may I see who read my file")).click()
    page.get_by_role("button", name="I take it").click()
    expect(page.get_by_label("Your message to the visitor")).to_be_focused()
    page.keyboard.type("Good morning, I can tell you that.")
    page.keyboard.press("Enter")

    expect(page.locator(".bubble[data-who=person]").last).to_contain_text("Good morning")
    assert clicks(page) <= 2
    assert [turn.state for turn in site.parts.conversations.transcripts.turns(conversation)][-1] == "by_person"


def test_a_requester_is_found_by_address_two_clicks_from_home(page_of: SignedIn, site: Site) -> None:
    """One into the box, one on the button; with what they have everywhere."""
    number, page = opened(site.parts, email="hedy@example.com"), page_of("agent")
    page.context.add_init_script(COUNT_CLICKS)
    home(page, site)

    page.get_by_label("Find a person").click()
    page.keyboard.type("Hedy@Example.com")
    page.get_by_role("button", name="Find", exact=True).click()

    expect(page.get_by_role("link", name=number)).to_be_visible()
    assert clicks(page) <= 2
    assert faults_of(page) == []
    pictures(page, "find-found")


def test_the_palette_works_by_keyboard_and_for_screen_readers(page_of: SignedIn, site: Site) -> None:
    """A combobox in a dialog: pages, requests by the beginning of their number, people, what can be done here."""
    number, page = opened(site.parts, email="palette@example.com"), home(page_of("agent"), site)

    page.keyboard.press("Control+k")
    box = page.get_by_role("combobox")
    expect(box).to_be_focused()
    page.keyboard.type("fig")
    expect(page.get_by_role("option", selected=True)).to_contain_text("Figures")
    assert box.get_attribute("aria-activedescendant") == page.get_by_role("option", selected=True).get_attribute("id")
    assert faults_of(page) == []
    pictures(page, "palette")
    page.keyboard.press("Escape")
    expect(box).to_be_hidden()

    page.keyboard.press("Meta+k")
    page.keyboard.type(number[:6].lower().replace("-", ""))
    expect(page.get_by_role("option", name=number)).to_be_visible()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text(number)
    expect(page.locator("[data-palette-open]")).to_be_visible()

    page.keyboard.press("Control+k")
    page.keyboard.type("refuse")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Refuse")
    expect(page.locator("[data-palette-open]")).to_be_visible()

    page.keyboard.press("Control+k")
    page.keyboard.type("palette@example.com")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Find a person")
    expect(page.get_by_role("link", name=number)).to_be_visible()


def test_the_palette_offers_no_more_than_the_role(page_of: SignedIn, site: Site) -> None:
    """A reviewer finds no person; on a phone the palette opens with its button."""
    page = home(page_of("reviewer", size=PHONE), site)

    page.locator("[data-palette-open]").click()
    page.keyboard.type("ada@example.com")

    expect(page.get_by_role("option")).to_have_count(0)
    expect(page.locator("#said")).to_have_text("Nothing fits.")
    assert faults_of(page) == []
    pictures(page, "palette-phone")


@pytest.mark.parametrize(
    "path", ["", "requests", "waiting", "accounts", "audit", "silence", "replies", "review/samples", "keeping"]
)
def test_every_list_is_walked_with_j_and_k(page_of: SignedIn, site: Site, path: str) -> None:
    """And the question mark tells of it."""
    opened(site.parts, days_ago=50)
    waits(site)
    silent(site.parts, "how old must I be", aspect="children.minimum_age")
    page = page_of("privacy_officer", "admin", name="Pia")
    who = site.parts.staff.accounts.find("pia.privacyofficer.admin@all.example")
    assert who
    site.parts.staff.samples.make(f"first {next(NUMBERS)}", size=1, seed=1, by=who.id)
    site.parts.staff.saved_replies.add("", f"Thanks {next(NUMBERS)}", "Thank you.", who.actor)
    site.parts.staff.audit.record(who.actor, "account.unlock", f"account {who.id}")
    page.goto(f"{site.console}/{path}")
    expect(page.locator("[data-palette-open]")).to_be_visible()

    page.keyboard.press("j")
    assert page.evaluate("document.activeElement.closest('[data-list]') !== null")
    page.keyboard.press("?")

    expect(page.get_by_role("dialog")).to_contain_text("next line")
    assert faults_of(page) == []


def test_numbers_rows_and_notifications_come_without_a_reload(page_of: SignedIn, site: Site) -> None:
    """In the navigation, in the inbox and from the browser, where it was wished; never what the visitor wrote."""
    page = page_of("agent", name="Nora")
    account = site.parts.staff.accounts.find("nora.agent@all.example")
    assert account
    site.parts.staff.accounts.set_news(account.id, sound=True, notification=True)
    page.add_init_script(NOTED)
    home(page, site)

    waits(site, "is my diary safe with you?")

    navigation = page.get_by_role("navigation", name="Console")
    expect(navigation.get_by_role("link", name=re.compile(r"^People waiting \d+ wait"))).to_be_visible()
    expect(page.get_by_role("link", name="is my diary safe with you?", exact=True)).to_be_visible()
    page.wait_for_function("window.noted.length === 1")
    assert page.evaluate("window.noted") == [["Somebody waits", "A visitor asks for a person."]]


def test_colleagues_see_who_else_has_it_open(page_of: SignedIn, site: Site) -> None:
    """By itself, on the page that was open first, too."""
    number = opened(site.parts)
    first, second = page_of("agent", name="Bea"), page_of("agent", name="Cy")
    first.goto(f"{site.console}/requests/{number}")
    expect(first.locator("#others")).to_have_attribute("hx-trigger", "every 20s")  # it has said so

    second.goto(f"{site.console}/requests/{number}")

    expect(second.get_by_role("status").filter(has_text="Bea has this open too.")).to_be_visible()
    expect(first.get_by_role("status").filter(has_text="Cy has this open too.")).to_be_visible(timeout=40_000)
    assert faults_of(second) == []
    pictures(second, "open-too")


def test_the_five_commonest_jobs_need_no_mouse(page_of: SignedIn, site: Site) -> None:
    """A visitor, a request, a person, an answer, a silence: each from the first page, with the keys alone."""
    waits(site, "can a robot read my letters?")
    late = opened(site.parts, days_ago=60, email="irma@example.com")
    conversation = begin(site.parts)
    a_question(site.parts, conversation, "do robots read my letters?")
    site.parts.conversations.transcripts.feedback(conversation, "a_1", helpful=False)
    for _ in range(3):
        silent(site.parts, "how old must I be", aspect="children.minimum_age")
    page = page_of("privacy_officer", name="Kay")

    press_until(home(page, site), "j", "can a robot read my letters?")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("live chat with a visitor")
    press_until(page, "Tab", "I take it")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Your message to the visitor")).to_be_focused()
    page.keyboard.type("No, only people do.")
    page.keyboard.press("Enter")
    expect(page.locator(".bubble[data-who=person]").last).to_contain_text("only people")

    press_until(home(page, site), "j", "Deletion request")
    press_until(page, "Tab", "Complete")
    page.keyboard.press("Enter")
    expect(page.get_by_label("What was done?")).to_be_visible()
    expect(page.locator("[data-palette-open]")).to_be_visible()
    press_until(page, "Tab", "What was done?")
    page.keyboard.type("Everything is deleted.")
    press_until(page, "Tab", "See the letter")
    page.keyboard.press("Enter")
    expect(page.get_by_role("article", name="The letter")).to_be_visible()
    press_until(page, "Tab", "Complete and send")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Completed.").first).to_be_visible()

    home(page, site).keyboard.press("/")
    page.keyboard.type("irma@example.com")
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name=late)).to_be_visible()

    press_until(home(page, site), "j", "do robots read my letters?")
    press_until(page, "Tab", "Judge the answer")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Keys")).to_be_visible()
    page.keyboard.press("2")
    expect(page).to_have_url(re.compile("done=judged"))

    press_until(home(page, site), "j", "Nothing found in the policy")
    press_until(page, "Tab", "Settle it")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("What does the policy say")
    press_until(page, "Tab", "Settle it")
