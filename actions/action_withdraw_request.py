"""Take a request back: find out which one, and ask for a clear yes."""

from __future__ import annotations

import asyncio
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

from actions.action_answer_question import ActionAnswerQuestion
from actions.asked_of_request import kind_of
from actions.dropped import taken_up
from actions.form.message import SURE
from actions.person_told import PersonTold
from actions.talked_about import number_in
from actions.tracker import intent_of, text_of
from actions.withdrawing import Withdrawing
from candor.conversations.payload import Payload
from candor.services import services
from candor.tickets.states import OPEN


class ActionWithdrawRequest(Action):
    """The intent `cancel_request`."""

    def __init__(self) -> None:
        parts = services()
        self._answer = ActionAnswerQuestion()
        self._desk, self._withdrawing = parts.requests.desk, Withdrawing(parts)
        self._responses, self._person = parts.conversations.responses, PersonTold(parts)

    def name(self) -> str:
        return "action_withdraw_request"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[dict[str, Any]]:
        number = number_in(tracker)
        if number is not None:
            return await self._withdrawing.of_number(dispatcher, tracker, number)
        if intent_of(tracker)[1] < SURE and kind_of(text_of(tracker)) != "undo":  # "can i appeal?" takes nothing back
            return await self._answer.run(dispatcher, tracker, domain)
        own = await asyncio.to_thread(self._desk.of_conversation, tracker.sender_id)
        unfinished = [ticket for ticket in own if ticket.status in OPEN]
        if not unfinished and (events := taken_up(tracker)):  # "undo that", said of the withdrawal
            return events
        if len(unfinished) == 1:
            return self._withdrawing.propose(dispatcher, unfinished[0])
        if not unfinished and await self._person.tell(dispatcher, tracker, "utter_person_not_needed"):
            return []
        dispatcher.utter_message(
            response="utter_which_withdraw" if unfinished else "utter_nothing_to_withdraw",
            buttons=[
                button for ticket in unfinished
                for button in self._responses.buttons("utter_buttons_which_withdraw", number=ticket.number)
            ],
            json_message=Payload().encoded(),
        )  # fmt: skip
        return []
