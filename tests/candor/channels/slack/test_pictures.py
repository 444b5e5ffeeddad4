"""What Slack would show, drawn and looked at in a real browser; the picture is kept as an artefact."""

from __future__ import annotations

import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, sync_playwright

from candor.channels.slack.blocks import reply_blocks
from candor.channels.slack.home import home_view
from candor.channels.slack.request_form import Prefilled, request_view
from candor.conversations.reply import Button, Citation, Reply
from candor.conversations.responses import Responses
from knowledge.companies import Company
from tests.browsers import CHROMIUM, SAFE_START, screenshots
from tests.candor.channels.slack import drawing
from tests.candor.channels.slack.limits import message_problems, view_problems
from tests.candor.channels.slack.people import citation
from tests.candor.channels.slack.test_blocks import HOSTILE

CLEVRA, CLEVIO = Company("clevra", "Clevra", "privacy@clevra.example"), Company("clevio", "Clevio", "privacy@clevio.example")
PHONE = 375  # pixels


@pytest.fixture
def page() -> Iterator[Page]:
    """A page of a phone's width."""
    executable = next((path for name in CHROMIUM if (path := shutil.which(name))), None)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=SAFE_START)
        yield browser.new_page(viewport={"width": PHONE, "height": 800})
        browser.close()


def blocks(*quotes: str, **more: object) -> list[dict[str, object]]:
    cited = [Citation.model_validate(citation(number, quote)) for number, quote in enumerate(quotes, start=1)]
    reply = Reply(kind="answer", text="This is what Clevra's Privacy Policy says:", citations=cited, answer_id="a_1", **more)  # type: ignore[arg-type]
    return reply_blocks([reply], Responses(), base_url="https://privacy.example.org", conversation="c_1", share=True)


def test_what_slack_would_show_can_be_read_on_a_phone(page: Page) -> None:
    """Answer, request form and Home tab: no text is wider than the phone, quotes are quotes, and hostile text is text."""
    offer = Button(title="Send me a copy of my data", payload="send me a copy of my data")
    wording = Responses()
    messages = [
        blocks("We do not sell your personal data.", "We share it with processors who work for us.", buttons=[offer]),
        blocks(HOSTILE, "x" * 400, citations_shown=2),
        blocks(*(f"Sentence {number} of a long list." for number in range(14)), citations_shown=14),
    ]
    form = request_view([CLEVRA, CLEVIO], Prefilled("deletion", "", "ada@clevra.example"), wording)
    home = home_view(CLEVRA, [CLEVRA, CLEVIO], ["R-7KQ4-M2XD, a request with Clevra: it is being worked on."], wording)

    page.set_content(drawing.page(*(drawing.message(each) for each in messages), drawing.view(form), drawing.view(home)))
    page.screenshot(path=screenshots() / "slack.png", full_page=True)

    assert [message_problems({"blocks": each}) for each in messages] == [[], [], []]
    assert view_problems(form) == view_problems(home) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE
    assert page.locator(".quote").first.inner_text() == "We do not sell your personal data."
    assert HOSTILE in page.locator(".quote").all_inner_texts()
    assert page.locator("a").first.get_attribute("href") == "https://privacy.example.org/policies/acme/2026-01-15#c10-44"
    assert page.get_by_text("4 more passages: ").is_visible()
