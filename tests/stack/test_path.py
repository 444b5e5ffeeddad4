"""The whole path of a message, on real processes."""

from __future__ import annotations

import contextlib
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from typing import Any

import httpx
import psutil
import pytest
from sqlalchemy import create_engine, text

from candor.settings import ROOT
from tests.stack.conftest import Stack

SENTINEL = "xylophonic"
COMPANIES = ("clevra", "cleverbox", "clevio", "cleverom", "clevertap")


class Talk:
    """One conversation over the chat API."""

    def __init__(self, stack: Stack, company: str = "clevra") -> None:
        begun = httpx.post(f"{stack.url}/api/conversations", json={"company": company}, timeout=30)
        assert begun.status_code == 201, begun.text
        self.id: str = begun.json()["conversation"]
        self.headers = {"Authorization": f"Bearer {begun.json()['token']}"}
        self.url = f"{stack.url}/api/conversations/{self.id}"

    def post(self, said: str, message_id: str | None = None) -> httpx.Response:
        message = {"text": said, "message_id": message_id} if message_id else {"text": said}
        return httpx.post(f"{self.url}/messages", json=message, headers=self.headers, timeout=60)

    def say(self, said: str, message_id: str | None = None) -> dict[str, Any]:
        answered = self.post(said, message_id)
        assert answered.status_code == 200, answered.text
        reply: dict[str, Any] = answered.json()["replies"][0]
        return reply


def rows(stack: Stack, query: str, **values: str) -> list[Any]:
    engine = create_engine(stack.settings.database)
    try:
        with engine.connect() as connection:
            return list(connection.execute(text(query), values))
    finally:
        engine.dispose()


@pytest.mark.parametrize("company", COMPANIES)
def test_every_quote_stands_in_the_company_s_own_policy(stack: Stack, company: str) -> None:
    """Quotes are verbatim, their offsets are true, and they name the version that is served."""
    stored = next((ROOT / "policies" / company).glob("*.txt"))
    policy = stored.read_text(encoding="utf-8")

    reply = Talk(stack, company).say("who do you share my data with?")

    assert reply["citations"]
    for citation in reply["citations"]:
        assert citation["company"] == company
        assert citation["version"] == stored.stem
        assert policy[citation["start"] : citation["end"]] == citation["quote"]
        assert citation["url"] == f"/policies/{company}/{stored.stem}#c{citation['start']}-{citation['end']}"


def test_how_long_data_is_kept_is_answered_from_the_retention_section(stack: Stack) -> None:
    """The question of the README, with section and version."""
    reply = Talk(stack).say("how long do you keep my data?")

    assert reply["kind"] == "answer"
    assert reply["citations"][0]["section"] == "5. Data Retention"
    assert reply["citations"][0]["version"] == "2026-01-15"


def test_a_request_is_opened_only_after_a_yes(stack: Stack) -> None:
    """Asked for, confirmed, numbered; and nothing is in the database before the yes."""
    talk = Talk(stack)

    proposed = talk.say("delete my account")
    for said in ("Germany", "opened.1@example.org", "no details"):
        talk.say(said)
    before = rows(stack, "SELECT number FROM ticket WHERE conversation = :id", id=talk.id)
    opened = talk.say("yes")
    after = rows(stack, "SELECT number, request_type, company FROM ticket WHERE conversation = :id", id=talk.id)

    assert (proposed["kind"], proposed["request_type"], proposed["ticket"]) == ("request", "deletion", None)
    assert before == []
    assert opened["ticket"]["request_type"] == "deletion"
    assert [tuple(row) for row in after] == [(opened["ticket"]["number"], "deletion", "clevra")]


def test_each_step_of_a_request_comes_with_its_field(stack: Stack) -> None:
    """Through Rasa and the door: what is asked, how it can be passed over, and at last the card with the date."""
    talk = Talk(stack)

    said = ("delete my account", "Georgia", "Georgia (the country)", "fields.1@example.org", "no details", "yes", "000000")
    # The question is the last thing said: what was proposed stands before the first one.
    *steps, wrong = [talk.post(each).json()["replies"][-1] for each in said]
    answered = Talk(stack).say("do you use cookies?")

    fields = [(step["form"]["field"], step["form"]["skippable"]) for step in steps]
    places = steps[0]["form"]["options"]
    assert fields == [
        ("residence", True), ("residence", True), ("email", False), ("details", True), ("agreed", False), ("code", False)
    ]  # fmt: skip
    assert [places[0]["value"], places[-1]["label"]] == ["South Africa", "Rather not say"]  # clevra lists South Africa's law
    assert len(places) > 300
    assert [option["label"] for option in steps[1]["form"]["options"]][:2] == ["Georgia (the country)", "Georgia (United States)"]
    card = steps[-1]["ticket"]
    assert date.fromisoformat(card["due"]) > datetime.now(tz=UTC).date()
    assert card["due_article"]
    assert card["what_next"].startswith("A six-digit code shows that the address is yours")
    assert wrong["form"]["field"] == "code"
    assert answered["form"] is None


