"""The places that can be picked, the order in which they stand, and where they come to a reply."""

from __future__ import annotations

from candor.conversations.places import places_to_choose, with_places
from candor.conversations.reply import AskedField, Choice, Reply

NOT_SAID = Choice(value="I would rather not say", label="Rather not say")


def titles(*laws: str) -> list[str]:
    return [place.label for place in places_to_choose(laws)]


def asking(*options: Choice) -> Reply:
    form = AskedField(field="residence", options=list(options), skippable=True)
    return Reply(kind="request", text="Where do you live?", company="acme", form=form)


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


def test_a_reply_that_asks_where_one_lives_offers_every_place_as_it_goes_out() -> None:
    """By the laws of its own company, and what passes the question over stands last."""
    [reply] = with_places([asking(NOT_SAID)], {"acme": ("popia",)}.__getitem__)

    assert reply.form is not None
    assert [option.label for option in reply.form.options[:2]] == ["South Africa", "Afghanistan"]
    assert reply.form.options[-1] == NOT_SAID
    assert len(reply.form.options) == len(titles()) + 1


def test_a_reply_that_names_the_places_offers_no_others() -> None:
    """Georgia, the country or the state: nothing else was meant."""
    named = [asking(Choice(value="Georgia (the country)", label="Georgia (the country)", code="GE"), NOT_SAID)]

    assert with_places(named, lambda _: ("gdpr",)) == named
