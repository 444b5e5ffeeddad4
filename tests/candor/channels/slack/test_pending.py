"""What was acknowledged to Slack is answered, also where the process dies over it; and once."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from sqlalchemy import text

from candor.app.supervisor import free_port
from candor.channels.slack.dedupe import HandledEvents
from candor.channels.slack.pending import MOST_ATTEMPTS, PendingMessages, key_of_body
from candor.channels.slack.threads import ThreadPlaces
from candor.services import Services
from candor.settings import ROOT
from tests.candor.channels.slack.conftest import Candor, worker
from tests.candor.channels.slack.fake import BOT_USER, FakeSlack, Fault, command_body, event_body, mention, message, signed
from tests.candor.channels.slack.people import ada, answer
from tests.fakes import FakeRasa


@asynccontextmanager
async def process(folder: Path, slack: FakeSlack) -> AsyncIterator[tuple[asyncio.subprocess.Process, str]]:
    """A real worker; whatever happens, it is gone at the end."""
    port = free_port()
    arguments = ("-m", "tests.candor.channels.slack.mortal", str(folder), str(port), slack.url)
    running = await asyncio.create_subprocess_exec(
        sys.executable, *arguments, cwd=ROOT, stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL
    )
    try:
        yield running, f"http://127.0.0.1:{port}"
    finally:
        if running.returncode is None:
            running.kill()
        await running.wait()


async def told(url: str, event: dict[str, object]) -> int:
    """Slack tells it, as soon as it listens."""
    body = json.dumps(event_body(event))
    async with httpx.AsyncClient(trust_env=False) as http, asyncio.timeout(300):  # importing takes its time on a busy machine
        while True:
            try:
                headers = {"Content-Type": "application/json", **signed(body)}
                return (await http.post(f"{url}/slack/events", content=body, headers=headers)).status_code
            except httpx.ConnectError:
                await asyncio.sleep(0.1)


def rows(parts: Services) -> list[bytes]:
    with parts.engine.connect() as connection:
        return [bytes(body) for (body,) in connection.execute(text("SELECT body FROM slack_unanswered"))]


def long_ago(parts: Services) -> None:
    """Whoever has taken it on is long dead."""
    with parts.engine.begin() as connection:
        connection.execute(text("UPDATE slack_unanswered SET next_at = '2026-01-15 00:00:00'"))


async def test_a_worker_that_is_killed_over_an_answer_loses_nothing(parts: Services, slack: FakeSlack, tmp_path: Path) -> None:
    """Slack got its acknowledgement and does not send it again: another worker answers it, once."""
    ThreadPlaces(parts.engine).choose(ada, "acme")
    async with process(tmp_path, slack) as (dying, url):
        acknowledged = await told(url, message("do you sell my zanzibar?"))
        async with asyncio.timeout(60):
            while not (tmp_path / "asked").exists():  # noqa: ASYNC110  (another process writes it)
                await asyncio.sleep(0.05)
        dying.kill()
        await dying.wait()
    kept = rows(parts)
    before = PendingMessages(parts.engine, parts.cipher).take_up()
    long_ago(parts)

    rasa = FakeRasa(answer())
    async with worker(parts, rasa) as one, worker(parts, rasa) as two:
        taken = await asyncio.gather(one.slack.take_up(), two.slack.take_up())
        await one.settled()
        async with asyncio.timeout(20):
            while not slack.posted:  # noqa: ASYNC110
                await asyncio.sleep(0.05)

    assert acknowledged == 200
    assert before is None
    assert sum(taken) <= 1
    assert len(slack.posted) == 1
    assert rows(parts) == [b""]
    assert b"zanzibar" not in b"".join(kept)


async def test_an_answer_that_stands_there_already_is_not_posted_again(parts: Services, slack: FakeSlack) -> None:
    """It died between posting and noting so."""
    rasa = FakeRasa(answer())
    async with worker(parts, rasa) as candor:
        candor.slack.places.choose(ada, "acme")
        await candor.event(message("do you sell my data?"))
        await candor.settled()
        sealed = parts.cipher.encrypt(json.dumps(event_body(message("do you sell my data?"))))
        with parts.engine.begin() as connection:
            connection.execute(text("UPDATE slack_unanswered SET body = :b"), {"b": sealed})
        long_ago(parts)

        taken = await candor.slack.take_up()

        assert (taken, len(slack.posted), len(rasa.sent)) == (1, 1, 1)
        assert rows(parts) == [b""]


async def test_what_slack_would_not_take_is_tried_again_later(parts: Services, slack: FakeSlack) -> None:
    """An hour of trouble at Slack is no reason to say nothing at all."""
    rasa = FakeRasa(answer())
    async with worker(parts, rasa) as candor:
        candor.slack.places.choose(ada, "acme")
        slack.faults["chat.postMessage"] = [Fault(error="fatal_error")]
        await candor.event(message("do you sell my data?"))
        await candor.settled()
        before = len(slack.posted)
        long_ago(parts)

        await candor.slack.take_up()

        assert (before, len(slack.posted), len(rasa.sent)) == (0, 1, 1)


async def test_a_mention_that_slack_tells_twice_is_kept_and_answered_once(parts: Services, slack: FakeSlack) -> None:
    """`app_mention` and `message`; and what is answered leaves nothing to take up."""
    rasa = FakeRasa(answer())
    async with worker(parts, rasa) as one, worker(parts, rasa) as two:
        one.slack.places.choose(ada, "acme")
        said = mention("do you sell my data?")
        await asyncio.gather(one.event(said, event_id="Ev1"), two.event({**said, "type": "message"}, event_id="Ev2"))
        await one.settled()
        await one.event(said, event_id="Ev1")
        await one.settled()
        kept = rows(parts)
        long_ago(parts)
        taken = await one.slack.take_up()

        assert (kept, taken, len(slack.posted)) == ([b""], 0, 1)


async def test_commands_are_kept_too(parts: Services, slack: FakeSlack, candor: Candor) -> None:
    """Whatever is acknowledged first and answered later."""
    candor.slack.places.choose(ada, "acme")

    await candor.form(command_body("do you sell my data?", slack))
    await candor.settled()

    assert rows(parts) == [b""]


def test_what_is_never_answered_is_given_up_and_emptied(parts: Services) -> None:
    """What crashes a worker each time must not do so for ever; nor is what somebody wrote kept for it."""
    now = datetime(2026, 1, 15, tzinfo=UTC)
    unanswered = PendingMessages(parts.engine, parts.cipher, now=lambda: now)
    unanswered.keep(event_body(message("zanzibar")), BOT_USER)

    tries = 0
    while True:
        now += timedelta(hours=1)
        if unanswered.take_up() is None:
            break
        tries += 1

    assert (tries, rows(parts)) == (MOST_ATTEMPTS, [b""])
    now += timedelta(days=2)
    unanswered.forget_old()
    assert rows(parts) == []


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        (message("hello"), True),
        (mention("hello"), True),
        (message("hello", channel="C1", thread_ts="1.1"), True),
        (message("people talk", channel="C1"), False),
        (message("hello", bot_id="B1"), False),
    ],
)
def test_only_what_can_be_meant_for_candor_is_kept(said: dict[str, object], kept: bool) -> None:
    """What people say to each other is none of our business, not even for a moment."""
    assert (key_of_body(event_body(said), BOT_USER) is not None) is kept


def test_a_claim_outlives_the_one_that_made_it_only_for_others(parts: Services) -> None:
    """Outside of taking up, what is claimed is claimed."""
    handled = HandledEvents(parts.engine)

    assert [handled.claim("k"), handled.claim("k")] == [True, False]
