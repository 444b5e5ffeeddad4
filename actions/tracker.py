"""What our actions read from Rasa's tracker."""

from __future__ import annotations

from itertools import islice
from typing import Any

from rasa_sdk import Tracker

from candor.conversations.payload import Payload
from candor.conversations.repeating import EarlierAnswer
from candor.tickets.request_types import REQUEST_TYPES
from knowledge.leaning import Quoted

ANSWERED = frozenset(["answer", "unsure", "not_in_policy"])
NEAR = 0.1  # of an intent, where another was surer


def company_of(tracker: Tracker) -> str:
    """The id of the company that the conversation is about, as the assistant sent it with the message."""
    return str(tracker.latest_message.get("metadata", {}).get("company", ""))


def text_of(tracker: Tracker) -> str:
    """The message as it was read: with slips of the pen mended (knowledge/spelling.py)."""
    return str(tracker.latest_message.get("text") or "")


def typed_of(tracker: Tracker) -> str:
    """The message as it was typed: what is kept of it, or passed on, is never mended."""
    said: dict[str, Any] = next((event for event in reversed(tracker.events) if event.get("event") == "user"), {})
    return str(said.get("text") or "") or text_of(tracker)


def as_typed(tracker: Tracker, part: str) -> str:
    """A part of the message in the letters in which it was typed."""
    read, typed = text_of(tracker), typed_of(tracker)
    if read in {part, typed}:
        return typed if part == read else part
    words, own = read.split(), typed.split()
    if len(words) != len(own):
        return part  # the message was read without some of its words
    meant = {word: written for word, written in zip(words, own, strict=True) if word != written}
    return " ".join(meant.get(word, word) for word in part.split(" "))


def spelt_of(tracker: Tracker) -> str:
    """The message with unknown words as they were likeliest meant (knowledge/spelling.py): for patterns, and never repeated."""
    return str(tracker.latest_message.get("metadata", {}).get("spelt") or "") or text_of(tracker)


def intent_of(tracker: Tracker) -> tuple[str, float]:
    """The message's intent and its confidence, 0 to 1."""
    intent: dict[str, Any] = tracker.latest_message.get("intent") or {}
    return str(intent.get("name") or ""), float(intent.get("confidence") or 0.0)


def ranking_of(tracker: Tracker) -> list[tuple[str, float]]:
    """All intents with their confidences, the likeliest first."""
    ranking: list[dict[str, Any]] = tracker.latest_message.get("intent_ranking") or []
    return [(str(intent.get("name") or ""), float(intent.get("confidence") or 0.0)) for intent in ranking]


def near_before(tracker: Tracker) -> str | None:
    """The request type that the message before this one came near to, though it was taken for a question; None if to none."""
    said = [event for event in tracker.events if event.get("event") == "user"][-2:-1]
    ranking: list[dict[str, Any]] = ((said[0].get("parse_data") or {}).get("intent_ranking") or []) if said else []
    near = [str(one.get("name")) for one in ranking if float(one.get("confidence") or 0.0) >= NEAR]
    return next((name.removeprefix("request_") for name in near if name.removeprefix("request_") in REQUEST_TYPES), None)


def wishes_of(tracker: Tracker) -> list[str]:
    """The request types that the message asks for, if it asks for several (bot/wishes.py)."""
    return [str(wish) for wish in tracker.latest_message.get("metadata", {}).get("wishes") or []]


def questions_of(tracker: Tracker) -> list[tuple[str, str]]:
    """What the message asks beside a wish or an answer (bot/wishes.py): each question, and whether it is about the "policy" or
    the "request"."""
    asked = tracker.latest_message.get("metadata", {}).get("questions") or []
    return [(str(one["text"]), str(one["about"])) for one in asked]


def answer_in(tracker: Tracker) -> str:
    """The message without the questions beside what it says."""
    return str(tracker.latest_message.get("metadata", {}).get("rest") or "") or text_of(tracker)


