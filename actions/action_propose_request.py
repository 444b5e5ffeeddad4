"""Somebody wants to use a right: say what would be opened. Then request_form asks what is needed, and for a clear yes."""

from __future__ import annotations

import asyncio
import re
import uuid
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

from actions.action_request_status import say_none_here
from actions.action_talk_to_human import ActionTalkToHuman
from actions.after_answer import asks_further, continues_answer
from actions.answering import PolicyAnswers, remembered
from actions.asked_before import asked_before
from actions.asking import FORM, in_the_form
from actions.beside import QuestionsBeside, asks_of_the_way
from actions.for_another import SAME_AGAIN, for_another
from actions.form.residence import says_nothing_more
from actions.form.words import ASKING, EMAIL, FEW_WORDS, REPLACES
from actions.offer_request import (
    RIGHT_OF_ASPECT,
    invoked_right,
    meant_for_another,
    named_right,
    offer,
    only_supposed,
    say_on_behalf,
)
from actions.person_told import PersonTold
from actions.privacy_signal import asked_by_signal, filled_in
from actions.request_words import QUESTIONS, WHAT, WORDS, policy_of
from actions.told_before import SAYS_RESIDENCE, told_before, wrong_told
from actions.tracker import (
    asked_before_that,
    company_of,
    intent_of,
    last_payload,
    offered_before,
    questions_of,
    text_of,
    typed_of,
    wishes_of,
)
from candor.conversations.payload import Memory, Payload, Shown
from candor.conversations.responses import Responses
from candor.errors import CandorError
from candor.services import Services, services
from candor.tickets.law.residence import ResidenceOutcome, is_place_name, parse_residence
from candor.tickets.request_types import REQUEST_TYPES
from knowledge.companies import Company

# Below this confidence the visitor is asked back. Measured in cross-validation: below it the predicted request was the one
# meant in 1 of 2 messages, from it on in 19 of 20. 5 of 100 requests are asked back.
SURE_REQUEST = 0.5
LATEST_ANSWER = 3  # messages after an offer in which a place or an address takes it up

# Several requests are taken in this order: a copy before anything is deleted, and the deletion last.
TURN = {name: row.turn for name, row in REQUEST_TYPES.items()}
# "Tell me what data you do collect" asks what is done with everybody's; "what do you collect about me" may ask for a copy.
PRACTICE = re.compile(
    r"\b(?:what|which)\b.*\b(?:you|they)\b.*\b(?:collect|gather|process|store|use|share|sell|track|record)\b", re.IGNORECASE
)
OF_ONESELF = re.compile(r"\b(?:my|mine|our|(?:about|on|of|from|for) (?:me|us))\b", re.IGNORECASE)
BEFORE_THAT = re.compile(r"\b(?:before (?:that|this|it|you)|(?:but )?first|beforehand)\b", re.IGNORECASE)
ALSO = re.compile(r"\b(?:also|too|as well|on top|afterwards?|then|and)\b", re.IGNORECASE)