def test_a_yes_sent_many_times_opens_one_request(stack: Stack) -> None:
    """A client that retries gets the same number, and one ticket exists."""
    talk = Talk(stack)
    for said in ("please erase everything about me", "Germany", "many.1@example.org", "no details"):
        talk.say(said)

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: talk.post("yes", "the-same-yes"), range(8)))

    numbers = {answer.json()["replies"][0]["ticket"]["number"] for answer in answers}
    assert len(numbers) == 1
    assert len(rows(stack, "SELECT id FROM ticket WHERE conversation = :id", id=talk.id)) == 1


def test_a_yes_to_something_else_opens_nothing(stack: Stack) -> None:
    """Once something else was said, a yes is not a clear yes to the proposal before it."""
    talk = Talk(stack)
    talk.say("delete my account")
    talk.say("do you use cookies?")

    reply = talk.say("yes")

    assert reply["ticket"] is None
    assert rows(stack, "SELECT id FROM ticket WHERE conversation = :id", id=talk.id) == []


def test_a_no_opens_nothing(stack: Stack) -> None:
    """It may mean the question or the whole request, so Candor asks which. What is stopped leaves no trace among the requests."""
    talk = Talk(stack)
    talk.say("send me a copy of all my data")

    asked = talk.say("no")
    reply = talk.say("stop here")

    assert (asked["kind"], asked["ticket"]) == ("request", None)
    assert reply["kind"] == "smalltalk"
    assert rows(stack, "SELECT id FROM ticket WHERE conversation = :id", id=talk.id) == []


def test_the_company_can_be_switched_in_the_conversation(stack: Stack) -> None:
    """After the switch, quotes come from the other company."""
    talk = Talk(stack)

    talk.say("switch to cleverom")
    reply = talk.say("what is the minimum age?")

    assert {citation["company"] for citation in reply["citations"]} == {"cleverom"}


@pytest.mark.parametrize("said", ["👍👍😂", "🍕"])
def test_emoji_alone_get_a_friendly_word(stack: Stack, said: str) -> None:
    """No error, no quote."""
    reply = Talk(stack).say(said)

    assert reply["kind"] in {"smalltalk", "out_of_scope", "unsure", "not_in_policy"}
    assert reply["citations"] == []


def test_rasa_and_all_that_is_kept_only_ever_see_tokens(stack: Stack) -> None:
    """An address and a phone number are nowhere in the clear: not in the database, not in Rasa's, not in a log."""
    talk = Talk(stack)

    talk.say("my mail is jo.doe@example.org and my phone is +49 170 1234567, what do you know about me?")

    kept = rows(stack, "SELECT text, intent, confidence, evidence FROM turn WHERE conversation_id = :id", id=talk.id)
    assert kept[0].text == "my mail is <email_1> and my phone is <phone_1>, what do you know about me?"
    for path in stack.settings.var_dir.rglob("*"):
        if path.is_file():
            assert b"jo.doe" not in path.read_bytes(), path.name
            assert b"170 1234567" not in path.read_bytes(), path.name


def test_a_turn_is_recorded_with_why(stack: Stack) -> None:
    """Intent, confidence, passages with scores, and the policy version."""
    talk = Talk(stack)

    talk.say("how long do you keep my data?")

    (turn,) = rows(stack, "SELECT intent, confidence, evidence FROM turn WHERE conversation_id = :id", id=talk.id)
    assert turn.intent == "ask_policy"
    assert turn.confidence > 0.5
    assert '"version": "2026-01-15"' in turn.evidence
    assert '"cited": true' in turn.evidence


def test_a_forgotten_conversation_is_gone_everywhere(stack: Stack) -> None:
    """Transcript, vault and Rasa's tracker store; the token opens nothing any more."""
    talk = Talk(stack)
    talk.say("my mail is gone@example.org, do you sell my data?")

    forgotten = httpx.delete(talk.url, headers=talk.headers, timeout=30)

    assert forgotten.status_code == 204
    assert talk.post("hello?").status_code == 404
    assert rows(stack, "SELECT id FROM vault WHERE conversation_id = :id", id=talk.id) == []
    engine = create_engine(f"sqlite:///{stack.settings.tracker_db}")
    with engine.connect() as connection:
        assert list(connection.execute(text("SELECT id FROM events WHERE sender_id = :id"), {"id": talk.id})) == []
    engine.dispose()


@pytest.mark.parametrize(
    ("path", "method"),
    [("/webhooks/candor/message", "POST"), ("/webhooks/candor/forget", "POST"), ("/webhooks/candor/ready", "GET")],
)
def test_rasa_refuses_strangers(stack: Stack, path: str, method: str) -> None:
    """Without the shared secret, or with a wrong one, Rasa's channel answers nothing but 401."""
    url = f"http://127.0.0.1:{stack.settings.rasa_port}{path}"

    answers = [
        httpx.request(method, url, json={}, headers=headers, timeout=30) for headers in ({}, {"Authorization": "Bearer wrong"})
    ]

    assert [answer.status_code for answer in answers] == [401, 401]


