"""A policy version at a glance: topic by topic, its own words on each aspect, and the aspects on which no passage was found.

Three voices, as in answers: words that surely speak of an aspect; passages that may speak of it; and no passage found.
"""

from __future__ import annotations

from dataclasses import dataclass

from candor.errors import IndexUnusableError
from knowledge.aspect_map import NEAR_FROM, SHOWN, SHOWN_FROM, NamedAspect, passages_to_show
from knowledge.aspects import TOPICS
from knowledge.catalogue import PolicyCatalogue
from knowledge.companies import Company
from knowledge.documents import PolicyDocument
from knowledge.first_line import states
from knowledge.passages import Passage
from knowledge.settling import SettledAspects

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
    """An aspect with the passages that speak of it, best first; none if no passage was found."""

    aspect: NamedAspect
    passages: tuple[Passage, ...]
    settled: bool = False  # staff said so: the first passage answers or, without one, the policy is silent


@dataclass(frozen=True)
class TopicGlance:
    """One topic's aspects in the bank's order: those that the policy surely speaks of, those that it may, and the others."""

    id: str
    title: str
    found: tuple[AspectPassages, ...]
    near: tuple[AspectPassages, ...]
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
    def near(self) -> int:
        return sum(len(topic.near) for topic in self.topics)

    @property
    def silent(self) -> int:
        return sum(len(topic.silent) for topic in self.topics)


def glance(catalogue: PolicyCatalogue, company: str, version: str | None = None) -> Glance:
    """A company's policy at a glance, in the current version if none is given.

    Raises: UnknownCompanyError, UnknownVersionError; IndexUnusableError if the index has no aspect maps.
    """
    document = catalogue.document(company, version or catalogue.current_version(company))
    settled = catalogue.settled(company, document.version)
    key = ("glance", document.version, settled.silent, tuple(settled.passages.items()))
    return catalogue.once(company, key, lambda: _glance_of(catalogue, document, settled))


def _glance_of(catalogue: PolicyCatalogue, document: PolicyDocument, settled: SettledAspects) -> Glance:
    company = document.company
    artefact = catalogue.artefact(company, document.version)
    aspect_map, passages, name = artefact.aspect_map, artefact.passages, catalogue.company(company).name
    if aspect_map is None:
        raise IndexUnusableError(f"the index has no aspect map of {company}: run `candor ingest`")

    def with_passages(aspect: NamedAspect, floor: float) -> AspectPassages:
        shown = [] if aspect.id in settled.silent else passages_to_show(aspect_map.of(aspect.id, floor), passages)
        pointed_to = settled.passages.get(aspect.id)
        if pointed_to is not None:
            others = (one for one in shown if one.end <= pointed_to.start or pointed_to.end <= one.start)
            shown = [pointed_to, *others][:SHOWN]
        return AspectPassages(aspect, tuple(shown), settled=aspect.id in settled)

    def of_topic(topic: str) -> TopicGlance:
        found: list[AspectPassages] = []
        near: list[AspectPassages] = []
        silent: list[AspectPassages] = []
        for aspect in (one for one in artefact.aspects if one.topic == topic):
            sure = with_passages(aspect, SHOWN_FROM)
            entry = sure if sure.passages else with_passages(aspect, NEAR_FROM)
            if not entry.passages and not entry.settled:  # an answer would quote what plainly states it, so it was found
                entry = AspectPassages(aspect, tuple(one for one in passages if states(aspect.id, one, name))[:SHOWN])
            (found if sure.passages else near if entry.passages else silent).append(entry)
        return TopicGlance(topic, TITLES[topic], tuple(found), tuple(near), tuple(silent))

    topics = tuple(of_topic(topic) for topic in TOPICS)
    shown = tuple(topic for topic in topics if topic.found or topic.near or topic.silent)
    return Glance(catalogue.company(company), document.policy, document.version, shown)


@dataclass(frozen=True)
class Highlight:
    """One quote for a topic."""

    title: str
    label: str  # of the aspect that the passage speaks of
    passage: Passage


def highlights(policy_glance: Glance) -> tuple[tuple[Highlight, ...], tuple[str, ...]]:
    """What people look for first: a short quote for each topic in AT_THE_TOP, and the titles of those without any passage.

    Of a topic's aspects the first in the bank's order that has a short quote is taken: the general ones come first. A topic
    whose quotes are all long is left out.
    """
    topics = {topic.id: topic for topic in policy_glance.topics}
    shown = []
    for topic in (topics[id_] for id_ in AT_THE_TOP if id_ in topics):
        short = [entry for entry in topic.found if len(entry.passages[0].lead_in) + len(entry.passages[0].text) <= SHORT]
        shown += [Highlight(topic.title, entry.aspect.label, entry.passages[0]) for entry in short[:1]]
    silent = [topics[id_].title for id_ in AT_THE_TOP if id_ in topics and not topics[id_].found and not topics[id_].near]
    return tuple(shown), tuple(silent)
