"""The visitor wants a person: put them into the hand-off queue with what they want to know, and say by when somebody answers."""

from __future__ import annotations

import asyncio
import re
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

from actions.answering import SURE_OF_POLICY, PolicyAnswers, remembered
from actions.asking import in_the_form
from actions.fields import asks_for
from actions.form.words import ASKING, EMAIL, carries_something
from actions.tracker import company_of, intent_of, text_of, typed_of
from candor.conversations.handoff.queue import HandoffPromise
from candor.conversations.payload import Memory, Payload, Shown
from candor.services import services
from candor.tickets.addresses import NotAnAddress
from candor.tickets.dates import day
from candor.tickets.request_types import REQUEST_TYPES
from knowledge.messages import as_looked_for

# Words that only say that a person is wanted, and where the answer goes.
ONLY_WISHES = re.compile(
    r"<email_\d+>|\b(?:talk|speak|chat|call|phone|write|mail|contact|reach|get|give|let|put|pass|connect|transfer|human|person|people"
    r"|agent|operator|representative|staff|employee|colleague|manager|somebody|someone|anybody|anyone|real|live|living|actual"
    r"|customer|support|service|team|us|we|he|she|who|when|how|where|by|long|soon|will|should|rather|instead|yours?|myself"
    r"|directly|through|hello|there|available|possible|case|email|e-mail|address|answer|reply|waiting|ask|forward|desk|help ?desk"
    r"|cannot|can'?t|must|wish|prefer)\b",
    re.IGNORECASE,
)
# Somebody who waits asks what to do until then, or about the wait itself; all else is asked of the person.
WHAT_TO_DO = re.compile(
    r"\bwhat (?:do|should|can|shall|must|could|would) (?:i|we)(?: \w+)? do\b"
    r"|^\W*(?:and |so |ok )*(?:what )?(?:now|next|then)\W*$|\bwhat to do\b",
    re.IGNORECASE,
)
OF_THE_WAIT = re.compile(
    r"\b(?:when|how (?:long|soon|fast|quick\w*|much longer|do they|will they)|who|they|them|call|write|answer|hear"
    r"|person|human|some ?(?:body|one)|any ?(?:body|one)|agent|reply|contact|soon\w*|fast\w*|hurry|now|wait\w*|reach|here"
    r"|window|turn|this chat open)\b",
    re.IGNORECASE,
)
SURELY_A_PERSON = 0.8  # below it, a question with such words may be one to the policy: "who at your place can open it"
# "Can a person look it up": a person is wanted, whatever the rest of the message is about.
NAMES_PERSON = re.compile(
    r"\b(?:can|could|may|might|let|have|get|ask|want|need|prefer|like)\W+(?:to )?(?:\w+ )?(?:an? |some |any |the )?"
    r"(?:real |actual |living )?(?:person|human(?: being)?)\b(?! (?:see|sees|read|reads|access|view|look at))",
    re.IGNORECASE,
)


