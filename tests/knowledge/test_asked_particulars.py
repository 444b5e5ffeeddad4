"""What a question asks for by name, by number or as an event must stand in the passage that answers it for sure."""

from __future__ import annotations

import pytest

from knowledge.asked_particulars import Names, gives_value_asked, gives_what_is_asked
from knowledge.passages import Passage, PassageKind

POLICY = (
    "The orchard app runs on servers of Initech in Ghent.",
    "Each spring an outside firm tests our systems.",
    "Write to Mira Okonjo, who is our data protection officer.",
    "Growers in Nigeria get their slips from Globex.",
    "The Pressing Room is for cider makers.",
)
ORDINARY = frozenset(["the", "each", "write", "an", "is", "for", "get", "room", "growers", "data"])


def passage(text: str, *, context: str = "", kind: PassageKind = "sentence") -> Passage:
    return Passage("acme", "2026-01-15", kind, "1. Data", 0, len(text), text, "", context)


@pytest.fixture(scope="module")
def names() -> Names:
    return Names.of([passage(text) for text in POLICY], ORDINARY, ("Acme",))


def test_a_name_is_a_word_that_the_policy_never_writes_small(names: Names) -> None:
    assert {"initech", "ghent", "mira", "okonjo", "nigeria", "globex", "pressing"} == names.words
    assert names.in_question("does GLOBEX know about ghent or the pressing") == {"globex", "ghent", "pressing"}


def test_the_first_word_of_an_item_is_a_name_where_nobody_asks_with_it() -> None:
    found = Names.of([passage("Hooli: text messages", kind="item"), passage("Data: all of it", kind="item")], {"data"}, ())

    assert found.words == {"hooli"}


def test_a_name_that_stands_everywhere_is_that_of_whoever_runs_the_service() -> None:
    """No passage must name it to answer a question that does."""
    found = Names.of([passage(f"At number {number} Hooli keeps nothing of Globex.") for number in range(4)], {"number"}, ())

    assert found.words == frozenset()


@pytest.mark.parametrize(
    ("question", "answer", "beside_it"),
    [
        ("how many barrels may i order", "You may order up to 40 barrels.", "You may order barrels in the app."),
        ("and how often do you test it", "Tests are run twice a year.", "Tests are run by a firm from outside."),
        ("how many complaints did you get", "We have received three complaints.", "You may complain to the regulator."),
        ("how much is the fee for a copy", "A copy costs 5 euros.", "A fee may apply for a copy."),
        ("how much do you charge for a copy", "A copy is free of charge.", "Copies are sent by post."),
        ("how many months do you keep slips", "Slips are kept for half a year.", "Slips are kept for as long as necessary."),
        ("how long do you keep slips, in days", "Slips are gone after 90 days.", "Slips are gone once they are of no use."),
        ("which countries are they in", "They are in Ghana and Brazil.", "They are in countries outside the UK and the EEA."),
        ("which firm tests your systems", "Our systems are tested by Globex.", "An outside firm tests our systems."),
        ("which firm does initech pay for that", "Initech pays Globex.", "An outside firm is paid by Initech."),
        ("which growers get slips? i want names", "Globex gets slips.", "Some growers get slips."),
        ("what is the name of the press", "The press is a Globex.", "The press is moved by a Data-powered pump."),
        (
            "what is the name of your data protection officer",
            "Mira Okonjo is our officer.",
            "Our officer reads dpo@acme.example.",
        ),
        ("what is the dpo called", "Ms Reyes is our DPO.", "Our DPO reads each letter from Ghent."),
    ],
)
def test_the_number_or_name_that_is_asked_for_must_be_given(names: Names, question: str, answer: str, beside_it: str) -> None:
    """A sentence on the same subject that does not give it answers nothing, however sure the judge is."""
    assert gives_value_asked(question, passage(answer), names)
    assert not gives_value_asked(question, passage(beside_it), names)


@pytest.mark.parametrize(
    ("question", "answer", "beside_it"),
    [
        ("has there ever been a leak", "We have never had a leak.", "If there is a leak, we write to you."),
        ("ever been broken into", "Our systems were broken into once.", "Should somebody break in, we tell you at once."),
        ("is the room in ghent locked", "The room in Ghent is locked.", "The room in Antwerp is locked."),
        ("do nigerian growers get slips", "Slips go to growers in Nigeria.", "Slips go to growers in Ghana."),
        ("how long does initech keep my slips", "Initech stores slips for a year.", "Initech gets your slips once a year."),
        ("is globex going to use my slip for ads", "Globex uses slips for ads.", "Globex keeps your slip for a month."),
        ("does stripe hang on to my card", "Stripe keeps the card.", "Stripe tells us the last digits of the card."),
    ],
)
def test_what_happened_or_who_does_it_must_be_told(names: Names, question: str, answer: str, beside_it: str) -> None:
    """A sentence on the same subject that does not tell it answers nothing for sure."""
    assert gives_what_is_asked(question, passage(answer), names)
    assert not gives_what_is_asked(question, passage(beside_it), names)


@pytest.mark.parametrize(
    "question",
    [
        "do you tell anybody how many barrels i sent you",
        "which company do i write to",
        "what do you do with my slips",
        "how long do you keep my slips",
        "how much do you know about me",
        "do you ask for the name of the press",
        "does globex get my slips",
    ],
)
def test_what_asks_for_nothing_of_the_kind_needs_none(names: Names, question: str) -> None:
    slips = passage("Slips go to Globex.")

    assert gives_value_asked(question, slips, names)
    assert gives_what_is_asked(question, slips, names)


def test_who_asks_for_kinds_of_companies_wants_no_names(names: Names) -> None:
    assert gives_value_asked("what sort of firms get my slips", passage("Firms that move barrels get slips."), names)


def test_of_a_list_only_the_item_about_whom_is_asked_gives_the_value(names: Names) -> None:
    """The country of one supplier is not that of the next."""
    suppliers = passage("We use:\n- Initech, for slips (Ghana)\n- Globex, for barrels", kind="list")

    assert gives_value_asked("in which country is initech", suppliers, names)
    assert not gives_value_asked("in which country is globex", suppliers, names)


def test_a_name_may_stand_in_a_heading(names: Names) -> None:
    assert gives_what_is_asked("is the pressing room filmed", passage("There are cameras.", context="The Pressing Room"), names)


def test_the_outline_number_of_a_sentence_counts_nothing(names: Names) -> None:
    assert not gives_value_asked("how many people work there", passage("4.2 Our people are trained."), names)
