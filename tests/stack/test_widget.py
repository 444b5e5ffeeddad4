"""The chat in a real browser: every kind of reply and every state, at both sizes, light and dark; axe; the keyboard; bad luck."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from candor.settings import ROOT
from tests.browsers import faults_of, screenshots, sticks_out
from tests.stack.conftest import Stack
from tests.stack.replies import KINDS, cited, reply
from tests.stack.surfaces import SLOW, Answers, ask, open_chat

DESKTOP, PHONE = (1200, 860), (390, 844)
ONE_SCREEN = 680  # pixels of a phone between the bar and the input
FREQUENT = [
    "what data do you collect", "how long do you keep my data", "who do you share it with", "do you sell my data",
    "do you use cookies", "what about children", "what are my rights", "where is it stored", "is it encrypted",
    "how can I have my account deleted",
]  # fmt: skip
MakePage = Callable[..., Page]
BUILD = ROOT / "candor" / "channels" / "widget" / "dist"


@pytest.fixture
def new_page(browser: Browser) -> Iterator[MakePage]:
    """Makes pages of a size and a colour scheme; an error that nobody planned fails the test."""
    contexts: list[BrowserContext] = []
    faults: list[str] = []

    def make(size: tuple[int, int] = DESKTOP, **wanted: object) -> Page:
        context = browser.new_context(viewport={"width": size[0], "height": size[1]}, **wanted)  # type: ignore[arg-type]
        context.set_default_timeout(SLOW)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("console", lambda said: faults.append(said.text) if "Content Security Policy" in said.text else None)
        return page

    yield make
    for context in contexts:
        context.close()
    assert faults == []


@pytest.fixture
def page(new_page: MakePage) -> Page:
    """One of them, wide and light."""
    return new_page()


# Turns far above are not drawn until somebody scrolls there, and axe would measure what is not drawn.
ALL_DRAWN = """() => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(".turn { content-visibility: visible !important; }");
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
}"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("name", "size"), [("desktop", DESKTOP), ("phone", PHONE)])
def test_every_state_can_be_used_by_everyone(
    stack: Stack, new_page: MakePage, name: str, size: tuple[int, int], scheme: str
) -> None:
    """axe finds nothing in any kind of reply nor in any step of a request, nothing sticks out, and a picture is kept."""
    page = new_page(size, color_scheme=scheme, reduced_motion="reduce")
    answers = Answers(page)
    open_chat(page, stack.url)
    page.evaluate(ALL_DRAWN)
    expect(page.get_by_test_id("starters")).to_be_visible()
    found = {"start": faults_of(page)}
    page.screenshot(path=screenshots() / f"widget-start-{name}-{scheme}.png")

    for state, replies in KINDS.items():
        answers.reply(replies)
        ask(page, f"Show {state}")
        found[state] = faults_of(page)
        assert sticks_out(page) <= 0, state
        page.screenshot(path=screenshots() / f"widget-{state}-{name}-{scheme}.png")
    page.get_by_role("button", name="Not helpful").first.click()
    found["feedback"] = faults_of(page)
    page.keyboard.press("Escape")
    page.evaluate("window.scrollTo(0, document.body.scrollHeight)")  # what the menu covers there is no control
    page.get_by_test_id("menu").click()
    found["menu"] = faults_of(page)
    page.get_by_test_id("forget").click()
    expect(page.get_by_test_id("forget-dialog")).to_be_visible()
    found["forget"] = faults_of(page)
    page.screenshot(path=screenshots() / f"widget-forget-{name}-{scheme}.png")
    page.get_by_test_id("forget-no").click()
    answers.lose()
    page.get_by_test_id("input").fill("Lost")
    page.get_by_test_id("input").press("Enter")
    expect(page.get_by_test_id("notice")).to_be_visible()
    found["lost"] = faults_of(page)
    page.screenshot(path=screenshots() / f"widget-lost-{name}-{scheme}.png")

    assert {state: faults for state, faults in found.items() if faults} == {}


