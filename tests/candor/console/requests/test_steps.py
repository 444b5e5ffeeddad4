"""The steps of a request through its pages: previewed, sent once, and never on top of what somebody else did."""

from __future__ import annotations

import html
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from candor.services import Services
from candor.tickets.models import TicketRow
from tests.candor.console.conftest import SignIn
from tests.candor.console.opened_requests import events, letters, opened, row, seen

HOSTILE = '<script>alert("x")</script> {{7*7}} {% raw %} \u202etxt =cmd() \x00\x07'
WRITES = ["complete", "refuse", "ask_requester", "extend"]


def shown(page: str) -> str:
    """The letter on a page of preview, as its requester would read it."""
    return html.unescape(re.split(r"<pre[^>]*>", page)[1].split("</pre>")[0])


@pytest.mark.parametrize("step", WRITES)
def test_a_preview_shows_the_letter_and_sends_nothing(parts: Services, sign_in: SignIn, step: str) -> None:
    """As it would go out, and the request stays as it was."""
    number = opened(parts)
    before = events(parts, number), letters(parts, number)

    page = sign_in("agent").submit(f"requests/{number}/{step}", words="In plain words.", **seen(parts, number))

    assert page.status_code == 200
    assert "In plain words." in shown(page.text)
    assert "Nothing has been sent yet" in page.text
    assert (events(parts, number), letters(parts, number)) == before
    assert row(parts, number).status == "open"
    assert parts.staff.audit.entries(action=f"request.{step}") == []


@pytest.mark.parametrize("step", WRITES)
def test_sending_takes_the_step_once_and_notes_who_did_it(parts: Services, sign_in: SignIn, step: str) -> None:
    """A double click, or the browser's way back, sends nothing twice."""
    number = opened(parts)
    desk, form = sign_in("agent"), seen(parts, number)

    first = desk.submit(f"requests/{number}/{step}", words="In plain words.", go="send", **form)
    second = desk.submit(f"requests/{number}/{step}", words="In plain words.", go="send", **form)

    assert [first.headers["location"], second.headers["location"]] == [f"/console/requests/{number}?done={step}"] * 2
    assert events(parts, number).count(step) == 1
    assert len(letters(parts, number)) == 2  # that it is open, and this
    assert parts.requests.staff_desk.details(number).events[-1].actor == desk.account.actor
    (entry,) = parts.staff.audit.entries(action=f"request.{step}")
    assert (entry.actor, entry.subject, entry.company) == (desk.account.actor, f"request {number}", "acme")


@pytest.mark.parametrize("step", [*WRITES, "note"])
def test_who_comes_second_is_told_what_happened_and_keeps_their_words(parts: Services, sign_in: SignIn, step: str) -> None:
    """Nothing of theirs is done."""
    number = opened(parts)
    form = seen(parts, number)
    parts.requests.staff_desk.note(number, "I am on the phone with them.", sign_in("agent", name="Bea").account.actor)

    answered = sign_in("agent").submit(f"requests/{number}/{step}", words="My long explanation.", go="send", **form)

    assert answered.status_code == 409
    assert all(
        said in answered.text for said in ("Somebody was faster", "I am on the phone with them.", "My long explanation.", "Bea")
    )
    assert events(parts, number)[-1] == "note"
    again = re.search(r'name="seen" value="(\d+)"', answered.text)
    assert again
    sent = sign_in("agent").submit(
        f"requests/{number}/{step}", words="My long explanation.", go="send", seen=again[1], form=form["form"]
    )
    assert sent.status_code == 303


def test_a_preview_of_a_stale_form_says_so_too(parts: Services, sign_in: SignIn) -> None:
    """Before anybody reads a letter that will not go out."""
    number = opened(parts)
    form = seen(parts, number)
    parts.requests.staff_desk.complete(number, "Deleted.", "staff:bo")

    answered = sign_in("agent").submit(f"requests/{number}/refuse", words="My grounds.", **form)

    assert answered.status_code == 409
    assert "My grounds." in answered.text
    assert "This step is not possible any more" in answered.text


def test_back_keeps_the_words(parts: Services, sign_in: SignIn) -> None:
    """All of them, with their lines."""
    number = opened(parts)
    words = "First line.\r\n\r\n  Second <line> & more."

    page = sign_in("agent").submit(f"requests/{number}/refuse", words=words, go="back", **seen(parts, number)).text

    assert (
        html.unescape(re.split(r"<textarea[^>]*>", page)[1].split("</textarea>")[0]) == "\nFirst line.\n\n  Second <line> & more."
    )


