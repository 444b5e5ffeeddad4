"""From here on about another company, if it is one that we know."""

from __future__ import annotations

from typing import Any

import pytest
from rasa_sdk.executor import CollectingDispatcher

from actions.action_switch_company import ActionSwitchCompany
from candor.services import Services
from tests.actions.trackers import a_tracker, worded


async def test_switches_to_the_company_that_was_named(parts: Services, dispatcher: CollectingDispatcher) -> None:
    """The door is told; a proposal with the old company is dropped."""
    tracker = a_tracker("switch to Globex", entities=[{"entity": "company", "value": "globex"}])

    (event,) = await ActionSwitchCompany().run(dispatcher, tracker, domain={})

    (message,) = dispatcher.messages
    assert message["custom"] == {"kind": "smalltalk", "switch_company": "globex"}
    assert "Globex" in worded(message)
    assert (event["name"], event["value"]) == ("proposal", None)


@pytest.mark.parametrize("entities", [[], [{"entity": "company", "value": "nosuch"}], [{"entity": "other", "value": "globex"}]])
async def test_asks_which_one_where_none_that_we_know_was_named(
    parts: Services, dispatcher: CollectingDispatcher, entities: list[dict[str, Any]]
) -> None:
    """With a button for each; pressing it says the sentence that switches."""
    events = await ActionSwitchCompany().run(dispatcher, a_tracker("another company", entities=entities), domain={})

    (message,) = dispatcher.messages
    assert worded(message) == "Which company do you mean? I have the policies of Acme, Globex."
    assert [button["payload"] for button in message["buttons"]] == ["switch to Acme", "switch to Globex"]
    assert "switch_company" not in message["custom"]
    assert events == []


@pytest.mark.parametrize("said", ["switch to Globex", "what about globx", "I meant Globex, not Acme"])
async def test_a_company_that_rasa_was_not_trained_with_is_understood(
    parts: Services, dispatcher: CollectingDispatcher, said: str
) -> None:
    """Its policy may have been released a minute ago."""
    await ActionSwitchCompany().run(dispatcher, a_tracker(said, company="acme"), domain={})

    (message,) = dispatcher.messages
    assert message["custom"]["switch_company"] == "globex"


async def test_of_many_companies_only_some_are_offered(
    parts: Services, dispatcher: CollectingDispatcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody reads ten thousand buttons."""
    monkeypatch.setattr("actions.action_switch_company.MOST_NAMED", 1)

    await ActionSwitchCompany().run(dispatcher, a_tracker("another company"), domain={})

    (message,) = dispatcher.messages
    assert worded(message) == "Which company do you mean? I have the policies of Acme, 1 more."
    assert [button["payload"] for button in message["buttons"]] == ["switch to Acme"]