def test_each_kind_of_reply_says_what_it_is(stack: Stack, page: Page) -> None:
    """By words, not by colour alone; and silence is never shown like an answer."""
    answers = Answers(page)
    open_chat(page, stack.url)
    said = {}
    for kind in ("answer", "not_in_policy", "unsure", "compare", "out_of_scope", "handoff", "human", "error"):
        answers.reply(KINDS[kind])
        ask(page, kind)
        shown = page.get_by_test_id("reply").last
        said[kind] = shown.locator(".label").inner_text() if shown.locator(".label").count() else ""

    assert said == {
        "answer": "",
        "not_in_policy": "Nothing found in the policy",
        "unsure": "Not sure: the nearest passages", "compare": "Side by side",
        "out_of_scope": "", "handoff": "A person will answer",
        "human": "A person answers", "error": "Something went wrong",
    }  # fmt: skip
    expect(page.get_by_test_id("side")).to_have_count(2)
    expect(page.get_by_test_id("side").last).to_contain_text("Nothing found that says it.")


def test_a_quote_can_be_folded_and_says_where_it_stands(stack: Stack, page: Page) -> None:
    """Number, section, company and date, and links to our page and, where it is known, to the company's own."""
    website = {
        "id": "clevra", "name": "Clevra", "accent": "#0f766e", "contact": "", "website": "", "policy_url": "/policies/clevra",
        "version": "", "glance_url": "/policies/clevra/glance", "suggestions": [],
        "website_policy": "https://clevra.example/privacy",
    }  # fmt: skip
    page.route("**/api/companies/clevra", lambda route: route.fulfill(content_type="application/json", body=json.dumps(website)))
    answers = Answers(page)
    open_chat(page, stack.url)
    answers.reply(KINDS["answer"])
    ask(page, "How long?")

    quote = page.get_by_test_id("citation").first
    expect(quote.locator("summary")).to_contain_text("5. Data Retention")
    expect(quote).to_contain_text("Clevra · version of 15 January 2026")
    assert quote.get_by_test_id("citation-link").get_attribute("href") == "/policies/clevra/2026-01-15#c10-20"
    assert (quote.get_by_test_id("website-link").get_attribute("href") or "").startswith(
        "https://clevra.example/privacy#:~:text="
    )
    quote.locator("summary").click()
    expect(quote.locator("blockquote")).to_be_hidden()


def test_the_best_passage_is_read_and_the_others_unfold(stack: Stack, page: Page) -> None:
    """By keyboard too; a message with two questions shows the best passage of each."""
    answers = Answers(page)
    open_chat(page, stack.url)
    answers.reply([reply("answer", "12 months.", citations=[cited(1), cited(2), cited(3)])])
    ask(page, "How long?")
    more = page.get_by_test_id("more-passages")

    expect(page.get_by_test_id("citation").nth(0)).to_be_visible()
    expect(page.get_by_test_id("citation").nth(1)).to_be_hidden()
    expect(more.locator("> summary")).to_have_text("2 more passages")
    more.locator("> summary").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_test_id("citation").nth(2)).to_be_visible()

    answers.reply([reply("answer", "“a?” See [1].", citations=[cited(1), cited(2)], citations_shown=2)])
    ask(page, "And two questions?")
    expect(page.get_by_test_id("reply").last.get_by_test_id("citation").nth(1)).to_be_visible()
    expect(page.get_by_test_id("more-passages")).to_have_count(1)


