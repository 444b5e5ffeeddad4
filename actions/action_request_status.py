"""Say how a request is doing: one of this conversation at once, another with its number and a code from the mail."""

from __future__ import annotations

import asyncio
import re
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

from actions.action_talk_to_human import ActionTalkToHuman
from actions.answering import SURE_OF_POLICY, PolicyAnswers, remembered
from actions.asked_of_request import kind_of
from actions.asking import in_the_form
from actions.beside import SAID_OF_OPEN, QuestionsBeside
from actions.dropped import taken_up
from actions.fields import code_field
from actions.offer_request import named_right
from actions.read_back import asks_what_was_given
from actions.request_words import WHAT, WORDS
from actions.talked_about import code_in, number_in
from actions.tracker import company_of, last_payload, text_of
from candor.conversations.payload import Memory, Payload, Shown
from candor.conversations.request_text import RequestText
from candor.conversations.responses import Responses
from candor.services import services
from candor.tickets.identity import CodeOnItsWay
from candor.tickets.law.residence import place_name
from candor.tickets.request_types import REQUEST_TYPES
from candor.tickets.requester import RequestStatus
from candor.tickets.ticket import Ticket

# One of the requests that were opened before the one that is taken down now.
ONE_BEFORE = re.compile(
    r"\b(?:first|other|earlier|previous|last|old|opened) (?:one|request|thing)s?\b|\bthe first\b|\bthe other\b|\bR-\w{4}",
    re.IGNORECASE,
)

# Said in so many words, as the menu's "My requests" does: it is not about the person that somebody waits for.
OF_A_REQUEST = re.compile(r"\brequests?\b", re.IGNORECASE)

HOW_IT_IS = re.compile(
    r"\b(?:state|status|ready|finished|arriv\w+|progress|news|how far|what (?:became|happened))\b", re.IGNORECASE
)


def say_none_here(dispatcher: CollectingDispatcher, responses: Responses, request_type: str | None = None) -> None:
    """Say that no request is known here, and what helps: its number, a person, or to ask anew for request_type."""
    anew = [] if request_type is None else responses.buttons("utter_buttons_anew", phrase=WORDS[request_type])
    dispatcher.utter_message(
        response="utter_asked_before" if request_type else "utter_no_requests",
        request=WHAT[request_type] if request_type else "",
        buttons=[*anew, *responses.buttons("utter_buttons_ask_person")],
        json_message=Payload(memory=Memory(person=True, may_open=request_type)).encoded(),
    )  # fmt: skip


class ActionRequestStatus(Action):
    """The intent `request_status`. A number alone shows nothing, because it does not prove who asks."""

    def __init__(self) -> None:
        parts = services()
        self._desk, self._links, self._responses = parts.requests.desk, parts.requests.links, parts.conversations.responses
        self._talk_to_human, self._beside = ActionTalkToHuman(), QuestionsBeside(parts)
        self._policy_answers = PolicyAnswers(parts)
        self._request_text = RequestText(self._responses, parts.knowledge.company_of)

    def name(self) -> str:
        return "action_request_status"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[dict[str, Any]]:
        number = number_in(tracker)
        if number is None and not in_the_form(tracker) and (events := taken_up(tracker)):  # "can you open it again?"
            return events
        if number is None:
            return await self._of_own(dispatcher, tracker, domain)
        outcome = await asyncio.to_thread(self._desk.status, number, tracker.sender_id, code_in(tracker))
        about = [SlotSet("about_number", {"number": number, "then": "status"})]
        if isinstance(outcome, RequestStatus):
            card = self._request_text.status_card(outcome.ticket, last_payload(tracker).shown.ticket)
            dispatcher.utter_message(
                response="utter_request_status", requests=self._request_text.status(outcome.ticket),
                json_message=Payload(shown=Shown(ticket=card)).encoded(),
            )  # fmt: skip
            return about
        response, values = self._request_text.of_code(outcome)
        if isinstance(outcome, CodeOnItsWay):
            response = "utter_status_needs_code"
        dispatcher.utter_message(
            response=self._responses.named(response),
            **{"number": number, **values},
            json_message=Payload(shown=Shown(form=code_field(outcome, self._responses))).encoded(),
        )
        return about

    async def _of_own(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[dict[str, Any]]:
        """What is asked of the requests of this conversation."""
        own = await asyncio.to_thread(self._desk.of_conversation, tracker.sender_id)
        of_a_request = OF_A_REQUEST.search(text_of(tracker)) is not None
        if not own and not of_a_request and await asyncio.to_thread(self._links.waits_for_person, tracker.sender_id):
            return await self._talk_to_human.run(dispatcher, tracker, domain)  # "when does somebody write?"
        if not own:
            return await self._without_any(dispatcher, tracker)
        if asks_what_was_given(text_of(tracker)):
            self._say_what_was_given(dispatcher, tracker, own[-1])
            return []
        kind = kind_of(text_of(tracker))
        if kind in SAID_OF_OPEN:
            self._beside.about_open_request(dispatcher, kind, own[-1].number, own[-1].company)
            return []
        self._say_all(dispatcher, tracker, own)
        return []

    async def _without_any(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> list[dict[str, Any]]:
        """ "Have you sold data so far?" where no request was opened: the policy's answer, if sure, else that there is none."""
        sure = None if OF_A_REQUEST.search(text_of(tracker)) else await self._policy_answers.if_sure(tracker, SURE_OF_POLICY)
        if sure is not None and self._policy_answers.tell(dispatcher, tracker, text_of(tracker), sure):
            return remembered(company_of(tracker), sure)
        say_none_here(dispatcher, self._responses)
        return []

    async def of_one_opened_before(self, dispatcher: CollectingDispatcher, tracker: Tracker, begun: str) -> bool:
        """Say how the requests of this conversation are doing to who asks for one of them while another, of the type `begun`, is
        taken down: "what became of the first one?", "is the copy done yet?". Returns False, and says nothing, to all others."""
        if not tracker.get_slot("about_number"):
            return False
        text, own = text_of(tracker), await asyncio.to_thread(self._desk.of_conversation, tracker.sender_id)
        named = named_right(text)
        meant = (named != begun or HOW_IT_IS.search(text)) and any(ticket.request_type == named for ticket in own)
        if not own or not (meant or ONE_BEFORE.search(text)):
            return False
        self._say_all(dispatcher, tracker, own)
        return True

    def _say_all(self, dispatcher: CollectingDispatcher, tracker: Tracker, own: list[Ticket]) -> None:
        before, only = last_payload(tracker).shown.ticket, len(own) == 1  # a reply has one card
        dispatcher.utter_message(
            response="utter_request_status", requests="\n\n".join(self._request_text.status(ticket) for ticket in own),
            json_message=Payload(shown=Shown(ticket=self._request_text.status_card(own[0], before) if only else None)).encoded(),
        )  # fmt: skip

    def _say_what_was_given(self, dispatcher: CollectingDispatcher, tracker: Tracker, ticket: Ticket) -> None:
        say = self._responses.say
        dispatcher.utter_message(
            response="utter_about_open_given", number=ticket.number, request=REQUEST_TYPES[ticket.request_type].wish,
            residence=place_name(ticket.residence) if ticket.residence else say("utter_part_residence_not_said"),
            email=tracker.get_slot("email") or say("utter_part_email_none"),  # a token: the assistant puts the address back
            json_message=Payload().encoded(),
        )  # fmt: skip
