"""A company that is one of too many to list, found by typing in a real browser."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from candor.console import pages
from tests.candor.console.browser.conftest import SignedIn, Site, faults_in_looks


def test_a_company_is_found_by_a_part_of_its_name(page_of: SignedIn, site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """By keyboard: what is offered follows what is typed, and the field shows what was chosen."""
    monkeypatch.setattr(pages, "LISTED", 1)
    page = page_of("privacy_officer", name="Pia")
    page.goto(f"{site.console}/requests/figures")
    field = page.get_by_label("Company")

    field.press_sequentially("lob")
    expect(page.locator("datalist option")).to_have_count(1)
    expect(page.locator("datalist option")).to_have_attribute("value", "Globex")
    faults = faults_in_looks(page, "companies-typed")
    field.fill("globex")
    field.press("Enter")

    expect(page).to_have_url(re.compile(r"[?&]company=globex\b"))
    expect(field).to_have_value("Globex")
    assert faults == {}
