"""A real browser for tests, and where its pictures are kept."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Frame, Page, sync_playwright

from candor.settings import ROOT

CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
SAFE_START = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync"]
AXE = ROOT / "candor" / "channels" / "widget" / "node_modules" / "axe-core" / "axe.min.js"
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
FAULTS = """async (rules) => (await axe.run(document, rules)).violations
    .map(one => one.id + ": " + one.nodes.slice(0, 3).map(node => node.target.join(" ")).join(", "))"""


@contextmanager
def chromium() -> Iterator[Browser]:
    """A real Chromium: from PATH, else the one that set-up had Playwright get.

    Playwright's loop runs until it is closed, and meanwhile no asynchronous test can run in this process.
    """
    executable = next((path for name in CHROMIUM if (path := shutil.which(name))), None)
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=executable, args=SAFE_START)
        yield launched
        launched.close()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One for all: tests that ask for it come last (tests/scheduling.py)."""
    with chromium() as launched:
        yield launched


def screenshots() -> Path:
    """Where pictures are kept as artefacts."""
    folder = Path(os.environ.get("CANDOR_SCREENSHOTS") or ROOT / "var" / "screenshots")
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def faults_of(page: Page | Frame) -> list[str]:
    """What axe finds on the page as it is now: WCAG 2.2 AA and its best practices."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE.read_text(encoding="utf-8"))
    found: list[str] = page.evaluate(FAULTS, RULES)
    return found


def sticks_out(page: Page | Frame) -> int:
    """Pixels by which the page is wider than its window."""
    wide: int = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return wide
