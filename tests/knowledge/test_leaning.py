"""What a message that leans on an answer is looked for with."""

from __future__ import annotations

import numpy as np
import pytest

from knowledge.leaning import Leaning, Quoted, either, limits_of, part_named
from knowledge.needed import wanted_by_few_words
from knowledge.passages import Passage, PassageKind


def a_passage(start: int, text: str, *, section: str = "1. Data", kind: PassageKind = "sentence") -> Passage:
    return Passage("acme", "v1", kind, section, start, start + len(text), text, "", "")


QUOTE = a_passage(0, "We do not sell horses.")
BESIDE = a_passage(100, "All riders must protect the saddles.")
ELSEWHERE = a_passage(200, "You may groom a pony.", section="2. Ponies")
PASSAGES = (QUOTE, BESIDE, ELSEWHERE)
SHOWN = (Quoted("v1", QUOTE.start, QUOTE.end),)


def scores(message: str, wanted: str = "") -> list[float]:
    leaning = Leaning(message, SHOWN, wanted_by_few_words(wanted, "", "Acme") if wanted else None)
    return [float(score) for score in leaning.blended(PASSAGES, np.zeros(3), np.zeros(3))]


def test_what_stands_beside_a_quote_comes_before_the_quote_itself() -> None:
    """The quote was read already."""
    quote, beside, elsewhere = scores("and then?")

    assert beside > elsewhere > quote


def test_what_names_what_the_message_names_comes_first() -> None:
    """Even if it is the quote itself, which then says it already."""
    assert np.argmax(scores("and a pony too?")) == 2
    assert np.argmax(scores("horses too?")) == 0


def test_what_a_few_words_want_must_be_given() -> None:
    """ "To whom?" is not answered by a sentence in which nobody is named who could be meant."""
    leaning = Leaning("to whom?", (), wanted_by_few_words("to whom?", "", "Acme"))

    assert leaning.is_given_by(a_passage(0, "We share it with hosting providers."))
    assert not leaning.is_given_by(QUOTE)


@pytest.mark.parametrize(
    ("message", "before", "given", "not_given"),
    [
        ("where do they sit", "who is Globex", "Globex, 12 Fir Street, 10115 Berlin", "Globex sells saddles."),
        ("and which one are you", "what is a groom", "Acme is a rider.", "A groom keeps horses."),
        ("any phone?", "how do i reach you", "Call +49 30 1234567.", "We collect your phone number."),
        ("by e-mail?", "who is your dpo", "Write to a@acme.example.", "We collect your e-mail address."),
    ],
)
def test_what_a_few_words_want(message: str, before: str, given: str, not_given: str) -> None:
    """A place, whom it is about, or a way to reach somebody."""
    wanted = wanted_by_few_words(message, before, "Acme")

    assert wanted is not None
    assert wanted.search(given)
    assert not wanted.search(not_given)


@pytest.mark.parametrize(
    ("message", "before"), [("phone number too?", "what do you collect"), ("who do you think reads all of my many letters", "")]
)
def test_other_words_want_nothing_that_could_be_told(message: str, before: str) -> None:
    """After "what do you collect" a phone number is data, and a long question says what it asks."""
    assert wanted_by_few_words(message, before, "Acme") is None


def test_of_a_list_the_item_is_quoted_again_that_is_asked_after() -> None:
    """ "My saddle too?"; where no single item names it, the whole list."""
    items = (a_passage(0, "your horse", kind="item"), a_passage(11, "your saddle", kind="item"))
    whole = a_passage(0, "your horse\nyour saddle", kind="list")
    quoted = (Quoted("v1", whole.start, whole.end),)

    assert part_named(Leaning("my saddle too?", quoted), [whole], items) == items[1]
    assert part_named(Leaning("always?", quoted), [whole], items) == whole


def test_a_doubted_sentence_is_shown_with_what_limits_it() -> None:
    """It stands after the sentence, in its section or below it."""
    limit = a_passage(300, "However, some ponies bolt.", section="1. Data › 1.1")
    other = a_passage(400, "However, it may rain.", section="3. Weather")

    assert limits_of(QUOTE, [*PASSAGES, limit, other]) == [limit]
    assert limits_of(ELSEWHERE, [*PASSAGES, limit, other]) == []


def test_either_reading_may_make_a_passage_likely() -> None:
    """Taken as independent."""
    assert either({QUOTE: 0.5}, {QUOTE: 0.5, BESIDE: 0.2}) == pytest.approx({QUOTE: 0.75, BESIDE: 0.2})
