"""Bounces are told from answers, holidays and receipts, and name their letter."""

from __future__ import annotations

import base64
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from candor.tickets.delivery.dsn import Bounce, key_of_message_id, key_of_verp, read_bounce, verp_address
from tests.candor.tickets.delivery import bounce_mails

KEY = "Ab_-" * 8
RANDOM = st.binary(min_size=24, max_size=24).map(lambda random: base64.urlsafe_b64encode(random).decode())


@pytest.mark.parametrize(
    ("mail", "status"),
    [
        (bounce_mails.postfix(KEY), "5.1.1"),
        (bounce_mails.postfix(KEY, "5.7.1", verp=True), "5.7.1"),
        (bounce_mails.postfix(KEY, "4.4.7"), "4.4.7"),
        (bounce_mails.exchange(KEY), "5.1.10"),
        (bounce_mails.qmail(KEY), "5.1.1"),
        (bounce_mails.exim(KEY), "5.7.1"),
    ],
    ids=["postfix", "postfix and verp", "given up", "exchange", "qmail", "exim"],
)
def test_a_bounce_names_its_letter_and_why_it_came_back(mail: bytes, status: str) -> None:
    """Whether by the address that it was sent to, or by the letter that it returns."""
    assert read_bounce(mail) == Bounce((KEY,), status)


@pytest.mark.parametrize(
    "mail",
    [
        bounce_mails.holiday(KEY), bounce_mails.answer(KEY), bounce_mails.receipt(KEY),
        bounce_mails.postfix(KEY, "4.4.1", "delayed"), bounce_mails.postfix(KEY, "2.0.0", "relayed"), b"", b"\xff\x00",
    ],
    ids=["holiday", "answer", "receipt", "delayed", "relayed", "empty", "noise"],
)  # fmt: skip
def test_what_is_no_bounce_is_none(mail: bytes) -> None:
    """The letter has arrived, or may still arrive."""
    assert read_bounce(mail) is None


def test_a_mail_that_is_cut_short_is_still_read() -> None:
    """Some servers return the whole letter, and we read no more than the beginning."""
    whole = bounce_mails.postfix(KEY, verp=True)

    assert read_bounce(whole[: whole.index(b"Undelivered Message Headers")]) == Bounce((KEY,), "5.1.1")


@given(RANDOM)
def test_a_key_survives_the_way_there_and_back(key: str) -> None:
    """Also where a server writes the address in small or in capital letters, and within RFC 5321's 64 characters."""
    address = verp_address("bounces@acme.example", key)

    assert len(address.rpartition("@")[0]) <= 64
    assert {key_of_verp(one) for one in (address, address.upper(), address.lower())} == {key}
    assert key_of_message_id(f"<{key}@acme.example>") == key


@pytest.mark.parametrize("key", ["", "person-answer:0a1b2c3d", "x" * 33, "!" * 32])
def test_a_key_that_no_address_can_carry_leaves_the_address_alone(key: str) -> None:
    """The Message-ID still names it."""
    assert verp_address("bounces@acme.example", key) == "bounces@acme.example"


@given(st.text(max_size=80))
def test_no_address_and_no_message_id_breaks_the_reader(text: str) -> None:
    """Anybody can write to the mailbox."""
    assert key_of_verp(f"bounces+{text}@acme.example") is None or len(text) >= 32
    assert key_of_message_id(text) is None or "@" in text


@given(
    st.binary(max_size=400),
    st.sampled_from([bounce_mails.postfix, bounce_mails.exchange, bounce_mails.qmail]),
    st.integers(0, 900),
)
def test_no_mail_breaks_the_reader(noise: bytes, mail: Callable[[str], bytes], at: int) -> None:
    """However it was damaged on its way."""
    raw = mail(KEY)

    found = read_bounce(raw[:at] + noise + raw[at:])

    assert found is None or all(isinstance(key, str) for key in found.keys)
