"""Somebody is in danger, or data is in strange hands now: a person at once, what to do first, and whom to reach."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

from actions.action_propose_request import propose_anew
from actions.action_talk_to_human import ActionTalkToHuman
from actions.asking import in_the_form
from actions.tracker import company_of, intent_of, wishes_of
from candor.conversations.handoff.queue import HandoffPromise
from candor.services import services


class ActionUrgent(ActionTalkToHuman):
    """The intents `in_danger` and `data_exposed`."""

    urgent = True

    def name(self) -> str:
        return "action_urgent"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[dict[str, Any]]:
        """As for any wish for a person; what is wished for beside the news is begun as well."""
        told = await super().run(dispatcher, tracker, domain)
        wishes = wishes_of(tracker)
        if not wishes or in_the_form(tracker):
            return told
        parts = services()
        company = parts.knowledge.catalogue.company(company_of(tracker))
        return [*told, *await propose_anew(dispatcher, tracker, wishes[0], company, parts, answered=True)]

    def response_for(self, tracker: Tracker, promise: HandoffPromise) -> str:
        """What to do first differs; by when somebody answers is said in both. Said once, it is not said at length again."""
        intent = intent_of(tracker)[0]
        return f"utter_{intent}_again" if tracker.get_slot("waits_for_person") == intent else f"utter_{intent}"

    def waits(self, tracker: Tracker) -> bool | str:
        """Why it is urgent."""
        return intent_of(tracker)[0]
