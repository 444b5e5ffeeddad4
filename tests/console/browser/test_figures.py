"""The figures in a browser: charts that show what their tables say, for every eye and every pointer."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy.orm import Session

from tests.browsers import faults_of, sticks_out
from tests.console.browser.conftest import DESKTOP, PHONE, SignedIn, Site, pictures
from tests.transcripts.talking import Talking
from tickets.models import HandoffRow

KINDS = (
    ("answer",) * 11 + ("not_in_policy",) * 3 + ("unsure", "unsure", "request", "out_of_scope", "smalltalk", "handoff", "compare")
)
ASPECTS = (
    "sharing.sold",
    "retention.general",
    "collection.general",
    "security.breach",
    "cookies.use",
    "children.age",
    "rights.how",
)
LINES = """canvas => { const pen = canvas.getContext("2d"); const {data} = pen.getImageData(0, 0, canvas.width, canvas.height);
    const seen = new Set();
    for (let at = 0; at < data.length; at += 4) if (data[at + 3] > 200) seen.add(data.slice(at, at + 3).join());
    return seen.size; }"""


@pytest.fixture(scope="module")
def talked(site: Site) -> Site:
    """Three months of conversations, more from week to week."""
    dice, talking, now = random.Random(3), Talking(site.parts.engine), datetime.now(UTC)
    for days in range(75):
        for _ in range(1 + (75 - days) // 16):
            at = now - timedelta(days=days, minutes=dice.randrange(600))
            talk = talking.begin(at, dice.choice(["acme", "acme", "globex"]), dice.choice(["web", "web", "slack"]))
            for turn in range(dice.randint(1, 3)):
                kind, answer = dice.choice(KINDS), f"a_{dice.getrandbits(40)}"
                aspect = dice.choice(ASPECTS[: dice.randint(1, 7)]) if kind in {"answer", "not_in_policy", "unsure"} else None
                intent = {"answer": "ask_policy", "unsure": "ask_policy", "not_in_policy": "ask_policy"}.get(
                    kind, f"{kind}_general"
                )
                ms = dice.lognormvariate(5.4, 0.5)
                talking.say(talk, at + timedelta(minutes=turn), kind, intent=intent, aspect=aspect, ms=ms, answer=answer)
                if kind == "answer" and dice.random() < 0.3:
                    talking.store.feedback(talk, answer, helpful=dice.random() < 0.75)
    talking.fail(talking.begin(now, "acme"), now)
    with Session(site.parts.engine) as session, session.begin():
        for days in (1, 2, 2, 9, 15):
            at = now - timedelta(days=days)
            session.add(HandoffRow(conversation="c_1", company="acme", asked_at=at, answer_by=at + timedelta(days=2)))
    return site


def opened(page: Page, site: Site, query: str = "") -> Page:
    """The page, when its charts are drawn."""
    page.goto(f"{site.console}/figures{query}")
    expect(page.locator("details.as-table[data-ready]").last).to_be_attached()
    return page


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_the_page_keeps_nobody_out(talked: Site, page_of: SignedIn, size: dict[str, int], *, dark: bool) -> None:
    """axe finds nothing, also with the tables open, and nothing is wider than the window."""
    page = opened(page_of("agent", size=size, dark=dark), talked)
    page.wait_for_timeout(400)  # a picture of the charts as they stay, for people to look at
    pictures(page, f"figures-{'phone' if size is PHONE else 'desktop'}-{'dark' if dark else 'light'}")
    closed = faults_of(page)

    for summary in page.locator("details.as-table summary").all():
        summary.click()

    assert (closed, faults_of(page), sticks_out(page)) == ([], [], 0)
