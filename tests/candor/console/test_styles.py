"""Styles: one sheet for all pages, in which an area's rules hold on that area's pages alone."""

from __future__ import annotations

import re

import pytest

from candor.settings import PACKAGE
from tests.candor.console.conftest import SignIn

STYLES = PACKAGE / "console" / "frontend" / "src" / "styles"
CONSOLE = PACKAGE / "console"
AREAS = {template.parent.name for template in CONSOLE.glob("*/*.html")}
OWN = re.compile(r":where\((\[data-area=\"\w+\"\](, )?)+\) \{|:root \{.*|@media \(prefers-color-scheme: dark\) \{|}|/\*.*|")


@pytest.mark.parametrize("sheet", sorted({path.name for path in STYLES.glob("*.css")} - {"base.css"}))
def test_rules_of_an_area_hold_below_its_pages_alone(sheet: str) -> None:
    """Two areas may call different things by one name; else a rule of one squeezes a page of the other."""
    text = (STYLES / sheet).read_text(encoding="utf-8")
    outside = [line for line in text.splitlines() if not line.startswith(" ") and not OWN.fullmatch(line)]

    if sheet == "retention.css":  # stands in other areas' pages too, and says its own name in each class
        outside = [line for line in outside if not re.match(r"(main)?\.keeping-|@media", line)]
    assert outside == []
    assert set(re.findall(r'data-area="(\w+)"', text)) <= AREAS


def test_every_sheet_is_loaded() -> None:
    """A sheet that console.ts does not import styles nothing."""
    script = (STYLES.parent / "console.ts").read_text(encoding="utf-8")

    assert re.findall(r'import "\./styles/(.+\.css)";', script)[0] == "base.css"
    assert set(re.findall(r'import "\./styles/(.+\.css)";', script)) == {path.name for path in STYLES.glob("*.css")}


@pytest.mark.parametrize(("path", "area"), [("./", "home"), ("conversations", "conversations"), ("review/samples", "review")])
def test_a_page_says_which_area_it_belongs_to(sign_in: SignIn, path: str, area: str) -> None:
    """By the folder of its template."""
    assert f'<body data-area="{area}"' in sign_in("privacy_officer").get(path).text
