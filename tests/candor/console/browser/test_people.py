"""People in a real browser: codes, one's own page, accounts, the audit log, and a session that ends in the middle of a form."""

from __future__ import annotations

import re

import pyotp
import pytest
from playwright.sync_api import Browser, Page, Route, expect

from candor.accounts.roles import Grant
from tests.candor.console.browser.conftest import DESKTOP, SignedIn, Site, faults_in_looks, staff

PASSWORD = "a sentence that only she writes"


def assert_sound(page: Page, name: str) -> None:
    """Nothing sticks out, nothing keeps anybody out; and there are pictures of it."""
    assert faults_in_looks(page, name) == {}


def test_a_second_factor_is_set_up_and_asked_for(browser: Browser, site: Site) -> None:
    """By keyboard alone: the code field has the focus on each page."""
    email = "kim0@acme.example"
    site.parts.staff.accounts.add(email, "Kim", [Grant("agent")], PASSWORD)
    context = browser.new_context(viewport=DESKTOP)  # type: ignore[arg-type]
    page = context.new_page()

    def enter(wrong: str = "") -> None:
        page.goto(f"{site.console}/sign-in?next=/console/me")
        page.get_by_label("E-mail address").fill(email)
        page.get_by_label("Password").fill(wrong or PASSWORD)
        page.get_by_label("Password").press("Enter")

    enter("not this one")
    expect(page.get_by_role("alert")).to_be_visible()
    assert_sound(page, "sign-in-wrong")
    enter()
    page.get_by_role("link", name="Set it up").click()
    page.get_by_text("No camera?").click()
    secret = page.locator(".key").inner_text().replace(" ", "")
    assert_sound(page, "enrol")
    page.get_by_label("Code").fill(pyotp.TOTP(secret).now())
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Your second factor works")
    paper = page.locator(".paper code").first.inner_text()
    assert_sound(page, "paper")
    page.get_by_role("link", name="go on").click()
    assert_sound(page, "me")
    page.get_by_role("button", name="Sign out", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")
    enter()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your code")
    assert_sound(page, "code")
    page.keyboard.type(paper)
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", level=1)).to_have_text("Your account")
    context.close()


def test_an_admin_adds_somebody_who_chooses_a_password(browser: Browser, page_of: SignedIn, site: Site) -> None:
    """The link is handed over; the new person is signed in at once."""
    page = page_of("admin")
    page.goto(f"{site.console}/accounts")
    assert_sound(page, "accounts")
    page.get_by_role("link", name="Add somebody").click()
    page.get_by_label("E-mail address").fill("new0@acme.example")
    page.get_by_label("Name").fill("Noor <script>")
    page.get_by_label("agent for Acme").check()
    assert_sound(page, "account-new")
    page.get_by_role("button", name="Add and invite").click()
    link = page.get_by_label("this link over").input_value()
    assert_sound(page, "account-invited")

    context = browser.new_context(viewport=DESKTOP)  # type: ignore[arg-type]
    theirs = context.new_page()
    theirs.goto(link)
    assert_sound(theirs, "welcome")
    theirs.get_by_label("New password").fill(PASSWORD)
    theirs.get_by_label("The same again").fill(PASSWORD)
    theirs.keyboard.press("Enter")

    expect(theirs.get_by_role("heading", level=1)).to_contain_text("Noor <script>")
    page.get_by_role("link", name="To the account").click()
    expect(page.get_by_text("Signed in now")).to_be_visible()
    assert_sound(page, "account")
    context.close()


def test_the_audit_log_is_read_filtered_and_checked(page_of: SignedIn, site: Site) -> None:
    """With names, links to what else was done, and the verdict on the chain."""
    ada = staff(site.parts, "privacy_officer")
    site.parts.staff.audit.record(ada.actor, "request.reveal", "request R-7KQ4-M2XD", company="acme", reason="asked by phone")
    page = page_of("privacy_officer")
    page.goto(f"{site.console}/audit")
    assert_sound(page, "audit")

    page.get_by_label("What").select_option("request.reveal")
    page.get_by_role("button", name="Filter").click()
    expect(page.get_by_role("link", name="request R-7KQ4-M2XD").first).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("link", name="Save as CSV").click()
    page.get_by_role("button", name="Check the chain").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("The chain holds")
    assert_sound(page, "audit-checked")
    assert "request.reveal" in download.value.path().read_text(encoding="utf-8")


@pytest.mark.parametrize("role", ["reviewer", "agent"])
def test_what_a_role_may_not_do_is_not_there_and_refused_by_address(page_of: SignedIn, site: Site, role: str) -> None:
    """Neither accounts nor the log."""
    page = page_of(role)
    page.goto(f"{site.console}/")

    for place in ("Accounts", "Audit log"):
        expect(page.get_by_role("link", name=place)).to_have_count(0)
    for path in ("accounts", "accounts/new", "audit", "audit/../accounts/1"):
        answer = page.goto(f"{site.console}/{path}")
        assert answer is not None
        assert answer.status == 403


FORM = """<form id="note" data-draft="note" {how}><input type="hidden" name="csrf" value="{csrf}">
<label>Name <input type="text" name="name"></label><label>Note <textarea name="note">was there</textarea></label>
<input type="hidden" name="email" value="no address"><button>Send the note</button></form>"""


def with_form(page: Page, site: Site, how: str) -> None:
    """The first page with a form that has a draft, as those of other areas have."""

    def put_in(route: Route) -> None:
        answer = route.fetch()
        text = answer.text()
        csrf = re.findall(r'name="csrf" value="(\w+)"', text)
        form = FORM.format(how=how, csrf=csrf[0]) if csrf else ""
        route.fulfill(response=answer, body=text.replace("</main>", f"{form}</main>"))

    page.unroute_all()
    page.route(f"{site.console}/", put_in)
    page.goto(f"{site.console}/")


def type_note(page: Page, text: str) -> None:
    page.locator("#note textarea").fill(text)
    page.locator("#note input[name=name]").fill("Ada's note")


def drafts(page: Page) -> list[str]:
    """Their texts, of everybody in this tab."""
    kept: str = page.evaluate("JSON.stringify(Object.entries({...sessionStorage}).filter(([k]) => k.startsWith('candor draft')))")
    return re.findall(r'value\\+":\\+"([^"\\]+)', kept)


def sign_in_here(page: Page, email: str) -> None:
    page.get_by_label("E-mail address").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")


@pytest.mark.parametrize("way", ['method="post" action="/console/me/sessions/others"', 'hx-post="/console/me/sessions/others"'],
                         ids=["form", "htmx"])  # fmt: skip
def test_a_session_that_ends_in_the_middle_loses_nothing(page_of: SignedIn, site: Site, way: str) -> None:
    """Type, the session ends, sign in, look, send: the draft goes only then."""
    ada = staff(site.parts, "agent")
    site.parts.staff.accounts.set_password(ada.id, PASSWORD)
    page = page_of("agent")
    with_form(page, site, way)
    type_note(page, "Dear customer,\nwe have <b>deleted</b> it.")
    site.parts.staff.sessions.end_all(ada.id)

    page.get_by_role("button", name="Send the note").click()
    expect(page.get_by_text("What you typed is kept")).to_be_visible()
    assert_sound(page, f"session-ended-{'htmx' if 'hx-' in way else 'form'}")
    sign_in_here(page, ada.email)
    expect(page.get_by_text("This has not been sent yet")).to_be_visible()
    expect(page.get_by_role("region", name="Note").locator(".as-typed")).to_have_text(
        "Dear customer,\nwe have <b>deleted</b> it."
    )
    kept = drafts(page)
    assert_sound(page, "not-sent-yet")
    page.get_by_role("button", name="Send it now").click()

    expect(page.get_by_text("Every other browser was signed out.")).to_be_visible()
    page.wait_for_load_state()  # with it the page's script has run
    assert any("Dear customer" in text for text in kept)
    assert drafts(page) == []


def test_a_draft_comes_back_until_it_was_sent(page_of: SignedIn, site: Site) -> None:
    """After a reload, and after a page that refused it; not after one that took it; and never over newer words."""
    page = page_of("admin")
    taken, refused = ('method="post" action="/console/me/sessions/others"', 'method="post" action="/console/accounts"')

    with_form(page, site, taken)
    type_note(page, "half a sentence")
    with_form(page, site, taken)
    after_reload = page.locator("#note textarea").input_value()
    page.locator("#note").evaluate("form => { form.method = 'post'; form.action = '/console/accounts'; }")
    page.get_by_role("button", name="Send the note").click()
    expect(page.get_by_role("heading", name="Add somebody")).to_be_visible()
    page.wait_for_load_state()  # with it the page's script has run
    with_form(page, site, refused)
    after_refusal = page.locator("#note textarea").input_value()
    with_form(page, site, taken)
    page.get_by_role("button", name="Send the note").click()
    expect(page.get_by_text("Every other browser was signed out.")).to_be_visible()
    page.wait_for_load_state()
    with_form(page, site, taken)

    assert (after_reload, after_refusal) == ("half a sentence", "half a sentence")
    assert page.locator("#note textarea").input_value() == "was there"


def test_a_draft_is_its_persons_alone(page_of: SignedIn, site: Site, browser: Browser) -> None:
    """The next one in the same tab finds an empty form."""
    page = page_of("agent", name="Ada")
    with_form(page, site, 'method="post" action="/console/me/sessions/others"')
    type_note(page, "what only Ada may read")
    bea = staff(site.parts, "agent", name="Bea")
    site.parts.staff.accounts.set_password(bea.id, PASSWORD)
    page.get_by_role("button", name="Sign out", exact=True).click()
    sign_in_here(page, bea.email)
    expect(page.get_by_role("heading", level=1)).to_contain_text("Bea")

    with_form(page, site, 'method="post" action="/console/me/sessions/others"')

    assert page.locator("#note textarea").input_value() == "was there"
