"""Deliver what lies in the outbox, and run the regular jobs of requests. Any number of processes may do both."""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, Literal, Protocol, assert_never

from sqlalchemy import Engine

from candor.database.jobs import PeriodicJob, run_jobs, run_once
from candor.database.transactions import writing
from candor.errors import CandorError
from candor.tickets.delivery.mailer import Mailer, MailRefusedError
from candor.tickets.delivery.messages import OutboxMessages
from candor.tickets.delivery.outbox import MOST_TRIES, Channel, Outbox, OutboxMessage
from candor.tickets.delivery.promised_mail import keep_promise
from candor.tickets.delivery.undelivered import MAILBOX, SET_UP, Undelivered, WhyUndelivered
from candor.tickets.delivery.webhooks import WebhookFailedError, WebhookSender
from candor.tickets.events import TALK, RequestEvents, turn_of
from candor.tickets.ticket import Ticket
from candor.tickets.writers import about_letter

log = logging.getLogger("candor.outbox")
LOOK_EVERY = timedelta(seconds=1)  # somebody waits for a code
LONGEST_PAUSE = timedelta(seconds=10)  # between looks, while the database does not answer
JOBS_EVERY = timedelta(minutes=10)
BOUNCES_EVERY = timedelta(minutes=1)
HOOKS_AT_ONCE = 3  # receivers that are called at the same time

Reader = Literal["requester", "staff"]


class WebhookRecords(Protocol):
    """The webhooks that administrators made, and how each does."""

    def target(self, webhook: int) -> WebhookSender | None:
        """What sends to it; None where it is gone or switched off."""
        ...

    def succeeded(self, webhook: int) -> None: ...

    def failed(self, webhook: int, error: Exception) -> datetime | None:
        """Until when nothing is sent to it; None where it is switched off."""
        ...


class ChatSender(Protocol):
    """Sends news to people in one chat channel. Under a key that it has sent before, it sends nothing again.

    Raises: UnavailableError if a later attempt may succeed.
    """

    async def tell_requester(self, key: str, conversation: str, ticket: Ticket) -> bool:
        """False if the conversation does not belong to this channel."""
        ...

    async def tell_staff(self, key: str, what: str, handoff: int | None, values: dict[str, Any]) -> bool:
        """False if staff are not told of this here."""
        ...

    async def pass_on(self, key: str, turn: int, to: Reader) -> bool:
        """Pass on a turn of a live chat, by its id; False if nobody reads it in this channel."""
        ...


class ConversationNews(Protocol):
    """Writes news of a request into the conversation that opened it, where its visitor reads them."""

    def tell(self, key: str, what: str, conversation: str, ticket: Ticket) -> bool:
        """Under a key that it has written before, it writes nothing again. False if the conversation was forgotten."""
        ...

    def tell_waiting(self, key: str, what: str, conversation: str, company: str) -> bool:
        """The same for news of no request, for a visitor who waits for a person. company: its id."""
        ...

    def answered(self, conversation: str) -> None:
        """A person's answer went out by mail: nobody waits there any more. Does nothing where it was forgotten."""
        ...


@dataclass(frozen=True)
class SendResult:
    """sent: False if there was nothing left to say. answered: the status that a webhook's receiver gave."""

    sent: bool
    answered: int | None = None


class StatusCallbacks(Protocol):
    """Tells authorized agents how their requests are."""

    async def send(self, message: OutboxMessage) -> int | None:
        """Make one attempt; returns what the agent answered, None if there is nothing to tell any more.

        Raises: UnavailableError if a later attempt may succeed.
        """
        ...


