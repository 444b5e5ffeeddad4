"""What a chat channel is to the rest of Candor. All of them are listed in candor/app/channels.py."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

# The list of channels is read by every command, also by one that only prints its help: types alone load nothing.
if TYPE_CHECKING:
    from fastapi import APIRouter

    from candor.conversations.assistant import Assistant
    from candor.retention.erasure import ChannelMembers
    from candor.retention.policy import RetentionTask
    from candor.services import Services
    from candor.tickets.delivery.worker import ChatSender


class ChatConnection(Protocol):
    """A chat channel that is set up, in one process: the web, which has its routes, or a worker."""

    @property
    def router(self) -> APIRouter:
        """Its HTTP routes; without any where it is not called over HTTP."""
        ...

    @property
    def sender(self) -> ChatSender:
        """Sends what the outbox holds for people in this channel."""
        ...

    async def start(self, *, background: bool) -> None:
        """Open what needs a running loop. It does not wait for the other side: the web pages do not depend on it.

        background: in a worker, also what is not called over HTTP: a socket, and regular jobs.
        """
        ...

    async def stop(self) -> None:
        """Finish what is being answered, and close."""
        ...


class ChatChannel(Protocol):
    """One chat channel, whether it is set up or not: what it stored earlier is kept and forgotten all the same."""

    @property
    def name(self) -> str:
        """As conversations and actors carry it, and as Settings.channels lists it."""
        ...

    @property
    def loggers(self) -> tuple[str, ...]:
        """Loggers of its libraries whose messages may contain what a person wrote."""
        ...

    def connect(self, parts: Services, assistant: Assistant) -> ChatConnection | None:
        """The connection; None if the channel is switched off or wrongly set up, which keeps nobody from the web pages."""
        ...

    def state(self, parts: Services) -> str:
        """What `candor doctor` says of it. Raises: CandorError with the cure of a fault."""
        ...

    def members(self, parts: Services) -> ChannelMembers:
        """Which of its members talk in which conversation, for forgetting and erasing."""
        ...

    def retention(self, parts: Services) -> RetentionTask:
        """The kind of data that it stores, how long that is kept, and what removes it."""
        ...

    def rotate(self, parts: Services) -> int:
        """Encrypt its tokens with the newest key; returns how many. Raises: LostKeyError; then nothing is changed."""
        ...
