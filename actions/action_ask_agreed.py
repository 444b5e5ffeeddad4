"""The form's last question: the summary, and whether to open the request."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

from actions.asking import INSTEAD, buttons_for, memory_for, sentence_for
from actions.fields import asks_for, request_card
from actions.request_words import WHAT
from actions.tracker import last_payload
from candor.conversations.payload import Payload, Shown
from candor.services import services
from candor.tickets.law.residence import place_name

SENTENCES = {
    "": "utter_ask_agreed", "again": "utter_ask_agreed_again", "unsure": "utter_ask_agreed_unsure",
    "stuck": "utter_ask_agreed_stuck", "summary": "utter_ask_agreed_summary", "add": "utter_ask_agreed_add", **INSTEAD,
}  # fmt: skip


class ActionAskAgreed(Action):
    """Asks for the slot `agreed`. Only a clear yes to this question opens a request."""

    def __init__(self) -> None:
        self._catalogue, self._responses = services().knowledge.catalogue, services().conversations.responses

    def name(self) -> str:
        return "action_ask_agreed"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[dict[str, Any]]:
        sentence, proposal = sentence_for(tracker, "agreed"), tracker.get_slot("proposal") or {}
        if sentence is None:
            return []
        usual = self._responses.buttons("utter_buttons_agreed")
        buttons = buttons_for(sentence, usual, proposal["request_type"], self._responses)
        company_name = self._catalogue.company(proposal["company"]).name
        lead = self._lead(tracker, company_name) if sentence in {"", "summary"} else ""
        card = request_card(tracker, "agreed", company_name, self._responses, lead=lead)
        told = (tracker.get_slot("unclear") or {}).get("options", [])
        say, residence = self._responses.say, tracker.get_slot("residence")
        dispatcher.utter_message(
            response=SENTENCES[sentence], company_name=company_name,
            request=WHAT[proposal["request_type"]], buttons=buttons,
            residence=place_name(residence) if residence else say("utter_part_residence_not_said"),
            # Tokens, where the visitor gave something personal: the assistant puts the values back.
            email=tracker.get_slot("email") or say("utter_part_email_none"), add="".join(told) if sentence == "add" else "",
            details=tracker.get_slot("details") or say("utter_part_details_none"),
            json_message=Payload(
                shown=Shown(
                    kind="request", request_type=proposal["request_type"], form=asks_for("agreed", buttons), card=card
                ),
                memory=memory_for(sentence, proposal, agreed=True),
            ).encoded(),
        )  # fmt: skip
        return []

    def _lead(self, tracker: Tracker, company_name: str) -> str:
        """What stands above the card in place of the summary in words; not what stood above the card before."""
        before = last_payload(tracker).shown.card
        lead = self._responses.say("utter_card_lead", company_name=company_name)
        again = before is not None and before.lead == lead
        return self._responses.say("utter_card_lead_again", company_name=company_name) if again else lead
