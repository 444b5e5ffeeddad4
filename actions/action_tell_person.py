"""What somebody writes while they wait for a person goes to that person, with their question."""

from __future__ import annotations

import asyncio
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

from actions.action_answer_question import ActionAnswerQuestion
from actions.tracker import company_of, text_of
from candor.conversations.payload import Memory, Payload, Shown
from candor.services import services


class ActionTellPerson(Action):
    """The intent `tell_person`. Where nobody is waited for, the message is a question like any other."""

    def __init__(self) -> None:
        parts = services()
        self._answer = ActionAnswerQuestion()
        self._queue, self._catalogue = parts.conversations.handoff_queue, parts.knowledge.catalogue

    def name(self) -> str:
        return "action_tell_person"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[dict[str, Any]]:
        if not await asyncio.to_thread(self._queue.add_to_question, tracker.sender_id, text_of(tracker)):
            return await self._answer.run(dispatcher, tracker, domain)
        dispatcher.utter_message(
            response="utter_told_person", company_name=self._catalogue.company(company_of(tracker)).name,
            json_message=Payload(shown=Shown(kind="handoff"), memory=Memory(waits=True)).encoded(),
        )  # fmt: skip
        return []
