"""Each kind of data is removed when its period is over, and not a second before. The tests move the clock."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from candor.accounts.models import AuditRow, SessionRow
from candor.accounts.roles import Grant
from candor.channels.slack.models import ChoiceRow, StaffThreadRow, TalkRow, ThreadRow
from candor.channels.slack.staff_threads import StaffThread, StaffThreads
from candor.channels.slack.threads import SlackPerson, Thread, ThreadPlace
from candor.retention.models import RetentionRunRow
from candor.tickets.models import HandoffRow, IdentityCodeRow, OutboxRow
from candor.tickets.requester import Confirmed
from candor.transcripts.models import VaultRow
from tests.candor.retention.conftest import House

ADA = SlackPerson("T1", "U1")


def rows(house: House, table: Any) -> int:
    with Session(house.parts.engine) as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


async def assert_removed_after(house: House, kind: str, days: int) -> None:
    """Nothing is removed on the last day; after it, exactly as much as the page has announced."""
    house.wait(days=days)
    assert (await house.count(kind)).over == 0
    assert await house.removed(kind) == 0
    house.wait(seconds=1)
    announced = (await house.count(kind)).over
    assert announced > 0
    assert await house.removed(kind) == announced


async def test_conversations_are_removed(house: House) -> None:
    """Here and in Rasa."""
    conversation = await house.converse("hello")

    await assert_removed_after(house, "transcripts", 30)

    assert house.rasa.forgotten == [conversation]
    assert (await house.count("transcripts")).rows == 0


@pytest.mark.parametrize("settings", [{"vault_keep_days": 7}])
async def test_masked_values_may_go_before_their_transcript(house: House) -> None:
    """The transcript stays, masked for good; no other value ever gets the token of a removed one."""
    conversation = await house.converse("write to jo@example.com")

    await assert_removed_after(house, "vault", 7)

    past = await house.door.past(conversation)
    assert past.turns[0].text == "write to <email_1>"
    assert house.parts.conversations.vault.reveal(conversation, "<email_1>") is None
    assert house.parts.conversations.vault.kinds(conversation) == {}
    assert house.parts.conversations.vault.rotate() == 0
    await house.door.say(conversation, "or al@example.com")
    past = await house.door.past(conversation)
    assert [turn.text for turn in past.turns] == ["write to <email_1>", "or al@example.com"]
    with Session(house.parts.engine) as session:
        assert session.scalars(select(VaultRow.ciphertext).where(VaultRow.token == "<email_1>")).one() == b""


async def test_orphaned_trackers_are_removed(house: House) -> None:
    """After an hour, because clocks may differ; the tracker of a stored conversation stays."""
    conversation = await house.converse("hello")
    house.rasa.trackers = {f"c_stray{number}": house.now() for number in range(5)} | {conversation: house.now()}

    house.wait(hours=1)
    assert await house.removed("trackers") == 0
    house.wait(seconds=1)
    assert (await house.count("trackers")).over == 5
    assert await house.removed("trackers") == 5

    assert list(house.rasa.trackers) == [conversation]


async def test_trackers_older_than_the_period_are_removed(house: House) -> None:
    """Also if the conversation goes on without Rasa, between people."""
    conversation = await house.converse()
    house.rasa.trackers = {conversation: house.now()}
    house.wait(days=20)
    house.parts.conversations.transcripts.ask(conversation, "message-1", "still here")

    await assert_removed_after(house, "trackers", 10)

    assert house.rasa.trackers == {}
    assert house.parts.conversations.transcripts.known([conversation]) == {conversation}


async def test_requesters_are_erased_from_closed_requests(house: House) -> None:
    """Open requests are never erased; what was done stays."""
    numbers = [opened(house, f"yes-{number}") for number in range(2)]
    house.parts.requests.staff_desk.refuse(numbers[0], "No account under this address.", "staff:bo")

    await assert_removed_after(house, "requests", 730)

    assert house.parts.requests.staff_desk.details(numbers[0]).email is None
    assert house.parts.requests.staff_desk.details(numbers[1]).email == "ada@example.com"


async def test_visitors_who_were_answered_by_a_person_are_erased(house: House) -> None:
    """Those who still wait are not."""
    house.parts.conversations.handoff_queue.wanted("c_1", "acme", "ada@example.com")
    house.parts.conversations.handoff_queue.wanted("c_2", "acme", "bob@example.com")
    house.parts.conversations.handoff_queue.answered(house.parts.conversations.handoff_queue.waiting()[0].id, "staff:bo")

    await assert_removed_after(house, "handoffs", 90)

    with Session(house.parts.engine) as session:
        first, second = session.scalars(select(HandoffRow).order_by(HandoffRow.id))
    assert (first.email, first.email_hash, first.conversation) == (None, None, "")
    assert second.email is not None


async def test_one_time_codes_are_removed(house: House) -> None:
    """Two days after their mail was sent."""
    opened(house)
    with Session(house.parts.engine) as session, session.begin():
        for row in session.scalars(select(OutboxRow)):
            row.state = "sent"

    await assert_removed_after(house, "codes", 2)

    assert rows(house, IdentityCodeRow) == 0


async def test_sent_messages_are_removed(house: House) -> None:
    """With the letters that were written to files; what is not sent yet stays."""
    opened(house)
    with Session(house.parts.engine) as session, session.begin():
        session.scalars(select(OutboxRow)).first().state = "sent"  # type: ignore[union-attr]
        kept = len(session.scalars(select(OutboxRow)).all()) - 1

    await assert_removed_after(house, "outbox", 90)

    assert rows(house, OutboxRow) == kept


async def test_slacks_ids_are_removed(house: House) -> None:
    """Members with their conversations, the companies they chose, and staff's threads."""
    house.places.begun(ThreadPlace(ADA), "c_gone")
    house.places.set_thread("T1", "C1", "1.1", Thread("U1", quiet=False))
    house.places.choose(ADA, "acme")
    StaffThreads(house.parts.engine, house.now).move("c_gone", StaffThread("C9", "1.2"))

    await assert_removed_after(house, "slack", 30)
    await house.removed("slack")

    assert [rows(house, table) for table in (TalkRow, ThreadRow, StaffThreadRow, ChoiceRow)] == [0, 0, 0, 0]


