"""Small talk, and what is not about privacy: say the response that domain.yml has for the intent."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

from actions.foreign import say_in_their_language
from actions.person_told import PersonTold
from actions.tracker import company_of, intent_of, text_of
from candor.conversations.payload import Payload
from candor.services import services

# What Rasa takes words that it does not know for.
MAY_BE_FOREIGN = frozenset(["out_of_scope_language", "out_of_scope_gibberish", "out_of_scope_general", "out_of_scope_support"])
# What somebody who waits for a person says to that person, and not to us.
COMPLAINS = frozenset(["bot_complaint", "abuse"])
FOR_THE_PERSON = COMPLAINS | {
    "out_of_scope_general", "out_of_scope_support", "out_of_scope_other_people", "out_of_scope_legal_advice",
    "out_of_scope_gibberish", "out_of_scope_language",
}  # fmt: skip


class ActionSay(Action):
    """Intents whose reply needs nothing but the company's name and contact."""

    def __init__(self) -> None:
        parts = services()
        self._catalogue, self._responses = parts.knowledge.catalogue, parts.conversations.responses
        self._answers, self._person = parts.knowledge.answers, PersonTold(parts)

    def name(self) -> str:
        return "action_say"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[dict[str, Any]]:
        company = self._catalogue.company(company_of(tracker))
        intent, _ = intent_of(tracker)
        foreign = intent in MAY_BE_FOREIGN and self._answers.is_foreign(text_of(tracker))
        if foreign and say_in_their_language(dispatcher, tracker, text_of(tracker), company, self._responses):
            if tracker.get_slot("waits_for_person"):
                await self._person.note(tracker)
            return []
        if intent == "out_of_scope_gibberish" and not foreign and self._answers.reads(text_of(tracker)):
            dispatcher.utter_message(response="utter_remark", json_message=Payload().encoded())
            return []
        if tracker.get_slot("waits_for_person") and intent in FOR_THE_PERSON:
            told = "utter_person_sorry" if intent in COMPLAINS else "utter_asked_person"
            if await self._person.tell(dispatcher, tracker, told):
                return []
        dispatcher.utter_message(response=f"utter_{intent}", company_name=company.name, contact=company.contact)
        return []
