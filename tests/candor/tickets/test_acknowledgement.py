"""Where the law asks that receipt is acknowledged: told in the chat, kept, and shown when it is late."""

from __future__ import annotations

import json

from candor.tickets.law.deadlines import DeadlineState
from tests.candor.tickets.conftest import Office

CALIFORNIA = {"residence": "US-CA", "company": "globex"}


def standing(office: Office, number: str) -> DeadlineState | None:
    found = office.staff.details(number).acknowledgement
    return found.state if found else None


def test_what_was_read_in_the_chat_is_acknowledged_once(office: Office) -> None:
    """However often the reply is repeated. Ten business days from Thursday 15 January end on the 30th: the 19th is a holiday."""
    number = office.opened(**CALIFORNIA).ticket.number
    assert standing(office, number) is DeadlineState.ON_TIME

    office.desk.acknowledge(number, "c_1")
    office.desk.acknowledge(number, "c_1")

    acknowledgement = office.staff.details(number).acknowledgement
    assert acknowledgement is not None
    assert (acknowledgement.state, str(acknowledgement.deadline.on)) == (DeadlineState.COMPLETED, "2026-01-30")
    assert office.events(number).count("acknowledged") == 1


def test_nobody_else_s_conversation_acknowledges_it(office: Office) -> None:
    """A number alone proves nothing."""
    number = office.opened(**CALIFORNIA).ticket.number

    office.desk.acknowledge(number, "c_stranger")

    assert "acknowledged" not in office.events(number)


def test_where_the_law_asks_for_none_nothing_is_kept(office: Office) -> None:
    """The GDPR does not."""
    number = office.opened().ticket.number

    office.desk.acknowledge(number, "c_1")

    assert "acknowledged" not in office.events(number)
    assert standing(office, number) is None


async def test_who_gives_the_code_has_been_told(office: Office) -> None:
    """They knew where to type it, and a letter follows."""
    number = await office.verified(**CALIFORNIA)

    assert standing(office, number) is DeadlineState.COMPLETED
    assert office.staff.unacknowledged() == []


async def test_a_late_one_is_shown_and_said_to_staff_before_and_after(office: Office) -> None:
    """The process died before the reply: two days before the last a mail, when it is late another, and none twice."""
    number = office.opened(**CALIFORNIA).ticket.number

    for _ in range(4 * 20):
        office.reminders.write(office.now())
        office.wait(hours=6)
    await office.deliver()

    subjects = [subject for mail in office.mails_to("team@acme.example") if "has arrived" in (subject := str(mail["Subject"]))]
    assert [ticket.number for ticket in office.staff.unacknowledged()] == [number]
    assert standing(office, number) is DeadlineState.OVERDUE
    assert len(subjects) == 2
    assert subjects[-1] == f"OVERDUE: Tell the requester of {number} that it has arrived"


async def test_staff_can_say_that_they_have_told_the_requester(office: Office) -> None:
    """A reminder that waits is not sent any more."""
    number = office.opened(**CALIFORNIA).ticket.number
    office.wait(days=30)
    office.reminders.write(office.now())

    office.staff.acknowledge(number, "by phone", "staff:bo")
    await office.deliver()

    assert office.staff.unacknowledged() == []
    assert office.staff.details(number).events[-1].words == "by phone"
    assert [what for what, state in office.outbox_of("staff") if state == "sent"] == []


def test_what_is_closed_owes_no_acknowledgement(office: Office) -> None:
    """Taken back before anybody was told."""
    number = office.opened(**CALIFORNIA).ticket.number
    office.staff.withdraw(number, "", "staff:bo")
    office.wait(days=30)

    assert office.staff.unacknowledged() == []


async def test_the_webhook_of_a_late_one_names_it(office: Office) -> None:
    """So that another system can show it."""
    number = office.opened(**CALIFORNIA).ticket.number
    office.wait(days=30)
    office.reminders.write(office.now())
    await office.deliver()

    late = [body for _, body in office.webhook.sent if body["type"] == "request.unacknowledged"]
    assert [body["data"]["number"] for body in late] == [number]
    assert "ada@example.com" not in json.dumps(late)
