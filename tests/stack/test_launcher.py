"""The launcher on pages that are not ours: plain, hostile, strict, with several companies, and ones that throw it out."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar

import pytest
from playwright.sync_api import Browser, FrameLocator, Locator, Page, Route, expect

from tests.browsers import faults_of, screenshots
from tests.stack.conftest import Stack
from tests.stack.replies import KINDS
from tests.stack.surfaces import SLOW, Answers

RESET = """<style>
:root { --ink: #1b2a3a; --colour: #1b2a3a; --place: 9; }
* { all: unset !important; display: inline !important; position: static !important; transform: rotate(3deg) !important; }
* { font-size: 3px !important; color: red !important; visibility: hidden !important; }
body * { opacity: 0.1 !important; }
button, dialog, iframe, candor-widget, svg { display: none !important; width: 1px !important; }
</style>"""
POLLUTED = """<img name="currentScript" alt=""><form id="Candor"></form><script>
const names = "signal once passive capture get set value writable slotAssignment media disabled targetOrigin transfer "
  + "attributeFilter characterDataOldValue company host type candor text";
for (const name of names.split(" ")) Object.prototype[name] = {broken: name};
Object.prototype.toJSON = () => "broken";
const methods = "push map forEach filter find reduce includes some".split(" ");
for (let place = 0; place < methods.length; place++) Array.prototype[methods[place]] = () => { throw new Error(methods[place]); };
Function.prototype.bind = String.prototype.includes = JSON.stringify = () => { throw new Error("replaced"); };
</script>"""
STRICT = "default-src 'none'; script-src {0}; frame-src {0}; require-trusted-types-for 'script'; trusted-types 'none'"
PAGE = """<!doctype html><html lang="en"><head><meta name="viewport" content="width=device-width"><title>Shop</title>{head}</head>
<body><main><h1>Shop</h1><a href="#top">A link</a></main>{body}</body></html>"""


class Site(ThreadingHTTPServer):
    """A company's own site: pages by path, each with headers of its own."""

    pages: ClassVar[dict[str, tuple[dict[str, str], str]]] = {}

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def put(self, body: str, headers: dict[str, str] | None = None, *, head: str = "") -> str:
        """A page with this body; its address."""
        path = f"/{len(self.pages)}"
        self.pages[path] = (headers or {}, PAGE.replace("{head}", head).replace("{body}", body))
        return self.url + path


class Handler(BaseHTTPRequestHandler):
    """Serves the pages of a Site."""

    def do_GET(self) -> None:
        headers, html = Site.pages.get(self.path, ({}, ""))
        self.send_response(200 if html else 404)
        for name, value in {"Content-Type": "text/html; charset=utf-8", **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(html.encode())

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def site() -> Iterator[Site]:
    """The site, on an origin of its own."""
    server = Site(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def page(stack: Stack, site: Site, browser: Browser) -> Iterator[Page]:
    """A page whose site the companies allow to frame the chat, as their allowed_origins would."""
    context = browser.new_context(viewport={"width": 1200, "height": 860})
    context.set_default_timeout(SLOW)
    opened = context.new_page()
    faults: list[str] = []
    opened.on("pageerror", lambda error: faults.append(str(error)))
    opened.on("console", lambda said: faults.append(said.text) if "Content Security Policy" in said.text else None)

    def allow(route: Route) -> None:
        answer = route.fetch()
        policy = answer.headers["content-security-policy"].replace("frame-ancestors 'self'", f"frame-ancestors 'self' {site.url}")
        route.fulfill(response=answer, headers={**answer.headers, "content-security-policy": policy})

    opened.route(f"{stack.url}/embed/*", allow)
    yield opened
    context.close()
    assert faults == []


def tag(stack: Stack, company: str = "clevra", more: str = "") -> str:
    """The one line that a company puts on its page."""
    return f'<script src="{stack.url}/widget.js" data-company="{company}" {more} async></script>'


def launcher(page: Page) -> Locator:
    return page.locator("candor-widget button.open")


def chat(page: Page) -> FrameLocator:
    return page.frame_locator("candor-widget iframe")


def ask(page: Page, said: str) -> None:
    """Say something in the frame, and wait for what comes back."""
    frame = chat(page)
    expect(frame.get_by_test_id("reply").first).to_be_visible()  # the greeting: else it would be taken for what comes back
    before = frame.get_by_test_id("reply").count()
    frame.get_by_test_id("input").fill(said)
    frame.get_by_test_id("input").press("Enter")
    expect(frame.get_by_test_id("reply").nth(before)).to_be_visible()


def test_one_line_puts_the_chat_on_a_page(stack: Stack, site: Site, page: Page) -> None:
    """The button opens the chat with the focus where one types; Escape closes it and the button has the focus again."""
    page.goto(site.put(tag(stack)))
    assert page.locator("candor-widget iframe").count() == 0
    launcher(page).focus()
    page.keyboard.press("Enter")
    expect(chat(page).get_by_test_id("reply")).to_have_count(1)
    expect(chat(page).get_by_test_id("input")).to_be_focused()
    expect(launcher(page)).to_have_attribute("aria-expanded", "true")
    assert faults_of(page) == []
    page.screenshot(path=screenshots() / "launcher-open.png")

    page.keyboard.press("Escape")

    expect(page.locator("candor-widget dialog")).to_be_hidden()
    expect(launcher(page)).to_be_focused()
    expect(launcher(page)).to_have_attribute("aria-expanded", "false")
    page.keyboard.press("Enter")
    expect(chat(page).get_by_test_id("input")).to_be_focused()
    chat(page).get_by_test_id("close").click()
    expect(launcher(page)).to_be_focused()
    page.screenshot(path=screenshots() / "launcher-closed.png")


@pytest.mark.parametrize("hostile", ["reset", "strict", "polluted"])
def test_hostile_pages_do_it_no_harm(stack: Stack, site: Site, page: Page, hostile: str) -> None:
    """A sheet that hides everything, a policy that forbids all that is not needed, and prototypes full of traps."""
    address = {
        "reset": lambda: site.put(tag(stack), head=RESET),
        "strict": lambda: site.put(tag(stack), {"Content-Security-Policy": STRICT.format(stack.url)}),
        "polluted": lambda: site.put(POLLUTED + tag(stack)),
    }[hostile]()
    answers = Answers(page)
    answers.reply(KINDS["answer"])
    page.goto(address)
    box = launcher(page).bounding_box()
    assert box
    assert box["width"] > 120
    assert box["x"] > 600
    expect(launcher(page)).to_have_css("color", "rgb(255, 255, 255)")

    launcher(page).click()
    expect(chat(page).get_by_test_id("input")).to_be_focused()
    ask(page, "How long?")

    panel = page.locator("candor-widget dialog").bounding_box()
    assert panel
    assert panel["width"] > 350
    assert panel["height"] > 500
    page.screenshot(path=screenshots() / f"launcher-{hostile}.png")
    page.keyboard.press("Escape")
    expect(launcher(page)).to_be_focused()


def test_several_companies_share_a_page_and_a_script_run_twice_adds_nothing(stack: Stack, site: Site, page: Page) -> None:
    """Two buttons that do not cover each other, each with a chat of its own."""
    page.goto(site.put(tag(stack) + tag(stack, "clevio") + tag(stack)))
    expect(launcher(page)).to_have_count(2)
    boxes = [launcher(page).nth(place).bounding_box() for place in (0, 1)]
    assert boxes[0]
    assert boxes[1]
    assert abs(boxes[0]["y"] - boxes[1]["y"]) >= boxes[0]["height"]

    page.evaluate("Candor.open('clevio')")

    expect(chat(page).get_by_test_id("company-name")).to_contain_text("Clevio")


def test_a_page_that_throws_it_out_gets_it_back(stack: Stack, site: Site, page: Page) -> None:
    """Single-page applications replace what they draw, also the whole body; the conversation goes on. Asked to go, it goes."""
    page.goto(site.put(tag(stack)))
    launcher(page).click()
    ask(page, "how long do you keep my data?")

    page.evaluate("document.querySelector('candor-widget').remove()")
    expect(chat(page).get_by_test_id("visitor")).to_contain_text("how long do you keep my data?")
    page.evaluate("document.body.replaceWith(document.createElement('body'))")
    expect(launcher(page)).to_have_count(1)
    expect(chat(page).get_by_test_id("visitor")).to_contain_text("how long do you keep my data?")

    page.evaluate("Candor.remove()")
    expect(launcher(page)).to_have_count(0)


def test_a_page_can_ask_and_hears_of_tickets_but_of_no_word(stack: Stack, site: Site, page: Page) -> None:
    """open, ask, onTicket; a message that does not come from the chat itself is not believed."""
    answers = Answers(page)
    answers.reply(KINDS["ticket"])
    page.goto(site.put(tag(stack)))
    expect(launcher(page)).to_be_visible()
    page.evaluate("""() => {
        window.heard = [];
        window.all = [];
        Candor.onTicket((ticket) => heard.push({...ticket}));
        Candor.on("open", (about) => heard.push(about.company));
        window.addEventListener("message", (event) => all.push(JSON.stringify(event.data)));
        window.postMessage({candor: 1, type: "ticket", ticket: {number: "R-FAKE-FAKE"}}, "*");
        Candor.ask("Delete my secret account");
    }""")
    expect(chat(page).get_by_test_id("ticket")).to_be_visible()

    assert page.evaluate("heard") == [
        "clevra",
        {"number": "R-7KQ4-M2XD", "type": "deletion", "company": "clevra", "due": "2026-12-22"},
    ]
    assert [sent["text"] for sent in answers.sent] == ["Delete my secret account"]
    assert not any("secret" in one for one in page.evaluate("all"))


def test_the_tag_chooses_colour_side_language_greeting_and_to_open(stack: Stack, site: Site, page: Page) -> None:
    """All by data-*; a chat that opens by itself takes nobody's focus."""
    more = 'data-colour="#ffd400" data-position="left" data-lang="de" data-greeting="Hallo! <b>Fragen</b> Sie." data-open'
    page.goto(site.put(tag(stack, more=more)))

    expect(chat(page).get_by_test_id("reply")).to_have_text("Candor: Hallo! <b>Fragen</b> Sie.", use_inner_text=False)
    expect(launcher(page)).to_have_text("Fragen zum Datenschutz")
    expect(launcher(page)).to_have_css("background-color", "rgb(255, 212, 0)")
    expect(launcher(page)).to_have_css("color", "rgb(0, 0, 0)")
    box = launcher(page).bounding_box()
    assert box
    assert box["x"] < 100
    assert page.evaluate("document.activeElement.localName") == "body"
    page.screenshot(path=screenshots() / "launcher-options.png")


def test_on_a_phone_it_fills_the_screen_and_the_page_waits(stack: Stack, site: Site, page: Page) -> None:
    """A modal dialog: nothing behind it can be reached until it is closed; opening by itself is not for phones."""
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(site.put(tag(stack, more="data-open")))
    expect(launcher(page)).to_be_visible()
    expect(page.locator("candor-widget dialog")).to_be_hidden()

    launcher(page).click()
    expect(chat(page).get_by_test_id("input")).to_be_focused()

    assert page.locator("candor-widget dialog").bounding_box() == {"x": 0, "y": 0, "width": 390, "height": 844}
    assert page.evaluate("document.querySelector('candor-widget').shadowRoot.querySelector('dialog').matches(':modal')")
    page.screenshot(path=screenshots() / "launcher-phone.png")
    page.keyboard.press("Escape")
    expect(launcher(page)).to_be_focused()


def test_a_page_that_is_not_allowed_gets_a_plain_word_and_no_chat(stack: Stack, site: Site, browser: Browser) -> None:
    """frame-ancestors keeps the chat out; the visitor is told that it did not load, can try again, and can close it."""
    context = browser.new_context()
    page = context.new_page()
    page.clock.install()
    page.goto(site.put(tag(stack)))
    launcher(page).click()
    expect(page.get_by_text("The chat is loading")).to_be_visible()

    page.clock.fast_forward(16_000)

    expect(page.get_by_text("The chat could not be loaded.")).to_be_visible()
    expect(page.get_by_role("button", name="Try again")).to_be_visible()
    page.get_by_role("button", name="Close the privacy chat").click()
    expect(launcher(page)).to_be_focused()
    context.close()


def test_a_tag_without_a_company_says_what_is_missing(stack: Stack, site: Site, page: Page) -> None:
    """In the console, for whoever builds the page; visitors see nothing."""
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))

    page.goto(site.put(f'<script src="{stack.url}/widget.js"></script>'))

    assert page.locator("candor-widget").count() == 0
    assert any("data-company" in text for text in said)
