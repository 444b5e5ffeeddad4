"""Somebody wants to make a request and has not said which: show the kinds there are."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

from actions.after_answer import AfterAnAnswer
from actions.asking import in_the_form
from candor.services import services


class ActionChooseRequest(Action):
    """The intent `make_request`."""

    def __init__(self) -> None:
        self._after_answer = AfterAnAnswer(services())

    def name(self) -> str:
        return "action_choose_request"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[dict[str, Any]]:
        if in_the_form(tracker):
            return []  # one is begun: the form asks again
        self._after_answer.show_kinds(dispatcher, tracker)
        return []
