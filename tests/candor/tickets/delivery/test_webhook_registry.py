"""Several webhooks: who hears of what, what a receiver that fails or hangs does, and replays."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import timedelta
from ipaddress import ip_address
from threading import Semaphore
from typing import Any

import pytest
from sqlalchemy import text

from candor.tickets.cipher import FieldCipher
from candor.tickets.delivery.network_guard import BadReceiverError, address_to_call, check_url, is_public, read_networks
from candor.tickets.delivery.receivers import EVENTS, wants
from candor.tickets.delivery.webhook_registry import (
    NoSuchDeliveryError,
    NoSuchWebhookError,
    WebhookRefusedError,
    WebhookRegistry,
    WebhookSettings,
)
from candor.tickets.delivery.webhooks import GuardedWebhook, WebhookFailedError, new_secret
from candor.tickets.delivery.worker import OutboxWorker
from candor.tickets.key_rotation import rotate
from tests.candor.tickets.conftest import SECRET, Office
from tests.receivers import WebhookReceiver, answering, hanging, receiving

HERE = read_networks("127.0.0.0/8")
ELSEWHERE = "https://hooks.example.org/in"


@pytest.fixture
def receiver() -> Iterator[WebhookReceiver]:
    with receiving() as found:
        yield found


@pytest.fixture
def registry(office: Office) -> WebhookRegistry:
    return WebhookRegistry(office.engine, office.cipher, HERE, office.now)


def worker_of(office: Office, registry: WebhookRegistry) -> OutboxWorker:
    return OutboxWorker(office.engine, office.request_events, office.messages, office.mailer, records=registry, now=office.now)


def add(registry: WebhookRegistry, receiver: WebhookReceiver, **wanted: Any) -> int:
    known, receiver.secret = registry.add(WebhookSettings(**({"name": "Jira", "url": receiver.url} | wanted)), "account:1")
    return known.id


async def test_each_receiver_hears_what_it_asked_for(
    office: Office, registry: WebhookRegistry, receiver: WebhookReceiver
) -> None:  # fmt: skip
    """By event and by company, signed with its own secret, beside the receiver of the settings."""
    add(registry, receiver, events=("request.open",), companies=("acme",))
    with receiving() as other:
        add(registry, other, name="n8n", companies=("globex",))

        await office.verified()
        await worker_of(office, registry).deliver()

        assert receiver.types() == ["request.open"]
        assert (other.got, receiver.forged + other.forged) == ([], 0)
    assert "request.open" in [what for what, _ in office.outbox_of("webhook")]


async def test_what_is_for_the_receiver_of_the_settings_waits_for_a_process_that_knows_it(
    office: Office, registry: WebhookRegistry, receiver: WebhookReceiver
) -> None:  # fmt: skip
    """One without CANDOR_WEBHOOK_URL leaves it where it is."""
    add(registry, receiver, events=("request.received",))
    office.opened()

    await worker_of(office, registry).deliver()

    assert receiver.types() == ["request.received"]
    assert sorted(state for _, state in office.outbox_of("webhook")) == ["due", "due", "sent"]


async def test_who_asked_is_told_only_where_that_is_wished(
    office: Office, registry: WebhookRegistry, receiver: WebhookReceiver
) -> None:  # fmt: skip
    """And only once it is proven."""
    quiet = add(registry, receiver, events=("request.open",))

    await office.verified()
    await worker_of(office, registry).deliver()
    assert "email" not in receiver.got[-1][1]["data"]
    registry.change(quiet, WebhookSettings("Jira", receiver.url, ("request.open",), identity=True))
    await office.verified("yes-2", request_type="access")
    await worker_of(office, registry).deliver()

    assert receiver.got[-1][1]["data"]["email"] == "ada@example.com"


async def test_a_failing_receiver_is_asked_less_and_less_often_and_catches_up(
    office: Office, registry: WebhookRegistry, receiver: WebhookReceiver
) -> None:  # fmt: skip
    """One probe at a time, and all that waits once it answers again."""
    webhook = add(registry, receiver)
    receiver.answers = [500, 503]
    office.opened()
    worker = worker_of(office, registry)

    await worker.deliver()
    assert (len(receiver.got), registry.get(webhook).failures) == (1, 1)
    await worker.deliver()
    assert len(receiver.got) == 1
    office.wait(seconds=30)
    await worker.deliver()
    assert (len(receiver.got), registry.get(webhook).failures) == (2, 2)
    office.wait(seconds=60)
    await worker.deliver()

    assert registry.get(webhook).failing_since is None
    assert {one.state for one in registry.deliveries(webhook)} == {"sent"}
    assert {one.answered for one in registry.deliveries(webhook)} == {200}


async def test_what_happens_while_a_receiver_is_paused_waits_too(
    office: Office, registry: WebhookRegistry, receiver: WebhookReceiver
) -> None:  # fmt: skip
    """It is no further probe."""
    add(registry, receiver)
    receiver.answers = [500]
    office.opened()
    await worker_of(office, registry).deliver()

    office.opened("yes-2", request_type="access")
    await worker_of(office, registry).deliver()

    assert len(receiver.got) == 1


async def test_after_three_days_of_failing_it_is_switched_off_and_a_replay_brings_all(
    office: Office, registry: WebhookRegistry, receiver: WebhookReceiver
) -> None:  # fmt: skip
    """Nothing is lost: what was given up is sent under the id that it had."""
    webhook, worker = add(registry, receiver), worker_of(office, registry)
    receiver.answers = [500] * 100
    office.opened()
    while registry.get(webhook).given.active:
        office.wait(hours=6)
        await worker.deliver()
        if office.now().hour == 12:  # each day something new happens
            office.opened(f"on {office.now()}", request_type="access", email=f"ada{office.now():%d}@example.com")

    stopped = registry.get(webhook)
    lost = {one.key for one in registry.deliveries(webhook, limit=500)}
    with pytest.raises(WebhookRefusedError):
        registry.replay_failed(webhook)
    registry.change(webhook, WebhookSettings("Jira", receiver.url))
    receiver.got.clear()
    receiver.answers.clear()
    registry.replay_failed(webhook)
    await worker.deliver()

    assert stopped.stopped_at is not None
    assert "3 days" in stopped.stopped_why
    assert {key for key, _ in receiver.got} == lost
    assert {one.state for one in registry.deliveries(webhook, limit=500)} == {"sent"}


async def test_a_receiver_that_says_it_is_gone_is_switched_off_at_once(
    office: Office, registry: WebhookRegistry, receiver: WebhookReceiver
) -> None:  # fmt: skip
    """410, as the specification says."""
    webhook = add(registry, receiver)
    receiver.answers = [410]
    office.opened()

    await worker_of(office, registry).deliver()

    assert not registry.get(webhook).given.active
    assert registry.deliveries(webhook)[-1].answered == 410


async def test_one_delivery_can_be_sent_again(office: Office, registry: WebhookRegistry, receiver: WebhookReceiver) -> None:
    """Also one that arrived, for a receiver that lost it."""
    webhook = add(registry, receiver)
    office.opened()
    await worker_of(office, registry).deliver()
    sent = registry.deliveries(webhook)[0]

    registry.replay(webhook, sent.id)
    await worker_of(office, registry).deliver()

    assert [key for key, _ in receiver.got].count(sent.key) == 2
    with pytest.raises(NoSuchDeliveryError):
        registry.replay(webhook, 10_000)


async def test_a_receiver_that_hangs_holds_up_neither_letters_nor_others(
    office: Office, registry: WebhookRegistry, receiver: WebhookReceiver
) -> None:  # fmt: skip
    """While it hangs, codes go out and other receivers hear of everything."""
    let_go = asyncio.Event()

    class Slow:
        async def send(self, key: str, body: dict[str, Any]) -> int:
            await let_go.wait()
            raise WebhookFailedError("took too long")

    class WithSlow:
        """The registry, but for the webhook that hangs."""

        def target(self, webhook: int) -> Any:
            return Slow() if webhook == slow else registry.target(webhook)

        succeeded, failed = registry.succeeded, registry.failed

    told = Semaphore(0)
    receiver.on_event = lambda _: told.release()
    slow = registry.add(WebhookSettings("slow", ELSEWHERE), "account:1")[0].id
    add(registry, receiver)
    worker = OutboxWorker(
        office.engine, office.request_events, office.messages, office.mailer, records=WithSlow(), now=office.now
    )
    office.opened()
    office.opened("yes-2", request_type="access", email="bea@example.com")

    delivering = asyncio.create_task(worker.deliver())
    await asyncio.to_thread(told.acquire)
    await asyncio.to_thread(told.acquire)
    on_its_way = [one.state for one in registry.deliveries(slow)]
    let_go.set()
    await delivering

    assert on_its_way.count("sending") == 1
    assert len(office.mailer.sent) >= 2
    assert registry.get(slow).failures == 1


async def test_a_receiver_that_never_answers_is_left_after_a_while() -> None:
    """It costs one connection for as long as its patience lasts."""
    with hanging() as url:
        with pytest.raises(WebhookFailedError, match="does not answer"):
            await GuardedWebhook(url, new_secret(), HERE, patience=0.1).send("key", {})
        with pytest.raises(WebhookFailedError, match="took longer"):
            await GuardedWebhook(url, new_secret(), HERE, longest=0.1).send("key", {})


async def test_a_redirection_is_not_followed(receiver: WebhookReceiver) -> None:
    """Not even to an address that would be allowed, let alone to a private one."""
    receiver.secret = new_secret()
    with receiving() as inside:
        receiver.answers, receiver.redirects_to = [302], inside.url

        with pytest.raises(WebhookFailedError, match="302, and redirections are not followed"):
            await GuardedWebhook(receiver.url, receiver.secret, HERE).send("key", {})

        assert (inside.got, inside.forged) == ([], 0)


EVIL = b"\x1b[2Jforged\r\n"


@pytest.mark.parametrize(
    "reply",
    [
        b"HTTP/1.1 500 " + EVIL + b"Content-Length: 0\r\n\r\n", b"HTTP/1.1 503 no\r\n\r\n" + EVIL * 100_000,
        b"HTTP/1.1 302 F\r\nLocation: https://forged.example/\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 400 F\r\n" + b"X: forged\r\n" * 50_000, b"\0" + EVIL * 1000,
    ],
    ids=["its reason", "its body", "its location", "its headers", "no HTTP"],
)  # fmt: skip
async def test_nothing_of_a_reply_is_kept_but_its_status(reply: bytes) -> None:
    """Whoever receives may answer anything, at any length; the error stands in the log, the console and the terminal."""
    with (
        answering(reply) as url,
        pytest.raises(WebhookFailedError, match=r"^the webhook's receiver (?:answered|does not)") as error,
    ):
        await GuardedWebhook(url, new_secret(), HERE).send("key", {})

    assert "forged" not in str(error.value)
    assert str(error.value).isprintable()


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:5005/", "https://127.0.0.1/", "https://localhost/", "https://[::1]/", "https://10.0.0.8/x",
        "https://169.254.169.254/latest/meta-data", "https://[::ffff:10.0.0.1]/", "https://[64:ff9b::a00:1]/",
        "https://[2002:a00:1::]/", "https://100.64.0.1/", "https://0.0.0.0/", "https://[fd00::1]/", "https://192.168.1.1/",
        "https://224.0.0.1/", "http://8.8.8.8/",
    ],
)  # fmt: skip
async def test_private_addresses_are_not_called(url: str) -> None:
    """However they are written; nor public ones without TLS."""
    with pytest.raises(BadReceiverError):
        await address_to_call(url, ())
    if "localhost" not in url:
        with pytest.raises(BadReceiverError):
            check_url(url, ())


@pytest.mark.parametrize(
    "url", ["ftp://a.example/", "https://", "javascript:alert(1)", "https://a b.example/", "https://u:p@a.example/", "x", "",
            "https://a.example:99999/", "https://[::1", "https://a.example/\n"],
)  # fmt: skip
def test_what_is_no_address_of_the_web_is_refused(url: str) -> None:
    """At once, when it is typed."""
    with pytest.raises(BadReceiverError):
        check_url(url, HERE)


def test_addresses_that_anybody_could_call_are_called() -> None:
    """And those in networks that the operator names."""
    check_url("https://8.8.8.8/hook", ())
    check_url("http://127.0.0.1:5678/webhook/n8n", HERE)
    assert is_public(ip_address("2606:4700:4700::1111"))


@pytest.mark.parametrize(
    "address",
    ["fec0::1", "3fff::1", "192.0.0.8", "192.88.99.1", "64:ff9b:1::7f00:1", "::127.0.0.1", "2001:0:53aa:64c::1", "100.64.0.1"],
)
def test_addresses_that_nobody_has_on_the_internet_are_private(address: str) -> None:
    """Some networks route them within themselves, and not every list knows of them."""
    assert not is_public(ip_address(address))


@pytest.mark.parametrize(
    ("events", "event", "wanted"),
    [((), "request.open", True), (("request.*",), "request.open", True), (("request.*",), "person.wanted", False),
     (("request.open",), "request.opened", False), (("request.completed", "person.*"), "person.waits", True)],
)  # fmt: skip
def test_a_filter_names_events_or_groups(events: tuple[str, ...], event: str, wanted: bool) -> None:
    """An empty one lets everything through."""
    assert wants(events, event) is wanted


@pytest.mark.parametrize("wanted", [{"name": " "}, {"url": "http://"}, {"events": ("request.flown",)}, {"events": ("*",)}])
def test_a_webhook_that_makes_no_sense_is_not_kept(registry: WebhookRegistry, wanted: dict[str, Any]) -> None:
    """In plain words."""
    with pytest.raises((WebhookRefusedError, BadReceiverError)):
        registry.add(WebhookSettings(**({"name": "Jira", "url": ELSEWHERE} | wanted)), "account:1")


def test_address_and_secret_lie_encrypted_and_move_to_a_new_key(office: Office, registry: WebhookRegistry) -> None:
    """Many receivers know their callers by nothing but the address."""
    known, secret = registry.add(WebhookSettings("Jira", "https://hooks.example.org/a-hidden-path"), "account:1")

    with office.engine.connect() as connection:
        (row,) = connection.execute(text("SELECT * FROM webhook")).all()
    rotate(office.engine, FieldCipher("another secret", (SECRET,)))
    moved = WebhookRegistry(office.engine, FieldCipher("another secret"))

    assert "a-hidden-path" not in str(row)
    assert secret not in str(row)
    assert moved.get(known.id).given.url.endswith("/a-hidden-path")


def test_what_was_removed_hears_nothing_more(office: Office, registry: WebhookRegistry) -> None:
    """What waited for it lapses."""
    known, _ = registry.add(WebhookSettings("Jira", ELSEWHERE), "account:1")
    office.opened()

    registry.remove(known.id)
    office.opened("yes-2", request_type="access")

    with pytest.raises(NoSuchWebhookError):
        registry.get(known.id)
    with office.engine.connect() as connection:
        states = connection.scalars(text("SELECT DISTINCT state FROM outbox WHERE webhook_id IS NOT NULL")).all()
    assert states == ["lapsed"]


def test_every_event_that_is_sent_can_be_filtered(office: Office) -> None:
    """The list that people choose from names what requests and visitors cause."""
    office.opened()

    assert {what for what, _ in office.outbox_of("webhook")} <= set(EVENTS)
    assert office.retention.drop_sent(office.now() + timedelta(days=400)) >= 0
