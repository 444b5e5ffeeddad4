"""Delivery: over a real mail server and a real webhook receiver, once or again, never lost."""

from __future__ import annotations

import asyncio
import socket
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import timedelta
from email import message_from_bytes
from email.message import Message
from email.policy import default
from pathlib import Path
from threading import Barrier, Thread
from typing import Any

import pytest
import uvicorn
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, Envelope, LoginPassword
from fastapi import FastAPI, Request, Response
from standardwebhooks import Webhook, WebhookVerificationError

from candor.errors import InvalidInputError, UnavailableError
from candor.tickets.delivery.mailer import FolderMailer, MailRefusedError, SmtpMailer
from candor.tickets.delivery.outbox import MOST_TRIES, Outbox, wait_after
from candor.tickets.delivery.webhooks import Webhooks
from candor.tickets.delivery.worker import OutboxWorker
from tests.candor.tickets.conftest import Office

# aiosmtpd's warning: on loopback there is nobody between.
pytestmark = pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")
SECRET = "whsec_" + "Y2FuZG9yIGNhbmRvciBjYW5kb3IgY2FuZG9yIQ=="


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
        return port


@dataclass
class Mailbox:
    """What a mail server does with mail: keep it, or refuse it with `says`."""

    mails: list[Message] = field(default_factory=list)
    senders: list[str] = field(default_factory=list)  # of their envelopes
    says: str = "250 OK"

    async def handle_RCPT(self, _: Any, __: Any, envelope: Envelope, address: str, ___: Any) -> str:  # noqa: N802
        if self.says.startswith("250"):
            envelope.rcpt_tos.append(address)
        return self.says

    async def handle_DATA(self, _: Any, __: Any, envelope: Envelope) -> str:  # noqa: N802
        assert isinstance(envelope.content, bytes)
        self.senders.append(str(envelope.mail_from))
        self.mails.append(message_from_bytes(envelope.content, policy=default))
        return "250 kept"


@pytest.fixture
def mailbox() -> Mailbox:
    return Mailbox()


@pytest.fixture
def smtp(mailbox: Mailbox) -> Iterator[str]:
    """The address of a running mail server on loopback, which asks for a password."""

    def login(*called: Any) -> AuthResult:
        given = called[-1]
        right = isinstance(given, LoginPassword) and (given.login, given.password) == (b"candor", b"p@ss word")
        return AuthResult(success=right, handled=False)

    port = free_port()
    server = Controller(mailbox, hostname="127.0.0.1", port=port, auth_required=True, auth_require_tls=False, authenticator=login)
    server.start()
    yield f"smtp://candor:p%40ss%20word@127.0.0.1:{port}"
    server.stop()


@dataclass
class Receiver:
    """Another system: verifies each webhook, keeps it, and answers with the next of `answers`, at last with 200."""

    url: str = ""
    got: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    receiver, app = Receiver(), FastAPI()

    @app.post("/hook")
    async def hook(request: Request) -> Response:
        body = await request.body()
        try:
            data = Webhook(SECRET).verify(body, dict(request.headers))
        except WebhookVerificationError:
            return Response(status_code=401)
        receiver.got.append((request.headers["webhook-id"], data))
        return Response(status_code=receiver.answers.pop(0) if receiver.answers else 200)

    server = uvicorn.Server(uvicorn.Config(app, log_config=None, access_log=False))
    listening = socket.create_server(("127.0.0.1", 0))
    thread = Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    receiver.url = f"http://127.0.0.1:{listening.getsockname()[1]}/hook"
    yield receiver
    server.should_exit = True
    thread.join()
    listening.close()


def worker_of(office: Office, mailer: Any = None, hook: Any = None) -> OutboxWorker:
    return OutboxWorker(office.engine, office.request_events, office.messages, mailer or office.mailer, hook, now=office.now)


