"""What somebody writes while they wait for a person goes to that person, with their question."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

from actions.action_answer_question import ActionAnswerQuestion
from actions.action_talk_to_human import OF_THE_WAIT
from actions.answering import SURE_OF_POLICY
from actions.form.words import ASKING
from actions.person_told import PersonTold
from actions.tracker import text_of
from candor.services import services
from knowledge.messages import as_looked_for


class ActionTellPerson(Action):
    """The intent `tell_person`. Where nobody is waited for, the message is a question like any other."""

    def __init__(self) -> None:
        self._answer, self._person = ActionAnswerQuestion(), PersonTold(services())

    def name(self) -> str:
        return "action_tell_person"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[dict[str, Any]]:
        text = as_looked_for(text_of(tracker))  # "while I wait: do you sell it?" asks nothing of the wait
        asks = tracker.get_slot("waits_for_person") and ASKING.search(text) and not OF_THE_WAIT.search(text)
        if asks and (answered := await self._answer.answer_if_sure(dispatcher, tracker, SURE_OF_POLICY)) is not None:
            return answered
        if await self._person.tell(dispatcher, tracker, "utter_told_person"):
            return []
        return await self._answer.run(dispatcher, tracker, domain)