class ActionProposeRequest(Action):
    """Every `request_*` intent that names a right. If Rasa is not sure, asks what is wanted and proposes nothing."""

    def __init__(self) -> None:
        self._parts = services()
        self._catalogue, self._beside = self._parts.knowledge.catalogue, QuestionsBeside(self._parts)
        self._person, self._answers = PersonTold(self._parts), PolicyAnswers(self._parts)

    def name(self) -> str:
        return "action_propose_request"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[dict[str, Any]]:
        company = self._catalogue.company(company_of(tracker))
        intent, confidence = intent_of(tracker)
        request_type = intent.removeprefix("request_")
        begun = tracker.get_slot("proposal") if in_the_form(tracker) else None
        answered = await self._beside.answer(dispatcher, tracker, company.id, request_type, tracker.get_slot("residence"))
        if begun and "request_type" in begun:
            return [*answered, *await self._in_the_middle(dispatcher, tracker, begun, request_type)]
        return [*answered, *await self._begin(dispatcher, tracker, request_type, confidence, company)]

    async def _begin(  # noqa: PLR0911  (one line a kind, in order)
        self, dispatcher: CollectingDispatcher, tracker: Tracker, request_type: str, confidence: float, company: Company
    ) -> list[dict[str, Any]]:
        if asked_before(text_of(tracker)) and not await asyncio.to_thread(self._has_requests, tracker.sender_id):
            say_none_here(dispatcher, self._parts.conversations.responses, request_type)
            return [SlotSet("proposal", None)]
        if only_supposed(tracker) and not asked_back(tracker):
            return await self._supposed(dispatcher, tracker, request_type, company)
        if len(wishes := wishes_of(tracker)) > 1:
            return await self._one_after_the_other(dispatcher, tracker, wishes, company)
        invoked = invoked_right(text_of(tracker))  # the article says it more surely than any reading
        request_type, guess = invoked or request_type, invoked is None and confidence < SURE_REQUEST
        reachable = guess and EMAIL.search(text_of(tracker)) is not None  # "please call me, I am Ada, ada@example.com"
        if reachable and await asyncio.to_thread(self._parts.requests.links.waits_for_person, tracker.sender_id):
            return await ActionTalkToHuman().run(dispatcher, tracker, {})
        if guess and tracker.get_slot("waits_for_person") and await self._person.tell(dispatcher, tracker, "utter_told_person"):
            return []  # "dont call me" is said to the person who was promised
        if guess and for_another(text_of(tracker)) and SAME_AGAIN.search(text_of(tracker)):
            meant = await asyncio.to_thread(meant_for_another, tracker, self._parts)
            say_on_behalf(dispatcher, company.name, meant, self._parts.conversations.responses)
            return [SlotSet("proposal", None)]
        asks = (guess and ASKING.search(text_of(tracker))) or (request_type == "access" and _asks_of_all(text_of(tracker)))
        asks = asks or (continues_answer(tracker) and (guess or asks_further(tracker)))  # "can i switch them off", after cookies
        if (
            asks
            and not invoked
            and (events := await self._asked(dispatcher, tracker, "" if guess else request_type, company)) is not None
        ):
            return events
        # Nobody is asked back twice: who says it again has said what they want.
        if guess and asked_back(tracker) != request_type:
            ask_back(dispatcher, request_type, company.name, self._parts.conversations.responses)
            return [SlotSet("proposal", None)]
        return await propose_anew(dispatcher, tracker, request_type, company, self._parts, answered=bool(questions_of(tracker)))

    async def _asked(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, request_type: str, company: Company
    ) -> list[dict[str, Any]] | None:
        """Answer what is put as a question and may be a wish, where the policy answers it, and offer what may be wished; else say
        nothing, and return None."""
        text = text_of(tracker)
        answer = await self._answers.look_up(tracker, text, company.id, asked_before_that(tracker))
        if answer.kind != "answer" or not self._answers.tell(dispatcher, tracker, text, answer):
            return None
        right = RIGHT_OF_ASPECT.get(answer.aspect.id if answer.aspect else "") or named_right(text) or request_type
        if right:
            offer(dispatcher, tracker, right, company.name)
        return [SlotSet("proposal", None), *remembered(company.id, answer)]

    async def _supposed(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, request_type: str, company: Company
    ) -> list[dict[str, Any]]:
        """Answer who only thinks about a request, and offer it: "if I had it deleted, would backups go too?"."""
        answered: list[dict[str, Any]] = []
        text = text_of(tracker)
        if not questions_of(tracker) and asks_of_the_way(text):
            self._beside.about_request(dispatcher, text, company.id, request_type, tracker.get_slot("residence"))
        elif not questions_of(tracker):
            answer = await self._answers.say(dispatcher, tracker, text, company.id, asked_before_that(tracker))
            answered = remembered(company.id, answer) if answer is not None else []
        offer(dispatcher, tracker, request_type, company.name)
        return [SlotSet("proposal", None), *answered]

    def _has_requests(self, conversation: str) -> bool:
        return bool(self._parts.requests.desk.of_conversation(conversation))

    async def _one_after_the_other(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, wishes: list[str], company: Company
    ) -> list[dict[str, Any]]:
        """Propose the first of several requests, and remember the others. What is deleted cannot be copied any more."""
        first, *others = sorted(wishes, key=TURN.__getitem__)
        copy_first = TURN[first] == min(TURN.values()) and any(TURN[other] == max(TURN.values()) for other in others)
        dispatcher.utter_message(
            response="utter_two_requests_copy_first" if copy_first else "utter_two_requests",
            first=WHAT[first], then=self._parts.conversations.responses.in_a_row([WHAT[other] for other in others]),
            json_message=Payload(shown=Shown(kind="request", request_type=first)).encoded(),
        )  # fmt: skip
        proposed = await propose_anew(dispatcher, tracker, first, company, self._parts, answered=bool(questions_of(tracker)))
        return [SlotSet("next_requests", others), *(event for event in proposed if event.get("name") != "next_requests")]

    async def _in_the_middle(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, begun: dict[str, Any], request_type: str
    ) -> list[dict[str, Any]]:
        """The form runs already. Another request replaces the one that is begun if the visitor says so, now or asked back."""
        company = self._catalogue.company(begun["company"])
        _, confidence = intent_of(tracker)
        same, chosen = request_type == begun["request_type"], request_type in last_payload(tracker).memory.which
        if confidence < SURE_REQUEST and not (chosen or named_right(text_of(tracker))):
            same = True  # "i want it anyway": no other is named
        # The form shows what it would open and asks for a yes, so who clearly wants something else need not be asked which.
        refused = (tracker.get_slot("unclear") or {}).get("why") == "no"  # said no just now, and then wants this
        replaces = confidence >= SURE_REQUEST and (refused or REPLACES.search(typed_of(tracker)) is not None)
        if not same and (chosen or replaces):
            return await propose_anew(dispatcher, tracker, request_type, company, self._parts, instead=True)
        if not same and BEFORE_THAT.search(text_of(tracker)) and confidence >= SURE_REQUEST:
            later = list(dict.fromkeys([begun["request_type"], *(tracker.get_slot("next_requests") or [])]))
            dispatcher.utter_message(
                response="utter_request_first", first=WHAT[request_type], then=WHAT[begun["request_type"]],
                json_message=Payload(shown=Shown(kind="request", request_type=request_type)).encoded(),
            )  # fmt: skip
            events = await propose_anew(dispatcher, tracker, request_type, company, self._parts, instead=True)
            return [
                *(event for event in events if event.get("name") != "next_requests"),
                SlotSet("next_requests", [each for each in later if each != request_type]),
            ]
        if not same and ALSO.search(text_of(tracker)):
            noted = [*(tracker.get_slot("next_requests") or []), request_type]
            dispatcher.utter_message(
                response="utter_next_request_noted", other=WHAT[request_type],
                json_message=Payload(shown=Shown(kind="request", request_type=request_type)).encoded(),
            )  # fmt: skip
            return [SlotSet("next_requests", list(dict.fromkeys(noted)))]
        if same and (wrong := wrong_told(tracker, request_type)):
            dispatcher.utter_message(
                response="utter_details_noted", company_name=company.name, details=wrong,
                json_message=Payload(shown=Shown(kind="request", request_type=request_type)).encoded(),
            )  # fmt: skip
            return [SlotSet("details", wrong), SlotSet("on_hold", None)]
        response = "utter_request_again" if same else "utter_which_request"
        both = [begun["request_type"], request_type]
        dispatcher.utter_message(
            response=response, company_name=company.name, request=WHAT[begun["request_type"]], other=WHAT[request_type],
            buttons=[] if same else [{"title": WORDS[each].capitalize(), "payload": WORDS[each]} for each in both],
            json_message=Payload(
                shown=Shown(kind="request", request_type=begun["request_type"] if same else request_type),
                # Until the visitor has chosen, the form holds back its own question.
                memory=Memory() if same else Memory(which=both, waits=True),
            ).encoded(),
        )  # fmt: skip
        return [SlotSet("on_hold", None), *told_before(tracker)] if same else []