async def test_a_code_reaches_a_real_mailbox(office: Office, smtp: str, mailbox: Mailbox) -> None:
    """From the company, as plain text, and marked as written by a machine."""
    office.opened()

    done = await worker_of(office, SmtpMailer(smtp)).deliver()

    (mail,) = mailbox.mails
    assert done == {"sent": 1}
    assert (mail["To"], mail["From"]) == ("ada@example.com", "Acme <candor@acme.example>")
    assert mail["Subject"] == "Your code for the chat with Acme"
    assert (mail["Auto-Submitted"], mail.get_content_type()) == ("auto-generated", "text/plain")


async def test_a_mailbox_that_does_not_exist_is_noted_and_not_tried_again(office: Office, smtp: str, mailbox: Mailbox) -> None:
    """Staff see at the request that nobody was reached; the operator is not woken for a typing error."""
    number = office.opened().ticket.number
    mailbox.says = "550 5.1.1 no such user"

    done = await worker_of(office, SmtpMailer(smtp)).deliver()

    assert done == {"refused": 1}
    assert office.events(number)[-1] == "mail_not_delivered"
    assert office.outbox.counts()["refused"] == 1


@pytest.mark.parametrize(
    "says", ["550 no", "550 5.7.1 not allowed", "554 5.7.26 no SPF", "550 5.1.8 bad sender", "552 5.2.2 full"]
)
async def test_what_may_be_somebodys_set_up_is_tried_again_and_seen(
    office: Office, smtp: str, mailbox: Mailbox, says: str
) -> None:
    """Not the mailbox: SPF, a filter, or nobody knows what. The letter waits until the set-up is mended, and then goes."""
    number = office.opened().ticket.number
    mailbox.says = says
    worker = worker_of(office, SmtpMailer(smtp))

    assert await worker.deliver() == {"again": 1}

    assert office.events(number)[-1] == "code_sent"
    assert (office.outbox.failing().count, says.split(maxsplit=1)[0] in office.outbox.failing().why) == (1, True)
    mailbox.says = "250 OK"
    assert office.outbox.revive(office.now()) == 1
    assert await worker.deliver() == {"sent": 1}
    assert office.outbox.failing().count == 0


async def test_what_an_earlier_version_took_for_a_missing_mailbox_can_be_revived(office: Office) -> None:
    """It had asked no further what the server meant by 550."""
    office.opened()
    message = office.outbox.claim(office.now(), "old", ("requester",))
    assert message is not None
    office.outbox.settle(message, "refused", "the mail server refused the mailbox (550)")

    assert office.outbox.revive(office.now()) == 1
    assert (await office.deliver())["sent"] == 3


