"""A confirmed request becomes one ticket, whatever happens around it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, timezone
from threading import Barrier

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from candor.errors import InvalidInputError
from candor.tickets.models import REQUEST_TYPES, TicketEventRow, TicketRow
from candor.tickets.ticket import Ticket, TicketStore

NOON = datetime(2026, 1, 15, 12, 0, tzinfo=UTC)


def opened(
    store: TicketStore, confirmation: str = "yes-1", *, request_type: str = "deletion", conversation: str = "c_1"
) -> Ticket:
    return store.open(confirmation=confirmation, company="acme", request_type=request_type, conversation=conversation)


def count(engine: Engine, table: type[TicketRow] | type[TicketEventRow]) -> int:
    with Session(engine) as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def test_one_confirmation_opens_one_ticket_however_often_it_comes(engine: Engine) -> None:
    """A retry of the same yes must not open a second request: its due date is a legal one."""
    store = TicketStore(engine)

    first, *others = [opened(store) for _ in range(5)]

    assert others == [first] * 4
    assert count(engine, TicketRow) == 1


def test_fifty_threads_with_one_confirmation_open_one_ticket(engine: Engine) -> None:
    """Also where the same yes arrives everywhere at once."""
    store = TicketStore(engine)
    start = Barrier(50)

    def confirm(_: int) -> str:
        start.wait()
        return opened(store).number

    with ThreadPoolExecutor(50) as threads:
        numbers = set(threads.map(confirm, range(50)))

    assert len(numbers) == 1
    assert (count(engine, TicketRow), count(engine, TicketEventRow)) == (1, 1)


def test_fifty_threads_with_a_confirmation_each_open_fifty_tickets(engine: Engine) -> None:
    """No writer is lost because others write too."""
    store = TicketStore(engine)
    start = Barrier(50)

    def confirm(place: int) -> str:
        start.wait()
        return opened(store, f"yes-{place}").number

    with ThreadPoolExecutor(50) as threads:
        numbers = set(threads.map(confirm, range(50)))

    assert len(numbers) == 50
    assert count(engine, TicketRow) == 50


def test_another_confirmation_opens_another_ticket(engine: Engine) -> None:
    """Somebody who says yes to a second proposal has made a second request."""
    store = TicketStore(engine)

    first, second = opened(store, "yes-1"), opened(store, "yes-2")

    assert first.number != second.number
    assert store.of_conversation("c_1") == [first, second]


@pytest.mark.parametrize("request_type", ["", "Deletion", "delete_everything"])
def test_a_request_type_that_does_not_exist_is_refused(engine: Engine, request_type: str) -> None:
    """Nothing is opened that nobody knows a due date for; the error says what there is, not what was sent."""
    store = TicketStore(engine)

    with pytest.raises(InvalidInputError, match="withdraw_consent") as refused:
        opened(store, request_type=request_type)

    assert count(engine, TicketRow) == 0
    assert "delete_everything" not in str(refused.value)


@pytest.mark.parametrize("request_type", REQUEST_TYPES)
def test_each_right_can_be_requested(engine: Engine, request_type: str) -> None:
    """All nine types are opened as they were asked for."""
    ticket = opened(TicketStore(engine), request_type=request_type)

    assert (ticket.request_type, ticket.company, ticket.status) == (request_type, "acme", "received")


def test_opening_writes_its_event(engine: Engine) -> None:
    """What happened to a request, when, and through whom, can be told from its events."""
    store = TicketStore(engine, now=lambda: NOON)

    ticket = opened(store)

    with Session(engine) as session:
        row = session.scalars(select(TicketRow)).one()
        assert row.number == ticket.number
        assert [(event.actor, event.what) for event in row.events] == [("requester", "received")]


@pytest.mark.parametrize("offset", [-8, 0, 5.5])
def test_the_time_of_receipt_is_the_clocks_instant_in_whatever_zone(engine: Engine, offset: float) -> None:
    """Due dates are counted from it, and SQLite forgets a time's zone: so what is read back is the instant, in UTC."""
    elsewhere = NOON.astimezone(timezone(timedelta(hours=offset)))
    store = TicketStore(engine, now=lambda: elsewhere)

    ticket = opened(store)

    assert ticket.received_at == NOON
    assert [found.received_at for found in store.of_conversation("c_1")] == [NOON]
    with Session(engine) as session:
        assert session.scalars(select(TicketEventRow)).one().at == NOON


def test_requests_of_other_conversations_are_not_shown(engine: Engine) -> None:
    """One visitor never learns of another's requests."""
    store = TicketStore(engine)
    mine = opened(store, "yes-1", conversation="c_mine")
    opened(store, "yes-2", conversation="c_theirs")

    assert store.of_conversation("c_mine") == [mine]
    assert store.of_conversation("c_nobody") == []
