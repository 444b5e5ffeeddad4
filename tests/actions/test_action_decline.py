"""A no opens nothing, and is not taken for an answer to what was not asked."""

from __future__ import annotations

import pytest
from rasa_sdk.executor import CollectingDispatcher

from actions.action_decline import ActionDecline
from candor.services import Services
from tests.actions.trackers import a_tracker, worded

PROPOSAL = {"id": "p_1", "request_type": "deletion", "company": "acme"}
ASKED = {"kind": "request", "request_type": "deletion", "proposal": "p_1"}


async def test_a_no_to_the_question_drops_the_proposal(parts: Services, dispatcher: CollectingDispatcher) -> None:
    """It says that nothing was opened, and no later yes can open it."""
    tracker = a_tracker("no", intent="deny", proposal=PROPOSAL, said=(ASKED,))

    (event,) = await ActionDecline().run(dispatcher, tracker, domain={})

    assert "nothing has been opened" in worded(dispatcher.messages[0])
    assert (event["name"], event["value"]) == ("proposal", None)


@pytest.mark.parametrize("proposal", [None, PROPOSAL])
async def test_a_no_to_an_answer_is_about_the_answer(
    parts: Services, dispatcher: CollectingDispatcher, proposal: dict[str, str] | None
) -> None:
    """A proposal that was talked past is dropped all the same."""
    tracker = a_tracker("no", intent="deny", proposal=proposal, said=(ASKED, {"kind": "answer"}))

    (event,) = await ActionDecline().run(dispatcher, tracker, domain={})

    assert [message["response"] for message in dispatcher.messages] == ["utter_no_after_answer"]
    assert event["value"] is None
