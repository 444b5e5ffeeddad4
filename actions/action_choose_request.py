"""Somebody wants to make a request and has not said which: show the kinds there are."""

from __future__ import annotations

import re
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

from actions.action_answer_question import ActionAnswerQuestion
from actions.action_propose_request import propose_anew
from actions.after_answer import AfterAnAnswer, follows_an_answer
from actions.answering import SURE_OF_POLICY
from actions.asking import in_the_form
from actions.dropped import taken_up
from actions.offer_request import RIGHT_OF_ASPECT
from actions.tracker import company_of, intent_of, last_payload, near_before, offered_before, text_of
from candor.services import services

SURE_OF_A_WISH = 0.5  # below it the policy is asked first
LATEST_OFFER = 3  # messages after an offer in which "that" still means it
POINTS_BACK = re.compile(r"\b(?:that|this|it|so|one|then)\b", re.IGNORECASE)


def meant_before(tracker: Tracker) -> str | None:
    """The request type that "that" can mean: the one that was offered lately, or that whose right was answered about just now."""
    offered = offered_before(tracker)
    if offered and offered[1] <= LATEST_OFFER:
        return offered[0]
    if not follows_an_answer(tracker):
        return None
    return RIGHT_OF_ASPECT.get(str(last_payload(tracker).evidence.get("aspect"))) or near_before(tracker)


class ActionChooseRequest(Action):
    """The intent `make_request`."""

    def __init__(self) -> None:
        self._parts = services()
        self._after_answer, self._answer = AfterAnAnswer(self._parts), ActionAnswerQuestion()

    def name(self) -> str:
        return "action_choose_request"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[dict[str, Any]]:
        if in_the_form(tracker):
            return []  # one is begun: the form asks again
        if events := taken_up(tracker):
            return events
        if (meant := meant_before(tracker)) and POINTS_BACK.search(text_of(tracker)):  # "then I would like that"
            company = self._parts.knowledge.catalogue.company(company_of(tracker))
            return await propose_anew(dispatcher, tracker, meant, company, self._parts)
        doubtful = intent_of(tracker)[1] < SURE_OF_A_WISH
        if doubtful and (answered := await self._answer.answer_if_sure(dispatcher, tracker, SURE_OF_POLICY)) is not None:
            return answered  # "email for data requests"
        self._after_answer.show_kinds(dispatcher, tracker)
        return []
