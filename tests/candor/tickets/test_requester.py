"""What a requester can do, and what nobody else learns by it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta, timezone
from pathlib import Path
from threading import Barrier

import pytest
from sqlalchemy import text

from candor.errors import InvalidInputError
from candor.tickets.addresses import NotAnAddress
from candor.tickets.conversation_links import RequestLinks
from candor.tickets.identity import CodeOnItsWay, NewCodeSent, TooManyCodes, WrongCode
from candor.tickets.request_types import REQUEST_TYPES
from candor.tickets.requester import (
    Added,
    AlreadyClosed,
    Opened,
    ProofNeeded,
    RequestStatus,
    TooManyRequests,
    Verified,
    Withdrawn,
)
from tests.candor.tickets.conftest import NOON, Office


async def test_a_request_waits_for_a_code_and_is_open_once_it_is_given(office: Office) -> None:
    """The way of nearly every request."""
    opened = office.opened()

    assert (opened.identity, opened.code, opened.ticket.status) == ("needed", NewCodeSent("asked"), "awaiting_identity")
    outcome = office.desk.give_code(opened.ticket.number, await office.code(), "c_1")

    assert isinstance(outcome, Verified)
    assert (outcome.ticket.status, outcome.ticket.verified, outcome.first) == ("open", True, None)
    assert office.events(opened.ticket.number) == ["received", "ask_identity", "code_sent", "code_given", "verify"]


def test_the_law_and_its_date_are_told_at_once(office: Office) -> None:
    """Residence decides: one month under the GDPR, and Saturdays roll on; the time zone is the law's."""
    ticket = office.opened().ticket

    assert (ticket.law, ticket.respond_article, ticket.due_on) == ("gdpr", "Art. 12(3) GDPR", date(2026, 2, 16))


def test_opting_out_of_sale_needs_no_proof_and_no_address(office: Office) -> None:
    """11 CCR § 7026(d)."""
    opened = office.opened(request_type="opt_out_of_sale", email=None, residence="US-CA")

    assert (opened.identity, opened.code, opened.ticket.status) == ("not_needed", None, "open")
    assert office.outbox_of("requester") == []


def test_the_same_yes_opens_nothing_twice_and_sends_nothing_twice(office: Office) -> None:
    """Rasa or a client may repeat it at any time."""
    first, *others = [office.opened() for _ in range(4)]

    assert {other.ticket for other in others} == {first.ticket}
    assert office.outbox_of("requester") == [("code", "due")]


def test_fifty_confirmations_at_once_open_fifty_requests(office: Office) -> None:
    """No writer is lost because others write too."""
    start = Barrier(50)

    def confirm(place: int) -> str:
        start.wait()
        opened = office.opened(f"yes-{place}", conversation=f"c_{place}", email=f"ada{place}@example.com")
        return opened.ticket.number

    with ThreadPoolExecutor(50) as threads:
        numbers = set(threads.map(confirm, range(50)))

    assert len(numbers) == 50


@pytest.mark.parametrize("offset", [-8, 0, 5.5])
def test_the_time_of_receipt_is_the_clocks_instant_in_whatever_zone(office: Office, offset: float) -> None:
    """Due dates are counted from it, and SQLite drops a time's zone: so what is read back is the instant, in UTC."""
    office.at = NOON.astimezone(timezone(timedelta(hours=offset)))

    ticket = office.opened().ticket

    assert ticket.received_at == NOON
    assert [found.received_at for found in office.desk.of_conversation("c_1")] == [NOON]


def test_requests_of_other_conversations_are_not_listed(office: Office) -> None:
    """One visitor never learns of another's requests."""
    mine = [office.opened("yes-1").ticket, office.opened("yes-2", request_type="access").ticket]
    office.opened("yes-3", conversation="c_theirs")

    assert office.desk.of_conversation("c_1") == mine
    assert office.desk.of_conversation("c_nobody") == []


@pytest.mark.parametrize("request_type", REQUEST_TYPES)
def test_a_right_that_the_law_or_the_company_does_not_offer_is_opened_all_the_same(office: Office, request_type: str) -> None:
    """Whether it exists is decided by people, with a due date, and not by a chat window."""
    opened = office.opened(request_type=request_type, company="unknown", residence="ZZ")

    assert opened.ticket.request_type == request_type
    assert opened.ticket.due is not None


