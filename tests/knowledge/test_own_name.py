"""The company's own name leaves a question before it is searched for."""

from __future__ import annotations

import pytest

from knowledge.companies import Company
from knowledge.own_name import without_own_name

ACME = Company("acme", "Acme:Cloud", "privacy@acme.test", aliases=("Acme Cloud",))
BEACON = Company("beacon", "Beacon", "privacy@beacon.test")


@pytest.mark.parametrize(
    ("question", "searched"),
    [
        ("does Acme:Cloud sell my data", "does this service sell my data"),
        ("can ACME employees read my mail?", "can this service employees read my mail?"),
        ("is it acme cloud or my gym who decides", "is it this service or my gym who decides"),
        ("Is that in Acme's privacy policy?", "Is that in this service's privacy policy?"),
        ("do you sell my data", "do you sell my data"),
        ("is acmeism a religion you record", "is acmeism a religion you record"),
    ],
)
def test_the_name_is_replaced_however_it_is_written(question: str, searched: str) -> None:
    """Name, id and aliases count, as whole words."""
    assert without_own_name(question, ACME, ()) == searched


def test_an_ordinary_word_is_a_name_only_where_it_is_written_as_one() -> None:
    """Who asks about beacons in a shop does not mean the company."""
    assert without_own_name("does Beacon use a beacon", BEACON, {"beacon"}) == "does this service use a beacon"
