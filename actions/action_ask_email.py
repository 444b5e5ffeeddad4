"""The form asks for the e-mail address that the answer goes to."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

from actions.asking import INSTEAD, buttons_for, email_optional, heard, memory_for, sentence_for
from actions.fields import asks_for, noted_so_far, request_card
from actions.request_words import WHAT
from candor.conversations.payload import Payload, Shown
from candor.services import services

SENTENCES = {
    "": "utter_ask_email", "why": "utter_ask_email_why", "again": "utter_ask_email_again", "needed": "utter_ask_email_needed",
    "none": "utter_ask_email_none", "several": "utter_ask_email_several", "malformed": "utter_ask_email_malformed",
    "guess": "utter_ask_email_guess", "other": "utter_ask_email_other", "stuck": "utter_ask_email_stuck",
    "noted": "utter_ask_email_noted", "heard": "utter_ask_email_heard", "any": "utter_ask_email_any",
    "beside": "utter_ask_email_beside", "so_far": "utter_ask_email_so_far", **INSTEAD,
}  # fmt: skip


class ActionAskEmail(Action):
    """Asks for the slot `email`, which holds the address's token."""

    def __init__(self) -> None:
        self._catalogue, self._responses = services().knowledge.catalogue, services().conversations.responses

    def name(self) -> str:
        return "action_ask_email"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[dict[str, Any]]:
        sentence, proposal = sentence_for(tracker, "email"), tracker.get_slot("proposal") or {}
        if sentence is None:
            return []
        company_name = self._catalogue.company(proposal["company"]).name
        optional = email_optional(proposal["request_type"])
        usual = self._responses.buttons("utter_buttons_email_left_out") if optional else []
        guesses = (tracker.get_slot("unclear") or {}).get("options", []) if sentence == "guess" else []
        if guesses:
            usual = [*self._responses.buttons("utter_buttons_guess"), *usual]
        buttons = buttons_for(sentence, usual, proposal["request_type"], self._responses)
        full = sentence == "" and optional
        card = request_card(tracker, "email", company_name, self._responses)
        dispatcher.utter_message(
            response="utter_ask_email_optional" if full else SENTENCES[sentence],
            company_name=company_name, request=WHAT[proposal["request_type"]], buttons=buttons,
            heard=heard(tracker), so_far=noted_so_far(card),
            guess="".join(guesses),  # a token: the assistant puts the address back
            json_message=Payload(
                shown=Shown(
                    kind="request", request_type=proposal["request_type"],
                    form=asks_for("email", usual, skippable=optional),
                    card=card,
                ),
                memory=memory_for(sentence, proposal),
            ).encoded(),
        )  # fmt: skip
        return []
