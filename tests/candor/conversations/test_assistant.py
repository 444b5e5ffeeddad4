"""The one assistant: masks, asks Rasa once, records the turn, and says so when nobody can answer."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, cast

import pytest

from actions.fields import asks_for
from candor.app.conversations import make_assistant
from candor.conversations.ahead import Ahead
from candor.conversations.assistant import Assistant, TurnResult, for_rasa
from candor.conversations.payload import Payload, Shown
from candor.conversations.rasa import RasaTurn
from candor.conversations.reply import AskedField, Choice
from candor.errors import AssistantDownError, UnknownCompanyError, UnknownConversationError
from candor.services import Services
from candor.transcripts.models import TurnRow
from tests.actions.requests import a_request
from tests.fakes import FakeRasa

PLACE = {"title": "Germany", "payload": "Germany", "code": "DE"}
EVIDENCE = {"version": "2026-01-15", "aspect": None, "passages": [{"start": 1, "end": 9, "score": 0.7, "cited": True}]}


class GatedRasa(FakeRasa):
    """Answers only once its gate is open; records in which order it answered and forgot."""

    def __init__(self) -> None:
        super().__init__()
        self.arrived, self.gate = asyncio.Semaphore(0), asyncio.Event()
        self.waiting = 0
        self.order: list[str] = []

    async def send(self, *, sender: str, text: str, company: str, message_id: str) -> RasaTurn:
        self.waiting += 1
        self.arrived.release()
        await self.gate.wait()
        turn = await super().send(sender=sender, text=text, company=company, message_id=message_id)
        self.order.append("answered")
        return turn

    async def forget(self, sender: str) -> None:
        await super().forget(sender)
        self.order.append("forgotten")


class CountingExecutor(ThreadPoolExecutor):
    """Counts how often something waits in its threads."""

    submitted = 0

    def submit(self, work: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        self.submitted += 1
        return super().submit(work, *args, **kwargs)


@pytest.fixture
async def conversation(assistant: Assistant) -> str:
    """A conversation's id."""
    conversation, _ = await assistant.begin(company="acme", channel="web")
    return conversation.id


def door_to(rasa: FakeRasa, parts: Services) -> Assistant:
    return make_assistant(parts, rasa)


async def everything_else(parts: Services) -> None:
    """Let all other tasks go on as far as they can: each step of theirs is shorter than these."""
    for _ in range(20):
        await asyncio.to_thread(parts.conversations.transcripts.older_than, 1)


def only_turn(parts: Services, conversation: str) -> TurnRow:
    (turn,) = parts.conversations.transcripts.turns(conversation)
    return turn


def test_a_new_conversation_is_greeted_in_the_companys_name(assistant: Assistant, parts: Services) -> None:
    """And is known from then on."""
    conversation, greeting = asyncio.run(assistant.begin(company="acme", channel="web"))

    assert (greeting.kind, greeting.company) == ("smalltalk", "acme")
    assert "Acme" in greeting.text
    assert parts.conversations.transcripts.get(conversation.id) == conversation


async def test_a_company_that_is_not_there_begins_nothing(assistant: Assistant) -> None:
    """The visitor learns it before typing anything."""
    with pytest.raises(UnknownCompanyError):
        await assistant.begin(company="nosuch", channel="web")


async def test_rasa_and_the_transcript_only_see_tokens(
    assistant: Assistant, rasa: FakeRasa, parts: Services, conversation: str
) -> None:
    """Personal data goes to the vault before anyone else sees the message."""
    await assistant.say(conversation, "delete me: jo@example.com, +44 20 7946 0958")

    assert rasa.sent == [{"sender": conversation, "text": "delete me: <email_1>, <phone_1>", "company": "acme"}]
    assert only_turn(parts, conversation).text == "delete me: <email_1>, <phone_1>"
    assert parts.conversations.vault.reveal(conversation, "<email_1>") == "jo@example.com"


@pytest.mark.parametrize("text", ["/restart", "/request_deletion", "//session_start", " / /affirm", "/", '/inform{"a": 1}'])
async def test_a_slash_is_no_command(assistant: Assistant, rasa: FakeRasa, parts: Services, conversation: str, text: str) -> None:
    """To Rasa it would be one: nobody types an intent, or restarts a conversation, past the understanding."""
    await assistant.say(conversation, text)

    assert not rasa.sent[0]["text"].startswith("/")
    assert rasa.sent[0]["text"]
    assert only_turn(parts, conversation).text == text.strip()


