"""Which questions ask what another company does with the visitor's data."""

from __future__ import annotations

import pytest

from knowledge.recipients import recipient_in

ORDINARY = frozenset(["anyone", "advertisers", "i", "you", "do", "does", "my", "data", "read", "get"])


@pytest.mark.parametrize(
    ("question", "who"),
    [
        ("does microsoft get my data", "microsoft"),
        ("do you share it with Google?", "google"),
        ("and does Initech read this", "Initech"),
        ("is initrode involved", "initrode"),
    ],
)
def test_another_company_is_found_by_its_name_or_by_what_it_does(question: str, who: str) -> None:
    """Also one that nobody has heard of."""
    name = recipient_in(question, ORDINARY, names=("Acme",))

    assert name is not None
    assert name.search(f"We send it to {who.upper()}.")
    assert not name.search(f"We send it to {who}ville.")


@pytest.mark.parametrize(
    "question",
    [
        "does anyone read this",
        "do advertisers get my data",
        "does acme sell data",
        "can i log in with google",
        "do you sell my data",
    ],
)
def test_who_is_no_other_company_is_none(question: str) -> None:
    """Ordinary words, the company itself, and a company that is only named."""
    assert recipient_in(question, ORDINARY, names=("Acme",)) is None
