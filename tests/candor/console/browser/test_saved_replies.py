"""Saved replies in a real browser: picked with keys and fingers, put where the cursor is, and never sent by themselves."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from candor.transcripts.store import TurnOutcome
from tests.browsers import faults_of, sticks_out
from tests.candor.console.browser.conftest import DESKTOP, PHONE, SignedIn, Site, pictures
from tests.candor.console.opened_requests import events, opened

HOSTILE = "<script>alert(1)</script> 7*7}} \u202eright to left\u202c =cmd()|\"' &amp; " + "word" * 100
TEXTS = {
    "Deleted, invoices are kept": "Your account at {company} is deleted.\n\nInvoices are kept as long as tax law asks for it.",
    "Good day": "Good day, and thank you for writing to {company}.",
    "Hand over to mail": "I answer you by mail. You can also write to {contact}.",
    "More time": "Your request {number} takes longer. You hear from us by {due}.",
    "Not about you": "What you ask for is about another person, whose data we may not tell you.",
    "Which account": "Which account do you mean? The address that it was opened with is enough.",
    "Who we are": "You are writing with the privacy team.",
}


@pytest.fixture(scope="module")
def saved(site: Site) -> None:
    """Seven, one of them full of hostile text, and one of another company."""
    for title, text in TEXTS.items():
        site.parts.staff.saved_replies.add("", title, text, "account:1")
    site.parts.staff.saved_replies.add("acme", f"Hostile {HOSTILE}"[:80], HOSTILE, "account:1")
    site.parts.staff.saved_replies.add("globex", "Of Globex", "Globex only.", "account:1")


@pytest.fixture
def talk(site: Site, saved: None) -> Iterator[str]:
    """Somebody who waits for a person; the address of the talk."""
    parts = site.parts
    conversation = parts.conversations.transcripts.begin(company="acme", channel="web").id
    parts.conversations.transcripts.ask(conversation, "m1", "Can I talk to a person?")
    reply = {"kind": "handoff", "text": "Somebody at Acme answers you here by 20 January 2026."}
    parts.conversations.transcripts.answered(conversation, "m1", TurnOutcome([reply]), 1.0)
    parts.conversations.handoff_queue.wanted(conversation, "acme")
    yield f"{site.console}/waiting/{conversation}"
    parts.conversations.transcripts.forget(conversation)
    for one in parts.conversations.handoff_queue.waiting():
        parts.conversations.handoff_queue.answered(one.id, "tests")


def taken(page: Page, talk: str) -> Locator:
    """The box of a talk that is one's own."""
    page.goto(talk)
    page.get_by_role("button", name="I take it").click()
    box = page.get_by_label("Your message to the visitor")
    expect(box).to_be_visible()
    return box


def opener(page: Page) -> Locator:
    return page.locator("summary", has_text="Saved replies")


def test_a_text_is_put_at_the_cursor_with_the_keyboard_alone(page_of: SignedIn, site: Site, talk: str) -> None:
    """What stands there stays, undo takes the text back, the draft is kept, and nothing is sent before one sends it."""
    page = page_of("agent", name="Ada")
    box = taken(page, talk)
    box.fill("Hello! Bye.")
    for _ in "Bye.":
        box.press("ArrowLeft")
    opener(page).focus()
    page.keyboard.press("Enter")
    expect(page.get_by_label("Find a saved reply")).to_be_focused()
    page.keyboard.type("thank writing")
    expect(page.locator(".saved-offers button:visible")).to_have_count(1)
    pictures(page, "replies-talk-find")
    page.keyboard.press("Enter")

    whole = "Hello! Good day, and thank you for writing to Acme.Bye."
    expect(box).to_have_value(whole)
    expect(box).to_be_focused()
    expect(page.get_by_text("“Good day” is in the box")).to_be_visible()
    page.keyboard.press("Control+z")
    expect(box).to_have_value("Hello! Bye.")
    page.keyboard.press("Control+Shift+z")
    page.reload()
    expect(box).to_have_value(whole)
    conversation = talk.rpartition("/")[2]
    assert len(site.parts.conversations.live_chat_sessions.turns_by_people(conversation)) == 1  # that she is there
    box.press("Enter")
    expect(page.get_by_role("log")).to_contain_text(whole)
    expect(box).to_have_value("")


def test_keys_move_through_the_list_and_escape_leaves_it(page_of: SignedIn, talk: str) -> None:
    """Down, up, and away, with the focus where it came from; a click elsewhere closes it as well."""
    page = page_of("agent", name="Ada")
    box = taken(page, talk)
    opener(page).click()
    find = page.get_by_label("Find a saved reply")
    find.press("ArrowDown")
    expect(page.locator(".saved-offers button").first).to_be_focused()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    expect(find).to_be_focused()
    find.fill("nothing has these")
    expect(page.get_by_text("None has these words")).to_be_visible()
    find.press("Escape")
    expect(find).to_be_hidden()
    expect(opener(page)).to_be_focused()
    opener(page).click()
    box.click()
    expect(find).to_be_hidden()
    expect(box).to_have_value("")


def test_new_messages_do_not_close_the_list_or_change_the_box(page_of: SignedIn, site: Site, talk: str) -> None:
    """The page asks for news every three seconds."""
    page = page_of("agent", name="Ada")
    box = taken(page, talk)
    box.fill("half a sentence")
    opener(page).click()
    with page.expect_response(lambda answer: "/new?" in answer.url):
        pass
    expect(page.locator(".saved-panel")).to_be_visible()
    page.get_by_role("button", name="Who we are").click()

    expect(box).to_have_value("half a sentence You are writing with the privacy team.")