@pytest.mark.parametrize("step", [*WRITES, "start", "reopen", "note"])
@pytest.mark.parametrize("go", ["preview", "send"])
def test_a_step_without_its_words_asks_for_them(parts: Services, sign_in: SignIn, step: str, go: str) -> None:
    """A refusal needs its grounds, a note something to say."""
    number = opened(parts, proven=step != "start")
    if step == "reopen":
        parts.requests.staff_desk.complete(number, "Done.", "staff:bo")
    before = events(parts, number)

    answered = sign_in("agent").submit(f"requests/{number}/{step}", words=" \r\n ", go=go, **seen(parts, number))

    assert answered.status_code == 422
    assert 'role="alert"' in answered.text
    assert events(parts, number) == before


def test_words_that_are_too_long_are_kept_and_not_sent(parts: Services, sign_in: SignIn) -> None:
    """Ten thousand characters stand in the form again."""
    number, words = opened(parts), "word " * 2000

    answered = sign_in("agent").submit(f"requests/{number}/complete", words=words, go="send", **seen(parts, number))

    assert answered.status_code == 422
    assert words in answered.text
    assert "longer than 4000 characters" in answered.text


def test_hostile_words_stand_in_preview_and_request_as_text(parts: Services, sign_in: SignIn) -> None:
    """No page runs them, and no letter reads them as a template."""
    number, desk = opened(parts), sign_in("agent")

    preview = desk.submit(f"requests/{number}/refuse", words=HOSTILE, **seen(parts, number)).text
    desk.submit(f"requests/{number}/refuse", words=HOSTILE, go="send", **seen(parts, number))
    page = desk.get(f"requests/{number}").text

    for text in (preview, page):
        assert "<script>alert" not in text
        assert "\x00" not in text
        assert "{{7*7}} {% raw %}" in text
    assert "<script>" in shown(preview)


def test_only_what_is_possible_is_offered_and_one_step_stands_out(parts: Services, sign_in: SignIn) -> None:
    """By the table of states; nothing else can be sent either."""
    proven, unproven, late = opened(parts), opened(parts, proven=False), opened(parts, days_ago=45)
    desk = sign_in("agent")

    def offered(number: str) -> tuple[set[str], list[str]]:
        page = desk.get(f"requests/{number}").text.split('aria-label="Next steps"')[1].split("</nav>")[0]
        return set(re.findall(rf'{number}/(\w+)"', page)), re.findall(rf'primary" href="[^"]*{number}/(\w+)"', page)

    assert offered(proven) == (
        {"complete", "ask_requester", "extend", "refuse", "withdraw", "mark_duplicate"}, ["complete"],
    )  # fmt: skip
    assert offered(unproven) == (
        {"send_code", "prove", "start", "refuse", "withdraw", "mark_duplicate"}, ["send_code"],
    )  # fmt: skip
    assert offered(late)[0] == offered(proven)[0] - {"extend"}
    answered = desk.submit(f"requests/{unproven}/complete", words="Done.", go="send", **seen(parts, unproven))
    assert (answered.status_code, row(parts, unproven).status) == (422, "awaiting_identity")


def test_more_time_says_until_when_or_why_not(parts: Services, sign_in: SignIn) -> None:
    """The law's longest date; after its last day the reason."""
    number, late = opened(parts), opened(parts, days_ago=45)
    opt_out = opened(parts, request_type="opt_out_of_sale", residence="US-CA")
    desk = sign_in("agent")
    clock = parts.requests.staff_desk.details(number).clock
    assert clock is not None
    assert clock.extended is not None

    assert f"Until {clock.extended.on.day} {clock.extended.on:%B %Y}" in desk.get(f"requests/{number}/extend").text
    refused = desk.get(f"requests/{late}/extend").text
    assert "the last day to tell the requester of more time was" in refused
    assert "<textarea" not in refused
    assert "CCPA gives no more time" in desk.get(f"requests/{opt_out}/extend").text
    answered = desk.submit(f"requests/{opt_out}/extend", words="Busy.", go="send", **seen(parts, opt_out))
    assert (answered.status_code, "CCPA gives no more time" in answered.text) == (422, True)


def test_what_is_told_of_an_unproven_address_is_only_that_there_is_news(parts: Services, sign_in: SignIn) -> None:
    """The preview shows the letter that will really go."""
    number = opened(parts, proven=False)

    page = sign_in("agent").submit(f"requests/{number}/refuse", words="Nobody proved anything.", **seen(parts, number)).text

    assert "Nobody proved anything." not in shown(page)
    assert "There is news about request" in shown(page)
    assert "Nobody proved anything." in page


