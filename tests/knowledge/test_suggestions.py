"""Questions to begin with: real ones of the bank, about what the policy speaks of, each of another topic."""

from __future__ import annotations

from knowledge.aspects import read_aspects
from knowledge.suggestions import FEWEST, MOST, PLAINEST, suggestions


def always(_: str) -> bool:
    return True


def test_each_stands_in_the_bank_under_its_aspect() -> None:
    """What the bank knows is understood when it is sent."""
    bank = {aspect.id: {question.lower().rstrip("?") for question in aspect.questions} for aspect in read_aspects()}

    missing = [question for aspect, question in PLAINEST if question.lower().rstrip("?") not in bank[aspect]]

    assert missing == []


def test_a_policy_that_speaks_of_all_gets_the_most_of_different_topics() -> None:
    """In the order in which people care."""
    result = suggestions([aspect for aspect, _ in PLAINEST], always)

    topics = {aspect.split(".")[0] for aspect, question in PLAINEST if question in result}
    assert len(result) == MOST == len(topics)
    assert result[0] == PLAINEST[0][1]


def test_few_topics_are_filled_up_with_further_questions_of_them() -> None:
    """Two topics with five aspects still make the fewest that look inviting."""
    covered = ["retention.account", "retention.general", "collection.general", "collection.location", "collection.payment"]

    assert len(suggestions(covered, always)) == FEWEST


def test_only_what_the_policy_speaks_of_is_suggested() -> None:
    """Aspects that nobody asks about first are not, either."""
    assert suggestions(["selling.sold", "other.links"], always) == ["Do you sell my data?"]
    assert suggestions([], always) == []
