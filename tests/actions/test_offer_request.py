"""Who asks about a right is offered to use it, and nothing is opened by the offer."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.offer_request import NEAR, RIGHT_OF_ASPECT, offer_request
from actions.request_words import WORDS
from candor.settings import ROOT
from candor.tickets.request_types import REQUEST_TYPES
from tests.actions.trackers import a_tracker, payload_of, worded


def asking(*ranking: tuple[str, float]) -> Tracker:
    """A question, and what else Rasa thought of."""
    tracker = a_tracker("can i delete my account?", intent="ask_policy")
    tracker.latest_message["intent_ranking"] = [{"name": name, "confidence": confidence} for name, confidence in ranking]
    return tracker


@pytest.mark.parametrize(("aspect", "request_type"), RIGHT_OF_ASPECT.items())
def test_a_question_about_a_right_ends_with_the_offer(dispatcher: CollectingDispatcher, aspect: str, request_type: str) -> None:
    """One button, which says in the visitor's place that they want it."""
    offer_request(dispatcher, asking(), aspect, "Acme")

    (message,) = dispatcher.messages
    assert "open a request with Acme" in worded(message)
    assert [button["payload"] for button in message["buttons"]] == [WORDS[request_type]]
    assert payload_of(message).memory.proposal is None


def test_each_request_is_offered_to_somebody() -> None:
    """A right that no aspect leads to could be asked about without an offer."""
    assert set(RIGHT_OF_ASPECT.values()) == set(REQUEST_TYPES)


def test_the_aspects_are_those_of_the_bank() -> None:
    """One that is renamed there would silently end its offer."""
    bank: list[dict[str, Any]] = yaml.safe_load((ROOT / "knowledge" / "aspects.yml").read_text(encoding="utf-8"))["aspects"]

    assert set(RIGHT_OF_ASPECT) <= {aspect["id"] for aspect in bank}


@pytest.mark.parametrize("aspect", [None, "rights.fees"])
def test_where_the_aspect_names_no_right_the_nearest_request_is_offered(
    dispatcher: CollectingDispatcher, aspect: str | None
) -> None:
    """Rasa held "wipe my account, possible?" for a deletion by a third: that is worth an offer."""
    offer_request(dispatcher, asking(("ask_policy", 0.6), ("request_status", 0.2), ("request_deletion", NEAR)), aspect, "Acme")

    (message,) = dispatcher.messages
    assert [button["payload"] for button in message["buttons"]] == [WORDS["deletion"]]


@pytest.mark.parametrize("ranking", [(), (("ask_policy", 0.9), ("request_deletion", 0.05)), (("request_status", 0.4),)])
def test_other_questions_get_no_offer(dispatcher: CollectingDispatcher, ranking: tuple[tuple[str, float], ...]) -> None:
    """Who asks about cookies is not asked whether to delete their data."""
    offer_request(dispatcher, asking(*ranking), "cookies.used", "Acme")

    assert dispatcher.messages == []
