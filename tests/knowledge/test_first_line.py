"""The line before the quote: right wherever it is given, and left out wherever that is not certain."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from evaluation.first_lines import COMPANY, SEEN, UNSEEN, read_labels, score_lines
from knowledge.first_line import FirstLine, first_line, label_of, line_of, states
from knowledge.passages import Passage

RIGHT = 0.98  # 49 lines in 50
FOUND = 0.8  # of the labels for which a line would be right


@pytest.mark.parametrize("half", [SEEN, UNSEEN])
def test_lines_are_right_on_both_halves_of_the_labels(half: Path) -> None:
    """A wrong yes or no about somebody's data costs more than no line at all."""
    score = score_lines(read_labels(half), partial(label_of, company=COMPANY))

    assert (score.share_right >= RIGHT, score.share_given >= FOUND) == (True, True)


@pytest.mark.parametrize(
    ("question", "sentence", "line"),
    [
        ("do you sell my data?", "We never sell personal data.", FirstLine("no", "company", "sell your data")),
        ("can I delete my account", "You can delete your account.", FirstLine("yes", "visitor", "delete your account")),
        ("is my data sold", "Your data is not sold.", FirstLine("no", "anyone")),
        ("will you give it to them", "We give your data to partners.", None),
        ("how long do you keep my data", "We keep your data for 12 months.", FirstLine("span", value="12 months")),
        ("do you use cookies", "Acme uses cookies.", FirstLine("yes", "company", "use cookies")),
        ("do you use cookies", "Acme Play uses cookies.", None),
        ("do you use google analytics", "We use Google Analytics.", FirstLine("yes", "company", "use Google Analytics")),
    ],
)
def test_a_line_says_the_questions_own_words_back(question: str, sentence: str, line: FirstLine | None) -> None:
    """Turned round to the visitor; and a product's name is not the company's."""
    assert first_line(question, sentence, "", "Acme") == line


def test_a_question_in_unusual_words_is_read_by_what_it_was_taken_to_ask() -> None:
    """But only denied: what is denied of all data is denied of any, while a yes would have to name the thing itself."""
    denied = "We never sell personal data."
    line = FirstLine("no", "company", "sell your data")

    assert first_line("any chance this gets sold", denied, "", "Acme", "selling.sold") == line
    assert first_line("any chance this gets sold", "We sell personal data.", "", "Acme", "selling.sold") is None
    assert first_line("any chance this gets out", denied, "", "Acme", "selling.sold") is None


def test_the_companys_name_stands_for_we_in_what_is_taken_from_a_quote() -> None:
    """Whoever reads it hears Candor, not the company."""
    line = first_line("how long do you keep my data", "We keep your data until we receive your notice.", "", "Acme")

    assert line is not None
    assert line.value == "until Acme receive your notice"


def a_passage(text: str, kind: str = "sentence", lead_in: str = "") -> Passage:
    return Passage("acme", "2026-01-15", kind, "1. One", 0, len(text), text, lead_in, "")  # type: ignore[arg-type]


def test_no_line_where_the_quote_goes_on() -> None:
    """ "We never sell personal data. However, …" is no plain no."""
    found = a_passage("We never sell personal data.")

    assert line_of("do you sell my data", found, found, "Acme") is not None
    assert line_of("do you sell my data", found, replace(found, end=90), "Acme") is None


def test_a_later_sentence_of_an_item_is_not_governed_by_the_lists_lead_in() -> None:
    """ "We use these cookies: … They help us measure our ads" uses nobody's data for ads."""
    item = "Session. They help us measure our ads."
    found = Passage("acme", "v", "item", "", 9, len(item), item[9:], "We use the following kinds of cookies:", "")
    whole = replace(found, start=0, text=item)

    assert line_of("do you use my data for ads", found, whole, "Acme") is None
    alone = replace(found, text="Names and addresses.", lead_in="We collect:", end=29)
    assert line_of("do you collect names", alone, alone, "Acme") == FirstLine("yes", "company", "collect names")
    assert line_of("do you collect names", alone, replace(alone, start=0), "Acme") is None


def test_a_list_answers_by_its_items_or_by_its_lead_in() -> None:
    """An item that names the thing; or a lead-in that says that it happens in some cases only."""
    shared = a_passage("We share your data with:\n\n  • couriers\n  • payment providers", "list")
    limited = a_passage("Your data is shared with third parties only in the following cases:\n\n- by law\n- to deliver", "list")
    both = a_passage("We never do the following:\n- sell your data\n- buy data about you", "list")

    def kind(question: str, passage: Passage) -> str:
        line = line_of(question, passage, passage, "Acme")
        return line.kind if line else "-"

    assert kind("do you share my data with couriers", shared) == "yes"
    assert kind("do you share my data with insurers", shared) == "-"
    assert kind("is my data shared with third parties", limited) == "some"
    assert kind("do you sell my data", both) == "no"


@pytest.mark.parametrize(
    ("aspect", "text", "stated"),
    [
        ("contact.email", "Email: privacy@acme.example", True),
        ("contact.email", "Use our form.", False),
        ("contact.postal", "Acme Ltd, 12 Mill Street, Leeds LS1 4AP", True),
        ("contact.postal", "We answer letters within 30 days.", False),
        ("transfers.location", "We store your data on servers in Norway.", True),
        ("use.purposes", "We use it to run the service.", False),
    ],
)
def test_a_passage_states_what_everybody_asks(aspect: str, text: str, stated: bool) -> None:
    """What has no plain question is left to the aspect map."""
    assert states(aspect, Passage("acme", "1", "sentence", "", 0, len(text), text, "", ""), "Acme") is stated
