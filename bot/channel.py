"""The channel through which the assistant talks to Rasa, closed by the shared secret.

POST /webhooks/candor/message {"sender", "text", "message_id", "metadata"} → {"messages", "intent", "intent_ranking", "actions",
"slots"}: answered once under its id
POST /webhooks/candor/forget {"sender"} or {"senders"} · GET /webhooks/candor/ready: 503 until the model is loaded
POST /webhooks/candor/senders {"after"} → {"senders": [[name, time of the last event], …]}

Rasa's own REST channel asks for no secret and returns only the messages. This one also returns what was understood, so
that a turn can be recorded with its intent and confidence without a second request.
"""

from __future__ import annotations

import asyncio
import gc
import hmac
import os
import re
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Awaitable, Callable, Dict, List, Optional, Tuple, TypeVar

from rasa.core.channels.channel import InputChannel, OutputChannel, UserMessage
from sanic import Blueprint, response
from sanic.request import Request
from sanic.response import HTTPResponse
from sqlalchemy import func, text

from bot import sureness
from bot.action_endpoint import ActionEndpoint
from bot.context import ANSWERED, ELSE, OPENED, STEPS, context_of
from bot.dialogue_acts import FIRST, URGENT, DialogueActs, in_context
from bot.encoder import shared_encoder, shared_reader
from bot.event_types import remember_event_types
from bot.featurizer import encode_as_features
from bot.feelings import FeelingModel
from bot.said_back import said_last, without_what_was_said
from bot.tracker_store import CLASS, RecentTurnsTrackerStore, events_written, reading_once
from bot.turns import TurnLocks
from bot.validation import validate_once_checked
from bot.wishes import (
    COPY_FOR_ME,
    Parse,
    asked_beside,
    said_plainly,
    signs_in_words,
    surer_wish,
    wish_beside,
    wish_put_politely,
    wishes_in,
    without_other_wish,
    without_refused_person,
)
from knowledge.encoder import encoding_once
from knowledge.spelling import speller

# Six digits and nothing else, however grouped, are the code from a mail: no classifier has to guess that. The text is folded
# already, so these are plain digits and signs.
BARE_CODE = re.compile(r"\W*\d(?:[ .,·_-]{0,3}\d){5}\W*")
# Taken for one of these, a message may still hold a wish in one of its parts (bot/wishes.py).
MAY_HOLD_A_WISH = frozenset(
    ["ask_policy", "ask_about_request", "ask_what_is_held", "on_behalf", "greet", "out_of_scope_other_people"]
)
POLITE = frozenset(["ask_policy", "affirm", "out_of_scope_support", "out_of_scope_other_people"])  # "can u …", "yes, stop it"
# What the rest of a message may be, at a step of the form, for its question to be answered beside it. A yes to the summary is
# none of them: with a question beside it, it is not clear.
ANSWERS_THE_FORM = frozenset(
    ["provide_residence", "provide_email", "add_details", "correct_answer", "skip", "deny", "stop_form", "affirm", "go_on"]
)
# "tell me who has it": the data, not the request, unless it is about somebody's work.
WHO_HAS_IT = re.compile(r"(?:tell me )?(?:who|whom|where)\b(?!.*\b(?:request|work|handle|deal|read|look|check))", re.IGNORECASE)
# What is read off half a message ends the form only where it says so itself: "you have my address? mine not hers" does not.
ENDS_THE_FORM = frozenset(["deny", "stop_form"])
SAYS_NO = re.compile(r"\W*(?:no+|nope|nah|stop|cancel|forget|never ?mind|don['’]?t|do not|leave)\b", re.IGNORECASE)
OF_THE_QUESTION = re.compile(r"\W*(?:and )?not\b", re.IGNORECASE)  # "that goes to the right people? not to sales"
MOST_ASKED = 3  # questions beside something else that are answered
LETTER = 400  # characters; what is longer is encoded beside the event loop
SENDERS_AT_ONCE = 500  # SQLite takes at most 999 names in one statement
SECRET_VARIABLE = "CANDOR_INTERNAL_SECRET"
TRACKERS_VARIABLE = "CANDOR_TRACKER_URL"
ACTS_VARIABLE = "CANDOR_DIALOGUE_ACTS"  # the file that training/dialogue_act_model.py made
T = TypeVar("T")
LISTEN = "action_listen"  # ends every turn, so it says nothing