def test_a_request_is_made_with_form_fields_alone(stack: Stack, page: Page) -> None:
    """Over the real stack: country, address and details from their fields, then the summary, and one ticket with its date."""
    open_chat(page, stack.url)
    ask(page, "delete my account")
    field = page.get_by_test_id("form").last
    expect(field).to_have_attribute("data-field", "residence", timeout=SLOW)
    field.get_by_role("combobox").fill("south af")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(field.get_by_role("combobox")).to_have_value("South Africa")
    page.keyboard.press("Enter")
    expect(page.get_by_test_id("form")).to_have_attribute("data-field", "email", timeout=SLOW)
    expect(page.get_by_label("Your e-mail address")).to_be_focused()
    page.get_by_label("Your e-mail address").fill("nobody")
    page.keyboard.press("Enter")
    expect(page.get_by_test_id("fault")).to_contain_text("name@example.org")
    page.get_by_label("Your e-mail address").fill("widget.1@example.org")
    page.keyboard.press("Enter")
    expect(page.get_by_test_id("form")).to_have_attribute("data-field", "details", timeout=SLOW)
    page.get_by_role("button", name="No details").click()
    card = page.get_by_test_id("card").last
    expect(card).to_contain_text("South Africa", timeout=SLOW)
    card.get_by_role("button", name="Edit: E-mail").click()
    expect(page.get_by_label("Your e-mail address")).to_have_value("widget.1@example.org", timeout=SLOW)
    page.get_by_label("Your e-mail address").fill("widget.2@example.org")
    page.keyboard.press("Enter")
    yes = page.get_by_role("button", name="Yes, open the request")
    expect(yes).to_be_enabled(timeout=SLOW)
    expect(page.get_by_test_id("card").last).to_contain_text("widget.2@example.org")
    expect(page.get_by_test_id("card-cancel")).to_have_count(1)

    yes.dblclick()

    expect(page.get_by_test_id("ticket-number")).to_have_text(re.compile(r"R-[0-9A-Z]{4}-[0-9A-Z]{4}"), timeout=SLOW)
    expect(page.get_by_test_id("ticket-due")).to_be_visible()
    expect(page.get_by_test_id("ticket")).to_have_count(1)
    expect(page.get_by_test_id("visitor").filter(has_text="Yes, open the request")).to_have_count(1)
    page.screenshot(path=screenshots() / "widget-request.png")
    page.get_by_test_id("ticket-check").click()
    expect(page.get_by_test_id("ticket")).to_have_count(2, timeout=SLOW)
    expect(page.get_by_test_id("ticket-withdraw")).to_have_count(1)  # only at the newest card
    with page.expect_download() as saved:
        page.get_by_test_id("ticket-save").last.click()
    kept = saved.value.path().read_text(encoding="utf-8")
    assert re.search(r"R-[0-9A-Z]{4}-[0-9A-Z]{4}", kept)
    assert "Contact: " in kept


def test_the_code_is_asked_for_on_the_first_screen_of_an_opened_request(stack: Stack, new_page: MakePage) -> None:
    """Over the real stack, on a phone: what is said once is not said again above the card, and the field needs no scrolling."""
    page = new_page(PHONE)
    open_chat(page, stack.url)
    for said in ("delete my account", "Austria", "widget.3@example.org", "no details", "yes"):
        ask(page, said)

    opened = page.get_by_test_id("reply").last
    expect(opened.get_by_label("The six-digit code")).to_be_in_viewport(ratio=1, timeout=SLOW)
    expect(opened.get_by_role("button", name="Continue")).to_be_in_viewport(ratio=1)
    number = page.get_by_test_id("ticket-number").inner_text()
    assert opened.inner_text().count(number) == 1


def test_a_request_can_be_cancelled_at_every_step(stack: Stack, page: Page) -> None:
    """Over the real stack: the words of the card's button are understood wherever it stands."""
    open_chat(page, stack.url)
    for answers in ((), ("Austria",), ("Austria", "ada@example.org"), ("Austria", "ada@example.org", "no details")):
        ask(page, "delete my account")
        for answer in answers:
            ask(page, answer)
        page.get_by_test_id("card-cancel").click()
        expect(page.get_by_test_id("typing")).to_have_count(0, timeout=SLOW)
        expect(page.get_by_test_id("card-cancel")).to_have_count(0, timeout=SLOW)
        expect(page.get_by_test_id("ticket")).to_have_count(0)


def test_only_the_newest_card_can_be_edited(stack: Stack, page: Page) -> None:
    """The one before would answer another question; a summary stays, to be read only."""
    answers = Answers(page)
    open_chat(page, stack.url)
    for step in ("details", "agreed", "agreed"):
        answers.reply(KINDS[step])
        ask(page, step)

    expect(page.get_by_test_id("card")).to_have_count(2)
    expect(page.get_by_test_id("card").first).to_have_attribute("data-live", "false")
    assert page.get_by_test_id("card").first.get_by_role("button").count() == 0
    assert page.get_by_test_id("card").last.get_by_test_id("card-edit").count() == 4


def test_another_request_is_chosen_in_the_card(stack: Stack, page: Page) -> None:
    """Edit at "What" opens a list, by keyboard too."""
    answers = Answers(page)
    open_chat(page, stack.url)
    answers.reply(KINDS["email"])
    ask(page, "Show email")
    page.get_by_role("button", name="Edit: What").focus()
    page.keyboard.press("Enter")
    answers.reply(KINDS["email"])

    page.get_by_test_id("card").get_by_role("button", name="Get a copy of your personal data").click()

    expect(page.get_by_test_id("reply")).to_have_count(3)
    assert answers.sent[-1]["text"] == "send me a copy of my data"


