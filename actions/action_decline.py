"""A no outside the form: nothing is opened, nothing is taken back, nothing is forgotten."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

from actions.action_answer_question import ActionAnswerQuestion
from actions.after_answer import AfterAnAnswer, follows_an_answer
from actions.asking import in_the_form
from actions.dropped import taken_up
from actions.person_told import PersonTold
from actions.tracker import intent_of, last_payload, open_proposal
from candor.conversations.payload import Payload
from candor.services import services


class ActionDecline(Action):
    """The intents `deny`, `skip` and `stop_form`."""

    def __init__(self) -> None:
        self._after_answer, self._answer = AfterAnAnswer(services()), ActionAnswerQuestion()
        self._person = PersonTold(services())

    def name(self) -> str:
        return "action_decline"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[dict[str, Any]]:
        if in_the_form(tracker):
            return []  # no is no answer to the form's question, so it asks again
        if events := taken_up(tracker):  # "that's not right", said of the summary that was refused just now
            return events
        proposal = open_proposal(tracker) or {}
        if not proposal and (answered := await self._answer.answer_further(dispatcher, tracker)) is not None:
            return [SlotSet("proposal", None), *answered]
        if not proposal and (follows_an_answer(tracker) or last_payload(tracker).memory.person):
            self._after_answer.say_to_no(dispatcher, tracker)
            return [SlotSet("proposal", None)]
        ends = intent_of(tracker)[0] == "stop_form"
        if tracker.get_slot("waits_for_person") and not proposal and (ends or last_payload(tracker).shown.kind == "handoff"):
            told = await self._person.tell(dispatcher, tracker, "utter_person_not_needed" if ends else "utter_told_person")
            if told:
                return [SlotSet("proposal", None)]
        if "withdraw" in proposal:
            response = "utter_not_withdrawn"
        elif "forget" in proposal:
            response = "utter_not_forgotten"
        elif proposal or last_payload(tracker).memory.asked_back:
            response = "utter_request_declined"
        else:
            response = "utter_nothing_to_confirm"
        dispatcher.utter_message(response=response, number=proposal.get("withdraw", ""), json_message=Payload().encoded())
        return [SlotSet("proposal", None)]
