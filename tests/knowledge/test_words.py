"""Stems, and what they weigh: as the library does it that we do without where questions are answered."""

from __future__ import annotations

import bm25s
import numpy as np
import pytest
import Stemmer
from bm25s.stopwords import STOPWORDS_EN

from knowledge.passages import Passage
from knowledge.words import STOP_WORDS, Words, stems

TEXTS = [
    "We keep invoices and your invoices for ten years.",
    "Nobody buys invoices from us.",
    "We log visits.",
    "It is what it is.",
]


def passage(text: str) -> Passage:
    return Passage("acme", "2026-01-15", "sentence", "1. Sale", 0, len(text), text, "", "")


def test_stop_words_are_those_of_the_bm25_library() -> None:
    """The copy saves the import and must not drift from the library."""
    assert set(STOPWORDS_EN) == STOP_WORDS


def test_words_are_stemmed_as_the_bm25_library_stems_them() -> None:
    """Ours gives the same words and is quicker for a single question."""
    texts = ["We're storing your Users' cookies, IP-addresses & e-mails for 12 months!", "what is it", "", "Données à caractère"]

    theirs = bm25s.tokenize(texts, stopwords="en", stemmer=Stemmer.Stemmer("english"), return_ids=False, show_progress=False)

    assert stems(texts) == [[word for word in words if word] for words in theirs]


@pytest.mark.parametrize("question", ["who buys my invoices", "invoices, invoices", "visits logged for years", "zebras", ""])
def test_they_score_as_the_bm25_library_scores(question: str) -> None:
    """To the last bit, also a word that is asked for twice, one that is nowhere, and none at all."""
    library = bm25s.BM25()
    library.index(stems(TEXTS), show_progress=False)
    (asked,) = stems([question])

    found = Words.of([passage(text) for text in TEXTS]).scores(asked)

    assert found.tolist() == (library.get_scores(asked) if asked else np.zeros(len(TEXTS))).tolist()


def test_passages_of_stop_words_alone_score_nothing() -> None:
    """There is nothing to find them by."""
    assert Words.of([passage("It is that."), passage("1.")]).scores(["invoic"]).tolist() == [0.0, 0.0]
