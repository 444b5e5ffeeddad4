"""Erase a person: find them by the keyed hash of a masked value, delete their data everywhere, and record it namelessly."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from candor.database.transactions import scrub
from candor.errors import InvalidInputError, UnknownConversationError
from candor.retention.forgotten import Forgotten, ForgottenList, mark
from candor.retention.search_variants import search_variants
from candor.tickets.delivery.mailer import Mailer
from candor.tickets.erasure import PersonTickets, StillOpenError, TicketErasure
from candor.tickets.reference import ALPHABET
from candor.transcripts.store import TranscriptStore
from candor.transcripts.vault import Vault


class NotSearchableError(InvalidInputError):
    """What was typed can be no value that was masked."""

    public = "Please type one whole value, such as an e-mail address, a number or a full name."


class ChannelMembers(Protocol):
    """Members of one chat channel, by the conversations they talk in."""

    def of_same_people(self, conversations: Collection[str]) -> set[str]: ...

    def forget_members(self, conversations: Collection[str]) -> int: ...

    def forget(self, conversation: str) -> None: ...


@dataclass(frozen=True)
class PersonData:
    """What is stored of a person: ids and numbers, never a text."""

    conversations: frozenset[str]  # also those that are deleted here already, but still named by something else
    stored: frozenset[str]  # those of them that are still stored here
    tickets: PersonTickets

    @property
    def is_empty(self) -> bool:
        return not (self.conversations or self.tickets.open_numbers or self.tickets.closed or self.tickets.handoffs)


@dataclass(frozen=True)
class ErasureReport:
    """How much was erased. `pending`: conversations that Rasa, which was down, deletes later."""

    reference: str
    conversations: int
    requests: int
    handoffs: int
    members: Mapping[str, int]  # of each chat channel, by its name
    letters: int
    pending: int


@dataclass(frozen=True)
class ForgottenAgain:
    """How much of a restored state was forgotten anew. reopened: requests that are open in it; they had been answered."""

    conversations: int
    requests: int
    reopened: tuple[str, ...]


class Erasure:
    """Finds and erases persons. companies: only their data; None: that of every company."""

    def __init__(
        self, engine: Engine, vault: Vault, transcripts: TranscriptStore, requests: TicketErasure,
        members: Mapping[str, ChannelMembers], mailer: Mailer, unlink: Callable[[str], None], forgotten: ForgottenList,
        beside: Sequence[Callable[[Collection[str]], int]] = (),
    ) -> None:  # fmt: skip
        """members: of each chat channel, by the channel's name. unlink: removes a conversation's id from requests.

        forgotten: where it is recorded, together with it, that a person is erased. beside: what else may name the person by a
        value, such as filters that staff saved; each removes that, given the spellings in small letters.
        """
        self._beside = beside
        self._engine, self._vault, self._transcripts, self._requests = engine, vault, transcripts, requests
        self._members, self._mailer, self._unlink, self._forgotten = members, mailer, unlink, forgotten

    def find(self, typed: str, companies: Collection[str] | None = None) -> PersonData:
        """What is stored of a person. Raises: NotSearchableError if `typed` is no whole value."""
        variants = search_variants(typed)
        if not variants:
            raise NotSearchableError("no whole value")
        self._requests.hash_older()
        mentioning = self._within(self._vault.conversations_with(variants), companies)
        return self._with_theirs(mentioning, self._requests.find(typed, mentioning, companies), companies)

    def _with_theirs(self, mentioning: set[str], tickets: PersonTickets, companies: Collection[str] | None) -> PersonData:
        # Whoever made a request under the address is the person; whoever only mentioned it may be somebody else.
        theirs = set(tickets.conversations)
        for members in self._members.values():
            theirs |= self._within(members.of_same_people(tickets.conversations), companies)
        conversations = frozenset(mentioning | theirs)
        return PersonData(conversations, frozenset(self._transcripts.known(conversations)), tickets)

    async def erase(
        self, typed: str, forget_now: Callable[[str], Awaitable[bool]], companies: Collection[str] | None = None
    ) -> ErasureReport:
        """Erase everything that `find` finds. `forget_now`: the assistant's; deletes a conversation here and in Rasa.

        If the process dies in between, the retention job deletes the rest of the conversations, and a second erasure finds
        everything else.
        Raises: NotSearchableError; StillOpenError if a request of theirs is still open, or was opened again meanwhile: then
        nothing is erased, and nothing noted.
        """
        person = await asyncio.to_thread(self.find, typed, companies)
        if person.tickets.open_numbers:
            raise StillOpenError
        hashes = self._vault.hashes(search_variants(typed)), self._requests.hashes(typed)

        def note(session: Session) -> None:
            self._forgotten.add_person(session, *hashes, companies)

        members = await asyncio.to_thread(self._erase_tickets, person, note)
        pending = 0
        for conversation in sorted(person.conversations):
            try:
                pending += not await forget_now(conversation)
            except UnknownConversationError:  # deleted when its period was over; now what still names it goes
                await asyncio.to_thread(self._unlink, conversation)
                for channel in self._members.values():
                    await asyncio.to_thread(channel.forget, conversation)
        letters = await asyncio.to_thread(self._forget_letters, typed)
        for forget in self._beside:
            await asyncio.to_thread(forget, search_variants(typed))
        await asyncio.to_thread(self._scrub)
        return ErasureReport(
            new_reference(), len(person.stored), len(person.tickets.closed), len(person.tickets.handoffs), members, letters,
            pending,
        )  # fmt: skip

    def _erase_tickets(
        self, person: PersonData, note: Callable[[Session], None] = lambda _: None, *, also_open: bool = False
    ) -> dict[str, int]:  # fmt: skip
        """Everything but the conversations, of which the same transaction says that they must go. Returns how many members of
        each chat channel were forgotten.
        """

        def along(session: Session) -> None:
            note(session)
            self._transcripts.add_pending_deletions(person.stored, session)

        self._requests.erase(person.tickets, also_open=also_open, along=along)
        conversations = person.tickets.conversations
        return {name: channel.forget_members(conversations) for name, channel in self._members.items()}

    def forget_again(self, entries: Iterable[Forgotten], forget_now: Callable[[str], None]) -> ForgottenAgain:
        """Forget what had been forgotten before an older state was restored. forget_now: deletes a conversation here.

        What came after an entry stays: who was erased may have come back since.
        """
        conversations, requests, reopened = 0, 0, list[str]()
        by_mark = {mark("conversation", each): each for each in self._transcripts.all_ids()}
        values = {mark("value", each): each for each in self._vault.all_hashes()}
        addresses = {mark("address", each): each for each in self._requests.all_hashes()}
        for entry in entries:
            forgotten = {by_mark[each] for each in entry.marks & by_mark.keys()}
            if entry.is_person:
                hashes = {values[each] for each in entry.marks & values.keys()}
                found = self._within(self._vault.conversations_with_hashes(hashes, entry.at), entry.companies)
                theirs = [addresses[each] for each in entry.marks & addresses.keys()]
                tickets = self._requests.find_by_hashes(theirs, found, entry.companies, entry.at)
                person = self._with_theirs(found, tickets, entry.companies)
                self._erase_tickets(person, also_open=True)
                forgotten |= person.conversations
                requests += len(tickets.closed) + len(tickets.open)
                reopened += tickets.open_numbers
            for conversation in sorted(forgotten & self._transcripts.known(forgotten)):
                forget_now(conversation)
                conversations += 1
        self._scrub()
        return ForgottenAgain(conversations, requests, tuple(reopened))

    def _within(self, conversations: Collection[str], companies: Collection[str] | None) -> set[str]:
        return set(conversations) if companies is None else self._transcripts.of_companies(conversations, companies)

    def _forget_letters(self, typed: str) -> int:
        return sum(self._mailer.delete_to(variant) for variant in search_variants(typed))

    def _scrub(self) -> None:
        try:
            scrub(self._engine)
        except SQLAlchemyError:  # a reader blocks it; the retention job tries again
            return


def new_reference() -> str:
    """The reference of an erasure: random, like a request's number."""
    return "E-" + "-".join("".join(secrets.choice(ALPHABET) for _ in range(4)) for _ in range(2))
