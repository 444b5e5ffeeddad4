"""Who has not typed their code is reminded: after a day, and before it would be too late."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tests.candor.tickets.conftest import Office


def reminders(office: Office) -> list[str]:
    """Run as the worker does, every ten minutes; the letters so far."""
    office.code_reminders.write(office.now())
    office.code_reminders.write(office.now())
    return [what for what, _ in office.outbox_of("requester") if what == "code_reminder"]


def test_the_first_comes_after_a_day_and_the_last_a_week_before_the_date(office: Office) -> None:
    """Two in all, however often the job runs."""
    number = office.opened().ticket.number  # due on 16 February 2026
    found = {}
    for days in (0.9, 1, 2, 10, 24, 26, 31, 40):
        office.at = datetime(2026, 1, 15, 12, tzinfo=UTC) + timedelta(days=days)
        found[days] = len(reminders(office))

    assert found == {0.9: 0, 1: 1, 2: 1, 10: 1, 24: 1, 26: 2, 31: 2, 40: 2}
    assert office.events(number).count("code_reminded") == 2


async def test_the_letter_says_what_to_do_and_nothing_that_a_stranger_should_not_read(office: Office) -> None:
    """Nobody has proven yet whose address it is."""
    number = office.opened(details="my secret wish").ticket.number
    await office.deliver()
    office.wait(days=1)
    reminders(office)
    await office.deliver()

    mail = office.mails_to("ada@example.com")[-1]
    text = mail.get_content()
    assert mail["Subject"] == f"Your request {number} still waits for you"
    assert f'write "send me a new code for {number}"' in text.replace("\n", " ")
    assert "15 January 2026" in text
    for secret in ("secret wish", "delet", "ada@"):
        assert secret not in text.lower()


def test_the_conversation_hears_of_it_too(office: Office) -> None:
    """Whoever chats in Slack reads it there."""
    office.opened()
    office.wait(days=1)
    reminders(office)

    assert office.outbox_of("transcript") == [("code_reminder", "due")]


async def test_who_has_typed_the_code_withdrawn_or_has_no_address_that_works_gets_none(office: Office) -> None:
    """Nor is a mailbox mailed that does not exist."""
    await office.verified("yes-1")
    withdrawn = office.opened("yes-2", conversation="c_2", email="bob@example.com").ticket.number
    office.desk.withdraw(withdrawn, "c_2")
    office.mailer.refuses = {"gone@example.com"}
    office.opened("yes-3", conversation="c_3", email="gone@example.com")
    office.opened("yes-4", conversation="c_4", email=None)
    await office.deliver()
    office.wait(days=1)

    assert reminders(office) == []


def test_an_address_gets_one_reminder_a_day_whoever_has_typed_it(office: Office) -> None:
    """Else a stranger's mailbox could be filled with them."""
    for n in range(5):
        office.opened(f"yes-{n}", conversation=f"c_{n}", company=f"company-{n}")
    office.wait(days=1)

    assert len(reminders(office)) == 1
    office.wait(days=1)
    assert len(reminders(office)) == 2


def test_who_had_three_codes_mailed_that_day_is_reminded_the_next(office: Office) -> None:
    """Three letters a day, of all kinds, and no fourth: whose mailbox it is has not been proven."""
    number = office.opened().ticket.number
    office.wait(days=1.5)
    for _ in range(3):
        office.desk.send_code(number, "c_1")

    assert reminders(office) == []
    office.wait(days=1.5)
    assert len(reminders(office)) == 1


async def test_a_reminder_that_waited_for_the_mail_server_lapses_once_the_code_was_given(office: Office) -> None:
    """It would only puzzle."""
    number = office.opened().ticket.number
    code = await office.code()
    office.desk.give_code(number, code, "c_1")
    office.wait(days=1)
    other = office.opened("yes-2", conversation="c_2", email="bob@example.com").ticket.number
    office.wait(days=1)
    reminders(office)
    office.desk.withdraw(other, "c_2")

    await office.deliver()

    assert ("code_reminder", "lapsed") in office.outbox_of("requester")


@pytest.mark.parametrize("residence", ["DE", "GB"])
def test_a_reminder_changes_no_date(office: Office, residence: str) -> None:
    """The law's clock knows nothing of it."""
    number = office.opened(residence=residence).ticket.number
    before = office.row(number)
    office.wait(days=1)
    reminders(office)
    after = office.row(number)

    assert (before.respond_by, before.acknowledge_by, before.status) == (after.respond_by, after.acknowledge_by, after.status)
