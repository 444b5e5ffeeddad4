"""`python -m candor.app.worker`: what nobody waits for at a page. Mail, webhooks and chats from the outbox, reminders, bounces,
retention, and what chat channels do by themselves.

Any number may run: each message is claimed by one, and one at a time runs the retention job.
"""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import sys
from collections.abc import Sequence
from contextlib import suppress

from candor.app.channels import CHATS, connect
from candor.app.conversations import make_assistant
from candor.app.figures import watch
from candor.app.retention import make_retention
from candor.channels.chat import ChatChannel
from candor.conversations.rasa import Rasa, client_of
from candor.errors import CandorError
from candor.services import Services, services
from candor.tickets.delivery.worker import ChatSender

log = logging.getLogger("candor.worker")


async def work(parts: Services, rasa: Rasa, stop: asyncio.Event, channels: Sequence[ChatChannel] = CHATS) -> None:
    """Work until `stop` is set. A message that is being sent then is sent completely: interrupted, it would be sent twice."""
    assistant = make_assistant(parts, rasa, channels)
    chats = connect(parts, assistant, channels)
    for chat in chats.values():
        await chat.start(background=True)
    job = make_retention(parts, assistant, channels).job
    async with asyncio.TaskGroup() as group:
        group.create_task(job.go_on(stop))
        group.create_task(deliver(parts, [chat.sender for chat in chats.values()], stop))
    for chat in chats.values():
        await chat.stop()
    await rasa.close()
    await assistant.close()


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