def test_a_type_that_does_not_exist_is_refused(office: Office) -> None:
    """The error does not say what was sent."""
    with pytest.raises(InvalidInputError, match="withdraw_consent") as refused:
        office.open(request_type="sentinelword")

    assert "sentinelword" not in str(refused.value)


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("ada", "none"),
        ("ada@", "malformed"),
        ("ada@example.com, bob@example.com", "several"),
        ("a@b.example\nBcc: c@d.example", "several"),
    ],
)
def test_what_is_no_single_address_is_asked_for_again(office: Office, typed: str, why: str) -> None:
    """Nothing is opened with it; the value says what is wrong with it."""
    assert office.open(email=typed) == NotAnAddress(why)  # type: ignore[arg-type]
    assert office.desk.of_conversation("c_1") == []


def test_a_request_without_an_address_is_kept_and_gets_one_later(office: Office) -> None:
    """What was confirmed is a request, and the law's time runs, before anybody has an address."""
    opened = office.opened(email=None)
    assert (opened.identity, opened.ticket.status) == ("address_missing", "received")

    assert office.desk.give_address(opened.ticket.number, "c_1", "nonsense") == NotAnAddress("none")
    assert office.desk.give_address(opened.ticket.number, "c_other", "eve@example.com") == ProofNeeded()
    assert office.desk.give_address(opened.ticket.number, "c_1", "ada@example.com") == NewCodeSent("asked")

    assert office.row(opened.ticket.number).status == "awaiting_identity"


async def test_a_mistyped_address_can_be_mended_and_the_other_ones_code_is_worth_nothing(office: Office) -> None:
    """Else who has a code for one address could prove another."""
    number = office.opened(email="adda@example.com").ticket.number
    others_code = await office.code()

    office.desk.give_address(number, "c_1", "ada@example.com")

    assert isinstance(office.desk.give_code(number, others_code, "c_1"), WrongCode)
    code = await office.code()
    assert str(office.mailer.sent[-1]["To"]) == "ada@example.com"
    assert isinstance(office.desk.give_code(number, code, "c_1"), Verified)
    assert office.desk.give_address(number, "c_1", "eve@example.com") == ProofNeeded()


async def test_a_code_for_one_address_cannot_prove_another_also_when_no_new_code_may_be_sent(office: Office) -> None:
    """The limit on codes must not leave the old one alive."""
    number = office.opened(email="eve@example.com").ticket.number
    for address in ("eve@example.org", "eve@example.net", "eve@example.edu", "eve@example.com"):
        office.desk.give_address(number, "c_1", address)
    eves_code = await office.code()

    assert isinstance(office.desk.give_address(number, "c_1", "ada@example.com"), TooManyCodes)

    assert isinstance(office.desk.give_code(number, eves_code, "c_1"), TooManyCodes)
    assert not office.row(number).verified_at


async def test_a_second_request_in_a_proven_conversation_needs_no_second_code(office: Office) -> None:
    """The same person, the same address, minutes later."""
    await office.verified("yes-1")

    again = office.opened("yes-2", request_type="access")
    elsewhere = office.opened("yes-3", request_type="access", email="bob@example.com")

    assert (again.identity, again.ticket.status) == ("proven", "open")
    assert elsewhere.identity == "needed"


async def test_a_repetition_is_linked_and_the_first_one_named_in_the_same_conversation(office: Office) -> None:
    """It is a request of its own, kept with the first."""
    first = await office.verified("yes-1")

    second = office.opened("yes-2", email="ADA@Example.COM")

    assert (second.ticket.status, second.first) == ("duplicate", first)
    assert office.staff.details(first).repeated_by == (second.ticket.number,)
    assert office.staff.details(second.ticket.number).first == first


async def test_a_stranger_who_types_a_known_address_sees_nothing_of_it(office: Office) -> None:
    """Reply, status and timing of mails are those of an address that nobody has seen."""
    await office.verified("yes-1")

    known = office.opened("yes-2", conversation="c_eve")
    unknown = office.opened("yes-3", conversation="c_eve2", email="nobody@example.com")

    assert (known.identity, known.code, known.first) == (unknown.identity, unknown.code, unknown.first)
    assert known.ticket.status == unknown.ticket.status == "awaiting_identity"
    status = office.desk.status(known.ticket.number, "c_eve")
    assert isinstance(status, RequestStatus)
    assert status.first is None


async def test_a_repetition_from_elsewhere_is_told_once_it_is_proven(office: Office) -> None:
    """Then it is the same person, who may know their own request's number."""
    first = await office.verified("yes-1")
    second = office.opened("yes-2", conversation="c_2").ticket.number

    outcome = office.desk.give_code(second, await office.code(), "c_2")

    assert isinstance(outcome, Verified)
    assert (outcome.ticket.status, outcome.first) == ("duplicate", first)
    await office.deliver()
    assert first in office.mails_to("ada@example.com")[-1].get_content()


