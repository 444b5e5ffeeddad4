"""Nothing is opened before a clear yes: first it is said what would be."""

from __future__ import annotations

import pytest
from rasa_sdk.executor import CollectingDispatcher

from actions.action_propose_request import WHAT, ActionProposeRequest
from errors import UnknownCompanyError
from services import Services
from tests.actions.trackers import a_tracker, worded
from tickets.models import REQUEST_TYPES


@pytest.mark.parametrize("request_type", REQUEST_TYPES)
async def test_says_what_would_be_opened_and_asks(parts: Services, dispatcher: CollectingDispatcher, request_type: str) -> None:
    """For each right, in words; nothing is in the database yet."""
    tracker = a_tracker("please", intent=f"request_{request_type}")

    (event,) = await ActionProposeRequest().run(dispatcher, tracker, domain={})

    (message,) = dispatcher.messages
    assert worded(message) == f"I can open a request with Acme to {WHAT[request_type]}. Shall I?"
    assert [button["payload"] for button in message["buttons"]] == ["yes", "no"]
    assert (event["event"], event["name"]) == ("slot", "proposal")
    assert {key: event["value"][key] for key in ("request_type", "company")} == {"request_type": request_type, "company": "acme"}
    assert message["custom"] == {"kind": "request", "request_type": request_type, "proposal": event["value"]["id"]}
    assert parts.tickets.of_conversation("c_1") == []


async def test_each_proposal_is_another(parts: Services, dispatcher: CollectingDispatcher) -> None:
    """A yes to the second must not be taken for a repeated yes to the first."""
    tracker = a_tracker("delete my data", intent="request_deletion")

    (first,) = await ActionProposeRequest().run(dispatcher, tracker, domain={})
    (second,) = await ActionProposeRequest().run(dispatcher, tracker, domain={})

    assert first["value"]["id"] != second["value"]["id"]


async def test_proposes_nothing_with_a_company_that_is_not_there(parts: Services, dispatcher: CollectingDispatcher) -> None:
    """There would be nobody to answer it."""
    with pytest.raises(UnknownCompanyError):
        await ActionProposeRequest().run(dispatcher, a_tracker(intent="request_deletion", company=""), domain={})

    assert dispatcher.messages == []
