"""Slack retries, is slow, busy or away; Rasa is down; the socket breaks: each question gets one answer all the same."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import pytest
from pydantic import SecretStr

from candor.channels.slack.dedupe import HandledEvents, key_of
from candor.conversations.rasa import RasaTurn
from candor.services import Services
from tests.candor.channels.slack.conftest import Candor, with_slack, worker
from tests.candor.channels.slack.fake import FakeSlack, Fault, command_body, event_body, mention, message
from tests.candor.channels.slack.people import ada, answer, shown
from tests.fakes import FakeRasa


class SlowRasa(FakeRasa):
    """Answers when it is let."""

    def __init__(self) -> None:
        super().__init__()
        self.go = asyncio.Event()

    async def send(self, *, sender: str, text: str, company: str, message_id: str) -> RasaTurn:
        await self.go.wait()
        return await super().send(sender=sender, text=text, company=company, message_id=message_id)


async def test_an_event_delivered_five_times_to_two_workers_is_answered_once(parts: Services, slack: FakeSlack) -> None:
    """Slack sends again what was not acknowledged in time, to whichever worker; people must not read it twice."""
    rasa = FakeRasa(answer())
    async with worker(parts, rasa) as one, worker(parts, rasa) as two:
        one.slack.places.choose(ada, "acme")

        deliveries = [one, two, one, two, two]
        acks = await asyncio.gather(*(each.event(message("do you sell my data?")) for each in deliveries))
        await one.settled()

        assert [ack.status_code for ack in acks] == [200] * 5
        assert len(rasa.sent) == len(slack.posted) == 1


async def test_slack_is_acknowledged_within_a_second_while_rasa_thinks(parts: Services, slack: FakeSlack) -> None:
    """After three seconds Slack would send it again; commands and events are acknowledged before anything is asked."""
    rasa = SlowRasa()
    async with worker(parts, rasa) as candor:
        candor.slack.places.choose(ada, "acme")
        await candor.event(message("warm up", ts="0.1"))  # imports and the first connection

        started = time.perf_counter()
        assert (await candor.event(message("do you sell my data?"))).status_code == 200
        assert (await candor.form(command_body("do you sell my data?", slack))).status_code == 200
        took = time.perf_counter() - started

        rasa.go.set()
        await candor.settled()
        assert took < 2
        assert len(slack.posted) == 2
        assert len(slack.of("hook")) == 1


async def test_when_rasa_is_down_the_person_is_told_so(candor: Candor, slack: FakeSlack, rasa: FakeRasa) -> None:
    """Silence without a word is the worst answer."""
    candor.slack.places.choose(ada, "acme")
    rasa.down = True

    await candor.event(message("do you sell my data?"))
    await candor.settled()

    assert "privacy@acme.example" in shown(slack.posted[0])
    assert [call.body["status"] for call in slack.of("assistant.threads.setStatus")][-1] == ""


async def test_a_rate_limit_is_waited_for(candor: Candor, slack: FakeSlack) -> None:
    """429 with Retry-After: not earlier, and not dropped."""
    candor.slack.places.choose(ada, "acme")
    slack.faults["chat.postMessage"] = [Fault(status=429, retry_after=1, error="ratelimited")]

    started = time.perf_counter()
    await candor.event(message("do you sell my data?"))
    await candor.settled()

    assert len(slack.posted) == 1
    assert time.perf_counter() - started >= 1


@pytest.mark.parametrize("after", [False, True])
async def test_a_server_error_neither_loses_nor_doubles_the_answer(candor: Candor, slack: FakeSlack, *, after: bool) -> None:
    """After a 500 nobody knows whether the message arrived: it is looked for before it is posted again."""
    candor.slack.places.choose(ada, "acme")
    slack.faults["chat.postMessage"] = [Fault(status=500, after=after)]

    await candor.event(message("do you sell my data?"))
    await candor.settled()

    assert len(slack.posted) == 1
    assert len(slack.of("conversations.history")) == 1


@pytest.mark.parametrize("after", [False, True])
async def test_a_time_out_neither_loses_nor_doubles_the_answer(candor: Candor, slack: FakeSlack, *, after: bool) -> None:
    """The same where Slack does not answer at all, in a thread."""
    candor.slack.places.choose(ada, "acme")
    candor.slack.bolt.client.timeout = 1
    candor.slack.bolt.client.session._timeout = _total(0.3)  # type: ignore[union-attr]
    slack.faults["chat.postMessage"] = [Fault(hang=0.6, after=after)]

    await candor.event(mention("do you sell my data?", ts="1.1"))
    await candor.settled()

    assert len(slack.posted) == 1
    assert len(slack.of("conversations.replies")) == 1


async def test_slack_that_stays_away_is_given_up_without_a_word_of_the_question(
    candor: Candor, slack: FakeSlack, caplog: pytest.LogCaptureFixture
) -> None:
    """The next question is answered again."""
    candor.slack.places.choose(ada, "acme")
    candor.slack.poster._sleep = _no_wait
    slack.faults["chat.postMessage"] = [Fault(status=503)] * 4

    await candor.event(message("xylophonic data?"))
    await candor.settled()
    await candor.event(message("do you sell my data?", ts="1.2"))
    await candor.settled()

    assert len(slack.posted) == 1
    ours = [record.getMessage() for record in caplog.records if record.name.startswith("candor")]
    assert any("Slack refused a call" in said for said in ours)
    assert not any("xylophonic" in said for said in ours)


async def test_an_answer_to_a_command_survives_a_busy_slack(candor: Candor, slack: FakeSlack) -> None:
    """The response URL has limits and bad moments of its own."""
    candor.slack.places.choose(ada, "acme")
    slack.faults["hook"] = [Fault(status=429, retry_after=1), Fault(status=500)]

    await candor.form(command_body("do you sell my data?", slack))
    await candor.settled()

    assert len(slack.of("hook")) == 1


async def test_events_come_over_a_socket_and_a_lost_one_comes_back(parts: Services, slack: FakeSlack, rasa: FakeRasa) -> None:
    """Socket Mode needs no public address; frames are acknowledged by their envelope, events, commands and buttons alike."""
    parts.settings = with_slack(parts.settings, slack, slack_signing_secret=None, slack_app_token=SecretStr("xapp-1"))
    async with worker(parts, rasa, ping_interval=0.2) as candor:
        await slack.wait_for_sockets(1)
        candor.slack.places.choose(ada, "acme")

        await slack.send_frame("events_api", event_body(message("do you sell my data?", ts="1.1")), "e-1")
        await slack.wait_for_acks(1)  # frames are handled side by side
        await slack.send_frame("slash_commands", dict(command_body("and cookies?", slack)), "e-2")
        await slack.wait("chat.postMessage", 1)
        await slack.wait("hook", 1)
        await slack.sockets[-1].close()
        await slack.wait_for_sockets(2)
        await slack.send_frame("events_api", event_body(message("do you sell my data?", ts="1.1")), "e-1")
        await slack.wait_for_acks(3)
        await slack.send_frame("events_api", event_body(message("and for how long?", ts="1.2")), "e-3")
        await slack.wait("chat.postMessage", 2)
        await slack.wait_for_acks(4)
        await candor.settled()

        assert [ack["envelope_id"] for ack in slack.acks] == ["e-1", "e-2", "e-1", "e-3"]
        assert [call.body["channel"] for call in slack.posted] == ["D0ADA", "D0ADA"]
        assert (await candor.http.post("/slack/events", content=b"")).status_code == 404


async def test_a_slack_that_is_away_at_the_start_is_tried_again(parts: Services, slack: FakeSlack, rasa: FakeRasa) -> None:
    """The web pages must not wait for it, nor Slack for ever."""
    slack.faults["apps.connections.open"] = [Fault(status=503), Fault(status=503)]
    parts.settings = with_slack(parts.settings, slack, slack_signing_secret=None, slack_app_token=SecretStr("xapp-1"))

    async with worker(parts, rasa, ping_interval=0.1) as candor:
        assert (await candor.http.get("/livez")).status_code == 200
        await slack.wait_for_sockets(1)


def test_a_key_is_claimed_once_and_forgotten_in_the_end(parts: Services) -> None:
    """The table of handled events stays small."""
    from datetime import UTC, datetime, timedelta

    now = datetime(2026, 1, 15, tzinfo=UTC)
    handled = HandledEvents(parts.engine, lambda: now)
    key = key_of("message", "T", "C", "1.1")

    assert [handled.claim(key), handled.claim(key), handled.claim(key_of("message", "T", "C", "1.2"))] == [True, False, True]
    now += timedelta(days=11)
    handled.forget_old()
    assert handled.claim(key)


async def _no_wait(_: float) -> None:
    pass


def _total(seconds: float) -> Any:
    import aiohttp

    return aiohttp.ClientTimeout(total=seconds)
