"""A visitor's chat and a colleague's console side by side: both directions, a reload, drafts, and handing back."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from playwright.sync_api import Browser, FrameLocator, Page, expect
from sqlalchemy import text

from candor.transcripts.store import TurnOutcome
from tests.browsers import faults_of, screenshots, sticks_out
from tests.candor.console.browser.conftest import DESKTOP, PHONE, SignedIn, Site, pictures

HANDOFF = {"text": "Somebody at Acme answers you here by 20 January 2026.", "custom": {"kind": "handoff"}}


@pytest.fixture
def handoff(site: Site) -> Iterator[None]:
    """Rasa understands that a person is wanted; as its action would, the conversation is marked for staff."""
    site.rasa.messages = [HANDOFF]
    yield
    site.rasa.messages = [{"text": "Hello!", "custom": {"kind": "smalltalk"}}]
    for talk in site.parts.conversations.live_chat_sessions.going_on():
        site.parts.conversations.transcripts.forget(talk.conversation)
    for one in site.parts.conversations.handoff_queue.waiting():
        site.parts.conversations.handoff_queue.answered(one.id, "tests")


@pytest.fixture
def chat(browser: Browser, site: Site, handoff: None) -> Iterator[Page]:
    """A visitor's page, in which a person was asked for."""
    context = browser.new_context(viewport=DESKTOP)  # type: ignore[arg-type]
    page = context.new_page()
    page.goto(f"{site.url}/chat/acme")
    write(page, "Can I talk to a person?")
    expect(page.get_by_test_id("reply").last).to_contain_text("Somebody at Acme answers you")
    site.parts.conversations.handoff_queue.wanted(site.rasa.sent[-1]["sender"], "acme")
    yield page
    context.close()


def write(page: Page | FrameLocator, words: str) -> None:
    """Say something once the chat has greeted and takes messages: on a slow machine its field is there before."""
    expect(page.get_by_test_id("reply").first).to_be_visible()
    page.locator("#input").fill(words)
    expect(page.get_by_test_id("send")).not_to_have_attribute("aria-disabled", "true")
    page.locator("#input").press("Enter")


def reply(desk: Page, words: str) -> None:
    box = desk.get_by_label("Your message to the visitor")
    box.fill(words)
    box.press("Enter")


def waiting(site: Site, conversation: str) -> str:
    return f"{site.console}/waiting/{conversation}"


def test_a_whole_talk_between_a_visitor_and_a_person(page_of: SignedIn, site: Site, chat: Page) -> None:
    """Asked for, taken, both ways without a reload, marked as a person's, and handed back to Candor."""
    desk, conversation = page_of("agent", name="Ada"), site.rasa.sent[-1]["sender"]
    asked = len(site.rasa.sent)
    desk.goto(f"{site.console}/waiting")
    desk.locator(f"#open-{conversation}").click()
    expect(desk.get_by_role("log")).to_contain_text("Can I talk to a person?")
    desk.get_by_role("button", name="I take it").click()

    expect(chat.get_by_test_id("with-you")).to_contain_text("Ada from Acme is with you")
    expect(desk.get_by_text("has the chat open")).to_be_visible()
    reply(desk, "Hello, this is Ada.\nHow can I help?")
    person = chat.locator('[data-testid="reply"][data-kind="human"]')
    expect(person).to_contain_text("Ada from Acme, a person")
    expect(person).to_contain_text("How can I help?")
    expect(chat.get_by_test_id("announcer")).to_contain_text("Ada from Acme, a person: Hello")
    expect(desk.get_by_label("Your message to the visitor")).to_have_value("")
    write(chat, "My address is bea@acme.example")
    expect(desk.get_by_role("log")).to_contain_text("My address is email 1")
    expect(chat.get_by_test_id("visitor").last).to_have_attribute("data-state", "sent")
    reply(desk, "Thank you!")
    expect(person.last).to_contain_text("Thank you!")

    found = [faults_of(chat), faults_of(desk), sticks_out(chat), sticks_out(desk)]
    chat.screenshot(path=screenshots() / "talk-visitor.png")
    pictures(desk, "talk-desk")
    chat.reload()
    expect(person.last).to_contain_text("Thank you!")
    expect(chat.get_by_test_id("visitor").last).to_contain_text("bea@acme.example")
    desk.get_by_role("button", name="Hand back to Candor").click()
    expect(chat.get_by_test_id("between").last).to_contain_text("Candor, a program, answers again")
    expect(chat.get_by_test_id("with-you")).to_be_hidden()
    between = len(site.rasa.sent)
    write(chat, "Do you sell my data?")
    expect(chat.get_by_test_id("reply").last).to_contain_text("Somebody at Acme")

    assert found == [[], [], 0, 0]
    assert (between, len(site.rasa.sent)) == (asked, asked + 1)
    assert chat.get_by_test_id("reply").filter(has_text="Thank you!").count() == 1


