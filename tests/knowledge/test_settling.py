"""What staff settled: how long it holds, and where the words that were pointed to stand now."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from knowledge.catalogue import PolicyCatalogue
from knowledge.passages import Passage
from knowledge.settling import Settlement, fingerprint_of, in_force, passage_with

TEXT = "We keep backups. Deleted data leaves them within 35 days. We like tea."


def passages_in(text: str) -> list[Passage]:
    found, at = [], 0
    for sentence in text.replace(". ", ".|").split("|"):
        at = text.index(sentence, at)
        found.append(Passage("acme", "1", "sentence", "Backups", at, at + len(sentence), sentence, "", ""))
    return found


def test_silence_holds_for_the_words_that_were_read() -> None:
    """Line breaks do not matter; other words may say it, so it must be confirmed anew."""
    silent = Settlement("retention.logs", fingerprint_of(TEXT))

    assert in_force([silent], TEXT.replace(" ", "\n"), passages_in(TEXT)).silent == {"retention.logs"}
    assert in_force([silent], f"{TEXT} Logs too.", passages_in(TEXT)).silent == frozenset()


def test_a_passage_survives_where_its_words_still_stand() -> None:
    """In another place too; not where they were changed."""
    pointed = Settlement("retention.backups", fingerprint_of(TEXT), "Deleted data leaves them within 35 days.")
    later = f"Hello. {TEXT}"

    held = in_force([pointed], later, passages_in(later)).passages["retention.backups"]

    assert later[held.start : held.end] == pointed.quote
    assert in_force([pointed], TEXT.replace("35", "90"), passages_in(TEXT.replace("35", "90"))).passages == {}


def test_a_passage_that_is_split_otherwise_is_cut_out() -> None:
    """The words count, not where a reader of documents happens to cut."""
    whole = [Passage("acme", "1", "sentence", "Backups", 0, len(TEXT), TEXT, "", "")]

    cut = passage_with("Deleted data  leaves them within 35 days.", TEXT, whole)

    assert cut is not None
    assert (cut.section, cut.text) == ("Backups", TEXT[cut.start : cut.end])
    assert passage_with("data leaves the", TEXT, whole) is None


@given(st.text(max_size=30))
def test_whatever_is_pointed_to_is_quoted_word_for_word(quote: str) -> None:
    """Or not at all."""
    found = passage_with(quote, TEXT, passages_in(TEXT))

    assert found is None or (found.text == TEXT[found.start : found.end] and found.text.split() == quote.split())


def test_what_is_settled_is_read_anew_each_time(catalogue: PolicyCatalogue) -> None:
    """Another process may have settled it since; and one company's settlement is not another's."""
    mark = fingerprint_of(catalogue.document("acme", catalogue.current_version("acme")).text)
    settled: list[Settlement] = []
    catalogue.settlements = lambda company: settled if company == "acme" else []
    version = catalogue.current_version("acme")
    assert "selling.sold" not in catalogue.settled("acme", version)

    settled.append(Settlement("selling.sold", mark))

    assert "selling.sold" in catalogue.settled("acme", version)
    assert "selling.sold" not in catalogue.settled("globex", catalogue.current_version("globex"))
    settled.clear()
    assert "selling.sold" not in catalogue.settled("acme", version)