class Collector(OutputChannel):
    """Collects the messages as Rasa made them, each with its text, buttons and custom payload."""

    def __init__(self) -> None:
        self.messages: List[Dict[str, Any]] = []

    @classmethod
    def name(cls) -> str:
        return "candor"

    async def send_response(self, recipient_id: str, message: Dict[str, Any]) -> None:
        self.messages.append({key: message[key] for key in ("text", "buttons", "custom") if message.get(key)})


class CandorChannel(InputChannel):
    """Rasa's end of the connection to the assistant."""

    @classmethod
    def name(cls) -> str:
        return "candor"

    @classmethod
    def from_credentials(cls, credentials: Optional[Dict[str, Any]]) -> InputChannel:
        secret = os.environ.get(SECRET_VARIABLE, "")
        if not secret:
            raise ValueError(f"{SECRET_VARIABLE} is not set: start Rasa with `candor serve`")
        if os.environ.get(TRACKERS_VARIABLE, "").startswith("postgresql") and find_spec("psycopg2") is None:
            raise ValueError("trackers lie in PostgreSQL, but Rasa's environment lacks psycopg2-binary: run `make setup`")
        validate_once_checked()
        remember_event_types()
        made = Path(os.environ[ACTS_VARIABLE])
        return cls(secret, DialogueActs.load(made, shared_encoder(), shared_reader()), FeelingModel.load(made))

    def __init__(self, secret: str, acts: DialogueActs, feelings: FeelingModel) -> None:
        self._secret, self._acts, self._feelings = secret, acts, feelings
        self._turns: Optional[TurnLocks] = None
        self._letters = ThreadPoolExecutor(1, thread_name_prefix="letters")

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        channel = Blueprint("candor_channel", __name__)

        @channel.on_request
        async def refuse_strangers(request: Request) -> Optional[HTTPResponse]:
            given = request.headers.get("authorization", "")
            if not hmac.compare_digest(given.encode(), f"Bearer {self._secret}".encode()):
                return response.json({"status": "refused"}, status=401)
            return None

        @channel.listener("after_server_start")
        async def begin_collecting(*_: Any) -> None:
            gc.collect()
            gc.freeze()  # what is loaded now stays: to search it at a turn would hold that turn up for a tenth of a second
            gc.enable()

        @channel.route("/ready", methods=["GET"])
        async def ready(request: Request) -> HTTPResponse:
            loaded = request.app.ctx.agent is not None and request.app.ctx.agent.is_ready()
            if loaded:
                _sql(request.app.ctx.agent.tracker_store)  # raises where it is not ours
            return response.json({"ready": loaded}, status=200 if loaded else 503)

        @channel.route("/message", methods=["POST"])
        async def receive(request: Request) -> HTTPResponse:
            return await self._receive(request.json, request.app.ctx.agent, on_new_message)

        @channel.route("/forget", methods=["POST"])
        async def forget(request: Request) -> HTTPResponse:
            body, store = request.json, request.app.ctx.agent.tracker_store
            if body.get("senders"):
                _forget(store, body["senders"])
                return response.json({"status": "forgotten"})
            async with self._locks(_sql(store)).turn(body["sender"]):  # else a turn that goes on would write it anew
                _forget(store, [body["sender"]])
            return response.json({"status": "forgotten"})

        @channel.route("/senders", methods=["POST"])
        async def senders(request: Request) -> HTTPResponse:
            return response.json({"senders": _senders(request.app.ctx.agent.tracker_store, request.json["after"])})

        return channel

    async def _aside(self, text: str, work: Callable[[], T]) -> T:
        """Do what encodes a text: a long one in a thread of its own, one after another, so that nobody else waits for it."""
        if len(text) <= LETTER:
            return work()
        context = copy_context()  # what was encoded is known there too, and the other way round
        return await asyncio.get_running_loop().run_in_executor(self._letters, lambda: context.run(work))

    def _locks(self, store: RecentTurnsTrackerStore) -> TurnLocks:
        if self._turns is None:
            self._turns = TurnLocks(store.engine)
        return self._turns

    async def _receive(
        self, body: Dict[str, Any], agent: Any, on_new_message: Callable[[UserMessage], Awaitable[Any]]
    ) -> HTTPResponse:
        """Answer a message, or say again what was answered to it."""
        store = _failing_aloud(agent)
        async with self._locks(store).turn(body["sender"]):
            return await self._receive_alone(body, agent, store, on_new_message)

    async def _receive_alone(
        self,
        body: Dict[str, Any],
        agent: Any,
        store: RecentTurnsTrackerStore,
        on_new_message: Callable[[UserMessage], Awaitable[Any]],
    ) -> HTTPResponse:
        with reading_once(), encoding_once():
            before = store.newest_first(body["sender"])
            known = turn_of_message(before, body.get("message_id"))
            if known is not None:  # whoever asked before died with the answer
                return response.json(known)
            if store.discard_unanswered(body["sender"], before):
                before = store.newest_first(body["sender"])
            return await self._answer(body, agent, before, on_new_message)

    async def _answer(
        self,
        body: Dict[str, Any],
        agent: Any,
        before: List[Dict[str, Any]],
        on_new_message: Callable[[UserMessage], Awaitable[Any]],
    ) -> HTTPResponse:
        """One turn: understand the message, have Rasa act on it, and tell what it said and did.

        before: the conversation's events, the newest first.
        """
        ActionEndpoint.install(agent)
        collector = Collector()

        async def parse(text: str) -> Dict[str, Any]:
            parsed: Dict[str, Any] = await agent.parse_message(speller().corrected(text))
            return parsed

        # Parse it here and hand the result on, so that it need not be read back from the tracker store.
        context = context_of(before)
        own = without_what_was_said(body["text"], said_last(before))
        read = own if context in STEPS else signs_in_words(own)
        read = without_other_wish(without_refused_person(read))
        spelt = speller().corrected(read)
        await self._aside(read, lambda: encode_as_features(spelt))
        understood = await agent.parse_message(spelt)
        ranked, vectors = await self._aside(read, lambda: self._acts.read(spelt, context))
        understood = in_context(understood, ranked, context)
        understood = await self._or_by_sound(understood, read, spelt, context, parse)
        intent = str(understood["intent"].get("name") or "")
        rest, asked = (read, []) if intent in FIRST or len(read) > LETTER else asked_beside(read)
        wishes = [] if context in STEPS or intent in URGENT else await wishes_in(rest, intent, parse)
        if intent in URGENT and context not in STEPS:  # the news comes first, and the wish beside it is begun as well
            wishes = [wish] if (wish := await wish_beside(read, parse)) else []
        elif wishes and not intent.startswith("request_"):  # "can you send me a copy and erase the rest?"
            understood["intent"] = {"name": f"request_{wishes[0]}", "confidence": 1.0}
        elif context in {ANSWERED, ELSE, OPENED} and (wish := await _hidden_wish(read, understood["intent"], parse)):
            understood["intent"] = {"name": f"request_{wish}", "confidence": 1.0}
        if asked and context in STEPS:
            alone = in_context(await parse(rest), self._acts.ranked(speller().corrected(rest), context), context)
            understood, asked = _beside_an_answer(understood, alone, context, rest, asked)
        elif asked and not str(understood["intent"].get("name") or "").startswith("request_"):
            asked = []  # the whole message is answered as a question
        # What is asked before a wish is no question about the request that it begins.
        ahead = [] if context in STEPS else [text for text in asked if read.find(text[:-1]) < read.find(rest.split(".")[0])]
        questions = [
            {"text": text, "about": "policy" if text in ahead else await self._about(text, parse, begun=context in STEPS)}
            for text in asked[:MOST_ASKED]
        ]
        if context in {ANSWERED, ELSE, OPENED} and understood["intent"].get("name") == "ask_policy" and COPY_FOR_ME.search(read):
            understood["intent"] = {"name": "request_access", "confidence": 1.0}
            rest, questions = read, [{"text": read, "about": "right"}]  # the policy's words are said, and the request begun
        if plainly := said_plainly(spelt, context, understood["intent"], beside=bool(asked)):
            understood["intent"] = {"name": plainly, "confidence": 1.0}
        if BARE_CODE.fullmatch(own) and context != "details":  # there it may be a customer's number
            understood["intent"] = {"name": "provide_code", "confidence": 1.0}
            understood["intent_ranking"] = [understood["intent"]]
        feeling = self._feelings.of(own, vectors)
        message = UserMessage(
            own,
            collector,
            body["sender"],
            input_channel=self.name(),
            metadata={
                **body["metadata"],
                "context": context,
                "wishes": wishes,
                "feeling": feeling,
                "spelt": spelt if spelt != own else "",
                "rest": rest if questions else "",
                "questions": questions,
            },
            parse_data=understood,
            message_id=body.get("message_id"),
        )
        with events_written() as written:
            await on_new_message(message)
        done = done_since_message(written[::-1])
        ranking = understood.get("intent_ranking") or []
        return response.json(
            {
                "messages": collector.messages,
                "intent": understood.get("intent") or {},
                "intent_ranking": ranking,
                **done,
            }
        )

    async def _or_by_sound(self, understood: Dict[str, Any], read: str, spelt: str, context: str, parse: Parse) -> Dict[str, Any]:
        """What was understood, or what the message means as it sounds, where that is a surer wish: "remuv my detials"."""
        heard = speller().by_sound(read) if context in {ANSWERED, ELSE, OPENED} else spelt
        if heard == spelt:
            return understood
        return surer_wish(understood, in_context(await parse(heard), self._acts.ranked(heard, context), context))

    async def _about(self, question: str, parse: Parse, *, begun: bool) -> str:
        """What a question beside a wish or an answer is about: the request, or the policy. begun: whether a request is."""
        if not begun and WHO_HAS_IT.match(question):
            return "policy"
        ranked = self._acts.ranked(speller().corrected(question), STEPS[0])
        intent = in_context(await parse(question), ranked, STEPS[0])["intent"].get("name")
        return "request" if intent in {"ask_about_request", "ask_why", "request_status"} else "policy"


