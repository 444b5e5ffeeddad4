"""Send mail over SMTP, or write it to files in a folder where no server is configured."""

from __future__ import annotations

import asyncio
import os
import socket
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage, Message
from email.parser import BytesHeaderParser
from email.policy import SMTP, SMTPUTF8
from email.utils import format_datetime, parseaddr
from pathlib import Path
from typing import Protocol
from urllib.parse import parse_qs, unquote, urlsplit

import aiosmtplib

from candor.errors import InvalidInputError, UnavailableError
from candor.tickets.delivery.dsn import verp_address
from candor.tickets.delivery.mail_status import is_mailbox, status_in
from candor.tickets.delivery.outbox import NOT_TAKEN
from candor.tickets.delivery.templates import Letter

TIMEOUT = 20  # seconds
LONGEST_BOUNCE_NAME = 24  # characters; with + and the letter's key, 64 are allowed before the @ (RFC 5321, 4.5.3.1.1)
LOOPBACK = {"localhost", "127.0.0.1", "::1"}


class MailRefusedError(UnavailableError):
    """The server says that the mailbox does not exist or takes no mail, and that this is permanent.

    status: the enhanced status code that says so, such as "5.1.1".
    """

    def __init__(self, status: str) -> None:
        super().__init__(f"there is no such mailbox, the mail server says ({status})")
        self.status = status


class MailNotTakenError(UnavailableError):
    """The server does not take our mail, for a reason that is not the mailbox: somebody's set-up, which may be mended."""

    def __init__(self, code: int, status: str) -> None:
        said = f"{code} {status}".strip()
        super().__init__(f"{NOT_TAKEN} ({said})")


class Mailer(Protocol):
    """Sends mail, and deletes what it keeps of it on this machine."""

    async def send(self, message: EmailMessage) -> None:
        """Raises: MailRefusedError; MailNotTakenError or another UnavailableError if a later attempt may succeed."""
        ...

    async def check(self) -> str:
        """Check whether mail could be sent, without sending any. Returns where it goes. Raises: UnavailableError."""
        ...

    def delete_to(self, address: str) -> int:
        """Delete the kept mail to an address, however it is capitalised. Returns how many files that were."""
        ...

    def delete_before(self, moment: datetime) -> int:
        """Delete the kept mail that was written before `moment`. Returns how many files that were."""
        ...


@dataclass(frozen=True)
class SmtpAddress:
    """A mail server, from smtp://user:password@host:587 or smtps://host."""

    host: str
    port: int
    user: str | None
    password: str | None
    tls: bool  # from the first byte
    starttls: bool | None  # None: if the server offers it


def read_smtp_url(url: str) -> SmtpAddress:
    """Read CANDOR_SMTP_URL. A password is sent unencrypted only to this machine itself.

    Raises: InvalidInputError, whose message leaves out the URL because it may hold a password.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        parts, port = urlsplit(""), None
    if parts.scheme not in {"smtp", "smtps"} or not parts.hostname:
        raise InvalidInputError("CANDOR_SMTP_URL is no such address: write smtp://user:password@host:587 or smtps://host")
    option = parse_qs(parts.query).get("starttls", [""])[0]
    tls = parts.scheme == "smtps"
    sends_password = parts.username is not None and parts.hostname not in LOOPBACK
    starttls = None  # if the server offers it
    if tls or (option == "never" and not sends_password):
        starttls = False
    elif sends_password or option == "always":
        starttls = True
    return SmtpAddress(
        host=parts.hostname, port=port or (465 if tls else 587), user=unquote(parts.username) if parts.username else None,
        password=unquote(parts.password) if parts.password else None, tls=tls, starttls=starttls,
    )  # fmt: skip


class SmtpMailer:
    """Hands mail to a server; nothing is kept here.

    bounces_to: where mail servers report that a letter came back; each letter gets an envelope sender of its own, bounces+…@.
    Empty: they report it to the sender.
    """

    def __init__(self, url: str, bounces_to: str = "") -> None:
        """Raises: InvalidInputError for an address of a server that cannot be read, or one for bounces that is too long."""
        self._server, self._bounces_to = read_smtp_url(url), bounces_to
        if bounces_to and ("@" not in bounces_to or len(bounces_to.rpartition("@")[0]) > LONGEST_BOUNCE_NAME):
            raise InvalidInputError(
                f"CANDOR_BOUNCE_ADDRESS is no e-mail address with at most {LONGEST_BOUNCE_NAME} characters before the @"
            )

    async def send(self, message: EmailMessage) -> None:
        try:
            async with self._client() as client:
                sender = verp_address(self._bounces_to, _key_of(message)) if self._bounces_to else None
                await client.send_message(message, sender=sender)
        except aiosmtplib.SMTPRecipientsRefused as error:
            refused = error.recipients[0]  # each letter has one recipient
            raise _refusal(refused.code, refused.message) from error
        except aiosmtplib.SMTPDataError as error:  # some servers look at the recipient only now
            raise _refusal(error.code, error.message) from error
        except aiosmtplib.SMTPSenderRefused as error:  # whatever its code: it is not about the recipient
            raise MailNotTakenError(error.code, status_in(error.message)) from error
        except (aiosmtplib.SMTPException, OSError, TimeoutError) as error:
            raise self._down(error) from error

    async def check(self) -> str:
        try:
            async with self._client() as client:
                await client.noop()
        except (aiosmtplib.SMTPException, OSError, TimeoutError) as error:
            raise self._down(error) from error
        return f"{self._server.host}:{self._server.port} takes mail"

    def delete_to(self, address: str) -> int:
        return 0

    def delete_before(self, moment: datetime) -> int:
        return 0

    def _client(self) -> aiosmtplib.SMTP:
        server = self._server
        return aiosmtplib.SMTP(
            hostname=server.host, port=server.port, username=server.user, password=server.password,
            use_tls=server.tls, start_tls=server.starttls,
            tls_context=ssl.create_default_context(), timeout=TIMEOUT, local_hostname=socket.gethostname(),  # avoids a DNS query
        )  # fmt: skip

    def _down(self, error: Exception) -> UnavailableError:
        code = f" {error.code}" if isinstance(error, aiosmtplib.SMTPResponseException) else ""
        where = f"{self._server.host}:{self._server.port}"
        return UnavailableError(f"the mail server {where} cannot be used ({type(error).__name__}{code}): check CANDOR_SMTP_URL")


def _refusal(code: int, words: str) -> UnavailableError:
    """What a server's answer means: a mailbox that does not exist, or something that a later attempt may find mended."""
    status = status_in(words)
    if code < 500:
        return UnavailableError(f"the mail server does not take it yet ({code} {status}".rstrip() + ")")
    return MailRefusedError(status) if is_mailbox(status) else MailNotTakenError(code, status)


