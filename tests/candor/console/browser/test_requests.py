"""Requests in a real browser: the queue, one request, its letters before they go, on a desk and on a phone."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page, expect

from candor.services import Services
from tests.browsers import faults_of, sticks_out
from tests.candor.console.browser.conftest import DESKTOP, PHONE, SignedIn, Site, faults_in_looks, pictures
from tests.candor.console.opened_requests import events, letters, opened

HOSTILE = "<script>alert(1)</script> {{7*7}} \u202eright to left\u202c =cmd()|\"' &amp; " + "word" * 200


@pytest.fixture(scope="module")
def queue(site: Site) -> dict[str, str]:
    """One of each hurry and state; by name."""
    return fill(site.parts)


def fill(parts: Services) -> dict[str, str]:
    """One of each hurry and state; by name."""
    made = {
        "late": opened(parts, days_ago=45, details="Please delete my account ada1 and all invoices."),
        "soon": opened(parts, days_ago=29, request_type="access"),
        "fresh": opened(parts, request_type="portability", details=HOSTILE),
        "silent": opened(parts, days_ago=9, residence="US-CA", request_type="correction", proven=False),
        "identity": opened(parts, days_ago=3, proven=False),
        "british": opened(parts, days_ago=4, residence="GB", request_type="access"),
        "globex": opened(parts, company="globex", days_ago=2),
        "done": opened(parts, days_ago=20),
    }
    parts.requests.staff_desk.ask_requester(made["british"], "Which account do you mean?", "staff:bo")
    parts.requests.staff_desk.complete(made["done"], "Everything is deleted.", "slack:U123")
    parts.requests.staff_desk.note(made["late"], "Legal looks at the invoices.", "staff:bo")
    return made


def clean(page: Page) -> None:
    assert (faults_of(page), sticks_out(page)) == ([], 0)


def test_every_page_can_be_read_by_everybody(page_of: SignedIn, site: Site, queue: dict[str, str]) -> None:
    """On a desk and a phone, in light and dark, axe finds nothing and nothing sticks out; others are in test_every_page.py."""
    page, found = page_of("privacy_officer", name="Paula"), {}
    places = {
        "queue": "/requests", "nothing": "/requests?law=lgpd", "hostile": f"/requests/{queue['fresh']}",
        "british": f"/requests/{queue['british']}", "extend": f"/requests/{queue['fresh']}/extend",
        "prove": f"/requests/{queue['identity']}/prove",
    }  # fmt: skip

    for place, path in places.items():
        page.goto(f"{site.console}{path}")
        found[place] = faults_in_looks(page, f"requests-{place}")

    page.goto(f"{site.console}/requests/{queue['fresh']}/refuse")
    page.get_by_label("None of these").check()
    page.get_by_label("What does that mean here?").fill("Invoices must be kept for ten years.\n\n" + HOSTILE)
    page.get_by_role("button", name="See the letter").click()
    expect(page.get_by_role("article", name="The letter")).to_contain_text("<script>alert(1)</script> {{7*7}}")
    found["preview"] = faults_in_looks(page, "requests-preview")

    assert {place: faults for place, faults in found.items() if faults} == {}
    page.get_by_role("button", name="Back to the words").click()
    expect(page.get_by_label("What does that mean here?")).to_have_value("Invoices must be kept for ten years.\n\n" + HOSTILE)


def test_a_request_is_answered_by_keyboard_alone(page_of: SignedIn, site: Site) -> None:
    """From the number to the letter, without a mouse."""
    number = opened(site.parts)
    page = page_of("agent")
    page.goto(f"{site.console}/requests")

    page.get_by_role("searchbox").focus()
    page.keyboard.type(number.lower().replace("-", " "))
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Complete", exact=True).focus()
    page.keyboard.press("Enter")
    page.get_by_label("What was done?").focus()
    page.keyboard.type("Everything of yours is deleted.")
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="See the letter")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("article", name="The letter")).to_contain_text("Everything of yours is deleted.")
    assert letters(site.parts, number) == ["opened"]
    page.get_by_role("button", name="Complete and send").focus()
    page.keyboard.press("Enter")

    expect(page.get_by_role("status").filter(has_text="Completed.")).to_be_visible()
    assert letters(site.parts, number) == ["opened", "completed"]
    clean(page)


def test_who_was_slower_sees_why_and_sends_after_all(page_of: SignedIn, site: Site) -> None:
    """Their words are in the form; nothing was sent until they looked."""
    number = opened(site.parts)
    page = page_of("agent", size=PHONE)
    page.goto(f"{site.console}/requests/{number}/refuse")
    page.get_by_label("None of these").check()
    page.get_by_label("What does that mean here?").fill("We must keep invoices.")
    site.parts.requests.staff_desk.note(number, "They have just phoned.", "staff:bo")

    page.get_by_role("button", name="See the letter").click()

    expect(page.get_by_role("alert")).to_contain_text("Somebody was faster")
    expect(page.get_by_text("They have just phoned.")).to_be_visible()
    expect(page.get_by_label("What does that mean here?")).to_have_value("We must keep invoices.")
    clean(page)
    pictures(page, "requests-conflict-phone")
    page.get_by_role("button", name="See the letter").click()
    page.get_by_role("button", name="Refuse and send").click()
    expect(page.get_by_role("status").filter(has_text="Refused.")).to_be_visible()
    assert events(site.parts, number)[-2:] == ["note", "refuse"]


def test_words_outlive_a_session_and_go_once_they_have_arrived(page_of: SignedIn, site: Site) -> None:
    """What was typed is there again after signing in, and does not come back for the next note."""
    number = opened(site.parts)
    page = page_of("agent")
    page.goto(f"{site.console}/requests/{number}")
    page.get_by_label("Note for colleagues").fill("A long and careful note.")
    page.reload()
    expect(page.get_by_label("Note for colleagues")).to_have_value("A long and careful note.")

    page.get_by_role("button", name="Keep the note").click()

    expect(page.get_by_text("The note is kept.")).to_be_visible()
    expect(page.get_by_label("Note for colleagues")).to_have_value("")
    page.reload()
    expect(page.get_by_label("Note for colleagues")).to_have_value("")


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desk", "phone"])
def test_several_are_completed_together(page_of: SignedIn, site: Site, size: dict[str, int]) -> None:
    """Ticked, written once, looked at, sent, and reported one by one."""
    numbers = [opened(site.parts, company="globex", request_type="objection") for _ in range(3)]
    name = "phone" if size is PHONE else "desk"
    page = page_of("agent", company="globex", size=size)
    page.goto(f"{site.console}/requests?type=objection")

    page.get_by_label("Tick all on this page").check()
    page.get_by_role("button", name="Go on with the ticked ones").click()
    pictures(page, f"requests-bulk-{name}")
    clean(page)
    page.get_by_role("button", name="Complete…").click()
    page.get_by_label("What was done?").fill("We have stopped.")
    clean(page)
    page.get_by_role("button", name="See what goes out").click()
    pictures(page, f"requests-bulk-preview-{name}")
    clean(page)
    site.parts.requests.staff_desk.note(numbers[0], "Not this one!", "staff:bo")
    page.get_by_role("button", name="Complete and send").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Complete: 2 of 3 done")
    pictures(page, f"requests-bulk-report-{name}")
    clean(page)
    assert [letters(site.parts, number).count("completed") for number in numbers] == [0, 1, 1]
    site.parts.requests.staff_desk.withdraw(numbers[0], "", "staff:bo")


def test_an_address_is_shown_for_a_reason_and_is_gone_on_the_next_visit(page_of: SignedIn, site: Site) -> None:
    """The button is there for who may, and says what it notes."""
    number = opened(site.parts, email="ada@example.org")
    page = page_of("agent")
    page.goto(f"{site.console}/requests/{number}")
    expect(page.get_by_text("a…@example.org")).to_be_visible()

    page.get_by_text("Show the address").click()
    page.get_by_label("Why do you need it?").fill("They phoned from another address")
    page.get_by_role("button", name="Show it").click()

    expect(page.get_by_text("ada@example.org")).to_be_visible()
    clean(page)
    page.goto(f"{site.console}/requests/{number}")
    expect(page.get_by_text("ada@example.org")).to_have_count(0)


def test_every_step_works_without_javascript(browser: Browser, site: Site, page_of: SignedIn) -> None:
    """Plain forms and links: take it, write, look, send."""
    number = opened(site.parts, request_type="restriction")
    cookies = page_of("agent").context.cookies()
    context = browser.new_context(java_script_enabled=False)
    context.add_cookies(cookies)  # type: ignore[arg-type]
    page = context.new_page()
    page.goto(f"{site.console}/requests?type=restriction")

    page.get_by_role("button", name=number).click()  # take it
    page.get_by_role("link", name=number).click()
    page.get_by_role("link", name="Ask the requester").click()
    page.get_by_label("What do you need to know?").fill("Which account?")
    page.get_by_role("button", name="See the letter").click()
    page.get_by_role("button", name="Send the question").click()

    expect(page.get_by_text("The question is on its way.")).to_be_visible()
    assert events(site.parts, number)[-2:] == ["assigned", "ask_requester"]
    context.close()


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desk", "phone"])
def test_a_person_is_found_from_home_and_refused_with_grounds(page_of: SignedIn, site: Site, size: dict[str, int]) -> None:
    """One form from the first page to all that somebody has; five steps from there to a refusal with its grounds."""
    name = "phone" if size is PHONE else "desk"
    email = f"grace.{name}@example.com"
    number = opened(site.parts, email=email)
    opened(site.parts, email=email, request_type="access", days_ago=4)
    page = page_of("privacy_officer", name="Paula", size=size)

    page.goto(f"{site.console}/")
    page.get_by_label("Find a person").fill(email)
    page.get_by_role("button", name="Find").click()
    expect(page.get_by_role("link", name=number)).to_be_visible()
    clean(page)
    pictures(page, f"requests-found-{name}")

    page.get_by_role("link", name=number).click()
    page.get_by_role("link", name="Refuse").click()
    page.get_by_label("We must keep these data to meet a legal obligation").check()
    page.get_by_label("What does that mean here?").fill("Tax law asks us to keep invoices for ten years.")
    page.get_by_role("button", name="See the letter").click()
    expect(page.get_by_text("judicial remedy")).to_be_visible()
    clean(page)
    pictures(page, f"requests-refusal-letter-{name}")
    page.get_by_role("button", name="Refuse and send").click()
    expect(page.get_by_text("Refused.")).to_be_visible()
    assert events(site.parts, number)[-1] == "refuse"
