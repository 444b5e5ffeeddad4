"""Read a bounce: which of our letters came back, and why. Pure.

RFC 3464 says what mail servers write; some still write in prose (qmail's QSBMF, older versions of Exim), with the letter below.
Which letter it was stands in up to three places: in the address that the bounce was sent to (VERP, mailer.py), in the Message-ID
of the letter that it returns, and in what it says it answers. Each is made of the letter's key in the outbox, 192 random bits
that only the letter's way has seen: nobody else can make up a bounce of it.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes
from email.message import Message
from email.policy import compat32
from email.utils import getaddresses

from candor.tickets.delivery.mail_status import status_in

KEY = re.compile(r"[A-Za-z0-9_-]{32}|person-answer:[A-Za-z0-9_-]{8,64}")  # of a letter to a requester or visitor
MESSAGE_ID = re.compile(r"<([^<>\s@]{8,80})@[^<>\s@]+>")
RETURNED = {"message/rfc822", "text/rfc822-headers", "message/rfc822-headers", "message/global", "message/global-headers"}
STATUS_PARTS = {"message/delivery-status", "message/global-delivery-status"}
SENT_TO = ("To", "Delivered-To", "X-Original-To", "Envelope-To", "X-Envelope-To")
QMAIL = re.compile(r"\A\s*Hi\. This is the ", re.IGNORECASE)
LONGEST = 1_000_000  # bytes that are read for what a mail says
LARGEST_MAIL = 26_000_000  # bytes of a mail whose files are looked at; mail servers take 25 MB, seldom more
RANDOM_BYTES = 24


@dataclass(frozen=True)
class Bounce:
    """A letter that came back for good. keys: what may be its key in the outbox, the likeliest first. status: of RFC 3463, or
    empty."""

    keys: tuple[str, ...]
    status: str


def read_bounce(raw: bytes) -> Bounce | None:
    """The bounce in a mail; None if it is none: an answer from a person or from a holiday, a receipt, or only a delay.

    Auto-Submitted does not tell them apart: Postfix calls its bounces replied to, as holiday programs do their answers.
    """
    mail = message_from_bytes(raw[:LONGEST], policy=compat32)
    failure = _reported(mail) if mail.get_content_type() == "multipart/report" else _in_prose(mail)
    return Bounce(tuple(dict.fromkeys(keys_in(mail))), failure) if failure is not None else None


def verp_address(bounces_to: str, key: str) -> str:
    """The envelope sender of a letter, bounces+<key>@example.org, as far as its key can be written so that no server changes it:
    local parts lose their case on the way."""
    local, _, domain = bounces_to.rpartition("@")
    try:
        token = base64.b32encode(base64.urlsafe_b64decode(key)).decode().rstrip("=").lower() if len(key) == 32 else ""
    except (binascii.Error, ValueError):
        token = ""
    return f"{local}+{token}@{domain}" if token else bounces_to


def key_of_verp(address: str) -> str | None:
    """The key in an address of verp_address; None if there is none."""
    token = address.rpartition("@")[0].rpartition("+")[2].upper()
    try:
        random = base64.b32decode(token + "=" * (-len(token) % 8))
    except (binascii.Error, ValueError):
        return None
    return base64.urlsafe_b64encode(random).decode() if len(random) == RANDOM_BYTES else None


def key_of_message_id(message_id: str) -> str | None:
    """The key in the Message-ID of one of our letters, with or without its brackets; None if it is of another mail."""
    key = message_id.strip().strip("<>").rpartition("@")[0]
    return key if KEY.fullmatch(key) else None


def _reported(mail: Message) -> str | None:
    """The status of the recipient who was not reached; None if the report tells of no failure."""
    for part in mail.walk():
        if part.get_content_type() not in STATUS_PARTS:
            continue
        for recipient in _inside(part):
            if _header(recipient, "Action").lower().startswith("failed"):
                diagnosis = status_in(_header(recipient, "Diagnostic-Code"))
                status = status_in(_header(recipient, "Status"))
                # X.0.0 means "something": then what the remote server said is better.
                return diagnosis if diagnosis and (not status or status.endswith(".0.0")) else status
    return None


def _in_prose(mail: Message) -> str | None:
    text = _text_of(mail)
    if not QMAIL.match(text) and not _header(mail, "X-Failed-Recipients"):
        return None
    said, _, _ = text.partition("--- Below this line")
    return status_in(said)


def keys_in(mail: Message) -> Iterator[str]:
    """What may be the key of the letter that a mail is about, the likeliest first."""
    for name in SENT_TO:
        for _, address in getaddresses([str(value) for value in mail.get_all(name, [])]):
            if key := key_of_verp(address):
                yield key
    for found in _message_ids(mail):
        if KEY.fullmatch(found):
            yield found


def _message_ids(mail: Message) -> Iterator[str]:
    for part in mail.walk():
        if part.get_content_type() in RETURNED:
            head = next((_header(inner, "Message-ID") for inner in _inside(part)), "")
            yield from MESSAGE_ID.findall(head or _decoded(part))
    if mail.get_content_maintype() != "multipart":
        yield from MESSAGE_ID.findall(_text_of(mail))
    yield from MESSAGE_ID.findall(f"{_header(mail, 'In-Reply-To')} {_header(mail, 'References')}")


def _inside(part: Message) -> list[Message]:
    """The messages in a part: the blocks of a report, or the letter that it returns."""
    payload = part.get_payload()
    return [inner for inner in payload if isinstance(inner, Message)] if isinstance(payload, list) else []


def _text_of(mail: Message) -> str:
    return next((_decoded(part) for part in mail.walk() if part.get_content_type() == "text/plain"), "")


def _decoded(part: Message) -> str:
    payload = part.get_payload(decode=True)
    return payload.decode("utf-8", "replace") if isinstance(payload, bytes) else ""


def _header(mail: Message, name: str) -> str:
    return " ".join(str(mail.get(name, "")).split())
