"""Conversations in a real browser: reading one."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browsers import faults_of, sticks_out
from tests.console.browser.conftest import DESKTOP, PHONE, SignedIn, Site, pictures
from tests.console.talks import a_question, begin, passage, quote_of, say

SCREENS = [(DESKTOP, False), (DESKTOP, True), (PHONE, False), (PHONE, True)]
NAMES = ["desktop-light", "desktop-dark", "phone-light", "phone-dark"]


@pytest.fixture(scope="module")
def talk(site: Site) -> str:
    """A conversation of several kinds of turns."""
    parts = site.parts
    known = begin(parts)
    a_question(parts, known)
    parts.transcripts.feedback(known, "a_1", helpful=False, reason="wrong_passage", comment="I meant renting, not selling")
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
    parts.transcripts.ask(known, "m-last", "anybody there?")
    return known


@pytest.mark.parametrize(("size", "dark"), SCREENS, ids=NAMES)
def test_a_conversation_can_be_read_on_every_screen(
    page_of: SignedIn, site: Site, talk: str, size: dict[str, int], request: pytest.FixtureRequest, *, dark: bool
) -> None:
    """What was said and why, without anything sticking out or keeping somebody out."""
    page = page_of("agent", size=size, dark=dark)

    page.goto(f"{site.console}/conversations/{talk}")
    expect(page.get_by_text("Found and not cited (1)")).to_be_visible()
    pictures(page, f"reader-{request.node.callspec.id}")

    assert (faults_of(page), sticks_out(page)) == ([], 0)


def test_revealing_is_a_form_that_shows_values_in_place(page_of: SignedIn, site: Site, talk: str) -> None:
    """Chosen reason, one button; afterwards the value stands where its token stood."""
    page = page_of("agent")
    page.goto(f"{site.console}/conversations/{talk}")

    page.get_by_text("Show what is masked").click()
    page.get_by_label("Why do you need it?").select_option("answer")
    page.get_by_role("button", name="Show it and record why").click()

    expect(page.get_by_text("ada@example.com").first).to_be_visible()
    expect(page.get_by_role("status").first).to_contain_text("recorded")
    assert faults_of(page) == []
    pictures(page, "reader-revealed")
