"""A policy at a glance: its own words under each aspect, and where nothing was found."""

from __future__ import annotations

from dataclasses import replace

import pytest

from candor.errors import IndexUnusableError, UnknownCompanyError, UnknownVersionError
from knowledge.aspects import TOPICS
from knowledge.catalogue import PolicyCatalogue
from knowledge.glance import TITLES, glance, highlights


def test_every_aspect_has_passages_or_is_silent(mapped: PolicyCatalogue) -> None:
    """Acme speaks of selling and of retention, and not of anybody's age."""
    policy_glance = glance(mapped, "acme")

    mentions = {
        one.aspect.id: [passage.text for passage in one.passages] for topic in policy_glance.topics for one in topic.found
    }
    silent = {one.aspect.id for topic in policy_glance.topics for one in topic.silent}
    assert mentions == {
        "selling.sold": ["We never sell personal data to advertisers."],
        "retention.general": ["one year otherwise"],
    }
    assert silent == {"children.minimum_age"}
    assert (policy_glance.found, policy_glance.silent, policy_glance.version) == (2, 1, "2026-06-01")


def test_an_older_version_has_a_glance_of_its_own(mapped: PolicyCatalogue) -> None:
    """Its words, not today's."""
    policy_glance = glance(mapped, "acme", "2026-01-15")

    (selling,) = (topic for topic in policy_glance.topics if topic.id == "selling")
    assert [passage.text for passage in selling.found[0].passages] == ["We never sell personal data."]


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
    """Selling comes before retention, in the policy's words; topics on which nothing was found are named."""
    quotes, silent = highlights(glance(mapped, "acme"))

    assert [(quote.title, quote.passage.text) for quote in quotes] == [
        ("Selling", "We never sell personal data to advertisers."), ("How long it is kept", "one year otherwise"),
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
