"""In the middle of a request, "how long does it take?" is about that request, and not looked up in the policy."""

from __future__ import annotations

from typing import Any

import pytest
from rasa_sdk.executor import CollectingDispatcher

from actions.action_about_request import ActionAboutRequest
from candor.services import Services
from tests.actions.trackers import a_tracker, worded

BEGUN = {"id": "p_1", "request_type": "deletion", "company": "acme"}


async def said_to(dispatcher: CollectingDispatcher, text: str, **others: Any) -> str:
    tracker = a_tracker(text, intent="ask_about_request", proposal={**BEGUN, **others.pop("begun", {})}, **others)
    await ActionAboutRequest().run(dispatcher, tracker, domain={})
    return worded(dispatcher.messages[-1])


async def test_the_law_of_the_place_says_by_when(parts: Services, dispatcher: CollectingDispatcher) -> None:
    """As a day and an article, as if the request were opened now."""
    told = await said_to(dispatcher, "how long does that take", asked="email", residence="DE")

    assert told.startswith("If you open it today, Acme has to answer by ")
    assert "Art. 12(3) GDPR" in told


async def test_a_place_that_was_not_asked_yet_decides(parts: Services, dispatcher: CollectingDispatcher) -> None:
    """Until then the strictest law counts, which is said."""
    told = await said_to(dispatcher, "by when do they have to answer", asked="residence")

    assert "The law of the place where you live decides" in told


@pytest.mark.parametrize(("request_type", "proof"), [("deletion", "I send a code"), ("opt_out_of_sale", "don't have to prove")])
async def test_what_happens_next_is_told(
    parts: Services, dispatcher: CollectingDispatcher, request_type: str, proof: str
) -> None:
    """Who works on it, and what is to be proven."""
    told = await said_to(
        dispatcher, "what happens with it then", asked="details", residence="DE", begun={"request_type": request_type}
    )

    assert "the people at Acme" in told
    assert proof in told


@pytest.mark.parametrize(
    ("slots", "response"), [({}, "utter_answer"), ({"about_number": {"number": "R-1"}}, "utter_no_requests")]
)
async def test_outside_the_form_others_answer(
    parts: Services, dispatcher: CollectingDispatcher, slots: dict[str, Any], response: str
) -> None:
    """A request that is open has a status; without one the policy may say something."""
    await ActionAboutRequest().run(dispatcher, a_tracker("how long does it take", **slots), domain={})

    assert [message["response"] for message in dispatcher.messages] == [response]
