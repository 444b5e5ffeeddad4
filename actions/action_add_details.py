"""Add to an open request what its requester writes."""

from __future__ import annotations

import asyncio
import re
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

from actions.action_answer_question import ActionAnswerQuestion
from actions.asking import in_the_form
from actions.dropped import taken_up
from actions.fields import asks_for
from actions.form.words import ASKING, NUMBER, carries_something
from actions.talked_about import about_number, number_in
from actions.tracker import text_of, typed_of
from candor.conversations.payload import Payload, Shown
from candor.conversations.request_text import RequestText
from candor.services import services
from candor.tickets.requester import AlreadyClosed, ProofNeeded
from candor.tickets.states import OPEN

# "add to R-7KQ4-M2XD: …": the text after the number is added.
AFTER_NUMBER = re.compile(rf"{NUMBER.pattern}\s*[:,]?\s*(?P<details>\S.*)", re.IGNORECASE | re.DOTALL)
# "one more thing for that request: my user name was finch22", "please add that I moved in May"
LEAD_IN = re.compile(
    r"^\s*(?:(?:oh|hi|hello|hey|and|please|pls|sorry|ok|wait|ps|p\.s\.|btw|by the way)[\s,.!:-]+)*"
    r"(?:(?:(?:can|could|would) (?:you|i) )?(?:please )?(?:add|append|put|note|mention|include)(?: (?:this|in|down))?"
    r"(?: (?:to|for|in|into) (?:it|(?:my|the|that|this) (?:open )?request))?(?: that\b)?"
    r"|(?:one|another) more thing(?: (?:to|for) (?:it|(?:my|the|that|this) request))?"
    r"|(?:more|additional|some more) (?:info|information|details)(?: (?:to|for) (?:it|(?:my|the|that|this) request))?"
    r"|(?:i )?forgot(?: to (?:say|mention|add|tell))?(?: (?:you|something))?(?: that\b)?"
    r"|(?:for|to) (?:my|the|that|this) request)?\s*[:,-]?\s*",
    re.IGNORECASE,
)
# Words that only say that something is to be added, and to what.
ONLY_SAYS = re.compile(
    r"\b(?:add(?:ed|ing)?|append|put|note|mention|include|request|requests|ticket|case|details?|information|info|forgot|forget|forgotten"
    r"|tell|say|give|write|more|another|additional|extra|like|still|new|how|into|thing)\b",
    re.IGNORECASE,
)


class ActionAddDetails(Action):
    """The intent `add_details`."""

    def __init__(self) -> None:
        parts = services()
        self._desk, self._vault = parts.requests.desk, parts.conversations.vault
        self._answer = ActionAnswerQuestion()
        self._request_text = RequestText(parts.conversations.responses, parts.knowledge.company_of)

    def name(self) -> str:
        return "action_add_details"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[dict[str, Any]]:
        if in_the_form(tracker):  # which has taken what is told; what asks is looked up
            answered = await self._answer.answer_if_sure(dispatcher, tracker) if ASKING.search(text_of(tracker)) else None
            return answered or []
        number, details = number_in(tracker) or await self._own(tracker), added_in(typed_of(tracker))
        if number is None and (events := taken_up(tracker)):
            return events
        if number is None:
            dispatcher.utter_message(response="utter_add_what", json_message=Payload().encoded())
            return []
        if not details:
            dispatcher.utter_message(
                response="utter_add_what_else", number=number,
                json_message=Payload(shown=Shown(form=asks_for("details"))).encoded(),
            )  # fmt: skip
            return [SlotSet("about_number", {"number": number, "then": "status"})]
        outcome = await asyncio.to_thread(self._add, number, tracker.sender_id, details)
        if isinstance(outcome, ProofNeeded):
            dispatcher.utter_message(response="utter_add_needs_proof", json_message=Payload().encoded())
            return []
        response = "utter_already_closed" if isinstance(outcome, AlreadyClosed) else "utter_details_added"
        dispatcher.utter_message(
            response=response, number=number, company_name=self._request_text.company(outcome.ticket).name,
            json_message=Payload().encoded(),
        )  # fmt: skip
        return []

    async def _own(self, tracker: Tracker) -> str | None:
        """The one open request of this conversation; of several, the one that it was last about."""
        own = await asyncio.to_thread(self._desk.of_conversation, tracker.sender_id)
        unfinished = [ticket.number for ticket in own if ticket.status in OPEN]
        if len(unfinished) == 1:
            return unfinished[0]
        last = about_number(tracker).get("number")
        return str(last) if last in unfinished else None

    def _add(self, number: str, conversation: str, details: str) -> Any:
        return self._desk.add_details(number, conversation, self._vault.unmask(conversation, details))


def added_in(text: str) -> str:
    """What a message adds: all of it but the words that only say that something is added. "" if that is all it says."""
    after_number = AFTER_NUMBER.search(text)
    left = after_number["details"] if after_number else text
    left = LEAD_IN.sub("", NUMBER.sub(" ", left)).strip().lstrip(":,- ")
    return left if carries_something(ONLY_SAYS.sub(" ", left)) else ""
