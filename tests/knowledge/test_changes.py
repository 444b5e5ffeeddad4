"""What changed between two versions: found piece by piece, as_words aspect by aspect, with both quotes."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from candor.errors import UnknownCompanyError, UnknownVersionError
from knowledge.catalogue import PolicyCatalogue
from knowledge.changes import PolicyChanges, compare_versions, pieces_of, word_differences
from knowledge.ingestion import ingest
from tests.conftest import ACME
from tests.fakes import FakeEncoder, small_mapper


def as_words(found: PolicyChanges | None) -> set[tuple[str, str | None, str | None]]:
    """Each difference as (kind, old words, new words)."""
    assert found is not None
    return {(c.kind, c.old.words if c.old else None, c.new.words if c.new else None) for c in found.all}


def changed(policies: Path, tmp_path: Path, text: str) -> PolicyChanges | None:
    """What a second version of acme's policy changes."""
    (policies / "acme" / "2026-06-01.txt").write_text(text, encoding="utf-8")
    ingest(policies, tmp_path / "changed", FakeEncoder, FakeEncoder.id, lambda _: None, small_mapper())
    return compare_versions(PolicyCatalogue(tmp_path / "changed", FakeEncoder.id), "acme")


def test_added_removed_and_changed_are_distinguished(mapped: PolicyCatalogue) -> None:
    """A sentence with some new words was changed, not removed and added."""
    changes = compare_versions(mapped, "acme")

    assert as_words(changes) == {
        ("changed", "We never sell personal data.", "We never sell personal data to advertisers."),
        ("added", None, "three months for drafts"),
        ("removed", "We collect your name and your email address.", None),
    }
    assert changes is not None
    assert (changes.old, changes.new) == ("2026-01-15", "2026-06-01")
    assert [changes.count(kind) for kind in ("added", "removed", "changed")] == [1, 1, 1]


def test_each_quote_is_the_stored_text_at_its_offsets(mapped: PolicyCatalogue) -> None:
    """The stored text of its version has these characters there."""
    changes = compare_versions(mapped, "acme")

    assert changes is not None
    pieces = [piece for change in changes.all for piece in (change.old, change.new) if piece]
    assert len(pieces) == 4
    for piece in pieces:
        assert mapped.document("acme", piece.version).text[piece.start : piece.end] == piece.text


def test_changes_are_grouped_by_aspect_and_the_others_by_section(mapped: PolicyCatalogue) -> None:
    """Changes that no aspect covers are listed too."""
    changes = compare_versions(mapped, "acme")

    assert changes is not None
    assert [(group.title, len(group.changes)) for group in changes.aspects] == [("selling personal data", 1)]
    assert [(group.title, len(group.changes)) for group in changes.other] == [("2. Retention", 1), ("1. What We Collect", 1)]


def test_a_moved_piece_is_not_a_change(policies: Path, tmp_path: Path) -> None:
    """Neither another position nor other line breaks change a word."""
    before, selling = ACME.split("3. Selling")
    moved = before.replace("2. Retention", f"2. Selling{selling}\n3. Retention").replace("your name and", "your name\n  and")

    changes = changed(policies, tmp_path, moved)

    assert as_words(changes) == set()
    assert changes is not None
    assert [aspect.id for aspect in changes.unchanged] == ["selling.sold"]


def test_the_lead_in_of_a_list_changes_by_itself(policies: Path, tmp_path: Path) -> None:
    """The items of the list count as unchanged."""
    changes = changed(policies, tmp_path, ACME.replace("We keep invoices for:", "We keep invoices and orders for:"))

    assert as_words(changes) == {("changed", "We keep invoices for:", "We keep invoices and orders for:")}


def test_inserting_words_into_a_short_item_changes_it(policies: Path, tmp_path: Path) -> None:
    """Few words are the same then, but all of the old ones are still there."""
    text = ACME.replace("one year otherwise", "one year otherwise if nobody has asked us to remove them before")

    changes = changed(policies, tmp_path, text)

    assert [change.kind for change in changes.all] == ["changed"] if changes else False


def test_a_sentence_that_occurs_twice_and_then_once_was_removed_once(policies: Path, tmp_path: Path) -> None:
    """Equal sentences are counted."""
    twice = f"{ACME}\n4. Again\n\nWe never sell personal data.\n"

    changes = changed(policies, tmp_path, twice)

    assert as_words(changes) == {("added", None, "We never sell personal data.")}


def test_with_one_version_there_is_nothing_to_compare(mapped: PolicyCatalogue) -> None:
    """Neither for a company with one version, nor for the oldest of several."""
    assert compare_versions(mapped, "globex") is None
    assert compare_versions(mapped, "acme", new="2026-01-15") is None


def test_any_two_versions_can_be_compared(mapped: PolicyCatalogue) -> None:
    """Also backwards, and one with itself."""
    backwards = compare_versions(mapped, "acme", "2026-06-01", "2026-01-15")
    itself = compare_versions(mapped, "acme", "2026-01-15", "2026-01-15")

    assert ("removed", "three months for drafts", None) in as_words(backwards)
    assert as_words(itself) == set()


@pytest.mark.parametrize(
    ("company", "old", "new", "error"),
    [
        ("nosuch", None, None, UnknownCompanyError),
        ("acme", "1999-01-01", None, UnknownVersionError),
        ("acme", None, "1999-01-01", UnknownVersionError),
        ("acme", "2026-01-15", "1999-01-01", UnknownVersionError),
    ],
)
def test_an_unknown_company_or_version_is_refused(
    mapped: PolicyCatalogue, company: str, old: str | None, new: str | None, error: type[Exception]
) -> None:
    """Both errors name what is missing."""
    with pytest.raises(error):
        compare_versions(mapped, company, old, new)


def test_every_word_of_a_version_is_in_a_piece(mapped: PolicyCatalogue) -> None:
    """Otherwise a change could go unnoticed: all sentences, items and lead-ins are compared, headings are not."""
    words = {one.piece.words for one in pieces_of(mapped.artefact("acme", "2026-01-15"))}

    assert words == {
        "We collect your name and your email address.", "We keep invoices for:", "ten years where tax law says so",
        "one year otherwise", "We never sell personal data.",
    }  # fmt: skip


def test_the_words_that_differ_are_marked() -> None:
    """Words are compared one by one; shared words appear once on each side."""
    before, after = word_differences("We keep it for one year.", "We keep it for two years.")

    assert [one.text for one in before if one.only_here] == ["one", "year"]
    assert [one.text for one in after if one.only_here] == ["two", "years"]


def test_a_long_rewritten_policy_is_compared_too(policies: Path, tmp_path: Path) -> None:
    """Each of its sentences finds its original among hundreds of similar ones."""
    lines = [f"Partner number {n} receives record {n * 7} on day {n % 28}." for n in range(300)]
    (policies / "acme" / "2026-01-15.txt").write_text("Policy\n\n1. Partners\n\n" + " ".join(lines), encoding="utf-8")
    later = [line.replace("receives record", "may receive the record") for line in lines]

    changes = changed(policies, tmp_path, "Policy\n\n1. Partners\n\n" + " ".join(later))

    assert changes is not None
    assert {change.kind for change in changes.all} == {"changed"}
    assert sum(
        change.old.words == change.new.words.replace("may receive the record", "receives record")
        for change in changes.all if change.old and change.new
    ) == len(lines)  # fmt: skip


@given(st.text(), st.text())
def test_marking_words_loses_no_character(old: str, new: str) -> None:
    """Joined, the runs give the texts again."""
    before, after = word_differences(old, new)

    assert "".join(one.text for one in before) == old
    assert "".join(one.text for one in after) == new
