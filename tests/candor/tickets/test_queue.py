"""The queue as the database reads it: today where each law counts, counts that agree with lists, pages without gaps."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import insert
from sqlalchemy.orm import Session

from candor.tickets.delivery.mailer import MailNotTakenError
from candor.tickets.delivery.outbox import MOST_TRIES
from candor.tickets.models import TicketRow
from candor.tickets.queue import NOBODY, PAGE_SIZE, QueueQuery, RequestQueue
from tests.candor.tickets.conftest import NOON, Office


@pytest.fixture
def work(office: Office) -> RequestQueue:
    return RequestQueue(office.engine, office.request_events)


def found(work: RequestQueue, look: QueueQuery, at: datetime) -> list[str]:
    return [line.ticket.number for line in work.page(look, at).entries]


def test_today_is_the_day_in_each_requests_own_zone(office: Office, work: RequestQueue) -> None:
    """In the evening of Brussels' last day it is still due today there; in California the day is younger."""
    german = office.opened("yes-1").ticket.number  # the last day is 16 February 2026 in Brussels
    evening = datetime(2026, 2, 16, 22, 30, tzinfo=UTC)
    midnight = datetime(2026, 2, 16, 23, 0, tzinfo=UTC)

    assert found(work, QueueQuery(due="today"), evening) == [german]
    assert found(work, QueueQuery(due="overdue"), evening) == []
    assert found(work, QueueQuery(due="today"), midnight) == []
    assert found(work, QueueQuery(due="overdue"), midnight) == [german]
    assert [line.days_left for at in (evening, midnight) for line in work.page(QueueQuery(), at).entries] == [0, -1]

    californian = office.opened("yes-2", email="bob@example.com", residence="US-CA").ticket.number  # until 1 March there
    assert found(work, QueueQuery(due="today", law="ccpa"), datetime(2026, 3, 2, 7, 59, tzinfo=UTC)) == [californian]
    assert found(work, QueueQuery(due="today", law="ccpa"), datetime(2026, 3, 2, 8, 0, tzinfo=UTC)) == []


def test_soon_begins_three_days_before_and_ends_with_today(office: Office, work: RequestQueue) -> None:
    """Each request is in one hurry only."""
    number = office.opened().ticket.number
    hurries = {}
    for day in (12, 13, 15, 16, 17):
        at = datetime(2026, 2, day, 12, tzinfo=UTC)
        hurries[day] = [due for due in ("overdue", "today", "soon") if found(work, QueueQuery(due=due), at) == [number]]
        counts = work.counts(None, "", at)
        assert [counts.overdue, counts.today, counts.soon] == [int(due in hurries[day]) for due in ("overdue", "today", "soon")]

    assert hurries == {12: [], 13: ["soon"], 15: ["soon"], 16: ["today"], 17: ["overdue"]}


async def test_lists_keep_to_company_state_law_and_hands(office: Office, work: RequestQueue) -> None:
    """And closed ones stand apart."""
    mine, done = await office.verified("yes-1"), await office.verified("yes-2", email="bob@example.com", conversation="c_2")
    foreign = office.opened("yes-3", company="globex", residence="US-CA", conversation="c_3").ticket.number
    office.staff.assign(mine, "account:1", "account:1")
    office.staff.complete(done, "Deleted.", "account:1")

    assert found(work, QueueQuery(), NOON) == [mine, foreign]
    assert found(work, QueueQuery(companies=("acme",)), NOON) == [mine]
    assert found(work, QueueQuery(companies=()), NOON) == []
    assert found(work, QueueQuery(law="ccpa"), NOON) == [foreign]
    assert found(work, QueueQuery(state="awaiting_identity"), NOON) == [foreign]
    assert found(work, QueueQuery(whose="account:1"), NOON) == [mine]
    assert found(work, QueueQuery(whose=NOBODY), NOON) == [foreign]
    assert found(work, QueueQuery(closed=True), NOON) == [done]
    counts = work.counts(None, "account:1", NOON)
    assert (counts.open, counts.mine, counts.nobody, counts.awaiting_identity, counts.acknowledge) == (2, 1, 1, 1, 1)
    assert work.counts(("acme",), "account:1", NOON).open == 1


async def test_a_clock_that_stands_still_is_told_with_what_is_left(office: Office, work: RequestQueue) -> None:
    """Under UK law; under the GDPR it goes on."""
    british = await office.verified("yes-1", residence="GB", request_type="access")
    german = await office.verified("yes-2", email="bob@example.com", conversation="c_2")
    for number in (british, german):
        office.staff.ask_requester(number, "Which account?", "staff:bo")

    lines = {line.ticket.number: line for line in work.page(QueueQuery(), office.at + timedelta(days=10)).entries}

    assert (lines[british].paused_for, lines[german].paused_for) == ("clarification", "")
    assert lines[british].if_answered == 31  # what was left on the day of the question, and its Sunday
    assert lines[german].if_answered is None


async def test_a_letter_that_did_not_arrive_marks_its_request_until_the_address_is_right(
    office: Office, work: RequestQueue
) -> None:  # fmt: skip
    """Whoever works on the queue sees that somebody was not reached, and no mark stays that nobody can remove."""
    number, other = office.opened("yes-1").ticket.number, office.opened("yes-2", email="bob@example.com").ticket.number
    office.mailer.refuses = {"ada@example.com"}

    await office.deliver()

    marks = {line.ticket.number: line.letters for line in work.page(QueueQuery(), office.at).entries}
    assert marks == {number: "refused", other: None}
    office.desk.give_address(number, "c_1", "ada@example.org")
    await office.deliver()
    assert [line.letters for line in work.page(QueueQuery(), office.at).entries] == [None, None]


async def test_a_letter_that_waits_for_a_mended_set_up_is_marked_as_waiting(office: Office, work: RequestQueue) -> None:
    """And as given up, once it is."""
    office.opened()
    office.mailer.down = MailNotTakenError(550, "5.7.1")
    await office.deliver()
    assert [line.letters for line in work.page(QueueQuery(), office.at).entries] == ["delayed"]

    for _ in range(MOST_TRIES):
        office.wait(hours=6)
        await office.deliver()

    assert [line.letters for line in work.page(QueueQuery(), office.at).entries] == ["given_up"]


@pytest.mark.parametrize("closed", [False, True])
def test_pages_hold_each_request_once_also_of_the_same_instant(office: Office, work: RequestQueue, *, closed: bool) -> None:
    """The id decides where dates are equal."""
    office.opened()
    with Session(office.engine) as session, session.begin():
        one = session.query(TicketRow).one()
        columns = {column.name: getattr(one, column.name) for column in TicketRow.__table__.columns if column.name != "id"}
        copies = [
            columns | {"number": f"R-0000-{n:04}", "confirmation": f"copy-{n}", "status": "completed", "closed_at": NOON}
            if closed else columns | {"number": f"R-0000-{n:04}", "confirmation": f"copy-{n}"}
            for n in range(2 * PAGE_SIZE + 1)
        ]  # fmt: skip
        session.execute(insert(TicketRow), copies)

    pages: list[list[str]] = []
    after = ""
    while not pages or after:
        page = work.page(QueueQuery(closed=closed), NOON, after)
        pages.append([line.ticket.number for line in page.entries])
        after = page.after

    numbers = [number for page in pages for number in page]
    assert len(numbers) == len(set(numbers)) == 2 * PAGE_SIZE + (1 if closed else 2)
    assert [len(page) for page in pages] == [PAGE_SIZE, PAGE_SIZE, len(numbers) - 2 * PAGE_SIZE]
