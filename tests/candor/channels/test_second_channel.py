"""A second chat channel joins by standing in the list: "bell", which exists in this file alone."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import pytest
from fastapi import APIRouter, FastAPI
from fastapi.testclient import TestClient

from candor.accounts.roles import Grant
from candor.app.channels import CHATS
from candor.app.conversations import make_assistant
from candor.app.doctor import examine
from candor.app.retention import make_retention
from candor.app.web import make_app
from candor.channels.chat import ChatChannel
from candor.console.deps import COOKIE
from candor.console.requests.queue import names
from candor.console.requests.text import actor_name
from candor.conversations.assistant import Assistant
from candor.errors import UnavailableError
from candor.retention.policy import DataCount, DataKind, RetentionTask
from candor.services import Services
from candor.settings import ROOT, ChannelFacts
from candor.tickets.delivery.worker import Reader
from candor.tickets.requester import Confirmed, Opened
from candor.tickets.ticket import Ticket
from tests.fakes import FakeRasa

FACTS = ChannelFacts("bell", "Bell", chat=True, reaches_requesters=True, reaches_staff=True)


@dataclass
class BellStore:
    """Who talks in which conversation: what a real channel keeps in its tables."""

    person_of: dict[str, str] = field(default_factory=dict)

    def of_same_people(self, conversations: Collection[str]) -> set[str]:
        people = {self.person_of[one] for one in conversations if one in self.person_of}
        return {one for one, person in self.person_of.items() if person in people}

    def forget_members(self, conversations: Collection[str]) -> int:
        return len({self.person_of[one] for one in conversations if one in self.person_of})

    def forget(self, conversation: str) -> None:
        self.person_of.pop(conversation, None)


@dataclass
class BellConnection:
    """Rings for everybody whom it can reach. `broken`: for nobody."""

    store: BellStore
    assistant: Assistant
    router: APIRouter = field(default_factory=APIRouter)
    started: bool = False
    works: bool = False  # as a worker
    broken: bool = False
    requesters: list[tuple[str, str]] = field(default_factory=list)  # person, number of the request
    staff: list[str] = field(default_factory=list)  # what is told
    turns: list[tuple[Reader, int]] = field(default_factory=list)

    @property
    def sender(self) -> BellConnection:
        return self

    async def start(self, *, background: bool) -> None:
        self.started = True
        self.works = background

    async def stop(self) -> None:
        self.started = False

    async def say(self, person: str, text: str) -> str:
        """Somebody begins a conversation; its id."""
        conversation, _ = await self.assistant.begin(company="acme", channel="bell")
        self.store.person_of[conversation.id] = person
        await self.assistant.say(conversation.id, text)
        return conversation.id

    async def tell_requester(self, key: str, conversation: str, ticket: Ticket) -> bool:
        self._require_well()
        person = self.store.person_of.get(conversation)
        self.requesters += [(person, ticket.number)] if person else []
        return person is not None

    async def tell_staff(self, key: str, what: str, handoff: int | None, values: dict[str, Any]) -> bool:
        self._require_well()
        self.staff.append(what)
        return True

    async def pass_on(self, key: str, turn: int, to: Reader) -> bool:
        self._require_well()
        self.turns.append((to, turn))
        return True

    def _require_well(self) -> None:
        if self.broken:
            raise UnavailableError("the bell does not ring")


class Bell:
    """Implements ChatChannel."""

    name = "bell"
    loggers = ("ringing",)

    def __init__(self) -> None:
        self.store, self.removed_at = BellStore(), list[datetime]()

    def connect(self, parts: Services, assistant: Assistant) -> BellConnection:
        return BellConnection(self.store, assistant)

    def state(self, parts: Services) -> str:
        return "rings"

    def members(self, parts: Services) -> BellStore:
        return self.store

    def retention(self, parts: Services) -> RetentionTask:
        kind = DataKind("bell", "Bell's ids", "Who rang.", "To ring back.", "the last ring", 7)

        async def look(now: datetime) -> DataCount:
            return DataCount(len(self.store.person_of), None, 0)

        async def clean(now: datetime) -> int:
            self.removed_at.append(now)
            return 0

        return RetentionTask(kind, look, clean)

    def rotate(self, parts: Services) -> int:
        return 0


@dataclass
class Joined:
    """Candor with a bell."""

    parts: Services
    bell: Bell
    channels: list[ChatChannel]
    app: FastAPI

    @property
    def assistant(self) -> Assistant:
        assistant: Assistant = self.app.state.assistant
        return assistant

    @property
    def connection(self) -> BellConnection:
        connection: BellConnection = self.app.state.chats["bell"]
        return connection

    async def deliver(self) -> dict[str, int]:
        return await self.parts.requests.make_outbox_worker([self.connection.sender]).deliver()


@pytest.fixture
def joined(parts: Services, rasa: FakeRasa) -> Joined:
    """All that it takes: the bell stands in the list, and the settings know it."""
    bell = Bell()
    with_bell = Services(parts.settings, [*parts.settings.channels, FACTS])
    with_bell.engine, with_bell.knowledge = parts.engine, parts.knowledge
    channels: list[ChatChannel] = [*CHATS, bell]
    return Joined(with_bell, bell, channels, make_app(with_bell, rasa, channels))


def opened(joined: Joined, conversation: str, email: str = "") -> Ticket:
    """A request that needs no proof of identity."""
    result = joined.parts.requests.desk.open(
        Confirmed("yes-1", "acme", "opt_out_of_sale", conversation, email=email, residence="US-CA")
    )
    assert isinstance(result, Opened)
    return result.ticket


async def test_who_asked_there_is_told_how_their_request_goes_on(joined: Joined) -> None:
    """News of a request go to the channel that it was opened in."""
    conversation = await joined.connection.say("ada", "do not sell my data")
    ticket = opened(joined, conversation)

    joined.parts.requests.staff_desk.complete(ticket.number, "done", "staff:bob")
    done = await joined.deliver()

    assert joined.connection.requesters == [("ada", ticket.number)]
    assert done["again"] == 0


async def test_a_request_from_elsewhere_is_none_of_its_affairs(joined: Joined) -> None:
    """Each channel is asked; none that does not know the conversation says anything."""
    begun, _ = await joined.assistant.begin(company="acme", channel="web")
    ticket = opened(joined, begun.id)

    joined.parts.requests.staff_desk.complete(ticket.number, "done", "staff:bob")
    done = await joined.deliver()

    assert joined.connection.requesters == []
    assert done["lapsed"] == 1


async def test_staff_are_told_there_that_somebody_waits(joined: Joined) -> None:
    """Whether a channel reaches staff is said by its settings."""
    conversation = await joined.connection.say("ada", "a person, please")

    joined.parts.conversations.handoff_queue.wanted(conversation, "acme")
    await joined.deliver()

    assert joined.connection.staff == ["staff_person"]


async def test_what_is_said_in_a_live_chat_is_passed_on_there(joined: Joined) -> None:
    """To the visitor what the person says, to the person what the visitor says."""
    conversation = await joined.connection.say("ada", "a person, please")
    joined.parts.conversations.handoff_queue.wanted(conversation, "acme")
    live_chat = joined.assistant.live_chat

    session = live_chat.take(conversation, "bell:eve", "Eve")
    live_chat.say(session, "bell:eve", "Eve", "I am here", "message-1")
    await joined.assistant.say(conversation, "good")
    await joined.deliver()

    assert [to for to, _ in joined.connection.turns] == ["requester", "staff", "requester", "staff"]  # joins, says, asks


async def test_one_channel_that_is_down_does_not_silence_another(joined: Joined) -> None:
    """The message is sent again; under its key, nobody gets it twice."""
    conversation = await joined.connection.say("ada", "a person, please")
    broken = BellConnection(BellStore(), joined.assistant, broken=True)

    joined.parts.conversations.handoff_queue.wanted(conversation, "acme")
    done = await joined.parts.requests.make_outbox_worker([broken, joined.connection]).deliver()

    assert joined.connection.staff == ["staff_person"]
    assert done == {"again": 1}


async def test_its_ids_take_part_in_retention(joined: Joined) -> None:
    """They have a period of their own, and a run removes what is over."""
    await joined.connection.say("ada", "hello")
    job = make_retention(joined.parts, joined.assistant, joined.channels).job

    [seen] = [one.count for one in await job.status() if one.kind.name == "bell"]
    run = await job.run()

    assert seen == DataCount(1, None, 0)
    assert len(joined.bell.removed_at) == 1
    assert run.failed == ()


async def test_a_forgotten_conversation_is_forgotten_there_too(joined: Joined) -> None:
    """Nothing says any more who talked in it."""
    conversation = await joined.connection.say("ada", "hello")

    await joined.assistant.forget(conversation)

    assert joined.bell.store.person_of == {}


async def test_an_erased_person_is_erased_there_too(joined: Joined) -> None:
    """With what they said in other conversations of the same channel."""
    conversation = await joined.connection.say("ada", "hello")
    other = await joined.connection.say("ada", "do you sell my data?")
    ticket = opened(joined, conversation, email="ada@example.com")
    joined.parts.requests.staff_desk.complete(ticket.number, "done", "staff:bob")
    erasing = make_retention(joined.parts, joined.assistant, joined.channels).erasing

    erased = await erasing.erase("ada@example.com", joined.assistant.forget_now)

    assert erased.members == {**dict.fromkeys((chat.name for chat in CHATS), 0), "bell": 1}
    assert erased.conversations == len({conversation, other})
    assert joined.bell.store.person_of == {}


def test_it_starts_and_stops_with_the_application(joined: Joined) -> None:
    """As Slack does; what needs no page is left to a worker."""
    with TestClient(joined.app):
        started, works = joined.connection.started, joined.connection.works

    assert (started, works) == (True, False)
    assert not joined.connection.started


async def test_the_console_calls_it_by_its_label(joined: Joined) -> None:
    """In the filter of figures, beside who waits, and where one of its members did something."""
    conversation = await joined.connection.say("ada", "a person, please")
    joined.parts.conversations.handoff_queue.wanted(conversation, "acme")
    staff = joined.parts.staff
    account = staff.accounts.add("bob@example.com", "Bob", [Grant("privacy_officer")])
    desk = TestClient(joined.app, base_url="http://testserver/console/")
    desk.cookies.set(COOKIE, staff.sessions.begin(account, "password"), path="/console")

    figures, waiting, case = (desk.get(page).text for page in ("figures", "waiting", f"waiting/{conversation}"))
    forgets = desk.get(f"conversations/{conversation}/forget").text

    assert re.search(r'<option value="bell"[^>]*>Bell</option>', figures)
    assert "Acme, in Bell" in waiting
    assert "in Bell: gets it as a direct message" in case
    assert " or ".join(chat.label for chat in joined.parts.channels.chats) in forgets
    assert actor_name("bell:eve", names(joined.parts)) == "eve, in Bell"


def test_the_doctor_looks_at_it(joined: Joined) -> None:
    """Under its label, beside Slack."""
    findings = {finding.part: finding.what for finding in examine(joined.parts, joined.channels)}

    assert findings["Bell"] == "rings"
    assert "Slack" in findings


def test_every_chat_channel_of_the_settings_has_its_code(parts: Services) -> None:
    """Both lists name the same: a channel in one of them only would take messages that nobody delivers."""
    assert [chat.name for chat in CHATS] == [chat.name for chat in parts.channels.chats]


# What may name Slack beside its own room: the settings, tables that exist, and the one list of channels.
MAY_NAME_SLACK = ("candor/channels/slack/", "candor/settings.py", "candor/migrations/", "candor/app/channels.py")
# Words that people use: what they ask of a policy, and what is no name of a person. They say nothing of our channels.
WORDS_OF_PEOPLE = {
    "knowledge/aspects.yml", "knowledge/named_things.yml", "knowledge/spelling.txt", "candor/transcripts/lexicon.txt",
    "candor/transcripts/recognizers/people.py", "candor/transcripts/tagger.safetensors",
}  # fmt: skip
BUILT = {"node_modules", "dist", "__pycache__"}


def test_nothing_else_knows_slack() -> None:
    """Else a second channel would have to be added in every such place."""
    files = [path for top in ("actions", "candor", "knowledge") for path in (ROOT / top).rglob("*") if path.is_file()]
    named = [
        str(path.relative_to(ROOT))
        for path in files
        if not BUILT & set(path.parts) and "slack" in path.read_text(encoding="utf-8", errors="ignore").lower()
    ]

    assert [name for name in named if not name.startswith(MAY_NAME_SLACK) and name not in WORDS_OF_PEOPLE] == []


def test_an_assistant_without_chat_channels_works(parts: Services, rasa: FakeRasa) -> None:
    """The list may be empty."""
    assert make_app(parts, rasa, []).state.chats == {}
    assert make_assistant(parts, rasa, []).live_chat is parts.conversations.live_chat