async def _hidden_wish(text: str, understood: Dict[str, Any], parse: Parse) -> str:
    """The request type that a message asks for which was taken for something else, or for an unsure request; "" if none."""
    intent = str(understood.get("name") or "")
    unsure = intent.startswith("request_") and float(understood.get("confidence") or 0.0) < sureness.WISH
    wish = await wish_beside(text, parse) if unsure or intent in MAY_HOLD_A_WISH else ""
    return wish or (await wish_put_politely(text, parse) if intent in POLITE else "")


def _beside_an_answer(
    whole: Dict[str, Any], rest: Dict[str, Any], context: str, text: str, asked: List[str]
) -> Tuple[Dict[str, Any], List[str]]:
    """What was understood of a message at a step of the form, and the questions in it that are answered beside its answer.

    whole, rest: as understood with its questions, and without them; text: the rest itself.
    """
    intent = str(rest["intent"].get("name") or "")
    answers = intent in ANSWERS_THE_FORM or intent.startswith("request_")
    if (intent in ENDS_THE_FORM and not SAYS_NO.match(text)) or OF_THE_QUESTION.match(text):
        answers = False
    if context == "agreed" and intent in {"affirm", "go_on", "skip"}:
        answers = False
    if not answers and str(whole["intent"].get("name") or "").startswith("request_"):  # what was wished is only asked about
        whole = {**whole, "intent": {"name": "ask_policy", "confidence": 1.0}}
    return (rest, asked) if answers else (whole, [])


