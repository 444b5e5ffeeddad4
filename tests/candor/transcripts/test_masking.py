"""Personal data is masked in whatever shape people type it, and nothing else is."""

from __future__ import annotations

import socket
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from candor.transcripts.masking import find_personal_data, mask


def masked(text: str) -> str:
    """The text with tokens numbered by kind; the same value gets the same number, as the vault does it."""
    tokens: dict[str, str] = {}

    def token_of(kind: str, value: str) -> str:
        number = 1 + sum(token.startswith(f"<{kind}_") for token in tokens.values())
        return tokens.setdefault(value.lower(), f"<{kind}_{number}>")

    return mask(text, token_of)


@pytest.mark.parametrize(
    "address",
    [
        "jo@example.com",
        "JO@EXAMPLE.COM",
        "jo.smith+shop@mail.example.co.uk",
        "jo_smith-99@sub.example.museum",
        "jo@example.notatld",
        "jo@localhost",
        "a@b",
        "o'brien@example.com",
        "müller@büro.de",
        "иван@почта.укр",
    ],
)
def test_an_email_address_of_any_shape_is_masked(address: str) -> None:
    """Half an address is personal too, and so is one whose domain nobody knows."""
    assert masked(f"write to {address} please") == "write to <email_1> please"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("(jo@example.com)", "(<email_1>)"),
        ("<jo@example.com>", "<<email_1>>"),
        ('"jo@example.com", thanks', '"<email_1>", thanks'),
        ("It is jo@example.com.", "It is <email_1>."),
        ("jo@example.com!?", "<email_1>!?"),
        ("mailto:jo@example.com", "mailto:<email_1>"),
        ("jo@localhost, or amy@localhost;", "<email_1>, or <email_2>;"),
        ("jo@example.com,amy@example.org", "<email_1>,<email_2>"),
        ("is jo@example.com's data gone", "is <email_1>'s data gone"),
        ("line one\njo@example.com\nline three", "line one\n<email_1>\nline three"),
    ],
)
def test_punctuation_around_an_address_stays(text: str, expected: str) -> None:
    """Only the address itself goes, so that the sentence can still be understood."""
    assert masked(text) == expected


@pytest.mark.parametrize(
    "number",
    [
        "+1 (415) 555-2671",
        "212-555-0123",
        "(212) 555-0123",
        "+44 20 7946 0958",
        "020 7946 0958",
        "00442079460958",
        "+49 30 901820",
        "+33 1 42 68 53 00",
        "+358 40 123 4567",
        "+380 44 123 45 67",
        "+359 2 987 6543",
        "+27 21 555 1234",
        "+91 98765 43210",
        "+55 11 91234-5678",
    ],
)
def test_phone_numbers_of_several_countries_are_masked(number: str) -> None:
    """Our companies' customers live in many countries, and write their numbers as it is done there."""
    assert masked(f"call {number} today") == "call <phone_1> today"


@pytest.mark.parametrize("number", ["4111 1111 1111 1111", "4111-1111-1111-1111", "5500005555555559", "378282246310005"])
def test_card_numbers_are_masked(number: str) -> None:
    """Grouped or not; the check digit tells a card."""
    assert masked(f"my card {number} was charged") == "my card <card_1> was charged"


@pytest.mark.parametrize(
    "number",
    [
        "DE89 3704 0044 0532 0130 00",
        "DE89370400440532013000",
        "GB29NWBK60161331926819",
        "12345678",
        "1234-5678-9012",
        "12 34 56 12345678",
        "4111 1111 1111 1112",  # a card with a typing error
        "123-45-6789",
        "1234\u00a05678\u00a09012",  # as it is copied from a web page
        "1234–5678–9012",
        "9" * 34,
        "9" * 60,
    ],
)
def test_account_numbers_are_masked(number: str) -> None:
    """IBANs, and eight digits or more however they are grouped and however many there are."""
    assert masked(f"my account {number} please") == "my account <account_1> please"


