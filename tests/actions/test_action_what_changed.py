"""What changed since the version before."""

from __future__ import annotations

import pytest
from rasa_sdk.executor import CollectingDispatcher

from actions.action_what_changed import ActionWhatChanged
from candor.conversations.assistant import reply_of
from candor.services import Services
from knowledge.catalogue import PolicyCatalogue
from tests.actions.trackers import a_tracker, payload_of, worded


@pytest.fixture
def telling(parts: Services, mapped: PolicyCatalogue) -> ActionWhatChanged:
    """On acme with two versions and globex with one."""
    parts.knowledge.catalogue = mapped
    return ActionWhatChanged()


async def test_tells_what_changed_with_both_quotes(telling: ActionWhatChanged, dispatcher: CollectingDispatcher) -> None:
    """The current version against the one before it."""
    await telling.run(dispatcher, a_tracker("what changed?"), domain={})

    (message,) = dispatcher.messages
    reply = reply_of({"text": worded(message)}, payload_of(message), "acme")
    assert reply.kind == "compare"
    assert "1 passage was changed, 1 was added and 1 was removed" in reply.text
    assert [citation.version for citation in reply.citations[:2]] == ["2026-01-15", "2026-06-01"]
    assert reply.comparison[0].about == "selling personal data"


async def test_says_honestly_that_there_is_only_one_version(telling: ActionWhatChanged, dispatcher: CollectingDispatcher) -> None:
    """Rather than that nothing changed."""
    await telling.run(dispatcher, a_tracker("what changed?", company="globex"), domain={})

    (message,) = dispatcher.messages
    reply = reply_of({"text": worded(message)}, payload_of(message), "globex")
    assert reply.kind == "smalltalk"  # it is no silence of the policy, and no report counts it as one
    assert reply.text.startswith("I cannot say what changed, or when: I have only one version")


async def test_how_one_hears_of_changes_is_asked_of_the_policy(
    parts: Services, telling: ActionWhatChanged, dispatcher: CollectingDispatcher
) -> None:
    """Where there is nothing to compare with."""
    await telling.run(dispatcher, a_tracker("where would I see if it changed", company="globex"), domain={})

    assert payload_of(dispatcher.messages[0]).shown.kind == "answer"
