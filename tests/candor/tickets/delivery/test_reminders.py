"""Reminders come in time, and each once."""

from __future__ import annotations

from datetime import timedelta

import pytest

from candor.tickets.delivery.outbox import Outbox
from candor.tickets.delivery.reminders import stage
from tests.candor.tickets.conftest import NOON, Office


@pytest.mark.parametrize(
    ("days_left", "which"),
    [(30, None), (8, None), (7, "7-days"), (3, "7-days"), (2, "2-days"), (1, "2-days"), (0, "today"), (-1, "late-2026-02-17")],
)
def test_the_stages_before_a_date(days_left: int, which: str | None) -> None:
    """Seven days, two days, today, and each day after."""
    assert stage(days_left, "2026-02-17") == which


async def test_staff_are_reminded_at_each_stage_once_and_daily_when_late(office: Office) -> None:
    """From the first day to a week after the last, looked at every six hours."""
    number = await office.verified()
    await office.deliver()
    before = len(office.mailer.sent)

    for _ in range(4 * 40):
        office.reminders.write(office.now())
        office.wait(hours=6)
    await office.deliver()

    subjects = [str(mail["Subject"]) for mail in office.mailer.sent[before:]]
    assert len(subjects) == 3 + 8  # due on 16 February, looked at until the 24th at noon
    assert all(number in subject for subject in subjects)
    assert {mail["To"] for mail in office.mailer.sent[before:]} == {"team@acme.example"}


async def test_an_answered_request_is_not_reminded_of(office: Office) -> None:
    """Also not by a reminder that was written before the answer."""
    number = await office.verified()
    office.wait(days=31)
    office.reminders.write(office.now())
    office.staff.complete(number, "Deleted.", "staff:bo")

    await office.deliver()
    office.wait(days=5)
    office.reminders.write(office.now())
    await office.deliver()

    assert [what for what, state in office.outbox_of("staff") if state == "sent"] == ["staff_new"]
    assert ("staff_reminder", "lapsed") in office.outbox_of("staff")


async def test_a_longer_date_has_reminders_of_its_own(office: Office) -> None:
    """The old date's are over."""
    number = await office.verified()
    office.wait(days=26)
    office.reminders.write(office.now())
    office.staff.extend(number, "Many systems.", "staff:bo")
    office.reminders.write(office.now())
    office.wait(days=58)
    office.reminders.write(office.now())

    assert len([what for what, _ in office.outbox_of("staff") if what == "staff_reminder"]) == 2


def test_a_visitor_who_waits_too_long_for_a_person_is_said_once(office: Office) -> None:
    """A promise was made."""
    office.people.wanted("c_1", "acme", "ada@example.com")
    office.at = NOON + timedelta(days=5)

    for _ in range(3):
        office.reminders.write(office.now())

    assert [what for what, _ in office.outbox_of("staff")] == ["staff_person", "staff_person_late"]


async def test_two_workers_remind_once(office: Office) -> None:
    """Each looks by itself."""
    await office.verified()
    office.wait(days=31)
    twin = Office(office.engine)

    office.reminders.write(office.now())
    twin.reminders.write(office.now())

    assert [what for what, _ in office.outbox_of("staff")].count("staff_reminder") == 1
    assert Outbox(office.engine).counts()["due"] > 0
