"""The visitor wants a person: put them into the hand-off queue, and say by when somebody answers, and how."""

from __future__ import annotations

import asyncio
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

from actions.asking import in_the_form
from actions.fields import asks_for
from actions.form_answers import EMAIL
from actions.tracker import company_of, text_of
from candor.conversations.handoff.queue import HandoffPromise
from candor.conversations.payload import Memory, Payload, Shown
from candor.conversations.request_text import day
from candor.services import services
from candor.tickets.addresses import NotAnAddress
from candor.tickets.request_types import REQUEST_TYPES


class ActionTalkToHuman(Action):
    """The intent `talk_to_human`; an address that is given later is added."""

    def __init__(self) -> None:
        parts = services()
        self._responses = parts.conversations.responses
        self._queue, self._vault, self._catalogue = (
            parts.conversations.handoff_queue,
            parts.conversations.vault,
            parts.knowledge.catalogue,
        )

    def name(self) -> str:
        return "action_talk_to_human"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[dict[str, Any]]:
        company = self._catalogue.company(company_of(tracker))
        promise = await asyncio.to_thread(self._enqueue, tracker, company.id)
        dispatcher.utter_message(
            response="utter_person_by_mail" if promise.by_mail else "utter_person_in_chat",
            company_name=company.name, contact=company.contact, day=day(promise.answer_by.date()),
            json_message=Payload(shown=Shown(kind="handoff", form=None if promise.by_mail else asks_for("email"))).encoded(),
        )  # fmt: skip
        begun = tracker.get_slot("proposal") or {}
        if in_the_form(tracker) and "request_type" in begun:  # a person comes first: the form is silent until it is asked for
            dispatcher.utter_message(
                response="utter_person_request_waits", request=REQUEST_TYPES[begun["request_type"]].wish,
                buttons=self._responses.buttons("utter_buttons_later"),
                json_message=Payload(
                    shown=Shown(kind="handoff", request_type=begun["request_type"]), memory=Memory(waits=True)
                ).encoded(),
            )  # fmt: skip
        return []

    def _enqueue(self, tracker: Tracker, company: str) -> HandoffPromise:
        tokens = EMAIL.findall(text_of(tracker))
        token = tokens[-1] if tokens else tracker.get_slot("email")
        address = self._vault.reveal(tracker.sender_id, token) if token else None
        promise = self._queue.wanted(tracker.sender_id, company, address)
        if isinstance(promise, NotAnAddress):  # they want a person all the same
            promise = self._queue.wanted(tracker.sender_id, company)
        assert isinstance(promise, HandoffPromise)  # noqa: S101  (no address was given that could be malformed)
        return promise
