"""The one table of states, its drawing, and that nothing ever leaves it."""

from __future__ import annotations

import asyncio
import tempfile
from contextlib import suppress
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, rule
from sqlalchemy import select, text
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from candor.database.engine import make_engine, upgrade
from candor.errors import InvalidInputError
from candor.settings import ROOT
from candor.tickets.models import TicketEventRow, TicketRow
from candor.tickets.states import CLOSED, FIRST, OPEN, STATES, TRANSITIONS, NotNowError, actions_in, diagram, transition
from tests.candor.tickets.conftest import Office, code_in

MOVES = {(row.state, row.action, row.to) for row in TRANSITIONS}
ACTIONS = {row.action for row in TRANSITIONS}


def test_the_documentation_draws_the_table() -> None:
    """docs/requests.md holds exactly what the table says."""
    page = (ROOT / "docs" / "requests.md").read_text(encoding="utf-8")

    assert f"```mermaid\n{diagram()}\n```" in page


def test_each_state_is_reached_and_left() -> None:
    """No state is a dead end that nobody can mend, and none is only written down."""
    assert {row.to for row in TRANSITIONS} | {FIRST} == set(STATES)
    assert {row.state for row in TRANSITIONS} == set(STATES)
    assert {row.action for row in TRANSITIONS if row.state in CLOSED} == {"reopen", "appeal"}


@pytest.mark.parametrize("state", OPEN)
def test_whatever_is_open_can_be_refused_with_reasons_or_withdrawn(state: str) -> None:
    """An answer must always be possible."""
    assert {"refuse", "withdraw"} <= set(actions_in(state, "staff"))
    assert "withdraw" in actions_in(state, "requester")


def test_a_requester_can_do_nothing_that_is_staffs() -> None:
    """Only prove, answer, withdraw, or leave an address."""
    assert {row.action for row in TRANSITIONS if "requester" in row.who} == {"ask_identity", "verify", "answer", "withdraw"}


def test_a_step_that_the_table_lacks_says_what_is_possible() -> None:
    """The cure stands in the message."""
    with pytest.raises(NotNowError, match="reopen"):
        transition("completed", "complete", "staff")


def test_the_database_refuses_to_change_or_remove_an_event(office: Office) -> None:
    """Also for who writes SQL by hand."""
    office.opened()

    for statement in ("UPDATE ticket_event SET what = 'nothing'", "DELETE FROM ticket_event"):
        with office.engine.connect() as connection, pytest.raises(DatabaseError, match="events are only added"):
            connection.execute(text(statement))


class AnyOrder(RuleBasedStateMachine):
    """Requesters and staff do whatever they like, in any order."""

    numbers = Bundle("numbers")

    def __init__(self) -> None:
        super().__init__()
        self._folder = tempfile.TemporaryDirectory()
        self._engine = make_engine(f"sqlite:///{Path(self._folder.name) / 'candor.db'}")
        upgrade(self._engine)
        self.office = Office(self._engine)
        self.seen: list[tuple[object, ...]] = []

    def teardown(self) -> None:
        self._engine.dispose()
        self._folder.cleanup()

    @rule(
        target=numbers, confirmation=st.sampled_from("abcdef"),
        request_type=st.sampled_from(["access", "deletion", "opt_out_of_sale"]),
        email=st.sampled_from(["ada@example.com", "bob@example.com", None]), conversation=st.sampled_from(["c_1", "c_2"]),
    )  # fmt: skip
    def confirm(self, confirmation: str, request_type: str, email: str | None, conversation: str) -> str:
        opened = self.office.opened(confirmation, request_type=request_type, email=email, conversation=conversation)
        return opened.ticket.number

    @rule(number=numbers, conversation=st.sampled_from(["c_1", "c_2"]), right=st.booleans())
    def give_code(self, number: str, conversation: str, right: bool) -> None:
        asyncio.run(self.office.worker.deliver())
        with Session(self._engine) as session:
            row = session.scalars(select(TicketRow).where(TicketRow.number == number)).one()
        mails = [found for mail in self.office.mailer.sent if (found := code_in(mail))]
        code = mails[-1] if right and mails else "000000"
        self.office.desk.give_code(row.number, code, conversation)

    @rule(
        number=numbers,
        conversation=st.sampled_from(["c_1", "c_2"]),
        action=st.sampled_from(["withdraw", "add", "address", "send"]),
    )
    def as_requester(self, number: str, conversation: str, action: str) -> None:
        desk = self.office.desk
        if action == "withdraw":
            desk.withdraw(number, conversation)
        elif action == "add":
            desk.add_details(number, conversation, "more")
        elif action == "address":
            desk.give_address(number, conversation, "cleo@example.com")
        else:
            desk.send_code(number, conversation)

    @rule(
        number=numbers, other=numbers, words=st.sampled_from(["because", ""]),
        action=st.sampled_from(
            ["start", "ask_requester", "answer", "extend", "complete", "refuse", "withdraw", "reopen", "note", "mark_duplicate"]
        ),
    )  # fmt: skip
    def as_staff(self, number: str, other: str, words: str, action: str) -> None:
        with suppress(InvalidInputError):  # said no; the invariants look whether nothing was changed all the same
            getattr(self.office.staff, action)(number, other if action == "mark_duplicate" else words, "staff:bo")

    @rule(days=st.integers(min_value=0, max_value=40))
    def time_passes(self, days: int) -> None:
        self.office.wait(days=days, minutes=3)

    @invariant()
    def events_only_grow_and_tell_the_whole_way(self) -> None:
        with Session(self._engine) as session:
            rows = session.scalars(select(TicketEventRow).order_by(TicketEventRow.id)).all()
            now = [(row.id, row.ticket_id, row.at, row.actor, row.what, row.state, str(row.data)) for row in rows]
            assert now[: len(self.seen)] == self.seen
            self.seen = list(now)
            for ticket in session.scalars(select(TicketRow)):
                way = [(row.what, row.state) for row in rows if row.ticket_id == ticket.id]
                assert way[0] == (FIRST, FIRST)
                for (_, before), (what, after) in pairwise(way):
                    assert (before, what, after) in MOVES if what in ACTIONS else before == after
                assert ticket.status == way[-1][1]
                assert (ticket.closed_at is not None) == (ticket.status in CLOSED)

    @invariant()
    def whatever_is_open_and_late_is_found(self) -> None:
        late = {ticket.number for ticket in self.office.staff.overdue()}
        with Session(self._engine) as session:
            for row in session.scalars(select(TicketRow)):
                until = row.extended_until or row.respond_by
                assert until is not None
                assert (row.number in late) == (row.status in OPEN and until <= self.office.at)


TestAnyOrder = AnyOrder.TestCase
TestAnyOrder.settings = settings(
    max_examples=20,
    stateful_step_count=25,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=(Phase.reuse, Phase.generate),  # each example makes a database: to shrink one takes many minutes
)