@pytest.mark.parametrize(
    "text",
    [
        "what changed on 2026-01-15?",
        "on 15/01/2026, or 15.01.2026",
        "from 2026-01-15 2026-02-15",
        "between 2019 and 2023",
        "2019-2023",
        "the years 2018 2019 2020",
        "2024/2025",
        "is it kept for 30 days or 12 months?",
        "within 30-45 days",
        "section 5.5.2 says so",
        "request R-7KQ4-M2XD",
        "request R-1234-5678",
        "GDPR Art. 12(3), Article 6(1)(f)",
        "Regulation (EU) 2016/679, Directive 2002/58/EC",
        "ISO 27001",
        "2fa, and 24/7 support",
        "more than 1,000,000 users",
        "from 9:00 to 17:00",
        "me @ home",
    ],
)
def test_what_is_not_personal_stays(text: str) -> None:
    """Dates, years, spans of time, sections, laws and request numbers are what questions are about."""
    assert masked(text) == text


def test_tokens_that_are_there_stay() -> None:
    """A masked text may be quoted back to us."""
    text = "is <email_1> or <phone_12> or <account_3> known to you?"

    assert masked(text) == text
    assert find_personal_data(text) == []


def test_several_values_in_one_message_each_get_a_token() -> None:
    """The same value keeps its token; another of its kind gets the next."""
    text = "I am jo@example.com, was amy@example.com; jo@example.com can be called at +44 20 7946 0958, card 4111 1111 1111 1111."

    assert masked(text) == "I am <email_1>, was <email_2>; <email_1> can be called at <phone_1>, card <card_1>."


def test_stretches_come_in_order_and_never_overlap() -> None:
    """Where two recognisers claim the same characters, one of them wins."""
    text = "+44 20 7946 0958, jo@example.com 4111111111111111 DE89370400440532013000 12345678"

    found = find_personal_data(text)

    assert [stretch.kind for stretch in found] == ["phone", "email", "card", "account", "account"]
    assert all(before.end <= after.start for before, after in pairwise(found))


@settings(max_examples=60, deadline=None)
@given(st.text("0123456789 .-/+@<>_aemilno\u00a0()\nMariaöя'", max_size=200))
def test_what_is_left_is_what_was_there(text: str) -> None:
    """Spans are in order, apart from each other, and hold a letter or a digit each."""
    spans = find_personal_data(text)

    assert all(before.end <= after.start for before, after in pairwise(spans))
    assert all(any(map(str.isalnum, text[span.start : span.end])) for span in spans)


@settings(max_examples=60, deadline=None)
@given(st.text("0123456789 .-/+@<>_aemilno\u00a0()", max_size=60))
def test_masking_twice_changes_nothing_more(text: str) -> None:
    """Masked text can pass the door again."""
    once = masked(text)

    assert masked(once) == once


@settings(max_examples=40, deadline=None)
@given(
    st.from_regex(r"[a-z][a-z.]{0,8}[a-z]@[a-z]{1,10}(\.[a-z]{2,6})?", fullmatch=True),
    st.sampled_from(["{}", "({})", "is {} known?", "{}."]),
)
def test_no_part_of_an_address_is_left(address: str, sentence: str) -> None:
    """Whatever stands around it."""
    assert masked(sentence.format(address)) == sentence.format("<email_1>")


def test_masking_asks_the_network_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Looking up a list of domains or of numbers would tell the world when we are used."""
    asked: list[object] = []

    def ask(*where: object, **_: object) -> None:
        asked.append(where)

    monkeypatch.setattr(socket, "getaddrinfo", ask)
    monkeypatch.setattr(socket.socket, "connect", ask)

    masked("jo@some-domain.example.zz, +44 20 7946 0958, 4111 1111 1111 1111, DE89370400440532013000")

    assert asked == []


def test_a_one_time_code_is_left_as_it_is() -> None:
    """Some six digits make a local phone number too; a masked code could never be checked."""
    for code in ("020123", "778 120", "553-201", "442211"):
        assert find_personal_data(f"my code is {code}") == []
