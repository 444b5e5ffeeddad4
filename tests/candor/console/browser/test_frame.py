"""The frame of every page: navigation by role, sign-in, and nothing that keeps people with disabilities out."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page, expect

from candor.accounts.roles import Grant, Role
from tests.browsers import faults_of, sticks_out
from tests.candor.console.browser.conftest import DESKTOP, PHONE, SignedIn, Site, pictures

NOBODY_ELSES = {
    "reviewer": {"Inbox", "Conversations", "Review", "Not in the policy", "Figures"},
    "agent": {"Inbox", "Conversations", "People waiting", "Requests", "Not in the policy", "Figures"},
    "admin": {"Inbox", "Policies", "Retention", "Audit log", "Accounts"},
}


@pytest.mark.parametrize("role", sorted(NOBODY_ELSES))
def test_navigation_holds_what_the_role_may_open_and_no_more(page_of: SignedIn, site: Site, role: Role) -> None:
    """What somebody may not do is not there."""
    page = page_of(role)

    page.goto(f"{site.console}/")

    assert set(page.get_by_role("navigation").get_by_role("link").all_inner_texts()) == NOBODY_ELSES[role]


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