def test_a_place_is_found_by_keyboard_and_never_sent_by_itself(stack: Stack, new_page: MakePage) -> None:
    """The browser's country is offered first; Escape and Tab choose nothing; what is not in the list is sent as typed."""
    page = new_page(locale="de-AT")
    answers = Answers(page)
    open_chat(page, stack.url)
    answers.reply(KINDS["residence"])
    ask(page, "Show residence")
    box = page.get_by_role("combobox")
    expect(page.get_by_test_id("guess")).to_have_text("Austria")
    expect(box).to_have_value("")
    box.focus()
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("option", selected=True)).to_contain_text("Austria")
    page.keyboard.press("Escape")
    expect(page.get_by_role("listbox")).to_be_hidden()
    expect(box).to_have_value("")
    box.press_sequentially("Südafr")  # as the visitor's own language has it
    expect(page.get_by_role("option")).to_have_count(1)
    page.keyboard.press("Tab")
    expect(box).to_have_value("Südafr")
    assert len(answers.sent) == 1
    box.focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(box).to_have_value("South Africa")
    assert len(answers.sent) == 1
    answers.reply(KINDS["email"])
    page.keyboard.press("Enter")
    expect(page.get_by_test_id("form")).to_have_attribute("data-field", "email")
    answers.reply(KINDS["residence"])
    ask(page, "Show residence")
    page.get_by_role("combobox").fill("Atlantis")
    answers.reply(KINDS["email"])
    page.keyboard.press("Enter")
    expect(page.get_by_test_id("form")).to_have_attribute("data-field", "email")

    assert [sent["text"] for sent in answers.sent] == ["Show residence", "South Africa", "Show residence", "Atlantis"]


def test_a_click_beside_the_open_list_of_places_is_not_lost(stack: Stack, page: Page) -> None:
    """The list closes when the box loses the focus; what is pressed must not move away from under the mouse."""
    answers = Answers(page)
    open_chat(page, stack.url)
    answers.reply(KINDS["residence"])
    ask(page, "Show residence")
    page.get_by_role("combobox").press_sequentially("austr")
    expect(page.get_by_role("listbox")).to_be_visible()
    answers.reply(KINDS["email"])

    page.get_by_role("button", name="Continue").click()

    expect(page.get_by_test_id("form")).to_have_attribute("data-field", "email")
    assert answers.sent[-1]["text"] == "austr"


def test_what_unfolds_is_brought_into_view_with_its_buttons(stack: Stack, new_page: MakePage) -> None:
    """On a phone the reasons for "Not helpful", and the box for what is added to a request."""
    page = new_page(PHONE)
    answers = Answers(page)
    open_chat(page, stack.url)
    for kind, press, button in (("answer", "Not helpful", "Send feedback"), ("ticket", "Add something", "Send")):
        answers.reply(KINDS[kind])
        ask(page, kind)
        page.get_by_test_id("reply").last.get_by_role("button", name=press).click()
        expect(page.get_by_test_id("reply").last.get_by_role("button", name=button)).to_be_in_viewport(ratio=1)


def test_one_screen_of_a_phone_holds_a_reply(stack: Stack, new_page: MakePage) -> None:
    """Each step of a request, its summary and its ticket: question and card together."""
    page = new_page(PHONE)
    answers = Answers(page)
    open_chat(page, stack.url)
    heights: dict[str, float] = {}
    for step in ("residence", "email", "details", "agreed", "code", "ticket"):
        answers.reply(KINDS[step])
        ask(page, step)
        heights[step] = (page.get_by_test_id("reply").last.bounding_box() or {"height": 0})["height"]

    assert {step: height for step, height in heights.items() if not 0 < height <= ONE_SCREEN} == {}


