"""One-time codes as people type them, and the numbers that are none."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from candor.typed.codes import almost_a_code, codes_in, is_code, is_only_code, wants_new_code

SEPARATORS = st.sampled_from(["", " ", "-", ".", "–", " - ", "\u00a0", "\u200b", "  "])
DIGITS = st.sampled_from(["0123456789", "０１２３４５６７８９", "٠١٢٣٤٥٦٧٨٩", "०१२३४५६७८९", "۰۱۲۳۴۵۶۷۸۹"])


@given(st.text("0123456789", min_size=6, max_size=6), DIGITS, st.lists(SEPARATORS, min_size=5, max_size=5))
def test_a_code_is_read_however_its_digits_are_spaced(code: str, digits: str, between: list[str]) -> None:
    """In the digits of any keyboard; the right code is never counted as a wrong one."""
    if between[1:4:2] == [between[1]] * 2 and between[1].strip() in {".", "-", "–"}:
        between = [""] * 5  # 12.05.24 and 2-03-2004 are dates
    typed = "".join(digits[int(digit)] + sign for digit, sign in zip(code, [*between, ""], strict=True))

    assert code in codes_in(f"the code is {typed}")


@pytest.mark.parametrize(
    "typed",
    [
        "123456", "123 456", "123-456.", "1-2-3-4-5-6", "the code is 123 456", "code:123456, thanks", "*123456*", "code123456",
        "one two three four five six", "1️⃣2️⃣3️⃣4️⃣5️⃣6️⃣", "12.34.56",
    ],
)  # fmt: skip
def test_words_around_a_code_do_no_harm(typed: str) -> None:
    """Nor do signs."""
    assert codes_in(typed) == ("123456",)
    assert is_only_code(typed)


@pytest.mark.parametrize(
    "typed",
    [
        "on 12.05.2024", "2024-05-12", "my phone is 0170 1234567", "+49 170 123456", "it cost 123456 euros", "$123,456",
        "R-1234-5678", "customer no. 881234", "order 123456", "abc123456", "born 01.02.03", "at 12:34:56", "<email_123456>", "no",
        "",         "since 2017 2018",
    ],
)  # fmt: skip
def test_other_numbers_are_no_codes(typed: str) -> None:
    """Dates, phones, amounts, and the numbers of requests and accounts."""
    assert codes_in(typed) == ()
    assert not is_only_code(typed)


def test_each_code_of_a_message_is_a_candidate() -> None:
    """What is called a code comes first; the number of a request beside it is none."""
    assert codes_in("first 111111, the code is 222222") == ("222222", "111111")
    assert codes_in("R-AB12-3456 123456") == ("123456",)
    assert codes_in("123 456 654 321") == ("123456", "654321")


@pytest.mark.parametrize(
    ("typed", "almost"),
    [("12345", True), ("1234567", True), ("code 12345", True), ("123456", False), ("i am 12345 days old", False), ("no", False)],
)
def test_a_digit_too_few_or_too_many_is_told_from_a_wrong_code(typed: str, almost: bool) -> None:
    """It is asked for again, and is no attempt."""
    assert almost_a_code(typed) is almost


@pytest.mark.parametrize(("typed", "code"), [("123 456", True), ("12345", False), ("code 123456", False), ("123456 1", False)])
def test_a_span_of_six_digits_is_a_code(typed: str, code: bool) -> None:
    """So that it is not masked as somebody's phone number."""
    assert is_code(typed) is code


@pytest.mark.parametrize(
    "text",
    [
        "send me a new code", "new code please", "i never got that code", "resend", "the code never arrived", "where is my code?",
        "code expired", "the mail did not come", "please send it again", "I didn’t receive the mail", "i lost the code",
    ],
)  # fmt: skip
def test_a_plain_wish_asks_for_a_new_code(text: str) -> None:
    """Also in the words of somebody who only says that none came."""
    assert wants_new_code(text)


@pytest.mark.parametrize(
    "text",
    [
        "123456", "how long is the code valid?", "don't send a new code", "who sent me this code", "wait", "ok", "I got the code",
        "i will look for the code", "what happens if the code expires", "my email is x@example.org", "delete my mail address",
    ],
)  # fmt: skip
def test_nothing_else_ends_a_valid_code(text: str) -> None:
    """A question about the code, a delay or a thank-you leaves it as it is."""
    assert not wants_new_code(text)


@given(st.one_of(st.text(max_size=200), st.text(st.sampled_from("0123 -.:/one two\u0661R"), max_size=200)))
def test_no_text_breaks_it(typed: str) -> None:
    """Each candidate has six digits."""
    assert all(len(code) == 6 and code.isdecimal() for code in codes_in(typed))
    assert is_only_code(typed) in {True, False}


@pytest.mark.parametrize("piece", ["1", "1 ", "1-", "one ", "code ", "1.1.", "12:3", "the ", " ", "(", "send ", "new ", "not "])
def test_the_work_grows_with_the_text_and_no_faster(piece: str) -> None:
    """Long runs cost no more than honest text."""
    assert len(codes_in(piece * 4000)) <= 3
    assert almost_a_code(piece * 4000) in {True, False}
    assert is_only_code(piece * 4000) in {True, False}
    assert wants_new_code(piece * 4000) in {True, False}
