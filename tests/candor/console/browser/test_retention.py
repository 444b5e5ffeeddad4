"""Retention and erasure as people see it: what is kept, a run, a conversation forgotten, a person erased by keyboard."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from candor.tickets.requester import Confirmed
from tests.browsers import faults_of, sticks_out
from tests.candor.console.browser.conftest import DESKTOP, PHONE, SignedIn, Site, pictures


def talk_in(site: Site, address: str, *, request: str = "") -> str:
    """A conversation in which an address was said; with a request, open or refused."""
    conversation = site.parts.conversations.transcripts.begin(company="acme", channel="web").id
    site.parts.conversations.transcripts.ask(
        conversation, "message-1", site.parts.conversations.vault.mask(conversation, f"I am {address}")
    )
    if request:
        opened = site.parts.requests.desk.open(
            Confirmed(conversation, "acme", "deletion", conversation, email=address, residence="DE")
        )
        if request == "refused":
            site.parts.requests.staff_desk.refuse(opened.ticket.number, "No account here.", "staff:bo")  # type: ignore[union-attr]
    return conversation


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_what_is_kept_and_a_run(page_of: SignedIn, site: Site, size: dict[str, int], *, dark: bool) -> None:
    """Every kind with its period; "run now" reports below."""
    talk_in(site, "jo@sentinel.example")
    page = page_of("privacy_officer", size=size, dark=dark)
    page.goto(f"{site.console}/keeping")
    expect(page.get_by_role("heading", level=1)).to_have_text("Retention and erasure")

    page.get_by_role("button", name="Run now").click()

    expect(page.get_by_role("status").first).to_contain_text("The run is done")
    expect(page.get_by_role("table").last).to_contain_text("Done")
    pictures(page, f"keeping-{'phone' if size is PHONE else 'desktop'}-{'dark' if dark else 'light'}")
    assert (faults_of(page), sticks_out(page)) == ([], 0)


def test_who_only_sees_settings_has_no_button(page_of: SignedIn, site: Site) -> None:
    """An admin runs Candor, and forgets nobody."""
    page = page_of("admin")

    page.goto(f"{site.console}/keeping")

    expect(page.get_by_role("heading", level=2).first).to_have_text("What is kept")
    assert page.get_by_role("button", name="Run now").count() == 0
    assert page.get_by_role("link", name="Erase a person").count() == 0


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_a_conversation_is_forgotten_after_a_look_at_what_goes(page_of: SignedIn, site: Site, size: dict[str, int]) -> None:
    """Two columns: what goes, what stays."""
    conversation = talk_in(site, "jo@sentinel.example", request="open")
    page = page_of("privacy_officer", size=size)
    page.goto(f"{site.console}/conversations/{conversation}/forget")
    pictures(page, f"forget-{'phone' if size is PHONE else 'desktop'}")
    before = (faults_of(page), sticks_out(page))

    page.get_by_role("button", name="Forget it").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("The conversation is forgotten")
    assert (before, faults_of(page)) == (([], 0), [])
    assert site.parts.conversations.transcripts.known([conversation]) == set()


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_a_person_is_erased_by_keyboard(page_of: SignedIn, site: Site, size: dict[str, int]) -> None:
    """Type, Enter, look at the numbers, Enter; the address stands on no page and in no address bar."""
    name = "phone" if size is PHONE else "desktop"
    address = f"zx.{name}@sentinel.example"
    conversation = talk_in(site, address, request="refused")
    page = page_of("privacy_officer", size=size)
    page.goto(f"{site.console}/keeping/erase")
    pictures(page, f"erase-{name}")
    faults = faults_of(page)
    page.keyboard.type(address)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Erase this person?")
    pictures(page, f"erase-preview-{name}")
    faults += faults_of(page)
    seen = page.content() + page.url

    page.get_by_role("button", name="Erase for good").focus()
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", level=1)).to_have_text("Erased")
    pictures(page, f"erased-{name}")
    assert "sentinel" not in seen + page.content() + page.url + str(page.evaluate("JSON.stringify(sessionStorage)"))
    assert (faults + faults_of(page), sticks_out(page)) == ([], 0)
    assert site.parts.conversations.transcripts.known([conversation]) == set()


def test_an_open_request_stands_in_the_way(page_of: SignedIn, site: Site) -> None:
    """With the reason, and the way to it; nothing to press that would erase."""
    talk_in(site, "open@sentinel.example", request="open")
    page = page_of("privacy_officer")
    page.goto(f"{site.console}/keeping/erase")

    page.get_by_label("E-mail address, number or name").fill("open@sentinel.example")
    page.get_by_role("button", name="Look").click()

    expect(page.get_by_role("alert")).to_contain_text("still open")
    assert page.get_by_role("button", name="Erase for good").count() == 0
    pictures(page, "erase-open")
    assert faults_of(page) == []


def test_nothing_found_says_what_to_try(page_of: SignedIn, site: Site) -> None:
    """And what is no address is refused beside the field."""
    page = page_of("privacy_officer")
    page.goto(f"{site.console}/keeping/erase")
    page.get_by_label("E-mail address, number or name").fill("??")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("one whole value")
    faults = faults_of(page)

    page.get_by_label("E-mail address, number or name").fill("nobody@sentinel.example")
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", level=1)).to_have_text("Nothing was found")
    assert faults + faults_of(page) == []
