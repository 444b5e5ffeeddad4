"""A person's requests are found by the keyed hash of their address, and no other person's with them."""

from __future__ import annotations

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from candor.tickets.cipher import FieldCipher
from candor.tickets.conversation_links import FORGOTTEN, RequestLinks
from candor.tickets.erasure import StillOpenError, TicketErasure
from candor.tickets.key_rotation import rotate
from candor.tickets.models import AgentRequestRow, AuthorizedAgentRow, HandoffRow, IdentityCodeRow, TicketRow
from tests.candor.tickets.conftest import SECRET, Office


@pytest.fixture
def persons(office: Office) -> TicketErasure:
    return TicketErasure(office.engine, office.cipher, office.now)


def handoff(office: Office) -> HandoffRow:
    with Session(office.engine) as session:
        return session.scalars(select(HandoffRow)).one()


def test_an_open_request_is_named_and_never_erased(office: Office, persons: TicketErasure) -> None:
    """It must be answered first."""
    number = office.opened().ticket.number

    found = persons.find("ADA@example.com", [], None)

    assert (found.open_numbers, found.closed, found.conversations) == ((number,), (), frozenset({"c_1"}))
    with pytest.raises(StillOpenError):
        persons.erase(found)
    assert office.staff.details(number).email == "ada@example.com"


def test_a_request_that_was_opened_again_meanwhile_is_not_erased(office: Office, persons: TicketErasure) -> None:
    """Two agents, one request: nothing is lost."""
    number = office.opened().ticket.number
    office.staff.refuse(number, "No account.", "staff:bo")
    found = persons.find("ada@example.com", [], None)
    office.staff.reopen(number, "There is one.", "staff:bo")

    with pytest.raises(StillOpenError):
        persons.erase(found)

    assert office.staff.details(number).email == "ada@example.com"


def test_a_request_under_another_address_is_another_persons(office: Office, persons: TicketErasure) -> None:
    """Also in a conversation in which the address was said: "delete my data, and my friend's too"."""
    office.opened(email="bob@example.com", conversation="c_bob")
    office.staff.refuse(office.staff.requests()[0].number, "No account.", "staff:bo")

    found = persons.find("ada@example.com", ["c_bob"], None)

    assert (found.open_numbers, found.closed) == ((), ())


def test_what_was_opened_without_an_address_goes_with_its_conversation(office: Office, persons: TicketErasure) -> None:
    """To opt out of sale needs none."""
    number = office.opened(request_type="opt_out_of_sale", email=None, conversation="c_ada").ticket.number
    office.staff.complete(number, "Done.", "staff:bo")

    assert len(persons.find("ada@example.com", ["c_ada"], None).closed) == 1


def test_only_what_concerns_the_officers_companies_is_found(office: Office, persons: TicketErasure) -> None:
    """An erasure is asked of one controller."""
    office.opened()
    office.people.wanted("c_9", "globex", "ada@example.com")

    found = persons.find("ada@example.com", [], ["globex"])

    assert (found.open_numbers, len(found.handoffs), found.waiting) == ((), 1, 1)


def test_a_wait_for_a_person_ends_and_names_nobody(office: Office, persons: TicketErasure) -> None:
    """Found by a hash that a change of the key brings along."""
    office.people.wanted("c_9", "acme", "Ada@example.com")
    old = handoff(office).email_hash
    newer = FieldCipher("a newer secret", (SECRET,))
    rotate(office.engine, newer)
    persons = TicketErasure(office.engine, newer, office.now)

    persons.erase(persons.find("ada@example.com", [], None))

    row = handoff(office)
    assert old not in {None, row.email_hash}
    assert (row.email, row.email_hash, row.conversation, row.answered_by) == (None, None, "", FORGOTTEN)
    assert office.people.waiting() == []


def test_addresses_from_before_the_hash_are_found_once_it_was_worked_out(office: Office, persons: TicketErasure) -> None:
    """The tables are older than it."""
    office.people.wanted("c_9", "acme", "ada@example.com")
    with Session(office.engine) as session, session.begin():
        session.execute(update(HandoffRow).values(email_hash=None))
    assert persons.find("ada@example.com", [], None).handoffs == ()

    assert (persons.hash_older(), persons.hash_older()) == (1, 0)

    assert len(persons.find("ada@example.com", [], None).handoffs) == 1


def test_cutting_a_conversations_links_leaves_the_request_and_ends_what_was_only_its_own(office: Office) -> None:
    """A code that was not used, and a wait that nobody could answer any more; one with an address is answered by mail."""
    number = office.opened(conversation="c_1").ticket.number
    office.people.wanted("c_1", "acme")
    office.people.wanted("c_2", "acme", "bob@example.com")
    links = RequestLinks(office.engine, office.now)

    for conversation in ("c_1", "c_2", ""):
        links.remove(conversation)

    with Session(office.engine) as session:
        codes = session.execute(select(IdentityCodeRow.state, IdentityCodeRow.conversation)).all()
        waits = session.execute(select(HandoffRow.answered_by, HandoffRow.conversation)).all()
    assert [tuple(code) for code in codes] == [("over", "")]
    assert [tuple(wait) for wait in waits] == [(FORGOTTEN, ""), ("", "")]
    assert (office.row(number).conversation, office.row(number).status) == ("", "awaiting_identity")


def test_the_name_under_which_an_agent_knows_a_request_goes_with_the_person(office: Office, persons: TicketErasure) -> None:
    """Agents number requests as they like, and some by their customers' names."""
    ticket = office.opened().ticket
    with Session(office.engine) as session, session.begin():
        row = session.scalars(select(TicketRow).where(TicketRow.number == ticket.number)).one()
        agent = AuthorizedAgentRow(agent_id="A1", name="Agent", verify_key=b"k", added_at=office.now(), added_by="account:1")
        session.add(agent)
        session.flush()
        session.add(
            AgentRequestRow(
                request_id="r-1", ticket_id=row.id, agent=agent.id, agent_request_id="ada-lovelace-1", exercise="deletion"
            )
        )
    office.staff.refuse(ticket.number, "No account.", "staff:bo")

    persons.erase(persons.find("ada@example.com", [], None))

    with Session(office.engine) as session:
        assert session.scalars(select(AgentRequestRow.agent_request_id)).all() == [""]
