"""The queue and the page of a request: who sees which, what stands there, and what is noted of who looked."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import update
from sqlalchemy.orm import Session

from candor.accounts.audit import Entry
from candor.services import Services
from candor.tickets.models import OutboxRow, TicketRow
from candor.tickets.queue import PAGE_SIZE
from tests.candor.console.conftest import SignIn
from tests.candor.console.opened_requests import events, opened, row, seen

HOSTILE = '<script>alert("x")</script> {{7*7}} \u202etxt =cmd()'


def noted(parts: Services, action: str) -> list[Entry]:
    return parts.staff.audit.entries(action=action)


@pytest.mark.parametrize("path", ["requests", "requests/{}", "requests/{}/complete", "requests/figures", "requests?company=acme"])
@pytest.mark.parametrize("role", ["reviewer", "admin"])
def test_who_does_not_work_on_requests_sees_none(parts: Services, sign_in: SignIn, path: str, role: str) -> None:
    """Neither in a list nor by a number they know."""
    number = opened(parts)

    answered = sign_in(role).get(path.format(number))

    assert answered.status_code == 403
    assert number not in answered.text
    assert ">Requests<" not in answered.text


@pytest.mark.parametrize(
    "path", ["requests/{}", "requests/{}/refuse", "requests?company=globex", "requests/figures?company=globex"]
)
def test_another_companys_requests_are_refused_and_not_shown(parts: Services, sign_in: SignIn, path: str) -> None:
    """By its number too, and nothing of it stands on the page."""
    number = opened(parts, company="globex", details="sentinelword")
    desk = sign_in("agent", company="acme")

    answered = desk.get(path.format(number))

    assert answered.status_code == 403
    assert not any(word in answered.text for word in (number, "sentinelword", "Globex", "a…@"))
    assert number not in desk.get("requests").text
    assert noted(parts, "request.read") == []


@pytest.mark.parametrize("step", ["reveal", "complete", "note", "assign"])
def test_another_companys_requests_cannot_be_changed(parts: Services, sign_in: SignIn, step: str) -> None:
    """A form can be sent to any address."""
    number = opened(parts, company="globex")
    before = events(parts, number)

    answered = sign_in("agent", company="acme").submit(
        f"requests/{number}/{step}", words="Mine now.", go="send", reason="because", **seen(parts, number)
    )

    assert answered.status_code == 403
    assert events(parts, number) == before


def test_the_queue_is_by_due_date_with_the_article_beside_it(parts: Services, sign_in: SignIn) -> None:
    """The most urgent first; how near a date is stands there in words."""
    fresh = opened(parts, residence="US-CA")
    late = opened(parts, days_ago=45)
    soon = opened(parts, days_ago=29, request_type="opt_out_of_sale", residence="DE")

    page = sign_in("agent").get("requests").text

    assert page.index(late) < page.index(soon) < page.index(fresh)
    assert "Overdue by " in page
    assert "Art. 12(3) GDPR" in page
    assert "11 CCR § 7021(b) CCPA" in page


def test_the_queue_names_nobody_who_asks(parts: Services, sign_in: SignIn) -> None:
    """Not even masked: nobody needs it there."""
    opened(parts, details="sentinelword")

    page = sign_in("privacy_officer").get("requests").text

    assert "example.com" not in page
    assert "sentinelword" not in page


def test_waiting_is_told_with_what_it_does_to_the_clock(parts: Services, sign_in: SignIn) -> None:
    """Under UK law it stands still, under the GDPR it goes on."""
    british, german = opened(parts, residence="GB", request_type="access"), opened(parts)
    for number in (british, german):
        parts.requests.staff_desk.ask_requester(number, "Which account?", "staff:bo")
    desk = sign_in("agent")

    page = desk.get("requests").text

    assert "The clock stands still" in page
    assert "The clock goes on" in page
    assert "The clock stands still for the requester&#39;s answer" in desk.get(f"requests/{british}").text
    assert "does not stop the clock here" in desk.get(f"requests/{german}").text


def test_filters_and_counts_agree(parts: Services, sign_in: SignIn) -> None:
    """Each count leads to a list that is as long."""
    late, proven = opened(parts, days_ago=45), opened(parts, days_ago=5)
    waiting = opened(parts, proven=False)
    silent = opened(parts, proven=False, residence="US-CA")
    desk = sign_in("agent")
    parts.requests.staff_desk.assign(proven, desk.account.actor, desk.account.actor)
    lists = {
        "due=overdue": {late}, "state=awaiting_identity": {waiting, silent}, "due=acknowledge": {silent}, "whose=me": {proven},
        "whose=nobody": {late, waiting, silent}, "law=ccpa": {silent}, "type=deletion": {late, proven, waiting, silent},
        "company=globex": set(), "due=today": set(),
    }  # fmt: skip

    found = {
        query: {number for number in (late, proven, waiting, silent) if number in desk.get(f"requests?{query}").text}
        for query in lists
    }

    assert found == lists
    assert '1<span class="unseen"> due today or overdue</span>' in desk.get("./").text


def test_counts_are_of_the_own_company(parts: Services, sign_in: SignIn) -> None:
    """How busy another company is, is its own affair."""
    opened(parts, company="globex", days_ago=45)

    assert "due today or overdue" not in sign_in("agent", company="acme").get("./").text


def test_who_does_not_work_on_requests_has_no_counts_of_them(sign_in: SignIn) -> None:
    """The first page shows what waits for this person."""
    assert "due today or overdue" not in sign_in("reviewer").get("./").text


@pytest.mark.parametrize("typed", ["{}", "{lower}", " {spaced} ", "#{}"])
def test_a_number_is_found_however_it_is_typed(parts: Services, sign_in: SignIn, typed: str) -> None:
    """Read aloud on the phone, in small letters, with spaces."""
    number = opened(parts)
    desk = sign_in("agent")

    answered = desk.get("requests", params={"q": typed.format(number, lower=number.lower(), spaced=number.replace("-", " "))})

    assert answered.headers["location"] == f"/console/requests/{number}"
    assert desk.get(f"requests/{number.lower()}").headers["location"] == f"/console/requests/{number}"


def test_what_is_no_number_and_a_number_of_nothing_get_kind_answers(sign_in: SignIn) -> None:
    """They say how a number is written."""
    desk = sign_in("agent")

    assert "That is not the number of a request" in desk.get("requests", params={"q": HOSTILE}).text
    missing = desk.get("requests/R-0000-0000")
    assert missing.status_code == 404
    assert "There is no request with this number" in missing.text


@pytest.mark.parametrize("query", ["state=none", "type=x", "due=whenever", "whose=eve", "closed=perhaps"])
def test_filters_that_do_not_exist_are_refused(sign_in: SignIn, query: str) -> None:
    """As pages, not as faults."""
    assert sign_in("agent").get(f"requests?{query}").status_code == 422


@pytest.mark.parametrize("after", ["x", "2026-01-01~1", "~", "2026-01-01T00:00:00+00:00~99999999999999999999", "9" * 5000])
def test_a_place_in_the_list_that_cannot_be_read_is_the_beginning(parts: Services, sign_in: SignIn, after: str) -> None:
    """An old or mangled address of a page still shows requests."""
    number = opened(parts)

    assert number in sign_in("agent").get("requests", params={"after": after}).text


def test_closed_requests_are_read_page_by_page_and_none_twice(parts: Services, sign_in: SignIn) -> None:
    """The newest first; each is on exactly one page."""
    numbers = [opened(parts) for _ in range(PAGE_SIZE + 3)]
    for number in numbers:
        parts.requests.staff_desk.complete(number, "Done.", "staff:bo")
    with Session(parts.engine) as session, session.begin():  # all in the same instant: then the id decides
        session.execute(update(TicketRow).values(closed_at=datetime.now(UTC)))
    desk = sign_in("agent")

    first = desk.get("requests?closed=1").text
    following = first.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&").removeprefix("/console/")
    second = desk.get(following).text

    found = [{number for number in numbers if number in page} for page in (first, second)]
    assert [len(each) for each in found] == [PAGE_SIZE, 3]
    assert found[0] | found[1] == set(numbers)
    assert 'rel="next"' not in second


def test_opening_a_request_is_noted_and_seeing_the_list_is_not(parts: Services, sign_in: SignIn) -> None:
    """Who read what a requester wrote is known; whose it was stands nowhere in the log."""
    number = opened(parts)
    desk = sign_in("agent")

    desk.get("requests")
    assert noted(parts, "request.read") == []
    desk.get(f"requests/{number}")

    (entry,) = noted(parts, "request.read")
    assert (entry.actor, entry.subject, entry.company) == (desk.account.actor, f"request {number}", "acme")
    assert parts.staff.audit.verify().broken_at is None


def test_a_page_names_who_did_what_and_what_became_of_the_letters(parts: Services, sign_in: SignIn) -> None:
    """People by their names, and letters that did not arrive with the reason."""
    number = opened(parts)
    desk = sign_in("agent", name="Bea")
    parts.requests.staff_desk.note(number, "Looked.", desk.account.actor)
    parts.requests.staff_desk.note(number, "Looked too.", "slack:U99")
    parts.requests.staff_desk.note(number, "And me.", "staff:bo")
    with Session(parts.engine) as session, session.begin():
        session.execute(update(OutboxRow).values(state="dead", last_error="the mail server did not answer"))

    page = desk.get(f"requests/{number}").text

    assert all(name in page for name in ("<bdi>Bea</bdi>", "U99, in Slack", "bo, in the terminal", "The requester", "Candor"))
    assert "account:" not in page.split('<ol class="timeline">')[1].split("</ol>")[0]
    assert "Letter: given up (the mail server did not answer)" in page


def test_a_request_says_that_the_browser_sent_global_privacy_control(parts: Services, sign_in: SignIn) -> None:
    """Staff see it with the request, in plain words."""
    number = opened(parts, request_type="opt_out_of_sale", gpc=True)

    page = sign_in("agent").get(f"requests/{number}").text

    assert "The browser sent Global Privacy Control: it asks not to sell or share this person&#39;s data" in page


@pytest.mark.parametrize(("code", "name"), [("DE", "Germany"), ("US-CA", "California (United States)")])
def test_where_the_requester_lives_is_told_by_name(parts: Services, sign_in: SignIn, code: str, name: str) -> None:
    """As the chat and the letters say it; a code is for machines."""
    number = opened(parts, residence=code)

    assert f"Lives in {name}." in sign_in("agent").get(f"requests/{number}").text


def test_who_asks_is_masked_and_shown_for_a_reason_that_is_noted(parts: Services, sign_in: SignIn) -> None:
    """Once, and never in an address that a browser keeps."""
    number = opened(parts, email="ada@example.org")
    desk = sign_in("agent")
    masked = desk.get(f"requests/{number}").text

    shown = desk.submit(f"requests/{number}/reveal", reason="They phoned from another address")

    assert "a…@example.org" in masked
    assert "ada@example.org" not in masked
    assert "ada@example.org" in shown.text
    assert "ada@example.org" not in desk.get(f"requests/{number}").text
    (entry,) = noted(parts, "request.reveal")
    assert entry.details == {"reason": "They phoned from another address"}


@pytest.mark.parametrize("reason", ["", "   x ", "It is ADA@example.org", "long " * 60])
def test_without_a_reason_nobody_is_shown(parts: Services, sign_in: SignIn, reason: str) -> None:
    """A reason that names the requester would put them into the log."""
    number = opened(parts, email="ada@example.org")

    answered = sign_in("agent").submit(f"requests/{number}/reveal", reason=reason)

    assert answered.status_code == 422
    assert ">ada@example.org<" not in answered.text
    assert noted(parts, "request.reveal") == []


def test_hostile_words_are_text(parts: Services, sign_in: SignIn) -> None:
    """Whoever wrote them, requester or colleague."""
    number = opened(parts, details=HOSTILE)
    desk = sign_in("agent", name="<b>Ada</b>")
    parts.requests.staff_desk.note(number, HOSTILE, desk.account.actor)

    page = desk.get(f"requests/{number}").text

    assert page.count("&lt;script&gt;alert(&#34;x&#34;)&lt;/script&gt; {{7*7}}") == 2
    assert "<script>alert" not in page
    assert "<b>Ada</b>" not in page


def test_a_request_that_was_erased_meanwhile_says_so_and_takes_no_steps(parts: Services, sign_in: SignIn) -> None:
    """What was done stays; there is nobody left to answer."""
    number = opened(parts, details="sentinelword")
    parts.requests.staff_desk.complete(number, "Done.", "staff:bo")
    desk = sign_in("agent")
    form = seen(parts, number)
    with Session(parts.engine) as session, session.begin():
        session.execute(update(TicketRow).values(closed_at=datetime.now(UTC) - timedelta(days=900)))
    parts.requests.retention.erase(datetime.now(UTC))

    page = desk.get(f"requests/{number}").text
    answered = desk.submit(f"requests/{number}/reopen", words="Once more.", go="send", **form)

    assert "has been erased" in page
    assert "sentinelword" not in page
    assert "Reopen" not in page
    assert (answered.status_code, row(parts, number).status) == (409, "completed")
    assert "Once more." in answered.text


def test_the_conversation_is_linked_while_it_is_there(parts: Services, sign_in: SignIn) -> None:
    """And for who may read conversations."""
    conversation = parts.conversations.transcripts.begin(company="acme", channel="web").id
    number = opened(parts, conversation=conversation)
    desk = sign_in("agent")

    assert f'href="/console/conversations/{conversation}"' in desk.get(f"requests/{number}").text
    parts.conversations.transcripts.forget(conversation)
    assert conversation not in desk.get(f"requests/{number}").text


def test_repetitions_are_linked_both_ways(parts: Services, sign_in: SignIn) -> None:
    """From each to the other."""
    first, second = opened(parts), opened(parts)
    parts.requests.staff_desk.mark_duplicate(second, first, "staff:bo")
    desk = sign_in("agent")

    assert f'Duplicate of <a class="mono" href="/console/requests/{first}"' in desk.get(f"requests/{second}").text
    assert f'Duplicates: <a class="mono" href="/console/requests/{second}"' in desk.get(f"requests/{first}").text


def test_nobody_signed_in_is_asked_to(nobody: TestClient, parts: Services) -> None:
    """And led to the request afterwards."""
    number = opened(parts)

    assert nobody.get(f"requests/{number}").headers["location"] == f"/console/sign-in?next=/console/requests/{number}"
