"""Whether a passage names what was asked for: then the policy's silence may not be claimed."""

from __future__ import annotations

import pytest

from knowledge.naming import names_the_thing, share_named, things_in
from knowledge.passages import Passage


def a_passage(text: str, *, context: str = "") -> Passage:
    return Passage("acme", "2026-01-15", "sentence", context, 0, len(text), text, "", context)


@pytest.mark.parametrize(
    ("question", "text", "heading"),
    [
        ("in which country are the servers located?", "We process information on servers located in Norway.", ""),
        ("where's the data centre", "All servers stand in Iceland.", "Hosting."),
        ("can i get my pictures erased", "You can delete images that you have uploaded.", ""),
        ("who is your dpo", "Our data protection officer is Ada Brook.", ""),
        ("do you tell the cops", "We disclose data to law enforcement where a court orders it.", ""),
        ("are there cookies", "Small text files are stored by your browser.", "Cookies."),
        ("postal address?", "Acme Ltd, 5 Harbour Street, Porthaven", "Address."),
        ("how long are backups held", "Backups are retained for 30 days.", ""),
        ("how old must kids be", "Children under 13 may not use the service.", ""),
        ("i want to complain", "You may lodge a complaint with the supervisory authority.", ""),
        ("on which legal grounds do you process this", "Consent; contract; legitimate interests.", "Legal basis."),
    ],
)
def test_a_passage_names_what_was_asked_in_its_words_or_in_others(question: str, text: str, heading: str) -> None:
    """By stem, by another word for the same thing, or by the heading above it."""
    assert names_the_thing(things_in(question), a_passage(text, context=heading))


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("is the app listening through my microphone", "We collect your name and your e-mail address."),
        ("what happens to the data of dead people", "We keep invoices for ten years."),
        ("do you have a bug bounty", "We protect your data by encryption."),
        ("can i pay in bitcoin", "We use cookies to remember your language."),
    ],
)
def test_a_passage_about_something_else_names_nothing_of_it(question: str, text: str) -> None:
    """Then nothing came near, and that may be said."""
    assert not names_the_thing(things_in(question), a_passage(text))


def test_words_of_every_question_name_nothing() -> None:
    """A question of such words alone cannot be named by any passage."""
    assert things_in("what do you do with my personal data?") == frozenset()
    assert share_named(frozenset(), a_passage("We use your personal data.")) == 0.0


def test_the_companys_own_name_is_not_what_is_asked_for() -> None:
    """Else each sentence that names the company would seem to answer."""
    assert things_in("does Acme Cloud breed horses", names=("Acme Cloud",)) == things_in("do you breed horses")
