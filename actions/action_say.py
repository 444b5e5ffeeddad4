"""Small talk, and what is not about privacy: say the response that domain.yml has for the intent."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

from actions.tracker import company_of, intent_of
from candor.services import services


class ActionSay(Action):
    """Intents whose reply needs nothing but the company's name and contact."""

    def __init__(self) -> None:
        self._catalogue = services().knowledge.catalogue

    def name(self) -> str:
        return "action_say"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[dict[str, Any]]:
        company = self._catalogue.company(company_of(tracker))
        intent, _ = intent_of(tracker)
        dispatcher.utter_message(response=f"utter_{intent}", company_name=company.name, contact=company.contact)
        return []
