"""The figures in a browser: charts that show what their tables say, for every eye and every pointer."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy.orm import Session

from candor.console.deps import COOKIE
from candor.tickets.models import HandoffRow
from tests.browsers import faults_of, sticks_out
from tests.candor.console.browser.conftest import DESKTOP, PHONE, SignedIn, Site, pictures, staff
from tests.candor.transcripts.recorder import Recorder

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

SHOWN = """() => [...document.querySelectorAll("figure:has(canvas)")].map(figure => {
    const plotted = [...figure.querySelectorAll("thead th")].flatMap((head, at) => "plotted" in head.dataset ? [at] : []);
    const all = [...figure.querySelectorAll("tbody tr")];
    const has = row => plotted.some(at => row.cells[at].dataset.value);
    const counts = row => plotted.some(at => Number(row.cells[at].dataset.value));
    const rows = figure.dataset.chart === "bars" ? all.filter(has) : all.slice(Math.max(0, all.findIndex(counts)));
    const number = text => text ? Number(text) : null;
    return [figure.id, JSON.parse(figure.dataset.shown), plotted.map(at => rows.map(row => number(row.cells[at].dataset.value)))];
})"""


@pytest.fixture(scope="module")
def talked(site: Site) -> Site:
    """Three months of conversations, more from week to week."""
    dice, talking, now = random.Random(3), Recorder(site.parts.engine), datetime.now(UTC)
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

    page.evaluate("document.querySelectorAll('details.as-table').forEach((table) => { table.open = true; })")
    for _ in range(50):  # charts follow their boxes a moment later
        if sticks_out(page) == 0:
            break
        page.wait_for_timeout(100)

    assert (closed, faults_of(page), sticks_out(page)) == ([], [], 0)


def test_charts_show_what_their_tables_say(talked: Site, page_of: SignedIn) -> None:
    """Every table with numbers has a chart of them, with more than one colour on it, and no chart has other numbers."""
    page = opened(page_of("agent"), talked, "?span=90")

    names = [figure.get_attribute("id") for figure in page.locator("figure[data-chart]").all()]
    assert names == [
        "messages",
        "shares",
        "outcomes",
        "helpfulness",
        "times",
        "intents",
        "aspects",
        "places",
        "requests",
        "people",
    ]
    for figure in page.locator("figure:has(.plot)").all():
        canvas = figure.locator("canvas")
        assert canvas.evaluate(LINES) > 3, figure.get_attribute("id")
        assert str(canvas.get_attribute("aria-label")).startswith("Chart: ")
        assert canvas.get_attribute("aria-details") == figure.locator("table").get_attribute("id")
    said = page.evaluate(SHOWN)
    assert len(said) == 9  # no request came in
    for name, shown, table in said:
        assert shown == table, name


def test_tables_open_by_keyboard(talked: Site, page_of: SignedIn) -> None:
    """Closed as long as there is a chart; Enter on its summary opens one, and the table can be scrolled with the keys."""
    page = opened(page_of("reviewer"), talked)
    table = page.locator("#messages-table")
    expect(table).to_be_hidden()

    page.locator("#messages summary").focus()
    page.keyboard.press("Enter")

    expect(table).to_be_visible()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.getAttribute('role')") == "region"


def test_without_scripts_the_tables_are_the_page(talked: Site, browser: Browser) -> None:
    """Open from the start, with forms and links that work; own dates can be asked for."""
    context = browser.new_context(java_script_enabled=False, viewport=DESKTOP)  # type: ignore[arg-type]
    key = talked.parts.staff.sessions.begin(staff(talked.parts, "reviewer"), "password")
    context.add_cookies([{"name": COOKIE, "value": key, "domain": "127.0.0.1", "path": "/console", "httpOnly": True}])
    page = context.new_page()
    page.goto(f"{talked.console}/figures")

    expect(page.locator("#messages-table")).to_be_visible()
    expect(page.locator("#messages .plot")).to_be_hidden()
    page.locator("select[name=span]").select_option("own")
    page.locator("input[name=from]").fill("2026-01-01")
    page.locator("input[name=to]").fill("2026-01-03")
    page.get_by_role("button", name="Show").click()

    expect(page.get_by_text("1 January 2026 to 3 January 2026")).to_be_visible()
    context.close()


def test_other_pages_do_not_load_the_charts(talked: Site, page_of: SignedIn) -> None:
    """They are fetched where there is something to draw, and from this host alone."""
    page, asked = page_of("reviewer"), list[str]()
    page.on("request", lambda request: asked.append(request.url))

    page.goto(f"{talked.console}/", wait_until="networkidle")
    without = [url for url in asked if "drawing" in url]
    opened(page, talked)

    assert without == []
    assert any("drawing" in url for url in asked)
    assert all(url.startswith((talked.url, "data:")) for url in asked)


def test_nothing_on_the_page_breaks_its_security_policy(talked: Site, page_of: SignedIn) -> None:
    """No inline script or style is needed for the charts, also in the dark and when the window changes."""
    page, errors = page_of("agent"), list[str]()
    page.on("console", lambda message: errors.append(message.text) if message.type in {"error", "warning"} else None)
    page.on("pageerror", lambda error: errors.append(str(error)))

    opened(page, talked)
    page.emulate_media(color_scheme="dark", reduced_motion="reduce")
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]

    expect(page.locator("#messages canvas")).to_be_visible()
    page.wait_for_function("document.querySelector('#messages canvas').getBoundingClientRect().width < 380")
    assert (errors, sticks_out(page)) == ([], 0)


def test_a_file_is_fetched_with_a_click(talked: Site, page_of: SignedIn) -> None:
    """With a name that says what it is and of when."""
    page = opened(page_of("reviewer"), talked, "?span=7")

    with page.expect_download() as download:
        page.get_by_role("link", name="CSV of Aspects").click()

    assert download.value.suggested_filename.startswith("candor-aspects-20")
