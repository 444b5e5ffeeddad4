"""Places, ages and addresses: exactly one, of what was asked, word for word."""

from __future__ import annotations

import pytest

from knowledge.asking import Asked, read_question
from knowledge.stated_values import address_for, age_for, place_for


def asked_for(question: str) -> Asked:
    asked = read_question(question, "Acme")
    assert asked is not None
    return asked


@pytest.mark.parametrize(
    ("question", "sentence", "stated"),
    [
        ("where is my data stored", "Your data is stored in Germany.", "Germany"),
        (
            "where are your servers",
            "We are based in Spain, and we process and store data on servers located in Norway.",
            "Norway",
        ),
        ("where are you based", "We are based in Spain.", "Spain"),
        ("where is my data stored", "We are based in Spain.", ""),
        ("where is my data stored", "Backups are stored in Norway.", ""),
        ("where is my data stored", "Your data is stored in Norway if you ask for it.", ""),
    ],
)
def test_a_place_is_taken_where_it_is_certain(question: str, sentence: str, stated: str) -> None:
    """Else there is none."""
    assert place_for(asked_for(question), sentence) == stated


@pytest.mark.parametrize(
    ("sentence", "stated"),
    [
        ("You must be at least 16 years old.", "16"),
        ("Our services are not directed to anyone under the age of 13.", "13"),
        ("We keep data for 16 years.", ""),
        ("Children under 13 need the consent of a parent.", ""),
        ("Under 13 no, under 16 with consent.", ""),
    ],
)
def test_an_age_is_that_of_using_the_service(sentence: str, stated: str) -> None:
    """And there is only one."""
    assert age_for(asked_for("how old must i be"), sentence) == stated


@pytest.mark.parametrize(
    ("question", "sentence", "stated"),
    [
        ("how can i contact you", "Write to privacy@acme.example.", "privacy@acme.example"),
        ("who is your dpo", "Write to privacy@acme.example.", ""),
        ("how can i contact you", "Write to the authority: info@authority.example", ""),
        ("how can i contact you", "Write to a@acme.example or b@acme.example.", ""),
        ("how can i contact you by phone", "Write to privacy@acme.example.", ""),
    ],
)
def test_an_address_is_the_one_to_write_to(question: str, sentence: str, stated: str) -> None:
    """Of the one who was asked for."""
    assert address_for(asked_for(question), sentence, "") == stated
