"""Addresses as people type them; what may be cut at two places is a guess to ask back."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from candor.typed.emails import emails_in

LETTERS = st.text(st.sampled_from("ab.@ (at)[dot]dot@@__''’,;:!`+-\u200b１＠com org my<>\n"), max_size=120)

PIECES = (
    "jane", "doe", "my", "email", "is", "at", "dot", "(at)", "[dot]", "@", "example", "org", "com", ".", ",",
    "jane.doe@example.org", "jo@gmail", "jo@gmial.com", "'", "’", "`", "=", "/", ";", "not", "please", "my name", "\n", " ",
)  # fmt: skip


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("jane@example.org", "jane@example.org"), ("jane at example dot org", "jane@example.org"),
        ("jane (at) example [dot] org", "jane@example.org"), ("jane[@]example.org", "jane@example.org"),
        ("jane @ example.org", "jane@example.org"), ("mailto:jane@example.org", "jane@example.org"),
        ("'jane@example.org'.", "jane@example.org"), ("ｊａｎｅ＠example。org", "jane@example.org"),
        ("it's sean.o’brien@example.org!", "sean.o'brien@example.org"), ("jane+news@EXAMPLE.org", "jane+news@example.org"),
        ("my email is jane at example.org thanks", "jane@example.org"),
        ("jane dot doe at example dot co dot uk", "jane.doe@example.co.uk"),
        ("ada@münchen.example", "ada@xn--mnchen-3ya.example"),
        ("jane 'at' example 'dot' org", "jane@example.org"), ("jane * at * example * dot * org", "jane@example.org"),
        ("jane tiret du bas doe arobase example point fr", "jane_doe@example.fr"),
        ("jane punto doe chiocciola example punto it", "jane.doe@example.it"),
    ],
)  # fmt: skip
def test_an_address_is_read_in_every_spelling(typed: str, value: str) -> None:
    """The whole of it, without the signs around."""
    (email,) = emails_in(typed)

    assert (email.value, email.certain) == (value, True)


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("jane@example.org.my name is Jane", "jane@example.org"), ("jane@example.org.Please delete", "jane@example.org"),
        ("jane@example.orgmy name is", "jane@example.org"), ("jane,doe@example.org", "jane.doe@example.org"),
        ("o`brien@example.org", "o'brien@example.org"), ("jane doe@example.org", "doe@example.org"),
        ("jane@@example.org", "jane@example.org"), ("jane@gmail com", "jane@gmail.com"), ("jane@example,com", "jane@example.com"),
        ("jane@gmial.com", "jane@gmail.com"), ("I asked jane at example.org about it", "jane@example.org"),
    ],
)  # fmt: skip
def test_what_may_be_cut_is_a_guess(typed: str, value: str) -> None:
    """And the span holds what raises the doubt: read alone it gives the same guess."""
    (email,) = emails_in(typed)

    assert (email.value, email.certain) == (value, False)
    assert [(each.value, each.certain) for each in emails_in(typed[email.start : email.end])] == [(value, False)]


@pytest.mark.parametrize(
    "typed",
    [
        "I was at example dot", "I was at example dot org yesterday", "meet me at google dot com", "hi @example.com",
        "I have an account at example.com", "my photos at icloud",
        "jon@example", "look at the dot", "at", "@", "dot com", "no", "",
    ],
)  # fmt: skip
def test_at_and_dot_in_a_sentence_are_words(typed: str) -> None:
    """Only near a domain, and behind what can be a mailbox, they are signs."""
    assert emails_in(typed) == ()


def test_several_addresses_are_all_found() -> None:
    """In order, each where it stands."""
    typed = "not a.b@example.com, but c(at)example(dot)org; thanks"

    assert [typed[each.start : each.end] for each in emails_in(typed)] == ["a.b@example.com", "c(at)example(dot)org"]


def test_of_addresses_kept_apart_nearly_all_are_read_rightly() -> None:
    """These were not looked at while the rules were written. `?`: a guess. `*`: any reading."""
    lines = (Path(__file__).parent / "emails_unseen.tsv").read_text(encoding="utf-8").splitlines()
    rows = [line.split("\t") for line in lines]

    right = [
        expected in {"*", " ".join(each.value if each.certain else f"{each.value}?" for each in emails_in(typed))}
        for typed, expected in rows
    ]

    assert sum(right) / len(right) >= 0.97


@given(st.one_of(st.text(max_size=300), LETTERS))
def test_spans_hold_for_any_text(typed: str) -> None:
    """They stand in order, apart, inside the text."""
    found = emails_in(typed)

    places = [place for email in found for place in (email.start, email.end)]
    assert places == sorted(places)
    assert all(0 <= email.start < email.end <= len(typed) for email in found)
    assert all(email.value.count("@") == 1 for email in found)


@given(st.lists(st.sampled_from(PIECES), max_size=9).map("".join))
def test_a_span_read_alone_gives_the_same_address(typed: str) -> None:
    """The vault keeps only the span: its address must be the one that was seen in the message, and as sure."""
    for email in emails_in(typed):
        assert [(each.value, each.certain) for each in emails_in(typed[email.start : email.end])] == [
            (email.value, email.certain)
        ]


@pytest.mark.parametrize("piece", [".", "@", "a@", "a.", "@.", " at ", " dot ", "a dot ", "(at)", "a@b.", "1", "a,", " ", "-at-"])
def test_the_work_grows_with_the_text_and_no_faster(piece: str) -> None:
    """What somebody types on purpose costs no more than an honest message of its length."""
    assert len(emails_in(piece * 5000)) <= 5000