def _begin(
    dispatcher: CollectingDispatcher, request_type: str, company: Company, response: str, *, instead: bool = False
) -> dict[str, Any]:
    """Make a proposal and say so with the response; nothing is opened by it.

    instead: it takes the place of another, so the form goes back to its question rather than begins.
    """
    proposal = _proposal_of(request_type, company)
    dispatcher.utter_message(
        response=response, company_name=company.name, request=WHAT[request_type],
        json_message=Payload(
            shown=Shown(kind="request", request_type=request_type), memory=Memory(begun=None if instead else proposal["id"])
        ).encoded(),
    )  # fmt: skip
    return proposal


def _proposal_of(request_type: str, company: Company) -> dict[str, Any]:
    return {"id": uuid.uuid4().hex, "request_type": request_type, "company": company.id}


async def propose_next(
    dispatcher: CollectingDispatcher, tracker: Tracker, waiting: list[str], company: Company, parts: Services
) -> list[dict[str, Any]]:
    """Go on with the next of several requests: the answers from before stay, and the form shows its summary at once."""
    request_type, *others = waiting
    proposal = _begin(dispatcher, request_type, company, "utter_next_request")
    details = None if REQUEST_TYPES[request_type].needs_details else tracker.get_slot("details") or ""
    kept = {"proposal": proposal, "details": details, "agreed": None, "unclear": None, "next_requests": others, "on_hold": None}
    return [*(SlotSet(slot, value) for slot, value in kept.items()), FollowupAction(FORM)]


