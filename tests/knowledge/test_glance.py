"""A policy at a glance: its own words under each aspect, and where nothing was found."""

from __future__ import annotations

from dataclasses import replace

import pytest

from candor.errors import IndexUnusableError, UnknownCompanyError, UnknownVersionError
from knowledge.aspect_map import AspectMap
from knowledge.aspects import TOPICS
from knowledge.catalogue import PolicyCatalogue
from knowledge.glance import TITLES, TopicGlance, glance, highlights
from knowledge.settling import Settlement, fingerprint_of


def test_every_aspect_has_passages_or_is_silent(mapped: PolicyCatalogue) -> None:
    """Acme surely speaks of selling, perhaps of retention in general, and not of anybody's age."""
    policy_glance = glance(mapped, "acme")

    mentions = {
        one.aspect.id: [passage.text for passage in one.passages] for topic in policy_glance.topics for one in topic.found
    }
    silent = {one.aspect.id for topic in policy_glance.topics for one in topic.silent}
    near = {one.aspect.id: [passage.text for passage in one.passages] for topic in policy_glance.topics for one in topic.near}
    assert mentions == {"selling.sold": ["We never sell personal data to advertisers."]}
    assert near == {"retention.general": ["one year otherwise"]}
    assert silent == {"children.minimum_age"}
    assert (policy_glance.found, policy_glance.near, policy_glance.silent, policy_glance.version) == (1, 1, 1, "2026-06-01")


def test_an_older_version_has_a_glance_of_its_own(mapped: PolicyCatalogue) -> None:
    """Its words, not today's."""
    policy_glance = glance(mapped, "acme", "2026-01-15")

    (selling,) = (topic for topic in policy_glance.topics if topic.id == "selling")
    assert [passage.text for passage in selling.found[0].passages] == ["We never sell personal data."]


def test_what_a_passage_plainly_states_is_not_listed_as_not_found(mapped: PolicyCatalogue) -> None:
    """An answer would quote it, whatever the map says of it."""
    artefact = mapped.artefact("acme", "2026-01-15")
    assert artefact.map is not None
    nothing = replace(artefact.map, found=AspectMap("acme", "2026-01-15", {}))
    mapped.artefact = lambda *_: replace(artefact, map=nothing)  # type: ignore[method-assign]

    policy_glance = glance(mapped, "acme", "2026-01-15")

    near = {one.aspect.id: [passage.text for passage in one.passages] for topic in policy_glance.topics for one in topic.near}
    assert near == {"selling.sold": ["We never sell personal data."]}


def test_each_topic_has_a_title() -> None:
    """As a heading on the page."""
    assert set(TITLES) == set(TOPICS)


def test_without_maps_there_is_no_glance(catalogue: PolicyCatalogue) -> None:
    """The error names an index built without maps as the fault, with the cure."""
    with pytest.raises(IndexUnusableError, match="candor ingest"):
        glance(catalogue, "acme")


@pytest.mark.parametrize(
    ("company", "version", "error"), [("nosuch", None, UnknownCompanyError), ("acme", "1999-01-01", UnknownVersionError)]
)
def test_an_unknown_company_or_version_is_refused(
    mapped: PolicyCatalogue, company: str, version: str | None, error: type[Exception]
) -> None:
    """Both errors name what is missing."""
    with pytest.raises(error):
        glance(mapped, company, version)


def test_highlights_are_one_short_quote_per_topic(mapped: PolicyCatalogue) -> None:
    """In the policy's words, and only of what is sure; topics on which no passage was found are named."""
    quotes, silent = highlights(glance(mapped, "acme"))

    assert [(quote.title, quote.passage.text) for quote in quotes] == [
        ("Selling", "We never sell personal data to advertisers.")
    ]  # fmt: skip
    assert silent == ("Children",)


def test_a_long_passage_is_no_highlight(mapped: PolicyCatalogue) -> None:
    """It could not be read at a glance; its topic still does not count as silent."""
    policy_glance = glance(mapped, "acme")
    long = [
        replace(topic, found=tuple(replace(one, passages=(replace(one.passages[0], text="x" * 300),)) for one in topic.found))
        for topic in policy_glance.topics
    ]

    assert highlights(replace(policy_glance, topics=tuple(long))) == ((), ("Children",))


@pytest.fixture
def mark(mapped: PolicyCatalogue) -> str:
    """The fingerprint of acme's current text."""
    return fingerprint_of(mapped.document("acme", "2026-06-01").text)


def topic_of(catalogue: PolicyCatalogue, topic: str) -> TopicGlance:
    return next(one for one in glance(catalogue, "acme").topics if one.id == topic)


def test_what_staff_call_silent_is_not_quoted(mapped: PolicyCatalogue, mark: str) -> None:
    """It is listed as confirmed, at once, though the glance was made before."""
    assert topic_of(mapped, "selling").found

    mapped.settlements = lambda company: [Settlement("selling.sold", mark)] if company == "acme" else []

    (entry,) = topic_of(mapped, "selling").silent
    assert (entry.aspect.id, entry.settled, entry.passages) == ("selling.sold", True, ())
    assert topic_of(mapped, "selling").found == ()


def test_the_passage_that_staff_point_to_comes_first(mapped: PolicyCatalogue) -> None:
    """Also on an aspect on which nothing was found."""
    quote = "We never sell personal data to advertisers."
    mapped.settlements = lambda _: [Settlement("children.minimum_age", "", quote)]

    (entry,) = topic_of(mapped, "children").found

    assert [passage.text for passage in entry.passages] == [quote]
