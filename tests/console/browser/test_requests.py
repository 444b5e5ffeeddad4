"""Requests in a real browser: the queue, one request, its letters before they go, on a desk and on a phone."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from services import Services
from tests.browsers import faults_of, sticks_out
from tests.console.browser.conftest import DESKTOP, PHONE, SignedIn, Site, pictures
from tests.console.requests import opened

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
    parts.staff.ask_requester(made["british"], "Which account do you mean?", "staff:bo")
    parts.staff.complete(made["done"], "Everything is deleted.", "slack:U123")
    parts.staff.note(made["late"], "Legal looks at the invoices.", "staff:bo")
    return made


def clean(page: Page) -> None:
    assert (faults_of(page), sticks_out(page)) == ([], 0)


@pytest.mark.parametrize(
    ("size", "dark"),
    [(DESKTOP, False), (DESKTOP, True), (PHONE, False), (PHONE, True)],
    ids=["desk", "desk-dark", "phone", "phone-dark"],
)
def test_every_page_can_be_read_by_everybody(
    page_of: SignedIn, site: Site, queue: dict[str, str], size: dict[str, int], *, dark: bool
) -> None:
    """On a desk and a phone, in light and dark, axe finds nothing and nothing sticks out."""
    page = page_of("privacy_officer", name="Paula", size=size, dark=dark)
    name = f"{'phone' if size is PHONE else 'desk'}{'-dark' if dark else ''}"
    places = {
        "home": "/", "queue": "/requests", "closed": "/requests?closed=1", "nothing": "/requests?law=lgpd",
        "late": f"/requests/{queue['late']}", "hostile": f"/requests/{queue['fresh']}",
        "british": f"/requests/{queue['british']}",
        "extend": f"/requests/{queue['fresh']}/extend", "refuse": f"/requests/{queue['fresh']}/refuse",
        "export": "/requests/export",
        "figures": "/requests/figures",
    }  # fmt: skip

    for place, path in places.items():
        page.goto(f"{site.console}{path}")
        clean(page)
        pictures(page, f"requests-{place}-{name}")

    page.goto(f"{site.console}/requests/{queue['fresh']}/refuse")
    page.get_by_label("On what grounds?").fill("Invoices must be kept for ten years.\n\n" + HOSTILE)
    page.get_by_role("button", name="See the letter").click()
    expect(page.get_by_role("article", name="The letter")).to_contain_text("<script>alert(1)</script> {{7*7}}")
    clean(page)
    pictures(page, f"requests-preview-{name}")
    page.get_by_role("button", name="Back to the words").click()
    expect(page.get_by_label("On what grounds?")).to_have_value("Invoices must be kept for ten years.\n\n" + HOSTILE.strip() + "")
