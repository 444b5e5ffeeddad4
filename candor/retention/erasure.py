"""Erase a person: found by keyed hash of an address or number, forgotten everywhere, with a record that names nobody."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Protocol

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from candor.errors import InvalidInputError, UnknownConversationError
from candor.retention.search_variants import spellings
from candor.storage import scrub
from candor.tickets.delivery.mailer import Mailer
from candor.tickets.erasure import PersonTickets, StillOwedError, TicketErasure
from candor.tickets.reference import ALPHABET
from candor.transcripts.store import TranscriptStore
from candor.transcripts.vault import Vault


class NothingToLookForError(InvalidInputError):
    """Neither an address nor a number."""

    public = "Please type one e-mail address or one phone number. Names cannot be looked for: nothing is kept by name."


class ChannelMembers(Protocol):
    """Members of one chat channel, by the conversations they talk in."""

    def of_same_people(self, conversations: Collection[str]) -> set[str]: ...

    def forget_members(self, conversations: Collection[str]) -> int: ...

    def forget(self, conversation: str) -> None: ...


@dataclass(frozen=True)
class PersonData:
    """What there is of a person: ids and numbers, never a text."""

    conversations: frozenset[str]  # also such as are forgotten here already, and that something else still names
    kept: frozenset[str]  # of these, which still lie here
    asked: PersonTickets

    @property
    def nothing(self) -> bool:
        return not (self.conversations or self.asked.owed or self.asked.closed or self.asked.handoffs)


@dataclass(frozen=True)
class Erased:
    """What was erased, in numbers. `pending`: conversations that Rasa, being down, forgets later."""

    reference: str
    conversations: int
    requests: int
    handoffs: int
    members: Mapping[str, int]  # of each chat channel, by its name
    letters: int
    pending: int


class Erasure:
    """companies: only what concerns these; None: every company. members: of each chat channel, by its name."""

    def __init__(
        self, engine: Engine, vault: Vault, transcripts: TranscriptStore, requests: TicketErasure,
        members: Mapping[str, ChannelMembers], mailer: Mailer, cut: Callable[[str], None],
    ) -> None:  # fmt: skip
        self._engine, self._vault, self._transcripts, self._requests = engine, vault, transcripts, requests
        self._members, self._mailer, self._cut = members, mailer, cut

    def find(self, typed: str, companies: Collection[str] | None = None) -> PersonData:
        """Raises: NothingToLookForError if that is neither an address nor a number."""
        values = spellings(typed)
        if not values:
            raise NothingToLookForError("neither an address nor a number")
        self._requests.hash_older()
        said = self._of(self._vault.conversations_with(values), companies)
        asked = self._requests.find(typed, said, companies)
        # Who made a request under the address is the person; who only wrote the address may be somebody else.
        theirs = set(asked.conversations)
        for members in self._members.values():
            theirs |= self._of(members.of_same_people(asked.conversations), companies)
        conversations = frozenset(said | theirs)
        return PersonData(conversations, frozenset(self._transcripts.known(conversations)), asked)

    async def erase(
        self, typed: str, forget_now: Callable[[str], Awaitable[bool]], companies: Collection[str] | None = None
    ) -> Erased:
        """Erase all that is found. `forget_now`: the door's.

        What dies in the middle is completed by the job, as far as conversations go; a second erasure finds the rest.
        Raises: NothingToLookForError; StillOwedError if a request is owed: then nothing is erased.
        """
        found = await asyncio.to_thread(self.find, typed, companies)
        if found.asked.owed:
            raise StillOwedError
        await asyncio.to_thread(self._transcripts.forget_later, found.kept)
        members = {
            name: await asyncio.to_thread(channel.forget_members, found.asked.conversations)
            for name, channel in self._members.items()
        }
        await asyncio.to_thread(self._requests.erase, found.asked)
        pending = 0
        for conversation in sorted(found.conversations):
            try:
                pending += not await forget_now(conversation)
            except UnknownConversationError:  # forgotten after its time; what still names it goes now
                await asyncio.to_thread(self._cut, conversation)
                for channel in self._members.values():
                    await asyncio.to_thread(channel.forget, conversation)
        letters = await asyncio.to_thread(self._forget_letters, typed)
        await asyncio.to_thread(self._scrub)
        return Erased(
            new_reference(), len(found.kept), len(found.asked.closed), len(found.asked.handoffs), members, letters, pending
        )

    def _of(self, conversations: Collection[str], companies: Collection[str] | None) -> set[str]:
        return set(conversations) if companies is None else self._transcripts.of_companies(conversations, companies)

    def _forget_letters(self, typed: str) -> int:
        return sum(self._mailer.delete_to(value) for value in spellings(typed))

    def _scrub(self) -> None:
        try:
            scrub(self._engine)
        except SQLAlchemyError:  # a reader holds it back; the job does it again
            return


def new_reference() -> str:
    """What an erasure is called: random, like a request's number, and following from nothing."""
    return "E-" + "-".join("".join(secrets.choice(ALPHABET) for _ in range(4)) for _ in range(2))
