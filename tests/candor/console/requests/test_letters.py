"""The whole life of a request through the pages of the console, with letters that a real mail server takes."""

from __future__ import annotations

import asyncio
import html
import re
import time
from collections.abc import Callable, Iterator
from email.message import EmailMessage, Message

import pytest
from anyio.from_thread import start_blocking_portal

from candor.app.worker import deliver
from candor.services import Services
from candor.tickets.delivery.mailer import SmtpMailer
from tests.candor.console.conftest import SignIn
from tests.candor.console.opened_requests import events, opened, seen
from tests.candor.tickets.delivery.test_worker import Mailbox, mailbox, smtp

__all__ = ["mailbox", "smtp"]
# aiosmtpd's warning: on loopback there is nobody between.
pytestmark = pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")
LONGEST = 60  # seconds, on a machine that is busy with other tests


@pytest.fixture
def parts(parts: Services, smtp: str) -> Iterator[Services]:
    """Services that send through the mail server, and a worker beside them that delivers by itself."""
    parts.requests.mailer = SmtpMailer(smtp)
    stop = asyncio.Event()
    with start_blocking_portal() as worker:
        delivering = worker.start_task_soon(deliver, parts, [], stop)
        yield parts
        worker.call(stop.set)
        delivering.result(LONGEST)


def until(condition: Callable[[], bool]) -> None:
    """The worker delivers by itself."""
    deadline = time.monotonic() + LONGEST
    while not condition():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.05)


def text_of(mail: Message) -> str:
    assert isinstance(mail, EmailMessage)
    return str(mail.get_content()).replace("\r\n", "\n").strip()


def test_a_request_lives_through_its_pages_and_each_letter_is_the_one_that_was_shown(
    parts: Services, sign_in: SignIn, mailbox: Mailbox
) -> None:  # fmt: skip
    """Asked, answered, extended, completed, reopened and refused: six steps, five letters, each once and word for word."""
    number, desk = opened(parts, email="ada@example.com", residence="GB"), sign_in("agent")
    until(lambda: any("opened" in str(one) or number in str(one["Subject"]) for one in mailbox.mails))
    taken = [
        ("ask_requester", "Which of your\ntwo accounts? {{7*7}} <b>"), ("answer", "The first, she says."),
        ("extend", "It lies in four systems."), ("complete", "Alles gelöscht – ‘done’. 🎉"),
        ("reopen", "One system was forgotten."), ("refuse", ".\nInvoices must be kept.\n.\n" + "long " * 300),
    ]  # fmt: skip

    for step, words in taken:
        page = desk.submit(f"requests/{number}/{step}", words=words, **seen(parts, number))
        if step == "answer":
            assert page.status_code == 303
            continue
        before, letter = len(mailbox.mails), html.unescape(re.split(r"<pre[^>]*>", page.text)[1].split("</pre>")[0])
        subject = html.unescape(re.search(r"Subject</dt><dd[^>]*>([^<]*)", page.text)[1])  # type: ignore[index]
        assert desk.submit(f"requests/{number}/{step}", words=words, go="send", **seen(parts, number)).status_code == 303
        until(lambda before=before: len(mailbox.mails) > before)  # type: ignore[misc]
        assert (mailbox.mails[-1]["Subject"], text_of(mailbox.mails[-1])) == (subject, letter.strip())
        assert mailbox.mails[-1]["To"] == "ada@example.com"

    assert events(parts, number)[-6:] == [step for step, _ in taken]
    assert [entry.action for entry in parts.staff.audit.entries(action="request.")][::-1][-6:] == [
        f"request.{step}" for step, _ in taken
    ]
    until(lambda: all(one.state == "sent" for one in parts.requests.staff_desk.details(number).sent if one.what != "code"))
    assert desk.get(f"requests/{number}").text.count("Letter: sent") >= 5


def test_a_letter_that_the_mail_server_refuses_is_seen_at_the_request(
    parts: Services, sign_in: SignIn, mailbox: Mailbox
) -> None:  # fmt: skip
    """With the reason, so that somebody tells the requester by another way."""
    number, desk = opened(parts), sign_in("agent")
    until(lambda: len(mailbox.mails) > 0)
    mailbox.says = "550 5.1.1 no such mailbox"

    desk.submit(f"requests/{number}/complete", words="Deleted.", go="send", **seen(parts, number))
    until(lambda: "mail_not_delivered" in events(parts, number))

    page = desk.get(f"requests/{number}").text
    assert "Letter: refused by the mail server (there is no such mailbox, the mail server says (5.1.1))" in page
    assert "A letter could not be delivered: there is no such mailbox" in page
    assert "Letter refused: no such mailbox" in desk.get("requests?closed=1").text