class OutboxWorker:
    """Delivers messages. `chats`: the chat channels, each of which is asked in turn. `conversations`: None: no news there.
    `webhooks`: the receiver of the settings; `records`: those that administrators made. `callbacks`: addresses of agents.

    Webhooks go out beside everything else, several at a time, so that a receiver that hangs holds up neither a letter with a
    code nor another receiver.

    `jobs`: name and function of what is done every ten minutes; each function gets the time. `bounces`: looks for letters that
    came back, each minute. `step` is called with the name of each step of a delivery.
    """

    def __init__(
        self, engine: Engine, events: RequestEvents, messages: OutboxMessages, mailer: Mailer,
        webhooks: WebhookSender | None = None, *, chats: Sequence[ChatSender] = (), conversations: ConversationNews | None = None,
        records: WebhookRecords | None = None, jobs: Mapping[str, Callable[[datetime], object]] | None = None,
        callbacks: StatusCallbacks | None = None, bounces: Callable[[], object] | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC), step: Callable[[str], None] = lambda _: None,
    ) -> None:  # fmt: skip
        self._engine, self._events, self._messages, self._mailer, self._webhooks = engine, events, messages, mailer, webhooks
        self._outbox, self._clock, self._step = Outbox(engine), now, step
        self._name = f"outbox-{secrets.token_hex(4)}"
        self._jobs = [PeriodicJob(name, partial(self._work, work), JOBS_EVERY) for name, work in (jobs or {}).items()]
        if bounces:
            self._jobs.append(PeriodicJob("bounces", bounces, BOUNCES_EVERY, longest_wait=JOBS_EVERY))
        self._chats, self._conversations, self._undelivered = chats, conversations, Undelivered(events)
        # What nobody here can deliver stays in the outbox until somebody can.
        self._records, self._callbacks = records, callbacks
        self._channels: list[Channel] = ["requester", "staff"]
        self._hooks: list[Channel] = ["webhook"] if webhooks or records else []
        self._hooks += ["callback"] if callbacks else []
        self._channels += ["chat", "chat_staff"] if chats else []
        self._channels += ["transcript"] if conversations else []

    async def run(self, stop: asyncio.Event) -> None:
        """Deliver and run the jobs until `stop` is set. A message that is being sent is sent completely."""
        ways = {"delivery": self._channels, **{f"webhooks {number + 1}": self._hooks for number in range(HOOKS_AT_ONCE)}}
        deliveries = [
            PeriodicJob(name, partial(self._deliver_of, channels, stop), LOOK_EVERY, longest_wait=LONGEST_PAUSE)
            for name, channels in ways.items()
            if channels
        ]
        await run_jobs([*self._jobs, *deliveries], stop)

    async def run_jobs(self) -> None:
        """Run each regular job once."""
        for job in self._jobs:
            await run_once(job)

    async def deliver(self, stop: asyncio.Event | None = None) -> Counter[str]:
        """Send everything that is due; returns how many messages became what."""
        ways = [self._channels, *([self._hooks] * HOOKS_AT_ONCE if self._hooks else [])]
        counted = await asyncio.gather(*(self._deliver_of(channels, stop) for channels in ways))
        return sum(counted, Counter())

    async def _deliver_of(self, channels: Sequence[Channel], stop: asyncio.Event | None) -> Counter[str]:
        done: Counter[str] = Counter()
        while stop is None or not stop.is_set():
            claim = partial(self._outbox.claim, without_settings=self._webhooks is None)
            message = await asyncio.to_thread(claim, self._now(), self._name, channels)
            if message is None:
                break
            self._step("claimed")
            done[await self._deliver(message)] += 1
        return done

    async def _deliver(self, message: OutboxMessage) -> str:
        if message.tries > MOST_TRIES:  # each process that claimed it died
            await self._give_up(message, "dead", SET_UP, "died while sending")
            return "dead"
        try:
            result = await self._send(message)
        except MailRefusedError as error:
            await self._give_up(message, "refused", MAILBOX, _reason(error))
            return "refused"
        except Exception as error:  # noqa: BLE001  # one message that cannot be made must not hold up the others
            log.warning("message %d was not delivered, attempt %d: %s", message.id, message.tries, type(error).__name__)
            if await asyncio.to_thread(self._try_again, message, error):
                return "again"
            await asyncio.to_thread(self._note_failure, message, SET_UP)
            return "dead"
        self._step("sent")
        if not result.sent:
            await asyncio.to_thread(self._outbox.settle, message, "lapsed", answered=result.answered)
            return "lapsed"
        await asyncio.to_thread(self._settle_sent, message, result.answered)
        if message.webhook_id and self._records:
            await asyncio.to_thread(self._records.succeeded, message.webhook_id)
        return "sent"

    def _settle_sent(self, message: OutboxMessage, answered: int | None) -> None:
        """Record that it was taken. A visitor who was promised a mail is answered by that, and not before."""
        kept: list[str] = []
        self._outbox.settle(
            message, "sent", answered=answered,
            also=lambda session: kept.extend(keep_promise(session, message, self._now())),
        )  # fmt: skip
        for conversation in kept:
            if self._conversations:
                self._conversations.answered(conversation)

    def _try_again(self, message: OutboxMessage, error: Exception) -> bool:
        """Schedule another attempt; False if the message is given up."""
        now, why, pause = self._now(), _reason(error), None
        answered = error.status if isinstance(error, WebhookFailedError) else None
        if message.webhook_id and self._records:  # first, so that nothing else is sent to this receiver in between
            pause = self._records.failed(message.webhook_id, error)
            if pause is None:
                log.error("webhook %d is switched off: it failed for too long, or is gone", message.webhook_id)
                self._outbox.settle(message, "dead", why, answered)
                return False
        return self._outbox.again(message, now, why, answered, not_before=pause)

    async def _send(self, message: OutboxMessage) -> SendResult:
        match message.channel:
            case "webhook":
                return await self._send_webhook(message)
            case "callback":
                answered = await self._callbacks.send(message) if self._callbacks else None
                return SendResult(answered is not None, answered)
            case "chat":
                sent = await (self._pass_on(message, "requester") if message.what == TALK else self._tell_requester(message))
            case "chat_staff":
                sent = await (self._pass_on(message, "staff") if message.what == TALK else self._tell_staff(message))
            case "transcript":
                sent = await asyncio.to_thread(self._tell_conversation, message)
            case "requester" | "staff":
                sent = await self._send_mail(message)
            case _:
                assert_never(message.channel)
        return SendResult(sent)

    async def _send_mail(self, message: OutboxMessage) -> bool:
        mail = await asyncio.to_thread(self._messages.mail, message, self._now())
        if mail is None:
            return False
        await self._mailer.send(mail)
        return True

    async def _send_webhook(self, message: OutboxMessage) -> SendResult:
        target = self._webhooks
        if message.webhook_id is not None:
            target = await asyncio.to_thread(self._records.target, message.webhook_id) if self._records else None
        body = await asyncio.to_thread(self._messages.hook, message)
        if body is None or target is None:
            return SendResult(sent=False)
        return SendResult(sent=True, answered=await target.send(message.key, body))

    async def _tell_requester(self, message: OutboxMessage) -> bool:
        news = await asyncio.to_thread(self._messages.news, message, self._now())
        if news is None:
            return False
        conversation, ticket = news
        return await self._ask_each(lambda chat: chat.tell_requester(message.key, conversation, ticket))

    def _tell_conversation(self, message: OutboxMessage) -> bool:
        if self._conversations is None:
            return False
        if message.handoff_id:
            waits = self._messages.waits_in(message)
            return waits is not None and self._conversations.tell_waiting(message.key, message.what, *waits)
        news = self._messages.news(message, self._now())
        return news is not None and self._conversations.tell(message.key, message.what, *news)

    async def _tell_staff(self, message: OutboxMessage) -> bool:
        values = await asyncio.to_thread(self._messages.staff_news, message, self._now())
        if values is None:
            return False
        return await self._ask_each(lambda chat: chat.tell_staff(message.key, message.what, message.handoff_id, values))

    async def _pass_on(self, message: OutboxMessage, to: Reader) -> bool:
        turn = turn_of(message.key)
        return await self._ask_each(lambda chat: chat.pass_on(message.key, turn, to))

    async def _ask_each(self, send: Callable[[ChatSender], Awaitable[bool]]) -> bool:
        """Whether any chat channel had somebody to tell. One that fails does not keep the others from being asked.

        Raises: the first channel's error; with the retry the message's key keeps the others from sending it again.
        """
        sent, failures = False, []
        for chat in self._chats:
            try:
                sent |= await send(chat)
            except Exception as error:  # noqa: BLE001  # raised below, once every channel was asked
                failures.append(error)
        if failures:
            raise failures[0]
        return sent

    def _work(self, work: Callable[[datetime], object]) -> None:
        work(self._now())

    async def _give_up(
        self, message: OutboxMessage, state: Literal["dead", "refused"], why: WhyUndelivered, reason: str
    ) -> None:  # fmt: skip
        await asyncio.to_thread(self._outbox.settle, message, state, reason)
        await asyncio.to_thread(self._note_failure, message, why)

    def _note_failure(self, message: OutboxMessage, why: WhyUndelivered) -> None:
        """Staff must see that somebody was not reached, and the requester must hear it where mail is not needed."""
        if message.channel != "requester":
            return
        with writing(self._engine, about_letter(self._engine, [message.key])) as session:
            self._undelivered.note(session, message, why, self._now())

    def _now(self) -> datetime:
        return self._clock().astimezone(UTC)


def _reason(error: Exception) -> str:
    """Why it failed, without anything a person wrote: only our own errors' messages are known to contain none."""
    return str(error) if isinstance(error, CandorError) else type(error).__name__
