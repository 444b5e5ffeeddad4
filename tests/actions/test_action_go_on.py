""" "Continue" and "not now", where no form waits."""

from __future__ import annotations

from typing import Any

import pytest
from rasa_sdk.executor import CollectingDispatcher

from actions.action_go_on import ActionGoOn
from candor.conversations.payload import Memory, Payload
from tests.actions.trackers import a_tracker, worded


@pytest.mark.parametrize(
    ("proposal", "heard"),
    [
        (None, "Nothing is waiting just now"),
        ({"id": "p_1", "withdraw": "R-7KQ4-M2XD"}, "your request R-7KQ4-M2XD stays as it is"),
        ({"id": "p_1", "forget": True}, "I keep this conversation for now"),
    ],
)
async def test_neither_is_a_yes(dispatcher: CollectingDispatcher, proposal: dict[str, Any] | None, heard: str) -> None:
    """Nothing is opened, taken back or forgotten by it."""
    asked = Payload(memory=Memory(proposal="p_1")).encoded()

    await ActionGoOn().run(dispatcher, a_tracker("continue", intent="go_on", proposal=proposal, said=(asked,)), domain={})

    assert heard in worded(dispatcher.messages[0])


async def test_in_the_form_the_form_asks_again(dispatcher: CollectingDispatcher) -> None:
    """It says nothing itself."""
    assert await ActionGoOn().run(dispatcher, a_tracker("continue", intent="go_on", asked="email"), domain={}) == []
    assert dispatcher.messages == []