def test_rasa_opens_no_other_way_in(stack: Stack) -> None:
    """Its HTTP API and its own REST channel are off."""
    base = f"http://127.0.0.1:{stack.settings.rasa_port}"

    answers = [
        httpx.post(f"{base}/model/parse", json={"text": "hi"}, timeout=30),
        httpx.get(f"{base}/conversations/x/tracker", timeout=30),
        httpx.post(f"{base}/webhooks/rest/webhook", json={"sender": "x", "message": "hi"}, timeout=30),
    ]

    assert {answer.status_code for answer in answers} == {404}


def test_the_action_server_refuses_strangers(stack: Stack) -> None:
    """It runs no action for who does not know the shared secret."""
    url = f"http://127.0.0.1:{stack.settings.actions_port}/webhook"

    answers = [
        httpx.post(url, json={"next_action": "action_confirm"}, headers=h, timeout=30) for h in ({}, {"Authorization": "x"})
    ]

    assert [answer.status_code for answer in answers] == [401, 401]


def test_only_loopback_is_listened_on(stack: Stack) -> None:
    """By default no port of any process is open to the network."""
    listening = [
        connection.laddr.ip
        for process in stack.processes.values()
        for member in [psutil.Process(process.pid), *psutil.Process(process.pid).children(recursive=True)]
        for connection in member.net_connections(kind="inet")
        if connection.status == psutil.CONN_LISTEN
    ]

    assert set(listening) == {"127.0.0.1"}
    assert len(listening) >= 3


@pytest.mark.parametrize("part", ["rasa", "actions"])
def test_a_part_killed_in_the_middle_of_a_turn_loses_nothing(stack: Stack, part: str) -> None:
    """The visitor gets a plain sentence and 503; after a restart the same message gets its answer, and a yes its one ticket."""
    talk = Talk(stack)
    talk.say("delete my account")
    psutil.Process(stack.processes[part].pid).suspend()
    answers: list[httpx.Response] = []
    asking = threading.Thread(target=lambda: answers.append(talk.post(f"yes {SENTINEL}", "one-yes-0001")))
    asking.start()
    time.sleep(1.0)  # the turn is under way and waits for the suspended part

    stack.kill(part)
    asking.join(60)
    unready = httpx.get(f"{stack.url}/readyz", timeout=30)
    kept = rows(stack, "SELECT state FROM turn WHERE conversation_id = :id AND message_id = 'one-yes-0001'", id=talk.id)
    stack.start(part)
    stack.wait()
    again = talk.say("delete my account")
    for said in ("Germany", "killed.1@example.org", "no details"):
        talk.say(said)
    opened = talk.say("yes")

    assert answers[0].status_code == 503
    assert answers[0].headers["content-type"] == "application/problem+json"
    assert answers[0].headers["retry-after"]
    assert "support@clevra.co.za" in answers[0].json()["detail"]
    assert [reply["kind"] for reply in answers[0].json()["replies"]] == ["error"]
    assert unready.status_code == 503
    assert unready.json()["parts"][part] != "ready"
    assert [row.state for row in kept] == ["failed"]
    assert again["request_type"] == "deletion"
    assert opened["ticket"] is not None
    assert len(rows(stack, "SELECT id FROM ticket WHERE conversation = :id", id=talk.id)) == 1


@pytest.mark.parametrize("part", ["rasa", "actions", "web"])
@pytest.mark.parametrize("waits_for", ["rasa", "actions"])
def test_a_part_killed_at_the_confirming_yes_loses_no_request_and_invents_none(stack: Stack, part: str, waits_for: str) -> None:
    """Wherever the yes waits and whatever dies: said again under its id it has one request, and its visitor sees the number."""
    talk = Talk(stack)
    for said in ("delete my account", "Germany", f"yes.{part}.{waits_for}@example.org", "no details"):
        talk.say(said)
    waiting = psutil.Process(stack.processes[waits_for].pid)
    waiting.suspend()
    asking = threading.Thread(target=_tried, args=(talk,))
    asking.start()
    time.sleep(1.0)  # the yes is under way and waits for the suspended part
    stack.kill(part)
    if part != waits_for:
        waiting.resume()
    asking.join(60)
    stack.start(part)
    stack.wait()

    opened = talk.say("yes", "the-one-yes")

    assert opened["ticket"] is not None
    assert len(rows(stack, "SELECT id FROM ticket WHERE conversation = :id", id=talk.id)) == 1


def _tried(talk: Talk) -> None:
    """A yes whose reply may never come."""
    with contextlib.suppress(httpx.HTTPError):
        talk.post("yes", "the-one-yes")


def test_no_log_holds_a_person_s_words(stack: Stack) -> None:
    """Whatever was said, well understood, refused or failed: the processes' output has none of it."""
    talk = Talk(stack)
    for said in (f"do you sell {SENTINEL}?", f"/{SENTINEL}", f"delete {SENTINEL} {SENTINEL}@example.org", f"{SENTINEL} " * 600):
        talk.post(said)
    httpx.post(f"{stack.url}/api/conversations", content=f'{{"company": "{SENTINEL}', timeout=30)
    httpx.post(f"{stack.url}/api/conversations", json={"company": SENTINEL}, timeout=30)

    assert SENTINEL not in stack.log.read_text(encoding="utf-8", errors="replace")