def test_what_is_typed_is_not_lost_and_not_sent_twice(page_of: SignedIn, site: Site, chat: Page) -> None:
    """A lost network, a double Enter, a reload, a new message meanwhile, and an expired session."""
    desk, conversation = page_of("agent", name="Bob"), site.rasa.sent[-1]["sender"]
    desk.goto(waiting(site, conversation))
    desk.get_by_role("button", name="I take it").click()
    box = desk.get_by_label("Your message to the visitor")
    box.fill("half a sentence")
    write(chat, "one more thing")
    expect(desk.get_by_role("log")).to_contain_text("one more thing")
    expect(box).to_have_value("half a sentence")
    desk.reload()
    expect(box).to_have_value("half a sentence")

    desk.route("**/say", lambda route: route.abort())
    box.press("Enter")
    expect(desk.get_by_role("alert")).to_contain_text("could not be reached")
    expect(box).to_have_value("half a sentence")
    desk.unroute("**/say")
    box.press("Enter")
    box.press("Enter")
    expect(desk.get_by_role("log")).to_contain_text("half a sentence")
    expect(box).to_have_value("")
    box.press("Shift+Enter")
    box.type("kept")
    desk.context.clear_cookies()
    box.press("Enter")
    expect(desk.get_by_role("heading", level=1)).to_have_text("Sign in again")

    said = [turn.replies[0]["text"] for turn in site.parts.conversations.live_chat_sessions.turns_by_people(conversation)]
    assert said[1:] == ["half a sentence"]
    kept = desk.evaluate("Object.values(sessionStorage).join()")
    assert "kept" in kept


def test_a_closed_widget_shows_that_a_person_has_written(browser: Browser, page_of: SignedIn, site: Site, handoff: None) -> None:
    """On the company's own page, on the button, and for screen readers."""
    context = browser.new_context(viewport=DESKTOP)  # type: ignore[arg-type]
    page = context.new_page()
    page.goto(f"{site.url}/examples/acme")
    page.get_by_role("button", name="Privacy questions").click()
    frame = page.frame_locator("iframe")
    write(frame, "A person, please")
    expect(frame.get_by_test_id("reply").last).to_contain_text("Somebody at Acme")
    conversation = site.rasa.sent[-1]["sender"]
    site.parts.conversations.handoff_queue.wanted(conversation, "acme")
    frame.get_by_test_id("close").click()

    desk = page_of("agent", name="Ada")
    desk.goto(waiting(site, conversation))
    desk.get_by_role("button", name="I take it").click()
    reply(desk, "Hello!")

    button = page.locator("candor-widget").get_by_role("button", name="Privacy questions")
    expect(button).to_contain_text("new message")
    page.screenshot(path=screenshots() / "talk-badge.png")
    button.click()
    expect(button).not_to_contain_text("new message")
    expect(frame.get_by_test_id("reply").last).to_contain_text("Hello!")
    context.close()


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_the_pages_can_be_used_by_everyone(
    page_of: SignedIn, site: Site, handoff: None, size: dict[str, int], *, dark: bool
) -> None:
    """axe finds nothing, nothing sticks out; empty, waiting, overdue, taken by another and forgotten."""
    name = f"{'phone' if size is PHONE else 'desktop'}-{'dark' if dark else 'light'}"
    page, parts = page_of("agent", name="Ada", size=size, dark=dark), site.parts
    page.goto(f"{site.console}/waiting")
    found = [faults_of(page)]
    pictures(page, f"waiting-empty-{name}")
    ids = []
    for number, said in enumerate(["Where is <email_1>? " + "long " * 60, "A person!", "please"]):
        conversation = parts.conversations.transcripts.begin(company="acme", channel="slack" if number == 1 else "web").id
        parts.conversations.transcripts.ask(conversation, "m1", said)
        reply = {"kind": "handoff", "text": "Somebody answers you here by 20 January 2026."}
        parts.conversations.transcripts.answered(conversation, "m1", TurnOutcome([reply]), 1.0)
        parts.conversations.handoff_queue.wanted(conversation, "acme", "bea@acme.example" if number == 1 else None)
        ids.append(conversation)
    with parts.engine.begin() as connection:
        connection.execute(text("UPDATE handoff SET answer_by = '2026-01-15 00:00:00' WHERE conversation = :c"), {"c": ids[0]})
    site.persons.take(ids[1], "account:999", "Eve")
    parts.conversations.transcripts.forget(ids[2])

    page.reload()
    expect(page.get_by_text("Overdue")).to_be_visible()
    for path, kept in (("", "list"), (f"/{ids[0]}", "one"), (f"/{ids[1]}", "taken"), (f"/{ids[2]}", "forgotten")):
        page.goto(f"{site.console}/waiting{path}")
        found.append(faults_of(page))
        assert sticks_out(page) == 0
        pictures(page, f"waiting-{kept}-{name}")

    assert found == [[]] * 5


