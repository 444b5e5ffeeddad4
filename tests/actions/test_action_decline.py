"""A no opens nothing, and is not taken for an answer to what was not asked."""

from __future__ import annotations

import pytest
from rasa_sdk.executor import CollectingDispatcher

from actions.action_decline import ActionDecline
from candor.services import Services
from tests.actions.requests import a_conversation
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


@pytest.mark.parametrize(("intent", "response"), [("stop_form", "utter_person_not_needed"), ("deny", "utter_told_person")])
async def test_a_no_of_somebody_who_waits_goes_to_the_person(
    parts: Services, dispatcher: CollectingDispatcher, intent: str, response: str
) -> None:
    """Who needs nobody any more has asked for somebody; nobody is told that nothing was asked."""
    talk = a_conversation(parts)
    parts.conversations.handoff_queue.wanted(talk, "acme", question="call me")
    tracker = a_tracker("no, leave it", intent=intent, sender=talk, said=({"kind": "handoff"},), waits_for_person=True)

    await ActionDecline().run(dispatcher, tracker, domain={})

    (waiting,) = parts.conversations.handoff_queue.waiting()
    assert [message["response"] for message in dispatcher.messages] == [response]
    assert waiting.question == "call me\n\nno, leave it"