def test_nine_of_ten_answers_fit_one_screen_of_a_phone(stack: Stack, new_page: MakePage) -> None:
    """All that is said in a turn, with the quotes that are read at once."""
    page = new_page(PHONE)
    heights = {}
    for company in ("clevra", "clevertap"):
        open_chat(page, stack.url, company)
        for question in FREQUENT:
            before = page.get_by_test_id("reply").count()
            ask(page, question)
            turn = page.get_by_test_id("reply").all()[before:]
            heights[company, question] = sum((one.bounding_box() or {"height": 0})["height"] for one in turn)

    too_long = {asked: height for asked, height in heights.items() if not 0 < height <= ONE_SCREEN}
    assert len(too_long) <= len(heights) / 10, too_long


def test_what_is_written_too_early_waits_and_goes_out(stack: Stack, page: Page) -> None:
    """Enter before the chat has begun, and before an answer has come."""
    held: list[Route] = []
    page.route("**/api/conversations", lambda route: held.append(route))  # noqa: PLW0108  (a built-in cannot be a handler)
    answers = Answers(page)
    page.goto(f"{stack.url}/chat/clevra")
    for said in ("Do you sell data?", "And do you share it?"):
        page.get_by_test_id("input").fill(said)
        page.get_by_test_id("input").press("Enter")
    expect(page.get_by_test_id("queued")).to_have_count(2)
    answers.reply(KINDS["answer"])
    answers.reply(KINDS["answer"])

    held[0].continue_()

    expect(page.get_by_test_id("reply")).to_have_count(3)
    assert [sent["text"] for sent in answers.sent] == ["Do you sell data?", "And do you share it?"]
    expect(page.get_by_test_id("queued")).to_have_count(0)


def test_a_message_that_is_refused_blocks_nothing(stack: Stack, page: Page) -> None:
    """It can be changed, and the next one goes out."""
    answers = Answers(page)
    open_chat(page, stack.url)
    answers.fail(422)
    page.get_by_test_id("input").fill("Refused")
    page.get_by_test_id("input").press("Enter")
    expect(page.get_by_test_id("take-back")).to_be_visible()
    answers.reply(KINDS["answer"])
    ask(page, "Do you sell data?")

    page.get_by_test_id("take-back").click()

    expect(page.get_by_test_id("input")).to_have_value("Refused")
    expect(page.get_by_test_id("visitor")).to_have_count(1)


def test_a_visitor_begins_with_a_request_or_a_person(stack: Stack, page: Page) -> None:
    """Without a question: from the first screen, and later from the menu."""
    answers = Answers(page)
    open_chat(page, stack.url)
    page.get_by_test_id("start-request").click()
    expect(page.get_by_test_id("request-type")).to_have_count(9)
    answers.reply(KINDS["residence"])
    page.get_by_role("button", name="Have your personal data deleted").click()
    expect(page.get_by_test_id("card")).to_be_visible()
    page.get_by_test_id("menu").click()
    answers.reply(KINDS["ticket"])
    page.get_by_test_id("own").click()
    expect(page.get_by_test_id("ticket")).to_be_visible()
    page.get_by_test_id("menu").click()
    answers.reply(KINDS["handoff"])
    page.get_by_test_id("person").click()
    expect(page.get_by_test_id("reply").last).to_have_attribute("data-kind", "handoff")

    assert [sent["text"] for sent in answers.sent] == ["delete my data", "how is my request?", "I want to talk to a human"]


def test_something_is_added_at_the_ticket(stack: Stack, page: Page) -> None:
    """One writes only what is to be added."""
    answers = Answers(page)
    open_chat(page, stack.url)
    answers.reply(KINDS["ticket"])
    ask(page, "Show ticket")
    page.get_by_test_id("ticket-add").click()
    expect(page.get_by_label("What do you want to add?")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.get_by_test_id("ticket-add")).to_be_focused()
    page.get_by_test_id("ticket-add").click()
    page.get_by_label("What do you want to add?").fill("My user name is ada")
    answers.reply(KINDS["answer"])

    page.get_by_test_id("ticket-adding").get_by_role("button", name="Send").click()

    expect(page.get_by_test_id("reply")).to_have_count(3)
    assert answers.sent[-1]["text"] == "add to R-7KQ4-M2XD: My user name is ada"


def test_a_long_message_is_folded(stack: Stack, page: Page) -> None:
    """What one wrote oneself need not fill the screen; all of it is there."""
    answers = Answers(page)
    open_chat(page, stack.url)
    answers.reply(KINDS["answer"])
    ask(page, "word " * 300 + "end")

    message = page.get_by_test_id("visitor")
    expect(message).not_to_contain_text("end")
    message.get_by_test_id("unfold").click()
    expect(message).to_contain_text("end")


