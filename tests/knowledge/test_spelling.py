"""Slips of the pen are read as what was meant; what is known, foreign, or no word is left as it is."""

from __future__ import annotations

import pytest

from knowledge.spelling import speller

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("who can see my mesages", "who can see my messages"),  # a letter missing
        ("do you keep my pictturees", "do you keep my pictures"),  # two too many
        ("is my passwrod safe", "is my password safe"),  # two in the wrong order
        ("do you sell my adtes of birth to othets", "do you sell my dates of birth to others"),  # a neighbour on the keyboard
        ("pleeeease delete everything", "please delete everything"),
        ("wich companies get it", "which companies get it"),
        ("Do you SHRAE it?", "Do you share it?"),
    ],
)
def test_slips_are_read_as_what_was_meant(typed: str, meant: str) -> None:
    assert speller().corrected(typed) == meant


@pytest.mark.parametrize(
    "text",
    [
        "do you keep my partner's scammers' watercolours",  # ordinary words, whatever they have to do with privacy
        "u dont tell ppl wheres my acct",  # what people shorten
        "delete <email_1> and <persn_1>",  # masked values
        "write to adrress@example.org or www.privcy.example/delet",  # parts of addresses
        "my user is finhc22 and kasai_z",  # names with signs or figures
        "ich möchte gerne meine gespeicherten angaben sehen",  # another language
        "qwrtz plmk vbnx",  # nothing at all
        "R-7K3M-Q2XD",
        "",
    ],
)
def test_what_is_no_slip_is_left_alone(text: str) -> None:
    assert speller().corrected(text) == text


def test_words_of_the_policy_are_known() -> None:
    """A product's name looks like a slip to whoever does not know it."""
    assert speller().corrected("what does cockie studio record") != "what does cockie studio record"
    assert speller().corrected("what does cockie studio record", {"cockie"}) == "what does cockie studio record"


def test_a_letter_full_of_unknown_words_is_left_alone() -> None:
    """Each would be compared with some thousand words."""
    text = " ".join(f"mesage{chr(97 + number % 26)}{chr(97 + number // 26)}" for number in range(50))

    assert speller().corrected(text) == text


@pytest.mark.parametrize(
    ("typed", "heard"),
    [
        ("remoov my informashun pleese", "remove my information please"),
        ("yor recods are rong", "your records are wrong"),
        ("can yu chanj it", "can you change it"),
        ("delete my account", "delete my account"),
        ("bitte löschen", "bitte löschen"),
        ("qwx zrk", "qwx zrk"),
    ],
)
def test_what_is_written_as_it_sounds_is_read_by_its_sound(typed: str, heard: str) -> None:
    """Where most words are unknown, or letters are not English, nothing is guessed."""
    assert speller().by_sound(typed) == heard