class FolderMailer:
    """Writes each mail to a file named after its Message-ID: nothing leaves the machine, and a repetition replaces its file."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def send(self, message: EmailMessage) -> None:
        await asyncio.to_thread(self._write, message)

    async def check(self) -> str:
        return f"no mail server is configured (CANDOR_SMTP_URL): mail lies in {self._folder.name}/ and reaches nobody"

    def delete_to(self, address: str) -> int:
        return self._delete(lambda file: parseaddr(_headers(file)["To"] or "")[1].casefold() == address.casefold())

    def delete_before(self, moment: datetime) -> int:
        return self._delete(lambda file: file.stat().st_mtime < moment.timestamp())

    def _delete(self, matches: Callable[[Path], bool]) -> int:
        files = [file for file in self._folder.glob("*.eml") if matches(file)] if self._folder.is_dir() else []
        for file in files:
            file.unlink(missing_ok=True)
        return len(files)

    def _write(self, message: EmailMessage) -> None:
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        name = "".join(letter if letter.isalnum() or letter in "-_" else "_" for letter in _key_of(message))
        partial = self._folder / f"{name}.part"
        with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(message.as_bytes(policy=SMTPUTF8))
        partial.replace(self._folder / f"{name}.eml")


def _headers(file: Path) -> Message:
    return BytesHeaderParser(policy=SMTPUTF8).parsebytes(file.read_bytes())


def envelope(
    letter: Letter, *, to: str, sender: str, name: str, key: str, at: datetime, reply_to: str = ""
) -> EmailMessage:  # fmt: skip
    """A mail that is ready to send. `key` makes its Message-ID, which is the same with each attempt.

    EmailMessage refuses line breaks in headers, so no header can be injected.
    """
    message = EmailMessage(policy=SMTP)
    message["Subject"] = letter.subject
    message["From"] = _mailbox(sender, " ".join(name.split()))
    message["To"] = _mailbox(to)
    message["Date"] = format_datetime(at)
    message["Message-ID"] = f"<{key}@{sender.rpartition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: out-of-office programs do not answer
    if reply_to and "@" in parseaddr(reply_to)[1] and " " not in reply_to:
        message["Reply-To"] = _mailbox(reply_to)
    message.set_content(letter.text)
    message["Content-Language"] = "en"
    return message


def _mailbox(address: str, name: str = "") -> Address:
    """Built from its two halves, an address may have non-ASCII letters before the @."""
    local, _, domain = address.rpartition("@")
    return Address(display_name=name, username=local, domain=domain)


def _key_of(message: EmailMessage) -> str:
    return str(message["Message-ID"]).strip("<>").rpartition("@")[0]
