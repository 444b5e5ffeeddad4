"""Slack on the real stack: the same conversation by every way in, with real Rasa, real policies and a Slack of our own."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator
from typing import Any

import pytest

from candor.channels.slack.threads import SlackPerson
from candor.conversations.rasa import RasaClient
from candor.services import Services
from candor.settings import ROOT
from tests.candor.channels.slack.conftest import Candor, with_slack, worker
from tests.candor.channels.slack.fake import ADA, TEAM, FakeSlack, action_body, command_body, mention, message
from tests.candor.channels.slack.people import ada, elements, shown
from tests.candor.channels.slack.test_requests import submission
from tests.stack.conftest import Stack

POLICY = (ROOT / "policies" / "clevra" / "2026-01-15.txt").read_text(encoding="utf-8")
SOLD = "do you sell my personal data?"


@pytest.fixture
async def slack() -> AsyncIterator[FakeSlack]:
    """The fake; at the end, it has had nothing to refuse."""
    async with FakeSlack.running() as running:
        yield running
        assert running.refused == []


@pytest.fixture
async def candor(stack: Stack, slack: FakeSlack) -> AsyncIterator[Candor]:
    """A worker of the web application beside the stack's own, with Slack, on the same database, Rasa and action server."""
    parts = Services(with_slack(stack.settings, slack))
    rasa = RasaClient(stack.settings.rasa_addresses, stack.secret, stack.settings.rasa_timeout)
    async with worker(parts, rasa) as running:
        running.slack.places.choose(ada, "clevra")
        yield running
    parts.engine.dispose()


async def test_every_way_in_gives_the_same_answer(candor: Candor, slack: FakeSlack) -> None:
    """Direct message, thread, command and button: the same quotes of the policy, word for word.

    Each by somebody else: who asks again gets other words.
    """
    people = [ada, SlackPerson(TEAM, "U0BOB"), SlackPerson(TEAM, "U0CY")]
    for person in people:
        candor.slack.places.choose(person, "clevra")
    await candor.event(message(SOLD, ts="10.1"))
    await candor.settled()
    await candor.event(mention(SOLD, ts="10.2"))
    await candor.settled()
    await candor.form(command_body(SOLD, slack, user="U0BOB", trigger="tr10"))
    await candor.settled()
    await candor.form(action_body(slack, {"action_id": "say:0", "value": SOLD}, user="U0CY", channel="D0CY", at="10.3"))
    await candor.settled()

    answers = [*slack.posted, *slack.of("hook")]
    quotes = [quoted(call.blocks) for call in answers]
    assert len(answers) == 4
    assert len(quotes[0]) >= 1
    assert all(each == quotes[0] for each in quotes)
    assert all(quote in POLICY for quote in quotes[0])


async def test_a_request_from_a_channel_to_its_proof(candor: Candor, slack: FakeSlack, stack: Stack) -> None:
    """Asked in public, moved to private, filled in as a form, proven by the mailed code in a direct message."""
    await candor.event(mention("please delete my data", ts="11.1"))
    await candor.settled()
    assert [call.body["channel"] for call in slack.posted] == [ADA]
    form = next(each for each in elements(slack.posted[0], "button") if each["action_id"] == "request_form")
    assert json.loads(form["value"]) == {"type": "deletion", "company": "clevra", "begun": True}

    sent = submission(view="V-stack", begun="yes", email="ada@slack.example")
    sent["view"]["private_metadata"] = json.dumps({"company": "clevra", "begun": True})
    await candor.form(sent)
    await candor.settled()
    told = shown(slack.posted[-1])
    number = re.search(r"R-[0-9A-Z]{4}-[0-9A-Z]{4}", told)
    assert number
    assert "six-digit code" in told

    await candor.event(message(await mailed_code(stack), ts="11.2"))
    await candor.settled()
    await candor.event(message("how is my request?", ts="11.3"))
    await candor.settled()

    assert "that is the right code" in shown(slack.posted[-2])
    assert number[0] in shown(slack.posted[-1])
    assert "it is being worked on" in shown(slack.posted[-1])


async def test_the_company_is_changed_by_name(candor: Candor, slack: FakeSlack) -> None:
    """`use` switches what goes on in private, and the answer then comes from the other policy."""
    await candor.event(message("who do you share my data with?", ts="12.1"))
    await candor.settled()
    await candor.form(command_body("use Clevio", slack, trigger="tr12"))
    await candor.settled()
    await candor.event(message("what about cookies?", ts="12.2"))
    await candor.settled()

    answered = shown(slack.posted[-1])
    await candor.form(command_body("use Clevra", slack, trigger="tr13"))  # as the other tests, in whatever order, find her
    await candor.settled()

    assert "/policies/clevra/" in shown(slack.posted[0])
    assert "Clevio" in shown(slack.of("hook")[0])
    assert "/policies/clevio/" in answered


def quoted(blocks: list[dict[str, Any]]) -> list[str]:
    """The quotes of a message, without their lead-ins."""
    parts = [part for block in blocks for part in block.get("elements", []) if part.get("type") == "rich_text_quote"]
    return [part["elements"][-1]["text"] for part in parts]


async def mailed_code(stack: Stack) -> str:
    """The code of the newest mail to Ada."""
    async with asyncio.timeout(30):
        while True:
            for mail in (stack.settings.var_dir / "outbox").glob("*.eml"):
                written = mail.read_text(encoding="utf-8")
                if "ada@slack.example" in written and (code := re.search(r"\b\d{6}\b", written.partition("\n\n")[2])):
                    return code[0]
            await asyncio.sleep(0.1)
