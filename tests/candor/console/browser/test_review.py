"""Review and the silence report in a real browser: by keyboard, by phone, in the dark, and for everybody."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from candor.reviews.corrections import Proposal
from candor.services import Services
from tests.candor.console.browser.conftest import SignedIn, Site, faults_in_looks, pictures, staff
from tests.candor.console.live_chats import a_question, begin, quote_of, say


def silent(parts: Services, text: str, *, aspect: str | None = None, kind: str = "not_in_policy", company: str = "acme") -> int:
    """A turn that was met with silence."""
    conversation = begin(parts, company)
    say(parts, conversation, text, {"kind": kind, "text": "The policy does not say anything about that.", "answer_id": "a_1"},
        evidence={"version": "2026-01-15", "aspect": aspect, "probability": 0.12, "passages": []})  # fmt: skip
    return parts.conversations.transcripts.turns(conversation)[-1].id


@pytest.fixture(scope="module")
def asked(site: Site) -> list[int]:
    """Conversations to review: an answer amid others, silences, doubts."""
    conversation = begin(site.parts)
    for text in ("hello there", "do you sell my data? I am ada@example.com", "and to advertisers?", "thanks"):
        a_question(site.parts, conversation, text)
    site.parts.conversations.transcripts.feedback(
        conversation, "a_1", helpful=False, reason="wrong_passage", comment="that is about invoices"
    )
    turns = [
        silent(site.parts, text, aspect="children.minimum_age")
        for text in ("how old must I be", "is 15 too young?", "my son is 12")
    ]
    turns += [silent(site.parts, text) for text in ("do you fly drones over my house", "<script>alert(1)</script> {{7*7}}")]
    turns.append(silent(site.parts, "are my photos used to train models?", aspect="selling.sold", kind="unsure"))
    site.parts.staff.silences.decide("acme", "children.minimum_age", "told", "Kim adds it in the next version.", 1)
    return turns


def test_every_page_of_review_is_for_everybody(page_of: SignedIn, site: Site, asked: list[int]) -> None:
    """axe finds nothing, nothing sticks out; their pictures are kept. Others are in test_every_page.py."""
    who = staff(site.parts, "privacy_officer", name="Pia")
    if not site.parts.staff.samples.all():
        site.parts.staff.samples.make("May, first look", size=4, seed=7, by=who.id)
        for reviewer, verdicts in ((who.id, ["right", "tone", "right", "right"]), (99, ["right", "right", "right", "tone"])):
            chosen = sorted(turn for turn in _sample_turns(site.parts))
            for turn, verdict in zip(chosen, verdicts, strict=True):
                site.parts.staff.reviews.record(turn, reviewer, verdict)
        quote = quote_of(site.parts, "We never sell personal data.")
        site.parts.staff.corrections.propose(asked[0], who.id, [
            Proposal("answer", "Do you pass it on for money?", "2026-01-15", ((quote["start"], quote["end"]),)),
            Proposal("teach", "is 15 too young?", target="aspect:children.minimum_age"), Proposal("silence", "do you fly drones"),
        ])  # fmt: skip
    page, found = page_of("privacy_officer", name="Pia"), {}

    for name, path in {
        "queue": f"review?turn={asked[0] - 2}", "correct": f"review/turns/{asked[0] - 2}/correct",
        "sample": "review/samples/1", "corrections": "review/corrections", "silence": "silence",
    }.items():  # fmt: skip
        page.goto(f"{site.console}/{path}")
        found[name] = faults_in_looks(page, f"review-{name}")

    assert {name: faults for name, faults in found.items() if faults} == {}


def _sample_turns(parts: Services) -> list[int]:
    from sqlalchemy import select
    from sqlalchemy.orm import Session

    from candor.transcripts.models import SampleTurnRow

    with Session(parts.engine) as session:
        return list(session.scalars(select(SampleTurnRow.turn_id)))


def shown(page: Page) -> int:
    return int(page.locator("[data-turn]").get_attribute("data-turn") or 0)


def test_the_queue_is_worked_through_by_keyboard_alone(page_of: SignedIn, site: Site, asked: list[int]) -> None:
    """1 to 6 judge, n writes a note, s skips, j and k go on and back, ? shows the keys, c corrects."""
    page = page_of("reviewer", name="Kay")
    who = staff(site.parts, "reviewer", name="Kay").id
    page.goto(f"{site.console}/review")
    first = shown(page)

    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("1")  # not while the keys are shown
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()
    page.keyboard.press("n")
    page.keyboard.type("12345 short")
    page.keyboard.press("Escape")
    page.keyboard.press("2")
    page.wait_for_url("**done=judged**")
    second = shown(page)
    page.keyboard.press("s")
    page.wait_for_url(f"**after={second}")
    third = shown(page)
    page.keyboard.press("k")
    page.wait_for_url(f"**turn={second}")
    page.keyboard.press("j")
    page.wait_for_url(f"**turn={third}")
    page.keyboard.press("c")
    expect(page.get_by_role("heading", name="What should it have said?")).to_be_visible()

    assert first > second > third
    given = site.parts.staff.reviews.of_turns([first, second, third])
    mine = {turn: [(one.verdict, one.note) for one in found if one.reviewer == who] for turn, found in given.items()}
    assert mine[first] == [("wrong_passage", "12345 short")]
    assert all(not found for turn, found in mine.items() if turn != first)


def test_a_correction_is_proposed_by_search_and_tick(page_of: SignedIn, site: Site, asked: list[int]) -> None:
    """The passages narrow while one types; to tick one says how it should have answered."""
    page = page_of("reviewer", name="Kay")
    page.goto(f"{site.console}/review/turns/{asked[0]}/correct")

    page.get_by_label("Find in the policy").fill("never sell")
    expect(page.get_by_label("We collect your name")).to_be_hidden()
    page.get_by_label("We never sell personal data.").check()
    expect(page.get_by_label("It should have answered with this:")).to_be_checked()
    page.get_by_label("The question, as anybody could ask it").fill("Would you ever pass it on for money?")
    page.get_by_role("button", name="Propose the correction").click()

    expect(page.get_by_text("Proposed. A privacy officer decides about it.")).to_be_visible()
    expect(page.get_by_role("heading", name="Would you ever pass it on for money?")).to_be_visible()
    expect(page.get_by_role("button", name="Accept")).to_have_count(0)


def test_review_works_without_a_script(browser: object, page_of: SignedIn, site: Site, asked: list[int]) -> None:
    """The same links and buttons, as plain forms."""
    page = page_of("reviewer", name="Noel")
    cookies = page.context.cookies()
    plain = page.context.browser.new_context(java_script_enabled=False)  # type: ignore[union-attr]
    plain.add_cookies(cookies)  # type: ignore[arg-type]
    page = plain.new_page()
    page.goto(f"{site.console}/review?kind=not_in_policy")
    first = shown(page)

    page.get_by_role("button", name="Should have answered").click()
    second = shown(page)
    page.get_by_role("link", name="Skip s").click()

    assert first > second > shown(page)
    assert page.url.endswith(f"kind=not_in_policy&after={second}")
    plain.close()


def test_the_report_prints_without_its_controls(page_of: SignedIn, site: Site, asked: list[int]) -> None:
    """The document that the privacy team wants: the lines, and no buttons."""
    page = page_of("privacy_officer", name="Pia")
    page.goto(f"{site.console}/silence")

    page.emulate_media(media="print")

    expect(page.get_by_role("rowheader").first).to_be_visible()
    for control in ("Download as CSV", "All its conversations", "Decide"):
        expect(page.get_by_text(control).first).to_be_hidden()
    pictures(page, "review-silence-print")
