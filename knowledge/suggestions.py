"""Opening questions: of the most frequent questions, those to which a policy version surely has the answer."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection

from knowledge.answering import Answers
from knowledge.artefact import ServedPolicy
from knowledge.aspect_map import SHOWN_FROM
from knowledge.catalogue import PolicyCatalogue

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


def sure_suggestions(catalogue: PolicyCatalogue, answers: Callable[[], Answers], company: str) -> list[str]:
    """The opening questions of a company's current version: those that were found sure at ingestion, and what staff settled.

    `answers` loads what answers; it is called only where ingestion asked nothing.

    Raises: UnknownCompanyError; IndexUnusableError if there is no usable index.
    """
    artefact = catalogue.served(company).artefact
    settled = catalogue.settled(company, artefact.version)
    aspect_map, sure = artefact.aspect_map, artefact.sure
    if aspect_map is None:
        return []
    covered = (aspect_map.spoken_of(SHOWN_FROM) | settled.passages.keys()) - settled.silent
    pointed_to = {question for aspect, question in PLAINEST if aspect in settled.passages}

    def is_answered(question: str) -> bool:
        if sure is not None:
            return question in sure or question in pointed_to
        return answers().answer(question, company).kind == "answer"

    key = ("suggestions", artefact.version, settled.silent, tuple(settled.passages.items()))
    return catalogue.once(company, key, lambda: suggestions(covered, is_answered))