def test_a_new_message_is_announced_once(stack: Stack, page: Page) -> None:
    """The log itself is silent; one status line changes once a message, also where two replies come."""
    answers = Answers(page)
    open_chat(page, stack.url)
    page.evaluate("""() => {
        window.heard = [];
        new MutationObserver(() => window.heard.push(document.querySelector('[data-testid=announcer]').textContent))
            .observe(document.querySelector('[data-testid=announcer]'), {childList: true, characterData: true, subtree: true});
    }""")
    answers.reply([reply("answer", "No.", citations=[cited(1)]), reply("request", "Shall I open one?")])

    ask(page, "Do you sell data?")

    assert page.evaluate("window.heard") == ["No. 1 quote. Privacy request Shall I open one?"]
    assert page.evaluate("document.querySelectorAll('[aria-live]:not([aria-live=off]), [role=alert]').length") == 1


def test_the_keyboard_alone_reaches_and_leaves_everything(stack: Stack, page: Page) -> None:
    """Tab goes through all controls in reading order and never gets stuck; Escape closes what was opened; focus comes back."""
    answers = Answers(page)
    open_chat(page, stack.url)
    answers.reply(KINDS["answer"])
    ask(page, "How long?")
    expect(page.get_by_test_id("input")).to_be_focused()
    walked = []
    for _ in range(6):
        page.keyboard.press("Shift+Tab")
        walked.append(page.evaluate("(document.activeElement.dataset.testid || document.activeElement.localName)"))

    assert walked[::-1] == ["menu", "summary", "citation-link", "summary", "button", "button"]
    for _ in range(7):
        page.keyboard.press("Tab")
    expect(page.get_by_test_id("send")).to_be_focused()
    page.get_by_role("button", name="Not helpful").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("radio").first).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Not helpful")).to_be_focused()
    page.get_by_test_id("menu").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_test_id("request")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.get_by_test_id("menu")).to_be_focused()


def test_not_helpful_can_say_why(stack: Stack, page: Page) -> None:
    """Over the real API: a reason and a comment, once, and remembered after a reload."""
    open_chat(page, stack.url)
    ask(page, "how long do you keep my data?")
    page.get_by_role("button", name="Not helpful").first.click()
    page.get_by_label("It does not answer my question").check()
    page.get_by_label("In your own words (optional)").fill("I meant my invoices")

    with page.expect_request("**/feedback") as sent:
        page.get_by_role("button", name="Send feedback").click()

    assert json.loads(sent.value.post_data or "{}")["reason"] == "not_answered"
    expect(page.get_by_text("Thank you.").first).to_be_visible()
    page.reload()
    expect(page.get_by_role("button", name="Not helpful").first).to_have_attribute("aria-pressed", "true", timeout=SLOW)


def test_a_lost_network_loses_nothing_and_sends_nothing_twice(stack: Stack, page: Page) -> None:
    """The message stays, says so, and goes out under its id once the network is back."""
    answers = Answers(page)
    open_chat(page, stack.url)
    answers.lose()
    page.context.set_offline(True)
    expect(page.get_by_test_id("offline")).to_be_visible()
    page.get_by_test_id("input").fill("Do you sell data?")
    page.get_by_test_id("input").press("Enter")
    expect(page.get_by_test_id("retry")).to_be_visible()
    answers.reply(KINDS["answer"])

    page.context.set_offline(False)

    expect(page.get_by_test_id("reply")).to_have_count(2)
    expect(page.get_by_test_id("offline")).to_have_count(0)
    expect(page.get_by_test_id("visitor")).to_have_count(1)
    assert len({sent["message_id"] for sent in answers.sent}) == 1


def test_too_much_at_once_is_said_kindly_and_goes_on_by_itself(stack: Stack, page: Page) -> None:
    """429 with Retry-After: it says how long, keeps the message, and sends it then."""
    answers = Answers(page)
    open_chat(page, stack.url)
    answers.fail(429, {"Retry-After": "2"})
    answers.reply(KINDS["answer"])

    page.get_by_test_id("input").fill("Again!")
    page.get_by_test_id("input").press("Enter")

    expect(page.get_by_test_id("notice")).to_contain_text("Your message is kept and goes out by itself")
    expect(page.get_by_test_id("reply")).to_have_count(2)
    expect(page.get_by_test_id("notice")).to_have_count(0)
    assert len({sent["message_id"] for sent in answers.sent}) == 1