def test_a_text_that_does_not_fit_is_not_cut_off(page_of: SignedIn, talk: str) -> None:
    """It says so."""
    page = page_of("agent", name="Ada")
    box = taken(page, talk)
    box.fill("x" * 3990)
    opener(page).click()
    page.get_by_role("button", name="Who we are").click()

    expect(page.get_by_text("There is no room left for “Who we are”")).to_be_visible()
    expect(box).to_have_value("x" * 3990)


def test_in_a_letter_it_is_put_in_edited_and_seen_before_it_goes(page_of: SignedIn, site: Site, saved: None) -> None:
    """A page that was come back to has its words at the front of the cursor: the text goes to their end."""
    number = opened(site.parts)
    page = page_of("agent", name="Ada", size=PHONE)
    page.goto(f"{site.console}/requests/{number}/complete")
    box = page.get_by_label("What was done?")
    opener(page).click()
    page.get_by_role("button", name="Deleted, invoices are kept").click()
    expect(box).to_have_value(TEXTS["Deleted, invoices are kept"].format(company="Acme"))
    page.get_by_role("button", name="See the letter").click()
    expect(page.get_by_label("Text of the letter")).to_contain_text("Your account at Acme is deleted.")
    page.get_by_role("button", name="Back to the words").click()
    opener(page).click()
    page.get_by_role("button", name="Who we are").click()

    expect(box).to_have_value(
        TEXTS["Deleted, invoices are kept"].format(company="Acme") + " You are writing with the privacy team."
    )
    assert "complete" not in events(site.parts, number)


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_everybody_can_use_the_pages(page_of: SignedIn, site: Site, talk: str, size: dict[str, int], *, dark: bool) -> None:
    """axe finds nothing and nothing sticks out: all of them, a form, a refusal, and the lists above boxes, open."""
    name = f"{'phone' if size is PHONE else 'desktop'}-{'dark' if dark else 'light'}"
    page = page_of("privacy_officer", name="Olga", size=size, dark=dark)
    found: list[object] = []

    def look(at: str) -> None:
        pictures(page, f"replies-{at}-{name}")
        found.append((at, faults_of(page), sticks_out(page)))

    page.goto(f"{site.console}/replies")
    look("list")
    page.get_by_role("link", name="Write a reply").click()
    look("new")
    page.get_by_label("Title").fill("Greeting")
    page.get_by_role("textbox", name="Text").fill("Dear {name}, good day.")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("alert")).to_contain_text("{company}, {contact}, {number}, {due}")
    look("refused")
    page.goto(f"{site.console}/replies/1")
    page.get_by_text("Remove it").click()
    look("change")
    page.goto(f"{site.console}/requests/{opened(site.parts)}/extend")
    look("letter-closed")
    opener(page).click()
    look("letter")
    taken(page, talk)
    look("talk-closed")
    opener(page).click()
    panel = page.locator(".saved-panel").bounding_box()
    assert panel
    assert min(panel["x"], panel["y"], size["width"] - panel["x"] - panel["width"]) >= 0  # nothing of it is out of reach
    look("talk")
    page.get_by_role("button", name="Which account").click()
    look("talk-put")

    assert [one for one in found if one[1:] != ([], 0)] == []  # type: ignore[index]


def test_none_yet_is_a_page_with_one_thing_to_do(page_of: SignedIn, site: Site, saved: None) -> None:
    """For the officer; for an agent it says who does it. Put back for the other tests."""
    kept = site.parts.staff.saved_replies.of(None)
    for one in kept:
        site.parts.staff.saved_replies.remove(one.id)
    officer, agent = page_of("privacy_officer", name="Olga"), page_of("agent", name="Ada", size=PHONE)

    officer.goto(f"{site.console}/replies")
    agent.goto(f"{site.console}/replies")
    found = [faults_of(officer), faults_of(agent)]
    pictures(officer, "replies-none-officer")
    pictures(agent, "replies-none-agent")
    officer.get_by_role("link", name="Write the first one").click()
    officer.get_by_label("Title").fill("Good day")
    officer.get_by_role("textbox", name="Text").fill("Good day from {company}.")
    officer.get_by_role("button", name="Save").click()
    expect(officer.get_by_role("status").first).to_contain_text("Saved.")
    (made,) = site.parts.staff.saved_replies.of(None)
    site.parts.staff.saved_replies.remove(made.id)
    for one in kept:
        site.parts.staff.saved_replies.add(one.company, one.title, one.text, one.made_by)

    assert found == [[], []]


def test_without_script_it_comes_back_with_the_text(browser: Browser, page_of: SignedIn, site: Site, talk: str) -> None:
    """Below what was typed, in a talk and in a letter; then it is sent as ever."""
    cookies = page_of("agent", name="Ada").context.cookies()
    context = browser.new_context(java_script_enabled=False)
    context.add_cookies(cookies)  # type: ignore[arg-type]
    page = context.new_page()
    box = taken(page, talk)
    box.fill("Good morning.")
    opener(page).click()
    page.get_by_role("button", name="Who we are").click()
    expect(box).to_have_value("Good morning.\n\nYou are writing with the privacy team.")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("log")).to_contain_text("You are writing with the privacy team.")
    number = opened(site.parts)
    page.goto(f"{site.console}/requests/{number}/ask_requester")
    opener(page).click()
    page.get_by_role("button", name="Which account").click()
    expect(page.get_by_label("What do you need to know?")).to_have_value(TEXTS["Which account"])
    page.get_by_role("button", name="See the letter").click()
    expect(page.get_by_label("Text of the letter")).to_contain_text("Which account do you mean?")
    assert "ask_requester" not in events(site.parts, number)
    context.close()
