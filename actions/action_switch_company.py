"""Switch the conversation to another company."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import ActiveLoop, SlotSet
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

from actions.asking import in_the_form
from actions.request_words import WHAT
from candor.conversations.payload import Command, Memory, Payload, Shown
from candor.services import services
from knowledge.companies import Company


class ActionSwitchCompany(Action):
    """The intent `switch_company`; an entity `company` says which one."""

    def __init__(self) -> None:
        self._catalogue, self._responses = services().knowledge.catalogue, services().conversations.responses

    def name(self) -> str:
        return "action_switch_company"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[dict[str, Any]]:
        companies = self._catalogue.companies
        wanted = next(tracker.get_latest_entity_values("company"), None)
        company = companies.get(wanted or "")
        if company is None:
            dispatcher.utter_message(
                response="utter_which_company", companies=", ".join(known.name for known in companies.values()),
                buttons=[
                    button for known in companies.values()
                    for button in self._responses.buttons("utter_buttons_which_company", company_name=known.name)
                ],
                json_message=Payload().encoded(),
            )  # fmt: skip
            return []
        begun = tracker.get_slot("proposal") if in_the_form(tracker) else None
        if begun and "request_type" in begun and begun["company"] != company.id:
            return self._instead(dispatcher, begun, company)
        dispatcher.utter_message(
            response="utter_company_switched", company_name=company.name,
            json_message=Payload(command=Command(switch_company=company.id)).encoded(),
        )  # fmt: skip
        return [] if begun else [SlotSet("proposal", None)]

    def _instead(self, dispatcher: CollectingDispatcher, begun: dict[str, Any], company: Company) -> list[dict[str, Any]]:
        """Drop the request that is begun with the former company, and ask whether to begin it with the new one."""
        request_type = begun["request_type"]
        dispatcher.utter_message(
            response="utter_company_switched_request", company_name=company.name, request=WHAT[request_type],
            before=self._catalogue.company(begun["company"]).name,
            buttons=self._responses.buttons("utter_buttons_company_switched_request", company_name=company.name),
            json_message=Payload(
                shown=Shown(kind="request", request_type=request_type), command=Command(switch_company=company.id),
                memory=Memory(asked_back=True, waits=True),
            ).encoded(),
        )  # fmt: skip
        return [ActiveLoop(None), *(SlotSet(slot, None) for slot in ("requested_slot", "proposal", "unclear"))]