class Reading:
    """Remembers what was to be read ahead."""

    def __init__(self) -> None:
        self.texts: list[str] = []

    async def read(self, text: str, company: str) -> None:
        self.texts.append(text)

    async def close(self) -> None:
        pass


async def test_a_message_is_read_ahead_only_if_nobody_else_is_answered(parts: Services) -> None:
    """As Rasa gets it: masked. What is no question is read for nothing, and under load each core has other work."""
    rasa, reading = GatedRasa(), Reading()
    assistant = make_assistant(parts, rasa, ahead=cast(Ahead, reading))
    first, second = [(await assistant.begin(company="acme", channel="web"))[0].id for _ in range(2)]

    turns = [asyncio.create_task(assistant.say(first, "do you know jo@example.com already"))]
    await rasa.arrived.acquire()
    turns.append(asyncio.create_task(assistant.say(second, "do you sell my data")))
    await rasa.arrived.acquire()
    rasa.gate.set()
    await asyncio.gather(*turns)
    await assistant.close()

    assert reading.texts == ["do you know <email_1> already"]


def test_only_slashes_at_the_front_are_taken_away() -> None:
    """Elsewhere they are text."""
    assert for_rasa("is it 24/7 and/or not") == "is it 24/7 and/or not"
    assert for_rasa("/restart now") == "restart now"


async def test_a_turn_is_recorded_with_what_it_rests_on(parts: Services) -> None:
    """Intent, confidence, the ranking, the evidence with the policy's version, and the replies as they were shown."""
    message = {"text": "This is what it says:", "custom": {"kind": "answer", "answer_id": "a_1", "evidence": EVIDENCE}}
    assistant = door_to(FakeRasa(message), parts)
    conversation, _ = await assistant.begin(company="acme", channel="web")

    answered = await assistant.say(conversation.id, "do you sell my data")

    turn = only_turn(parts, conversation.id)
    assert (turn.state, turn.intent, turn.confidence) == ("answered", "greet", 0.9)
    assert turn.intent_ranking == [{"name": "greet", "confidence": 0.9}]
    assert turn.evidence == EVIDENCE
    assert turn.replies == [reply.model_dump() for reply in answered.replies]
    assert turn.milliseconds is not None


async def test_each_message_of_rasa_becomes_one_reply(parts: Services) -> None:
    """Text, buttons and payload; what is ours alone, such as the evidence, is not passed on."""
    assistant = door_to(
        FakeRasa(
            {"text": "Shall I?", "custom": {"kind": "request", "request_type": "deletion", "proposal": "p_1"},
             "buttons": [{"title": "Yes", "payload": "yes"}]},
            {"text": "Anything else?"},
        ),
        parts,
    )  # fmt: skip
    conversation, _ = await assistant.begin(company="acme", channel="web")

    first, second = (await assistant.say(conversation.id, "delete my data")).replies

    assert (first.kind, first.request_type, first.company) == ("request", "deletion", "acme")
    assert [(button.title, button.payload) for button in first.buttons] == [("Yes", "yes")]
    assert (second.kind, second.text) == ("smalltalk", "Anything else?")
    assert "proposal" not in first.model_dump()


async def test_the_same_message_asks_rasa_once(assistant: Assistant, rasa: FakeRasa, parts: Services, conversation: str) -> None:
    """A client that lost the answer sends it again and gets the first one's replies; a yes cannot count twice."""
    first = await assistant.say(conversation, "yes", "message-1")
    rasa.messages = [{"text": "something else"}]

    again = await assistant.say(conversation, "yes", "message-1")

    assert again == first
    assert len(rasa.sent) == 1
    assert len(parts.conversations.transcripts.turns(conversation)) == 1


async def test_the_same_message_sent_twice_at_once_asks_rasa_once(parts: Services) -> None:
    """A double click is one message."""
    rasa = GatedRasa()
    assistant = door_to(rasa, parts)
    conversation, _ = await assistant.begin(company="acme", channel="web")
    sends = [asyncio.create_task(assistant.say(conversation.id, "yes", "message-1")) for _ in range(2)]
    await rasa.arrived.acquire()
    await everything_else(parts)

    rasa.gate.set()
    first, second = await asyncio.gather(*sends)

    assert first == second
    assert len(rasa.sent) == 1


