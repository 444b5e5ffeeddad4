"""Global Privacy Control fills the opt-out in; a yes is needed all the same."""

from __future__ import annotations

import pytest
from rasa_sdk.executor import CollectingDispatcher

from actions.action_open_request import ActionOpenRequest
from actions.action_propose_request import ActionProposeRequest
from candor.services import Services
from tests.actions.trackers import a_tracker, slots_of

OPT_OUT = {"id": "p_1", "request_type": "opt_out_of_sale", "company": "acme"}


def conversation(parts: Services, *, gpc: bool) -> str:
    return parts.conversations.transcripts.begin(company="acme", channel="web", gpc=gpc).id


async def test_the_card_is_filled_in_and_nothing_is_opened(parts: Services, dispatcher: CollectingDispatcher) -> None:
    """The form has no question left but the last one: whether to open it."""
    here = conversation(parts, gpc=True)
    tracker = a_tracker("do not sell my data", intent="request_opt_out_of_sale", sender=here)

    events = await ActionProposeRequest().run(dispatcher, tracker, domain={})

    slots = slots_of(events)
    assert dispatcher.messages[-1]["response"] == "utter_propose_by_signal"
    assert (slots["residence"], slots["email"], slots["details"], slots["agreed"]) == ("", "", "", None)
    assert parts.requests.desk.of_conversation(here) == []


async def test_what_is_known_already_stays_in_the_card(parts: Services, dispatcher: CollectingDispatcher) -> None:
    """Where somebody lives and their address, from before or from this message."""
    here = conversation(parts, gpc=True)
    tracker = a_tracker(
        "do not sell my data", intent="request_opt_out_of_sale", sender=here, residence="US-CA", email="<email_1>"
    )

    slots = slots_of(await ActionProposeRequest().run(dispatcher, tracker, domain={}))

    assert (slots["residence"], slots["email"]) == ("US-CA", "<email_1>")


@pytest.mark.parametrize(("intent", "gpc"), [("request_opt_out_of_sale", False), ("request_deletion", True)])
async def test_without_the_signal_and_for_other_rights_the_form_asks(
    parts: Services, dispatcher: CollectingDispatcher, intent: str, gpc: bool
) -> None:
    """The signal speaks of sale and sharing, and of nothing else."""
    tracker = a_tracker("please", intent=intent, sender=conversation(parts, gpc=gpc))

    slots = slots_of(await ActionProposeRequest().run(dispatcher, tracker, domain={}))

    assert "residence" not in slots


@pytest.mark.parametrize("gpc", [True, False])
async def test_the_signal_is_recorded_with_the_request(parts: Services, dispatcher: CollectingDispatcher, gpc: bool) -> None:
    """After the yes, with the event that says that it was received."""
    here = conversation(parts, gpc=gpc)
    tracker = a_tracker("yes", intent="affirm", sender=here, proposal=OPT_OUT, agreed=True, residence="", email="", details="")

    await ActionOpenRequest().run(dispatcher, tracker, domain={})

    (opened,) = parts.requests.desk.of_conversation(here)
    received = parts.requests.staff_desk.details(opened.number).events[0]
    assert received.data == ({"gpc": True} if gpc else {})
