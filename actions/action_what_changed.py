"""Say what changed between the current version of a policy and the one before it."""

from __future__ import annotations

import asyncio
import re
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

from actions.action_answer_question import ActionAnswerQuestion
from actions.tracker import company_of, text_of
from candor.conversations.comparison import describe_changes
from candor.conversations.payload import Payload, Shown
from candor.services import services
from knowledge.changes import compare_versions

# How one hears of changes, which the policy says: "where would I see if it changed".
ASKS_OF_NOTICE = re.compile(r"\b(?:where|how|will|would|tell\w*|told|notif\w*|inform\w*|warn\w*|hear|see)\b", re.IGNORECASE)


class ActionWhatChanged(Action):
    """The intent `ask_what_changed`, for the company that the conversation is about."""

    def __init__(self) -> None:
        self._catalogue, self._responses = services().knowledge.catalogue, services().conversations.responses
        self._answer = ActionAnswerQuestion()

    def name(self) -> str:
        return "action_what_changed"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[dict[str, Any]]:
        company = self._catalogue.company(company_of(tracker))
        version = self._catalogue.current_version(company.id)
        changes = await asyncio.to_thread(compare_versions, self._catalogue, company.id)
        of_notice = not changes and ASKS_OF_NOTICE.search(text_of(tracker)) is not None
        if of_notice and (answered := await self._answer.answer_if_sure(dispatcher, tracker)) is not None:
            return answered
        policy = self._catalogue.document(company.id, version).policy
        described = describe_changes(changes, company, policy, version, self._responses)
        dispatcher.utter_message(
            response=described.response, **described.values,
            json_message=Payload(
                shown=Shown(
                    kind="compare" if described.sides else "answer" if changes else "smalltalk",
                    citations=list(described.citations), comparison=list(described.sides),
                )
            ).encoded(),
        )  # fmt: skip
        return []