async def test_two_messages_of_one_conversation_wait_for_each_other(parts: Services) -> None:
    """Rasa reads a conversation in order; other conversations do not wait."""
    rasa = GatedRasa()
    assistant = door_to(rasa, parts)
    conversation, _ = await assistant.begin(company="acme", channel="web")
    first = asyncio.create_task(assistant.say(conversation.id, "one"))
    await rasa.arrived.acquire()
    second = asyncio.create_task(assistant.say(conversation.id, "two"))
    elsewhere, _ = await assistant.begin(company="globex", channel="web")
    third = asyncio.create_task(assistant.say(elsewhere.id, "three"))
    await rasa.arrived.acquire()
    await everything_else(parts)
    waiting = rasa.waiting

    rasa.gate.set()
    await asyncio.gather(first, second, third)

    assert waiting == 2  # the first message of each conversation
    assert [sent["text"] for sent in rasa.sent] == ["one", "three", "two"]


async def test_the_same_words_under_another_id_are_another_message(
    assistant: Assistant, rasa: FakeRasa, conversation: str
) -> None:
    """Somebody may well say yes twice."""
    await assistant.say(conversation, "yes")
    await assistant.say(conversation, "yes")
    await assistant.say(conversation, "yes", "message-1")

    assert len(rasa.sent) == 3


async def test_a_turn_waits_for_the_database_twice(assistant: Assistant, rasa: FakeRasa, conversation: str) -> None:
    """At its beginning and at its end; a message that was answered before only at the beginning."""
    rasa.messages = [{"text": "Your address is <email_1>."}, {"text": "Anything else?"}]
    threads = assistant._executor = CountingExecutor(1)

    await assistant.say(conversation, "I am ada@example.org", "message-1")
    first = threads.submitted
    await assistant.say(conversation, "I am ada@example.org", "message-1")

    assert (first, threads.submitted) == (2, 3)


async def test_closing_ends_the_threads(assistant: Assistant, conversation: str) -> None:
    """Nothing is begun in them any more."""
    await assistant.close()

    with pytest.raises(RuntimeError):
        await assistant.say(conversation, "hello")


def assert_down(answered: TurnResult) -> None:
    """One plain sentence, with how to reach a person."""
    (reply,) = answered.replies
    assert answered.down
    assert reply.kind == "error"
    assert "privacy@acme.example" in reply.text
    assert "{" not in reply.text


async def test_above_capacity_the_next_one_waits_and_who_finds_no_room_is_told(parts: Services) -> None:
    """In time, with the company's contact; their message is kept, and is answered once there is room."""
    rasa = GatedRasa()
    parts.settings = parts.settings.model_copy(update={"turns_at_once": 1, "turns_waiting": 1, "longest_turn_wait": 3600})
    assistant = make_assistant(parts, rasa)
    begun = [(await assistant.begin(company="acme", channel="web"))[0].id for _ in range(3)]
    asked = [asyncio.create_task(assistant.say(one, "hello", f"message-{one}")) for one in begun]

    (turned_away,), _ = await asyncio.wait(asked, return_when=asyncio.FIRST_COMPLETED)
    rasa.gate.set()
    answered = await asyncio.gather(*(one for one in asked if one is not turned_away))
    again = begun[asked.index(turned_away)]
    later = await assistant.say(again, "hello", f"message-{again}")

    assert_down(turned_away.result())
    assert turned_away.result().retry_after == 3600
    assert turned_away.result().replies[0].text.startswith("Many people are asking")
    assert [one.replies[0].text for one in (*answered, later)] == ["Hello!"] * 3
    await assistant.close()


async def test_long_letters_take_turns_and_hold_up_nobody_else(parts: Services) -> None:
    """However many write them, one is read at a time; a short question goes past."""
    rasa = GatedRasa()
    assistant = make_assistant(parts, rasa)
    begun = [(await assistant.begin(company="acme", channel="web"))[0].id for _ in range(4)]
    letters = [asyncio.create_task(assistant.say(one, "I read your policy. " * 60, f"message-{one}")) for one in begun[:3]]
    await rasa.arrived.acquire()

    question = asyncio.create_task(assistant.say(begun[3], "hello", "message-4"))
    await rasa.arrived.acquire()
    inside = rasa.waiting
    rasa.gate.set()
    answered = await asyncio.gather(question, *letters)

    assert inside == 2
    assert [one.replies[0].text for one in answered] == ["Hello!"] * 4
    await assistant.close()


