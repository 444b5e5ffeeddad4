"""Answer from the policy's own words, or say that it does not say."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

from actions.action_compare import ActionCompare
from actions.answering import PolicyAnswers
from actions.offer_request import offer_request
from actions.tracker import company_of, intent_of, text_of
from candor.services import services
from knowledge.comparing import companies_named


class ActionAnswerQuestion(Action):
    """The intent `ask_policy`, and messages that no intent fits."""

    def __init__(self) -> None:
        parts = services()  # rasa-sdk calls us without arguments
        self._compare = ActionCompare()
        self._policy_answers, self._catalogue = PolicyAnswers(parts), parts.knowledge.catalogue

    def name(self) -> str:
        return "action_answer_question"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[dict[str, Any]]:
        if len(companies_named(text_of(tracker), self._catalogue.companies)) > 1:
            return await self._compare.run(dispatcher, tracker, domain)
        company, last = company_of(tracker), tracker.get_slot("last_question") or {}
        after = str(last.get("text", "")) if last.get("company") == company else ""
        more = intent_of(tracker)[0] == "go_on" and after  # "and?" after an answer: what the policy says besides
        answer = await self._policy_answers.say(dispatcher, tracker, after if more else text_of(tracker), company, after)
        if answer is None:
            return []
        offer_request(dispatcher, tracker, answer.aspect.id if answer.aspect else None, answer.company.name)
        return [SlotSet("last_question", {"company": company, "text": answer.question})] if answer.question else []