def _failing_aloud(agent: Any) -> RecentTurnsTrackerStore:
    """Our store itself, put in the place of Rasa's wrapper, which would go on in memory where the database does not answer: the
    turn would be answered from an empty tracker, and that written into the conversation later. So it fails, and is asked again.
    """
    store = _sql(agent.tracker_store)
    agent.tracker_store = agent.processor.tracker_store = store
    return store


def _forget(store: Any, senders: List[str]) -> None:
    """Delete the senders' events, for which Rasa has no call.

    SQLite overwrites what it deletes (bot/tracker_store.py), and then empties its write-ahead log, which has the old pages.
    """
    store = _sql(store)
    event = RecentTurnsTrackerStore.SQLEvent
    with store.session_scope() as session:
        session.query(event).filter(event.sender_id.in_(senders)).delete(False)
        session.commit()
    if store.engine.dialect.name == "sqlite":
        with store.engine.connect() as connection:
            connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))


def _senders(store: Any, after: str) -> List[List[Any]]:
    """The next SENDERS_AT_ONCE senders after this name, in order, each with the time of its last event: seconds since 1970."""
    event = RecentTurnsTrackerStore.SQLEvent
    with _sql(store).session_scope() as session:
        last = session.query(event.sender_id, func.max(event.timestamp)).filter(event.sender_id > after)
        return [list(row) for row in last.group_by(event.sender_id).order_by(event.sender_id).limit(SENDERS_AT_ONCE)]