async def test_a_server_that_looks_at_the_mailbox_only_after_the_text_is_understood(
    office: Office, smtp: str, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    """Behind a gateway, the refusal comes with the end of DATA."""
    number = office.opened().ticket.number

    async def refuse(*_: Any) -> str:
        return "550 5.1.1 unknown here"

    monkeypatch.setattr(mailbox, "handle_DATA", refuse)

    assert await worker_of(office, SmtpMailer(smtp)).deliver() == {"refused": 1}
    assert office.events(number)[-1] == "mail_not_delivered"


async def test_a_mail_server_that_is_full_is_asked_again_later(office: Office, smtp: str, mailbox: Mailbox) -> None:
    """A 4xx is for now only."""
    office.opened()
    mailbox.says = "452 mailbox full"
    worker = worker_of(office, SmtpMailer(smtp))

    assert await worker.deliver() == {"again": 1}
    mailbox.says = "250 OK"
    assert await worker.deliver() == {}
    office.wait(seconds=30)

    assert await worker.deliver() == {"sent": 1}
    assert len(mailbox.mails) == 1


async def test_a_wrong_password_and_a_server_that_is_down_name_the_setting_and_no_secret(smtp: str) -> None:
    """What doctor prints, and what the outbox keeps."""
    wrong = smtp.replace("p%40ss", "wrong")
    down = f"smtp://candor:p%40ss@127.0.0.1:{free_port()}"

    for url in (wrong, down):
        with pytest.raises(UnavailableError, match="CANDOR_SMTP_URL") as failed:
            await SmtpMailer(url).check()
        assert not isinstance(failed.value, MailRefusedError)
        assert "candor:" not in str(failed.value)
        assert "wrong" not in str(failed.value)
    assert "takes mail" in await SmtpMailer(smtp).check()


@pytest.mark.parametrize("url", ["http://mail.example", "mail.example:587", "smtp://", "smtp://h:port"])
def test_an_address_that_is_none_is_refused_at_once(url: str) -> None:
    """With an example of one."""
    with pytest.raises(InvalidInputError, match="smtp://user:password@host:587"):
        SmtpMailer(url)


async def test_without_a_mail_server_mail_becomes_files_that_only_we_can_read(office: Office, tmp_path: Path) -> None:
    """One a mail, however often it is delivered."""
    office.opened()
    folder = tmp_path / "outbox"

    await worker_of(office, FolderMailer(folder)).deliver()
    office.desk.send_code(office.desk.of_conversation("c_1")[0].number, "c_1")
    await worker_of(office, FolderMailer(folder)).deliver()

    files = sorted(folder.iterdir())
    assert [path.suffix for path in files] == [".eml", ".eml"]
    assert all(path.stat().st_mode & 0o777 == 0o600 for path in files)
    assert message_from_bytes(files[0].read_bytes(), policy=default)["To"] == "ada@example.com"


async def test_an_address_with_other_letters_than_ascii_is_written_to(
    office: Office, smtp: str, mailbox: Mailbox, tmp_path: Path
) -> None:
    """A mail server that knows SMTPUTF8 takes it, and so does the folder."""
    office.opened(email="jörg@bücher.example")
    assert await worker_of(office, SmtpMailer(smtp)).deliver() == {"sent": 1}

    office.desk.send_code(office.desk.of_conversation("c_1")[0].number, "c_1")
    assert await worker_of(office, FolderMailer(tmp_path / "outbox")).deliver() == {"sent": 1}

    assert [mail["To"] for mail in mailbox.mails] == ["jörg@bücher.example"]


async def test_webhooks_are_signed_and_tell_what_another_system_needs(office: Office, receiver: Receiver) -> None:
    """Who asks is told only once it is proven."""
    office.opened(details="all of it")
    number = office.desk.of_conversation("c_1")[0].number
    office.desk.give_code(number, await office.code(), "c_1")
    office.webhook.sent.clear()
    office.opened("yes-2", email="bob@example.com", conversation="c_2", details="not proven")
    office.opened("yes-3", email="cleo@example.com", conversation="c_3", request_type="opt_out_of_sale")

    await worker_of(office, hook=Webhooks(receiver.url, SECRET)).deliver()

    told = [(data["type"], data["data"]["state"], data["data"]["email"], data["data"]["details"]) for _, data in receiver.got]
    assert told == [
        ("request.open", "open", "ada@example.com", "all of it"),
        ("request.received", "received", None, ""),
        ("request.awaiting_identity", "awaiting_identity", None, ""),
        ("request.received", "received", "cleo@example.com", ""),
        ("request.open", "open", "cleo@example.com", ""),
    ]
    first = receiver.got[0][1]
    assert (first["data"]["number"], first["data"]["due"], first["data"]["law"]) == (number, "2026-02-16", "gdpr")
    assert first["timestamp"].endswith("+00:00")


async def test_a_receiver_that_fails_gets_the_same_webhook_again_under_the_same_id(office: Office, receiver: Receiver) -> None:
    """So that it can tell a repetition from news; each wait is twice as long."""
    office.opened(request_type="opt_out_of_sale", email=None)
    receiver.answers = [500, 500, 503, 302]
    worker = worker_of(office, hook=Webhooks(receiver.url, SECRET))

    for wait in (0, 30, 60, 60):
        office.wait(seconds=wait)
        await worker.deliver()

    ids = Counter(key for key, _ in receiver.got)
    assert sorted(ids.values()) == [3, 3]
    assert office.outbox_of("webhook") == [("request.received", "sent"), ("request.open", "sent")]


def test_each_wait_is_longer_and_the_last_try_comes_within_about_a_day() -> None:
    """Half a minute, a minute, two, …, at most six hours."""
    waits = [wait_after(tries) for tries in range(1, MOST_TRIES)]

    assert waits[:3] == [timedelta(seconds=30), timedelta(minutes=1), timedelta(minutes=2)]
    assert waits == sorted(waits)
    assert timedelta(hours=12) < sum(waits, timedelta()) < timedelta(hours=30)


async def test_what_cannot_be_delivered_is_given_up_noted_and_can_be_revived(office: Office) -> None:
    """A dead letter is seen by doctor, by staff, and is not lost."""
    number = office.opened().ticket.number
    office.mailer.down = UnavailableError("down")
    for _ in range(MOST_TRIES):
        await office.deliver()
        office.wait(hours=6)

    assert office.outbox.counts()["dead"] == 1
    assert office.events(number)[-1] == "mail_not_delivered"
    office.mailer.down = None
    assert office.outbox.revive(office.now()) == 1
    assert (await office.deliver())["sent"] == 1


async def test_one_message_that_cannot_be_made_does_not_keep_the_others_waiting(office: Office) -> None:
    """A bug in one letter is that letter's."""
    office.opened()
    broken = Office(office.engine, "a secret")
    broken.messages.mail = lambda *_: 1 / 0  # type: ignore[method-assign, assignment]

    done = await broken.worker.deliver()

    assert done["again"] == 1
    assert done["sent"] == len(office.outbox_of("webhook"))


def test_many_processes_claim_each_message_once(office: Office) -> None:
    """However they race for them."""
    for place in range(10):
        office.opened(f"yes-{place}", conversation=f"c_{place}", email=f"p{place}@example.com")
    start = Barrier(8)

    def claim_all(name: int) -> list[int]:
        outbox, claimed = Outbox(office.engine), []
        start.wait()
        while message := outbox.claim(office.now(), f"worker-{name}", ("requester", "staff")):
            claimed.append(message.id)
        return claimed

    with ThreadPoolExecutor(8) as processes:
        claimed = [message for found in processes.map(claim_all, range(8)) for message in found]

    assert len(claimed) == len(set(claimed)) == 10


def test_what_a_dead_process_had_claimed_is_sent_by_another(office: Office) -> None:
    """After five minutes; and if the dead one was only slow, its late word does not count."""
    office.opened()
    slow = office.outbox.claim(office.now(), "slow", ("requester",))
    assert slow is not None
    assert office.outbox.claim(office.now(), "other", ("requester",)) is None

    office.wait(minutes=5)
    other = office.outbox.claim(office.now(), "other", ("requester",))
    office.outbox.settle(slow, "dead", "late")

    assert other is not None
    assert (other.key, office.outbox_of("requester")) == (slow.key, [("code", "sending")])
    office.outbox.settle(other, "sent")
    assert office.outbox_of("requester") == [("code", "sent")]


async def test_a_worker_that_is_told_to_stop_finishes_what_it_sends(office: Office) -> None:
    """Cut off, the mail would be sent a second time."""
    office.opened()
    stop, sent = asyncio.Event(), []

    class SlowMailer:
        async def send(self, message: Message) -> None:
            stop.set()
            await asyncio.sleep(0.05)
            sent.append(message)

    await asyncio.wait_for(worker_of(office, SlowMailer()).run(stop), 10)

    assert len(sent) == 1
    assert office.outbox_of("requester") == [("code", "sent")]


@pytest.mark.parametrize(
    ("url", "secret", "setting"),
    [
        ("http://jira.example/hook", SECRET, "CANDOR_WEBHOOK_URL"),
        ("ftp://jira.example", SECRET, "CANDOR_WEBHOOK_URL"),
        ("https://jira.example/hook", "", "CANDOR_WEBHOOK_SECRET"),
        ("https://jira.example/hook", "whsec_c2hvcnQ=", "CANDOR_WEBHOOK_SECRET"),
        ("https://jira.example/hook", "no base64!", "CANDOR_WEBHOOK_SECRET"),
    ],
)
def test_a_webhook_that_would_not_be_safe_is_refused(url: str, secret: str, setting: str) -> None:
    """In the clear over a network, or with a secret that can be guessed."""
    with pytest.raises(InvalidInputError, match=setting) as refused:
        Webhooks(url, secret)

    assert not secret or secret not in str(refused.value)