def test_an_ended_conversation_begins_anew_with_what_was_typed(stack: Stack, page: Page) -> None:
    """A token that no longer counts costs a press of a button, and no word."""
    answers = Answers(page)
    open_chat(page, stack.url)
    answers.fail(401)
    answers.reply(KINDS["answer"])
    page.get_by_test_id("input").fill("Do you sell data?")
    page.get_by_test_id("input").press("Enter")

    page.get_by_test_id("start-again").click()

    expect(page.get_by_test_id("reply")).to_have_count(2)
    expect(page.get_by_test_id("visitor")).to_have_text(re.compile("Do you sell data"))
    assert [sent["text"] for sent in answers.sent] == ["Do you sell data?"] * 2


def test_a_server_that_is_down_at_first_is_no_end(stack: Stack, page: Page) -> None:
    """One can write at once, and try again."""
    down = [True]
    page.route("**/api/conversations", lambda route: route.abort() if down[0] else route.continue_())
    answers = Answers(page)
    page.goto(f"{stack.url}/chat/clevra")
    expect(page.get_by_test_id("notice")).to_contain_text("You can already write your question")
    page.get_by_test_id("input").fill("Do you sell data?")
    page.get_by_test_id("input").press("Enter")
    expect(page.get_by_test_id("visitor")).to_contain_text("Nothing is lost")
    down[0] = False
    answers.reply(KINDS["answer"])

    page.get_by_test_id("retry").click()

    expect(page.get_by_test_id("reply")).to_have_count(2)


def test_a_long_paste_is_not_cut_off(stack: Stack, page: Page) -> None:
    """4,000 characters go out; with one more it says so and sends nothing, but keeps them all."""
    answers = Answers(page)
    open_chat(page, stack.url)
    answers.reply(KINDS["answer"])
    page.get_by_test_id("input").fill("x" * 4001)
    expect(page.get_by_test_id("too-long")).to_contain_text("1 character too many")
    page.get_by_test_id("input").press("Enter")
    assert answers.sent == []
    assert len(page.get_by_test_id("input").input_value()) == 4001

    ask(page, "x" * 4000)

    assert len(answers.sent[0]["text"]) == 4000


def test_two_tabs_of_one_conversation_stay_in_step(stack: Stack, page: Page) -> None:
    """A duplicated tab has the same pass; what is said in one appears in the other, and forgetting counts in both."""
    open_chat(page, stack.url)
    kept = page.evaluate("sessionStorage.getItem('candor:clevra')")
    other = page.context.new_page()
    other.add_init_script(
        f"sessionStorage.getItem('candor:clevra') || sessionStorage.setItem('candor:clevra', {json.dumps(kept)})"
    )
    other.goto(f"{stack.url}/chat/clevra")
    expect(other.get_by_test_id("reply")).to_have_count(1)

    ask(page, "where is it hosted?")

    expect(other.get_by_test_id("visitor")).to_contain_text("where is it hosted?", timeout=SLOW)
    page.get_by_test_id("menu").click()
    page.get_by_test_id("forget").click()
    page.get_by_test_id("forget-yes").click()
    expect(page.get_by_test_id("visitor")).to_have_count(0, timeout=SLOW)
    expect(other.get_by_test_id("visitor")).to_have_count(0, timeout=SLOW)


def test_the_conversation_can_be_taken_along(stack: Stack, page: Page) -> None:
    """As a text file that holds what was said."""
    open_chat(page, stack.url)
    ask(page, "where is it hosted?")
    page.get_by_test_id("menu").click()

    with page.expect_download() as download:
        page.get_by_test_id("download").click()

    assert download.value.suggested_filename == "conversation.txt"
    assert "where is it hosted?" in download.value.path().read_text(encoding="utf-8")


