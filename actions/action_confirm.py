"""A yes outside the form: to try again, to take a request back, to forget the conversation, or to no question at all."""

from __future__ import annotations

import asyncio
import re
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

from actions.action_answer_question import ActionAnswerQuestion
from actions.action_propose_request import asked_back, propose_anew
from actions.after_answer import AfterAnAnswer, follows_an_answer
from actions.asking import in_the_form
from actions.dropped import dropped, go_on_with, taken_up
from actions.forgetting import Forgetting
from actions.form.consent import CLEAR_YES
from actions.form.words import NEGATION, OK
from actions.offer_request import named_right
from actions.opening import Opening
from actions.person_told import PersonTold
from actions.request_words import WHAT
from actions.tracker import company_of, intent_of, last_payload, offered_before, open_proposal, text_of
from actions.withdrawing import Withdrawing
from candor.conversations.payload import Memory, Payload
from candor.services import services
from candor.tickets.requester import RequestStatus

LATEST_YES = 3  # messages after an offer in which "do it" still means it
DO_IT = re.compile(
    r"\b(?:do (?:it|that|so|this)|go ahead|go for it|open (?:it|one|a request|the request)|please do|start (?:it|that)"
    r"|(?:want|like|love|take|need) (?:that|this|it|one))\b",
    re.IGNORECASE,
)


def wished(tracker: Tracker) -> str | None:
    """The request type that a yes names itself: "delete, yes delete"."""
    text = text_of(tracker)
    return None if NEGATION.search(text) or "?" in text or tracker.get_slot("about_number") else named_right(text)


class ActionConfirm(Action):
    """The intent `affirm`."""

    def __init__(self) -> None:
        parts = services()
        self._parts = parts
        self._catalogue, self._opening, self._withdrawing = parts.knowledge.catalogue, Opening(parts), Withdrawing(parts)
        self._forgetting, self._after_answer = Forgetting(parts), AfterAnAnswer(parts)
        self._answer, self._person = ActionAnswerQuestion(), PersonTold(parts)

    def name(self) -> str:
        return "action_confirm"

    async def run(  # noqa: PLR0911  (one line a kind, in order)
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> list[dict[str, Any]]:
        if in_the_form(tracker):
            return []  # yes is no answer to the form's question, so it asks again
        proposal, clear = open_proposal(tracker), intent_of(tracker)[1] >= CLEAR_YES
        if proposal is None and (request_type := asked_back(tracker) or self._accepted_offer(tracker) or wished(tracker)):
            # A yes to "a request, or a question?", or to an offer, is clear enough to propose a request, but not to open it.
            company = last_payload(tracker).command.switch_company or company_of(tracker)
            return await propose_anew(dispatcher, tracker, request_type, self._catalogue.company(company), self._parts)
        if proposal is not None and "withdraw" in proposal:
            return await self._withdrawing.confirmed(dispatcher, tracker, proposal, clear=clear)
        if proposal is not None and "forget" in proposal:
            return await self._forgetting.confirmed(dispatcher, tracker, proposal, clear=clear)
        if proposal is not None and tracker.get_slot("agreed") is True:
            return await self._opening.open(dispatcher, tracker, proposal)
        if proposal is None and (events := taken_up(tracker)):
            return events
        return await self._to_nothing_asked(dispatcher, tracker, proposal)

    async def _to_nothing_asked(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, proposal: dict[str, Any] | None
    ) -> list[dict[str, Any]]:
        """Say what a yes can mean where no yes was asked for."""
        answered: list[dict[str, Any]] = []
        kept = dropped(tracker) if proposal is None and not follows_an_answer(tracker) else None
        if kept and last_payload(tracker).memory.which:  # whether to go on was asked already
            return go_on_with(kept)
        opened = await self._just_opened(tracker) if proposal is None else None
        if opened is not None:
            self._opening.say_status(dispatcher, opened.ticket)
        elif kept:  # "yes" to "is there anything else?", or after all to the request
            dispatcher.utter_message(
                response="utter_take_up_again", request=WHAT[kept["proposal"]["request_type"]],
                buttons=self._parts.conversations.responses.buttons("utter_buttons_later"),
                json_message=Payload(memory=Memory(which=[kept["proposal"]["request_type"]])).encoded(),
            )  # fmt: skip
        elif (found := await self._answer.answer_further(dispatcher, tracker)) is not None:
            answered = found
        elif follows_an_answer(tracker) and OK.fullmatch(text_of(tracker)):  # "ok" only says that it was read
            dispatcher.utter_message(response="utter_emoji_or_reaction", json_message=Payload().encoded())
        elif follows_an_answer(tracker):
            self._after_answer.say_to_yes(dispatcher, tracker)
        elif last_payload(tracker).memory.person or last_payload(tracker).memory.which:
            # what was offered beside a person, or is to be chosen from: the kinds of requests
            self._after_answer.show_kinds(dispatcher, tracker)
        elif not (tracker.get_slot("waits_for_person") and await self._person.tell(dispatcher, tracker, "utter_person_again")):
            # no proposal, or one whose summary nobody has agreed to
            dispatcher.utter_message(response="utter_nothing_to_confirm", json_message=Payload().encoded())
        return [SlotSet("proposal", None), *answered]

    def _accepted_offer(self, tracker: Tracker) -> str | None:
        """The request that was offered, if this yes is to that: at once, or by words of doing after a question in between."""
        offered = offered_before(tracker)
        if offered is None:
            return None
        request_type, messages = offered
        return request_type if messages == 1 or (messages <= LATEST_YES and DO_IT.search(text_of(tracker))) else None

    async def _just_opened(self, tracker: Tracker) -> RequestStatus | None:
        """The request that the last message says was opened. A second yes comes if that message was lost on its way."""
        last = last_payload(tracker)
        card = last.shown.ticket if last.shown.kind == "request" else None
        if card is None:
            return None
        outcome = await asyncio.to_thread(self._parts.requests.desk.status, card.number, tracker.sender_id)
        return outcome if isinstance(outcome, RequestStatus) else None
