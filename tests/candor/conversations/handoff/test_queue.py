"""Talk to a person: told by when, marked for staff, never forgotten."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from candor.conversations.handoff.queue import (
    AnsweredError,
    HandoffPromise,
    MailOnItsWayError,
    NobodyWaitsError,
    after_working_days,
)
from candor.errors import UnavailableError
from candor.tickets.addresses import NotAnAddress
from candor.tickets.delivery.promised_mail import MailOnItsWay
from tests.candor.tickets.conftest import NOON, Office


@pytest.mark.parametrize(
    ("start", "days", "end"),
    [
        ("2026-01-15", 2, "2026-01-19"),
        ("2026-01-16", 1, "2026-01-19"),
        ("2026-01-17", 1, "2026-01-19"),
        ("2026-01-12", 5, "2026-01-19"),
    ],
)
def test_working_days_leave_out_weekends(start: str, days: int, end: str) -> None:
    """From a Thursday, a Friday, a Saturday and a Monday."""
    at = datetime.fromisoformat(start).replace(tzinfo=UTC)

    assert after_working_days(at, days) == datetime.fromisoformat(end).replace(tzinfo=UTC)


async def test_the_visitor_is_told_by_when_and_staff_are_told_at_once(office: Office) -> None:
    """By mail where there is an address, else in the chat."""
    promise = datetime(2026, 1, 19, 12, tzinfo=UTC)

    assert office.people.wanted("c_1", "acme") == HandoffPromise(promise, by_mail=False)
    office.wait(hours=1)
    assert office.people.wanted("c_1", "acme", "ada@example.com") == HandoffPromise(promise, by_mail=True)

    await office.deliver()
    (mail,) = office.mails_to("team@acme.example")
    assert "c_1" in mail.get_content()
    assert "ada@example.com" not in mail.get_content()
    assert [(body["type"], body["data"]["email"]) for _, body in office.webhook.sent] == [("person.wanted", "ada@example.com")]
    (waiting,) = office.people.waiting()
    assert (waiting.email, waiting.asked_at) == ("ada@example.com", NOON)


def test_who_was_answered_waits_no_more_and_can_ask_again(office: Office) -> None:
    """A new wish has a promise of its own."""
    office.people.wanted("c_1", "acme")
    (first,) = office.people.waiting()

    office.people.answered(first.id, "staff:bo")

    assert office.people.waiting() == []
    with pytest.raises(NobodyWaitsError):
        office.people.answered(first.id, "staff:bo")
    office.wait(days=7)
    office.people.wanted("c_1", "acme")
    assert [waiting.id for waiting in office.people.waiting()] != [first.id]


def test_an_address_that_is_none_is_asked_for_again(office: Office) -> None:
    """Nothing is promised to it."""
    assert office.people.wanted("c_1", "acme", "not one") == NotAnAddress("none")
    assert office.people.waiting() == []


async def test_an_answer_by_mail_goes_to_the_address_that_was_left(office: Office) -> None:
    """Once for its key; with the company to reply to, and nothing of it readable in the database."""
    office.people.wanted("c_1", "acme", "ada@example.com")
    (waiting,) = office.people.waiting()

    assert office.people.answer_by_mail(waiting.id, "Because of tax law.", "staff:bo", "key-1")
    assert not office.people.answer_by_mail(waiting.id, "Because of tax law.", "staff:bo", "key-1")
    with pytest.raises(MailOnItsWayError):
        office.people.answer_by_mail(waiting.id, "Once more.", "staff:al", "key-2")

    await office.deliver()
    with pytest.raises(AnsweredError):
        office.people.answer_by_mail(waiting.id, "Once more.", "staff:al", "key-3")
    (mail,) = office.mails_to("ada@example.com")
    assert "Because of tax law." in mail.get_content()
    assert "15 January 2026" in mail.get_content()
    assert office.people.waiting() == []


async def test_a_promise_of_mail_is_kept_when_a_server_has_taken_the_mail(office: Office) -> None:
    """Until then they wait, and staff see since when it is tried."""
    office.people.wanted("c_1", "acme", "ada@example.com")
    (waiting,) = office.people.waiting()
    office.mailer.down = UnavailableError("the mail server cannot be used")
    office.people.answer_by_mail(waiting.id, "Because of tax law.", "staff:bo", "key-1")

    await office.deliver()

    (still,) = office.people.waiting()
    assert still.mail == MailOnItsWay(NOON, 1, "the mail server cannot be used")
    assert not still.came_back
    office.mailer.down = None
    office.wait(minutes=5)
    await office.deliver()
    assert office.people.waiting() == []
    answered = office.people.newest("c_1")
    assert answered
    assert (answered.answered_at, answered.mail) == (office.now(), None)


async def test_an_answer_that_comes_back_makes_them_wait_again(office: Office) -> None:
    """Staff are told, and can write once more."""
    office.people.wanted("c_1", "acme", "ada@example.com")
    (waiting,) = office.people.waiting()
    office.people.answer_by_mail(waiting.id, "Because.", "staff:bo", "key-1")
    office.mailer.refuses.add("ada@example.com")

    await office.deliver()
    await office.deliver()

    (again,) = office.people.waiting()
    assert (again.id, again.came_back, again.answer_by) == (waiting.id, True, waiting.answer_by)
    assert any("could not be delivered" in mail["Subject"] for mail in office.mails_to("team@acme.example"))
    office.mailer.refuses.clear()
    assert office.people.answer_by_mail(waiting.id, "Because of tax law.", "staff:bo", "key-2")
    await office.deliver()
    assert [mail.get_content().split("\n")[0] for mail in office.mails_to("ada@example.com")] == ["Because of tax law."]


def test_without_an_address_there_is_nothing_to_write_to(office: Office) -> None:
    """Nor where it was erased."""
    office.people.wanted("c_1", "acme")
    (waiting,) = office.people.waiting()

    for nobody in (waiting.id, 999):
        with pytest.raises(NobodyWaitsError):
            office.people.answer_by_mail(nobody, "Because.", "staff:bo", f"key-{nobody}")


def test_what_they_want_to_know_is_kept_in_their_words(office: Office) -> None:
    """One message after the other, each once; it is encrypted where it lies."""
    office.people.wanted("c_1", "acme", question="I was charged twice.")
    office.people.wanted("c_1", "acme", question="I was charged twice.")

    assert office.people.add_to_question("c_1", "It was on Monday.")
    assert not office.people.add_to_question("c_2", "Nobody waits here.")

    (waiting,) = office.people.waiting()
    assert waiting.question == "I was charged twice.\n\nIt was on Monday."


def test_what_is_urgent_comes_first_and_stays_urgent(office: Office) -> None:
    """Also where somebody has waited longer."""
    office.people.wanted("c_1", "acme")
    office.wait(hours=1)
    office.people.wanted("c_2", "acme", urgent=True)
    office.people.wanted("c_2", "acme", question="and please hurry")

    assert [(waiting.conversation, waiting.urgent) for waiting in office.people.waiting()] == [("c_2", True), ("c_1", False)]
