"""Questions about the request that is being taken down: by when it is answered, who works on it, and what happens next."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

from actions.action_answer_question import ActionAnswerQuestion
from actions.action_request_status import ActionRequestStatus
from actions.asked_of_request import kind_of
from actions.asking import in_the_form
from actions.beside import SAID_OF_OPEN, QuestionsBeside, is_of_the_way
from actions.tracker import company_of, text_of
from candor.services import services

SURE_OF_POLICY = 0.6  # so probable must an answer of the policy be to a question that was taken for one about the request


class ActionAboutRequest(Action):
    """The intents `ask_about_request` and `ask_why`. Outside the form they are about a request that is open, or the policy."""

    def __init__(self) -> None:
        self._beside = QuestionsBeside(services())
        self._status, self._answer = ActionRequestStatus(), ActionAnswerQuestion()

    def name(self) -> str:
        return "action_about_request"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[dict[str, Any]]:
        begun = tracker.get_slot("proposal") or {}
        if not in_the_form(tracker) or "request_type" not in begun:
            about, kind = tracker.get_slot("about_number"), kind_of(text_of(tracker))
            if about and kind in SAID_OF_OPEN:
                self._beside.about_open_request(dispatcher, kind, str(about["number"]), company_of(tracker))
                return []
            other = self._status if about else self._answer
            return await other.run(dispatcher, tracker, domain)
        if await self._status.of_one_opened_before(dispatcher, tracker, str(begun["request_type"])):
            return []
        if kind_of(text_of(tracker)) == "next" and not is_of_the_way(text_of(tracker)):  # what the policy says may be meant
            answered = await self._answer.answer_if_sure(dispatcher, tracker, SURE_OF_POLICY)
            if answered is not None:
                return answered
        self._beside.about_request(
            dispatcher, text_of(tracker), begun["company"], begun["request_type"], tracker.get_slot("residence")
        )
        return []