async def test_sessions_of_staff_are_removed(house: House) -> None:
    """Counted from their end; a session that was left open ends when it can no longer be used."""
    account = house.parts.staff.accounts.add("ada@acme.example", "Ada", [Grant("reviewer")])
    house.parts.staff.sessions.end(house.parts.staff.sessions.begin(account, "password"))
    house.parts.staff.sessions.begin(account, "password")

    await assert_removed_after(house, "sessions", 30)
    assert rows(house, SessionRow) == 1

    house.wait(hours=12)
    assert await house.removed("sessions") == 1


@pytest.mark.parametrize("settings", [{"audit_keep_days": 10}])
async def test_the_audit_log_is_cut_and_the_rest_still_verifies(house: House) -> None:
    """The cut is an entry itself."""
    for number in range(3):
        house.parts.staff.audit.record("account:1", "conversation.read", f"conversation c_{number}")
        house.wait(days=1)

    house.wait(days=8)
    assert await house.removed("audit") == 1  # the first is eleven days old, the second ten

    assert house.parts.staff.audit.verify().broken_at is None
    newest, *_ = house.parts.staff.audit.entries()
    assert (newest.actor, newest.action, newest.details) == ("system", "audit.cut", {"removed": 1, "up_to": 1})
    house.wait(days=30)
    assert await house.removed("audit") == 3
    assert house.parts.staff.audit.verify().broken_at is None
    assert rows(house, AuditRow) == 1


async def test_reports_of_old_runs_are_removed(house: House) -> None:
    """After ninety days, which show well enough that the job works."""
    await house.job.run()

    await assert_removed_after(house, "runs", 90)

    assert rows(house, RetentionRunRow) == 3 - 1


def opened(house: House, confirmation: str = "yes-1") -> str:
    """A request's number."""
    found = house.parts.requests.desk.open(
        Confirmed(confirmation, "acme", "deletion", f"c_{confirmation}", email="ada@example.com", residence="DE")
    )
    return found.ticket.number  # type: ignore[union-attr]
