"""Bounces as mail servers write them, of a letter with a given key; the people and hosts in them are made up."""

from __future__ import annotations

from candor.tickets.delivery.dsn import verp_address

BOUNCES_TO = "bounces@acme.example"


def _mail(text: str, key: str, *, verp: bool = False) -> bytes:
    to = verp_address(BOUNCES_TO, key) if verp else "candor@acme.example"
    return text.lstrip("\n").format(to=to, key=key).replace("\n", "\r\n").encode()


def postfix(key: str, status: str = "5.1.1", action: str = "failed", *, verp: bool = False) -> bytes:
    """RFC 3464, with the letter's headers below."""
    text = """
Return-Path: <>
Date: Thu, 15 Jan 2026 12:00:05 +0000 (UTC)
From: MAILER-DAEMON@mx.example.com (Mail Delivery System)
Subject: Undelivered Mail Returned to Sender
To: {to}
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status;
\tboundary="4Bq.1768478405/mx.example.com"
Message-Id: <20260115120005.4Bq@mx.example.com>

This is a MIME-encapsulated message.

--4Bq.1768478405/mx.example.com
Content-Description: Notification
Content-Type: text/plain; charset=us-ascii

This is the mail system at host mx.example.com.

I'm sorry to have to inform you that your message could not
be delivered to one or more recipients. It's attached below.

<ada@example.com>: host mail.example.com[192.5.1.1] said: 550 STATUS
    <ada@example.com>: Recipient address rejected (in reply to RCPT TO command)

--4Bq.1768478405/mx.example.com
Content-Description: Delivery report
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.com
X-Postfix-Queue-ID: 4Bq
X-Postfix-Sender: rfc822; candor@acme.example
Arrival-Date: Thu, 15 Jan 2026 12:00:01 +0000 (UTC)

Final-Recipient: rfc822; ada@example.com
Original-Recipient: rfc822;ada@example.com
Action: ACTION
Status: STATUS
Remote-MTA: dns; mail.example.com
Diagnostic-Code: smtp; 550 STATUS <ada@example.com>: Recipient address rejected

--4Bq.1768478405/mx.example.com
Content-Description: Undelivered Message Headers
Content-Type: text/rfc822-headers

Subject: Your code for the chat with Acme
From: Acme <candor@acme.example>
To: ada@example.com
Message-ID: <{key}@acme.example>

--4Bq.1768478405/mx.example.com--
""".replace("ACTION", action).replace("STATUS", status)
    return _mail(text, key, verp=verp)


def exchange(key: str) -> bytes:
    """The whole letter is returned, and the report names 5.0.0 where the remote server had said more."""
    return _mail(
        """
From: Microsoft Outlook <MicrosoftExchange329e71ec88ae4615bbc36ab6ce41109e@initech.example>
To: <{to}>
Date: Thu, 15 Jan 2026 12:00:07 +0000
Content-Type: multipart/report; report-type=delivery-status;
\tboundary="6f8f4cc0-92a3"
Content-Language: en-US
In-Reply-To: <{key}@acme.example>
References: <{key}@acme.example>
Subject: Undeliverable: Your code for the chat with Acme
Auto-Submitted: auto-generated
MIME-Version: 1.0

--6f8f4cc0-92a3
Content-Type: text/html; charset="us-ascii"

<html><body>Your message couldn't be delivered.</body></html>

--6f8f4cc0-92a3
Content-Type: message/delivery-status

Reporting-MTA: dns;PR3.prod.initech.example
Received-From-MTA: dns;mail.acme.example
Arrival-Date: Thu, 15 Jan 2026 12:00:04 +0000

Original-Recipient: rfc822;ada@initech.example
Final-Recipient: rfc822;ada@initech.example
Action: failed
Status: 5.0.0
Diagnostic-Code: smtp;550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup

--6f8f4cc0-92a3
Content-Type: message/rfc822

From: Acme <candor@acme.example>
To: ada@initech.example
Subject: Your code for the chat with Acme
Message-ID: <{key}@acme.example>
Content-Type: text/plain

Your code is 123456

--6f8f4cc0-92a3--
""",
        key,
    )


def qmail(key: str) -> bytes:
    """QSBMF: prose, then the letter as it was."""
    return _mail(
        """
Return-Path: <>
Date: 15 Jan 2026 12:00:09 -0000
From: MAILER-DAEMON@example.org
To: {to}
Subject: failure notice

Hi. This is the qmail-send program at example.org.
I'm afraid I wasn't able to deliver your message to the following addresses.
This is a permanent error; I've given up. Sorry it didn't work out.

<ada@example.org>:
Sorry, no mailbox here by that name. (#5.1.1)

--- Below this line is a copy of the message.

Return-Path: <candor@acme.example>
Message-ID: <{key}@acme.example>
Subject: Your code for the chat with Acme
To: ada@example.org

Your code is 123456
""",
        key,
    )


def exim(key: str) -> bytes:
    """Prose and a header of its own; found by the address that it was sent to, because it returns no headers."""
    return _mail(
        """
Return-path: <>
Envelope-to: {to}
X-Failed-Recipients: ada@example.net
Auto-Submitted: auto-generated
From: Mail Delivery System <Mailer-Daemon@example.net>
To: {to}
Subject: Mail delivery failed: returning message to sender
Date: Thu, 15 Jan 2026 12:00:11 +0000

This message was created automatically by mail delivery software.

A message that you sent could not be delivered to one or more of its
recipients. This is a permanent error. The following address(es) failed:

  ada@example.net
    host mail.example.net [192.5.1.1]
    SMTP error from remote mail server after RCPT TO:<ada@example.net>:
    550 5.7.1 our spam filter does not like you
""",
        key, verp=True,
    )  # fmt: skip


def holiday(key: str) -> bytes:
    """An answer from a program that says that somebody is away. The letter has arrived."""
    return _mail(
        """
From: Ada <ada@example.com>
To: {to}
Subject: Out of office: Your code for the chat with Acme
Auto-Submitted: auto-replied (vacation)
In-Reply-To: <{key}@acme.example>
Content-Type: text/plain

I am away until Monday.
""",
        key, verp=True,
    )  # fmt: skip


def answer(key: str) -> bytes:
    """A person answers, and quotes an error of their own."""
    return _mail(
        """
From: Ada <ada@example.com>
To: {to}
Subject: Re: Your code for the chat with Acme
In-Reply-To: <{key}@acme.example>
Content-Type: text/plain

I see "550 5.1.1" when I write to you. What now?
""",
        key, verp=True,
    )  # fmt: skip


def receipt(key: str) -> bytes:
    """A read receipt: a report of another kind."""
    return _mail(
        """
From: Ada <ada@example.com>
To: {to}
Subject: Read: Your code
Content-Type: multipart/report; report-type=disposition-notification; boundary="x"
MIME-Version: 1.0

--x
Content-Type: text/plain

It was read.

--x
Content-Type: message/disposition-notification

Final-Recipient: rfc822;ada@example.com
Original-Message-ID: <{key}@acme.example>
Disposition: manual-action/MDN-sent-manually; displayed

--x--
""",
        key, verp=True,
    )  # fmt: skip
