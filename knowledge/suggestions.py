"""Opening questions: of the most frequent questions, those to which a policy version surely has the answer."""

from __future__ import annotations

from collections.abc import Callable, Collection

from knowledge.answering import Answers
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


def sure_suggestions(catalogue: PolicyCatalogue, answers: Callable[[], Answers], company: str) -> list[str]:
    """The opening questions of a company's current version; see found_once.

    `answers` loads what answers; it is called only if there is a question to ask.

    Raises: UnknownCompanyError; IndexUnusableError if there is no usable index.
    """
    version = catalogue.current_version(company)
    settled = catalogue.settled(company, version)
    aspect_map = catalogue.build().aspects.of(company, version)
    if aspect_map is None:
        return []
    covered = (aspect_map.spoken_of(SHOWN_FROM) | settled.passages.keys()) - settled.silent

    def is_answered(question: str) -> bool:
        return answers().answer(question, company).kind == "answer"

    return found_once(catalogue, company, lambda: suggestions(covered, is_answered))


def found_once(catalogue: PolicyCatalogue, company: str, find: Callable[[], list[str]]) -> list[str]:
    """What `find` finds for a company's current version, asked once for each build and each change of what staff settled.

    Raises: UnknownCompanyError; IndexUnusableError; whatever `find` raises, which is then asked again the next time.
    """
    version = catalogue.current_version(company)
    settled = catalogue.settled(company, version)
    return catalogue.once(("suggestions", company, version, settled.silent, tuple(settled.passages.items())), find)
