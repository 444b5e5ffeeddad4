"""`python -m candor.app.worker`: what nobody waits for at a page. Mail, webhooks and chats from the outbox, reminders, bounces,
retention, and what chat channels do by themselves. Where all of Candor runs together, the web does this beside its pages, which
saves the memory of a process.

Any number may run: each message is claimed by one, and one at a time runs the retention job.
"""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress

from candor.app.channels import CHATS, connect
from candor.app.conversations import make_assistant
from candor.app.figures import watch
from candor.app.retention import make_retention
from candor.channels.chat import ChatChannel
from candor.conversations.rasa import Rasa, client_of
from candor.errors import CandorError
from candor.retention.job import RetentionJob
from candor.services import Services, services
from candor.tickets.delivery.worker import ChatSender

log = logging.getLogger("candor.worker")
BEGUN_AGAIN = 30  # seconds after the work has failed as a whole beside the pages


async def work(parts: Services, rasa: Rasa, stop: asyncio.Event, channels: Sequence[ChatChannel] = CHATS) -> None:
    """Work until `stop` is set. A message that is being sent then is sent completely: interrupted, it would be sent twice."""
    assistant = make_assistant(parts, rasa, channels)
    chats = connect(parts, assistant, channels)
    for chat in chats.values():
        await chat.start(background=True)
    await run(parts, make_retention(parts, assistant, channels).job, [chat.sender for chat in chats.values()], stop)
    for chat in chats.values():
        await chat.stop()
    await rasa.close()
    await assistant.close()


async def run(parts: Services, job: RetentionJob, chats: Sequence[ChatSender], stop: asyncio.Event) -> None:
    """What a worker does, in whichever process, until `stop` is set."""
    async with asyncio.TaskGroup() as group:
        group.create_task(job.go_on(stop))
        group.create_task(deliver(parts, chats, stop))


@asynccontextmanager
async def beside(
    parts: Services, job: RetentionJob, chats: Sequence[ChatSender], pause: float = BEGUN_AGAIN
) -> AsyncIterator[None]:
    """Do a worker's work beside what else this process does, for as long as the block goes on. Should it fail as a whole, it is
    begun again after so many seconds: nobody would notice that it had ended.
    """
    stop = asyncio.Event()

    async def go_on() -> None:
        while not stop.is_set():
            try:
                await run(parts, job, chats, stop)
            except Exception as error:  # noqa: BLE001  # the pages go on, and so must the work
                log.error("the work has ended (%s); it is begun again in %g s", type(error).__name__, pause)
                with suppress(TimeoutError):
                    await asyncio.wait_for(stop.wait(), pause)

    working = asyncio.create_task(go_on())
    try:
        yield
    finally:
        stop.set()
        await working


async def deliver(parts: Services, chats: Sequence[ChatSender], stop: asyncio.Event) -> None:
    """Deliver what lies in the outbox until `stop` is set."""
    try:
        outbox = parts.requests.make_outbox_worker(chats)
    except CandorError as error:  # people can still ask; `candor doctor` says the same
        log.error("nothing is delivered: %s", error)
        await stop.wait()
        return
    await outbox.run(stop)


async def _until_told(parts: Services, rasa: Rasa) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    log.info("the worker has begun")
    await work(parts, rasa, stop)
    log.info("the worker has ended")


def main() -> int:
    os.umask(0o077)  # what a process of ours writes is for its own user alone
    parts = services()
    watch(parts, "worker")
    with suppress(KeyboardInterrupt):
        asyncio.run(_until_told(parts, client_of(parts.settings)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