async def test_a_rasa_that_is_down_is_admitted_and_the_message_kept(
    assistant: Assistant, rasa: FakeRasa, parts: Services, conversation: str
) -> None:
    """The visitor learns that nobody answers now and how to reach a person."""
    rasa.down = True

    answered = await assistant.say(conversation, "do you sell my data", "message-1")

    assert_down(answered)
    turn = only_turn(parts, conversation)
    assert (turn.state, turn.text) == ("failed", "do you sell my data")
    assert turn.replies == [answered.replies[0].model_dump()]


async def test_a_message_that_failed_is_answered_when_it_is_sent_again(
    assistant: Assistant, rasa: FakeRasa, parts: Services, conversation: str
) -> None:
    """Under the same id, as the one turn that it is."""
    rasa.down = True
    await assistant.say(conversation, "hello", "message-1")
    rasa.down = False

    answered = await assistant.say(conversation, "hello", "message-1")

    assert (answered.down, answered.replies[0].text) == (False, "Hello!")
    assert only_turn(parts, conversation).state == "answered"


async def test_the_visitor_sees_what_they_wrote_and_nobody_else_does(
    assistant: Assistant, rasa: FakeRasa, parts: Services, conversation: str
) -> None:
    """Also on a retry; Rasa and the record keep the tokens."""
    rasa.messages = [{"text": "The answer goes to: <email_1>. Details: call <phone_1> or <phone_9>."}]

    first = await assistant.say(conversation, "ada@example.org, +49 170 1234567", "m-1")
    again = await assistant.say(conversation, "ada@example.org, +49 170 1234567", "m-1")

    assert [reply.text for reply in first.replies] == [
        "The answer goes to: ada@example.org. Details: call +49 170 1234567 or <phone_9>."
    ]
    assert again.replies == first.replies
    assert rasa.sent[0]["text"] == "<email_1>, <phone_1>"
    assert (
        only_turn(parts, conversation).replies[0]["text"]
        == "The answer goes to: <email_1>. Details: call <phone_1> or <phone_9>."
    )


async def test_a_quote_is_never_changed(assistant: Assistant, rasa: FakeRasa, conversation: str) -> None:
    """A policy may write whatever it likes: quote and offsets belong together."""
    quote = {
        "n": 1, "company": "acme", "policy": "Privacy Policy", "version": "undated", "section": "1", "lead_in": "",
        "quote": "Write to <email_1>.", "start": 0, "end": 19, "url": "/policies/acme/undated#c0-19",
    }  # fmt: skip
    rasa.messages = [{"text": "It says:", "custom": {"kind": "answer", "citations": [quote]}}]

    answered = await assistant.say(conversation, "I am ada@example.org")

    assert answered.replies[0].citations[0].quote == "Write to <email_1>."


async def test_what_a_step_asks_for_reaches_the_visitor(assistant: Assistant, rasa: FakeRasa, conversation: str) -> None:
    """Packed by the action, unpacked here; a retry gets the same."""
    asked = Payload(shown=Shown(kind="request", form=asks_for("residence", [PLACE], skippable=True))).encoded()
    rasa.messages = [{"text": "Where do you live?", "custom": asked}]

    first = await assistant.say(conversation, "delete my account", "m-1")
    again = await assistant.say(conversation, "delete my account", "m-1")

    (reply,) = first.replies
    assert reply.form == AskedField(
        field="residence", options=[Choice(value="Germany", label="Germany", code="DE")], skippable=True
    )
    assert again.replies == first.replies


