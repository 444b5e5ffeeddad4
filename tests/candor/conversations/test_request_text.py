"""What a requester is told of a request, in each state; the card that they keep."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import get_args

import pytest

from actions.fields import code_field
from candor.conversations.reply import TicketCard
from candor.conversations.request_text import RequestText
from candor.conversations.responses import Responses
from candor.tickets.company import RequestCompany
from candor.tickets.identity import CodeRefusal, NewCodeSent, TooManyCodes, WrongCode
from candor.tickets.states import CLOSED, OPEN, STATES
from candor.tickets.ticket import CodeStanding, Proof, Ticket

TELLING = RequestText(Responses(), lambda company: RequestCompany(company, "Acme", "privacy@acme.example", laws=("gdpr",)))
A_TICKET = Ticket(
    "R-7KQ4-M2XD", "acme", "deletion", "open", datetime(2026, 1, 15, 12, tzinfo=UTC), residence="DE", law="gdpr",
    time_zone="Europe/Berlin", respond_by=datetime(2026, 2, 16, 23, tzinfo=UTC), respond_article="Art. 12(3) GDPR",
)  # fmt: skip


def card_of(ticket: Ticket, what_next: str = "") -> TicketCard:
    return TicketCard.model_validate(TELLING.card(ticket, what_next))


@pytest.mark.parametrize("state", OPEN)
def test_an_open_request_has_its_date_on_the_card(state: str) -> None:
    """As a calendar has it: the last day in the zone where days are counted."""
    card = card_of(replace(A_TICKET, status=state))

    assert (card.due, card.due_article) == ("2026-02-16", "Art. 12(3) GDPR")


def test_what_is_unsure_about_the_date_stands_on_the_card_too() -> None:
    """The card stands for the text: a guessed law is not shown as if it were certain."""
    known, guessed = card_of(A_TICKET), card_of(replace(A_TICKET, residence=""))

    assert known.due_note == ""
    assert guessed.due_note == "I don't know which law applies to you, so I used the strictest one that might."
    assert card_of(replace(A_TICKET, residence="", status="withdrawn")).due_note == ""


def test_above_the_card_stands_a_line_of_its_own_only_where_the_text_repeats_the_card() -> None:
    """Who sees no card reads the text, in which all of it is said."""
    assert TELLING.card(A_TICKET).lead == ""
    assert TELLING.status_card(A_TICKET).lead == "This is how your request with Acme to have your personal data deleted stands."


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


@pytest.mark.parametrize(
    ("residence", "law", "request_type", "said"),
    [
        ("DE", "gdpr", "deletion", ()),
        ("DE", "gdpr", "complaint", ("sets no date for exactly this",)),  # Art. 12(3) speaks of the rights, not of complaints
        ("", "gdpr", "deletion", ("I don't know which law applies to you",)),
        ("JP", "gdpr", "deletion", ("I don't know the law of that place",)),
        ("US-OR", "oregon", "deletion", ("could not check the wording",)),
    ],
)
def test_a_date_says_what_it_does_not_rest_on(residence: str, law: str, request_type: str, said: tuple[str, ...]) -> None:
    """A date that no law sets is not given as one that it does; who said where they live is not told that they did not."""
    unsure = ("sets no date", "which law applies to you", "the law of that place", "check the wording")

    told = TELLING.due(replace(A_TICKET, residence=residence, law=law, request_type=request_type))

    assert all(sentence in told for sentence in said)
    assert sum(sentence in told for sentence in unsure) == len(said)


UNTIL = datetime(2026, 1, 15, 12, 10, tzinfo=UTC)
WAITS = replace(A_TICKET, status="awaiting_identity")
STANDINGS = {
    "on_its_way": (CodeStanding("on_its_way", 3), "is on its way to your address"),
    "sent": (CodeStanding("sent", 2, UNTIL), "valid until 12:10 UTC on 15 January 2026, and you can try it twice more"),
    "over": (CodeStanding("over"), "no longer valid. Say"),
    "over, and none before": (CodeStanding("over", until=UNTIL), "The next one can be sent after 12:10 UTC"),
    "none": (CodeStanding("none"), "none has been sent yet. Say"),
    "none before": (CodeStanding("none", until=UNTIL), "One can be sent after 12:10 UTC"),
    "delayed": (CodeStanding("delayed", 3), "could not be sent yet. I keep trying"),
    "refused": (CodeStanding("refused", 3), "What is the right address?"),
    "not sent": (CodeStanding("not_sent", 3), "could not be sent. You can tell me another address"),
}


@pytest.mark.parametrize("name", STANDINGS)
def test_each_standing_of_a_code_is_told_as_it_is(name: str) -> None:
    """In the status, on the card, and after opening; a code that never left is on its way nowhere."""
    code, says = STANDINGS[name]
    ticket = replace(WAITS, code=code)

    told = (TELLING.status(ticket), card_of(ticket).what_next)

    assert all(says in text for text in told)
    assert card_of(ticket).what_next[0].isupper()
    if name not in {"on_its_way", "sent"}:
        assert not any("is on its way" in text or "was sent to your address" in text for text in told)
    assert not any("{" in text for text in told)


def test_after_opening_a_code_is_on_its_way_only_if_it_is() -> None:
    """A yes that is said twice finds a request whose letter may have come back."""
    on_its_way = replace(WAITS, code=CodeStanding("on_its_way", 3))
    refused = replace(WAITS, code=CodeStanding("refused", 3))
    blocked = replace(WAITS, code=CodeStanding("none", until=UNTIL))

    assert "is on its way" in TELLING.next(on_its_way, "needed", NewCodeSent("asked"))
    assert "What is the right address?" in TELLING.next(refused, "needed", NewCodeSent("asked"))
    assert "after 12:10 UTC on 15 January 2026" in TELLING.next(blocked, "needed", TooManyCodes(UNTIL))
    assert "No code was sent" in TELLING.next(blocked, "needed", TooManyCodes(UNTIL))


@pytest.mark.parametrize(
    ("proof", "identity", "says"),
    [
        ("earlier_code", "proven", "You have shown here"),
        ("vouched", "proven", "Your workspace has confirmed"),
        ("staff", "proven", "knows that it is you"),
        ("not_needed", "not_needed", "do not have to prove"),
        ("", "address_missing", "needs an e-mail address"),
    ],
)
def test_a_proof_is_told_as_what_it_was(proof: Proof, identity: str, says: str) -> None:
    """Who never got a code has shown nothing with one."""
    assert says in TELLING.next(replace(A_TICKET, proof=proof), identity, None)


PROOFS = [proof for proof in get_args(Proof) if proof not in {"", "not_needed"}]  # with these the address can still be changed


@pytest.mark.parametrize("proof", PROOFS)
def test_why_an_address_stays_names_no_code_where_there_was_none(proof: Proof) -> None:
    """Staff may know the requester, or a workspace may."""
    response = TELLING.why_address_stays(replace(A_TICKET, proof=proof))

    said = Responses().say(response, number="R-7KQ4-M2XD", company_name="Acme")

    assert ("with a code" in said or "with the code" in said) == (proof in {"code", "earlier_code"})


def test_why_the_address_of_a_closed_request_stays() -> None:
    """Nothing about codes either."""
    assert TELLING.why_address_stays(replace(A_TICKET, status="completed", proof="code")) == "utter_address_closed"


@pytest.mark.parametrize("state", ["completed", "refused", "waiting_for_requester"])
def test_an_answer_that_reached_nobody_is_not_said_to_have_gone_to_an_address(state: str) -> None:
    """Whoever left none, or a wrong one, hears where the answer is to be had."""
    ticket = replace(A_TICKET, status=state, unreached=True)

    for said in (TELLING.status(ticket), card_of(ticket).what_next):
        assert "sk for a person here" in said
        assert "went to your address" not in said


def test_a_code_that_a_limit_refuses_is_told_with_the_time() -> None:
    """And what helps meanwhile."""
    response, values = TELLING.of_code(TooManyCodes(UNTIL))

    assert "after 12:10 UTC on 15 January 2026" in Responses().say(response, **values)


@pytest.mark.parametrize("reason", ["asked", "wrong", "expired"])
def test_a_new_code_is_on_its_way_and_not_yet_sent(reason: CodeRefusal) -> None:
    """The mail server may still refuse it."""
    response, values = TELLING.of_code(NewCodeSent(reason))

    assert "on its way" in Responses().say(response, **values)


@pytest.mark.parametrize("state", STATES)
def test_the_card_offers_what_can_still_be_done(state: str) -> None:
    """To ask how it stands, always; to add and to withdraw, as long as the request is open."""
    card = card_of(replace(A_TICKET, status=state))

    assert card.check is not None
    assert card.check.payload == "how is R-7KQ4-M2XD?"
    assert [bool(card.add), bool(card.withdraw)] == [state in OPEN] * 2
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
