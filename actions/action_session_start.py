"""A visitor comes back after a day: a request that was begun and not opened is gone, and they are told so."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import ActionExecuted, SessionStarted
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

from actions.request_words import WHAT
from candor.conversations.payload import Payload


class ActionSessionStart(Action):
    """Rasa calls it before the first message of a conversation, and of each session after a long silence.

    Slots are not carried over (domain.yml), so a yes today does not open yesterday's request.
    """

    def name(self) -> str:
        return "action_session_start"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[dict[str, Any]]:
        begun = tracker.get_slot("proposal") or {}
        if "request_type" in begun:
            dispatcher.utter_message(
                response="utter_not_opened_yesterday", request=WHAT[begun["request_type"]], json_message=Payload().encoded()
            )
        return [SessionStarted(), ActionExecuted("action_listen")]
