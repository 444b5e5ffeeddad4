"""What a requester may be told of a code, of letters and of proof: only what is so."""

from __future__ import annotations

from datetime import timedelta

from candor.errors import UnavailableError
from candor.tickets.delivery.outbox import MOST_TRIES
from candor.tickets.requester import AddressChanged, ProofNeeded
from candor.tickets.ticket import CodeStanding, Ticket
from tests.candor.tickets.conftest import NOON, Office
from tests.candor.tickets.test_identity import another


def told(office: Office, conversation: str = "c_1") -> Ticket:
    return office.desk.of_conversation(conversation)[-1]


async def test_a_code_is_on_its_way_then_sent_then_over(office: Office) -> None:
    """With how many attempts are left, and until when."""
    number = office.opened().ticket.number
    assert told(office).code == CodeStanding("on_its_way", 3)

    code = await office.code()
    assert told(office).code == CodeStanding("sent", 3, NOON + timedelta(minutes=10))
    office.desk.give_code(number, another(code), "c_1")
    assert told(office).code == CodeStanding("sent", 2, NOON + timedelta(minutes=10))
    office.wait(minutes=10)

    assert told(office).code == CodeStanding("over")


async def test_a_code_that_could_not_be_sent_is_delayed_and_then_not_sent(office: Office) -> None:
    """Nobody looks for a mail that never left."""
    office.opened()
    office.mailer.down = UnavailableError("down")
    await office.deliver()
    assert told(office).code == CodeStanding("delayed", 3)

    for _ in range(MOST_TRIES):
        office.wait(hours=6)
        await office.deliver()

    assert told(office).code == CodeStanding("not_sent", 3)


async def test_a_refused_address_is_told_until_there_is_another(office: Office) -> None:
    """Then a new code is on its way there."""
    number = office.opened().ticket.number
    office.mailer.refuses = {"ada@example.com"}
    await office.deliver()
    assert (told(office).code, told(office).unreached) == (CodeStanding("refused", 3), True)

    office.desk.give_address(number, "c_1", "ada@example.org")

    assert (told(office).code, told(office).unreached) == (CodeStanding("on_its_way", 3), False)


def test_a_code_that_a_limit_withheld_is_told_with_the_time(office: Office) -> None:
    """It was never sent, and is said to be sent by nobody."""
    for n, company in enumerate(("acme", "globex", "initech", "hooli")):
        office.senders.record(f"c_{n}", "203.0.113.7")
        office.opened(f"yes-{n}", conversation=f"c_{n}", company=company)

    assert told(office, "c_3").code == CodeStanding("none", until=NOON + timedelta(days=1))


async def test_what_a_proof_rests_on_is_known(office: Office) -> None:
    """A code, an earlier one, somebody who vouched, staff, or nothing because none is needed."""
    await office.verified("yes-1")
    assert told(office).proof == "code"
    office.opened("yes-2", request_type="access")
    assert told(office).proof == "earlier_code"
    office.opened("yes-3", conversation="c_3", email="bob@example.com", vouched="the workspace")
    assert told(office, "c_3").proof == "vouched"
    number = office.opened("yes-4", conversation="c_4", email="eve@example.com").ticket.number
    assert told(office, "c_4").proof == ""
    office.staff.start(number, "Showed a passport.", "staff:bo")
    assert told(office, "c_4").proof == "staff"
    office.opened("yes-5", conversation="c_5", email="kim@example.com", request_type="opt_out_of_sale")
    assert told(office, "c_5").proof == "not_needed"


async def test_where_no_proof_is_needed_the_address_can_be_corrected_and_the_letter_goes_there(office: Office) -> None:
    """A typing error must not leave the requester without an answer."""
    number = office.opened(request_type="opt_out_of_sale").ticket.number
    office.mailer.refuses = {"ada@example.com"}
    await office.deliver()
    assert told(office).unreached

    changed = office.desk.give_address(number, "c_1", "ada@example.org")
    await office.deliver()

    assert isinstance(changed, AddressChanged)
    assert [mail["Subject"] for mail in office.mails_to("ada@example.org")] == [f"Your request {number} to Acme"]
    assert not told(office).unreached


async def test_what_staff_or_a_code_have_proven_keeps_its_address(office: Office) -> None:
    """Else whoever finds the open page could have the answer sent elsewhere."""
    number = await office.verified()
    started = office.opened("yes-2", conversation="c_2", email="bob@example.com").ticket.number
    office.staff.start(started, "Showed a passport.", "staff:bo")

    assert office.desk.give_address(number, "c_1", "eve@example.com") == ProofNeeded()
    assert office.desk.give_address(started, "c_2", "eve@example.com") == ProofNeeded()


async def test_an_answer_that_did_not_arrive_is_known(office: Office) -> None:
    """Nobody is told that it went to their address."""
    number = await office.verified()
    office.mailer.refuses = {"ada@example.com"}
    office.staff.complete(number, "Deleted.", "staff:bo")
    await office.deliver()

    assert told(office).unreached
