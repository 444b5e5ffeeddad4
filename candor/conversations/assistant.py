"""The assistant: every message of every channel comes through here.

It masks personal data, asks Rasa, makes one Reply of each message that comes back, and records the turn with its
evidence. If Rasa or the action server is down, the visitor gets a plain sentence and the message stays recorded.
"""

from __future__ import annotations

import asyncio
import contextvars
import logging
import time
import uuid
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable, Sequence
from concurrent.futures import Executor
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any, ParamSpec, TypeVar

from pydantic import ValidationError
from sqlalchemy.exc import SQLAlchemyError

from candor.conversations.ahead import Ahead
from candor.conversations.fair_pool import FairPool, PoolFullError
from candor.conversations.handoff.live_chat import LiveChat
from candor.conversations.history import Past, PastTurn, past_of
from candor.conversations.locks import ConversationLocks
from candor.conversations.payload import Payload
from candor.conversations.places import with_places
from candor.conversations.rasa import Rasa, RasaTurn
from candor.conversations.reply import Button, Reply, Speaker, unmasked
from candor.conversations.responses import Responses
from candor.conversations.turn import AnsweredBefore, ForCandor, ForPerson, Turns
from candor.errors import AssistantDownError, CandorError, UnknownConversationError
from candor.telemetry.instruments import TURNS, measured
from candor.telemetry.logs import about
from candor.transcripts.models import TurnRow
from candor.transcripts.store import Conversation, TranscriptStore, TurnOutcome
from candor.transcripts.vault import Vault
from candor.typed.cleaning import read_message
from candor.typed.dictated import without_dictated_signs
from candor.typed.folding import fold
from knowledge.catalogue import PolicyCatalogue

log = logging.getLogger("candor.assistant")
P = ParamSpec("P")
T = TypeVar("T")
# A conversation is recorded here before Rasa hears of it. A tracker younger than this is never called orphaned, because the
# clocks of the two may differ.
YOUNGEST_ORPHAN = timedelta(hours=1)
TRACKERS_A_CALL = 500
EVERYTHING = 1_000_000  # places
# Of long messages one after another goes to Rasa: each takes as much CPU as ten others, which should not wait for it.
LETTER = 600  # characters
LETTERS_AT_ONCE = 1
REMEMBERED = 10_000  # conversations, each with its company's id
MASKED_AT_ONCE = 2  # messages: it takes CPU, of which more at once would only slow down each


@dataclass(frozen=True)
class TurnResult:
    """The replies to one message. down: they only say that the assistant cannot answer now. retry_after: seconds after which it
    may, where it only has too much to do.

    person: who has taken the conversation. Then there are no replies: what the person writes comes later, as news.
    """

    replies: list[Reply]
    down: bool = False
    person: Speaker | None = None
    retry_after: int | None = None


