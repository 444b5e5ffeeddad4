"""The places that can be picked, and the order in which they stand."""

from __future__ import annotations

from actions.fields import places_to_choose


def titles(*laws: str) -> list[str]:
    return [place["title"] for place in places_to_choose(laws)]


def test_places_with_a_law_of_the_company_come_first() -> None:
    """Then the rest, each part in the order of the alphabet."""
    places = titles("ccpa", "popia")

    assert places[:3] == ["California (United States)", "South Africa", "Afghanistan"]
    assert len(places) == len(set(places)) == len(titles())


def test_a_law_that_nobody_knows_moves_nothing() -> None:
    """A mistyped id in company.toml does not empty the list."""
    assert titles("no_such_law") == titles()


def test_every_country_of_the_gdpr_comes_before_the_others() -> None:
    """Also those that lie outside the European Union."""
    places = titles("gdpr")

    assert max(places.index(name) for name in ("Sweden", "Norway", "Germany")) < places.index("Afghanistan")