def test_two_hundred_messages_stay_smooth(stack: Stack, page: Page) -> None:
    """Restored at once, and a key press is drawn within a tenth of a second on a busy machine."""
    turns = [
        {
            "message_id": f"m{number:07}",
            "text": f"Question {number}",
            "replies": KINDS["answer"],
            "at": "2026-11-22T08:00:00Z",
            "feedback": {},
        }
        for number in range(100)
    ]
    open_chat(page, stack.url)
    past = json.dumps({"company": "clevra", "turns": turns})
    page.route(re.compile(r"/api/conversations/[^/]+$"), lambda route: route.fulfill(content_type="application/json", body=past))
    page.reload()
    expect(page.get_by_test_id("reply")).to_have_count(101, timeout=SLOW)

    took = page.evaluate("""async () => {
        const input = document.querySelector('[data-testid=input]'), took = [];
        for (const letter of 'how long do you keep it') {
            const before = performance.now();
            input.value += letter;
            input.dispatchEvent(new Event('input', {bubbles: true}));
            await document.querySelector('candor-chat').updateComplete;
            document.body.offsetHeight;
            took.push(performance.now() - before);
        }
        return took.sort((one, other) => one - other)[Math.floor(took.length / 2)];
    }""")

    assert took < 100
    expect(page.get_by_test_id("input")).to_be_in_viewport()


@pytest.mark.parametrize(("lang", "direction", "send"), [("de", "ltr", "Senden"), ("ar", "rtl", "Send")])
def test_the_surface_speaks_another_language_or_runs_from_the_right(
    stack: Stack, new_page: MakePage, lang: str, direction: str, send: str
) -> None:
    """German from the catalogue; a language without one keeps English words in its own direction. Quotes stay what they are."""
    page = new_page(PHONE)
    answers = Answers(page)
    open_chat(page, stack.url, lang=lang)
    answers.reply(KINDS["answer"])
    ask(page, "How long?")

    assert page.evaluate("document.documentElement.dir") == direction
    expect(page.get_by_test_id("send")).to_have_text(send)
    boxes = [page.get_by_test_id(name).bounding_box() for name in ("input", "send")]
    assert boxes[0]
    assert boxes[1]
    assert (boxes[0]["x"] < boxes[1]["x"]) == (direction == "ltr")
    assert sticks_out(page) <= 0
    assert faults_of(page) == []
    page.screenshot(path=screenshots() / f"widget-{lang}.png")


@pytest.mark.parametrize("size", [(320, 256), (320, 568)])
def test_at_four_times_the_size_everything_can_be_read(stack: Stack, new_page: MakePage, size: tuple[int, int]) -> None:
    """400 % zoom of a 1280 pixel window is 320 pixels; there nothing sticks to the edges and covers what is read."""
    page = new_page(size)
    answers = Answers(page)
    open_chat(page, stack.url)
    for kind in ("answer", "compare", "ticket", "residence"):
        answers.reply(KINDS[kind])
        ask(page, kind)
        assert sticks_out(page) <= 0, kind
    if size[1] < 400:
        assert page.evaluate("getComputedStyle(document.querySelector('footer')).position") == "static"
    page.get_by_role("combobox").scroll_into_view_if_needed()
    expect(page.get_by_role("combobox")).to_be_in_viewport()
    page.screenshot(path=screenshots() / f"widget-zoom-{size[1]}.png")


def test_with_forced_colours_things_keep_their_edges(stack: Stack, new_page: MakePage) -> None:
    """Where backgrounds are taken away, a bubble and the input still have borders."""
    page = new_page(forced_colors="active")
    answers = Answers(page)
    open_chat(page, stack.url)
    answers.reply(KINDS["not_in_policy"])
    ask(page, "fingerprints?")

    for place in (".visitor > .said", ".composer-box", ".reply[data-kind=not_in_policy]"):
        assert page.evaluate("(place) => getComputedStyle(document.querySelector(place)).borderTopStyle", place) == "solid"
    page.screenshot(path=screenshots() / "widget-forced-colours.png")


def test_the_bundles_are_light() -> None:
    """Gzipped: the launcher at most 10 KB, the chat with its style sheet at most 90 KB."""
    manifest = json.loads((BUILD / ".vite" / "manifest.json").read_text())
    surface = manifest["src/surface.ts"]

    def weight(*names: str) -> int:
        return sum(len(gzip.compress((BUILD / name).read_bytes(), 6)) for name in names)

    assert weight(manifest["src/launcher.ts"]["file"]) <= 10_000
    assert weight(surface["file"], *surface["css"], *surface.get("imports", [])) <= 90_000