@pytest.mark.parametrize(
    "message",
    [
        {"text": "…", "custom": {"kind": "request", "details": '{"form": {"field": "sentinelword"}}'}},
        {"text": "…", "custom": {"kind": "sentinelword"}},
        {"text": "…", "custom": {"kind": "answer", "citations": [{"quote": "sentinelword"}]}},
        {"text": "…", "custom": {"kind": "answer", "citations": "sentinelword"}},
        {"text": "…", "custom": {"kind": "request", "request_type": "sentinelword"}},
        {"text": "…", "custom": ["sentinelword"]},
        {"text": "…", "custom": "sentinelword"},
        {"text": None, "custom": {"kind": "smalltalk"}},
        {"text": "…", "buttons": [{"title": "sentinelword"}]},
        {"text": "…", "buttons": ["sentinelword"]},
    ],
)
async def test_a_malformed_reply_of_an_action_means_down(
    parts: Services, caplog: pytest.LogCaptureFixture, message: dict[str, Any]
) -> None:
    """Rather nothing than half an answer about somebody's rights; and the log does not tell what it was."""
    assistant = door_to(FakeRasa(message), parts)
    conversation, _ = await assistant.begin(company="acme", channel="web")

    answered = await assistant.say(conversation.id, "hello")

    assert_down(answered)
    assert only_turn(parts, conversation.id).state == "failed"
    assert "malformed" in caplog.text
    assert "sentinelword" not in caplog.text


async def test_switching_the_company_moves_the_conversation(
    assistant: Assistant, rasa: FakeRasa, parts: Services, conversation: str
) -> None:
    """From the reply on, all is about the other one."""
    rasa.messages = [{"text": "We are talking about Globex now.", "custom": {"kind": "smalltalk", "switch_company": "globex"}}]
    answered = await assistant.say(conversation, "switch to Globex")
    rasa.messages = [{"text": "Hello!"}]
    await assistant.say(conversation, "hello")

    assert answered.replies[0].company == "globex"
    assert parts.conversations.transcripts.get(conversation).company == "globex"
    assert [sent["company"] for sent in rasa.sent] == ["acme", "globex"]


@pytest.mark.parametrize("wanted", ["nosuch", "", None, ["globex"], {"id": "globex"}])
async def test_nothing_moves_to_a_company_that_is_not_there(
    assistant: Assistant, rasa: FakeRasa, parts: Services, conversation: str, wanted: object
) -> None:
    """Else every later message would fail."""
    rasa.messages = [{"text": "…", "custom": {"kind": "smalltalk", "switch_company": wanted}}]

    answered = await assistant.say(conversation, "switch")

    assert answered.replies[0].company == "acme"
    assert parts.conversations.transcripts.get(conversation).company == "acme"


async def test_forgetting_deletes_here_and_in_rasa(
    assistant: Assistant, rasa: FakeRasa, parts: Services, conversation: str
) -> None:
    """Transcript, vault and tracker."""
    await assistant.say(conversation, "I am jo@example.com")

    await assistant.forget(conversation)

    assert rasa.forgotten == [conversation]
    assert parts.conversations.transcripts.turns(conversation) == []
    assert parts.conversations.vault.reveal(conversation, "<email_1>") is None
    with pytest.raises(UnknownConversationError):
        await assistant.say(conversation, "hello")


async def test_nothing_is_deleted_while_rasa_is_down(
    assistant: Assistant, rasa: FakeRasa, parts: Services, conversation: str
) -> None:
    """Half forgotten would be worse: the conversation could not be found again to forget the rest."""
    await assistant.say(conversation, "I am jo@example.com")
    rasa.down = True

    with pytest.raises(AssistantDownError):
        await assistant.forget(conversation)

    assert len(parts.conversations.transcripts.turns(conversation)) == 1
    assert parts.conversations.vault.reveal(conversation, "<email_1>") == "jo@example.com"


async def test_forgetting_waits_for_the_message_that_is_being_answered(parts: Services) -> None:
    """Else Rasa would write that message down after it has forgotten the conversation."""
    rasa = GatedRasa()
    assistant = door_to(rasa, parts)
    conversation, _ = await assistant.begin(company="acme", channel="web")
    saying = asyncio.create_task(assistant.say(conversation.id, "hello"))
    await rasa.arrived.acquire()
    forgetting = asyncio.create_task(assistant.forget(conversation.id))
    await everything_else(parts)

    rasa.gate.set()
    await asyncio.gather(saying, forgetting)

    assert rasa.order == ["answered", "forgotten"]
    assert parts.conversations.transcripts.turns(conversation.id) == []


