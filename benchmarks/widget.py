"""The widget: how much a visitor's browser transfers, and how long it takes from the click to the chat.

The reference for the click is an empty iframe in the same page, measured alternately with the widget.
"""

from __future__ import annotations

import shutil
import statistics
import time
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, Page, sync_playwright

ROUNDS = 7
CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
SAFE_START = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync"]
EMPTY_FRAME = """() => new Promise(done => {
    const frame = document.createElement("iframe");
    frame.onload = () => requestAnimationFrame(() => requestAnimationFrame(() => { frame.remove(); done(); }));
    frame.srcdoc = "<!doctype html>";
    document.body.append(frame);
})"""


@dataclass(frozen=True)
class WidgetFigures:
    """Bytes transferred with an empty cache, headers included; times are medians in seconds."""

    launcher_bytes: int
    chat_bytes: int  # everything that the click loads
    to_ready: float  # from the click until one can type
    empty_frame: float


def measure(url: str, company: str, rounds: int = ROUNDS) -> WidgetFigures:
    """Open the widget on its example page `rounds` times, each in a fresh browser profile; `url` is a running Candor."""
    executable = next((path for name in CHROMIUM if (path := shutil.which(name))), None)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=SAFE_START)
        try:
            figures = [_once(browser, f"{url}/examples/{company}/") for _ in range(rounds)]
        finally:
            browser.close()
    return WidgetFigures(
        figures[0].launcher_bytes, figures[0].chat_bytes, statistics.median(one.to_ready for one in figures),
        statistics.median(one.empty_frame for one in figures),
    )  # fmt: skip


def _once(browser: Browser, address: str) -> WidgetFigures:
    context = browser.new_context()
    try:
        page = context.new_page()
        wire = _Wire(page)
        page.goto(address, wait_until="networkidle")
        button = page.locator("candor-widget button").first
        button.wait_for()
        launcher = wire.bytes_of("/widget.js")
        before = wire.total
        started = time.perf_counter()
        page.evaluate(EMPTY_FRAME)
        empty = time.perf_counter() - started
        ready = page.frame_locator("candor-widget iframe").get_by_test_id("input")
        started = time.perf_counter()
        button.click()
        ready.wait_for()
        opened = time.perf_counter() - started
        page.wait_for_load_state("networkidle")
        return WidgetFigures(launcher, wire.total - before, opened, empty)
    finally:
        context.close()


class _Wire:
    """Counts the bytes that a page transfers, as the browser's developer tools do."""

    def __init__(self, page: Page) -> None:
        self._paths: dict[str, str] = {}
        self._bytes: dict[str, int] = {}
        tools = page.context.new_cdp_session(page)
        tools.on("Network.responseReceived", self._received)
        tools.on("Network.loadingFinished", self._finished)
        tools.send("Network.enable")

    @property
    def total(self) -> int:
        return sum(self._bytes.values())

    def bytes_of(self, path: str) -> int:
        return sum(size for request, size in self._bytes.items() if self._paths.get(request) == path)

    def _received(self, event: dict[str, Any]) -> None:
        self._paths[event["requestId"]] = urlsplit(event["response"]["url"]).path

    def _finished(self, event: dict[str, Any]) -> None:
        self._bytes[event["requestId"]] = int(event["encodedDataLength"])
