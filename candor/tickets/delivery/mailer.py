"""Send mail: over SMTP, or, where no server is configured, into a folder as files."""

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
from candor.tickets.delivery.templates import Letter

TIMEOUT = 20  # seconds
LOOPBACK = {"localhost", "127.0.0.1", "::1"}


class MailRefusedError(UnavailableError):
    """The server says for good that the mailbox does not exist, or takes no mail. Trying again does not help."""


class Mailer(Protocol):
    """Takes one mail along. Raises: MailRefusedError; UnavailableError if later may be better."""

    async def send(self, message: EmailMessage) -> None: ...

    async def check(self) -> str:
        """Look whether mail could be sent, without sending any; says where it goes."""
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
    """Read CANDOR_SMTP_URL. A password is never sent in the clear, but to this machine itself.

    Raises: InvalidInputError, without the address: it may hold a password.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        parts, port = urlsplit(""), None
    if parts.scheme not in {"smtp", "smtps"} or not parts.hostname:
        raise InvalidInputError("CANDOR_SMTP_URL is no such address: write smtp://user:password@host:587 or smtps://host")
    asked = parse_qs(parts.query).get("starttls", [""])[0]
    tls = parts.scheme == "smtps"
    secret = parts.username is not None and parts.hostname not in LOOPBACK
    starttls = None  # as the server offers it
    if tls or (asked == "never" and not secret):
        starttls = False
    elif secret or asked == "always":
        starttls = True
    return SmtpAddress(
        host=parts.hostname, port=port or (465 if tls else 587), user=unquote(parts.username) if parts.username else None,
        password=unquote(parts.password) if parts.password else None, tls=tls, starttls=starttls,
    )  # fmt: skip


class SmtpMailer:
    """A mail server."""

    def __init__(self, url: str) -> None:
        self._server = read_smtp_url(url)

    async def send(self, message: EmailMessage) -> None:
        try:
            async with self._client() as client:
                await client.send_message(message)
        except aiosmtplib.SMTPRecipientsRefused as error:
            codes = [refused.code for refused in error.recipients]
            if codes and all(500 <= code < 600 for code in codes):
                raise MailRefusedError(f"the mail server refused the mailbox ({codes[0]})") from error
            raise UnavailableError(f"the mail server refused the mailbox for now ({codes})") from error
        except (aiosmtplib.SMTPException, OSError, TimeoutError) as error:
            raise self._down(error) from error

    async def check(self) -> str:
        try:
            async with self._client() as client:
                await client.noop()
        except (aiosmtplib.SMTPException, OSError, TimeoutError) as error:
            raise self._down(error) from error
        return f"{self._server.host}:{self._server.port} takes mail"

    def _client(self) -> aiosmtplib.SMTP:
        at = self._server
        return aiosmtplib.SMTP(
            hostname=at.host, port=at.port, username=at.user, password=at.password, use_tls=at.tls, start_tls=at.starttls,
            tls_context=ssl.create_default_context(), timeout=TIMEOUT, local_hostname=socket.gethostname(),  # no DNS is asked
        )  # fmt: skip

    def _down(self, error: Exception) -> UnavailableError:
        code = f" {error.code}" if isinstance(error, aiosmtplib.SMTPResponseException) else ""
        where = f"{self._server.host}:{self._server.port}"
        return UnavailableError(f"the mail server {where} cannot be used ({type(error).__name__}{code}): check CANDOR_SMTP_URL")


class FolderMailer:
    """Each mail becomes a file, named after its id: nothing leaves the machine, and nothing is there twice."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def send(self, message: EmailMessage) -> None:
        await asyncio.to_thread(self._write, message)

    async def check(self) -> str:
        return f"no mail server is configured (CANDOR_SMTP_URL): mail lies in {self._folder.name}/ and reaches nobody"

    def forget(self, address: str) -> int:
        """Delete the letters to an address, however it is capitalised; says how many."""
        return self._delete(lambda file: parseaddr(_headers(file)["To"] or "")[1].casefold() == address.casefold())

    def forget_before(self, moment: datetime) -> int:
        """Delete the letters that were written before; says how many."""
        return self._delete(lambda file: file.stat().st_mtime < moment.timestamp())

    def _delete(self, is_over: Callable[[Path], bool]) -> int:
        over = [file for file in self._folder.glob("*.eml") if is_over(file)] if self._folder.is_dir() else []
        for file in over:
            file.unlink(missing_ok=True)
        return len(over)

    def _write(self, message: EmailMessage) -> None:
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        name = "".join(letter if letter.isalnum() or letter in "-_" else "_" for letter in _key_of(message))
        fresh = self._folder / f"{name}.part"
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(message.as_bytes(policy=SMTPUTF8))
        fresh.replace(self._folder / f"{name}.eml")


def _headers(file: Path) -> Message:
    return BytesHeaderParser(policy=SMTPUTF8).parsebytes(file.read_bytes())


def envelope(
    letter: Letter, *, to: str, sender: str, name: str, key: str, at: datetime, reply_to: str = ""
) -> EmailMessage:  # fmt: skip
    """A mail that is ready to go. `key` makes its Message-ID, the same with each try.

    EmailMessage refuses line breaks in headers, so that no header can be smuggled in.
    """
    message = EmailMessage(policy=SMTP)
    message["Subject"] = letter.subject
    message["From"] = _mailbox(sender, " ".join(name.split()))
    message["To"] = _mailbox(to)
    message["Date"] = format_datetime(at)
    message["Message-ID"] = f"<{key}@{sender.rpartition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no holiday answers, please
    if reply_to and "@" in parseaddr(reply_to)[1] and " " not in reply_to:
        message["Reply-To"] = _mailbox(reply_to)
    message.set_content(letter.text)
    message["Content-Language"] = "en"
    return message


def _mailbox(address: str, name: str = "") -> Address:
    """Given in two halves, an address may have letters beyond ASCII before its @."""
    local, _, domain = address.rpartition("@")
    return Address(display_name=name, username=local, domain=domain)


def _key_of(message: EmailMessage) -> str:
    return str(message["Message-ID"]).strip("<>").rpartition("@")[0]