async def test_an_unproven_request_of_a_stranger_does_not_swallow_the_real_one(office: Office) -> None:
    """Anybody can type anybody's address first."""
    strangers = office.opened("yes-1", conversation="c_eve").ticket.number

    mine = await office.verified("yes-2", conversation="c_ada")

    assert office.row(mine).status == "open"
    assert office.row(strangers).status == "awaiting_identity"


async def test_an_answered_request_can_be_made_again(office: Office) -> None:
    """Only one that is still open makes another a repetition."""
    office.staff.complete(await office.verified("yes-1"), "Deleted.", "staff:bo")

    assert office.opened("yes-2", conversation="c_2").first is None


def test_other_types_and_companies_are_no_repetitions(office: Office) -> None:
    """Each right with each company is its own request."""
    office.opened("yes-1")

    assert office.opened("yes-2", request_type="access").ticket.status == "awaiting_identity"
    assert office.opened("yes-3", company="globex").ticket.status == "awaiting_identity"


def test_one_sender_cannot_flood_the_staff(office: Office) -> None:
    """Ten a day; those that are open stay, and the next day there is room again."""
    for place in range(10):
        office.opened(f"yes-{place}", request_type=list(REQUEST_TYPES)[place % 9])

    assert office.open("yes-x") == TooManyRequests(NOON + timedelta(days=1), 10)
    assert office.opened("yes-3").ticket.number  # what was opened before is still found
    office.wait(days=1)
    assert office.opened("yes-x").ticket.number


def test_many_conversations_of_one_sender_cannot_flood_a_stranger(office: Office) -> None:
    """Three mails a day, of whatever kind, and thirty requests; each time the sender is told so, with the time."""
    for place in range(30):
        office.senders.record(f"c_{place}", "203.0.113.7")
        opened = office.opened(f"yes-{place}", conversation=f"c_{place}", request_type=list(REQUEST_TYPES)[place % 9])
        if place > 3 and opened.identity == "needed":
            assert opened.code == TooManyCodes(NOON + timedelta(days=1))
    office.senders.record("c_x", "203.0.113.7")

    assert isinstance(office.open("yes-x", conversation="c_x"), TooManyRequests)
    assert len(office.outbox_of("requester")) == 3


def test_letters_that_need_no_code_count_as_well(office: Office) -> None:
    """Else a stranger could be mailed with opt-outs, which need no proof. The request itself is open all the same."""
    for n, company in enumerate(("acme", "globex", "initech", "hooli")):
        office.senders.record(f"c_{n}", "203.0.113.7")
        opened = office.opened(f"yes-{n}", company=company, conversation=f"c_{n}", request_type="opt_out_of_sale")

    assert opened.ticket.status == "open"
    assert office.outbox_of("requester") == [("opened", "due")] * 3
    assert office.events(opened.ticket.number)[-1] == "letter_withheld"


async def test_strangers_cannot_use_up_the_codes_and_requests_of_an_address(office: Office) -> None:
    """Whoever owns it still opens a request and gets a code, however many others have typed it today."""
    for n in range(60):
        office.open(f"yes-{n}", conversation=f"c_{n}", request_type=list(REQUEST_TYPES)[n % 9])
    office.senders.record("c_ada", "198.51.100.1")

    opened = office.opened("yes-ada", conversation="c_ada")

    assert opened.code == NewCodeSent("asked")
    assert isinstance(office.desk.give_code(opened.ticket.number, await office.code(), "c_ada"), Verified)


async def test_proven_requests_count_against_their_address_and_no_longer_against_the_sender(office: Office) -> None:
    """Thirty a day; and who has proven to be themselves may open more than ten."""
    office.senders.record("c_1", "203.0.113.7")
    for n in range(30):
        assert office.row(await office.verified(f"yes-{n}", company=f"company-{n}")).verified_at

    assert isinstance(office.open("yes-x", company="pied-piper", conversation="c_2"), TooManyRequests)
    assert isinstance(office.open("yes-y", email="bob@example.com", company="pied-piper", conversation="c_2"), Opened)


async def test_a_sender_may_mail_a_proven_address_more_often(office: Office) -> None:
    """It is no stranger's."""
    number = await office.verified()

    said = [office.desk.send_code(number, "c_1") for _ in range(4)]

    assert said == [NewCodeSent("asked")] * 4


