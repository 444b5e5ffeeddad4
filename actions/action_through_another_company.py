"""Who knows the company only through a customer of it is told whom to ask, and may open a request all the same."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

from actions.request_words import WORDS
from actions.tracker import company_of
from candor.conversations.payload import Memory, Payload
from candor.services import services
from candor.tickets.request_types import REQUEST_TYPES

OFFERED = [name for name, row in REQUEST_TYPES.items() if row.for_indirect]


class ActionThroughAnotherCompany(Action):
    """The intent `through_another_company`: the company works for another, which decides about the data (Art. 28 GDPR)."""

    def __init__(self) -> None:
        self._catalogue = services().knowledge.catalogue

    def name(self) -> str:
        return "action_through_another_company"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[dict[str, Any]]:
        dispatcher.utter_message(
            response="utter_through_another_company", company_name=self._catalogue.company(company_of(tracker)).name,
            buttons=[{"title": WORDS[name].capitalize(), "payload": WORDS[name]} for name in OFFERED],
            json_message=Payload(memory=Memory(which=OFFERED)).encoded(),
        )  # fmt: skip
        return []
