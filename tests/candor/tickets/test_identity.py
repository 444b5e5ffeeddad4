"""One-time codes: right, wrong, late, guessed."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from candor.tickets.identity import NewCodeSent, TooManyCodes, WrongCode
from candor.tickets.models import IdentityCodeRow
from candor.tickets.requester import Verified
from tests.candor.tickets.conftest import NOON, Office, code_in


def another(code: str) -> str:
    """Six digits that are not the code."""
    return f"{(int(code) + 1) % 1_000_000:06d}"


async def test_a_code_has_six_digits_and_each_is_another(office: Office) -> None:
    """Also those of one request."""
    office.opened()
    codes = [await office.code()]
    for _ in range(2):
        office.desk.send_code(office.desk.of_conversation("c_1")[0].number, "c_1")
        codes.append(await office.code())

    assert all(len(code) == 6 and code.isdigit() for code in codes)
    assert len(set(codes)) == 3


async def test_only_a_keyed_hash_of_the_code_is_kept(office: Office) -> None:
    """Without the secret key neither hash nor nonce tell the digits."""
    office.opened()
    code = await office.code()

    with Session(office.engine) as session:
        row = session.scalars(select(IdentityCodeRow)).one()
    assert code not in "".join(str(value) for value in vars(row).values())
    assert len(row.code_hash) == 64
    assert office.cipher.is_code(row.ticket_id, code, row.code_hash)
    assert not Office(office.engine, "another secret").cipher.is_code(row.ticket_id, code, row.code_hash)


async def test_wrong_three_times_brings_a_new_code_and_never_closes_the_request(office: Office) -> None:
    """The old one is worth nothing then."""
    number = office.opened().ticket.number
    code = await office.code()

    said = [office.desk.give_code(number, another(code), "c_1") for _ in range(3)]

    assert said == [WrongCode(2), WrongCode(1), NewCodeSent("wrong")]
    fresh = await office.code()
    assert fresh != code
    assert office.desk.give_code(number, code, "c_1") == WrongCode(2)
    assert isinstance(office.desk.give_code(number, fresh, "c_1"), Verified)


async def test_an_expired_code_brings_a_new_one(office: Office) -> None:
    """Ten minutes after its mail left, to the second."""
    number = office.opened().ticket.number
    code = await office.code()

    office.wait(minutes=10)

    assert office.desk.give_code(number, code, "c_1") == NewCodeSent("expired")
    fresh = await office.code()
    office.wait(minutes=9, seconds=59)
    assert isinstance(office.desk.give_code(number, fresh, "c_1"), Verified)


async def test_the_ten_minutes_begin_when_the_mail_leaves(office: Office) -> None:
    """A mail server that was down for an hour must not eat them."""
    number = office.opened().ticket.number
    office.mailer.down = ConnectionError()
    await office.deliver()
    office.wait(hours=1)
    office.mailer.down = None

    code = await office.code()
    office.wait(minutes=9)

    assert isinstance(office.desk.give_code(number, code, "c_1"), Verified)


async def test_the_answer_to_a_right_code_can_be_asked_for_again(office: Office) -> None:
    """It may be lost between us and the visitor; elsewhere a used code opens nothing."""
    number = office.opened().ticket.number
    code = await office.code()
    office.desk.give_code(number, code, "c_1")

    assert isinstance(office.desk.give_code(number, f" {code[:3]} {code[3:]} ", "c_1"), Verified)
    assert office.desk.give_code(number, code, "c_2") == WrongCode(None)
    assert office.events(number).count("verify") == 1


async def test_codes_are_limited_by_the_hour_and_by_the_day(office: Office) -> None:
    """Five and ten to an address that was proven; the request goes on all the while."""
    number = await office.verified()

    said = [office.desk.send_code(number, "c_1") for _ in range(5)]

    assert said == [NewCodeSent("asked")] * 4 + [TooManyCodes(NOON + timedelta(hours=1))]
    office.wait(hours=1)
    said = [office.desk.send_code(number, "c_1") for _ in range(6)]
    assert said == [NewCodeSent("asked")] * 5 + [TooManyCodes(NOON + timedelta(days=1))]
    assert office.row(number).status == "open"


async def test_an_address_that_nobody_has_proven_gets_three_codes_a_day(office: Office) -> None:
    """It may be a stranger's. The request waits, and its requester is told until when."""
    number = office.opened().ticket.number

    said = [office.desk.send_code(number, "c_1") for _ in range(3)]

    assert said == [NewCodeSent("asked")] * 2 + [TooManyCodes(NOON + timedelta(days=1))]
    assert office.row(number).status == "awaiting_identity"
    office.wait(days=1)
    assert office.desk.send_code(number, "c_1") == NewCodeSent("asked")


async def test_guessing_ends_at_the_limit(office: Office) -> None:
    """Nine guesses a day in a million, in the conversation itself; then also the right code waits."""
    number = office.opened().ticket.number
    tried = 0
    while not isinstance(said := office.desk.give_code(number, another(await office.code()), "c_1"), TooManyCodes):
        tried += 1

    assert (tried, said.until) == (8, NOON + timedelta(days=1))
    assert isinstance(office.desk.give_code(number, await office.code(), "c_1"), TooManyCodes)
    assert office.row(number).verified_at is None


async def test_wrong_codes_count_by_sender_too(office: Office) -> None:
    """Who goes from conversation to conversation, and from address to address, guesses no more often than in one."""
    for n in range(6):
        office.senders.record(f"c_{n}", "203.0.113.7")
        number = office.opened(f"yes-{n}", conversation=f"c_{n}", email=f"ada{n}@example.com").ticket.number
        code = await office.code()
        said = [office.desk.give_code(number, another(code), f"c_{n}") for _ in range(3)]

    assert said == [TooManyCodes(NOON + timedelta(hours=1))] * 3
    office.senders.record("c_bob", "198.51.100.1")
    theirs = office.opened("yes-bob", conversation="c_bob", email="bob@example.com").ticket.number
    assert isinstance(office.desk.give_code(theirs, await office.code(), "c_bob"), Verified)


async def test_a_stranger_guesses_even_less(office: Office) -> None:
    """Ten an hour, and is never told how near the next code is."""
    number = await office.verified()

    said = [office.desk.give_code(number, "000000", "c_eve") for _ in range(11)]

    assert said[:10] == [WrongCode(None)] * 10
    assert isinstance(said[10], TooManyCodes)


async def test_the_codes_mail_says_nothing_that_a_stranger_should_not_read(office: Office) -> None:
    """It may go to a mistyped address, and a lock screen shows its subject."""
    opened = office.opened(request_type="deletion", details="my secret wish", email="ada@example.com")
    code = await office.code()

    mail = office.mails_to("ada@example.com")[0]

    said = f"{mail['Subject']}\n{mail.get_content()}".lower()
    assert code_in(mail) == code
    assert code not in mail["Subject"]
    for secret in ("delet", "secret wish", opened.ticket.number.lower(), "ada", "request type", "gdpr"):
        assert secret not in said


async def test_a_code_that_a_newer_one_replaced_is_not_sent_any_more(office: Office) -> None:
    """Two mails with one valid code would puzzle people."""
    number = office.opened().ticket.number
    office.desk.send_code(number, "c_1")

    done = await office.worker.deliver()

    assert (done["sent"], done["lapsed"]) == (len(office.outbox_of("webhook")) + 1, 1)