class Assistant:
    """One for each process that talks with visitors."""

    def __init__(
        self, *, rasa: Rasa, transcripts: TranscriptStore, turns: Turns, vault: Vault, catalogue: PolicyCatalogue,
        responses: Responses, longest_message: int, live_chat: LiveChat, executor: Executor,
        unlink: Sequence[Callable[[str], object]] = (), admission: FairPool | None = None,
        locks: ConversationLocks | None = None, ahead: Ahead | None = None,
    ) -> None:  # fmt: skip
        """admission: how much is asked of Rasa at once, and how much waits for that; None: everything at once. ahead: reads
        questions while Rasa does; None: nobody. live_chat: for people of the company. executor: whose threads wait for the
        database; `close` ends it. unlink: called with each conversation that is forgotten on purpose, to remove what else names
        it. locks: None: no other process touches the conversations.
        """
        self._rasa, self._transcripts, self._turns, self._vault = rasa, transcripts, turns, vault
        self._catalogue, self.responses, self._longest, self.live_chat = catalogue, responses, longest_message, live_chat
        self._executor, self._unlink, self._locks = executor, unlink, locks or ConversationLocks()
        self._ahead, self._reading = ahead, set[asyncio.Task[None]]()
        self._masking, self._admission = FairPool(MASKED_AT_ONCE), admission or FairPool(EVERYTHING)
        self._companies: OrderedDict[str, str] = OrderedDict()  # of the conversations that this process knows, the newest last
        self._letters = self._admission.narrower(LETTERS_AT_ONCE)

    async def close(self) -> None:
        """End the threads, once they have done what they are at."""
        await asyncio.to_thread(self._executor.shutdown)
        if self._ahead is not None:
            await asyncio.gather(*self._reading)
            await self._ahead.close()
        await self._locks.close()

    async def begin(self, *, company: str, channel: str, gpc: bool = False) -> tuple[Conversation, Reply]:
        """Begin a conversation about a company. gpc: the browser sends Global Privacy Control.

        Raises: UnknownCompanyError, IndexUnusableError.
        """
        name = self._catalogue.company(company).name
        conversation = await self._in_thread(self._transcripts.begin, company=company, channel=channel, gpc=gpc)
        self._remember(conversation.id, company)
        text = self.responses.say("utter_welcome", company_name=name)
        return conversation, Reply(kind="smalltalk", text=text, company=company)

    async def say(self, conversation: str, text: str, message_id: str | None = None, sender: str = "") -> TurnResult:
        """Answer one message. The same message_id is answered once, however often it comes.

        sender: who must not keep others waiting; where nothing is known of them, the conversation.

        Raises: BadMessageError if nobody could read the message; UnknownConversationError.
        """
        text = read_message(text, longest=self._longest)
        message_id = message_id or uuid.uuid4().hex
        async with self._locks.holding(conversation):  # so that a retry finds the first attempt's replies
            with about(conversation=conversation), measured("turn", conversation=conversation):
                return await self._turn(conversation, text, message_id, sender or conversation)

    async def _turn(self, conversation: str, text: str, message_id: str, sender: str) -> TurnResult:
        started = time.perf_counter()
        with measured("masking"):  # with the wait for a place
            async with self._masking.place(sender):
                begun = await self._in_thread(self._begin_turn, conversation, message_id, text)
        if isinstance(begun, TurnResult):
            return begun
        try:
            async with self._room(begun.text, sender):
                self._read_ahead(for_rasa(begun.text), begun.company)
                with measured("rasa"):
                    turn = await self._rasa.send(
                        sender=conversation, text=for_rasa(begun.text), company=begun.company, message_id=message_id
                    )  # fmt: skip
            payloads = [Payload.decoded(message.get("custom")) for message in turn.messages]
            company = self._company_after(payloads, begun.company)
            replies = [reply_of(message, payload, company) for message, payload in zip(turn.messages, payloads, strict=True)]
        except (AssistantDownError, PoolFullError) as error:
            log.error("conversation %s: %s", conversation, error)
            replies, took = [self._down(begun.company, error)], 1000 * (time.perf_counter() - started)
            record = [reply.model_dump() for reply in replies]
            await self._in_thread(self._transcripts.failed, conversation, message_id, record, took)
            TURNS.labels("error").inc()
            return TurnResult(replies, down=True, retry_after=error.retry_after if isinstance(error, PoolFullError) else None)
        if any(payload.command.forget for payload in payloads):  # the visitor has said yes to it
            replies = await self._in_thread(self._unmasked, conversation, replies)
            await self._forget_now(conversation, self._unlink)
            TURNS.labels(replies[0].kind).inc()
            return TurnResult([reply.model_copy(update={"ended": True}) for reply in replies])
        outcome = TurnOutcome(
            [reply.model_dump() for reply in replies], turn.intent, turn.confidence, turn.intent_ranking,
            next((payload.evidence for payload in payloads if payload.evidence), {}), trace_of(turn),
        )  # fmt: skip
        took = 1000 * (time.perf_counter() - started)
        with measured("record"):
            result = await self._in_thread(self._end_turn, conversation, message_id, company, replies, outcome, took)
        self._remember(conversation, company)
        TURNS.labels(replies[0].kind).inc()
        return result

    @asynccontextmanager
    async def _room(self, text: str, sender: str) -> AsyncIterator[None]:
        """A place for one turn. Raises: PoolFullError."""
        async with AsyncExitStack() as places:
            if len(text) > LETTER:
                await places.enter_async_context(self._letters.place(sender))
            await places.enter_async_context(self._admission.place(sender))
            yield

    def _read_ahead(self, text: str, company: str) -> None:
        """Have a message read while Rasa finds out what it is, if nobody else needs the time that this takes."""
        if self._ahead is not None and self._admission.has_one and len(text) <= LETTER:
            reading = asyncio.create_task(self._ahead.read(text, company))
            self._reading.add(reading)
            reading.add_done_callback(self._reading.discard)

    def _begin_turn(self, conversation: str, message_id: str, text: str) -> ForCandor | TurnResult:
        """The result at once, if there is nothing to ask of Rasa."""
        begun = self._turns.begin(conversation, message_id, text)
        match begun:
            case ForPerson(session):
                return TurnResult([], person=self.live_chat.speaker_of(session))
            case AnsweredBefore(replies):
                return TurnResult(self._unmasked(conversation, [Reply.model_validate(reply) for reply in replies]))
        return begun

    def _end_turn(
        self, conversation: str, message_id: str, company: str, replies: list[Reply], outcome: TurnOutcome, took: float
    ) -> TurnResult:
        self._turns.end(conversation, message_id, company, outcome, took)
        return TurnResult(self._unmasked(conversation, replies))

    def _unmasked(self, conversation: str, replies: list[Reply]) -> list[Reply]:
        """Replies as their visitor sees them, with the values that their tokens stand for. These are never stored."""
        return with_places(unmasked(replies, partial(self._vault.unmask_all, conversation, as_read=True)), self._laws_of)

    def _laws_of(self, company: str) -> tuple[str, ...]:
        """The laws of a company; none if it is not served any more."""
        known = self._catalogue.companies.get(company)
        return known.laws if known else ()

    async def _in_thread(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run what waits for the database in one of the assistant's own threads, so that the event loop goes on."""
        context = contextvars.copy_context()  # the ids for the log go along, as with asyncio.to_thread
        return await asyncio.get_running_loop().run_in_executor(self._executor, partial(context.run, work, *args, **kwargs))

    async def feedback(self, conversation: str, answer_id: str, *, helpful: bool, reason: str = "", comment: str = "") -> None:
        """Record whether an answer helped, and why not. Raises: UnknownConversationError."""
        await self._in_thread(self._feedback, conversation, answer_id, helpful, reason, comment)

    def _feedback(self, conversation: str, answer_id: str, helpful: bool, reason: str, comment: str) -> None:
        self._transcripts.get(conversation)  # nothing gets into the vault for a conversation that was forgotten
        masked = self._vault.mask(conversation, comment)
        self._transcripts.feedback(conversation, answer_id, helpful=helpful, reason=reason, comment=masked)

    async def company_of(self, conversation: str) -> str:
        """The id of the company that a conversation is about, which another process may have changed a moment ago.

        Raises: UnknownConversationError.
        """
        known = self._companies.get(conversation)
        if known is None:
            known = (await self._in_thread(self._transcripts.get, conversation)).company
            self._remember(conversation, known)
        return known

    def _remember(self, conversation: str, company: str) -> None:
        self._companies[conversation] = company
        self._companies.move_to_end(conversation)
        while len(self._companies) > REMEMBERED:
            self._companies.popitem(last=False)

    async def past(self, conversation: str) -> Past:
        """The conversation so far, unmasked: only ever for the visitor whose conversation it is.

        Raises: UnknownConversationError.
        """
        return await self._in_thread(self._past, conversation)

    def _past(self, conversation: str) -> Past:
        company = self._transcripts.get(conversation).company
        rows, verdicts = self._transcripts.turns(conversation), self._transcripts.verdicts(conversation)
        return past_of(company, rows, verdicts, partial(self._vault.unmask_all, conversation), self._laws_of)

    def past_of(self, conversation: str, rows: list[TurnRow]) -> list[PastTurn]:
        """Some turns of a conversation as its visitor sees them. Blocks while it waits for the database."""
        return past_of("", rows, {}, partial(self._vault.unmask_all, conversation), self._laws_of).turns

    async def forget(self, conversation: str) -> None:
        """Delete a conversation here and in Rasa; if Rasa is down, nothing is deleted. Requests stay, without their link to it.

        Raises: UnknownConversationError, AssistantDownError.
        """
        async with self._locks.holding(conversation):  # while no message is answered: Rasa would record it after it has forgotten
            await self._in_thread(self._transcripts.get, conversation)
            await self._rasa.forget(conversation)
            await self._in_thread(self._delete, conversation, self._unlink)
        await self._scrub()

    async def forget_now(self, conversation: str) -> bool:
        """Delete a conversation here at once. Returns False if Rasa is down: then it deletes its tracker when it is back.

        Raises: UnknownConversationError.
        """
        async with self._locks.holding(conversation):
            await self._in_thread(self._transcripts.get, conversation)
            done = await self._forget_now(conversation, self._unlink)
        await self._scrub()
        return done

    async def _scrub(self) -> None:
        """Leave no byte of what was forgotten in the files. It is deleted already: a failure is for the retention job to mend."""
        try:
            await self._in_thread(self._transcripts.scrub)
        except SQLAlchemyError as error:
            log.warning("deleted data stays in the database's files until the next retention run: %s", type(error).__name__)

    async def _forget_now(self, conversation: str, unlink: Sequence[Callable[[str], object]]) -> bool:
        """The caller holds the conversation's lock. The pending deletion is recorded first, so that a crash cannot lose it."""
        await self._in_thread(self._transcripts.add_pending_deletions, [conversation])
        await self._in_thread(self._delete, conversation, unlink)
        try:
            await self._rasa.forget(conversation)
        except AssistantDownError as error:
            log.warning("conversation %s is deleted here; Rasa will delete it later: %s", conversation, error)
            return False
        await self._in_thread(self._transcripts.end_pending_deletion, conversation)
        return True

    def _delete(self, conversation: str, unlink: Sequence[Callable[[str], object]]) -> None:
        self._companies.pop(conversation, None)
        for remove_link in unlink:
            remove_link(conversation)
        self._transcripts.forget(conversation)

    async def forget_older_than(self, days: int) -> int:
        """Delete each conversation without a message for so many days; return how many were deleted.

        Requests keep their link to the conversation, so that a requester in a chat channel still gets news of theirs there.
        """
        old = await self._in_thread(self._transcripts.older_than, days)
        for conversation in old:
            async with self._locks.holding(conversation):
                with suppress(UnknownConversationError):  # its visitor has deleted it meanwhile
                    await self._in_thread(self._transcripts.get, conversation)
                    await self._forget_now(conversation, ())
        await self._in_thread(self._transcripts.purge)  # also after the conversations that visitors have deleted
        return len(old)

    async def complete_pending_deletions(self) -> int:
        """Delete in Rasa, and here, what an earlier deletion left behind; return how many. Raises: AssistantDownError."""
        pending = await self._in_thread(self._transcripts.pending_deletions)
        for conversation in pending:
            with suppress(UnknownConversationError):
                await self.forget_now(conversation)
            await self._rasa.forget(conversation)
            await self._in_thread(self._transcripts.end_pending_deletion, conversation)
        return len(pending)

    async def orphaned_trackers(self, now: datetime, days: int) -> list[str]:
        """Rasa's trackers whose conversation is gone here, or without an event for so many days. Raises: AssistantDownError."""
        orphaned: list[str] = []
        last = ""
        while senders := await self._rasa.senders(last):
            last = senders[-1][0]
            known = await self._in_thread(self._transcripts.known, [name for name, _ in senders])
            orphaned += [
                name for name, at in senders
                if at < now - timedelta(days=days) or (name not in known and at < now - YOUNGEST_ORPHAN)
            ]  # fmt: skip
        return orphaned

    async def delete_trackers(self, trackers: Sequence[str]) -> None:
        """Raises: AssistantDownError."""
        for begin in range(0, len(trackers), TRACKERS_A_CALL):
            await self._rasa.forget_all(trackers[begin : begin + TRACKERS_A_CALL])

    def _company_after(self, payloads: Sequence[Payload], company: str) -> str:
        """The company that the conversation is about from here on: one that a payload names, if it is served; else `company`."""
        wanted = (payload.command.switch_company for payload in payloads)
        return next((each for each in wanted if each in self._catalogue.companies), None) or company

    def _down(self, company: str, why: CandorError) -> Reply:
        named = self._catalogue.company(company)
        response = "utter_assistant_busy" if isinstance(why, PoolFullError) else "utter_assistant_down"
        text = self.responses.say(response, company_name=named.name, contact=named.contact)
        return Reply(kind="error", text=text, company=company)


def for_rasa(text: str) -> str:
    """The text in plain characters, so that "isn’t" and "１２３" are read as "isn't" and "123", and without slashes in front:
    to Rasa these would make it a command, and visitors only ever type text.
    """
    return without_dictated_signs(fold(text).text).lstrip("/ \n\t") or "…"


def reply_of(message: dict[str, Any], payload: Payload, company: str) -> Reply:
    """One of Rasa's messages as a Reply. Raises: AssistantDownError if an action sent something malformed."""
    try:
        return Reply(
            text=message.get("text", ""), company=company,
            buttons=[Button(title=button["title"], payload=button["payload"]) for button in message.get("buttons", [])],
            **dict(payload.shown),
        )  # fmt: skip
    except (ValidationError, KeyError, TypeError) as error:
        raise AssistantDownError(f"an action sent a malformed reply ({type(error).__name__})") from None


def trace_of(turn: RasaTurn) -> dict[str, Any]:
    """What Rasa did in a turn, and how long it took in milliseconds."""
    took = None if turn.milliseconds is None else round(turn.milliseconds, 1)
    return {"actions": turn.actions, "slots": turn.slots, "rasa": took}
