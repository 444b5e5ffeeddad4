"""Say what Candor stores of this conversation, in numbers and kinds; never the values themselves."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

from actions.action_answer_question import ActionAnswerQuestion
from actions.answering import SURE_OF_POLICY
from actions.tracker import company_of, intent_of
from candor.conversations.payload import Payload
from candor.conversations.request_text import moment
from candor.services import services
from candor.tickets.dates import day

SURE_OF_HELD = 0.7  # of the intent: below it the policy is asked first


class ActionTellWhatIsHeld(Action):
    """The intent `ask_what_is_held`."""

    def __init__(self) -> None:
        parts = services()
        self._transcripts, self._vault, self._desk, self._links = (
            parts.conversations.transcripts,
            parts.conversations.vault,
            parts.requests.desk,
            parts.requests.links,
        )
        self._answer, self._catalogue = ActionAnswerQuestion(), parts.knowledge.catalogue
        self._responses, self._days = parts.conversations.responses, parts.settings.transcript_keep_days

    def name(self) -> str:
        return "action_tell_what_is_held"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[dict[str, Any]]:
        if intent_of(tracker)[1] < SURE_OF_HELD:  # "how long do you keep what I typed in your form?" may ask the policy
            answered = await self._answer.answer_if_sure(dispatcher, tracker, SURE_OF_POLICY)
            if answered is not None:
                return answered
        values, numbers = await asyncio.to_thread(self._describe, tracker.sender_id)
        buttons = self._responses.buttons("utter_buttons_held")
        if numbers:
            buttons += self._responses.buttons("utter_buttons_held_requests")
        dispatcher.utter_message(
            response="utter_what_is_held", buttons=buttons,
            company_name=self._catalogue.company(company_of(tracker)).name, **values,
            json_message=Payload().encoded(),
        )  # fmt: skip
        return []

    def _describe(self, conversation: str) -> tuple[dict[str, str], list[str]]:
        """The values that the response names, and the numbers of the requests that were opened in the conversation."""
        held, kinds = self._transcripts.summary(conversation), self._vault.kinds(conversation)
        numbers = [ticket.number for ticket in self._desk.of_conversation(conversation)]
        say, counted, in_a_row = self._responses.say, self._responses.counted, self._responses.in_a_row
        others, values, requests = [], say("utter_part_held_no_values"), say("utter_part_held_no_requests")
        if held.ratings:
            others.append(say("utter_part_held_ratings", ratings=counted("utter_words_ratings", held.ratings)))
        if self._links.waits_for_person(conversation):
            others.append(say("utter_part_held_person"))
        if kinds:
            in_words = [counted(f"utter_words_{kind}", count) for kind, count in kinds.items()]
            values = say("utter_part_held_values", kinds=in_a_row(in_words))
        if numbers:
            requests = say("utter_part_held_requests", numbers=in_a_row(numbers))
        return {
            "messages": counted("utter_words_messages", held.messages), "since": moment(held.since, self._responses),
            "days": counted("utter_words_days", self._days), "until": day((held.last_at + timedelta(days=self._days)).date()),
            "others": " ".join(others), "values": values, "requests": requests,
        }, numbers  # fmt: skip
