"""Proving who asks, and what a letter may say of attachments."""

from __future__ import annotations

import pytest

from candor.tickets.attachments import speaks_of_attachment
from candor.tickets.staff import (
    PROOFS,
    NoCodeError,
    NoSuchProofError,
    NothingAttachedError,
)
from candor.tickets.states import NotNowError
from tests.candor.tickets.conftest import Office


async def test_staff_send_a_new_code_and_it_proves_the_request(office: Office) -> None:
    """The old one is void; who asked for it is in the record."""
    number = office.opened().ticket.number
    first = await office.code()

    office.staff.send_code(number, "staff:bo")
    second = await office.code()

    assert first != second
    assert office.events(number)[-2:] == ["code_asked", "code_sent"]
    office.desk.give_code(number, second, "c_1")
    assert office.staff.ticket(number).verified
    with pytest.raises(NoCodeError):
        office.staff.send_code(number, "staff:bo")


def test_codes_that_staff_send_are_limited_too(office: Office) -> None:
    """Nobody's mailbox is filled by a button."""
    number = office.opened().ticket.number

    refused = []
    for _ in range(20):
        try:
            office.staff.send_code(number, "staff:bo")
        except NoCodeError as error:
            refused.append(error)

    assert refused
    assert office.events(number).count("code_sent") < 12


@pytest.mark.parametrize("proof", PROOFS)
def test_another_proof_is_recorded_with_what_was_seen(office: Office, proof: str) -> None:
    """And opens the request."""
    number = office.opened().ticket.number

    ticket = office.staff.prove(number, proof, "Passport shown at the counter.", "staff:bo")

    event = office.staff.details(number).events[-1]
    assert (ticket.status, ticket.verified) == ("open", True)
    assert (event.what, event.data["proof"], event.words) == ("start", proof, "Passport shown at the counter.")


def test_a_proof_that_nobody_knows_is_refused(office: Office) -> None:
    """Nor is a request proven twice."""
    number = office.opened().ticket.number

    with pytest.raises(NoSuchProofError):
        office.staff.prove(number, "hunch", "It sounded like her.", "staff:bo")
    office.staff.prove(number, "account", "Signed in.", "staff:bo")
    with pytest.raises(NotNowError):
        office.staff.prove(number, "account", "Signed in.", "staff:bo")


@pytest.mark.parametrize(
    "words",
    [
        "Your copy is attached.", "Please find enclosed all data we hold.", "All of it stands in the attachment.",
        "See attachment",
        "We have put everything into the attached file.", "The PDF comes with this letter.", "Attachments: 2",
        "You get the files with this e-mail.", "Enclosed you find a copy.", "With this mail comes a zip archive.",
    ],
)  # fmt: skip
async def test_nothing_is_completed_with_an_attachment_that_is_not_there(office: Office, words: str) -> None:
    """The requester would look for it in vain."""
    number = await office.verified(request_type="access")

    with pytest.raises(NothingAttachedError):
        office.staff.complete(number, words, "staff:bo")

    assert office.staff.ticket(number).status == "open"


@pytest.mark.parametrize(
    "words",
    [
        "We have deleted your account.", "Your data went to you by registered post on 3 March.",
        "Nothing is attached to your account.",
        "We attach great importance to your privacy.", "You can download your copy in your account under Privacy.",
    ],
)  # fmt: skip
def test_other_words_are_no_attachment(words: str) -> None:
    """A plain answer goes through."""
    assert not speaks_of_attachment(words)


async def test_a_check_that_was_skipped_is_made_up_for(office: Office) -> None:
    """The work goes on, no letter goes out, and the request says from then on what it rests on."""
    number = office.opened().ticket.number
    office.staff.start(number, "Urgent.", "staff:bo")

    shown = office.staff.preview(number, "prove", "staff:bo", words="Passport seen.", other="document")
    ticket = office.staff.prove(number, "document", "Passport seen.", "staff:bo")

    assert (shown.letter, ticket.status) == (None, "open")
    proof = office.staff.details(number).events[-1]
    assert (proof.what, proof.data["proof"], proof.words) == ("prove", "document", "Passport seen.")
    with pytest.raises(NotNowError):
        office.staff.prove(number, "document", "Once more.", "staff:bo")
