"""The frame of every page: navigation by role, sign-in, and nothing that keeps people with disabilities out."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page, expect

from candor.accounts.roles import Grant, Role
from tests.browsers import faults_of, sticks_out
from tests.candor.console.browser.conftest import DESKTOP, PHONE, SignedIn, Site, pictures
from tests.candor.console.live_chats import begin

NOBODY_ELSES = {
    "reviewer": {"Inbox", "Conversations", "Review", "Not in the policy", "Figures"},
    "agent": {"Inbox", "Conversations", "People waiting", "Requests", "Not in the policy", "Figures", "Saved replies"},
    "admin": {"Inbox", "Policies", "Retention", "Audit log", "Accounts", "API tokens"},
    "privacy_officer": {"Inbox", "Requests", "People waiting", "Conversations", "Review", "Not in the policy"},
}
IN_MENU = {
    "Figures", "Saved replies", "Policies", "Retention", "Accounts", "Audit log", "API tokens", "Webhooks", "Authorized agents",
}  # fmt: skip
ON_PHONE = {"Conversations", "Review", "Not in the policy"}
SMALL_PHONE = {"width": 360, "height": 740}
ROWS = """() => [...document.querySelectorAll(".bar > *, #places > li, .more-places > summary")]
    .filter(one => one.checkVisibility()).map(one => one.getBoundingClientRect())
    .map(box => Math.round(box.top + box.height / 2))"""


@pytest.mark.parametrize("role", sorted(NOBODY_ELSES))
def test_navigation_holds_what_the_role_may_open_and_no_more(page_of: SignedIn, site: Site, role: Role) -> None:
    """What somebody may not do is not there."""
    page = page_of(role)

    page.goto(f"{site.console}/")

    # Without how many wait: other tests share this console.
    links = page.get_by_role("navigation").get_by_role("link").filter(visible=True).all_inner_texts()
    assert {link.splitlines()[0] for link in links} == NOBODY_ELSES[role]


@pytest.mark.parametrize("size", [DESKTOP, PHONE, SMALL_PHONE], ids=["desktop", "phone", "small phone"])
@pytest.mark.parametrize("roles", [("reviewer",), ("agent",), ("admin",), ("privacy_officer", "admin")], ids="-".join)
def test_navigation_stands_in_one_row(page_of: SignedIn, site: Site, roles: tuple[Role, ...], size: dict[str, int]) -> None:
    """Whatever somebody may open, with numbers and a long name, and nothing of it is pushed out of sight."""
    site.parts.conversations.handoff_queue.wanted(begin(site.parts), "acme")
    page = page_of(*roles, name="Wilhelmina-Featherstonehaugh", size=size)

    page.goto(f"{site.console}/")

    rows = len({round(middle / 10) for middle in page.evaluate(ROWS)})
    hidden = page.evaluate("document.querySelector('#places').scrollWidth - document.querySelector('#places').clientWidth")
    assert (rows, sticks_out(page)) == (1 if size is DESKTOP else 2, 0)
    assert hidden <= 0


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_rarely_used_pages_are_in_a_menu_that_needs_no_mouse(page_of: SignedIn, site: Site, size: dict[str, int]) -> None:
    """Enter opens it, the arrows walk it, Escape closes it; it says where one is, and axe finds nothing in it."""
    page = page_of("privacy_officer", "admin", name="Pia", size=size)
    page.goto(f"{site.console}/")
    expect(page.locator("[data-palette-open]")).to_be_visible()

    page.locator(".more-places > summary").focus()
    page.keyboard.press("Enter")
    listed = page.locator(".more-list").get_by_role("link").filter(visible=True).all_inner_texts()
    assert set(listed) == (IN_MENU | ON_PHONE if size is PHONE else IN_MENU)
    assert (faults_of(page), sticks_out(page)) == ([], 0)
    pictures(page, f"menu-{'phone' if size is PHONE else 'desktop'}")
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("link", name=listed[0], exact=True)).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator(".more-list")).to_be_hidden()
    expect(page.locator(".more-places > summary")).to_be_focused()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")

    expect(page.locator(".more-places > summary")).to_contain_text(f"{listed[0]}, is in here")


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_signing_in_works_by_keyboard_alone(browser: Browser, site: Site, size: dict[str, int], *, dark: bool) -> None:
    """The address has the focus, Enter sends, and the wanted page follows; axe finds nothing before or after."""
    if site.parts.staff.accounts.find("kim@acme.example") is None:
        site.parts.staff.accounts.add("kim@acme.example", "Kim", [Grant("reviewer")], "a sentence that only she writes")
    context = browser.new_context(viewport=size, color_scheme="dark" if dark else "light")  # type: ignore[arg-type]
    page: Page = context.new_page()
    page.goto(f"{site.console}/")
    before = faults_of(page)
    pictures(page, f"sign-in-{'phone' if size is PHONE else 'desktop'}-{'dark' if dark else 'light'}")

    page.keyboard.type("kim@acme.example")
    page.keyboard.press("Tab")
    page.keyboard.type("a sentence that only she writes")
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", level=1)).to_contain_text("Kim")
    assert (before, faults_of(page), sticks_out(page)) == ([], [], 0)
    context.close()
