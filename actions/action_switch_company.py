"""Switch the conversation to another company."""

from __future__ import annotations

from itertools import islice
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import ActiveLoop, SlotSet
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

from actions.action_compare import ActionCompare
from actions.another_company import asked_of_another
from actions.asking import in_the_form
from actions.request_words import WHAT
from actions.tracker import company_of, text_of
from candor.conversations.payload import Command, Memory, Payload, Shown
from candor.services import services
from knowledge.companies import Company
from knowledge.comparing import companies_named

MOST_NAMED = 12  # companies that are offered; there may be thousands


class ActionSwitchCompany(Action):
    """The intent `switch_company`; an entity `company` says which one."""

    def __init__(self) -> None:
        self._catalogue, self._responses = services().knowledge.catalogue, services().conversations.responses
        self._compare = ActionCompare()

    def name(self) -> str:
        return "action_switch_company"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[dict[str, Any]]:
        companies = self._catalogue.companies
        if asked_of_another(tracker, companies):
            return await self._compare.run(dispatcher, tracker, domain)
        company = self._named(tracker)
        if company is None:
            some = list(islice(companies.values(), MOST_NAMED))
            more = [f"{len(companies) - len(some)} more"] if len(companies) > len(some) else []
            dispatcher.utter_message(
                response="utter_which_company", companies=", ".join([*(known.name for known in some), *more]),
                buttons=[
                    button for known in some
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

    def _named(self, tracker: Tracker) -> Company | None:
        """The company that the message names. Rasa knows only those that it was trained with; newer ones are read here."""
        companies = self._catalogue.companies
        wanted = next(tracker.get_latest_entity_values("company"), None)
        if company := companies.get(wanted or ""):
            return company
        named = [each for each in companies_named(text_of(tracker), companies) if each != company_of(tracker)]
        return companies[named[0]] if len(named) == 1 else None

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
