"""What staff saw when they decided: a step on top of something newer is not taken, and the same form counts once."""

from __future__ import annotations

from datetime import timedelta
from typing import cast

import pytest
from sqlalchemy.orm import Session

from candor.errors import InvalidInputError
from candor.tickets.events import UnknownRequestError
from candor.tickets.optimistic_lock import ChangedError, ErasedError, OptimisticLock
from candor.tickets.staff import STEPS, StaffDesk, StaffStep
from candor.tickets.states import NotNowError
from tests.candor.tickets.conftest import Office


async def test_a_step_on_what_is_newer_is_not_taken(office: Office) -> None:
    """Nothing of it is kept: no event, no letter."""
    number = await office.verified()
    seen = OptimisticLock(office.staff.details(number).newest, "mine")
    office.staff.note(number, "Wait.", "staff:al")
    before = office.events(number), office.outbox_of("requester")

    with pytest.raises(ChangedError):
        office.staff.take(number, "complete", "staff:bo", words="Done.", seen=seen)

    assert (office.events(number), office.outbox_of("requester")) == before


@pytest.mark.parametrize("step", ["complete", "note", "assign", "acknowledge"])
async def test_the_same_form_counts_once_whatever_came_after(office: Office, step: str) -> None:
    """Sent again, it is answered as the first time."""
    number = await office.verified()
    seen, what = (
        OptimisticLock(office.staff.details(number).newest, "mine"),
        {"assign": "assigned", "acknowledge": "acknowledged"}.get(step, step),
    )

    for _ in range(2):
        office.staff.take(number, cast("StaffStep", step), "staff:bo", words="Done.", other="account:1", seen=seen)
        office.staff.note(number, "And something else.", "staff:al")

    assert office.events(number).count(what) == (1 if step != "note" else 3)


async def test_without_seen_a_step_is_taken_as_ever(office: Office) -> None:
    """The command line reads and acts at once."""
    number = await office.verified()
    office.staff.note(number, "Wait.", "staff:al")

    assert office.staff.take(number, "complete", "staff:bo", words="Done.").status == "completed"


async def test_a_rehearsal_shows_the_letter_and_keeps_nothing(office: Office) -> None:
    """It is the very letter that is sent afterwards, with the date that the step leads to."""
    number = await office.verified()
    before = office.events(number), office.outbox_of("requester"), office.row(number).extended_until

    rehearsed = office.staff.preview(number, "extend", "staff:bo", words="Four systems.")

    assert (office.events(number), office.outbox_of("requester"), office.row(number).extended_until) == before
    assert rehearsed.ticket.status == "extended"
    assert rehearsed.letter is not None
    assert "15 April 2026" in rehearsed.letter.text
    office.staff.extend(number, "Four systems.", "staff:bo")
    await office.deliver()
    sent = office.mails_to("ada@example.com")[-1]
    assert (sent["Subject"], sent.get_content().replace("\r\n", "\n")) == (rehearsed.letter.subject, rehearsed.letter.text)


def test_a_rehearsal_fails_as_the_step_would(office: Office) -> None:
    """So that nobody reads a letter that cannot be sent."""
    number = office.opened().ticket.number

    with pytest.raises(NotNowError):
        office.staff.preview(number, "complete", "staff:bo", words="Done.")
    with pytest.raises(ChangedError):
        office.staff.preview(number, "refuse", "staff:bo", words="No.", seen=OptimisticLock(0))
    with pytest.raises(UnknownRequestError):
        office.staff.preview("R-0000-0000", "refuse", "staff:bo", words="No.")


async def test_steps_that_tell_nobody_have_no_letter(office: Office) -> None:
    """And none goes to who gave no address, or has proven nothing where the letter would tell."""
    number = await office.verified()
    nowhere = office.opened("yes-2", email=None, conversation="c_2").ticket.number
    unproven = office.opened("yes-3", email="bob@example.com", conversation="c_3").ticket.number

    assert office.staff.preview(number, "note", "staff:bo", words="Hm.").letter is None
    assert office.staff.preview(nowhere, "refuse", "staff:bo", words="No.").letter is None
    assert office.staff.preview(unproven, "withdraw", "staff:bo").letter is None


async def test_what_was_erased_takes_no_steps(office: Office) -> None:
    """There is nobody left to answer, and nothing left to read."""
    number = await office.verified()
    office.staff.complete(number, "Done.", "staff:bo")
    office.retention.erase(office.at + timedelta(days=800))

    for step in ("reopen", "note", "assign"):
        with pytest.raises(ErasedError):
            office.staff.take(number, step, "staff:bo", words="Once more.")


async def test_each_step_has_its_witness_in_the_same_transaction(office: Office) -> None:
    """Where the on_step fails, nothing was done; rehearsals have none."""
    number = await office.verified()
    seen: list[tuple[str, ...]] = []

    def on_step(_: Session, *told: str) -> None:
        seen.append(told)
        if told[1] == "request.refuse":
            raise RuntimeError("the log is full")

    desk = StaffDesk(office.engine, office.request_events, now=office.now, on_step=on_step)
    desk.preview(number, "complete", "account:1", words="Done.")
    desk.note(number, "Hm.", "account:1")
    with pytest.raises(RuntimeError):
        desk.refuse(number, "No.", "account:1")

    assert seen == [("account:1", "request.note", number, "acme"), ("account:1", "request.refuse", number, "acme")]
    assert office.row(number).status == "open"


async def test_a_request_repeats_one_of_its_own_company_only(office: Office) -> None:
    """Whatever number somebody types."""
    number = await office.verified()
    foreign = office.opened("yes-2", company="globex", conversation="c_2").ticket.number

    with pytest.raises(InvalidInputError, match="same company"):
        office.staff.mark_duplicate(number, foreign, "staff:bo")


def test_every_step_is_named_once() -> None:
    """A form's address is made from these names."""
    assert len(STEPS) == len(set(STEPS)) == 15