def test_without_an_address_the_page_says_that_no_letter_goes(parts: Services, sign_in: SignIn) -> None:
    """Staff then tell the requester by another way."""
    number = opened(parts, email=None)

    page = sign_in("agent").submit(f"requests/{number}/refuse", words="We cannot find you.", **seen(parts, number)).text

    assert "No letter goes out: no address was given" in page


def test_a_repetition_is_linked_within_its_company_only(parts: Services, sign_in: SignIn) -> None:
    """A number of another company is answered like one of nothing useful."""
    number, first, foreign = opened(parts), opened(parts), opened(parts, company="globex")
    desk = sign_in("agent", company="acme")

    def send(other: str) -> Any:
        return desk.submit(f"requests/{number}/mark_duplicate", other=other, go="send", **seen(parts, number))

    assert [send(other).status_code for other in (foreign, number, "R-0000-0000", "", HOSTILE)] == [422] * 5
    assert send(f" {first.lower()} ").status_code == 303
    assert parts.requests.staff_desk.details(number).first == first


def test_work_is_taken_given_and_given_back(parts: Services, sign_in: SignIn) -> None:
    """Each is an event; only who may work on it gets it."""
    number = opened(parts)
    ada, bea = sign_in("agent"), sign_in("agent", name="Bea", company="acme")
    outsider, reviewer = sign_in("agent", name="Gus", company="globex"), sign_in("reviewer", name="Rae")

    def give(to: str) -> int:
        return int(ada.submit(f"requests/{number}/assign", other=to, **seen(parts, number)).status_code)

    assert give(ada.account.actor) == 303
    assert row(parts, number).assignee == ada.account.actor
    assert "(you)" in ada.get("requests").text
    assert give(bea.account.actor) == 303
    assert [give(one.account.actor) for one in (outsider, reviewer)] == [422, 422]
    assert give("account:999") == 422
    assert row(parts, number).assignee == bea.account.actor
    assert give("") == 303
    page = ada.get(f"requests/{number}").text
    assert [said in page for said in ("Took it", "Gave it to Bea", "nobody&#39;s work")] == [True] * 3
    assert len(parts.staff.audit.entries(action="request.assign")) == 3


def test_two_who_take_the_same_request_do_not_both_have_it(parts: Services, sign_in: SignIn) -> None:
    """From the queue, with one click each: who is second is told who has it."""
    number = opened(parts)
    form = {"seen": parts.requests.staff_desk.details(number).newest, "to": "queue"}
    ada, bea = sign_in("agent"), sign_in("agent", name="Bea")

    first = ada.submit(f"requests/{number}/assign", other=ada.account.actor, form="f1", **form)
    second = bea.submit(f"requests/{number}/assign", other=bea.account.actor, form="f2", **form)

    assert (first.status_code, first.headers["location"]) == (303, "/console/requests?done=assign")
    assert (second.status_code, "Took it" in second.text) == (409, True)
    assert row(parts, number).assignee == ada.account.actor


def test_an_acknowledgement_is_noted(parts: Services, sign_in: SignIn) -> None:
    """It is offered only where it is required, and then required no more."""
    number, desk = opened(parts, proven=False, residence="US-CA"), sign_in("agent")
    assert "Not acknowledged yet" in desk.get("requests").text

    desk.submit(f"requests/{number}/acknowledge", words="By phone.", **seen(parts, number))

    assert "Not acknowledged yet" not in desk.get("requests").text
    assert f"{number}/acknowledge" not in desk.get(f"requests/{number}").text
    assert events(parts, number)[-1] == "acknowledged"


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"seen": "x"}, 422),
        ({"seen": -1}, 422),
        ({"seen": 10**30}, 422),
        ({"seen": 0}, 409),
        ({"go": "elsewhere"}, 200),
        ({"form": "f" * 5000}, 200),
    ],
)
def test_mangled_forms_do_nothing(parts: Services, sign_in: SignIn, fields: dict[str, Any], status: int) -> None:
    """They are refused, or end at the preview."""
    number = opened(parts)
    before = events(parts, number)

    answered = sign_in("agent").submit(f"requests/{number}/complete", words="Done.", **(seen(parts, number) | fields))

    assert (answered.status_code, events(parts, number)) == (status, before)


