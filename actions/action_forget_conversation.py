"""Forget this conversation, after asking first."""

from __future__ import annotations

import re
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

from actions.forgetting import Forgetting
from actions.form.consent import CLEAR_YES
from actions.tracker import intent_of, open_proposal, text_of
from candor.services import services

SAYS_YES = re.compile(r"\s*(?:yes|yeah|yep|sure|ok|okay)\b", re.IGNORECASE)


class ActionForgetConversation(Action):
    """The intent `forget_conversation`. "Yes, forget it" answers our question; the same wish again does not."""

    def __init__(self) -> None:
        self._forgetting = Forgetting(services())

    def name(self) -> str:
        return "action_forget_conversation"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[dict[str, Any]]:
        proposal = open_proposal(tracker) or {}
        if "forget" in proposal and SAYS_YES.match(text_of(tracker)):
            clear = intent_of(tracker)[1] >= CLEAR_YES
            return await self._forgetting.confirmed(dispatcher, tracker, proposal, clear=clear)
        return await self._forgetting.propose(dispatcher, tracker)
