"""A policy version at a glance: topic by topic, its own words on each aspect, and the aspects on which nothing was found."""

from __future__ import annotations

from dataclasses import dataclass

from candor.errors import IndexUnusableError
from knowledge.aspect_map import NamedAspect, passages_to_show
from knowledge.aspects import TOPICS
from knowledge.catalogue import PolicyCatalogue
from knowledge.companies import Company
from knowledge.documents import PolicyDocument
from knowledge.passages import Passage

TITLES = {
    "collection": "What is collected", "use": "What it is used for", "cookies": "Cookies and tracking", "selling": "Selling",
    "sharing": "Who gets it", "retention": "How long it is kept", "security": "Security", "rights": "Your rights",
    "legal_basis": "Legal basis", "roles": "Who is responsible", "marketing": "Marketing", "children": "Children",
    "transfers": "Other countries", "changes": "Changes to the policy", "contact": "Contact", "other": "About the policy",
}  # fmt: skip

AT_THE_TOP = ("selling", "sharing", "retention", "collection", "rights", "security", "transfers", "children")
SHORT = 220  # characters of a quote that can be read at a glance


@dataclass(frozen=True)
class AspectPassages:
    """An aspect with the passages that speak of it, best first; none if nothing was found."""

    aspect: NamedAspect
    passages: tuple[Passage, ...]


@dataclass(frozen=True)
class TopicGlance:
    """One topic's aspects in the bank's order: those on which something was found, and the others."""

    id: str
    title: str
    found: tuple[AspectPassages, ...]
    silent: tuple[AspectPassages, ...]


@dataclass(frozen=True)
class Glance:
    """One policy version, topic by topic, in the order of TOPICS."""

    company: Company
    policy: str
    version: str
    topics: tuple[TopicGlance, ...]

    @property
    def found(self) -> int:
        return sum(len(topic.found) for topic in self.topics)

    @property
    def silent(self) -> int:
        return sum(len(topic.silent) for topic in self.topics)


def glance(catalogue: PolicyCatalogue, company: str, version: str | None = None) -> Glance:
    """A company's policy at a glance, in the current version if none is given.

    Raises: UnknownCompanyError, UnknownVersionError; IndexUnusableError if the index has no aspect maps.
    """
    document = catalogue.document(company, version or catalogue.current_version(company))
    return catalogue.once(("glance", company, document.version), lambda: _glance_of(catalogue, document))


def _glance_of(catalogue: PolicyCatalogue, document: PolicyDocument) -> Glance:
    build, company = catalogue.build(), document.company
    aspect_map = build.aspects.of(company, document.version)
    if aspect_map is None:
        raise IndexUnusableError(f"the index has no aspect map of {company}: run `candor ingest`")
    passages = [build.passages[row] for row in build.rows_of(company, document.version)]
    aspects = [
        AspectPassages(aspect, tuple(passages_to_show(aspect_map.mentions.get(aspect.id, ()), passages)))
        for aspect in build.aspects.aspects
    ]  # fmt: skip
    topics = [
        TopicGlance(
            topic, TITLES[topic],
            tuple(entry for entry in aspects if entry.aspect.topic == topic and entry.passages),
            tuple(entry for entry in aspects if entry.aspect.topic == topic and not entry.passages),
        )
        for topic in TOPICS
    ]  # fmt: skip
    shown = tuple(topic for topic in topics if topic.found or topic.silent)
    return Glance(catalogue.company(company), document.policy, document.version, shown)


@dataclass(frozen=True)
class Highlight:
    """One quote for a topic."""

    title: str
    label: str  # of the aspect that the passage speaks of
    passage: Passage


def highlights(policy_glance: Glance) -> tuple[tuple[Highlight, ...], tuple[str, ...]]:
    """What people look for first: a short quote for each topic in AT_THE_TOP, and the titles of those on which nothing was found.

    Of a topic's aspects the first in the bank's order that has a short quote is taken: the general ones come first. A topic
    whose quotes are all long is left out.
    """
    topics = {topic.id: topic for topic in policy_glance.topics}
    shown = []
    for topic in (topics[id_] for id_ in AT_THE_TOP if id_ in topics):
        short = [entry for entry in topic.found if len(entry.passages[0].lead_in) + len(entry.passages[0].text) <= SHORT]
        shown += [Highlight(topic.title, entry.aspect.label, entry.passages[0]) for entry in short[:1]]
    silent = [topics[id_].title for id_ in AT_THE_TOP if id_ in topics and not topics[id_].found]
    return tuple(shown), tuple(silent)
