"""What the browser tests of the chat share: opening it, saying something, replies that nobody was asked for, and axe."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from playwright.sync_api import Frame, Page, Route, expect

from tests.stack.replies import Wire

SLOW = 60_000  # milliseconds; two cores run a browser and the stack
expect.set_options(timeout=SLOW)
MESSAGES = "**/api/conversations/*/messages"


def open_chat(page: Page, url: str, company: str = "clevra", *, lang: str = "") -> None:
    """The chat as a page of its own, greeted."""
    page.goto(f"{url}/chat/{company}{f'?lang={lang}' if lang else ''}")
    expect(page.get_by_test_id("reply")).to_have_count(1, timeout=SLOW)


def ask(page: Page | Frame, said: str) -> None:
    """Type, send, and wait for the reply."""
    before = page.get_by_test_id("reply").count()
    page.get_by_test_id("input").fill(said)
    page.get_by_test_id("input").press("Enter")
    expect(page.get_by_test_id("reply").nth(before)).to_be_visible(timeout=SLOW)  # an offer may follow the answer
    expect(page.get_by_test_id("typing")).to_have_count(0, timeout=SLOW)


class Answers:
    """Stands before the API of messages in one page: answers as it is told, and remembers what was sent."""

    def __init__(self, page: Page) -> None:
        self.sent: list[dict[str, Any]] = []
        self._next: list[tuple[int, Any, dict[str, str]] | None] = []
        page.route(MESSAGES, self._answer)

    def reply(self, replies: Sequence[Wire]) -> None:
        self._next.append((200, {"replies": list(replies)}, {}))

    def fail(self, status: int, headers: dict[str, str] | None = None) -> None:
        self._next.append((status, {"title": "Problem", "status": status, "detail": ""}, headers or {}))

    def lose(self) -> None:
        """The network is gone for one message."""
        self._next.append(None)

    def _answer(self, route: Route) -> None:
        self.sent.append(json.loads(route.request.post_data or "{}"))
        told = self._next.pop(0)
        if told is None:
            route.abort("internetdisconnected")
            return
        status, body, headers = told
        route.fulfill(status=status, content_type="application/json", body=json.dumps(body), headers=headers)
