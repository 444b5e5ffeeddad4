"""Deliver what lies in the outbox, and do what is to be done by the clock. Any number of processes may run one."""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, Literal, Protocol

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from candor.errors import CandorError
from candor.storage import writing
from candor.tickets.delivery.mailer import Mailer, MailRefusedError
from candor.tickets.delivery.messages import OutboxMessages
from candor.tickets.delivery.outbox import MOST_TRIES, Channel, Outbox, OutboxMessage
from candor.tickets.events import TALK, RequestEvents
from candor.tickets.models import HandoffRow, TicketRow
from candor.tickets.ticket import Ticket

log = logging.getLogger("candor.courier")
LOOK_EVERY = 1.0  # seconds: somebody waits for a code
JOBS_EVERY = timedelta(minutes=10)


class WebhookSender(Protocol):
    """Takes one webhook along. Raises: UnavailableError."""

    async def send(self, key: str, body: dict[str, Any]) -> None: ...


class ChatSender(Protocol):
    """Takes news to where people chat. Raises: UnavailableError if later may be better."""

    async def tell_requester(self, key: str, conversation: str, ticket: Ticket) -> bool:
        """False if the conversation is none of this channel's."""
        ...

    async def tell_staff(self, key: str, what: str, handoff: int | None, values: dict[str, Any]) -> bool: ...

    async def pass_on(self, key: str) -> bool:
        """A turn of a talk between people, named by the parcel's key; False if there is nobody to pass it on to."""
        ...


class OutboxWorker:
    """The delivery worker. `jobs` are done every ten minutes, each with the time; `step` is told of each step of a delivery."""

    def __init__(
        self, engine: Engine, ledger: RequestEvents, parcels: OutboxMessages, post: Mailer, hook: WebhookSender | None = None, *,
        jobs: tuple[Callable[[datetime], object], ...] = (), now: Callable[[], datetime] = lambda: datetime.now(UTC),
        step: Callable[[str], None] = lambda _: None,
    ) -> None:  # fmt: skip
        self._engine, self._ledger, self._parcels, self._post, self._hook = engine, ledger, parcels, post, hook
        self._outbox, self._jobs, self._clock, self._step = Outbox(engine), jobs, now, step
        self._name = f"courier-{secrets.token_hex(4)}"
        self._next_jobs = datetime.min.replace(tzinfo=UTC)
        # Without a receiver, webhooks written earlier wait until there is one again.
        self._channels: tuple[Channel, ...] = ("requester", "staff", "webhook") if hook else ("requester", "staff")
        self._chat: ChatSender | None = None

    def join(self, chat: ChatSender) -> None:
        """From here on this process also carries what is said in a chat."""
        self._chat = chat
        self._channels = (*self._channels, "chat", "chat_staff")

    async def run(self, stop: asyncio.Event) -> None:
        """Deliver until `stop` is set; what is being sent is sent to its end. No fault ends it."""
        while not stop.is_set():
            try:
                await self.jobs()
                await self.deliver(stop)
            except (CandorError, SQLAlchemyError) as error:
                log.error("delivery paused: %s", type(error).__name__)
            try:
                await asyncio.wait_for(stop.wait(), LOOK_EVERY)
            except TimeoutError:
                continue

    async def jobs(self) -> None:
        """Do the regular jobs if it is time for them. A job that fails is tried again the next time."""
        if self._now() < self._next_jobs:
            return
        self._next_jobs = self._now() + JOBS_EVERY
        for job in self._jobs:
            try:
                await asyncio.to_thread(job, self._now())
            except (CandorError, SQLAlchemyError) as error:
                log.error("a regular job failed: %s", type(error).__name__)

    async def deliver(self, stop: asyncio.Event | None = None) -> Counter[str]:
        """Send all that is due; says how many parcels became what."""
        done: Counter[str] = Counter()
        while stop is None or not stop.is_set():
            parcel = await asyncio.to_thread(self._outbox.claim, self._now(), self._name, self._channels)
            if parcel is None:
                break
            self._step("claimed")
            done[await self._carry(parcel)] += 1
        return done

    async def _carry(self, parcel: OutboxMessage) -> str:
        if parcel.tries > MOST_TRIES:  # whoever carried it died each time
            await self._give_up(parcel, "dead", "died while sending")
            return "dead"
        try:
            sent = await self._send(parcel)
        except MailRefusedError as error:
            await self._give_up(parcel, "refused", _plain(error))
            return "refused"
        except Exception as error:  # noqa: BLE001  # a parcel that cannot be made must not keep the others waiting
            log.warning("parcel %d was not delivered, try %d: %s", parcel.id, parcel.tries, type(error).__name__)
            if await asyncio.to_thread(self._outbox.again, parcel, self._now(), _plain(error)):
                return "again"
            await asyncio.to_thread(self._note, parcel)
            return "dead"
        self._step("sent")
        await asyncio.to_thread(self._outbox.settle, parcel, "sent" if sent else "lapsed")
        return "sent" if sent else "lapsed"

    async def _send(self, parcel: OutboxMessage) -> bool:
        """False if there was nothing left to say."""
        if parcel.channel == "webhook":
            body = await asyncio.to_thread(self._parcels.hook, parcel)
            if body is None or self._hook is None:
                return False
            await self._hook.send(parcel.key, body)
            return True
        if parcel.channel in {"chat", "chat_staff"}:
            return await self._say(parcel)
        message = await asyncio.to_thread(self._parcels.mail, parcel, self._now())
        if message is None:
            return False
        await self._post.send(message)
        return True

    async def _say(self, parcel: OutboxMessage) -> bool:
        assert self._chat is not None  # noqa: S101  (only who has joined a chat claims what is said there)
        if parcel.what == TALK:
            return await self._chat.pass_on(parcel.key)
        if parcel.channel == "chat":
            news = await asyncio.to_thread(self._parcels.news, parcel)
            return bool(news and await self._chat.tell_requester(parcel.key, *news))
        values = await asyncio.to_thread(self._parcels.staff_news, parcel, self._now())
        return bool(values and await self._chat.tell_staff(parcel.key, parcel.what, parcel.handoff_id, values))

    async def _give_up(self, parcel: OutboxMessage, state: Literal["dead", "refused"], why: str) -> None:
        await asyncio.to_thread(self._outbox.settle, parcel, state, why)
        await asyncio.to_thread(self._note, parcel)

    def _note(self, parcel: OutboxMessage) -> None:
        """Staff must see that somebody was not reached."""
        if parcel.channel != "requester":
            return
        with writing(self._engine) as session:
            row = session.get(TicketRow, parcel.ticket_id) if parcel.ticket_id else None
            if row is not None:
                self._ledger.note(session, row, "mail_not_delivered", "system", self._now(), data={"letter": parcel.what})
            asked = session.get(HandoffRow, parcel.handoff_id) if parcel.handoff_id else None
            if asked is not None and asked.email is not None:  # they wait again
                asked.answered_at, asked.answered_by = None, ""
                self._ledger.tell_staff(session, "staff_came_back", self._now(), handoff=asked.id)

    def _now(self) -> datetime:
        return self._clock().astimezone(UTC)


def _plain(error: Exception) -> str:
    """Why, without what a person wrote: only our own errors' messages are known to hold none."""
    return str(error) if isinstance(error, CandorError) else type(error).__name__