def test_without_script_it_is_forms_and_links(browser: Browser, page_of: SignedIn, site: Site, chat: Page) -> None:
    """Take, say and hand back; the page is new each time."""
    conversation = site.rasa.sent[-1]["sender"]
    cookies = page_of("agent", name="Ada").context.cookies()
    context = browser.new_context(java_script_enabled=False)
    context.add_cookies(cookies)  # type: ignore[arg-type]
    desk = context.new_page()
    desk.goto(waiting(site, conversation))

    desk.get_by_role("button", name="I take it").click()
    desk.get_by_label("Your message to the visitor").fill("Plainly.")
    desk.get_by_role("button", name="Send").click()
    expect(desk.get_by_role("log")).to_contain_text("Plainly.")
    desk.get_by_role("button", name="Hand back to Candor").click()

    expect(desk.get_by_text("Candor answers this visitor again")).to_be_visible()
    expect(chat.get_by_test_id("between").last).to_contain_text("answers again")
    context.close()


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_an_answer_by_mail_is_written_on_a_page_of_its_own(
    page_of: SignedIn, site: Site, chat: Page, size: dict[str, int]
) -> None:
    """From the list to the answer by clicks, and back to a list that tells what happens now."""
    conversation = site.rasa.sent[-1]["sender"]
    site.parts.conversations.handoff_queue.wanted(conversation, "acme", "ada@acme.example")
    reply = site.parts.staff.saved_replies.add("acme", "Tax", "Because of tax law.", "account:1")
    desk = page_of("agent", size=size)
    desk.goto(waiting(site, conversation))
    desk.get_by_role("link", name="Answer by mail").click()
    desk.get_by_role("main").get_by_text("Saved replies", exact=True).click()

    pictures(desk, f"mail-{size['width']}")
    assert faults_of(desk) == []
    assert sticks_out(desk) == 0
    expect(desk.get_by_text("Goes to a…@…")).to_be_visible()
    desk.get_by_role("button", name="Tax").click()
    expect(desk.get_by_label("Your answer")).to_have_value("Because of tax law.")
    desk.get_by_role("button", name="Send by mail").click()
    expect(desk.get_by_text("Your answer is on its way")).to_be_visible()
    expect(desk.get_by_role("listitem").filter(has=desk.locator(f'[href$="{conversation}"]'))).to_contain_text("on its way")
    with ThreadPoolExecutor() as apart:  # below Playwright's loop no other may run
        assert apart.submit(asyncio.run, site.parts.requests.outbox_worker.deliver()).result()["sent"]
    assert conversation not in {one.conversation for one in site.parts.conversations.handoff_queue.waiting()}
    site.parts.staff.saved_replies.remove(reply.id)


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_a_chat_is_passed_on_to_a_colleague_who_finds_it_with_its_note(
    page_of: SignedIn, site: Site, chat: Page, size: dict[str, int]
) -> None:
    """The visitor is told so, in their chat; the colleague takes it, and writes to the same visitor."""
    conversation = site.rasa.sent[-1]["sender"]
    colleague, desk = page_of("agent", name="Cyd", size=size), page_of("agent", name="Ada", size=size)
    desk.goto(waiting(site, conversation))
    desk.get_by_role("button", name="I take it").click()
    expect(chat.get_by_test_id("with-you")).to_contain_text("Ada from Acme is with you")

    desk.get_by_text("Pass it on").first.click()
    desk.get_by_label("To whom?").select_option(label="Cyd")
    desk.get_by_label("Note for them").fill("They ask about their file.")
    found = [(faults_of(desk), sticks_out(desk))]
    pictures(desk, f"pass-on-{size['width']}")
    desk.get_by_role("button", name="Pass it on").click()

    expect(desk.get_by_text("Passed on. The visitor was told")).to_be_visible()
    expect(desk.get_by_text("Passed on by Ada to Cyd")).to_be_visible()
    expect(chat.get_by_test_id("between").last).to_contain_text("has passed this conversation on to a colleague")
    expect(chat.get_by_test_id("with-you")).to_be_hidden()
    colleague.goto(f"{site.console}/")
    colleague.get_by_role("link", name=re.compile(r"^Answer\s*: ")).first.click()
    expect(colleague.get_by_role("region", name="Notes between staff")).to_contain_text("They ask about their file.")
    expect(colleague.locator("[data-mention]").first).to_be_enabled()
    colleague.get_by_text("Whom to name").click()
    found.append((faults_of(colleague), sticks_out(colleague)))
    pictures(colleague, f"notes-{size['width']}")
    colleague.get_by_role("button", name="I take it").click()
    reply(colleague, "I have it here.")

    expect(chat.locator('[data-testid="reply"][data-kind="human"]').last).to_contain_text("I have it here.")
    assert found == [([], 0), ([], 0)]
