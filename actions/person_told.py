"""Who waits for a person: what only that person can answer is put with their question, and they hear so in short."""

from __future__ import annotations

import asyncio

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.asking import in_the_form
from actions.tracker import company_of, typed_of
from candor.conversations.handoff.queue import HandoffPromise
from candor.conversations.payload import Memory, Payload, Shown
from candor.services import Services
from candor.tickets.addresses import NotAnAddress
from candor.tickets.dates import day


class PersonTold:
    """Puts a message with the question of the person who was promised."""

    def __init__(self, parts: Services) -> None:
        self._queue, self._catalogue, self._responses = (
            parts.conversations.handoff_queue,
            parts.knowledge.catalogue,
            parts.conversations.responses,
        )

    async def tell(self, dispatcher: CollectingDispatcher, tracker: Tracker, response: str) -> bool:
        """Do it, and say the response. Returns False, and says nothing, where nobody is waited for."""
        promise = await self.note(tracker)
        if promise is None:
            return False
        company = self._catalogue.company(company_of(tracker))
        waits = not in_the_form(tracker) or bool(tracker.get_slot("on_hold"))  # a form that goes on asks its question again
        dispatcher.utter_message(
            response=response, company_name=company.name, contact=company.contact, day=day(promise.answer_by.date()),
            where=self._responses.say(f"utter_part_person_{'by_mail' if promise.by_mail else 'in_chat'}"),
            json_message=Payload(shown=Shown(kind="handoff"), memory=Memory(waits=waits)).encoded(),
        )  # fmt: skip
        return True

    async def note(self, tracker: Tracker) -> HandoffPromise | None:
        """Do it without a word; None where nobody is waited for."""
        return await asyncio.to_thread(self._note, tracker.sender_id, company_of(tracker), typed_of(tracker))

    def _note(self, conversation: str, company: str, text: str) -> HandoffPromise | None:
        if not self._queue.add_to_question(conversation, text):
            return None
        promise = self._queue.wanted(conversation, company)
        return None if isinstance(promise, NotAnAddress) else promise
