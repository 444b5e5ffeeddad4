"""Somebody wants to make a request and has not said which: show the kinds there are."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

from actions.asking import in_the_form
from actions.request_words import WHAT, WORDS
from actions.tracker import company_of
from candor.conversations.payload import Payload
from candor.services import services


class ActionChooseRequest(Action):
    """The intent `make_request`."""

    def __init__(self) -> None:
        self._catalogue = services().knowledge.catalogue

    def name(self) -> str:
        return "action_choose_request"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[dict[str, Any]]:
        if in_the_form(tracker):
            return []  # one is begun: the form asks again
        dispatcher.utter_message(
            response="utter_choose_request", company_name=self._catalogue.company(company_of(tracker)).name,
            buttons=[{"title": what[:1].upper() + what[1:], "payload": WORDS[name]} for name, what in WHAT.items()],
            json_message=Payload().encoded(),
        )  # fmt: skip
        return []
