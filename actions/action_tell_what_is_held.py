"""What Candor keeps of this very conversation, in numbers and kinds; never the values themselves."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

from candor.conversations.comparison import in_a_row
from candor.conversations.payload import Payload
from candor.conversations.request_text import day, moment
from candor.services import services

FORGET = {"title": "Forget this conversation", "payload": "forget this conversation"}
REQUESTS = {"title": "Show my requests", "payload": "how is my request?"}
KINDS = {
    "email": ("an e-mail address", "e-mail addresses"), "phone": ("a phone number", "phone numbers"),
    "card": ("a card number", "card numbers"), "account": ("an account number", "account numbers"),
}  # fmt: skip


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
        self._say, self._days = parts.conversations.responses.say, parts.settings.transcript_keep_days

    def name(self) -> str:
        return "action_tell_what_is_held"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[dict[str, Any]]:
        values, numbers = await asyncio.to_thread(self._look, tracker.sender_id)
        dispatcher.utter_message(
            response="utter_what_is_held", buttons=[FORGET, *([REQUESTS] if numbers else [])], **values,
            json_message=Payload().encoded(),
        )  # fmt: skip
        return []

    def _look(self, conversation: str) -> tuple[dict[str, str], list[str]]:
        held, kinds = self._transcripts.held(conversation), self._vault.kinds(conversation)
        numbers = [ticket.number for ticket in self._desk.of_conversation(conversation)]
        say, others = self._say, []
        if held.ratings:
            others.append(say("utter_part_held_ratings", ratings=_counted(held.ratings, "rating", "ratings")))
        if self._links.waits_for_person(conversation):
            others.append(say("utter_part_held_person"))
        return {
            "messages": _counted(held.messages, "message", "messages"), "since": moment(held.since), "others": " ".join(others),
            "days": _counted(self._days, "day", "days"), "until": day((held.last_at + timedelta(days=self._days)).date()),
            "values": say("utter_part_held_values", kinds=_in_words(kinds)) if kinds else say("utter_part_held_no_values"),
            "requests": (
                say("utter_part_held_requests", numbers=in_a_row(numbers)) if numbers else say("utter_part_held_no_requests")
            ),
        }, numbers  # fmt: skip


def _in_words(kinds: dict[str, int]) -> str:
    return in_a_row([KINDS[kind][0] if count == 1 else f"{count} {KINDS[kind][1]}" for kind, count in kinds.items()])


def _counted(count: int, one: str, many: str) -> str:
    return f"{count} {one if count == 1 else many}"