def asked_before_that(tracker: Tracker) -> str:
    """The question before the message, to which it may refer; "" if none was asked about the same company."""
    last: dict[str, Any] = tracker.get_slot("last_question") or {}
    return str(last.get("text", "")) if last.get("company") == company_of(tracker) else ""


def quoted_before(tracker: Tracker) -> tuple[Quoted, ...]:
    """What was read at once of the last answer, if it was about the same company; nothing where it had no quotes."""
    said = (payload_in(event).shown for event in reversed(tracker.events) if event.get("event") == "bot")
    answered = next((shown for shown in said if shown.kind in ANSWERED), None)
    if answered is None:
        return ()
    cited = answered.citations[: answered.citations_shown]
    return tuple(Quoted(one.version, one.start, one.end) for one in cited if one.company == company_of(tracker))


def open_proposal(tracker: Tracker) -> dict[str, Any] | None:
    """The proposal that the message answers; None if the last message of Candor did not ask for a yes to it.

    A yes after another message is no clear yes to the proposal before that.
    """
    proposal: dict[str, Any] | None = tracker.get_slot("proposal")
    if not proposal:
        return None
    return proposal if last_payload(tracker).memory.proposal == proposal["id"] else None


def last_payload(tracker: Tracker) -> Payload:
    """The payload of the last message that Candor sent: what the visitor is answering. Raises: MalformedPayloadError."""
    return next((payload_in(event) for event in reversed(tracker.events) if event.get("event") == "bot"), Payload())


def payloads_newest_first(tracker: Tracker, most: int) -> list[Payload]:
    """The payloads of the last messages that Candor sent, the newest first. Raises: MalformedPayloadError."""
    said = (payload_in(event) for event in reversed(tracker.events) if event.get("event") == "bot")
    return list(islice(said, most))


def payloads_since_message(tracker: Tracker) -> list[Payload]:
    """The payloads of what Candor has answered to the visitor's last message so far. Raises: MalformedPayloadError."""
    payloads: list[Payload] = []
    for event in reversed(tracker.events):
        if event.get("event") == "user":
            break
        if event.get("event") == "bot":
            payloads.append(payload_in(event))
    return payloads[::-1]


def offered_before(tracker: Tracker) -> tuple[str, int] | None:
    """The request type that was offered last in this conversation, and how many of the visitor's messages came since, this one
    among them. None if none was, or a request was begun or opened after it. Raises: MalformedPayloadError.
    """
    messages = 0
    for event in reversed(tracker.events):
        if event.get("event") == "user":
            messages += 1
        elif event.get("event") == "bot":
            payload = payload_in(event)
            if payload.memory.may_open:
                return payload.memory.may_open, messages
            if payload.shown.kind == "request":
                return None
    return None


def earlier_answers(tracker: Tracker, company: str) -> list[EarlierAnswer]:
    """What was asked about the policy in this conversation before the message, and answered, in order.

    Raises: MalformedPayloadError.
    """
    answers: list[EarlierAnswer] = []
    asked, of = "", ""
    for event in tracker.events:
        if event.get("event") == "user":
            said_with = event.get("metadata") or (event.get("parse_data") or {}).get("metadata") or {}
            more = ((event.get("parse_data") or {}).get("intent") or {}).get("name") == "go_on"  # "and?" asks the same again
            asked, of = asked if more and asked else str(event.get("text") or ""), str(said_with.get("company", ""))
        if event.get("event") == "bot" and asked and of == company:
            shown = payload_in(event).shown
            if shown.kind in ANSWERED:
                answers.append(EarlierAnswer(asked, shown.kind, tuple(shown.citations[: shown.citations_shown])))
    return answers


def payload_in(event: dict[str, Any]) -> Payload:
    """The payload of a message of Candor's, as the tracker holds it. Raises: MalformedPayloadError."""
    return Payload.decoded((event.get("data") or {}).get("custom"))
