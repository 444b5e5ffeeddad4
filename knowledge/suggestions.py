"""Opening questions: of the most frequent questions, those to which a policy version surely has the answer."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection

from knowledge.answering import Answers
from knowledge.artefact import PolicyArtefact, ServedPolicy
from knowledge.aspect_map import SHOWN_FROM
from knowledge.catalogue import PolicyCatalogue
from knowledge.settling import SettledAspects

MOST, FEWEST = 6, 4
# An aspect and its plainest question in the bank; the aspects that people care most about come first.
PLAINEST = (
    ("retention.account", "How long do you keep my account info?"),
    ("selling.sold", "Do you sell my data?"),
    ("sharing.general", "Who do you share my info with?"),
    ("rights.deletion", "How do I get rid of my account?"),
    ("security.measures", "Is my data safe with you?"),
    ("children.minimum_age", "How old do I have to be?"),
    ("transfers.abroad", "Does my info leave the country?"),
    ("cookies.used", "Do you use cookies?"),
    ("retention.general", "Is my info kept indefinitely?"),
    ("use.ai_training", "Can I opt out of AI training?"),
    ("collection.general", "Which personal data do you process?"),
    ("rights.overview", "What are my rights?"),
    ("sharing.service_providers", "Do you use outside companies to run this?"),
    ("collection.location", "Do you collect geolocation?"),
    ("rights.access", "Can I see what you have on me?"),
    ("collection.payment", "What financial info do you collect?"),
    ("sharing.law_enforcement", "Do you give data to the government?"),
    ("use.purposes", "What do you do with my info?"),
    ("cookies.disable", "How do I turn off cookies?"),
    ("collection.sources", "Where did you get my data from?"),
    ("contact.email", "What email can I write to?"),
    ("changes.notice", "How do I hear about a new version?"),
)


def suggestions(covered: Collection[str], is_answered: Callable[[str], bool]) -> list[str]:
    """At most MOST questions that the policy surely answers, each on another topic.

    `covered` are the ids of the aspects that the policy version surely addresses; `is_answered` tells of a question whether the
    answer to it is sure, and is asked of no more questions than needed. If there are fewer than FEWEST topics, further
    questions on the same topics follow; a policy that addresses few aspects gets fewer questions.
    """
    first: dict[str, str] = {}  # topic → its question
    further: list[tuple[str, str]] = []
    candidates = [(aspect.split(".")[0], question) for aspect, question in PLAINEST if aspect in covered]
    for topic, question in candidates:
        if topic in first:
            further.append((topic, question))
        elif len(first) < MOST and is_answered(question):
            first[topic] = question
    chosen = list(first.values())
    for _, question in further:
        if len(chosen) >= FEWEST:
            break
        if is_answered(question):
            chosen.append(question)
    return chosen


class SureOpenings:
    """Asks a policy version the opening questions when its artefact is made, so that no visitor waits for it."""

    def __init__(self, answers: Callable[[], Answers], id_: str) -> None:
        """id_: changes with the models that judge answers. `answers` loads what answers; called when the first one is made."""
        self._answers = answers
        self.id = hashlib.sha256(f"{id_} {PLAINEST}".encode()).hexdigest()[:16]

    def sure(self, policy: ServedPolicy) -> frozenset[str]:
        """The questions that the version surely answers, of those on an aspect that it speaks of."""
        aspect_map = policy.artefact.aspect_map
        spoken_of = aspect_map.spoken_of(SHOWN_FROM) if aspect_map else frozenset()
        asked = [question for aspect, question in PLAINEST if aspect in spoken_of]
        return frozenset(question for question in asked if self._answers().answer_from(policy, question).kind == "answer")


def stored_suggestions(catalogue: PolicyCatalogue, company: str) -> list[str] | None:
    """The opening questions of a company's current version, of those that ingestion found sure and of what staff settled; None
    where ingestion asked nothing.

    Raises: UnknownCompanyError; IndexUnusableError if there is no usable index.
    """
    artefact = catalogue.served(company).artefact
    sure = artefact.sure
    if sure is None:
        return None
    settled = catalogue.settled(company, artefact.version)
    surely = sure | {question for aspect, question in PLAINEST if aspect in settled.passages}
    return found_once(catalogue, company, lambda: suggestions(covered_by(artefact, settled), surely.__contains__))


def sure_suggestions(catalogue: PolicyCatalogue, answers: Callable[[], Answers], company: str) -> list[str]:
    """The same; where ingestion asked nothing, they are asked now, once.

    `answers` loads what answers; it is called only if there is a question to ask.

    Raises: UnknownCompanyError; IndexUnusableError if there is no usable index.
    """
    stored = stored_suggestions(catalogue, company)
    if stored is not None:
        return stored
    artefact = catalogue.served(company).artefact
    covered = covered_by(artefact, catalogue.settled(company, artefact.version))

    def is_answered(question: str) -> bool:
        return answers().answer(question, company).kind == "answer"

    return found_once(catalogue, company, lambda: suggestions(covered, is_answered))


def covered_by(artefact: PolicyArtefact, settled: SettledAspects) -> frozenset[str]:
    """The aspects that a version surely addresses, and what staff settled."""
    spoken_of = artefact.aspect_map.spoken_of(SHOWN_FROM) | settled.passages.keys() if artefact.aspect_map else frozenset()
    return frozenset(spoken_of - settled.silent)


def found_once(catalogue: PolicyCatalogue, company: str, find: Callable[[], list[str]]) -> list[str]:
    """What `find` finds for a company's current version, asked once for each release and each change of what staff settled.

    Raises: UnknownCompanyError; IndexUnusableError; whatever `find` raises, which is then asked again the next time.
    """
    version = catalogue.current_version(company)
    settled = catalogue.settled(company, version)
    return catalogue.once(company, ("suggestions", version, settled.silent, tuple(settled.passages.items())), find)
