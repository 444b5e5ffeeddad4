"""One step for several requests: only what all allow, previewed, each on its own, reported one by one."""

from __future__ import annotations

import re
from typing import Any

import pytest

from candor.services import Services
from tests.candor.console.conftest import Desk, SignIn
from tests.candor.console.opened_requests import events, letters, opened, row


def picks(parts: Services, *numbers: str) -> list[str]:
    return [f"{number}:{parts.requests.staff_desk.details(number).newest}" for number in numbers]


def bulk(desk: Desk, picked: list[str], **fields: Any) -> Any:
    return desk.submit("requests/bulk", pick=picked, **{"form": "one", **fields})


def test_only_what_all_of_them_allow_is_offered(parts: Services, sign_in: SignIn) -> None:
    """Of an open one and one that waits for identity, none can be completed."""
    ready, unproven = opened(parts), opened(parts, proven=False, residence="US-CA")
    desk = sign_in("agent")

    def offered(*numbers: str) -> set[str]:
        return set(re.findall(r'<button name="step" value="(\w+)"', bulk(desk, picks(parts, *numbers)).text))

    assert offered(ready) == {"note", "complete", "refuse"}
    assert offered(unproven) == {"note", "acknowledge", "refuse"}
    assert offered(ready, unproven) == {"note", "refuse"}
    assert bulk(desk, picks(parts, ready, unproven), step="complete", words="Done.", go="preview").status_code == 422
    assert row(parts, ready).status == "open"


def test_several_are_refused_with_the_same_words_after_a_look(parts: Services, sign_in: SignIn) -> None:
    """The preview lists each, shows one letter, and sends nothing."""
    numbers = [opened(parts), opened(parts, request_type="access"), opened(parts, email=None)]
    desk, picked = sign_in("agent"), picks(parts, *numbers)

    empty = bulk(desk, picked, step="refuse", words="  ", go="preview")
    preview = bulk(desk, picked, step="refuse", words="We must keep it.", go="preview")
    before = [events(parts, number)[-1] for number in numbers]
    report = bulk(desk, picked, step="refuse", words="We must keep it.", go="send")
    again = bulk(desk, picked, step="refuse", words="We must keep it.", go="send")

    assert empty.status_code == 422
    assert all(number in preview.text for number in numbers)
    assert "2 letters go out" in preview.text
    assert preview.text.count("We must keep it.") == 2  # the one letter, and the form's own
    assert "No letter" in preview.text
    assert "refuse" not in before
    assert [(page.status_code, page.text.count(">Done<")) for page in (report, again)] == [(200, 3), (200, 3)]
    assert [row(parts, number).status for number in numbers] == ["refused"] * 3
    assert [letters(parts, number).count("refused") for number in numbers] == [1, 1, 0]
    assert len(parts.staff.audit.entries(action="request.refuse")) == 3


def test_what_has_changed_meanwhile_is_left_as_it_is_and_named(parts: Services, sign_in: SignIn) -> None:
    """The others go through; the words are kept for the one that did not."""
    numbers = [opened(parts) for _ in range(3)]
    picked = picks(parts, *numbers)
    parts.requests.staff_desk.note(numbers[1], "Wait with this one.", "staff:bo")

    report = bulk(sign_in("agent"), picked, step="complete", words="All deleted.", go="send")

    assert "2 of 3 done" in report.text
    assert "Something has happened to it since you ticked it" in report.text
    assert "All deleted." in report.text
    assert [row(parts, number).status for number in numbers] == ["completed", "open", "completed"]


def test_notes_and_hands_for_several_go_through_once(parts: Services, sign_in: SignIn) -> None:
    """Sent twice, a note stands there once."""
    numbers = [opened(parts), opened(parts, proven=False)]
    ada, bea = sign_in("agent"), sign_in("agent", name="Bea")
    picked = picks(parts, *numbers)

    for _ in range(2):
        bulk(ada, picked, step="note", words="From the same person.", go="send")
    bulk(ada, picks(parts, *numbers), step="assign", other=bea.account.actor, form="two")

    assert [events(parts, number).count("note") for number in numbers] == [1, 1]
    assert {row(parts, number).assignee for number in numbers} == {bea.account.actor}
    refused = bulk(ada, picks(parts, *numbers), step="assign", other=sign_in("reviewer", name="Rae").account.actor, form="three")
    assert refused.status_code == 422


def test_one_of_another_company_stops_all(parts: Services, sign_in: SignIn) -> None:
    """Nobody ticks what they cannot see: such a form was made by hand."""
    mine, foreign = opened(parts), opened(parts, company="globex")

    answered = bulk(sign_in("agent", company="acme"), picks(parts, mine, foreign), step="note", words="Hello.", go="send")

    assert (answered.status_code, foreign in answered.text) == (403, False)
    assert "note" not in events(parts, mine)


@pytest.mark.parametrize("picked", [[], ["R-0000-0000:1"], ["R-0000-0000"], ["x:y"], ["R-0000-0000:" + "9" * 40]])
def test_nothing_ticked_and_nonsense_get_a_page(sign_in: SignIn, picked: list[str]) -> None:
    """That says so."""
    assert bulk(sign_in("agent"), picked, step="note", words="Hello.", go="send").status_code in {404, 422}


@pytest.mark.parametrize("back", ["https://evil.example/", "//evil.example", "/console/requestsevil", "javascript:alert(1)"])
def test_the_way_back_leads_to_the_queue_only(parts: Services, sign_in: SignIn, back: str) -> None:
    """A form can be made to carry any address."""
    page = bulk(sign_in("agent"), picks(parts, opened(parts)), back=back).text

    assert back not in page
    assert '<p><a href="/console/requests">Requests</a></p>' in page