def test_forgetting_a_conversation_wins_no_new_codes(office: Office) -> None:
    """What was sent counts against the sender, not against the conversation."""
    links = RequestLinks(office.engine, office.now)
    for n in range(4):
        office.senders.record(f"c_{n}", "203.0.113.7")
        opened = office.opened(f"yes-{n}", conversation=f"c_{n}", company=("acme", "globex", "initech", "hooli")[n])
        links.remove(f"c_{n}")

    assert opened.code == TooManyCodes(NOON + timedelta(days=1))


async def test_number_and_code_tell_the_status_in_any_conversation(office: Office) -> None:
    """And open it there for an hour, after which a new code is needed."""
    number = await office.verified("yes-1")
    assert office.desk.status(number, "c_2") == CodeOnItsWay()
    code = await office.code()

    told = office.desk.status(number.lower().replace("-", " "), "c_2", code)

    assert isinstance(told, RequestStatus)
    assert (told.ticket.number, told.ticket.status) == (number, "open")
    assert isinstance(office.desk.status(number, "c_2"), RequestStatus)
    office.wait(hours=1, seconds=1)
    assert office.desk.status(number, "c_2") == CodeOnItsWay()


async def test_a_number_that_does_not_exist_is_answered_like_one_that_does(office: Office) -> None:
    """In the same order, with the same values, until the limit, which is the same too."""
    number = await office.verified("yes-1")

    def ask(of: str, conversation: str) -> list[object]:
        said: list[object] = [office.desk.status(of, conversation), office.desk.send_code(of, conversation)]
        said += [office.desk.withdraw(of, conversation), office.desk.add_details(of, conversation, "more")]
        said += [office.desk.give_code(of, "000000", conversation) for _ in range(9)]
        return said

    known, unknown = ask(number, "c_2"), ask("R-0000-0000", "c_3")

    assert known == unknown
    assert known[:4] == [CodeOnItsWay(), CodeOnItsWay(), ProofNeeded(), ProofNeeded()]
    assert isinstance(known[-1], TooManyCodes)
    assert ask("no number at all", "c_4") == unknown


async def test_a_request_can_be_taken_back_and_stays_so(office: Office) -> None:
    """By its own conversation, as often as it is said."""
    number = await office.verified()

    assert isinstance(office.desk.withdraw(number, "c_1"), Withdrawn)
    assert isinstance(office.desk.withdraw(number, "c_1"), Withdrawn)

    assert office.events(number).count("withdraw") == 1
    assert isinstance(office.desk.add_details(number, "c_1", "one thing more"), AlreadyClosed)


async def test_what_is_added_answers_what_staff_asked(office: Office) -> None:
    """Without a question it is only added."""
    number = await office.verified()
    assert isinstance(office.desk.add_details(number, "c_1", "My account is ada1"), Added)
    office.staff.ask_requester(number, "Which account?", "staff:bo")

    added = office.desk.add_details(number, "c_1", "ada1 and ada2")

    assert isinstance(added, Added)
    assert added.ticket.status == "open"
    words = {event.what: event.words for event in office.staff.details(number).events}
    assert (words["details_added"], words["answer"]) == ("My account is ada1", "ada1 and ada2")


@pytest.mark.parametrize(
    "details",
    [
        "'); DROP TABLE ticket; --",
        "<script>alert(1)</script>",
        "{{ 7 * 7 }} {% raw %}",
        "born 1899-12-31",
        "%s %(x)s {x}",
        "\0\x1b[2J",
    ],
)
async def test_details_stay_what_was_written(office: Office, details: str) -> None:
    """SQL, HTML, templates and old dates are only text."""
    number = office.opened(details=details).ticket.number

    office.desk.add_details(number, "c_1", details)

    file = office.staff.details(number)
    assert [event.words for event in file.events if event.words] == [details.strip()] * 2
    assert office.desk.of_conversation("c_1")[0].number == number


def test_details_that_are_too_long_are_refused_and_open_nothing(office: Office) -> None:
    """As a whole: no half request is left."""
    with pytest.raises(InvalidInputError, match="longer than 4000"):
        office.open(details="x" * 4001)

    assert office.desk.of_conversation("c_1") == []


def test_the_database_holds_nothing_readable_of_who_asks_and_what_they_wrote(office: Office) -> None:
    """Neither in a table nor in the file."""
    office.opened(email="Sentinel.Name@example.com", details="my sentinelword details")

    with office.engine.connect() as connection:
        connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))
    content = Path(str(office.engine.url.database)).read_bytes().lower()
    assert b"awaiting_identity" in content
    assert b"sentinel" not in content
