""" "Continue" and "not now" where no form waits: there is nothing that could go on or wait."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

from actions.action_answer_question import ActionAnswerQuestion
from actions.after_answer import AfterAnAnswer, follows_an_answer, may_go_on
from actions.asking import in_the_form
from actions.dropped import taken_up
from actions.tracker import intent_of, open_proposal
from candor.conversations.payload import Payload
from candor.services import services


class ActionGoOn(Action):
    """The intents `go_on` and `pause_form`, outside the form. After an answer, "continue" asks for more of it."""

    def __init__(self) -> None:
        self._answer, self._after_answer = ActionAnswerQuestion(), AfterAnAnswer(services())

    def name(self) -> str:
        return "action_go_on"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[dict[str, Any]]:
        if in_the_form(tracker):
            return []  # it asks again
        if events := taken_up(tracker):
            return events
        proposal = open_proposal(tracker) or {}
        if not proposal and intent_of(tracker)[0] == "go_on" and may_go_on(tracker):
            return await self._answer.run(dispatcher, tracker, domain)  # "and?": what the policy says besides
        if not proposal and intent_of(tracker)[0] == "go_on" and follows_an_answer(tracker):  # "and?", where nothing was found
            self._after_answer.say_to_yes(dispatcher, tracker)
            return []
        if "withdraw" in proposal:  # neither a yes nor a no to "shall I take it back?"
            response = "utter_not_withdrawn"
        elif "forget" in proposal:
            response = "utter_not_forgotten"
        else:
            response = "utter_nothing_waits"
        dispatcher.utter_message(response=response, number=proposal.get("withdraw", ""), json_message=Payload().encoded())
        return []
