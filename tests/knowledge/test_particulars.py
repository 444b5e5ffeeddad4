"""What a passage is limited to: a part of the policy, some people, a place, a case, an exception, or another page."""

from __future__ import annotations

from dataclasses import replace

from knowledge.particulars import Part, asks_of_all, is_to_the_point, particular, parts_of
from knowledge.passages import Passage

LIMITED = [  # kind, question, section, sentence
    ("part", "where is my data stored", "4. Robot receptionist", "No caller's data leaves Norway."),
    (None, "where does the robot keep my data", "4. Robot receptionist", "No caller's data leaves Norway."),
    ("group", "do you sell my data", "Children", "We sell nothing that we know of them."),
    ("group", "do you need my passport", "5. Job applicants", "We ask for a copy of your passport."),
    (None, "I applied here, do you need my passport", "5. Job applicants", "We ask for a copy of your passport."),
    (None, "my kid plays this, do you sell her data", "Children", "We sell nothing that we know of them."),
    (None, "may my 13 year old use it", "Children", "You must be 16 to join."),
    (None, "age limit", "Children", "You must be 16 to join."),
    ("place", "can i see what you have", "Rights", "Residents of California may see what we hold."),
    ("place", "can i see what you have", "Notice for Brazil", "You may see what we hold."),
    (None, "can i see what you have", "Roles under the GDPR", "You may see what we hold."),
    ("place", "can i see what you have", "Notice to European users", "You may see what we hold."),
    (None, "can i see it, i live in California", "Rights", "Residents of California may see what we hold."),
    ("thing", "how long do you keep my data", "Storage", "Crash data is deleted after a week."),
    ("thing", "where is my data stored", "Storage", "Cookies are stored on your computer."),
    (None, "how long are cookies stored", "Storage", "Cookies are stored for a week."),
    (None, "how long do you keep my data", "Storage", "Personal data is deleted after a week."),
    ("case", "how long do you keep my stuff", "Storage", "If you enter a raffle, your entry is kept for a year."),
    (None, "how long do you keep raffle entries", "Storage", "If you enter a raffle, your entry is kept for a year."),
    (None, "do you use cookies", "Cookies", "When you visit our website, we set three cookies."),
    ("exception", "how long do you keep it", "Storage", "Please note that public posts stay for ever."),
    ("exception", "what is your legal basis", "Grounds", "In some countries, other grounds may apply."),
    ("example", "how long do you keep it", "Storage", "As another example, a deleted song stays in the bin for a week."),
    ("pointer", "where is my data stored", "Help", "For more information, please see the notice of Fjord AS (Oslo, Norway)."),
    ("pointer", "do you use cookies", "Help", "Please read our cookie notice."),
    (None, "where can i read more", "Help", "Please read our cookie notice."),
    (None, "what do you collect", "Data", "We collect your name."),
]
PARTS = {"4. Robot receptionist": Part("4. Robot receptionist", frozenset(["robot", "receptionist"]))}


def passage(text: str, section: str, start: int = 0) -> Passage:
    return Passage("acme", "2026-01-15", "sentence", section, start, start + len(text), text, "", section)


def test_a_passage_is_limited_by_its_words_or_by_a_heading_above_it() -> None:
    """Unless the question names that limit itself."""
    wrong = []
    for kind, question, section, sentence in LIMITED:
        found = particular(passage(sentence, section), question, PARTS)
        if (found.kind if found else None) != kind:
            wrong.append((question, sentence, found))

    assert wrong == []


def test_a_limit_that_a_heading_sets_is_told_by_that_heading() -> None:
    """So that a reader knows which part the quote speaks of."""
    above = particular(passage("You may see it.", "Rights › Notice for Brazil"), "can i see it", {})
    within = particular(passage("Residents of Brazil may see it.", "Rights"), "can i see it", {})

    assert (above and above.label, within and within.label) == ("Notice for Brazil", "")


def test_what_holds_for_some_does_not_surely_answer_for_all() -> None:
    """A part says nothing of all data, and a group nothing of others; a place's own words may answer, under its name."""
    robot = particular(passage("Calls are recorded.", "4. Robot receptionist"), "do you record calls", PARTS)
    children = particular(passage("We need consent.", "Children"), "do you need consent", {})
    brazil = particular(passage("You may see it.", "Notice for Brazil"), "can i see my data", {})

    assert robot
    assert children
    assert brazil
    assert (robot.answers("do you record calls"), robot.answers("what happens to my data")) == (True, False)
    assert (children.answers("do you need consent"), brazil.answers("can i see my data")) == (False, True)


def test_a_part_answers_what_only_this_question_asks_for_and_the_passage_names() -> None:
    """Words that divide no policy, such as those of storing, are no such thing; a heading's words are not the passage's."""
    roster = passage("A roster holds names and grades.", "Roster sync")

    assert is_to_the_point(roster, frozenset(["roster"]))
    assert not is_to_the_point(passage("It holds names.", "Roster sync"), frozenset(["roster"]))
    assert not is_to_the_point(passage("Names are stored in Ghent.", "Roster sync"), frozenset(["store"]))


def test_a_question_about_data_as_such_asks_of_all() -> None:
    """And one that names a thing asks of that."""
    assert [
        asks_of_all(question)
        for question in ("where is my data stored", "and where is it kept?", "do you keep my photos", "who got my data request")
    ] == [True, True, False, False]


def test_a_part_is_a_section_about_what_the_rest_hardly_speaks_of() -> None:
    """A heading's fancy words make none, nor do the words that divide every policy."""
    rest = [passage(f"We keep fact {number} safe.", "Our promise", start=100 * number) for number in range(6)]
    kiosk = [
        passage("The kiosk scans your ticket.", "Data › Museum kiosk"),
        passage("A kiosk forgets it at night.", "Data › Museum kiosk › How long"),
    ]
    kept = [passage("Data is retained.", "Retention"), passage("Retention ends one day.", "Retention")]

    found = parts_of([*rest, *kiosk, *kept], names=["Acme"])

    assert {section: part.title for section, part in found.items()} == {
        "Data › Museum kiosk": "Museum kiosk", "Data › Museum kiosk › How long": "Museum kiosk",
    }  # fmt: skip
    assert parts_of([replace(one, section="Museum kiosk") for one in kiosk], names=["Kiosk"]) == {}
    assert parts_of(kiosk) == {}  # nor is a whole policy a part of itself
