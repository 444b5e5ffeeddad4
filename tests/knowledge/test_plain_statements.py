"""What a passage says in so many words: rights in lists, in one sentence, and what only looks like one."""

from __future__ import annotations

import pytest

from knowledge.passages import Passage
from knowledge.plain_statements import lacks_its_substance, plainly_stated


def passage(text: str, lead_in: str = "") -> Passage:
    return Passage("acme", "1", "item" if lead_in else "sentence", "", 0, len(text), text, lead_in, "")


def stated(text: str, lead_in: str = "") -> set[str]:
    return set(plainly_stated(passage(text, lead_in)))


@pytest.mark.parametrize(
    ("text", "lead_in", "aspects"),
    [
        (
            "People have rights of access, rectification, erasure, restriction of processing and portability, and may object.",
            "",
            {"access", "correction", "deletion", "restriction", "portability", "objection"},
        ),
        ("deletion of what we hold", "You may ask us for:", {"deletion"}),
        ("Obtain a copy of your personal data;", "Every person has the right to:", {"access"}),
        ("You can write to us to have your information corrected or erased.", "", {"correction", "deletion"}),
        ("You are entitled to withdraw your consent whenever you wish.", "", {"withdraw_consent"}),
        ("You have the right to complain to the data protection authority of your country.", "", {"complaint"}),
        ("Members may request that we erase their data.", "", {"deletion"}),
        ("Anyone can ask us to know which categories of data we hold.", "", {"access"}),
        ("A complaint may be taken to the Office of the Privacy Commissioner.", "", {"complaint"}),
        ("Exercising a right will never lead to discrimination against you.", "", {"non_discrimination"}),
    ],
)
def test_a_right_is_read_where_it_is_granted(text: str, lead_in: str, aspects: set[str]) -> None:
    """In a list, under its lead-in, or in one sentence."""
    assert {aspect.removeprefix("rights.") for aspect in stated(text, lead_in)} == aspects


@pytest.mark.parametrize(
    "text",
    [
        "We reserve the right to delete accounts at any time.",
        "All rights reserved; access to the site is free.",
        "The company has the right to restrict the use of its services.",
        "You have no right to access our source code.",
        "Only a few employees can access the production environment.",
        "We protect data against unauthorised access and erasure.",
        "We may delete inactive accounts.",
        "If you access our services, these rights and duties apply to you.",
    ],
)
def test_what_only_sounds_like_a_right_is_not_one(text: str) -> None:
    """What the company may do is no right of its visitors."""
    assert stated(text) == set()


@pytest.mark.parametrize(
    ("text", "aspects"),
    [
        ("Nightowl does not sell, rent or trade personal data.", {"selling.sold"}),
        ("Your information is never sold to anybody, nor is any other data.", {"selling.sold"}),
        ("We may sell your personal data.", set()),
        ("Our data protection officer is Ada Byron, dpo@acme.example.", {"contact.dpo"}),
    ],
)
def test_some_other_things_are_said_in_so_many_words(text: str, aspects: set[str]) -> None:
    """Selling that is denied, and who the data protection officer is."""
    assert stated(text) == aspects


def test_what_lacks_an_aspects_substance_only_comes_near_it() -> None:
    """No address without one, no date without one, no pointer to another page, no exception where all is asked."""
    lacking = [
        ("contact.email", "Please contact us.", "Write to dpo@acme.example."),
        ("contact.phone", "Give us a ring.", "Ring 030 123456."),
        ("children.minimum_age", "Grown-ups only.", "You must be 16 years old."),
        ("changes.last_updated", "This notice is for the newest release.", "Last updated on 3 May 2024."),
        ("cookies.banner", "You agree to our cookies.", "The banner asks you about cookies."),
        ("retention.logs", "Logs are kept for this period.", "Logs are kept for 30 days."),
        ("retention.general", "Please note that posts are kept for years.", "We keep data for two years."),
        ("transfers.location", "Harbour Street 12", "Our servers stand in Iceland."),
        ("selling.sold", "In a merger or sale, assets may move.", "We do not sell your data."),
        ("security.in_transit", "Learn more about HTTPS.", "Traffic is encrypted by TLS."),
        ("legal_basis.other_laws", "Complain to the commissioner.", "We comply with the Privacy Act."),
    ]

    wrong = [
        (aspect, text)
        for aspect, beside, right in lacking
        for text, expected in ((beside, True), (right, False))
        if lacks_its_substance(aspect, passage(text)) != expected
    ]

    assert wrong == []
    assert not lacks_its_substance("other.terms", passage("Please read our terms."))
