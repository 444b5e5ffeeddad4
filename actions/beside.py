"""Answer what somebody asks beside a wish, or beside an answer to the form: "delete my account, and how long does that take?"."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from difflib import get_close_matches
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.answering import PolicyAnswers
from actions.asked_of_request import kind_of
from actions.asking import email_optional
from actions.form.words import ASKING, carries_something
from actions.request_words import QUESTIONS
from actions.tracker import questions_of
from candor.conversations.payload import Payload, Shown
from candor.conversations.request_text import RequestText
from candor.services import Services

# What a short question is about that means the way of a request: these by themselves, those where nothing else is named.
OF_THE_WAY = re.compile(
    r"\b(?:codes?|requests?|laws?|spam|inbox|who (?!else\b)(?:\w+ )?(?:reads?|sees?|gets?) (?:it|this|that))\b", re.IGNORECASE
)
WAY_WORDS, CLOSE = ("code", "number", "request", "answer"), 0.8  # so alike a slip must be (difflib)
WORD = re.compile(r"[a-z]{3,}", re.IGNORECASE)
SAYS_LITTLE = re.compile(
    r"\b(?:number|e-?mail|mail|letter|answer|reply|hear|done|all|finished|ready|next|now|then|get|got|arriv\w+|come|comes|came"
    r"|happen\w*|working|work|wait\w*|steps?|follows?|going|goes|go)\b",
    re.IGNORECASE,
)
# "what would happen", "how would that work"
HAPPENS = re.compile(
    r"\b(?:happen\w*|next|steps?|work|process|procedure|involved|what (?:do|must|should|would) (?:i|we) (?:have|need))\b",
    re.IGNORECASE,
)
SHORT_QUESTION = 12  # words
SAID_OF_OPEN = ("cost", "undo", "proof", "refuse", "longer", "who")  # of a request that is open; all else is in its status


def _way_word(word: str) -> str:
    """The word, or the one of the way of a request that it is likeliest a slip of: "cod" is the code."""
    meant = get_close_matches(word.lower(), WAY_WORDS, n=1, cutoff=CLOSE)
    return meant[0] if meant else word


def is_of_the_way(text: str) -> bool:
    """Whether a short question may be about how an open request goes on."""
    if len(text.split()) > SHORT_QUESTION or not ASKING.search(text):
        return False
    text = WORD.sub(lambda word: _way_word(word[0]), text)
    little = SAYS_LITTLE.search(text) is not None and not carries_something(SAYS_LITTLE.sub(" ", text))
    return little or OF_THE_WAY.search(text) is not None


def asks_of_the_way(text: str) -> bool:
    """Whether a question about a request that nobody has made yet is about how such a request goes on."""
    return kind_of(text) != "next" or HAPPENS.search(text) is not None


class QuestionsBeside:
    """Answers them before the request that was wished for, or begun, goes on."""

    def __init__(self, parts: Services) -> None:
        self._policy_answers = PolicyAnswers(parts)
        self._request_text = RequestText(parts.conversations.responses, parts.knowledge.company_of)

    async def answer(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, company: str, request_type: str, residence: str | None
    ) -> list[dict[str, Any]]:
        """Answer the questions of the last message, if it has some. residence: as far as it is known.

        Returns the event that remembers them, to which a later question may refer.
        """
        asked = questions_of(tracker)
        of_policy = " ".join(text for text, about in asked if about == "policy")
        of_right = next((text for text, about in asked if about == "right"), "")
        of_request = " ".join(text for text, about in asked if about == "request")
        events: list[dict[str, Any]] = []
        if of_policy:
            answer = await self._policy_answers.say(dispatcher, tracker, of_policy, company, QUESTIONS[request_type])
            if answer is not None and answer.question:
                events.append(SlotSet("last_question", {"company": company, "text": answer.question}))
        if of_right:
            answer = await self._policy_answers.look_up(tracker, of_right, company)
            if answer.kind == "answer":  # else the wish alone is answered
                self._policy_answers.tell(dispatcher, tracker, of_right, answer)
        if of_request:
            self.about_request(dispatcher, of_request, company, request_type, residence)
        return events

    def about_request(
        self, dispatcher: CollectingDispatcher, question: str, company: str, request_type: str, residence: str | None
    ) -> None:
        """Say by when a request that is not opened yet would be answered, what it costs, and what happens with it."""
        dispatcher.utter_message(
            response=f"utter_about_request_{kind_of(question)}",
            company_name=self._request_text.name_of(company),
            due=self._request_text.due_if_opened(company, request_type, residence, datetime.now(UTC)),
            proof=self._request_text.proof_if_opened(needed=not email_optional(request_type)),
            json_message=Payload(shown=Shown(kind="request", request_type=request_type)).encoded(),
        )  # fmt: skip

    def about_open_request(self, dispatcher: CollectingDispatcher, kind: str, number: str, company: str) -> None:
        """Say what a request that is open costs, how it is taken back, or what may have to be shown for it."""
        dispatcher.utter_message(
            response=f"utter_about_open_{kind}", number=number, company_name=self._request_text.name_of(company),
            json_message=Payload().encoded(),
        )  # fmt: skip