async def test_conversations_past_their_time_are_forgotten_everywhere(
    assistant: Assistant, rasa: FakeRasa, parts: Services, conversation: str
) -> None:
    """Retention is the same forgetting, done by us; what is young stays."""
    with parts.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE conversation SET last_at = '2020-01-01 00:00:00.000000'")
    young, _ = await assistant.begin(company="acme", channel="web")

    forgotten = await assistant.forget_older_than(30)

    assert forgotten == 1
    assert rasa.forgotten == [conversation]
    assert parts.conversations.transcripts.get(young.id) == young


async def test_feedback_is_masked_too(assistant: Assistant, parts: Services, conversation: str) -> None:
    """People leave their address in any box."""
    await assistant.feedback(conversation, "a_1", helpful=False, comment="write me: jo@example.com")

    with parts.engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT comment FROM feedback").scalars().all() == ["write me: <email_1>"]


@pytest.mark.parametrize("comment", ["", "write me: jo@example.com"])
async def test_feedback_on_a_forgotten_conversation_is_refused(
    assistant: Assistant, parts: Services, conversation: str, comment: str
) -> None:
    """Also where there is something to mask: nothing gets into the vault any more."""
    await assistant.forget(conversation)

    with pytest.raises(UnknownConversationError):
        await assistant.feedback(conversation, "a_1", helpful=True, comment=comment)

    with parts.engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM vault").scalar() == 0


async def test_no_log_line_holds_what_was_said(
    assistant: Assistant, rasa: FakeRasa, conversation: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Neither when all is well nor when it is not."""
    caplog.set_level(logging.DEBUG)
    await assistant.say(conversation, "sentinelword jo@sentinelword.example")
    rasa.down = True
    await assistant.say(conversation, "sentinelword again")

    assert conversation in caplog.text
    assert "sentinelword" not in caplog.text


FORGETTING = {"text": "This conversation will be forgotten now.", "custom": {"kind": "smalltalk", "forget": True}}


async def test_a_visitors_yes_to_forgetting_ends_the_conversation(parts: Services, rasa: FakeRasa) -> None:
    """They get the reply, with their own values in it; then nothing is left, not even of this turn."""
    rasa.messages = [{**FORGETTING, "text": "Forgotten, <email_1>."}]
    assistant = door_to(rasa, parts)
    conversation = (await assistant.begin(company="acme", channel="web"))[0].id

    answered = await assistant.say(conversation, "yes, jo@example.com", "message-1")

    (reply,) = answered.replies
    assert (reply.text, reply.ended) == ("Forgotten, jo@example.com.", True)
    assert rasa.forgotten == [conversation]
    assert parts.conversations.transcripts.pending_deletions() == []
    with pytest.raises(UnknownConversationError):
        await assistant.say(conversation, "yes", "message-1")


async def test_what_rasa_could_not_forget_is_remembered_to_be_forgotten(parts: Services, rasa: FakeRasa) -> None:
    """Rasa may go down between its answer and this: here it is forgotten all the same."""
    rasa.messages = [FORGETTING]
    assistant = door_to(rasa, parts)
    conversation = (await assistant.begin(company="acme", channel="web"))[0].id

    async def down(sender: str) -> None:
        raise AssistantDownError("Rasa does not answer (fake)")

    rasa.forget = down  # type: ignore[method-assign]
    answered = await assistant.say(conversation, "yes")

    assert answered.replies[0].ended
    assert parts.conversations.transcripts.pending_deletions() == [conversation]
    with pytest.raises(UnknownConversationError):
        parts.conversations.transcripts.get(conversation)


async def test_staff_can_have_it_forgotten_while_rasa_is_down(parts: Services, rasa: FakeRasa, conversation: str) -> None:
    """False: Rasa's own memory goes later."""
    rasa.down = True

    everywhere = await door_to(rasa, parts).forget_now(conversation)

    assert not everywhere
    assert parts.conversations.transcripts.pending_deletions() == [conversation]


async def test_requests_outlive_the_conversation_without_their_link_to_it(parts: Services, rasa: FakeRasa) -> None:
    """Forgotten after its time, the link stays: in Slack the requester is still told how it goes on."""
    assistant = make_assistant(parts, rasa)
    conversations = [(await assistant.begin(company="acme", channel="web"))[0].id for _ in range(2)]
    for conversation in conversations:
        a_request(parts, conversation, confirmation=conversation)

    await assistant.forget(conversations[0])
    await assistant.forget_older_than(-1)

    assert [len(parts.requests.desk.of_conversation(conversation)) for conversation in conversations] == [0, 1]
