"""The form asks where the person lives, so that the right law applies."""

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
from candor.tickets.law.residence import place_name

SENTENCES = {
    "": "utter_ask_residence", "why": "utter_ask_residence_why", "again": "utter_ask_residence_again",
    "first": "utter_ask_residence_first", "no": "utter_ask_residence_no",
    "which": "utter_ask_residence_which", "unread": "utter_ask_residence_unread", "region": "utter_ask_residence_region",
    "guess": "utter_ask_residence_guess", "told": "utter_ask_residence_told",
    "other": "utter_ask_residence_other", "stuck": "utter_ask_residence_stuck",
    "noted": "utter_ask_residence_noted", "heard": "utter_ask_residence_heard", "now": "utter_ask_residence_now",
    "beside": "utter_ask_residence_beside", "so_far": "utter_ask_residence_so_far", **INSTEAD,
}  # fmt: skip


class ActionAskResidence(Action):
    """Asks for the slot `residence`."""

    def __init__(self) -> None:
        self._catalogue, self._responses = services().knowledge.catalogue, services().conversations.responses

    def name(self) -> str:
        return "action_ask_residence"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[dict[str, Any]]:
        sentence, proposal = sentence_for(tracker, "residence"), tracker.get_slot("proposal") or {}
        if sentence is None:
            return []
        told = (tracker.get_slot("unclear") or {}).get("options", [])
        options = told if sentence == "which" else []
        guess = place_name(told[0]) if sentence in {"guess", "told"} and told else ""
        region = told[0] if sentence == "region" and told else ""
        yes_or_no = self._responses.buttons("utter_buttons_guess") if guess else []
        places = [{"title": place_name(code), "payload": place_name(code)} for code in options]
        coded = [{**place, "code": code} for place, code in zip(places, options, strict=True)]
        not_said = self._responses.buttons("utter_buttons_residence_not_said")
        company = self._catalogue.company(proposal["company"])
        card = request_card(tracker, "residence", company.name, self._responses)
        dispatcher.utter_message(
            response=SENTENCES[sentence], company_name=company.name, request=WHAT[proposal["request_type"]],
            guess=guess, region=region, heard=heard(tracker), so_far=noted_so_far(card),
            buttons=buttons_for(sentence, [*yes_or_no, *places, *not_said], proposal["request_type"], self._responses),
            json_message=Payload(
                shown=Shown(
                    kind="request", request_type=proposal["request_type"],
                    form=asks_for("residence", [*coded, *not_said], skippable=True),  # without a place: all of them (with_places)
                    card=card,
                ),
                memory=memory_for(sentence, proposal),
            ).encoded(),
        )  # fmt: skip
        return []
