"""Opening questions: of the most frequent questions, those on which a policy version says something. Pure."""

from __future__ import annotations

from collections.abc import Collection

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


def suggestions(covered: Collection[str]) -> list[str]:
    """At most MOST questions that the policy answers, each on another topic.

    `covered` are the ids of the aspects that the policy version addresses, AspectMap.mentions. If there are fewer than FEWEST
    topics, further questions on the same topics follow; a policy that addresses few aspects gets fewer questions.
    """
    candidates = [(aspect, question) for aspect, question in PLAINEST if aspect in covered]
    first = {aspect.split(".")[0]: (aspect, question) for aspect, question in reversed(candidates)}
    first_of_topics = [pair for pair in candidates if pair in first.values()]
    further = [pair for pair in candidates if pair not in first_of_topics][: max(0, FEWEST - len(first_of_topics))]
    return [question for _, question in (*first_of_topics, *further)][:MOST]
