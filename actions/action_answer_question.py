"""Answer from the policy's own words, or say that it does not say."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

from actions.action_compare import ActionCompare
from actions.action_propose_request import offer_taken_up, propose_anew
from actions.answering import PolicyAnswers
from actions.asking import in_the_form
from actions.beside import ABOUT, SAID_OF_OPEN, QuestionsBeside, kind_of
from actions.offer_request import offer_request, right_asked_about
from actions.person_told import PersonTold
from actions.remarks import is_remark
from actions.tracker import company_of, intent_of, text_of
from candor.conversations.payload import Payload
from candor.services import services
from candor.tickets.law.residence import is_place_name
from knowledge.answering import Answer
from knowledge.comparing import companies_named

SHORT_QUESTION = 10  # words


class ActionAnswerQuestion(Action):
    """The intent `ask_policy`, and messages that no intent fits."""

    def __init__(self) -> None:
        parts = self._parts = services()  # rasa-sdk calls us without arguments
        self._compare = ActionCompare()
        self._policy_answers, self._catalogue = PolicyAnswers(parts), parts.knowledge.catalogue
        self._beside = QuestionsBeside(parts)
        self._person, self._responses = PersonTold(parts), parts.conversations.responses

    def name(self) -> str:
        return "action_answer_question"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[dict[str, Any]]:
        if len(companies_named(text_of(tracker), self._catalogue.companies)) > 1:
            return await self._compare.run(dispatcher, tracker, domain)
        if taken_up := offer_taken_up(tracker):
            return await propose_anew(dispatcher, tracker, taken_up, self._catalogue.company(company_of(tracker)), self._parts)
        company, last = company_of(tracker), tracker.get_slot("last_question") or {}
        after = str(last.get("text", "")) if last.get("company") == company else ""
        more = intent_of(tracker)[0] == "go_on" and after  # "and?" after an answer: what the policy says besides
        question = after if more else text_of(tracker)
        answer = await self._policy_answers.look_up(tracker, question, company, after)
        if answer.kind != "answer" and await self._said_otherwise(dispatcher, tracker, answer):
            return []
        if not self._policy_answers.tell(dispatcher, tracker, question, answer):
            return []
        offer_request(dispatcher, tracker, answer.aspect.id if answer.aspect else None, answer.company.name)
        return [SlotSet("last_question", {"company": company, "text": answer.question})] if answer.question else []

    async def _said_otherwise(self, dispatcher: CollectingDispatcher, tracker: Tracker, answer: Answer) -> bool:
        """Whether a message that the policy does not answer for sure was about the request at hand, for the person who was
        promised, or only a remark; then that is said."""
        if self._said_of_request(dispatcher, tracker):
            return True
        if tracker.get_slot("waits_for_person") and await self._is_for_the_person(dispatcher, tracker, answer):
            return True
        text = text_of(tracker)
        if answer.kind != "not_in_policy" or not (is_remark(text) or is_place_name(text)):
            return False
        buttons = self._responses.buttons("utter_buttons_after_nothing")
        dispatcher.utter_message(response="utter_remark", buttons=buttons, json_message=Payload().encoded())
        offer_request(dispatcher, tracker, answer.aspect.id if answer.aspect else None, answer.company.name)
        return True

    def _said_of_request(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> bool:
        """Say what a short question is about that the policy does not answer, where it can be meant of the request at hand: "does
        it cost something?". Returns False, and says nothing, where it cannot."""
        text, begun, about = text_of(tracker), tracker.get_slot("proposal") or {}, tracker.get_slot("about_number")
        kind = kind_of(text) if len(text.split()) <= SHORT_QUESTION else ""
        if kind in ABOUT and in_the_form(tracker) and "request_type" in begun:
            self._beside.about_request(dispatcher, text, begun["company"], begun["request_type"], tracker.get_slot("residence"))
            return True
        if kind in SAID_OF_OPEN and about and not in_the_form(tracker):
            self._beside.about_open_request(dispatcher, kind, str(about["number"]), company_of(tracker))
            return True
        return False

    async def _is_for_the_person(self, dispatcher: CollectingDispatcher, tracker: Tracker, answer: Answer) -> bool:
        """Whether somebody who waits for a person asks what the policy does not answer. Then the question goes with theirs, and
        passages that come near are left away: they help nobody who is afraid.
        """
        if answer.kind == "answer" or right_asked_about(tracker):
            return False
        if self._policy_answers.is_foreign(answer):  # answered in its own language, and kept for the person
            await self._person.note(tracker)
            return False
        return await self._person.tell(dispatcher, tracker, "utter_asked_person")