async def propose_anew(
    dispatcher: CollectingDispatcher,
    tracker: Tracker,
    request_type: str,
    company: Company,
    parts: Services,
    *,
    instead: bool = False,
    answered: bool = False,
) -> list[dict[str, Any]]:
    """Say what would be opened, and start the form. Keep answers that hold for every request of this visitor.

    instead: it takes the place of the one that is begun, so what was told of that one stays as well.
    answered: a question beside the wish was answered just now. Then the form's first question says what would be opened, so that
    answer and card fit on one screen of a phone.
    """
    signal = await asyncio.to_thread(asked_by_signal, request_type, tracker.sender_id, parts)
    in_short = answered and not signal and not instead
    if not in_short and await asyncio.to_thread(_silent_on, request_type, company, parts):
        # The law gives most rights even if a policy forgets them, and the visitor should hear that from us.
        dispatcher.utter_message(
            text=parts.conversations.responses.say(
                "utter_right_not_in_policy", company_name=company.name, the_policy=policy_of(company)
            ),
            json_message=Payload(shown=Shown(kind="request", request_type=request_type)).encoded(),
        )  # fmt: skip
    if for_another(text_of(tracker)):
        dispatcher.utter_message(response="utter_on_behalf", company_name=company.name)
    response = "utter_propose_by_signal" if signal else "utter_request_instead" if instead else "utter_propose_request"
    if in_short:
        proposal = _proposal_of(request_type, company)
    else:
        proposal = _begin(dispatcher, request_type, company, response, instead=instead)
    events = [
        SlotSet("proposal", proposal),
        SlotSet("details", _details_for(tracker, request_type) if instead else None),
        *(SlotSet(slot, None) for slot in ("agreed", "unclear", "next_requests", "on_hold", "dropped")),
        *(filled_in(tracker) if signal else []),
    ]
    events += told_before(tracker)
    if wrong := wrong_told(tracker, request_type):
        events.append(SlotSet("details", wrong))
    if not REQUEST_TYPES[request_type].needs_details and says_nothing_more(text_of(tracker)):
        events.append(SlotSet("details", ""))
    return events if in_the_form(tracker) else [*events, FollowupAction(FORM)]


def _details_for(tracker: Tracker, request_type: str) -> str | None:
    """What was told of the request that is begun, for the one in its place: unless one of them is about what is wrong."""
    begun = str((tracker.get_slot("proposal") or {}).get("request_type", ""))
    about_wrong = any(REQUEST_TYPES[name].needs_details for name in (begun, request_type) if name in REQUEST_TYPES)
    return None if about_wrong else tracker.get_slot("details")


def _silent_on(request_type: str, company: Company, parts: Services) -> bool:
    """Whether the company's policy says nothing about this right. False if the policy cannot be searched."""
    try:
        return parts.knowledge.answers.answer(QUESTIONS[request_type], company.id).kind == "not_in_policy"
    except CandorError:
        return False


def ask_back(dispatcher: CollectingDispatcher, request_type: str, company_name: str, responses: Responses) -> None:
    """Ask whether a request is meant or a question about it. Nothing is proposed yet, so no single word opens anything."""
    dispatcher.utter_message(
        response="utter_request_unsure", company_name=company_name, request=WHAT[request_type],
        buttons=responses.buttons(
            "utter_buttons_request_unsure", phrase=WORDS[request_type], question=QUESTIONS[request_type]
        ),
        json_message=Payload(
            shown=Shown(kind="request", request_type=request_type), memory=Memory(asked_back=True)
        ).encoded(),
    )  # fmt: skip


def _asks_of_all(text: str) -> bool:
    """Whether a message asks what the company does with data, and not for the writer's own."""
    return PRACTICE.search(text) is not None and OF_ONESELF.search(text) is None


def offer_taken_up(tracker: Tracker) -> str | None:
    """The request type that was offered lately, or asked back about just now, to somebody who answers what the form would ask:
    with a place, or an address. Nothing is opened by it."""
    text, (intent, confidence) = text_of(tracker), intent_of(tracker)
    where = _answers_where(text, meant=intent == "provide_residence" and confidence >= SURE_REQUEST)
    if in_the_form(tracker) or not (where or (EMAIL.search(text) and len(text.split()) <= FEW_WORDS)):
        return None
    return lately_offered(tracker)


def lately_offered(tracker: Tracker) -> str | None:
    """The request type that was offered lately, or asked back about just now; None if a form runs."""
    if in_the_form(tracker):
        return None
    request_type, messages = offered_before(tracker) or ("", 0)
    return asked_back(tracker) or (request_type if messages <= LATEST_ANSWER else "") or None


def _answers_where(text: str, *, meant: bool) -> bool:
    """Whether a message says in a few words where somebody lives, and asks nothing. meant: whether it was read so: then a
    misspelt name is enough."""
    if is_place_name(text):
        return True
    short = len(text.split()) <= 2 * FEW_WORDS and not ASKING.search(text)
    says_so = meant or SAYS_RESIDENCE.search(text) is not None
    return short and says_so and parse_residence(text).outcome is ResidenceOutcome.FOUND


def asked_back(tracker: Tracker) -> str | None:
    """The request type that the last message asked back about; None if it did not."""
    last = last_payload(tracker)
    return last.shown.request_type if last.memory.asked_back else None