class ActionTalkToHuman(Action):
    """The intent `talk_to_human`; an address that is given later is added."""

    urgent = False

    def __init__(self) -> None:
        parts = services()
        self._responses, self._policy_answers = parts.conversations.responses, PolicyAnswers(parts)
        self._queue, self._vault, self._catalogue = (
            parts.conversations.handoff_queue,
            parts.conversations.vault,
            parts.knowledge.catalogue,
        )

    def name(self) -> str:
        return "action_talk_to_human"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[dict[str, Any]]:
        company = self._catalogue.company(company_of(tracker))
        if (events := await self._policy_says(dispatcher, tracker)) is not None:
            return events
        promise = await asyncio.to_thread(self._enqueue, tracker, company.id)
        dispatcher.utter_message(
            response=self.response_for(tracker, promise),
            company_name=company.name, contact=company.contact, day=day(promise.answer_by.date()),
            where=self._responses.say(f"utter_part_person_{'by_mail' if promise.by_mail else 'in_chat'}"),
            json_message=Payload(shown=Shown(kind="handoff", form=None if promise.by_mail else asks_for("email"))).encoded(),
        )  # fmt: skip
        begun = tracker.get_slot("proposal") or {}
        if (
            in_the_form(tracker) and "request_type" in begun and not tracker.get_slot("on_hold")
        ):  # a person comes first: the form is silent until it is asked for
            dispatcher.utter_message(
                response="utter_person_request_waits", request=REQUEST_TYPES[begun["request_type"]].wish,
                buttons=self._responses.buttons("utter_buttons_later"),
                json_message=Payload(
                    shown=Shown(kind="handoff", request_type=begun["request_type"]), memory=Memory(waits=True)
                ).encoded(),
            )  # fmt: skip
            return [
                SlotSet("waits_for_person", self.waits(tracker)),
                SlotSet("on_hold", True),
                *self._address_for_form(tracker, promise),
            ]
        return [SlotSet("waits_for_person", self.waits(tracker))]

    async def _policy_says(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> list[dict[str, Any]] | None:
        """Say what the policy answers for sure to who waits for a person already; else say nothing, and return None.

        "What about cookies, can I switch them off?" has words of the wait in it, and the policy still knows better.
        """
        text = text_of(tracker)
        waits = bool(tracker.get_slot("waits_for_person")) and EMAIL.search(text) is None and not WHAT_TO_DO.search(text)
        if self.urgent or not waits or not ASKING.search(text):
            return None
        if OF_THE_WAIT.search(as_looked_for(text)) and intent_of(tracker)[1] >= SURELY_A_PERSON:
            return None  # "when will they write?" is asked of the wait
        answer = await self._policy_answers.if_sure(tracker, SURE_OF_POLICY)
        if answer is None or not self._policy_answers.tell(dispatcher, tracker, text, answer):
            return None
        return remembered(company_of(tracker), answer)

    def waits(self, tracker: Tracker) -> bool | str:
        """What the slot of that name holds from now on."""
        return tracker.get_slot("waits_for_person") or True

    def response_for(self, tracker: Tracker, promise: HandoffPromise) -> str:
        """The response that promises a person, or says that the promise stands."""
        waiting = self._for_waiting(tracker)
        return waiting or ("utter_person_by_mail" if promise.by_mail else "utter_person_in_chat")

    @staticmethod
    def _for_waiting(tracker: Tracker) -> str:
        """The same to somebody who waits for one already; "" to anybody else."""
        waits, text = tracker.get_slot("waits_for_person"), text_of(tracker)
        if not waits or EMAIL.search(text):
            return ""
        if waits is not True and WHAT_TO_DO.search(text):
            return f"utter_{waits}_steps"
        return "utter_asked_person" if ASKING.search(text) and not OF_THE_WAIT.search(text) else "utter_person_again"

    def _address_for_form(self, tracker: Tracker, promise: HandoffPromise) -> list[dict[str, Any]]:
        """An address that is given for the person's answer is not asked for again by the form."""
        tokens = EMAIL.findall(text_of(tracker))
        if not tokens or not promise.by_mail or tracker.get_slot("email"):
            return []
        return [SlotSet("email", tokens[-1])]

    def _enqueue(self, tracker: Tracker, company: str) -> HandoffPromise:
        question = question_in(tracker)
        tokens = EMAIL.findall(text_of(tracker))
        token = tokens[-1] if tokens else tracker.get_slot("email")
        address = self._vault.reveal(tracker.sender_id, token) if token else None
        promise = self._queue.wanted(tracker.sender_id, company, address, question=question, urgent=self.urgent)
        if isinstance(promise, NotAnAddress):  # they want a person all the same
            promise = self._queue.wanted(tracker.sender_id, company, question=question, urgent=self.urgent)
        assert isinstance(promise, HandoffPromise)  # noqa: S101  (no address was given that could be malformed)
        return promise


def question_in(tracker: Tracker) -> str:
    """What somebody wants of a person, masked: the message, or what they asked before it if it only says that they want one."""
    if tells_something(text_of(tracker)):
        return typed_of(tracker)
    asked: dict[str, Any] = tracker.get_slot("last_question") or {}
    return str(asked.get("text", "")) if asked.get("company") == company_of(tracker) else ""


def names_person(text: str) -> bool:
    """Whether a message wants a person to do something, in words that may also be a question."""
    return NAMES_PERSON.search(text) is not None


def tells_something(text: str) -> bool:
    """Whether a message says more than that a person is wanted."""
    return carries_something(ONLY_WISHES.sub(" ", text))
