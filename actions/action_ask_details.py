"""The form asks what else the company should know."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

from actions.asking import INSTEAD, buttons_for, heard, memory_for, sentence_for
from actions.fields import asks_for, noted_so_far, request_card
from actions.request_words import WHAT
from candor.conversations.payload import Payload, Shown
from candor.services import services
from candor.tickets.request_types import REQUEST_TYPES

SENTENCES = {
    "": "utter_ask_details", "again": "utter_ask_details_again", "first": "utter_ask_details_first",
    "empty": "utter_ask_details_empty", "known": "utter_ask_details_known", "stuck": "utter_ask_details_stuck",
    "explained": "utter_ask_details_explained",
    "noted": "utter_ask_details_noted", "heard": "utter_ask_details_heard", "beside": "utter_ask_details_beside",
    "so_far": "utter_ask_details_so_far", **INSTEAD,
}  # fmt: skip


class ActionAskDetails(Action):
    """Asks for the slot `details`. To have data corrected, the company must know what is wrong, so this asks for that."""

    def __init__(self) -> None:
        self._catalogue, self._responses = services().knowledge.catalogue, services().conversations.responses

    def name(self) -> str:
        return "action_ask_details"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[dict[str, Any]]:
        sentence, proposal = sentence_for(tracker, "details"), tracker.get_slot("proposal") or {}
        if sentence is None:
            return []
        company_name = self._catalogue.company(proposal["company"]).name
        usual = self._responses.buttons("utter_buttons_no_details")
        buttons = buttons_for(sentence, usual, proposal["request_type"], self._responses)
        corrects = sentence in {"", "beside"} and REQUEST_TYPES[proposal["request_type"]].needs_details
        card = request_card(tracker, "details", company_name, self._responses)
        dispatcher.utter_message(
            response="utter_ask_details_correction" if corrects else SENTENCES[sentence],
            company_name=company_name, request=WHAT[proposal["request_type"]], buttons=buttons,
            heard=heard(tracker), so_far=noted_so_far(card),
            json_message=Payload(
                shown=Shown(
                    kind="request", request_type=proposal["request_type"], form=asks_for("details", usual, skippable=True),
                    card=card,
                ),
                memory=memory_for(sentence, proposal),
            ).encoded(),
        )  # fmt: skip
        return []
