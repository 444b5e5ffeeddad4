"""Direct messages, mentions and threads: signed requests in, messages in Slack out."""

from __future__ import annotations

import json
import time

from tests.candor.channels.slack.conftest import Candor
from tests.candor.channels.slack.fake import ADA, BOB, BOT_USER, FakeSlack, event_body, mention, message, signed
from tests.candor.channels.slack.people import ada, answer, shown
from tests.fakes import FakeRasa


async def test_a_direct_message_is_answered_with_quotes_and_links(candor: Candor, slack: FakeSlack, rasa: FakeRasa) -> None:
    """The answer stands where the question was asked, its quote leads to the highlighted place in the policy."""
    candor.slack.places.choose(ada, "acme")
    rasa.messages = [answer()]

    acked = await candor.event(message("do you sell my data?"))
    await candor.settled()

    assert acked.status_code == 200
    assert [call.body["channel"] for call in slack.posted] == ["D0ADA"]
    assert "We never sell personal data." in shown(slack.posted[0])
    assert "https://privacy.example.org/policies/acme/2026-01-15#c10-38" in shown(slack.posted[0])
    assert rasa.sent[0]["company"] == "acme"


async def test_a_mention_is_answered_in_its_thread_and_followed_up_without_another(
    candor: Candor, slack: FakeSlack, rasa: FakeRasa
) -> None:
    """Nobody should have to mention Candor again in a thread that it is part of."""
    candor.slack.places.choose(ada, "acme")

    await candor.event(mention("do you sell my data?", ts="1.1"))
    await candor.settled()
    await candor.event(message("and for how long?", channel="C0NEWS", ts="1.2", thread_ts="1.1"))
    await candor.settled()

    assert [(call.body["channel"], call.body["thread_ts"]) for call in slack.posted] == [("C0NEWS", "1.1")] * 2
    assert [sent["text"] for sent in rasa.sent] == ["do you sell my data?", "and for how long?"]
    assert len({sent["sender"] for sent in rasa.sent}) == 1


async def test_candor_does_not_butt_in_when_people_talk_to_each_other(candor: Candor, slack: FakeSlack, rasa: FakeRasa) -> None:
    """Once somebody else speaks or is spoken to, it waits until it is mentioned again."""
    candor.slack.places.choose(ada, "acme")
    thread = {"channel": "C0NEWS", "thread_ts": "1.1"}

    for number, event in enumerate(
        (
            mention("do you sell my data?", ts="1.1"),
            message("I think they do not", user=BOB, ts="1.2", **thread),
            message("thanks", ts="1.3", **thread),
            message(f"<@{BOB}> what about cookies?", ts="1.4", **thread),
            message("hello all", channel="C0NEWS", ts="1.5"),
            mention("and cookies?", ts="1.6", thread_ts="1.1"),
        )
    ):
        await candor.event(event, event_id=f"Ev{number}")
        await candor.settled()

    assert [sent["text"] for sent in rasa.sent] == ["do you sell my data?", "and cookies?"]
    assert len(slack.posted) == 2


async def test_a_mention_and_its_message_event_are_one_question(candor: Candor, slack: FakeSlack) -> None:
    """Slack tells of a mention twice, under two event ids."""
    candor.slack.places.choose(ada, "acme")
    told_twice = mention("do you sell my data?", ts="1.1")

    await candor.event(told_twice, event_id="Ev1")
    await candor.event({**told_twice, "type": "message"}, event_id="Ev2")
    await candor.settled()

    assert len(slack.posted) == 1


async def test_what_bots_say_edit_or_join_is_not_heard(candor: Candor, slack: FakeSlack, rasa: FakeRasa) -> None:
    """Candor answers people, and only what they say."""
    for number, event in enumerate(
        (
            message("hello", bot_id="B0OTHER"),
            message("hello", user=BOT_USER),
            message("hello", subtype="message_changed"),
            message("hello", subtype="channel_join"),
            message("   "),
        )
    ):
        assert (await candor.event(event, event_id=f"Ev{number}")).status_code == 200
    await candor.settled()

    assert rasa.sent == []
    assert slack.posted == []


async def test_an_address_typed_in_a_channel_moves_to_private_and_is_not_repeated(
    candor: Candor, slack: FakeSlack, rasa: FakeRasa
) -> None:
    """Identifiers echoed in public are what people complain about most."""
    candor.slack.places.choose(ada, "acme")

    await candor.event(mention("delete the account of <mailto:jane@example.org|jane@example.org>", ts="1.1"))
    await candor.settled()

    assert [call.body["channel"] for call in slack.posted] == [ADA]
    assert [(call.body["channel"], call.body["user"]) for call in slack.of("chat.postEphemeral")] == [("C0NEWS", ADA)]
    assert rasa.sent[0]["text"] == "delete the account of <email_1>"
    assert all("jane" not in json.dumps(call.body) for call in slack.calls)


async def test_a_request_begun_in_a_channel_goes_on_in_private(candor: Candor, slack: FakeSlack, rasa: FakeRasa) -> None:
    """The same conversation then holds for the direct messages that follow."""
    candor.slack.places.choose(ada, "acme")
    rasa.messages = [{"text": "I can open a request.", "custom": {"kind": "request", "request_type": "deletion"}}]

    await candor.event(mention("delete my data", ts="1.1"))
    await candor.settled()
    await candor.event(message("Germany", ts="1.2"))
    await candor.settled()

    assert [call.body["channel"] for call in slack.posted] == [ADA, "D0ADA"]
    in_public, begun, continued = (sent["sender"] for sent in rasa.sent)
    assert begun == continued != in_public
    assert rasa.forgotten == [in_public]


async def test_a_wrong_or_old_signature_is_refused(candor: Candor, slack: FakeSlack, rasa: FakeRasa) -> None:
    """Nobody but Slack may speak here, and a recorded request is worth nothing after five minutes."""
    body = json.dumps(event_body(message("do you sell my data?")))
    for headers in ({}, signed(body, secret="another"), signed(body, at=time.time() - 600), signed(body + " ")):
        refused = await candor.http.post("/slack/events", content=body, headers={"Content-Type": "application/json", **headers})
        assert refused.status_code == 401
    await candor.settled()

    assert rasa.sent == []


async def test_slack_can_verify_the_address(candor: Candor) -> None:
    """Slack asks for its challenge back when the address is entered."""
    body = json.dumps({"type": "url_verification", "challenge": "c123", "token": "old"})

    answered = await candor.http.post("/slack/events", content=body, headers={"Content-Type": "application/json", **signed(body)})

    assert (answered.status_code, answered.json()) == (200, {"challenge": "c123"})
