"""Names of companies: found whatever their number, and only where they are meant."""

from __future__ import annotations

import pytest

from knowledge.companies import Company
from knowledge.company_names import CompanyNames, names_of, within_one_letter

COMPANIES = {
    company.id: company
    for company in (
        Company("cafe-noir", "Café Noir", "c"),
        Company("john-lewis", "John Lewis", "c", aliases=("the partnership",)),
        Company("noir", "Noir & Co.", "c", aliases=("café noir",)),
        Company("punctuation", "?!", "c"),
        Company("stonebridge", "Stonebridge", "c"),
        Company("stonebridges", "Stonebridges", "c"),
    )
}


@pytest.mark.parametrize(
    ("one", "other", "near"),
    [
        ("clevra", "clevra", True), ("clevra", "clevrra", True), ("clevra", "clera", True), ("clevra", "clevro", True),
        ("clevra", "celvra", True), ("clevra", "clevar", True), ("clevra", "clevertap", False), ("clevra", "arvelc", False),
        ("ab", "ba", True), ("abc", "cba", False), ("", "a", True), ("", "ab", False),
    ],
)  # fmt: skip
def test_one_letter_apart(one: str, other: str, near: bool) -> None:
    """One letter inserted, deleted, replaced or swapped; the relation is symmetric."""
    assert within_one_letter(one, other) is within_one_letter(other, one) is near


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        (("cafe", "noir"), "cafe-noir"),  # the first of two companies of this name
        (("noir", "co"), "noir"),
        (("the", "partnership"), "john-lewis"),
        (("johnlewis",), "john-lewis"),
        (("johnlewi",), "john-lewis"),
        (("stonebridge",), "stonebridge"),
        (("stonebrdge",), "stonebridge"),
        (("stonebridgex",), None),  # as near to one as to the other
        (("noi",), None),  # short
        (("stonebridge", "x"), None),
    ],
)
def test_a_name_means_its_company(written: tuple[str, ...], meant: str | None) -> None:
    """Also with one letter wrong, where only one company can be meant."""
    assert CompanyNames(COMPANIES).company(written) == meant


def test_names_in_a_text_are_those_of_the_companies_that_it_names() -> None:
    """All names of each: who masks people's names must know them, and reads accents and signs in a way of its own."""
    names = CompanyNames(COMPANIES)

    assert names.written_in("does CAFE NOIR (@john-lewis) sell it? To Stonebrige?") == {
        "Café Noir", "cafe-noir", "Noir & Co.", "noir", "café noir", "John Lewis", "john-lewis", "the partnership"
    }  # fmt: skip
    assert names.written_in("") == names.written_in("hello ?!") == frozenset()


def test_keys_of_equal_hash_are_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is looked up by is a number; whether the name is meant is read in the company."""
    monkeypatch.setattr("knowledge.company_names.hash", len, raising=False)

    names = CompanyNames(COMPANIES)

    assert [names.company(words) for words in (("noir", "co"), ("john", "lewis"), ("noir", "xy"))] == ["noir", "john-lewis", None]


def test_names_are_made_once_for_the_same_companies() -> None:
    """Making those of ten thousand takes a second."""
    assert names_of(COMPANIES) is names_of(COMPANIES)
    assert names_of(dict(COMPANIES)) is not names_of(COMPANIES)
