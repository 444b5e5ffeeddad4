"""Talk about another company from here on."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

from services import services


class ActionSwitchCompany(Action):
    """The intent `switch_company`; which one, a `company` entity says."""

    def __init__(self) -> None:
        self._library = services().catalogue

    def name(self) -> str:
        return "action_switch_company"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[dict[str, Any]]:
        companies = self._library.companies
        wanted = next(tracker.get_latest_entity_values("company"), None)
        company = companies.get(wanted or "")
        if company is None:
            dispatcher.utter_message(
                response="utter_which_company", companies=", ".join(known.name for known in companies.values()),
                buttons=[{"title": known.name, "payload": f"switch to {known.name}"} for known in companies.values()],
                json_message={"kind": "smalltalk"},
            )  # fmt: skip
            return []
        dispatcher.utter_message(
            response="utter_company_switched", company_name=company.name,
            json_message={"kind": "smalltalk", "switch_company": company.id},
        )  # fmt: skip
        return [SlotSet("proposal", None)]
