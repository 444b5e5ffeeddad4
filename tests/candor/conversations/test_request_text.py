"""What a requester is told of a request, in each state; the card that they keep."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from actions.fields import code_field
from candor.conversations.reply import TicketCard
from candor.conversations.request_text import RequestText
from candor.conversations.responses import Responses
from candor.tickets.company import RequestCompany
from candor.tickets.identity import NewCodeSent, TooManyCodes, WrongCode
from candor.tickets.states import CLOSED, OWED, STATES
from candor.tickets.ticket import Ticket

TELLING = RequestText(Responses(), lambda company: RequestCompany(company, "Acme", "privacy@acme.example", laws=("gdpr",)))
A_TICKET = Ticket(
    "R-7KQ4-M2XD", "acme", "deletion", "open", datetime(2026, 1, 15, 12, tzinfo=UTC), residence="DE", law="gdpr",
    time_zone="Europe/Berlin", respond_by=datetime(2026, 2, 16, 23, tzinfo=UTC), respond_article="Art. 12(3) GDPR",
)  # fmt: skip


def card_of(ticket: Ticket, what_next: str = "") -> TicketCard:
    return TicketCard.model_validate(TELLING.card(ticket, what_next))


@pytest.mark.parametrize("state", OWED)
def test_what_is_owed_has_its_date_on_the_card(state: str) -> None:
    """As a calendar has it: the last day in the zone where days are counted."""
    card = card_of(replace(A_TICKET, status=state))

    assert (card.due, card.due_article) == ("2026-02-16", "Art. 12(3) GDPR")


@pytest.mark.parametrize("state", CLOSED)
def test_what_is_closed_has_none(state: str) -> None:
    """Nobody waits for a day on which nothing comes."""
    card = card_of(replace(A_TICKET, status=state))

    assert (card.due, card.due_article) == (None, "")


@pytest.mark.parametrize("state", STATES)
def test_every_state_says_what_is_next_in_a_sentence(state: str) -> None:
    """None is left empty, and none shows a placeholder."""
    sentence = card_of(replace(A_TICKET, status=state)).what_next

    assert sentence[0].isupper()
    assert sentence.endswith((".", "!"))
    assert "{" not in sentence


@pytest.mark.parametrize("state", STATES)
def test_the_card_offers_what_can_still_be_done(state: str) -> None:
    """To ask how it stands, always; to add and to withdraw, as long as an answer is owed."""
    card = card_of(replace(A_TICKET, status=state))

    assert card.check is not None
    assert card.check.payload == "how is R-7KQ4-M2XD?"
    assert [bool(card.add), bool(card.withdraw)] == [state in OWED] * 2
    assert card.contact == "privacy@acme.example"


def test_an_extension_moves_the_date() -> None:
    """The card shows the one that counts now."""
    later = replace(A_TICKET, status="extended", extended_until=datetime(2026, 4, 15, 22, tzinfo=UTC))

    assert card_of(later).due == "2026-04-15"


def test_before_the_date_is_worked_out_the_card_has_none() -> None:
    """A request of an earlier version of Candor."""
    card = card_of(replace(A_TICKET, respond_by=None, respond_article=""))

    assert (card.due, card.due_article) == (None, "")


def test_a_code_is_not_asked_for_while_none_is_taken() -> None:
    """A field that refuses whatever is typed would only annoy."""
    later = datetime(2026, 1, 15, 13, tzinfo=UTC)

    assert code_field(TooManyCodes(later), Responses()) is None
    assert code_field(WrongCode(left=2), Responses()) == code_field(NewCodeSent("asked"), Responses()) is not None
