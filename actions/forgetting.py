"""Forget the conversation: ask first, and do it after a clear yes. The assistant deletes it when the reply is made."""

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
    """Two steps: a question and a yes. Asking for it again only asks the question again."""

    def __init__(self, parts: Services) -> None:
        self._desk, self._responses = parts.requests.desk, parts.conversations.responses

    async def propose(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> list[dict[str, Any]]:
        """Ask the question. A request that is only begun ends here, so that the yes cannot be taken for it."""
        id_, begun = uuid.uuid4().hex, in_the_form(tracker)
        sentences = [self._responses.say("utter_part_begun_not_opened")] if begun else []
        dispatcher.utter_message(
            response="utter_propose_forget", buttons=self._responses.buttons("utter_buttons_forget"),
            requests=" ".join([*sentences, await self._remaining_requests(tracker)]).strip(),
            json_message=Payload(memory=Memory(proposal=id_, waits=begun)).encoded(),
        )  # fmt: skip
        over = [ActiveLoop(None), *(SlotSet(slot, None) for slot in ("requested_slot", "agreed", "unclear"))] if begun else []
        return [*over, SlotSet("proposal", {"id": id_, "forget": True})]

    async def confirmed(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, proposal: dict[str, Any], *, clear: bool
    ) -> list[dict[str, Any]]:
        """Act on a yes to it; if it is unclear, ask again."""
        if not clear:
            dispatcher.utter_message(
                response="utter_confirm_forget",
                buttons=self._responses.buttons("utter_buttons_forget"),
                json_message=Payload(memory=Memory(proposal=proposal["id"])).encoded(),
            )
            return []
        dispatcher.utter_message(
            response="utter_forgetting",
            requests=await self._remaining_requests(tracker),
            json_message=Payload(command=Command(forget=True)).encoded(),
        )
        return [SlotSet("proposal", None)]

    async def _remaining_requests(self, tracker: Tracker) -> str:
        """Name the requests that go on all the same. Afterwards nobody can look up their numbers here."""
        own = await asyncio.to_thread(self._desk.of_conversation, tracker.sender_id)
        return self._responses.say("utter_part_requests_stay", numbers=", ".join(ticket.number for ticket in own)) if own else ""