def test_a_step_that_does_not_exist_is_a_page_that_does_not(parts: Services, sign_in: SignIn) -> None:
    """Also the steps that are none of staff's."""
    number, desk = opened(parts), sign_in("agent")

    assert [desk.get(f"requests/{number}/{step}").status_code for step in ("verify", "accept", "dance")] == [404] * 3
    assert desk.submit(f"requests/{number}/verify", words="x", go="send").status_code == 404


def test_a_form_whose_session_has_ended_changes_nothing(parts: Services, sign_in: SignIn) -> None:
    """It is answered with the sign-in page, which keeps what was typed; so does the draft."""
    number, desk = opened(parts), sign_in("agent")
    form = seen(parts, number)
    parts.staff.sessions.end_all(desk.account.id)

    answered = desk.submit(f"requests/{number}/complete", words="Done.", go="send", **form)

    assert (answered.status_code, row(parts, number).status) == (401, "open")
    assert 'data-draft="request ' in sign_in("agent").get(f"requests/{number}/complete").text


def test_dates_are_explained_where_something_moved_them(parts: Services, sign_in: SignIn) -> None:
    """Waiting that did not count, more time that was told, a promise of the policy."""
    number, desk = opened(parts, request_type="access", residence="GB", days_ago=20), sign_in("agent")
    parts.requests.staff_desk._clock = lambda: datetime.now(UTC) - timedelta(days=10)
    parts.requests.staff_desk.ask_requester(number, "Which account?", "staff:bo")
    parts.requests.staff_desk._clock = lambda: datetime.now(UTC)
    parts.requests.staff_desk.answer(number, "ada1", "staff:bo")
    with Session(parts.engine) as session, session.begin():
        session.execute(update(TicketRow).values(promised_days=200))

    page = desk.get(f"requests/{number}").text
    desk.submit(f"requests/{number}/extend", words="Many systems.", go="send", **seen(parts, number))
    extended = desk.get(f"requests/{number}").text

    assert "those days do not count" in page
    assert "The policy itself promises 200 days" in page
    assert "Have the policy mended" in page
    assert "if the requester is told why by" in page
    assert "No law allows to take more time twice" in extended


def test_an_unproven_request_is_proven_first_and_skipping_comes_last(parts: Services, sign_in: SignIn) -> None:
    """The button that stands out sends a code; other proofs are named, and what was seen stays with the request."""
    desk, number, other = sign_in("agent"), opened(parts, proven=False), opened(parts, proven=False)

    page = desk.get(f"requests/{number}").text
    sent = desk.submit(f"requests/{number}/send_code", **seen(parts, number))
    unchosen = desk.submit(f"requests/{other}/prove", words="Seen.", go="send", **seen(parts, other))
    proven = desk.submit(f"requests/{other}/prove", words="Passport seen.", other="document", go="send", **seen(parts, other))

    assert page.index("Send a new code") < page.index("Record another proof") < page.index("Skip the check")
    assert (sent.status_code, row(parts, number).status) == (303, "awaiting_identity")
    assert letters(parts, number).count("code") == 2
    assert (unchosen.status_code, proven.status_code, row(parts, other).status) == (422, 303, "open")
    assert "Identity proven: identity document seen" in desk.get(f"requests/{other}").text


def test_a_refusal_offers_the_grounds_of_its_law(parts: Services, sign_in: SignIn) -> None:
    """The letter that is shown before it goes gives the chosen one with its article, the authority and the court."""
    desk, number = sign_in("agent"), opened(parts)

    form = desk.get(f"requests/{number}/refuse").text
    preview = desk.submit(
        f"requests/{number}/refuse", words="Tax law asks for ten years.", other="duty", go="preview", **seen(parts, number)
    ).text

    assert 'value="duty"' in form
    assert "Art. 17(3)(b)" in form
    assert 'value="not_portable"' not in form
    assert "We must keep these data to meet a legal obligation (Art. 17(3)(b) GDPR)." in preview
    assert "Art. 77 GDPR" in preview
    assert "seek a judicial remedy" in preview
    assert 'name="other" value="duty"' in preview


def test_an_answer_that_speaks_of_an_attachment_is_stopped(parts: Services, sign_in: SignIn) -> None:
    """Before the letter is shown, with what to write instead."""
    desk, number = sign_in("agent"), opened(parts)

    answered = desk.submit(f"requests/{number}/complete", words="Your copy is attached.", go="preview", **seen(parts, number))

    assert answered.status_code == 422
    assert "no file goes with it" in answered.text
    assert "Your copy is attached." in answered.text