def turn_of_message(newest_first: List[Dict[str, Any]], message_id: Optional[str]) -> Optional[Dict[str, Any]]:
    """What was answered to the newest message, as POST /message returns it, if that is the message of this id; None if it is
    another, or nothing was said to it.
    """
    said: List[Dict[str, Any]] = []
    for event in newest_first:
        if event["event"] == "bot":
            data = event.get("data") or {}
            message = {"text": event.get("text"), "buttons": data.get("buttons"), "custom": data.get("custom")}
            said.insert(0, {key: value for key, value in message.items() if value})
        elif event["event"] == "user":
            if not said or not message_id or event.get("message_id") != message_id:
                return None
            understood = event.get("parse_data") or {}
            return {
                "messages": said,
                "intent": understood.get("intent") or {},
                "intent_ranking": understood.get("intent_ranking") or [],
                **done_since_message(newest_first),
            }
    return None


def done_since_message(newest_first: List[Dict[str, Any]]) -> Dict[str, Any]:
    """What Rasa did since the visitor's message: the actions that ran, in order, and the slots that were set, with values."""
    actions: List[str] = []
    slots: Dict[str, Any] = {}
    for event in newest_first:
        if event["event"] == "user":
            break
        if event["event"] == "action" and event["name"] != LISTEN:
            actions.insert(0, event["name"])
        elif event["event"] == "slot":
            slots.setdefault(event["name"], event.get("value"))  # the newest value comes first
    return {"actions": actions, "slots": slots}


def _sql(store: Any) -> RecentTurnsTrackerStore:
    """Our store itself: Rasa wraps its stores in others.

    Raises: RuntimeError if Rasa could not import it: it then keeps trackers in memory, where a restart loses them.
    """
    while not isinstance(store, RecentTurnsTrackerStore):
        store = getattr(store, "_tracker_store", None)
        if store is None:
            raise RuntimeError(f"Rasa's tracker store is not {CLASS}, which endpoints.yml must name: see Rasa's log")
    return store
