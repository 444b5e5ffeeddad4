"""Forget the conversation: asked first, done after a clear yes. The door does it, once the visitor has the reply."""

from __future__ import annotations

import asyncio
import uuid
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.events import ActiveLoop, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.asking import in_the_form
from candor.conversations.payload import Command, Memory, Payload
from candor.services import Services


class Forgetting:
    """Two steps: a question, a yes. What is asked again is only ever a question again."""

    def __init__(self, parts: Services) -> None:
        self._desk, self._responses = parts.requests.desk, parts.conversations.responses

    async def propose(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> list[dict[str, Any]]:
        """The question that a yes answers. A request that is only begun ends here: the yes must not be taken for it."""
        id_, begun = uuid.uuid4().hex, in_the_form(tracker)
        told = [self._responses.say("utter_part_begun_not_opened")] if begun else []
        dispatcher.utter_message(
            response="utter_propose_forget", buttons=self._responses.buttons("utter_buttons_forget"),
            requests=" ".join([*told, await self._stay(tracker)]).strip(),
            json_message=Payload(memory=Memory(proposal=id_, waits=begun)).encoded(),
        )  # fmt: skip
        over = [ActiveLoop(None), *(SlotSet(slot, None) for slot in ("requested_slot", "agreed", "unclear"))] if begun else []
        return [*over, SlotSet("proposal", {"id": id_, "forget": True})]

    async def confirmed(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, proposal: dict[str, Any], *, clear: bool
    ) -> list[dict[str, Any]]:
        """A yes to it; an unclear one is asked for again."""
        if not clear:
            dispatcher.utter_message(
                response="utter_confirm_forget",
                buttons=self._responses.buttons("utter_buttons_forget"),
                json_message=Payload(memory=Memory(proposal=proposal["id"])).encoded(),
            )
            return []
        dispatcher.utter_message(
            response="utter_forgetting",
            requests=await self._stay(tracker),
            json_message=Payload(command=Command(forget=True)).encoded(),
        )
        return [SlotSet("proposal", None)]

    async def _stay(self, tracker: Tracker) -> str:
        """Which requests go on all the same: nobody can look up their numbers here afterwards."""
        own = await asyncio.to_thread(self._desk.of_conversation, tracker.sender_id)
        return self._responses.say("utter_part_requests_stay", numbers=", ".join(ticket.number for ticket in own)) if own else ""
