"""Small talk, and what is not about privacy: say the response that domain.yml has for the intent."""

from __future__ import annotations

import asyncio
import re
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

from actions.action_answer_question import ActionAnswerQuestion
from actions.action_propose_request import lately_offered, offer_taken_up, propose_anew
from actions.action_talk_to_human import ActionTalkToHuman, names_person
from actions.after_answer import AfterAnAnswer, follows_an_answer
from actions.asking import in_the_form
from actions.did_you_mean import say_not_sure
from actions.for_another import only_speaks_of_another
from actions.foreign import say_in_their_language
from actions.form.words import ASKING
from actions.offer_request import meant_for_another, offer, right_asked_about, say_on_behalf
from actions.person_told import PersonTold
from actions.told_before import place_alone
from actions.tracker import company_of, intent_of, text_of
from candor.services import services
from candor.tickets.law.residence import place_name
from knowledge.comparing import companies_named
from knowledge.follow_ups import is_doubt

# What Rasa takes words that it does not know for.
MAY_BE_FOREIGN = frozenset(["out_of_scope_language", "out_of_scope_gibberish", "out_of_scope_general", "out_of_scope_support"])
# What somebody who waits for a person says to that person, and not to us.
COMPLAINS = frozenset(["bot_complaint", "abuse"])
FOR_THE_PERSON = COMPLAINS | {
    "out_of_scope_general", "out_of_scope_support", "out_of_scope_other_people", "out_of_scope_legal_advice",
    "out_of_scope_gibberish", "out_of_scope_language",
}  # fmt: skip

# What may be a question about the policy in words that nobody foresaw, and how probable its answer must be then: so much as
# keeps what is really off topic from being answered.
MAY_BE_ASKED = {
    "out_of_scope_general": 0.4, "out_of_scope_support": 0.6, "out_of_scope_other_people": 0.6, "out_of_scope_legal_advice": 0.7,
    "out_of_scope_injection": 0.6, "out_of_scope_gibberish": 0.5, "bot_identity": 0.58, "how_are_you": 0.6, "greet": 0.6,
    "help": 0.7, "on_behalf": 0.6,
}  # fmt: skip
MAY_BE_OF_REQUEST = frozenset(["out_of_scope_general", "out_of_scope_support"])
# "How do i delete my account" asks for a right, and not how some page of the product works.
OWN_DATA = re.compile(
    r"\b(?:my|our)\b.{0,30}\b(?:accounts?|profiles?|data|info\w*|details|records?|history|files?)\b"
    r"|\b(?:everything|all) about (?:me|us)\b",
    re.IGNORECASE,
)
FOLLOW_UP = 6  # words
CLAUSE = re.compile(r"[.,;:!\n]+\s")


class ActionSay(Action):
    """Intents whose reply needs nothing but the company's name and contact."""

    def __init__(self) -> None:
        parts = self._parts = services()
        self._catalogue, self._responses = parts.knowledge.catalogue, parts.conversations.responses
        self._answers, self._person = parts.knowledge.answers, PersonTold(parts)
        self._after_answer = AfterAnAnswer(parts)
        self._answer, self._talk_to_human = ActionAnswerQuestion(), ActionTalkToHuman()

    def name(self) -> str:
        return "action_say"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[dict[str, Any]]:
        company = self._catalogue.company(company_of(tracker))
        intent, _ = intent_of(tracker)
        may_be_asked = intent in MAY_BE_ASKED or is_doubt(text_of(tracker))
        if may_be_asked and (read := await self._read_otherwise(dispatcher, tracker, intent)) is not None:
            return read
        foreign = intent in MAY_BE_FOREIGN and self._answers.is_foreign(text_of(tracker))
        if foreign and say_in_their_language(dispatcher, tracker, text_of(tracker), company, self._responses):
            if tracker.get_slot("waits_for_person"):
                await self._person.note(tracker)
            return []
        may_be_place = intent in MAY_BE_FOREIGN and not in_the_form(tracker) and not tracker.get_slot("waits_for_person")
        if may_be_place and (place := place_alone(text_of(tracker))):
            self._after_answer.show_kinds(dispatcher, tracker, place_name(place))
            return [SlotSet("residence", place)]
        if intent == "out_of_scope_gibberish" and not foreign and self._answers.reads(text_of(tracker)):
            say_not_sure(dispatcher, tracker, self._responses)
            return []
        if tracker.get_slot("waits_for_person") and intent in FOR_THE_PERSON:
            told = "utter_person_sorry" if intent in COMPLAINS else "utter_asked_person"
            if await self._person.tell(dispatcher, tracker, told):
                return []
        dispatcher.utter_message(response=f"utter_{intent}", company_name=company.name, contact=company.contact)
        return []

    async def _read_otherwise(  # noqa: PLR0911  (one line a kind, in order)
        self, dispatcher: CollectingDispatcher, tracker: Tracker, intent: str
    ) -> list[dict[str, Any]] | None:
        """Answer the message as what it may be besides: a wish for a person, the answer to an offer, a question to the policy, or
        a request for somebody else. None, and nothing is said, where it is none of these."""
        text, company = text_of(tracker), self._catalogue.company(company_of(tracker))
        if intent == "bot_identity" and companies_named(text, self._catalogue.companies):  # "who runs Acme?" is not asked of us
            return await self._answer.run(dispatcher, tracker, {})
        if names_person(text):
            return await self._talk_to_human.run(dispatcher, tracker, {})
        if wished := offer_taken_up(tracker):
            return await propose_anew(dispatcher, tracker, wished, company, self._parts)
        if intent == "help" and (meant := lately_offered(tracker)):  # "what can i do", said of that
            offer(dispatcher, tracker, meant, company.name)
            return []
        if (answered := await self._answered(dispatcher, tracker, intent)) is not None:
            return answered
        if intent in MAY_BE_OF_REQUEST and await self._answer.said_of_request(dispatcher, tracker):
            return []
        if intent in MAY_BE_OF_REQUEST and right_asked_about(tracker) and OWN_DATA.search(text):
            return await self._answer.run(dispatcher, tracker, {})
        if intent == "on_behalf" and not in_the_form(tracker):
            if asks_in_a_clause(text) and only_speaks_of_another(text):
                return await self._answer.run(dispatcher, tracker, {})
            meant = await asyncio.to_thread(meant_for_another, tracker, self._parts)
            say_on_behalf(dispatcher, company.name, meant, self._responses)
            return []
        return None

    async def _answered(self, dispatcher: CollectingDispatcher, tracker: Tracker, intent: str) -> list[dict[str, Any]] | None:
        """Answer what asks about the answer before it, or may be a question that the policy surely answers; else None."""
        further = await self._answer.answer_further(dispatcher, tracker, chatting=not intent.startswith("out_of_scope_"))
        if further is not None:
            return further
        text = text_of(tracker)
        if (follows_an_answer(tracker) and len(text.split()) <= FOLLOW_UP) or asks_in_a_clause(text):
            return await self._answer.answer_if_sure(dispatcher, tracker, MAY_BE_ASKED.get(intent, 1.0))
        return None


def asks_in_a_clause(text: str) -> bool:
    """Whether a message asks something, be it after a story: "my brother uses it as well, do you keep his questions"."""
    return any(ASKING.search(clause) for clause in CLAUSE.split(text))
